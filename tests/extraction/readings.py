"""How the rows of a corpus are read, and what makes a reading right."""

import json
from pathlib import Path
from typing import Any, NamedTuple

from benchharness.records import FinishReason, Item, Language, Response
from benchharness.scorers.base import Sample
from benchharness.scorers.number import score as score_number
from benchharness.text.numerals import parse_number
from benchharness.text.options import extract_option


class Reading(NamedTuple):
    row: dict[str, Any]
    read: object
    rule: str | None

    @property
    def is_right(self) -> bool:
        return _comparable(self.read, self.row["kind"]) == _comparable(self.row["value"], self.row["kind"])

    def __str__(self) -> str:
        text = self.row["text"].replace("\n", "⏎")
        shown = text if len(text) <= 160 else f"{text[:60]} … {text[-100:]}"
        return f"{self.row['id']}: expected {self.row['value']}, read {self.read} ({self.rule}): {shown}"


def _comparable(value: Any, kind: str) -> object:
    """A number by what it is worth and whether it is per cent: the corpus writes 12.5%, the reader 25/2%."""
    if kind == "option" or value is None:
        return value
    span = parse_number(value)
    return (span.value, span.percent) if span else value


def load(files: list[Path]) -> list[dict[str, Any]]:
    return [json.loads(line) for file in files for line in file.read_text("utf-8").splitlines()]


def read(row: dict[str, Any]) -> Reading:
    """Read a row as the scorers do; a number with its expressions."""
    if row["kind"] == "option":
        options = row["options"] if isinstance(row["options"], list) else ()
        labels = len(options) or row["options"]
        extraction = extract_option(row["text"], labels, options, cut_off=row["cut_off"])
    else:
        finish = FinishReason.LENGTH if row["cut_off"] else FinishReason.STOP
        item = Item("1", Language(row["language"]), 0, "", {})
        extraction = score_number(Sample(item, Response("", finish, text=row["text"]))).extraction
    return Reading(row, extraction.value if extraction else None, extraction.rule if extraction else None)
