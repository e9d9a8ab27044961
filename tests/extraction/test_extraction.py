"""The answers of the corpus, read by rules that its authors did not see.

A reading is right if it is the one a careful examiner would make, "nothing" included. It is wrong with confidence if
it is another: it would count for or against a model that did not say it. Not to read is the lesser fault.
"""

import re
from functools import cache
from pathlib import Path
from typing import Any

from .readings import Reading, load, read

FILES = ("options_zh.jsonl", "options_en.jsonl", "numbers_zh.jsonl", "numbers_en.jsonl")
LEAST_RIGHT = 0.99
ANSWER_MARKER = re.compile(
    r"答案|故选|应选|应该选|正确选项|本题选|选择?[A-HＡ-Ｈ]|\\boxed|\banswers?\b|correct (?:option|choice)",
    re.IGNORECASE,
)


@cache
def rows() -> list[dict[str, Any]]:
    return load([Path(__file__).parent / name for name in FILES])


@cache
def readings() -> list[Reading]:
    return [read(row) for row in rows()]


def test_ninety_nine_in_a_hundred_are_read_rightly() -> None:
    faults = [reading for reading in readings() if not reading.is_right]
    assert 1 - len(faults) / len(readings()) >= LEAST_RIGHT, "\n".join(map(str, faults))


def test_none_is_wrong_with_confidence() -> None:
    wrong = [reading for reading in readings() if not reading.is_right and reading.read is not None]
    assert not wrong, "\n".join(map(str, wrong))


def test_neither_language_is_read_worse() -> None:
    for language in ("zh", "en"):
        faults = [reading for reading in readings() if reading.row["language"] == language and not reading.is_right]
        asked = sum(row["language"] == language for row in rows())
        assert len(faults) / asked <= 0.03, "\n".join(map(str, faults))


def test_the_corpus_is_large_and_every_row_differs() -> None:
    assert len(rows()) >= 600
    assert len({row["id"] for row in rows()}) == len(rows())
    assert len({(row["language"], row["text"]) for row in rows()}) == len(rows())


def test_a_third_of_the_corpus_is_long() -> None:
    long = [row for row in rows() if is_long(row)]
    assert 3 * len(long) >= len(rows())


def test_half_of_the_corpus_has_no_marker_of_an_answer() -> None:
    unmarked = [row for row in rows() if ANSWER_MARKER.search(row["text"]) is None]
    assert 2 * len(unmarked) >= len(rows())


def test_the_corpus_is_in_both_languages_and_of_both_kinds() -> None:
    for language in ("zh", "en"):
        for kind, least in (("option", 230), ("number", 90)):
            assert sum((row["language"], row["kind"]) == (language, kind) for row in rows()) >= least


def test_some_answers_are_cut_off_and_some_choose_nothing() -> None:
    cut_off = [row for row in rows() if row["cut_off"]]
    assert len(cut_off) >= 0.05 * len(rows())
    assert {row["value"] is None for row in cut_off} == {True, False}
    assert sum(row["value"] is None for row in rows()) >= 0.1 * len(rows())
    assert sum(isinstance(row["value"], list) for row in rows()) >= 20


def is_long(row: dict[str, Any]) -> bool:
    """200 Chinese characters or 100 words, whichever language the answer is in."""
    characters = len(re.findall(r"[\u3400-\u9fff]", row["text"]))
    words = len(re.findall(r"[A-Za-z][A-Za-z'’-]*", row["text"]))
    return characters >= 200 or words >= 100
