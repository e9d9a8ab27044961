"""How near reading and generating come to what the device could do: MFU of prefill, MBU of decode, long prompts."""

import statistics
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from benchharness.backends.transformers.backend import TransformersBackend
from benchharness.hardware.model_shape import ModelShape
from benchharness.hardware.peaks import DevicePeaks
from benchharness.hardware.roofline import decode_cost, prefill_cost
from benchharness.records import Request, Response
from benchharness.runs.execute import QueueSource
from gpu_check.models import Shape, open_model, write_model
from gpu_check.requests import generate_request, random_tokens

BYTES = {"bfloat16": 2, "float16": 2, "float32": 4}
REPEATS = 3


@dataclass(frozen=True, slots=True)
class Workload:
    """What is measured of one model.

    Attributes:
        shape: of the model.
        prefill: (prompts, tokens of each), read and answered with one token.
        decode: (prompts, tokens of each, tokens to generate), all at once.
    """

    shape: Shape
    prefill: tuple[tuple[int, int], ...]
    decode: tuple[tuple[int, int, int], ...]


@dataclass(frozen=True, slots=True)
class _Subject:
    """A loaded model, and what it could do."""

    backend: TransformersBackend
    vocabulary: int
    sizes: ModelShape
    peaks: DevicePeaks | None
    dtype: str


def measure_speed(
    workload: Workload, folder: Path, device: str, dtype: str, peaks: DevicePeaks | None
) -> dict[str, Any]:
    """Measure one model with random weights, loaded once.

    Args:
        workload: what to measure.
        folder: where to write a configuration.
        device: such as ``cuda:0``.
        dtype: such as ``bfloat16``.
        peaks: what the device could do; without, times are given and no shares.

    Returns:
        A row for each measurement: median and range of the repeats.
    """
    shape = workload.shape
    backend = open_model(write_model(shape, folder), device, dtype)
    subject = _Subject(backend, int(shape.config["vocab_size"]), ModelShape.of_config(shape.config), peaks, dtype)
    started = time.perf_counter()
    backend.load()
    row: dict[str, Any] = {"model": shape.name, "dtype": dtype, "load_seconds": time.perf_counter() - started}
    try:
        row["prefill"] = [_prefill_row(subject, *lengths) for lengths in workload.prefill]
        row["decode"] = [_decode_row(subject, *lengths) for lengths in workload.decode]
    finally:
        backend.close()
    return row


def _requests(subject: _Subject, count: int, length: int, new: int, seed: str) -> list[Request]:
    return [
        generate_request(
            f"{seed} {number}", random_tokens(length, subject.vocabulary, f"{seed} {count} {length} {number}"), new
        )
        for number in range(count)
    ]


def _run(subject: _Subject, requests: list[Request]) -> tuple[float, list[Response]]:
    """Return the seconds that all took, and the responses. The last token is on the host when the clock stops."""
    started = time.perf_counter()
    responses = list(subject.backend.run(QueueSource(requests)))
    return time.perf_counter() - started, responses


def _prefill_row(subject: _Subject, count: int, length: int) -> dict[str, Any]:
    _run(subject, _requests(subject, count, length, 1, "warm"))
    _reset_peak(subject)
    seconds = [_run(subject, _requests(subject, count, length, 1, f"read {repeat}"))[0] for repeat in range(REPEATS)]
    element = BYTES[subject.dtype]
    cost = prefill_cost(subject.sizes, length, weight_bytes=element, cache_bytes=element)
    middle = statistics.median(seconds)
    return {
        "prompts": count,
        "tokens": length,
        "median_seconds": middle,
        "range_seconds": [min(seconds), max(seconds)],
        "tokens_per_second": count * length / middle,
        "mfu": count * cost.flops / middle / subject.peaks.flops[subject.dtype] if subject.peaks else None,
        "peak_bytes": subject.backend.resource_use().device,
    }


def _decode_row(subject: _Subject, count: int, length: int, new: int) -> dict[str, Any]:
    _run(subject, _requests(subject, count, length, min(new, 8), "warm"))
    _reset_peak(subject)
    steps: list[float] = []
    rates: list[float] = []
    for repeat in range(REPEATS):
        seconds, responses = _run(subject, _requests(subject, count, length, new, f"write {repeat}"))
        rates.append(count * new / seconds)
        # When all prompts are read, every gap is one step of all rows.
        steps += [gap for response in responses if response.timing for gap in response.timing.gaps[new // 2 :]]
    step = statistics.median(steps)
    element = BYTES[subject.dtype]
    cost = decode_cost(subject.sizes, [length + 3 * new // 4] * count, weight_bytes=element, cache_bytes=element)
    return {
        "prompts": count,
        "tokens": length,
        "new_tokens": new,
        "median_step_seconds": step,
        "output_tokens_per_second": statistics.median(rates),
        "range_per_second": [min(rates), max(rates)],
        "mbu": cost.bytes / step / subject.peaks.bytes_per_second if subject.peaks else None,
        "peak_bytes": subject.backend.resource_use().device,
    }


def _reset_peak(subject: _Subject) -> None:
    if subject.backend.resource_use().device is not None:
        torch.cuda.reset_peak_memory_stats()
