"""``choose`` on a shared prefix: every prompt is read once, and its continuations go on from it.

Right padding leaves gaps between a prefix, a suffix and a continuation. They are masked, and positions are given by
hand, so that each token stands where it would stand without them.
"""

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import torch
from transformers import DynamicCache

from benchharness.backends.transformers.prefixes import SharedPrefix, expand, select
from benchharness.records import Request


class _Tail(NamedTuple):
    """A continuation of more than one token, which is read to score all but its first.

    Attributes:
        request: index of its request in the batch.
        option: its index among the request's continuations.
        tokens: its tokens.
    """

    request: int
    option: int
    tokens: tuple[int, ...]


def score_batch(
    model: Any, prefix: SharedPrefix, batch: Sequence[Request], device: torch.device, token_budget: int
) -> list[list[float]]:
    """Return for each request the summed log-probability of each of its continuations.

    Args:
        model: a causal language model of ``transformers``.
        prefix: what the prompts of the batch begin with.
        batch: the requests.
        device: where the model takes its input.
        token_budget: most tokens, those of the prompts included, of a step that reads continuations.

    Returns:
        Natural logarithms, computed in fp32 from the model's logits.
    """
    suffixes = [request.prompt.tokens[prefix.length :] for request in batch]
    options = [[continuation.tokens for continuation in request.continuations] for request in batch]
    tails = [
        _Tail(row, option, tokens)
        for row, of_request in enumerate(options)
        for option, tokens in enumerate(of_request)
        if len(tokens) > 1
    ]
    cache = expand(prefix.cache, len(batch)) if prefix.cache is not None else DynamicCache()
    seen = torch.ones((len(batch), prefix.length), dtype=torch.long, device=device)
    with torch.inference_mode():
        logits, seen = _read_suffixes(model, cache, seen, suffixes, use_cache=bool(tails) or prefix.length > 0)
        log_probs = logits.float().log_softmax(dim=-1)
        firsts = [log_probs[row, [tokens[0] for tokens in of_request]] for row, of_request in enumerate(options)]
        sums = [values.tolist() for values in firsts]
        lengths = [prefix.length + len(suffix) for suffix in suffixes]
        for part in _parts(tails, seen.shape[1], token_budget):
            rest = _read_tails(model, select(cache, [tail.request for tail in part]), seen, lengths, part)
            for tail, value in zip(part, rest, strict=True):
                sums[tail.request][tail.option] += value
    return sums


def _read_suffixes(
    model: Any, cache: DynamicCache, seen: torch.Tensor, suffixes: Sequence[Sequence[int]], *, use_cache: bool
) -> tuple[torch.Tensor, torch.Tensor]:
    """Read the rest of each prompt; return the logits after its last token, and the mask of what has been read."""
    device = seen.device
    tokens, mask = _pad_right(suffixes, device)
    start = seen.shape[1]
    ends = torch.tensor([len(suffix) - 1 for suffix in suffixes], device=device)
    wanted, places = ends.unique(return_inverse=True)
    seen = torch.cat([seen, mask], dim=1)
    logits = model(
        input_ids=tokens,
        attention_mask=seen,
        position_ids=(start + torch.arange(tokens.shape[1], device=device)).expand(len(suffixes), -1),
        past_key_values=cache if use_cache else None,
        use_cache=use_cache,
        logits_to_keep=wanted,
    ).logits
    return logits[torch.arange(len(suffixes), device=device), places], seen


def _parts(tails: Sequence[_Tail], prompt_tokens: int, token_budget: int) -> Iterator[list[_Tail]]:
    """Split the tails into steps, those of like length together."""
    by_length = sorted(tails, key=lambda tail: -len(tail.tokens))
    while by_length:
        rows = max(1, token_budget // (prompt_tokens + len(by_length[0].tokens) - 1))
        yield by_length[:rows]
        by_length = by_length[rows:]


def _read_tails(
    model: Any, cache: DynamicCache, seen: torch.Tensor, lengths: Sequence[int], tails: Sequence[_Tail]
) -> list[float]:
    """Return the log-probability of each tail after its first token."""
    device = seen.device
    tokens, mask = _pad_right([tail.tokens[:-1] for tail in tails], device)
    begins = torch.tensor([lengths[tail.request] for tail in tails], device=device)
    rows = torch.tensor([tail.request for tail in tails], device=device)
    logits = model(
        input_ids=tokens,
        attention_mask=torch.cat([seen[rows], mask], dim=1),
        position_ids=begins[:, None] + torch.arange(tokens.shape[1], device=device),
        past_key_values=cache,
        use_cache=True,
    ).logits
    scored, _ = _pad_right([tail.tokens[1:] for tail in tails], device)
    log_probs = logits.float().log_softmax(dim=-1).gather(2, scored[:, :, None])[:, :, 0]
    sums: list[float] = (log_probs * mask).sum(dim=1).tolist()
    return sums


def _pad_right(rows: Sequence[Sequence[int]], device: torch.device) -> tuple[torch.Tensor, torch.Tensor]:
    """Return rows as a tensor, and a mask that is 1 where there is a token."""
    longest = max(len(row) for row in rows)
    # Padding is masked and comes after all that is read from a row, so that any token id serves.
    tokens = torch.tensor([[*row, *([0] * (longest - len(row)))] for row in rows])
    mask = torch.tensor([[1] * len(row) + [0] * (longest - len(row)) for row in rows])
    return tokens.to(device), mask.to(device)
