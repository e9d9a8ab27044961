"""Multi-step reasoning: problems of four dependent steps and more, with one number as the answer."""

from benchharness.tasks.generated import Row
from benchharness.tasks.generators import (
    _multi_step_calendar,
    _multi_step_counting,
    _multi_step_inverse,
    _multi_step_planning,
    _multi_step_rules,
    _multi_step_stories,
    _multi_step_tracking,
)
from benchharness.tasks.generators._numeric_rows import Answer, Family, build_rows, solve_row
from benchharness.tasks.generators._wording import Words

ZH_CHARACTERS = range(80, 251)
"""Lengths of a statement in Chinese, in characters."""

EN_WORDS = range(60, 181)
"""Lengths of a statement in English, in words between spaces."""

KINDS = (
    *_multi_step_tracking.KINDS,
    *_multi_step_planning.KINDS,
    *_multi_step_inverse.KINDS,
    *_multi_step_rules.KINDS,
    *_multi_step_calendar.KINDS,
    *_multi_step_counting.KINDS,
    *_multi_step_stories.KINDS,
)


def _fits(text: Words) -> bool:
    return len(text.zh) in ZH_CHARACTERS and len(text.en.split()) in EN_WORDS


FAMILY = Family("multi_step_reasoning", KINDS, _fits)


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
