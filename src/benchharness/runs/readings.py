"""What is read for a plan, piece by piece: each prefix that prompts share once, then what is each one's own."""

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import NamedTuple

from benchharness.records import Language, Request, RequestKind
from benchharness.tokens.prefix_tree import WINDOW, group_by_prefix


class Reading(NamedTuple):
    """Tokens that are read in one go, on top of those whose keys and values are kept.

    Attributes:
        request: the request for which they count: the first that has them.
        cached: tokens before them, which were read for others or earlier.
        tokens: tokens up to the end of the reading, those that were cached among them.
        predicts: whether something is predicted after the last of them; not after a prefix that is read apart.
    """

    request: Request
    cached: int
    tokens: int
    predicts: bool = True

    @property
    def new(self) -> int:
        """Tokens that are read."""
        return self.tokens - self.cached


def readings(requests: Sequence[Request], *, prefix_reuse: bool) -> Iterator[Reading]:
    """Yield what is read for ``requests``.

    With ``prefix_reuse`` it is assumed that the backend takes the requests in their order, ``WINDOW`` at a time, that
    among those of one kind and language in a window it reads what ``group_by_prefix`` finds once, that it reads every
    prompt once, and each continuation but for its last token. A prefix that several share counts for the first of
    them. Without, every sequence is read whole.
    """
    if prefix_reuse:
        for sharing in _windows(requests):
            yield from _shared(sharing)
    else:
        for request in requests:
            yield from _whole(request)


def _whole(request: Request) -> Iterator[Reading]:
    prompt = len(request.prompt.tokens)
    if all(len(continuation.tokens) == 1 for continuation in request.continuations):
        yield Reading(request, 0, prompt)
        return
    for continuation in request.continuations:
        yield Reading(request, 0, prompt + len(continuation.tokens) - 1)


def _shared(sharing: Sequence[Request]) -> Iterator[Reading]:
    groups = group_by_prefix([request.prompt.tokens for request in sharing])
    # The first request below each prefix, by which the prefix counts; a group comes after its parent.
    first = [min(group.members, default=len(sharing)) for group in groups]
    for number in range(len(groups) - 1, 0, -1):
        parent = groups[number].parent or 0
        first[parent] = min(first[parent], first[number])
        yield Reading(sharing[first[number]], len(groups[parent].tokens), len(groups[number].tokens), predicts=False)
    for group in groups:
        for request in (sharing[index] for index in group.members):
            prompt = len(request.prompt.tokens)
            yield Reading(request, len(group.tokens), prompt)
            for continuation in request.continuations:
                if len(continuation.tokens) > 1:
                    yield Reading(request, prompt, prompt + len(continuation.tokens) - 1)


def _windows(requests: Sequence[Request]) -> Iterator[list[Request]]:
    """Yield the requests among which prefixes are shared."""

    def sort_of(request: Request) -> tuple[RequestKind, Language]:
        return request.kind, request.language

    for begin in range(0, len(requests), WINDOW):
        for _, sharing in groupby(sorted(requests[begin : begin + WINDOW], key=sort_of), key=sort_of):
            yield list(sharing)
