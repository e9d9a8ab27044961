"""Batches by token budget: requests of like length together, no batch larger than the budget.

A batch holds one language, so that the time it takes is that language's alone.
"""

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
    """

    rows: int
    length: int


def cost(request: Request) -> Cost:
    """Return what ``request`` takes in a batch."""
    prompt = len(request.prompt.tokens)
    if request.kind is RequestKind.GENERATE:
        assert request.sampling is not None
        return Cost(1, prompt + request.sampling.max_new_tokens)
    longest = max(len(continuation.tokens) for continuation in request.continuations)
    return Cost(1 if longest == 1 else len(request.continuations), prompt + longest - 1)


def suffix_cost(request: Request) -> Cost:
    """Return what ``request`` takes in a batch that reads every prompt once, whatever its continuations."""
    return cost(request)._replace(rows=1)


def split_into_batches(
    requests: Iterable[Request],
    token_budget: int,
    *,
    shared: int = 0,
    cost_of: Callable[[Request], Cost] = cost,
) -> Iterator[list[Request]]:
    """Split requests into batches of one kind and language.

    Args:
        requests: in any order; they come out longest first.
        token_budget: most tokens of a batch: rows times the longest row. A request that is larger by itself
            makes a batch of its own, and one that would be padded much begins another.
        shared: tokens that all prompts begin with and that are read apart; padding is none of them.
        cost_of: returns what a request takes.
    """
    by_length = sorted(requests, key=lambda request: (request.kind, request.language, -cost_of(request).length))
    batch: list[Request] = []
    rows = longest = 0
    for request in by_length:
        needed = cost_of(request)
        grown = (rows + needed.rows) * max(longest, needed.length)
        alike = batch and (request.kind, request.language) == (batch[0].kind, batch[0].language)
        padded = longest - needed.length > max(SLACK, MOST_PADDING * (longest - shared))
        if batch and (grown > token_budget or not alike or padded):
            yield batch
            batch, rows, longest = [], 0, 0
        batch.append(request)
        rows += needed.rows
        longest = max(longest, needed.length)
    if batch:
        yield batch
