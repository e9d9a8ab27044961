"""``choose`` as a reference: every prompt is read whole with every continuation, padded on the right.

Causal attention never looks to the right, so padding there changes nothing and no position has to be shifted.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

import torch

from benchharness.backends.transformers.head import logits_of_rows
from benchharness.records import Request


class Row(NamedTuple):
    """One sequence of a batch.

    Attributes:
        tokens: what the model reads.
        scored: for each of the last positions of ``tokens``, the ids whose log-probability is wanted there:
            one id along a continuation, or all one-token continuations at the end of the prompt.
    """

    tokens: tuple[int, ...]
    scored: tuple[tuple[int, ...], ...]


def rows_of(request: Request) -> list[Row]:
    """Return the sequences that score ``request``: one if all continuations are single tokens, else one for each."""
    prompt = request.prompt.tokens
    continuations = [continuation.tokens for continuation in request.continuations]
    if all(len(tokens) == 1 for tokens in continuations):
        return [Row(prompt, (tuple(tokens[0] for tokens in continuations),))]
    return [Row(prompt + tokens[:-1], tuple((token,) for token in tokens)) for tokens in continuations]


def score_rows(model: Any, rows: Sequence[Row], device: torch.device, padding: int) -> list[list[float]]:
    """Return for each row the summed log-probabilities of what it scores.

    Args:
        model: a causal language model of ``transformers``.
        rows: the batch.
        device: where the model takes its input.
        padding: a token id to pad with; it is never looked at.

    Returns:
        For each row, one sum for each of its alternatives: as many as ids at its scored positions.
        Log-probabilities are natural logarithms, computed in fp32.
    """
    width = max(len(row.tokens) for row in rows)
    tokens = torch.full((len(rows), width), padding, dtype=torch.long)
    mask = torch.zeros((len(rows), width), dtype=torch.long)
    needed: list[int] = []
    for number, row in enumerate(rows):
        tokens[number, : len(row.tokens)] = torch.tensor(row.tokens)
        mask[number, : len(row.tokens)] = 1
        end = number * width + len(row.tokens)
        needed.extend(range(end - len(row.scored), end))
    with torch.inference_mode():
        logits = logits_of_rows(
            model,
            torch.tensor(needed, device=device),
            input_ids=tokens.to(device),
            attention_mask=mask.to(device),
            use_cache=False,
        )
        parts = logits.log_softmax(dim=-1).split([len(row.scored) for row in rows])
        sums = [
            part.gather(1, torch.tensor(row.scored, device=part.device)).sum(dim=0)
            for part, row in zip(parts, rows, strict=True)
        ]
        values = iter(torch.cat(sums).tolist())
    return [[next(values) for _ in row.scored[0]] for row in rows]
