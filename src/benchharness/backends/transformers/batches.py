"""Batches by token budget: requests of like length together, no batch larger than the budget."""

from collections.abc import Callable, Iterable, Sequence
from itertools import accumulate
from typing import NamedTuple

from benchharness.records import Request, RequestKind

STEP = {"cpu": 32, "cuda": 1024}
"""Tokens that take about as long as a step takes beyond its tokens: on a CPU the calls, on a GPU the reading of all
weights, during which that many tokens could have been computed."""


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
    step: int = STEP["cpu"],
    most_scored: int | None = None,
    cost_of: Callable[[Request], Cost] = cost,
) -> list[list[Request]]:
    """Split requests of one kind into the batches that are read soonest.

    Args:
        requests: in any order; they come out longest first.
        token_budget: most tokens of a batch: rows times the longest row. A request that is larger by itself
            makes a batch of its own.
        shared: tokens that all prompts begin with and that are read apart; padding is none of them.
        step: tokens that take as long as another step; see ``STEP``.
        most_scored: most positions of a batch whose logits are wanted; ``None`` for any number.
        cost_of: returns what a request takes.
    """
    by_length = sorted(((cost_of(request), request) for request in requests), key=lambda pair: -pair[0].length)

    costs = [needed for needed, _ in by_length]
    rows = [0, *accumulate(needed.rows for needed in costs)]
    scored = [0, *accumulate(needed.scored for needed in costs)]

    def fits(begin: int, end: int) -> bool:
        size = (rows[end] - rows[begin]) * costs[begin].length
        return size <= token_budget and (most_scored is None or scored[end] - scored[begin] <= most_scored)

    ranges = cheapest_ranges([(needed.length - shared, needed.rows) for needed in costs], step, fits)
    return [[request for _, request in by_length[begin:end]] for begin, end in ranges]


def cheapest_ranges(
    lengths: Sequence[tuple[int, int]], step: int, fits: Callable[[int, int], bool]
) -> list[tuple[int, int]]:
    """Split sequences into ranges that are padded to their longest, so that the least is computed.

    A range costs its rows times its longest length, and a step. The cheapest split of the first ``n`` is the cheapest
    of fewer and one more range, so that it is found in O(n · longest range).

    Args:
        lengths: length and rows of each, in the order in which they are to stay.
        step: what a range costs beyond its tokens, in tokens.
        fits: tells whether a range, by its begin and its end, may be read together. What fits also fits without its
            first or its last; a range of one is read in any case.

    Returns:
        Begin and end of each range, in order.
    """
    best = [0]
    begins = [0]
    for end in range(1, len(lengths) + 1):
        rows = longest = 0
        options: list[tuple[int, int]] = []
        for begin in range(end - 1, -1, -1):
            if begin < end - 1 and not fits(begin, end):
                break
            length, own = lengths[begin]
            longest = max(longest, length)
            rows += own
            options.append((best[begin] + rows * longest + step, begin))
        total, begin = min(options)
        best.append(total)
        begins.append(begin)
    ranges: list[tuple[int, int]] = []
    end = len(lengths)
    while end:
        ranges.append((begins[end], end))
        end = begins[end]
    return ranges[::-1]
