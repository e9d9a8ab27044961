"""Effective length, RULER's rule, and the area under scores."""

import csv
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchharness.stats.blocks import Pairs
from benchharness.stats.effective_length import (
    RULER_THRESHOLD,
    Bound,
    area_weights,
    effective_length,
    failing_lengths,
    items_needed,
    own_bound,
    published_effective_length,
    score_bound,
)
from benchharness.stats.intervals import wilson

KILO = 1024
LENGTHS = [KILO * 4 * 2**power for power in range(6)]

# RULER's README (NVIDIA/RULER, c3f5e3b): scores at 4K to 128K, and the effective length that its rule gives them.
PUBLISHED = """\
Jamba-1.5-mini,95.6,95.6,94.8,94.6,92.8,90.0,128
Qwen3-32B,98.4,96.0,96.2,94.4,91.8,85.6,128
Qwen3-14B,98.0,97.8,96.4,96.1,94.0,85.1,64
Qwen2.5-7B-Instruct-1M,96.8,95.3,93.0,91.1,90.4,84.4,64
Qwen3-8B,96.3,96.0,91.8,91.2,82.1,77.4,32
Qwen3-4B,95.1,93.6,91.0,87.8,77.8,66.0,32
GLM4-9B,94.7,92.8,92.1,89.9,86.7,83.1,64
Llama3.1-8B,95.5,93.8,91.6,87.4,84.7,77.0,32
Yi-34B,93.3,92.2,91.3,87.5,83.2,77.3,32
EXAONE-4.0-1.2B,87.0,86.7,88.8,81.1,77.4,,16
GradientAI-Llama3-70B,95.1,94.4,90.8,85.4,80.9,72.1,16
GradientAI-Llama3-8B,92.8,90.3,85.7,79.9,76.3,69.5,16
InternLM2.5-7B,88.1,85.5,84.5,82.7,75.5,68.9,4
Mistral-Nemo,87.8,87.2,87.7,69.0,46.8,19.0,16
"""


@pytest.mark.parametrize("row", list(csv.reader(PUBLISHED.splitlines())), ids=lambda row: row[0])
def test_rulers_rule_gives_the_recomputed_lengths(row: list[str]) -> None:
    _, *scores, expected = row
    by_length = {length: float(score) for length, score in zip(LENGTHS, scores, strict=True) if score}
    assert published_effective_length(by_length, 85.6) == int(expected) * KILO
    assert failing_lengths(by_length, 85.6) == ()


def test_rulers_rule_names_lengths_that_fail_before() -> None:
    scores = {1: 90.0, 2: 80.0, 4: 86.0, 8: 10.0}
    assert published_effective_length(scores, 85.6) == 4
    assert failing_lengths(scores, 85.6) == (2,)
    assert published_effective_length({1: 10.0}, 85.6) is None
    assert failing_lengths({1: 10.0}, 85.6) == ()


def known(low: float, high: float = 1.0) -> Bound:
    return Bound((low + high) / 2, low, high, None)


def test_every_length_up_to_it_must_clear() -> None:
    found = effective_length({4: known(0.9), 1: known(0.9), 2: known(0.5)}, 0.8)
    assert (found.length, found.at_least) == (1, False)
    assert found.failure is not None
    assert (found.failure.length, found.failure.verdict) == (2, "unproven")


def test_none_and_at_least() -> None:
    found = effective_length({1: known(0.1, 0.2)}, 0.8)
    assert found.length is None
    assert found.failure is not None
    assert found.failure.verdict == "below"
    assert effective_length({1: known(0.9), 2: known(0.8)}, 0.8) == (2, True, None)


@given(st.dictionaries(st.integers(1, 100), st.floats(0, 1), min_size=1), st.floats(0, 1))
def test_it_is_the_end_of_an_unbroken_row(lows: dict[int, float], threshold: float) -> None:
    found = effective_length({length: known(low) for length, low in lows.items()}, threshold)
    up_to = [length for length in lows if found.length is not None and length <= found.length]
    assert all(lows[length] >= threshold for length in up_to)
    after = [length for length in sorted(lows) if found.length is None or length > found.length]
    assert found.at_least == (not after)
    assert not after or lows[after[0]] < threshold


@given(st.integers(1, 300), st.floats(0.05, 0.95))
def test_the_items_needed_are_where_the_bound_begins_to_clear(right: int, threshold: float) -> None:
    needed = items_needed(1.0, threshold)
    assert needed is not None
    assert wilson(needed, needed).low >= threshold - 1e-9
    assert needed == 1 or wilson(needed - 1, needed - 1).low < threshold
    assert items_needed(right / 301 * threshold, threshold) is None


def test_an_all_right_cell_needs_23_items_for_rulers_threshold() -> None:
    assert items_needed(1.0, RULER_THRESHOLD) == 23
    assert score_bound([[1.0] * 22], [[None] * 22], RULER_THRESHOLD)[0].low < RULER_THRESHOLD
    assert score_bound([[1.0] * 23], [[None] * 23], RULER_THRESHOLD)[0].low >= RULER_THRESHOLD


def test_several_tasks_count_the_same() -> None:
    bound, interval = score_bound([[1.0] * 90, [0.0] * 10], [[None] * 90, [None] * 10], 0.4)
    assert bound.value == 0.5
    assert interval.method == "MOVER"
    assert bound.low < 0.5 < bound.high


def own(long: list[float], short: list[float]) -> Bound:
    return own_bound([Pairs(long, short, [str(index) for index in range(len(long))])])


def test_the_own_score_counts_with_its_uncertainty() -> None:
    assert own([1.0] * 34, [1.0] * 34).low < 0
    assert own([1.0] * 35, [1.0] * 35).low >= 0
    # Half right at both lengths, on the same facts: what is kept is well known, and less so on other facts.
    half = [1.0, 0.0] * 50
    assert own(half, half).low > own(half, half[::-1]).low
    assert own([0.0] * 50, [1.0] * 50).high < 0


def test_the_area_is_that_of_the_trapezoids() -> None:
    assert area_weights([1, 2, 4]) == [0.25, 0.5, 0.25]
    assert area_weights([1, 8]) == [0.5, 0.5]


@given(st.lists(st.integers(1, 10**7), min_size=2, max_size=9, unique=True))
def test_the_weights_of_the_area_sum_to_one(lengths: list[int]) -> None:
    weights = area_weights(sorted(lengths))
    assert math.isclose(math.fsum(weights), 1)
    assert min(weights) > 0
