"""Batches by token budget: requests of like length together, no batch larger than the budget."""

from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from benchharness.records import Request, RequestKind

MOST_PADDING = 0.25
"""Padding that a row may have, as a share of the longest row of its batch."""

SLACK = 32
"""Tokens of padding that any row may have: another step would cost more."""


class Cost(NamedTuple):
    """What a request takes in a batch.

    Attributes:
        rows: sequences it adds.
        length: tokens of its longest sequence, with room for the answer.
        scored: positions whose logits are wanted.
    """

    rows: int
    length: int
    scored: int


def cost(request: Request) -> Cost:
    """Return what ``request`` takes where every continuation is read with its whole prompt."""
    prompt = len(request.prompt.tokens)
    if request.kind is RequestKind.GENERATE:
        assert request.sampling is not None
        return Cost(1, prompt + request.sampling.max_new_tokens, 1)
    lengths = [len(continuation.tokens) for continuation in request.continuations]
    rows = 1 if max(lengths) == 1 else len(lengths)
    return Cost(rows, prompt + max(lengths) - 1, rows * max(lengths))


def tree_cost(request: Request) -> Cost:
    """Return what a ``choose`` request takes where one row holds its prompt and all continuations after it."""
    after_first = sum(len(continuation.tokens) - 1 for continuation in request.continuations)
    return Cost(1, len(request.prompt.tokens) + after_first, 1 + after_first)


def split_into_batches(
    requests: Iterable[Request],
    token_budget: int,
    *,
    shared: int = 0,
    most_scored: int | None = None,
    cost_of: Callable[[Request], Cost] = cost,
) -> Iterator[list[Request]]:
    """Split requests of one kind into batches.

    Args:
        requests: in any order; they come out longest first.
        token_budget: most tokens of a batch: rows times the longest row. A request that is larger by itself
            makes a batch of its own, and one that would be padded much begins another.
        shared: tokens that all prompts begin with and that are read apart; padding is none of them.
        most_scored: most positions of a batch whose logits are wanted; ``None`` for any number.
        cost_of: returns what a request takes.
    """
    by_length = sorted(((cost_of(request), request) for request in requests), key=lambda pair: -pair[0].length)
    batch: list[Request] = []
    rows = longest = scored = 0
    for needed, request in by_length:
        too_large = (rows + needed.rows) * longest > token_budget
        too_many = most_scored is not None and scored + needed.scored > most_scored
        padded = longest - needed.length > max(SLACK, MOST_PADDING * (longest - shared))
        if batch and (too_large or too_many or padded):
            yield batch
            batch, rows, scored = [], 0, 0
        longest = longest if batch else needed.length
        batch.append(request)
        rows += needed.rows
        scored += needed.scored
    if batch:
        yield batch
