"""A passage: units of a filler with the facts of a problem among them."""

from typing import NamedTuple

from benchharness.records import Language
from benchharness.tasks.long_context.records import Fact, Filler, Problem

JOINERS = {Language.ZH: "", Language.EN: " "}
"""What separates sentences."""


class Fill(NamedTuple):
    """How much of a filler stands in a passage.

    Attributes:
        units: how many, from its first one.
        closing: positions of the fine units that follow them.
    """

    units: int
    closing: tuple[int, ...] = ()


class Passage(NamedTuple):
    """A passage.

    Attributes:
        text: of it all.
        depths: for each fact, the share of units that stand before it, in [0, 1].
    """

    text: str
    depths: tuple[float, ...]


def used_units(filler: Filler, language: Language, fill: Fill) -> list[str]:
    """Return the units of a filler that ``fill`` takes, the fine ones last."""
    fine = filler.fine_units(language) if fill.closing else ()
    return [*filler.units(language, fill.units)[: fill.units], *(fine[position] for position in fill.closing)]


def write_passage(problem: Problem, filler: Filler, language: Language, fill: Fill) -> Passage:
    """Return the passage that has ``fill`` of a filler around the facts of ``problem``.

    A fact at depth 1 stands after everything. The positions of the others depend on ``fill.units`` alone, so that the
    same fill puts them after the same sentences in both languages.
    """
    units = used_units(filler, language, fill)
    parts: list[str] = []
    depths: list[float] = []
    before = 0
    for fact in problem.facts:
        place = len(units) if fact.depth >= 1 else max(before, round(fact.depth * fill.units))
        parts.extend(units[before:place])
        _insert(parts, fact, language)
        depths.append(round(place / len(units), 4) if units else 0.0)
        before = place
    parts.extend(units[before:])
    return Passage("".join(parts).rstrip(), tuple(depths))


def _insert(parts: list[str], fact: Fact, language: Language) -> None:
    text = fact.text[language]
    if not fact.block:
        parts.append(f"{text}{JOINERS[language]}")
        return
    if parts and not parts[-1].endswith("\n"):
        parts[-1] = f"{parts[-1].rstrip(' ')}\n"
    parts.append(f"{text}\n")
