"""Figures are those that one gets by hand from the moments of arrival, of the first token and of the last."""

import math

import numpy
import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchharness.perf.figures import pass_figures, spread_of
from benchharness.perf.request import Lengths, Scenario, TextKind
from benchharness.perf.slo import Slo
from benchharness.records import FinishReason, Timing

from .conftest import answer_of, cell_of, device_of, pass_of

moments = st.floats(0, 100, allow_nan=False)


def test_latencies_count_from_arrival_and_not_from_sending() -> None:
    answer = answer_of("a", scheduled=10.0, sent=12.0, first=1.0, gaps=(0.5, 0.25, 0.25))
    figures = pass_figures(pass_of([answer]), cell_of(), None)
    assert figures["ttft_seconds"]["p50"] == 3.0
    assert figures["e2e_seconds"]["p50"] == 4.0
    assert figures["send_lag_seconds"]["p50"] == 2.0
    # Neither the wait nor the first token is in the time per output token.
    assert figures["tpot_seconds"]["p50"] == pytest.approx(1 / 3)
    assert figures["itl_seconds"]["mean"] == pytest.approx(1 / 3)
    assert figures["itl_seconds"]["p50"] == 0.25


def test_rates_are_sums_over_the_whole_pass_and_not_means_of_rates() -> None:
    fast = answer_of("a", first=0.1, gaps=(0.1,) * 3)
    slow = answer_of("b", first=9.0, gaps=(0.1,) * 3)
    figures = pass_figures(pass_of([fast, slow], seconds=10.0), cell_of(), None)
    assert figures["output_tokens_per_second"] == 8 / 10
    assert figures["total_tokens_per_second"] == (8 + 32) / 10
    assert figures["computed_tokens_per_second"] == (8 + 32) / 10
    assert figures["requests_per_second"] == 2 / 10


def test_an_answer_of_one_token_has_no_time_per_output_token() -> None:
    one, four = answer_of("a", gaps=()), answer_of("b", gaps=(0.1, 0.1, 0.1))
    figures = pass_figures(pass_of([one, four]), cell_of(), None)
    assert figures["tpot_seconds"]["mean"] == pytest.approx(0.1)
    assert pass_figures(pass_of([one]), cell_of(lengths=Lengths(16, 1)), None)["tpot_seconds"] is None


def test_gaps_are_pooled_over_requests_as_they_are() -> None:
    # Two chunks for four tokens: the gap counts once, the time per output token by tokens.
    chunked = answer_of("a", gaps=(0.9,), tokens=4)
    single = answer_of("b", gaps=(0.1, 0.1, 0.1))
    figures = pass_figures(pass_of([chunked, single]), cell_of(), None)
    assert figures["itl_seconds"]["mean"] == pytest.approx((0.9 + 0.3) / 4)
    assert figures["tpot_seconds"]["mean"] == pytest.approx((0.3 + 0.1) / 2)


@given(st.lists(moments, min_size=1, max_size=40))
def test_percentiles_are_numpys_and_in_order(values: list[float]) -> None:
    spread = spread_of(values)
    assert spread is not None
    for percent in (50, 90, 95, 99):
        assert spread[f"p{percent}"] == pytest.approx(float(numpy.percentile(values, percent)))
    ordered = [spread[name] for name in ("p50", "p90", "p95", "p99")]
    assert ordered == sorted(ordered)
    assert min(values) <= ordered[0]
    assert ordered[-1] <= max(values)
    assert min(values) - 1e-9 <= spread["mean"] <= max(values) + 1e-9


def test_nothing_measured_is_none_and_not_nought() -> None:
    untold = answer_of("a", timing=None)
    figures = pass_figures(pass_of([untold]), cell_of(), Slo("any", ttft=1.0))
    for name in ("ttft_seconds", "tpot_seconds", "itl_seconds", "e2e_seconds", "peak_concurrency", "window", "goodput"):
        assert figures[name] is None, name
    assert figures["energy"] is None
    assert figures["devices"] is None
    assert figures["output_tokens_per_second"] == 2.0


def test_goodput_counts_answers_that_keep_all_bounds() -> None:
    answers = [
        answer_of("good", first=0.5, gaps=(0.1, 0.1, 0.1)),
        answer_of("late", first=1.5, gaps=(0.1, 0.1, 0.1)),
        answer_of("slow", first=0.5, gaps=(0.4, 0.4, 0.4)),
        answer_of("waited", scheduled=-1.0, first=0.5, gaps=(0.1, 0.1, 0.1)),
        answer_of("failed", finish_reason=FinishReason.ERROR, error="no"),
    ]
    slo = Slo("ttft and tpot", ttft=1.0, tpot=0.2, share=0.99)
    goodput = pass_figures(pass_of(answers, seconds=4.0), cell_of(), slo)["goodput"]
    assert goodput == {"requests_per_second": 1 / 4, "share": 1 / 5, "kept": False}
    assert pass_figures(pass_of(answers[:1]), cell_of(), slo)["goodput"]["kept"] is True


def test_an_answer_of_one_token_keeps_any_time_per_output_token() -> None:
    slo = Slo("tpot", tpot=1e-9)
    assert pass_figures(pass_of([answer_of("a", gaps=())]), cell_of(), slo)["goodput"]["share"] == 1


