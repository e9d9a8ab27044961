"""Readers with planted defects: what is found is what was planted, and nothing else."""

from collections.abc import Iterator
from typing import Any

import pytest
from tests.runs.long_context.readers import (
    KILO,
    LENGTHS,
    blind_in_the_middle,
    forgetful,
    guessing,
    perfect,
    sit,
    weak_in_chinese,
)

from benchharness.records import Language
from benchharness.runs.long_context.document import long_context_document
from benchharness.tasks.long_context.records import Arm

Document = dict[str, Any]
EFFECTS = ("total", "language_effect", "length_effect")


def effective(document: Document, arm: str, language: str, rule: str = "fixed") -> tuple[int | None, bool]:
    row = next(row for row in document["lengths"] if (row["arm"], row["language"]) == (arm, language))
    return row[rule]["length"], row[rule]["at_least"]


def every(document: Document) -> Iterator[tuple[str, str]]:
    yield from ((row["arm"], row["language"]) for row in document["lengths"])


def covers(row: Document, value: float) -> bool:
    low, high = row["interval"]
    return bool(low <= value <= high)


def found_positions(document: Document) -> list[Document]:
    return [row for row in document["positions"] if row["p_holm"] < 0.05]


def found_gaps(document: Document) -> list[tuple[str, int]]:
    return [(effect, row["length"]) for row in document["gaps"] for effect in EFFECTS if row[effect]["p_holm"] < 0.05]


def test_a_perfect_reader() -> None:
    document = long_context_document(sit(perfect))
    for place in every(document):
        assert effective(document, *place) == (LENGTHS[-1], True)
        assert effective(document, *place, "own") == (LENGTHS[-1], True)
    assert found_positions(document) == []
    assert found_gaps(document) == []
    for row in document["areas"]:
        assert row["zh"]["area"] == row["en"]["area"] == 1
        assert covers(row["difference"], 0)


def test_a_reader_who_forgets_beyond_16k_tokens() -> None:
    document = long_context_document(sit(forgetful))
    for place in every(document):
        # The same sentences are half as many tokens in Chinese: 32K of English are 16K of Chinese.
        planted = (32 * KILO, True) if place == ("information", "zh") else (16 * KILO, False)
        assert effective(document, *place) == planted
        assert effective(document, *place, "own") == planted
    assert found_gaps(document) == [("total", 32 * KILO), ("length_effect", 32 * KILO)]
    for row in document["gaps"]:
        planted_gap = 1.0 if row["length"] == 32 * KILO else 0.0
        assert covers(row["total"], planted_gap)
        assert covers(row["length_effect"], planted_gap)
        assert covers(row["language_effect"], 0)
    assert found_positions(document) == []
    tokens = next(row for row in document["lengths"] if (row["arm"], row["language"]) == ("tokens", "en"))
    assert tokens["fixed"]["failure"]["verdict"] == "below"
    assert tokens["fixed"]["sizes"]["tokens"] == 16 * KILO - 8
    # Five lengths of six, the last of which weighs half a step of five.
    assert covers(next(row["en"] for row in document["areas"] if row["arm"] == "tokens"), 0.9)


def test_a_reader_who_is_blind_in_the_middle_third() -> None:
    document = long_context_document(sit(blind_in_the_middle))
    assert len(document["positions"]) == 2 * 2 * len(LENGTHS)
    assert found_positions(document) == document["positions"]
    for row in document["positions"]:
        assert covers(row["middle"], 1)
        assert covers(row["ends"], 0)
        assert row["curvature"] > 0
    for place in every(document):
        # Four depths of five are right: below the fixed threshold, and all of the own score is kept.
        assert effective(document, *place) == (None, False)
        assert effective(document, *place, "own") == (LENGTHS[-1], True)
    assert found_gaps(document) == []


def test_a_reader_who_is_weak_in_chinese_only() -> None:
    document = long_context_document(sit(weak_in_chinese))
    for arm, language in every(document):
        planted = (None, False) if language == "zh" else (LENGTHS[-1], True)
        assert effective(document, arm, language) == planted
        assert effective(document, arm, language, "own") == (LENGTHS[-1], True)
    assert found_gaps(document) == [(effect, length) for length in LENGTHS for effect in EFFECTS[:2]]
    for row in document["gaps"]:
        assert covers(row["total"], -0.4)
        assert covers(row["language_effect"], -0.4)
        assert covers(row["length_effect"], 0)
    for row in document["areas"]:
        assert covers(row["difference"], -0.4)
        assert row["difference"]["p_value"] < 0.001
    assert found_positions(document) == []


def test_a_reader_who_guesses() -> None:
    document = long_context_document(sit(guessing))
    for row in document["lengths"]:
        assert row["fixed"]["length"] is None
        assert row["fixed"]["failure"]["verdict"] == "below"
        # A tenth right at all lengths: to keep 0.9 of that is not shown beyond the shortest, nor that it is lost.
        assert row["own"]["length"] == LENGTHS[0]
        assert row["own"]["failure"]["verdict"] == "unproven"
    assert found_gaps(document) == []
    assert found_positions(document) == []


@pytest.mark.parametrize("parts", [1, 4])
def test_false_findings_are_as_rare_as_they_are_said_to_be(parts: int) -> None:
    """Readers without any effect: of 40, few may have one after the correction, in each family of tests."""
    places = gaps = 0
    for seed in range(40):
        points = sit(
            lambda point: 0.7, facts=30, lengths=(KILO, 4 * KILO, 16 * KILO), arms=(Arm.TOKENS,), parts=parts, seed=seed
        )
        document = long_context_document(points)
        places += any(row["language"] == "zh" for row in found_positions(document))
        gaps += any(row["language_effect"]["p_holm"] < 0.05 for row in document["gaps"])
    assert places <= 6
    assert gaps <= 6


def test_a_length_that_is_too_long_is_seldom_named() -> None:
    """A reader who is exactly at the threshold at 4K: naming 4K or more is wrong in at most 2.5 % of runs or so."""
    named = 0
    for seed in range(150):
        points = sit(
            lambda point: 0.99 if point.length < 4 * KILO else 0.856,
            facts=60,
            lengths=(KILO, 4 * KILO, 8 * KILO),
            arms=(Arm.TOKENS,),
            languages=(Language.EN,),
            seed=seed,
        )
        length, _ = effective(long_context_document(points), "tokens", "en")
        named += length is not None and length >= 4 * KILO
    assert named <= 9
