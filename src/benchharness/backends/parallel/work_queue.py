"""The queue that all workers pull from: how much each gets, and what becomes of what a dead one held."""

from collections import deque
from collections.abc import Sequence

from benchharness.backends.base import WorkSource
from benchharness.records import Request

SMALLEST_SHARE = 4
"""Requests that are handed out together even at the end: less would compute a shared prefix for next to nothing."""

SMALL_GROUP = 16
"""Requests handed out together after one worker died with them in hand."""


class WorkQueue:
    """Hands out a source's work in shares that shrink towards its end.

    A share is the part ``1 / (2 · workers)`` of what is known to be left, and never more than was asked for: factoring
    (Hummel, Schonberg and Flynn, 1992), a form of guided self-scheduling. Early shares are large, and shares are
    neighbours in the source's order, so that common prefixes stay together; late ones are small, so that no worker is
    left with much when the others are through. The source does not say how long it is; as much is taken ahead as
    tells a full share from a smaller one.

    What a dead worker held is suspect. It is handed out again before anything else, to workers that hold nothing
    besides: first in groups of ``SMALL_GROUP``, after a second death one by one. A request that was alone in the
    hands of a dead worker, and not for the first time in such hands, is guilty and is not handed out again.

    Args:
        source: where the work comes from.
    """

    def __init__(self, source: WorkSource) -> None:
        self._source = source
        self._fresh: deque[Request] = deque()
        self._suspects: deque[Request] = deque()
        self._deaths: dict[str, int] = {}
        self.over = False
        """Whether the source has said that no more will come."""

    def __len__(self) -> int:
        """Return the number of requests taken from the source and not handed out."""
        return len(self._fresh) + len(self._suspects)

    def share(self, limit: int, *, workers: int, hands_empty: bool) -> list[Request]:
        """Return what a worker gets now, without waiting; maybe nothing.

        Args:
            limit: most requests that it takes, at least 1.
            workers: how many pull from the queue, at least 1.
            hands_empty: whether it holds nothing that is not answered.
        """
        if hands_empty and self._suspects:
            return self._suspect_group(limit)
        self._fill(2 * workers * limit)
        fair = -(-len(self._fresh) // (2 * workers))
        size = min(limit, max(SMALLEST_SHARE, fair), len(self._fresh))
        return [self._fresh.popleft() for _ in range(size)]

    def wait(self) -> None:
        """Wait until the source has more, or no more will come."""
        found = self._source.take(1, wait=True)
        self._fresh.extend(found)
        self.over = not found

    def is_suspect(self, request: Request) -> bool:
        """Tell whether a worker died with ``request`` in hand."""
        return request.key in self._deaths

    def give_back(self, requests: Sequence[Request]) -> Request | None:
        """Take back what a dead worker held, and return the one that is guilty, if that is known now."""
        if len(requests) == 1 and self.is_suspect(requests[0]):
            return requests[0]
        for request in requests:
            self._deaths[request.key] = self._deaths.get(request.key, 0) + 1
        self._suspects.extendleft(reversed(requests))
        return None

    def _fill(self, most: int) -> None:
        while not self.over and len(self._fresh) < most:
            found = self._source.take(most - len(self._fresh), wait=False)
            if not found:
                return
            self._fresh.extend(found)

    def _suspect_group(self, limit: int) -> list[Request]:
        deaths = self._deaths[self._suspects[0].key]
        size = min(limit, SMALL_GROUP) if deaths == 1 else 1
        group: list[Request] = []
        while self._suspects and len(group) < size and self._deaths[self._suspects[0].key] == deaths:
            group.append(self._suspects.popleft())
        return group
