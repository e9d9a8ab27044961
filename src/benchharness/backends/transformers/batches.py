"""Batches by token budget: requests of like length together, no batch larger than the budget.

A batch holds one language, so that the time it takes is that language's alone.
"""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from benchharness.records import Request, RequestKind

SHORTEST = 0.75
"""The shortest row of a batch, as a share of the longest: what is shorter would be mostly padding."""


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


def split_into_batches(requests: Iterable[Request], token_budget: int) -> Iterator[list[Request]]:
    """Split requests into batches of one kind and language.

    Args:
        requests: in any order; they come out longest first.
        token_budget: most tokens of a batch: rows times the longest row. A request that is larger by itself
            makes a batch of its own, and one much shorter than the longest begins another.
    """
    by_length = sorted(requests, key=lambda request: (request.kind, request.language, -cost(request).length))
    batch: list[Request] = []
    rows = longest = 0
    for request in by_length:
        needed = cost(request)
        grown = (rows + needed.rows) * max(longest, needed.length)
        alike = batch and (request.kind, request.language) == (batch[0].kind, batch[0].language)
        if batch and (grown > token_budget or not alike or needed.length < SHORTEST * longest):
            yield batch
            batch, rows, longest = [], 0, 0
        batch.append(request)
        rows += needed.rows
        longest = max(longest, needed.length)
    if batch:
        yield batch
