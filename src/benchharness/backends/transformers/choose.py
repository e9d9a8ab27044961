"""``choose``: the log-likelihood of given continuations, batched and padded on the right.

Causal attention never looks to the right, so padding there changes nothing and no position has to be shifted.
"""

import inspect
from collections.abc import Sequence
from typing import Any, NamedTuple

import torch

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
        Log-probabilities are natural logarithms, computed in fp32 from the model's logits.
    """
    longest = max(len(row.tokens) for row in rows)
    tokens = torch.full((len(rows), longest), padding, dtype=torch.long)
    mask = torch.zeros((len(rows), longest), dtype=torch.long)
    for number, row in enumerate(rows):
        tokens[number, : len(row.tokens)] = torch.tensor(row.tokens)
        mask[number, : len(row.tokens)] = 1
    # Logits are computed only from the first position that any row needs.
    first = min(len(row.tokens) - len(row.scored) for row in rows)
    wanted: dict[str, Any] = {}
    if "logits_to_keep" in inspect.signature(model.forward).parameters:
        wanted["logits_to_keep"] = longest - first
    else:
        first = 0
    with torch.inference_mode():
        logits = model(input_ids=tokens.to(device), attention_mask=mask.to(device), use_cache=False, **wanted).logits
        sums = [_sum_row(logits[number], row, first) for number, row in enumerate(rows)]
        values = torch.cat(sums).cpu().tolist()
    ends = iter(values)
    return [[next(ends) for _ in row.scored[0]] for row in rows]


def _sum_row(logits: torch.Tensor, row: Row, first: int) -> torch.Tensor:
    """Sum one row's log-probabilities over its scored positions; ``logits`` begin at position ``first``."""
    end = len(row.tokens) - first
    log_probs = logits[end - len(row.scored) : end].float().log_softmax(dim=-1)
    ids = torch.tensor(row.scored, device=logits.device)
    return log_probs.gather(1, ids).sum(dim=0)
