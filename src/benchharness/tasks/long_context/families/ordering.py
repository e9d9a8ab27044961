"""Ordering: who took up an office when, told out of order all over the text."""

from collections.abc import Mapping, Sequence
from random import Random
from typing import Any

from benchharness.records import Language
from benchharness.tasks.long_context.families._facts import filler, spread
from benchharness.tasks.long_context.families._options import check_names, read_whole
from benchharness.tasks.long_context.families._records_figures import DATE_STYLES, draw_dates, write_date
from benchharness.tasks.long_context.families._records_targets import people, references
from benchharness.tasks.long_context.families._wording import read_wording, say
from benchharness.tasks.long_context.records import Fact, Problem

__all__ = ["draw", "filler", "solve"]


def draw(rng: Random, depth: float, **options: Any) -> Problem:
    """Return dated events that are spread evenly over the text, whatever the depth, neither in order nor in reverse.

    The option ``events`` says how many there are, from 3 to 40, 5 by default.

    Raises:
        ValueError: if an option is wrong, naming it.
    """
    check_names(options, "events")
    events = read_whole(options, "events", default=5, least=3, most=40)
    wording = read_wording("_records_offices.yaml")
    office, style = rng.choice(wording["offices"]), rng.choice(DATE_STYLES)
    days = sorted(draw_dates(rng, events))
    names = rng.sample(list(people()), events)
    facts = []
    for number, place in zip(_disorder(rng, events), spread(rng, events), strict=True):
        record = {"office": office["id"], "person": names[number], "date": days[number].isoformat()}
        values = {"person": people()[names[number]], "office": office, "date": write_date(days[number], style)}
        facts.append(Fact(record, say(rng.choice(wording["wordings"]), **values), place))
    return Problem(
        facts=tuple(facts),
        question=say(wording["question"], office=office),
        answer=references([people()[name] for name in names]),
        depth=None,
        asked={"office": office["id"]},
    )


def solve(records: Sequence[Mapping[str, Any]], asked: Mapping[str, Any]) -> Mapping[Language, Any]:
    """Return the names in the order of the dates.

    Raises:
        ValueError: if two dates are equal.
    """
    by_date = {record["date"]: record["person"] for record in records if record["office"] == asked["office"]}
    if len(by_date) < len(records):
        raise ValueError("two events have the same date")
    # Dates of ISO 8601 are in the order of their text.
    return references([people()[by_date[day]] for day in sorted(by_date)])


def _disorder(rng: Random, count: int) -> list[int]:
    """Return the numbers below ``count`` neither rising nor falling."""
    order = list(range(count))
    while order == sorted(order) or order == sorted(order, reverse=True):
        rng.shuffle(order)
    return order
