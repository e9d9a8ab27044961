"""Sampling by a generator of each request's own, so that what is drawn does not depend on the batch."""

from collections.abc import Sequence

import torch
from transformers import LogitsProcessor

from benchharness.records import Sampling


class SeededDraw:
    """Draws the tokens of one request.

    The largest of logits plus Gumbel noise is an exact draw from their softmax (Gumbel 1954; Maddison, Tarlow and
    Minka 2014).

    Args:
        sampling: of the request. With temperature 0 nothing is drawn: the scores are the logits.
    """

    def __init__(self, sampling: Sampling) -> None:
        self._sampling = sampling
        # On the CPU whatever the device, so that a seed means the same everywhere.
        self._generator = torch.Generator().manual_seed(sampling.seed)

    @property
    def greedy(self) -> bool:
        """Whether the most likely token is always taken."""
        return self._sampling.temperature == 0

    def scores(self, logits: torch.Tensor) -> torch.Tensor:
        """Return scores whose largest is the next token.

        Args:
            logits: in fp32, of shape (vocabulary,).
        """
        if self.greedy:
            return logits
        kept = _nucleus(logits / self._sampling.temperature, self._sampling.top_p)
        exponential = torch.empty(kept.shape).exponential_(generator=self._generator)
        return kept - exponential.log().to(kept.device)


class SeededSampling(LogitsProcessor):
    """Makes the greedy search of ``transformers`` sample, each row by its own generator.

    Args:
        samplings: one for each row of the batch.
    """

    def __init__(self, samplings: Sequence[Sampling]) -> None:
        self._draws = [SeededDraw(sampling) for sampling in samplings]

    def __call__(self, input_ids: torch.LongTensor, scores: torch.FloatTensor) -> torch.FloatTensor:
        """Return the scores whose largest is the token drawn; see ``transformers.LogitsProcessor``."""
        return drawn_scores(self._draws, scores.float())  # type: ignore[return-value]


def drawn_scores(draws: Sequence[SeededDraw], logits: torch.Tensor) -> torch.Tensor:
    """Return for each row the scores whose largest is its next token.

    Args:
        draws: one for each row.
        logits: in fp32, of shape (rows, vocabulary); left as they are.
    """
    if all(draw.greedy for draw in draws):
        return logits
    return torch.stack([draw.scores(row) for draw, row in zip(draws, logits, strict=True)])


def _nucleus(logits: torch.Tensor, top_p: float) -> torch.Tensor:
    """Keep the most likely tokens whose probabilities first add up to ``top_p``."""
    if top_p >= 1:
        return logits
    ordered, indices = logits.sort(descending=True)
    probabilities = ordered.softmax(dim=-1)
    # A token stays if those before it do not reach top_p yet; so at least one stays.
    dropped = probabilities.cumsum(dim=-1) - probabilities >= top_p
    return logits.masked_fill(torch.zeros_like(dropped).scatter(0, indices, dropped), float("-inf"))
