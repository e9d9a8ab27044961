"""Latency of answers, as vLLM's benchmark defines it: time to first token, time per output token, end to end."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy

from benchharness.records import FinishReason, Response

PERCENTILES = (50, 90, 95, 99)


class Latency(NamedTuple):
    """When an answer came, in seconds after its request was handed over.

    Attributes:
        ttft: time to the first token.
        e2e: time to the last token.
        tpot: (e2e - ttft) / (output tokens - 1); ``None`` for an answer of one token.
    """

    ttft: float
    e2e: float
    tpot: float | None


def latency_of(response: Response) -> Latency | None:
    """Return the latency of a generated answer; ``None`` of an error, or where the backend does not tell."""
    timing = response.timing
    if timing is None or response.finish_reason in (FinishReason.ERROR, FinishReason.CHOSEN):
        return None
    between = response.generated_tokens - 1
    tpot = (timing.last - timing.first) / between if between > 0 else None
    return Latency(timing.first, timing.last, tpot)


def summarise_latency(latencies: Sequence[Latency]) -> dict[str, Any] | None:
    """Return mean and percentiles of latencies, in seconds; ``None`` without any.

    Percentiles are interpolated linearly, as numpy does by default. Requests that are handed over all at once wait
    for each other, and that waiting is part of the first two.
    """
    if not latencies:
        return None
    tpots = [latency.tpot for latency in latencies if latency.tpot is not None]
    return {
        "requests": len(latencies),
        "ttft": _distribution([latency.ttft for latency in latencies]),
        "tpot": _distribution(tpots) if tpots else None,
        "e2e": _distribution([latency.e2e for latency in latencies]),
    }


def _distribution(seconds: Sequence[float]) -> dict[str, float]:
    found = numpy.percentile(seconds, PERCENTILES)
    return {
        "mean": float(numpy.mean(seconds)),
        **{f"p{rank}": float(value) for rank, value in zip(PERCENTILES, found, strict=True)},
    }
