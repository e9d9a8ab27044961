"""How much of its prompts a cache can have held, unless it was filled before anything was asked."""

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from itertools import pairwise

from benchharness.records import Request, RequestKind


def most_cacheable(requests: Iterable[Request]) -> int:
    """Return the most prompt tokens of ``generate`` requests that a cache can serve if it is empty at first.

    A prompt can be served as far as another of them begins with the same tokens. An engine or a server that serves
    more had read these prompts before: for an earlier run, or for requests that it was asked again. Requests of kind
    ``choose`` count only as what others begin with, since a backend may read such a prompt once for each option.
    """
    prompts = sorted((request.prompt.tokens, request.kind is RequestKind.GENERATE) for request in requests)
    longest = [0] * len(prompts)
    # In sorted order no prompt shares more with any other than with one of its neighbours.
    for index, ((before, _), (after, _)) in enumerate(pairwise(prompts)):
        shared = shared_length(before, after)
        longest[index] = max(longest[index], shared)
        longest[index + 1] = shared
    return sum(shared for shared, (_, generates) in zip(longest, prompts, strict=True) if generates)


def shared_length(first: Sequence[int], second: Sequence[int]) -> int:
    """Return how many tokens two sequences begin with in common."""
    most = min(len(first), len(second))
    # Comparing slices is fast, and prompts may be long.
    return bisect_left(range(most), True, key=lambda index: first[: index + 1] != second[: index + 1])
