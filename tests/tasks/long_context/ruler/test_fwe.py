import math
import random
import re
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchharness.errors import InputError
from benchharness.records import Language
from benchharness.tasks.long_context.ruler import fwe

EN = Language.EN
PROBLEM = fwe.draw(random.Random(0), 0.5)


def share(rank: int) -> float:
    """Return the share of a rank where the exponent is 2, whose series sums to π² / 6."""
    return 6 / (math.pi * rank) ** 2


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10**6), st.integers(1, 60))
def test_after_every_block_each_word_has_appeared_as_often_as_its_rank_says(seed: int, blocks: int) -> None:
    places = blocks * fwe.BLOCK
    due = [math.floor(places * share(rank)) for rank in range(1, 200)]
    total = sum(due)
    units = fwe.filler(seed).units(EN, total)[:total]
    times = Counter(unit.strip() for unit in units)
    assert sorted(times.values(), reverse=True) == [often for often in due if often]
    assert times[fwe.DOTS] == due[0]


@settings(max_examples=50, deadline=None)
@given(st.integers(0, 10**6), st.integers(600, 6000))
def test_the_answer_is_what_stands_in_the_text_wherever_it_ends(seed: int, count: int) -> None:
    units = fwe.filler(seed).units(EN, count)[:count]
    settled = fwe.settle(PROBLEM, units)
    times = Counter(re.findall("[a-z]{6}", "".join(units)))
    assert settled.answer == {EN: [[word] for word, _ in times.most_common(3)]}
    assert fwe.solve([], settled.asked) == settled.answer
    # The ranks are those that the shares give, whatever the end: the text is no other than RULER's.
    for (_, often), rank in zip(times.most_common(3), (2, 3, 4), strict=True):
        assert abs(often - count * share(rank)) < 25


def test_lines_begin_with_a_word() -> None:
    text = "".join(fwe.filler(5).units(EN, 5000)[:5000])
    lines = text.splitlines()
    assert all(re.match("[a-z]{6}", line) for line in lines[1:])
    assert all(len(line.split()) >= fwe.LINE for line in lines[:-1])


def test_a_text_that_is_too_short_says_so_in_both_languages() -> None:
    with pytest.raises(InputError) as caught:
        fwe.settle(PROBLEM, ["abcdef ", "... ", "ghijkl ", "abcdef "])
    assert "A text of 3 coded words is too short to have 3" in caught.value.en
    assert "文本只有 3 个编码词" in caught.value.zh


def test_before_it_is_settled_there_is_no_answer() -> None:
    assert PROBLEM.answer == {EN: []}
    with pytest.raises(ValueError, match="known only when the text is there"):
        fwe.solve([], PROBLEM.asked)


def test_dots_that_end_the_text_count_for_nothing() -> None:
    filler = fwe.filler(5)
    units = filler.units(EN, 1000)[:1000]
    assert fwe.settle(PROBLEM, [*units, *filler.fine_units(EN)]).answer == fwe.settle(PROBLEM, units).answer


def test_each_problem_has_a_filler_of_its_own() -> None:
    assert fwe.SHARES_FILLER is False
    assert fwe.filler(1).units(EN, 40)[:40] != fwe.filler(2).units(EN, 40)[:40]


@pytest.mark.parametrize("alpha", [1, 0.5, "two"])
def test_a_wrong_exponent_is_refused(alpha: float) -> None:
    with pytest.raises(ValueError, match="expected a number above 1"):
        fwe.filler(1, alpha=alpha)


def test_a_wrong_number_of_words_is_refused() -> None:
    with pytest.raises(ValueError, match="words is 0"):
        fwe.draw(random.Random(0), 0.5, words=0)
