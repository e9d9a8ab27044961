"""Calculation: algebra, word problems, chance, calculus, numbers and shapes, with one number as the answer."""

from benchharness.tasks.generated import Row
from benchharness.tasks.generators import (
    _calculation_algebra,
    _calculation_calculus,
    _calculation_chance,
    _calculation_money,
    _calculation_numbers,
    _calculation_rates,
    _calculation_shapes,
    _calculation_statistics,
)
from benchharness.tasks.generators._numeric_rows import Answer, Family, build_rows, solve_row

KINDS = (
    *_calculation_algebra.KINDS,
    *_calculation_rates.KINDS,
    *_calculation_money.KINDS,
    *_calculation_chance.KINDS,
    *_calculation_statistics.KINDS,
    *_calculation_calculus.KINDS,
    *_calculation_numbers.KINDS,
    *_calculation_shapes.KINDS,
)


FAMILY = Family("calculation", KINDS)


def generate(seed: int, count: int) -> list[Row]:
    """Return rows of all kinds, categories and difficulties in rotation.

    Args:
        seed: decides about everything.
        count: number of rows; a larger one only adds rows.
    """
    return build_rows(FAMILY, seed, count)


def solve(row: Row) -> Answer:
    """Return the answer of a row from ``row["problem"]``, found by search, simulation or another formula.

    Raises:
        ValueError: if the problem has no answer, or more than one.
    """
    return solve_row(FAMILY, row)
