"""Latency as vLLM's benchmark defines it."""

import numpy
import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchharness.records import FinishReason, Response, Timing
from benchharness.runs.latency import PERCENTILES, Latency, latency_of, summarise_latency


def answer(first: float, last: float, tokens: int, reason: FinishReason = FinishReason.STOP) -> Response:
    return Response("k", reason, generated_tokens=tokens, timing=Timing(100.0, first, last))


def test_time_per_output_token_leaves_out_the_first() -> None:
    assert latency_of(answer(0.5, 2.5, 5)) == Latency(0.5, 2.5, 0.5)


def test_an_answer_of_one_token_has_no_time_per_token() -> None:
    assert latency_of(answer(0.5, 0.5, 1)) == Latency(0.5, 0.5, None)
    summary = summarise_latency([Latency(0.5, 0.5, None)])
    assert summary is not None
    assert summary["tpot"] is None


@pytest.mark.parametrize("reason", [FinishReason.ERROR, FinishReason.CHOSEN])
def test_errors_and_choices_have_no_latency(reason: FinishReason) -> None:
    assert latency_of(answer(0.5, 2.5, 5, reason)) is None
    assert latency_of(Response("k", FinishReason.STOP)) is None


def test_nothing_told_is_no_latency() -> None:
    assert summarise_latency([]) is None


@given(st.lists(st.floats(0, 1e4), min_size=1))
def test_percentiles_are_numpy_s(values: list[float]) -> None:
    summary = summarise_latency([Latency(value, 2 * value, None) for value in values])
    assert summary is not None
    assert summary["requests"] == len(values)
    assert [summary["ttft"][f"p{rank}"] for rank in PERCENTILES] == pytest.approx(numpy.percentile(values, PERCENTILES))
    assert summary["e2e"]["p50"] == pytest.approx(2 * summary["ttft"]["p50"])
    assert summary["ttft"]["mean"] == pytest.approx(numpy.mean(values))