@given(
    st.lists(st.tuples(moments, moments, moments), min_size=1, max_size=20),
    st.floats(0.1, 50),
    st.floats(0.1, 50),
    st.floats(0.5, 200),
)
def test_goodput_is_no_more_than_throughput_and_falls_with_the_bounds(
    times: list[tuple[float, float, float]], ttft: float, tpot: float, seconds: float
) -> None:
    answers = [
        answer_of(str(number), scheduled=0.0, sent=sent, first=first, gaps=(gap,) * 3)
        for number, (sent, first, gap) in enumerate(times)
    ]
    record = pass_of(answers, seconds=seconds)
    shares = []
    for factor in (1.0, 0.5):
        figures = pass_figures(record, cell_of(), Slo("s", ttft=factor * ttft, tpot=factor * tpot))
        assert 0 <= figures["goodput"]["requests_per_second"] <= figures["requests_per_second"]
        assert 0 <= figures["goodput"]["share"] <= 1
        shares.append(figures["goodput"]["share"])
    assert shares[1] <= shares[0]


def test_what_is_not_as_asked_for_is_counted() -> None:
    answers = [
        answer_of("fine"),
        answer_of("short", gaps=(0.1,)),
        answer_of("longer prompt", prompt=18),
        answer_of("cached", cached_tokens=16),
        answer_of("failed", finish_reason=FinishReason.ERROR, error="out of luck"),
        answer_of("too long", finish_reason=FinishReason.TOO_LONG),
    ]
    figures = pass_figures(pass_of(answers), cell_of(), None)
    assert (figures["failed"], figures["short"], figures["other_length"], figures["cached_tokens"]) == (2, 1, 1, 16)
    assert figures["errors"] == ["out of luck", "too_long"]
    assert figures["requests"] == 6
    assert figures["requests_per_second"] == 4 / 2


def test_a_pass_in_which_all_failed_has_no_latency_and_no_rate_above_nought() -> None:
    failed = answer_of("a", finish_reason=FinishReason.ERROR, error="no", timing=None, tokens=0)
    figures = pass_figures(pass_of([failed], devices=[device_of()]), cell_of(), Slo("s", ttft=1.0))
    assert figures["output_tokens_per_second"] == 0
    assert figures["ttft_seconds"] is None
    assert figures["energy"]["joules_per_output_token"] is None
    assert figures["goodput"] == {"requests_per_second": 0, "share": 0, "kept": None}


def test_characters_are_counted_in_text_and_not_in_random_ids() -> None:
    answer = answer_of("a", text="答案\n是", reasoning="想")
    assert pass_figures(pass_of([answer]), cell_of(), None)["output_characters"] is None
    figures = pass_figures(pass_of([answer]), cell_of(text=TextKind.ZH), None)
    assert figures["output_characters"] == 4
    assert figures["output_characters_per_second"] == 2.0
    assert figures["total_characters_per_second"] == (4 + figures["prompt_characters"]) / 2


def test_energy_is_told_whole_and_less_what_idling_takes() -> None:
    answers = [answer_of("a"), answer_of("b")]
    record = pass_of(answers, seconds=4.0, devices=[device_of(100.0, 10.0), device_of(60.0, 5.0)])
    figures = pass_figures(record, cell_of(), None)
    assert figures["energy"] == {
        "joules": 160.0,
        "net_joules": 160.0 - 15.0 * 4.0,
        "joules_per_output_token": 160.0 / 8,
        "net_joules_per_output_token": 100.0 / 8,
        "joules_per_computed_token": 160.0 / 40,
        "net_joules_per_computed_token": 100.0 / 40,
    }
    assert figures["devices"]["mean_watts"] == 100.0
    assert figures["devices"]["utilisation"] == 0.5
    assert figures["devices"]["peak_process_bytes"] == 2**30


def test_energy_of_one_device_alone_is_no_energy_of_two() -> None:
    record = pass_of([answer_of("a")], devices=[device_of(), device_of(joules=None)])
    assert pass_figures(record, cell_of(), None)["energy"] is None
    without_idle = pass_figures(pass_of([answer_of("a")], devices=[device_of(idle=None)]), cell_of(), None)["energy"]
    assert without_idle["joules"] == 100.0
    assert without_idle["net_joules"] is None


def test_the_offered_rate_is_that_of_the_arrivals() -> None:
    answers = [answer_of(str(number), scheduled=0.5 * (number + 1)) for number in range(4)]
    server = cell_of(Scenario.SERVER, rate=3.0)
    assert pass_figures(pass_of(answers), server, None)["offered_rate"] == 4 / 2.0
    assert pass_figures(pass_of(answers), cell_of(), None)["offered_rate"] is None


@given(st.lists(st.tuples(moments, moments), min_size=1, max_size=10), st.floats(0.1, 100))
def test_figures_are_finite(times: list[tuple[float, float]], seconds: float) -> None:
    answers = [answer_of(str(i), sent=sent, first=first) for i, (sent, first) in enumerate(times)]
    figures = pass_figures(pass_of(answers, seconds), cell_of(Scenario.CONCURRENCY, concurrency=2), Slo("s", ttft=1.0))
    numbers: list[float] = []
    for value in figures.values():
        numbers += [value] if isinstance(value, float) else []
        numbers += [one for one in value.values() if isinstance(one, float)] if isinstance(value, dict) else []
    assert all(map(math.isfinite, numbers))


def test_timing_without_gaps_still_has_first_and_last() -> None:
    answer = answer_of("a", timing=Timing(0.0, 1.0, 4.0), tokens=4)
    figures = pass_figures(pass_of([answer]), cell_of(), None)
    assert figures["tpot_seconds"]["p50"] == 1.0
    assert figures["itl_seconds"] is None
