"""The least time of whole answers: reading the prompts, then a step for every further token."""

from bisect import bisect_left
from collections.abc import Callable
from itertools import pairwise
from typing import NamedTuple, TypeAlias

from benchharness.hardware.layers import Attention
from benchharness.hardware.model_shape import ModelShape
from benchharness.hardware.peaks import DevicePeaks
from benchharness.hardware.roofline import decode_cost, flops_per_second, prefill_cost

_Step: TypeAlias = Callable[[int], tuple[float, float]]
"""What a step takes by arithmetic and by memory, in seconds, when each sequence holds so many tokens."""


class GenerationBound(NamedTuple):
    """The least time of a batch from prompt to end.

    Attributes:
        prefill_seconds: for reading all prompts, which gives each its first token.
        decode_seconds: for all steps after that.
    """

    prefill_seconds: float
    decode_seconds: float


def generation_bound(
    shape: ModelShape,
    prompt: int,
    output: int,
    peaks: DevicePeaks,
    dtype: str,
    *,
    batch: int = 1,
    weight_bytes: float,
    cache_bytes: float,
    devices: int = 1,
) -> GenerationBound:
    """Return the least time for ``batch`` prompts of one length and answers of one length, all at once.

    Every step is bounded by arithmetic or by memory on its own, and the bounds are added. That is exact: between the
    places where a window is full or the leading bound changes, the bound of a step grows evenly with the context, so
    that each stretch is an arithmetic series.

    Args:
        shape: the model.
        prompt: tokens of each prompt.
        output: tokens of each answer; the first of them comes from the prefill.
        peaks: what one device can do.
        dtype: in what the products are computed.
        batch: how many answers are generated at once.
        weight_bytes: bytes of a weight.
        cache_bytes: bytes of an element of the cache.
        devices: how many devices share the work evenly.

    Raises:
        ValueError: if a count is below 1, or the device's peak in ``dtype`` is not known.
    """
    if min(prompt, output, batch, devices) < 1:
        raise ValueError("a prompt, an answer, a batch and a group of devices have at least one member")
    prefill = prefill_cost(shape, prompt, prompts=batch, weight_bytes=weight_bytes, cache_bytes=cache_bytes)

    def step(held: int) -> tuple[float, float]:
        cost = decode_cost(shape, [held] * batch, weight_bytes=weight_bytes, cache_bytes=cache_bytes)
        return cost.flops / flops_per_second(peaks, dtype), cost.bytes / peaks.bytes_per_second

    first, end = prompt + 1, prompt + output
    bends = {bend for layer, _ in shape.layers for bend in _bends(layer.attention) if first < bend < end}
    decode = 0.0
    for start, stop in pairwise([first, *sorted(bends), end]):
        decode += _even_stretch(step, start, stop)
    return GenerationBound(prefill.seconds(peaks, dtype, devices=devices), decode / devices)


def _bends(attention: Attention) -> list[int]:
    """Return the contexts from which a layer's cost grows otherwise than before."""
    bends = [] if attention.window is None else [attention.window + 1]
    latent = attention.latent
    if latent is not None:
        expanded = attention.heads * (attention.key_width + attention.value_width) + latent.expansion
        absorbed = attention.heads * (2 * latent.rank + latent.rope)
        if expanded > absorbed:
            bends.append(latent.expansion // (expanded - absorbed) + 1)
    return bends


def _even_stretch(step: _Step, start: int, stop: int) -> float:
    """Return the sum of max(arithmetic, memory) over [start, stop), where both grow evenly."""
    if start >= stop:
        return 0.0
    last = stop - 1
    leads = [arithmetic > memory for arithmetic, memory in (step(start), step(last))]
    if leads[0] == leads[1]:
        which = 0 if leads[0] else 1
        return (step(start)[which] + step(last)[which]) / 2 * (stop - start)
    changed = bisect_left(range(start, stop), True, key=lambda held: (step(held)[0] > step(held)[1]) == leads[1])
    return _even_stretch(step, start, start + changed) + _even_stretch(step, start + changed, stop)
