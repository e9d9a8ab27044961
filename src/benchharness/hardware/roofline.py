"""The least time that work can take on a device, from arithmetic and memory traffic alone.

Formulas as in the roofline model (Williams, Waterman, Patterson, CACM 52(4), 2009): time is at least
max(FLOPs / peak FLOP/s, bytes / peak bytes/s). FLOPs count a multiplication and an addition as two, over matrix
products and attention; norms, activations, sampling and biases are left out, and so is traffic that a perfect
engine would not have: a bound must be low.
"""

from bisect import bisect_left
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from benchharness.hardware.layers import Attention
from benchharness.hardware.model_shape import ModelShape
from benchharness.hardware.peaks import DevicePeaks

LONGEST_PROMPT = 1 << 40
"""Beyond any prompt; where a crossover is no longer looked for."""


@dataclass(frozen=True, slots=True)
class Cost:
    """What work costs at least.

    Attributes:
        flops: floating-point operations.
        bytes: bytes moved between the device's memory and its cores.
    """

    flops: float
    bytes: float

    def __add__(self, other: "Cost") -> "Cost":
        return Cost(self.flops + other.flops, self.bytes + other.bytes)

    def seconds(self, peaks: DevicePeaks, dtype: str, *, devices: int = 1) -> float:
        """Return the lower bound of the time, max(F/peak, B/bandwidth).

        Args:
            peaks: what one device can do.
            dtype: in what the products are computed, such as ``bfloat16``.
            devices: how many share the work evenly. Talk between them is not counted; see ``all_reduce_seconds``.

        Raises:
            ValueError: if the device's peak in ``dtype`` is not known.
        """
        return max(self.flops / flops_per_second(peaks, dtype), self.bytes / peaks.bytes_per_second) / devices


def flops_per_second(peaks: DevicePeaks, dtype: str) -> float:
    """Return the peak in ``dtype``, in FLOP/s.

    Raises:
        ValueError: if it is not known.
    """
    try:
        return peaks.flops[dtype]
    except KeyError:
        raise ValueError(f"the peak of {peaks.name} in {dtype} is not known") from None


def ridge_point(peaks: DevicePeaks, dtype: str) -> float:
    """Return the FLOPs a byte above which arithmetic, and not memory, sets the time.

    Raises:
        ValueError: if the device's peak in ``dtype`` is not known.
    """
    return flops_per_second(peaks, dtype) / peaks.bytes_per_second


def causal_pairs(tokens: int, window: int | None, *, cached: int = 0) -> int:
    """Return how many (query, key) pairs causal attention computes: Σ min(i, window) for i from cached + 1 to tokens.

    With N tokens, no window and none cached, N(N + 1)/2; with a window w < N, w(w + 1)/2 + (N − w)·w.
    """
    return _pairs(tokens, window) - _pairs(cached, window)


def _pairs(tokens: int, window: int | None) -> int:
    seen = tokens if window is None else min(tokens, window)
    return seen * (seen + 1) // 2 + (tokens - seen) * seen


def attention_flops(attention: Attention, tokens: int, *, cached: int = 0) -> int:
    """Return FLOPs of scores and of weighted values in one layer, for positions cached + 1 to tokens.

    2·(key width + value width) for a head and pair. Compressed keys and values of tokens that are cached are
    either expanded once more or multiplied as they are, in wider products; the cheaper counts.
    """
    pairs = causal_pairs(tokens, attention.window, cached=cached)
    plain = 2 * pairs * attention.heads * (attention.key_width + attention.value_width)
    latent = attention.latent
    if latent is None:
        return plain
    absorbed = 2 * pairs * attention.heads * (2 * latent.rank + latent.rope)
    return min(plain + 2 * cached * latent.expansion, absorbed)


def prefill_cost(
    shape: ModelShape,
    tokens: int,
    *,
    cached: int = 0,
    prompts: int = 1,
    weight_bytes: float,
    cache_bytes: float,
) -> Cost:
    """Return what reading a prompt costs at least, its last token's logits included.

    FLOPs = 2·P·(N − c) + attention of positions c + 1 to N + 2·V·D. Bytes = weights once, keys and values of the
    cached prefix read, those of new tokens written. P counts the elements that one token passes; of a mixture of
    experts, those expected to be hit by the new tokens are read.

    Args:
        shape: the model.
        tokens: tokens of the prompt, N.
        cached: how many of them at its beginning are in the cache, c; less than ``tokens``.
        prompts: how many prompts of that length are read at once; weights are then read once for all.
        weight_bytes: bytes of a weight: 2 for bfloat16, 1 for fp8, 0.5 for 4 bits.
        cache_bytes: bytes of an element of the cache.

    Raises:
        ValueError: if ``tokens`` is not above ``cached``, or ``cached`` is below 0, or there is no prompt.
    """
    if not 0 <= cached < tokens:
        raise ValueError(f"{cached} of {tokens} tokens cannot be cached")
    if prompts < 1:
        raise ValueError("there is no prompt")
    new = tokens - cached
    attention = sum(attention_flops(layer.attention, tokens, cached=cached) * count for layer, count in shape.layers)
    flops = prompts * (2 * shape.active_elements * new + attention + 2 * shape.head_elements)
    kept = prompts * sum(_kept_elements(layer.attention, cached, new) * count for layer, count in shape.layers)
    return Cost(flops, _read_elements(shape, prompts * new) * weight_bytes + kept * cache_bytes)


