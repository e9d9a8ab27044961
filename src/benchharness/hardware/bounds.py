"""The roofline of a model on a device over prompt lengths and batches: what could be reached at most, before a run."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from benchharness.hardware.generation_bound import generation_bound
from benchharness.hardware.model_shape import ModelShape
from benchharness.hardware.peaks import DevicePeaks
from benchharness.hardware.roofline import (
    Cost,
    attention_share,
    cache_size,
    decode_cost,
    flops_per_second,
    prefill_cost,
    weights_bytes,
)

Limit = Literal["arithmetic", "memory"]


@dataclass(frozen=True, slots=True)
class Storage:
    """How things are stored and computed.

    Attributes:
        dtype: in what the products are computed.
        weight_bytes: bytes of a weight.
        cache_bytes: bytes of an element of the cache.
        devices: how many devices share the work evenly.
    """

    dtype: str
    weight_bytes: float
    cache_bytes: float
    devices: int = 1


@dataclass(frozen=True, slots=True)
class StepBound:
    """One decoding step of a batch whose sequences all hold the same number of tokens.

    Attributes:
        batch: sequences.
        seconds: least time of the step, which is the least time between two tokens of an answer.
        tokens_per_second: most tokens a second, over the batch.
        limit: what bounds it.
        fits: whether weights and caches fit into the memory of the devices.
    """

    batch: int
    seconds: float
    tokens_per_second: float
    limit: Limit
    fits: bool


@dataclass(frozen=True, slots=True)
class LengthBound:
    """What holds at one prompt length.

    Attributes:
        tokens: of the prompt.
        cache_bytes: what the cache of one sequence takes.
        prefill_seconds: least time to read one prompt, alone.
        prefill_limit: what bounds it.
        attention_share: which share of its FLOPs attention is.
        decode_seconds: least time for its answer after the first token, alone.
        steps: decoding steps at that context, one for each batch.
    """

    tokens: int
    cache_bytes: float
    prefill_seconds: float
    prefill_limit: Limit
    attention_share: float
    decode_seconds: float
    steps: tuple[StepBound, ...]


def bounds_by_length(
    shape: ModelShape,
    peaks: DevicePeaks,
    storage: Storage,
    *,
    lengths: Sequence[int],
    batches: Sequence[int],
    output: int,
) -> list[LengthBound]:
    """Return the bounds for every prompt length.

    Args:
        shape: the model.
        peaks: what one device can do.
        storage: how things are stored and computed.
        lengths: tokens of prompts.
        batches: sequences that are decoded together.
        output: tokens of an answer.

    Raises:
        ValueError: if a count is below 1, or the device's peak in the dtype is not known.
    """
    return [_at_length(shape, peaks, storage, tokens, batches, output) for tokens in lengths]


def _at_length(
    shape: ModelShape, peaks: DevicePeaks, storage: Storage, tokens: int, batches: Sequence[int], output: int
) -> LengthBound:
    weight_bytes, cache_bytes = storage.weight_bytes, storage.cache_bytes
    prefill = prefill_cost(shape, tokens, weight_bytes=weight_bytes, cache_bytes=cache_bytes)
    answer = generation_bound(
        shape,
        tokens,
        output,
        peaks,
        storage.dtype,
        weight_bytes=weight_bytes,
        cache_bytes=cache_bytes,
        devices=storage.devices,
    )
    cache = cache_size(shape, tokens, cache_bytes)
    room = peaks.memory_bytes * storage.devices - weights_bytes(shape, weight_bytes)
    steps = []
    for batch in batches:
        step = decode_cost(shape, [tokens] * batch, weight_bytes=weight_bytes, cache_bytes=cache_bytes)
        seconds = step.seconds(peaks, storage.dtype, devices=storage.devices)
        limit = _limit(step, peaks, storage.dtype)
        steps.append(StepBound(batch, seconds, batch / seconds, limit, batch * cache <= room))
    return LengthBound(
        tokens=tokens,
        cache_bytes=cache,
        prefill_seconds=prefill.seconds(peaks, storage.dtype, devices=storage.devices),
        prefill_limit=_limit(prefill, peaks, storage.dtype),
        attention_share=attention_share(shape, tokens),
        decode_seconds=answer.decode_seconds,
        steps=tuple(steps),
    )


def _limit(cost: Cost, peaks: DevicePeaks, dtype: str) -> Limit:
    arithmetic = cost.flops / flops_per_second(peaks, dtype)
    return "arithmetic" if arithmetic > cost.bytes / peaks.bytes_per_second else "memory"
