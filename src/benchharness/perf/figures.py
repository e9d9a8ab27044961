"""From the answers of a pass to its figures: rates, latencies, goodput, energy, as vLLM's benchmarks define them.

A rate is a sum over the whole pass divided by the time of the whole pass, never a mean of rates.
"""

from collections.abc import Iterable, Sequence
from typing import Any

import numpy

from benchharness.hardware.meter import Reading
from benchharness.perf.passes import Answer, PassRecord
from benchharness.perf.request import CellPlan, Scenario, TextKind
from benchharness.perf.slo import Slo
from benchharness.perf.window import concurrency_peak, ramp_free_window
from benchharness.text.script import character_count

PERCENTILES = (50, 90, 95, 99)
ERRORS_SHOWN = 3


def pass_figures(record: PassRecord, cell: CellPlan, slo: Slo | None) -> dict[str, Any]:
    """Return the figures of one pass, in seconds, tokens, characters, joules and bytes.

    Args:
        record: the pass.
        cell: what was asked.
        slo: what an answer has to keep to count towards goodput.
    """
    answered = [answer for answer in record.answers if not answer.failed]
    tokens = _token_counts(answered)
    characters = _character_counts(answered, cell.text)
    latencies = [_Latency(answer) for answer in answered if answer.response.timing is not None]
    computed = tokens["computed_tokens"] + tokens["output_tokens"]
    rates = {
        "requests": len(answered),
        "output_tokens": tokens["output_tokens"],
        "total_tokens": tokens["prompt_tokens"] + tokens["output_tokens"],
        "computed_tokens": computed,
        "output_characters": characters["output_characters"],
        "total_characters": _sum(_known(characters.values())),
    }
    return {
        "seconds": record.seconds,
        "requests": len(record.answers),
        **_troubles(record.answers, cell),
        **tokens,
        **characters,
        **{f"{name}_per_second": _ratio(count, record.seconds) for name, count in rates.items()},
        "ttft_seconds": spread_of([one.ttft for one in latencies]),
        "tpot_seconds": spread_of([one.tpot for one in latencies if one.tpot is not None]),
        "itl_seconds": spread_of([gap for one in latencies for gap in one.gaps]),
        "e2e_seconds": spread_of([one.e2e for one in latencies]),
        "send_lag_seconds": spread_of([one.lag for one in latencies]),
        "peak_concurrency": concurrency_peak(record),
        "window": None if cell.load.scenario is Scenario.SERVER else ramp_free_window(record, cell.load),
        "offered_rate": _offered_rate(record) if cell.load.scenario is Scenario.SERVER else None,
        # An answer without times is neither good nor bad.
        "goodput": None if slo is None or len(latencies) < len(answered) else _goodput(latencies, record, slo),
        "energy": energy_figures(record, tokens["output_tokens"], computed),
        "devices": device_figures(record.reading),
        "meter": record.reading.document(),
    }


class _Latency:
    """Latencies of one answer, in seconds, from when its request arrived.

    TTFT = first token − arrival; E2E = last token − arrival; TPOT = (last − first) / (tokens − 1), for more than one
    token; ITL are the gaps between tokens or chunks.
    """

    def __init__(self, answer: Answer) -> None:
        timing = answer.response.timing
        assert timing is not None
        tokens = answer.response.generated_tokens
        self.lag = timing.sent - answer.scheduled
        self.ttft = self.lag + timing.first
        self.e2e = self.lag + timing.last
        self.tpot = (timing.last - timing.first) / (tokens - 1) if tokens > 1 else None
        self.gaps = timing.gaps


def spread_of(values: Sequence[float]) -> dict[str, float] | None:
    """Return mean and percentiles, linear between neighbours as numpy has them; ``None`` of no values."""
    if not values:
        return None
    found = numpy.percentile(numpy.asarray(values, dtype=float), PERCENTILES)
    percentiles = {f"p{percent}": float(value) for percent, value in zip(PERCENTILES, found, strict=True)}
    return {"mean": float(numpy.mean(values)), **percentiles}


