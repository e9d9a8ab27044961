"""The part of a pass without ramps, and how much went on at a time."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchharness.perf.request import Load, Scenario
from benchharness.perf.window import Span, concurrency_peak, highest, ramp_free_window, token_stamps

from .conftest import answer_of, pass_of

LOOP = Load(Scenario.CONCURRENCY, concurrency=2)
OFFLINE = Load(Scenario.OFFLINE)
times = st.floats(0, 100, allow_nan=False)


def test_a_closed_loop_is_full_from_the_second_user_on_until_the_last_question_is_sent() -> None:
    # Two users; the second begins at 1. Each answer: first token after 1 s, then one a second for 3 s.
    starts = [0.0, 1.0, 4.0, 5.0, 8.0]
    record = pass_of([answer_of(str(at), sent=at, first=1.0, gaps=(1.0, 1.0, 1.0)) for at in starts], seconds=12.0)
    window = ramp_free_window(record, LOOP)
    assert window is not None
    assert window["seconds"] == 8.0 - 1.0
    # Ended in (1, 8]: those that began at 0, 1 and 4.
    assert window["requests_per_second"] == pytest.approx(3 / 7)
    # Tokens in (1, 8]: 2, 3, 4 | 2, 3, 4, 5 | 5, 6, 7, 8 | 6, 7, 8 | none.
    assert window["output_tokens_per_second"] == pytest.approx(14 / 7)
    assert concurrency_peak(record) == 2


def test_offline_the_slots_of_the_engine_show_in_the_first_tokens() -> None:
    # Slots for two: the third has its first token when one of the others is through.
    record = pass_of(
        [
            answer_of("a", first=1.0, gaps=(1.0, 1.0)),
            answer_of("b", first=1.5, gaps=(1.0, 1.5)),
            answer_of("c", first=3.5, gaps=(1.0, 1.0)),
        ],
        seconds=6.0,
    )
    window = ramp_free_window(record, OFFLINE)
    assert window is not None
    assert window["seconds"] == pytest.approx(2.0)
    assert concurrency_peak(record) == 3


def test_where_nobody_waits_there_is_no_such_part() -> None:
    together = pass_of([answer_of(key, first=1.0) for key in "ab"])
    assert ramp_free_window(together, OFFLINE) is None
    assert ramp_free_window(together, LOOP) is None
    assert ramp_free_window(pass_of([answer_of("a", timing=None)]), OFFLINE) is None
    single_tokens = pass_of([answer_of(key, first=float(at), gaps=()) for at, key in enumerate("abc")])
    assert ramp_free_window(single_tokens, OFFLINE) is None


def test_spans_that_touch_do_not_overlap() -> None:
    assert highest([Span(0, 1), Span(1, 2)]) == (0, 1)
    assert highest([Span(0, 2), Span(1, 2)]) == (1, 2)


@given(st.lists(st.tuples(times, st.floats(0.001, 50)), min_size=1, max_size=30))
def test_the_highest_overlap_is_what_counting_at_every_begin_gives(spans: list[tuple[float, float]]) -> None:
    found = [Span(begin, begin + length) for begin, length in spans]
    counted = {span.begin: sum(other.begin <= span.begin < other.end for other in found) for span in found}
    most = max(counted.values())
    assert highest(found) == (min(at for at, count in counted.items() if count == most), most)


@given(st.floats(0, 10), st.lists(st.floats(0, 5), max_size=8), st.integers(0, 30))
def test_stamps_hold_all_tokens_between_the_first_and_the_last(first: float, gaps: list[float], more: int) -> None:
    answer = answer_of("a", sent=3.0, first=first, gaps=gaps, tokens=len(gaps) + 1 + more)
    stamps = token_stamps(answer)
    assert sum(tokens for _, tokens in stamps) == pytest.approx(len(gaps) + 1 + more)
    assert stamps[0][0] == pytest.approx(3.0 + first)
    assert stamps[-1][0] == pytest.approx(3.0 + first + sum(gaps))


@given(st.lists(st.tuples(times, times, st.floats(0.001, 5)), min_size=2, max_size=15), st.integers(1, 6))
def test_the_window_lies_within_the_pass(answers: list[tuple[float, float, float]], concurrency: int) -> None:
    record = pass_of(
        [answer_of(str(i), sent=sent, first=first, gaps=(gap,)) for i, (sent, first, gap) in enumerate(answers)]
    )
    for load in (OFFLINE, Load(Scenario.CONCURRENCY, concurrency=concurrency)):
        window = ramp_free_window(record, load)
        if window is not None:
            length = max(sent + first + gap for sent, first, gap in answers) - min(sent for sent, _, _ in answers)
            assert 0 < window["seconds"] <= length
            assert window["output_tokens_per_second"] * window["seconds"] <= 2 * len(answers) + 1e-6
            assert window["requests_per_second"] * window["seconds"] <= len(answers) + 1e-6