def _kept_elements(attention: Attention, cached: int, new: int) -> int:
    """Return elements of the cache that one layer reads of the prefix and writes of new tokens."""
    if attention.window is None:
        return (cached + new) * attention.cached
    return (min(cached, attention.window - 1) + min(new, attention.window)) * attention.cached


def _read_elements(shape: ModelShape, tokens: int) -> float:
    """Return weights read to put ``tokens`` through the model once; looking up their embeddings is nothing to it."""
    layers = sum(
        count
        * (
            layer.attention.projections
            + layer.feed_forward.always
            + layer.feed_forward.expected_hits(tokens) * layer.feed_forward.expert
        )
        for layer, count in shape.layers
    )
    return layers + shape.head_elements


def decode_cost(shape: ModelShape, contexts: Sequence[int], *, weight_bytes: float, cache_bytes: float) -> Cost:
    """Return what one step of a batch costs at least: one more token for each sequence.

    FLOPs = B·(2·P + 2·V·D) + attention of each sequence's last position; bytes = weights once for the batch (of a
    mixture of experts, the experts that B tokens are expected to hit) + keys and values of every sequence.

    Args:
        shape: the model.
        contexts: for each sequence, how many tokens it holds in this step, the one just read among them.
        weight_bytes: bytes of a weight.
        cache_bytes: bytes of an element of the cache.

    Raises:
        ValueError: if there is no sequence, or one is empty.
    """
    if not contexts or min(contexts) < 1:
        raise ValueError("a step has at least one sequence, and each holds at least one token")
    batch = len(contexts)
    flops = 2 * batch * (shape.active_elements + shape.head_elements)
    kept = 0
    for held, sequences in Counter(contexts).items():
        for layer, count in shape.layers:
            flops += sequences * count * attention_flops(layer.attention, held, cached=held - 1)
            kept += sequences * count * _kept_elements(layer.attention, held - 1, 1)
    return Cost(flops, _read_elements(shape, batch) * weight_bytes + kept * cache_bytes)


def weights_bytes(shape: ModelShape, weight_bytes: float) -> float:
    """Return the bytes of all matrices, were each element ``weight_bytes`` large."""
    return shape.parameters * weight_bytes


def cache_bytes_per_token(shape: ModelShape, cache_bytes: float) -> float:
    """Return the bytes of keys and values that one more token adds while no layer's window is full.

    2·L·(key heads)·(head width)·bytes; with compressed keys and values L·(rank + rope width)·bytes.
    """
    return sum(layer.attention.cached * count for layer, count in shape.layers) * cache_bytes


def cache_size(shape: ModelShape, tokens: int, cache_bytes: float) -> float:
    """Return the bytes of keys and values of a sequence; layers with a window keep no more than the window."""
    return cache_bytes * sum(
        layer.attention.cached * count * min(tokens, layer.attention.window or tokens) for layer, count in shape.layers
    )


def attention_share(shape: ModelShape, tokens: int) -> float:
    """Return which share of a prefill's FLOPs attention is, from 0 to 1."""
    attention = sum(attention_flops(layer.attention, tokens) * count for layer, count in shape.layers)
    return attention / (attention + 2 * shape.active_elements * tokens + 2 * shape.head_elements)


def crossover(shape: ModelShape) -> int | None:
    """Return the shortest prompt whose attention costs as many FLOPs as the layers' weights do.

    With full attention P/(heads·width·L), a token more or less. ``None`` where windows keep attention below it.
    """

    def attention_leads(tokens: int) -> bool:
        attention = sum(attention_flops(layer.attention, tokens) * count for layer, count in shape.layers)
        return attention >= 2 * shape.active_elements * tokens

    lengths = range(1, LONGEST_PROMPT)
    place = bisect_left(lengths, True, key=attention_leads)
    return None if place == len(lengths) else lengths[place]


def all_reduce_seconds(
    shape: ModelShape, tokens: int, *, devices: int, link_bytes_per_second: float, element_bytes: float
) -> float:
    """Return the least time that devices which share every layer need to sum their parts.

    Two all-reduces a layer, after attention and after the feed-forward part; each moves 2·(n − 1)/n of the
    tokens' hidden states over a device's links (the ring of Patarasuk and Yuan, JPDC 69(2), 2009).

    Args:
        shape: the model.
        tokens: tokens that pass at once.
        devices: how many share a layer, n.
        link_bytes_per_second: what one device can send, in one direction.
        element_bytes: bytes of an element of a hidden state.
    """
    moved = 2 * shape.depth * tokens * shape.hidden * element_bytes * 2 * (devices - 1) / devices
    return moved / link_bytes_per_second


def model_flops_utilisation(cost: Cost, seconds: float, peaks: DevicePeaks, dtype: str, *, devices: int = 1) -> float:
    """Return MFU: the FLOPs that the model needs, over those the devices could do in that time, from 0 to 1.

    As in PaLM (arXiv:2204.02311, appendix B), but for inference: without a backward pass, attention causal.

    Raises:
        ValueError: if the device's peak in ``dtype`` is not known.
    """
    return cost.flops / (seconds * flops_per_second(peaks, dtype) * devices)


def model_bandwidth_utilisation(cost: Cost, seconds: float, peaks: DevicePeaks, *, devices: int = 1) -> float:
    """Return MBU: the bytes that must be moved, over those the devices could move in that time, from 0 to 1."""
    return cost.bytes / (seconds * peaks.bytes_per_second * devices)
