"""Notices: what they state, and their text."""

from collections.abc import Mapping, Sequence
from datetime import date
from random import Random
from typing import Any

from benchharness.records import Language
from benchharness.tasks.long_context.families._records_figures import draw_dates, write_date
from benchharness.tasks.long_context.families._records_targets import people
from benchharness.tasks.long_context.families._wording import read_wording, say

_NUMBERS = {
    "few": range(2, 10),
    "tens": range(11, 99),
    "hundreds": range(110, 990, 10),
    "morning": range(7, 11),
    "afternoon": range(3, 7),
    "phone": range(2_000_000, 9_000_000),
}
_SEPARATORS = {Language.ZH: "", Language.EN: " "}


def kinds() -> list[str]:
    """Return the kinds of sentences a notice can have."""
    return list(read_wording("_records_notices.yaml")["lines"])


def draw_line(rng: Random, kind: str) -> dict[str, Any]:
    """Return what a sentence of a kind states: its ``kind``, and a value for each place of its template."""
    places = read_wording("_records_notices.yaml")["places"]
    values: dict[str, Any] = {
        "kind": kind,
        "person": rng.choice(list(people())),
        "place": rng.randrange(len(places)),
        "date": draw_dates(rng, 1)[0].isoformat(),
        **{name: rng.choice(numbers) for name, numbers in _NUMBERS.items()},
    }
    template = read_wording("_records_notices.yaml")["lines"][kind]["zh"]
    return {name: value for name, value in values.items() if name == "kind" or f"{{{name}}}" in template}


def write_lines(lines: Sequence[Mapping[str, Any]]) -> dict[Language, str]:
    """Return the sentences as one paragraph."""
    written = [say(read_wording("_records_notices.yaml")["lines"][line["kind"]], **_values(line)) for line in lines]
    return {language: _SEPARATORS[language].join(text[language] for text in written) for language in Language}


def _values(line: Mapping[str, Any]) -> dict[str, Any]:
    values = {name: value for name, value in line.items() if name != "kind"}
    if "person" in line:
        values["person"] = people()[line["person"]]
    if "place" in line:
        values["place"] = read_wording("_records_notices.yaml")["places"][line["place"]]
    if "date" in line:
        values["date"] = write_date(date.fromisoformat(line["date"]), "digits")
    return values
