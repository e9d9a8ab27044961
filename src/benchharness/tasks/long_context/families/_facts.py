"""What the families of code names and numbers share: numbers, places in the text, targets."""

from collections.abc import Iterable, Sequence
from random import Random
from typing import Any

from benchharness.records import Language
from benchharness.tasks.long_context.families._code_names import CodeName
from benchharness.tasks.long_context.prose import Prose
from benchharness.tasks.long_context.records import Fact

_NUMBERS = range(1_000_000, 10_000_000)
_DIGITS = 4
"""Decimals of a depth: finer than a unit of any text that is filled."""


def draw_numbers(rng: Random, count: int) -> list[int]:
    """Return ``count`` distinct numbers of seven digits, more than the filler ever writes."""
    return rng.sample(_NUMBERS, count)


def spread(rng: Random, count: int, end: float = 1.0) -> list[float]:
    """Return ``count`` depths in [0, end], in order: one by chance in each of as many equal parts."""
    return [min(end, round(end * (number + rng.random()) / count, _DIGITS)) for number in range(count)]


def in_order(facts: Iterable[Fact]) -> tuple[Fact, ...]:
    """Return facts in the order of the text; of those at one depth the order is kept."""
    return tuple(sorted(facts, key=lambda fact: fact.depth))


def numbers_target(values: Iterable[int]) -> dict[Language, list[list[str]]]:
    """Return the target for the scorer ``recall`` whose references are numbers."""
    references = [[str(value)] for value in values]
    return {language: [list(forms) for forms in references] for language in Language}


def names_target(names: Sequence[CodeName]) -> dict[Language, list[list[str]]]:
    """Return the target for the scorer ``recall`` whose references are code names."""
    return {language: [[name.text[language]] for name in names] for language in Language}


def filler(seed: int, **_options: Any) -> Prose:
    """Return prose, whatever the options."""
    return Prose(seed)
