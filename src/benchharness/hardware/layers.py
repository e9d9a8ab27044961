"""What one layer of a decoder holds and does for a token, as counts of matrix elements and widths."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Latent:
    """The compressed keys and values of multi-head latent attention (DeepSeek-V2, arXiv:2405.04434, §2.1).

    Attributes:
        rank: width of the latent vector that stands for a token's keys and values (``kv_lora_rank``).
        rope: width of the key part that carries the position and is shared by all heads (``qk_rope_head_dim``).
        expansion: elements of the matrix that turns a latent vector into keys and values of all heads.
    """

    rank: int
    rope: int
    expansion: int


@dataclass(frozen=True, slots=True)
class Attention:
    """Attention of one layer.

    Attributes:
        heads: query heads.
        key_width: width of the product of a query with a key, for one head.
        value_width: width of a value, for one head.
        projections: elements of the matrices that every token passes: queries, keys, values, output.
        cached: elements kept for a token.
        window: how many keys a token sees, itself among them; ``None`` where it sees all before it.
        latent: what is kept where keys and values are compressed.
    """

    heads: int
    key_width: int
    value_width: int
    projections: int
    cached: int
    window: int | None = None
    latent: Latent | None = None


@dataclass(frozen=True, slots=True)
class FeedForward:
    """The feed-forward part of one layer, dense or a mixture of experts.

    Attributes:
        always: elements that every token passes: the dense part, shared experts, the router.
        expert: elements of one routed expert.
        experts: number of routed experts; 0 in a dense layer.
        active: routed experts that a token passes.
    """

    always: int
    expert: int = 0
    experts: int = 0
    active: int = 0

    def expected_hits(self, tokens: int) -> float:
        """Return how many routed experts at least one of ``tokens`` passes, expected under uniform routing.

        E·(1 − (1 − k/E)^T): each token draws k of E experts without preference. Real routers prefer some, so that
        fewer are hit: a bound that rests on this is, for a mixture of experts, an expectation.
        """
        if not self.experts:
            return 0.0
        return self.experts * (1.0 - (1.0 - self.active / self.experts) ** tokens)


@dataclass(frozen=True, slots=True)
class Layer:
    """One decoder layer."""

    attention: Attention
    feed_forward: FeedForward

    @property
    def elements(self) -> int:
        """Elements of all of its matrices."""
        part = self.feed_forward
        return self.attention.projections + part.always + part.experts * part.expert

    @property
    def active_elements(self) -> int:
        """Elements of the matrices that one token passes."""
        part = self.feed_forward
        return self.attention.projections + part.always + part.active * part.expert
