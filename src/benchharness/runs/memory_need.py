"""The memory that one request takes at least, and the longest request that a memory holds."""

from bisect import bisect_right
from dataclasses import dataclass, replace

from benchharness.hardware.bounds import Storage
from benchharness.hardware.layers import Layer
from benchharness.hardware.model_shape import ModelShape
from benchharness.hardware.roofline import cache_size, weights_bytes
from benchharness.hardware.stored_weights import DTYPE_BYTES

LONGEST = 1 << 30
"""Tokens; beyond any text."""

NICE_STEPS = (1024, 128, 16)


@dataclass(frozen=True, slots=True)
class MemoryNeed:
    """What a model takes with one request alone; a floor, since engines keep more than they must.

    Attributes:
        shape: the model.
        storage: how weights and cache are stored.
        chunk: most tokens that are read in one go; ``None`` where a prompt is read whole.
        expanded: whether compressed keys and values (latent attention) are kept expanded, head by head.
    """

    shape: ModelShape
    storage: Storage
    chunk: int | None
    expanded: bool = False

    @property
    def weights(self) -> float:
        """Bytes of all matrices."""
        return weights_bytes(self.shape, self.storage.weight_bytes)

    def cache(self, tokens: int) -> float:
        """Return the bytes of keys and values of a sequence; a layer with a window keeps no more than the window."""
        return cache_size(self._kept_shape, tokens, self.storage.cache_bytes)

    @property
    def _kept_shape(self) -> ModelShape:
        if not self.expanded:
            return self.shape
        return replace(self.shape, layers=tuple((_expanded(layer), count) for layer, count in self.shape.layers))

    def activations(self, tokens: int) -> float:
        """Return the bytes that are alive in the widest layer at least: a residual stream and one product of it.

        The product is that of the queries, or one of the feed-forward part, whichever is wider. It is that of the
        largest chunk; a gated part is taken, since other parts are wider for as many elements.
        """
        alive = min(tokens, self.chunk or tokens)
        width = self.shape.hidden + max(_widest(layer, self.shape.hidden) for layer, _ in self.shape.layers)
        # 8-bit weights are multiplied from 8 bits, and their sums are of 16.
        return alive * width * max(2.0, DTYPE_BYTES[self.storage.dtype])

    def total(self, tokens: int) -> float:
        """Return the bytes that a sequence of ``tokens``, answer included, takes with the weights."""
        return self.weights + self.cache(tokens) + self.activations(tokens)

    def longest(self, memory: float, cache: float | None = None) -> int:
        """Return the most tokens, answer included, of a sequence that fits; 0 if none does.

        Args:
            memory: bytes there are.
            cache: bytes set aside for keys and values, if they have a limit of their own.
        """

        def excess(tokens: int) -> float:
            over = self.total(tokens) - memory
            return over if cache is None else max(over, self.cache(tokens) - cache)

        return max(0, bisect_right(range(LONGEST), 0.0, key=excess) - 1)


def _expanded(layer: Layer) -> Layer:
    attention = layer.attention
    if attention.latent is None:
        return layer
    kept = attention.heads * (attention.key_width + attention.value_width)
    return replace(layer, attention=replace(attention, cached=kept))


def _widest(layer: Layer, hidden: int) -> int:
    gated = 3 * hidden
    part = layer.feed_forward
    inner = (part.always + part.active * part.expert) // gated
    return max(layer.attention.heads * layer.attention.key_width, inner)


def nice_length(tokens: int) -> int:
    """Return ``tokens`` rounded down to what people write: a multiple of 1,024, where it is short of 128 or of 16.

    >>> [nice_length(tokens) for tokens in (131_999, 3_000, 500, 47)]
    [131072, 2944, 496, 47]
    """
    return next((tokens // step * step for step in NICE_STEPS if tokens >= 8 * step), tokens)
