"""One long prompt alone: how long it takes to read and how much memory, against the bound that a dry run prints."""

import statistics
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch

from benchharness.backends.transformers.backend import TransformersBackend
from benchharness.backends.transformers.chunks import CHUNK
from benchharness.hardware.peaks import DevicePeaks
from benchharness.hardware.roofline import model_flops_utilisation, prefill_cost
from benchharness.records import Item, Language, Request
from benchharness.runs.execute import QueueSource
from benchharness.runs.feasibility import LengthCost, estimate
from benchharness.runs.machine import Machine
from benchharness.runs.plan import Plan, PlannedItem
from benchharness.runs.prospect import Prospect, settle_prospect
from gpu_check.models import Shape, open_model, write_model
from gpu_check.requests import generate_request, random_tokens

REPEATS = 2


def check_long_context(
    shape: Shape, lengths: Sequence[int], folder: Path, device: str, dtype: str, peaks: DevicePeaks | None
) -> dict[str, Any]:
    """Read one prompt of each length, alone, with random weights.

    Args:
        shape: of the model.
        lengths: tokens of prompts, ascending; the first also warms up.
        folder: where to write a configuration.
        device: such as ``cuda:0``.
        dtype: such as ``bfloat16``.
        peaks: what the device could do; without, there is no least time.

    Returns:
        A row for each length, and whether no measured figure is below its bound.
    """
    backend = open_model(write_model(shape, folder), device, dtype)
    prospect = _prospect(shape, device, dtype, peaks)
    started = time.perf_counter()
    backend.load()
    loaded = time.perf_counter() - started
    try:
        _read(backend, _request(shape, lengths[0], "warm"))
        rows = [_row(backend, prospect, shape, length) for length in lengths]
    finally:
        backend.close()
    above = [row["above_bounds"] for row in rows if row["above_bounds"] is not None]
    return {
        "model": shape.name,
        "dtype": dtype,
        "load_seconds": loaded,
        "passed": all(above) if above else None,
        "rows": rows,
    }


def _prospect(shape: Shape, device: str, dtype: str, peaks: DevicePeaks | None) -> Prospect:
    """Return what a dry run would know of this model here."""
    machine = Machine(
        backend="transformers",
        device=device,
        kind="gpu" if torch.device(device).type == "cuda" else "cpu",
        devices=1,
        copies=1,
        memory=None,
        share=None,
        cache=None,
        chunk=CHUNK,
        numerics={"dtype": dtype},
        peaks=peaks,
    )
    return settle_prospect(machine, shape.config)


def _request(shape: Shape, length: int, seed: str) -> Request:
    tokens = random_tokens(length, int(shape.config["vocab_size"]), f"{seed} {length}")
    return generate_request(f"{seed} {length}", tokens, 1)


def _bound(prospect: Prospect, request: Request) -> LengthCost:
    item = Item(request.item_id, Language.EN, None, "gpu check", {})
    return estimate(Plan((PlannedItem(item, request, fits=True),)), prospect, window=None).total


def _read(backend: TransformersBackend, request: Request) -> float:
    """Return the seconds from asking to the first token; the backend's own, where it tells how long reading took."""
    started = time.perf_counter()
    [response] = backend.run(QueueSource([request]))
    seconds = time.perf_counter() - started
    if response.error is not None:
        raise RuntimeError(response.error)
    return seconds if response.prefill_seconds is None else response.prefill_seconds


def _row(backend: TransformersBackend, prospect: Prospect, shape: Shape, length: int) -> dict[str, Any]:
    on_gpu = backend.resource_use().device is not None
    if on_gpu:
        torch.cuda.reset_peak_memory_stats()
    seconds = [_read(backend, _request(shape, length, f"read {repeat}")) for repeat in range(REPEATS)]
    peak = backend.resource_use().device
    bound = _bound(prospect, _request(shape, length, "read 0"))
    middle = statistics.median(seconds)
    least = bound.prefill_seconds
    assert bound.need_bytes is not None
    compared = [] if peak is None else [peak >= bound.need_bytes]
    compared += [] if least is None else [min(seconds) >= least]
    return {
        "tokens": length,
        "prefill_seconds": middle,
        "range_seconds": [min(seconds), max(seconds)],
        "least_seconds": least,
        "tokens_per_second": length / middle,
        "mfu": _mfu(prospect, length, middle),
        "share_of_roofline": None if least is None else least / middle,
        "peak_bytes": peak,
        "least_bytes": bound.need_bytes,
        "cache_bytes": bound.cache_bytes,
        "above_bounds": all(compared) if compared else None,
    }


def _mfu(prospect: Prospect, length: int, seconds: float) -> float | None:
    need, peaks = prospect.need, prospect.peaks
    if need is None or peaks is None:
        return None
    storage = need.storage
    cost = prefill_cost(need.shape, length, weight_bytes=storage.weight_bytes, cache_bytes=storage.cache_bytes)
    return model_flops_utilisation(cost, seconds, peaks, storage.dtype)