def _troubles(answers: Sequence[Answer], cell: CellPlan) -> dict[str, Any]:
    """Count what is not as asked for: each makes the figures of a cell doubtful."""
    answered = [answer for answer in answers if not answer.failed]
    exact = cell.matched == "tokens"
    return {
        "failed": len(answers) - len(answered),
        "short": sum(answer.response.generated_tokens < cell.lengths.output for answer in answered),
        "other_length": sum(answer.response.prompt_tokens != cell.lengths.input for answer in answered) if exact else 0,
        "cached_tokens": sum(answer.response.cached_tokens for answer in answered),
        "errors": _first_errors(answers),
    }


def _first_errors(answers: Iterable[Answer]) -> list[str]:
    messages = (answer.response.error or answer.response.finish_reason.value for answer in answers if answer.failed)
    return list(dict.fromkeys(messages))[:ERRORS_SHOWN]


def _token_counts(answered: Iterable[Answer]) -> dict[str, int]:
    responses = [answer.response for answer in answered]
    return {
        "prompt_tokens": sum(response.prompt_tokens for response in responses),
        "computed_tokens": sum(response.computed_tokens for response in responses),
        "output_tokens": sum(response.generated_tokens for response in responses),
    }


def _character_counts(answered: Sequence[Answer], text: TextKind) -> dict[str, int | None]:
    """Return characters of prompts and of answers. Random ids are no text: their characters would say nothing."""
    if text is TextKind.RANDOM:
        return {"prompt_characters": None, "output_characters": None}
    return {
        "prompt_characters": sum(character_count(answer.request.prompt.text) for answer in answered),
        "output_characters": sum(
            character_count(answer.response.text) + character_count(answer.response.reasoning or "")
            for answer in answered
        ),
    }


def _ratio(count: float | None, divisor: float) -> float | None:
    return None if count is None or divisor <= 0 else count / divisor


def _offered_rate(record: PassRecord) -> float | None:
    """Return requests over the time in which they arrived: the rate as it was drawn."""
    last = max(answer.scheduled for answer in record.answers) - record.started
    return _ratio(len(record.answers), last)


def _goodput(latencies: Sequence[_Latency], record: PassRecord, slo: Slo) -> dict[str, Any]:
    """Return the answers a second that keep the objective, and their share of all requests.

    As in ``vllm bench serve``, an answer of one token has a TPOT of 0. What failed is not good.
    """
    good = sum(slo.keeps(ttft=one.ttft, tpot=one.tpot or 0.0, e2e=one.e2e) for one in latencies)
    share = good / len(record.answers)
    return {
        "requests_per_second": good / record.seconds,
        "share": share,
        "kept": None if slo.share is None else share >= slo.share,
    }


def energy_figures(record: PassRecord, output_tokens: int, computed_tokens: int) -> dict[str, float | None] | None:
    """Return joules of the devices over a pass, whole and without what they take idle, and joules a token.

    Args:
        record: the pass.
        output_tokens: tokens that were produced.
        computed_tokens: prompt tokens that were read, not served from a cache, and tokens produced.
    """
    joules, net = record.reading.energy_joules, record.reading.net_joules
    if joules is None:
        return None
    return {
        "joules": joules,
        "net_joules": net,
        "joules_per_output_token": _ratio(joules, output_tokens),
        "net_joules_per_output_token": _ratio(net, output_tokens),
        "joules_per_computed_token": _ratio(joules, computed_tokens),
        "net_joules_per_computed_token": _ratio(net, computed_tokens),
    }


def device_figures(reading: Reading) -> dict[str, float | None] | None:
    """Return mean utilisation, and power and memory of all devices together; ``None`` without devices."""
    devices = reading.devices
    if not devices:
        return None
    shares = _known(device.utilisation for device in devices)
    return {
        "utilisation": None if shares is None else sum(shares) / len(shares),
        "mean_watts": _sum(_known(device.mean_watts for device in devices)),
        "peak_used_bytes": _sum(_known(device.peak_used_bytes for device in devices)),
        "peak_process_bytes": _sum(_known(device.peak_process_bytes for device in devices)),
    }


def _known(values: Iterable[float | None]) -> list[float] | None:
    """Return all values, or ``None`` if one is not known: a sum without it would be another thing."""
    found = list(values)
    known = [value for value in found if value is not None]
    return known if len(known) == len(found) else None


def _sum(values: list[float] | None) -> float | None:
    return None if values is None else sum(values)
