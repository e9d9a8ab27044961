#!/usr/bin/env python3
"""Read the extraction corpus by our rules and by those of other harnesses, and count what each reads right.

usage: scripts/extraction_vs_peers.py [CORPUS]

Prints Markdown tables for docs/extraction.md. A reading is right if it is the examiner's, "no answer" included;
missed if it finds none where there is one; wrong if it reads something else, or something where there is nothing.
"""

import json
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any, TypeAlias

from benchharness.records import FinishReason, Item, Language, Response
from benchharness.scorers.base import Sample
from benchharness.scorers.number import score as score_number
from benchharness.text.answers import numbers_equal
from benchharness.text.numerals import parse_number
from benchharness.text.options import extract_option
from extraction.peers import NUMBERS, OPTIONS

CORPUS = Path(__file__).resolve().parents[1] / "tests" / "extraction"

Row: TypeAlias = dict[str, Any]
Reader: TypeAlias = Callable[[Row], str | None]
Part: TypeAlias = tuple[str, Callable[[Row], bool]]

PARTS: Sequence[Part] = (
    ("Chinese", lambda row: row["language"] == "zh"),
    ("English", lambda row: row["language"] == "en"),
    ("with a marker", lambda row: "no_marker" not in row["tags"]),
    ("without", lambda row: "no_marker" in row["tags"]),
)


def read_corpus(folder: Path) -> list[Row]:
    """Return the rows of every corpus file in ``folder``, in order."""
    return [
        json.loads(line)
        for path in sorted(folder.glob("*.jsonl"))
        for line in path.read_text(encoding="utf-8").splitlines()
    ]


def wanted(row: Row) -> str | None:
    """Return the examiner's reading: letters in order, a number as text, or ``None``."""
    value = row["value"]
    return "".join(value) if isinstance(value, list) else value


def our_option(row: Row) -> str | None:
    """Return what benchharness reads in an option row."""
    options = row["options"] if isinstance(row["options"], list) else ()
    count = len(options) or row["options"]
    found = extract_option(row["text"], count, options, cut_off=row["cut_off"])
    return None if found is None else "".join(found.value)


def our_number(row: Row) -> str | None:
    """Return what benchharness reads in a number row."""
    finish = FinishReason.LENGTH if row["cut_off"] else FinishReason.STOP
    item = Item("1", Language(row["language"]), 0, "", {})
    return score_number(Sample(item, Response("", finish, text=row["text"]))).parsed


def judge(row: Row, reading: str | None) -> str:
    """Return ``right``, ``missed`` or ``wrong``."""
    expected = wanted(row)
    if reading is None:
        return "right" if expected is None else "missed"
    if expected is None:
        return "wrong"
    if row["kind"] == "option":
        return "right" if reading == expected else "wrong"
    return "right" if _same_number(reading, expected) else "wrong"


def _same_number(reading: str, expected: str) -> bool:
    try:
        return numbers_equal(reading if parse_number(reading) else Fraction(reading), expected)
    except (ValueError, ZeroDivisionError):
        return False


def table(rows: Iterable[Row], readers: Sequence[tuple[str, Reader]]) -> str:
    """Return a Markdown table: right, missed and wrong of each reader, and the share right in each part."""
    rows = list(rows)
    names = " | ".join(name for name, _ in PARTS)
    lines = [f"| rules | right | missed | wrong | {names} |", "|---|---|---|---|" + "---|" * len(PARTS)]
    for name, reader in readers:
        verdicts = [judge(row, reader(row)) for row in rows]
        counts = Counter(verdicts)
        shares = []
        for _, inside in PARTS:
            of_part = [verdict for row, verdict in zip(rows, verdicts, strict=True) if inside(row)]
            shares.append(_percent(of_part.count("right"), len(of_part)))
        cells = [_percent(counts["right"], len(rows)), str(counts["missed"]), str(counts["wrong"]), *shares]
        lines.append(f"| {name} | {' | '.join(cells)} |")
    return "\n".join(lines)


def _percent(part: int, whole: int) -> str:
    return f"{100 * part / whole:.1f} %" if whole else "–"


def main(arguments: Sequence[str]) -> int:
    """Print both tables."""
    rows = read_corpus(Path(arguments[0]) if arguments else CORPUS)
    options = [row for row in rows if row["kind"] == "option"]
    numbers = [row for row in rows if row["kind"] == "number"]
    peers: list[tuple[str, Reader]] = [
        (name, lambda row, read=read: read(row["text"], len(row["options"]), row["language"]))  # type: ignore[misc]
        for name, read in OPTIONS
    ]
    print(f"Options, {len(options)} answers:\n\n{table(options, [('benchharness', our_option), *peers])}\n")
    peers = [(name, lambda row, read=read: read(row["text"])) for name, read in NUMBERS]  # type: ignore[misc]
    print(f"Numbers, {len(numbers)} answers:\n\n{table(numbers, [('benchharness', our_number), *peers])}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
