"""How many requests are at a server at once: additive increase, multiplicative decrease (Chiu and Jain, 1989)."""

from collections.abc import Hashable
from dataclasses import dataclass
from statistics import median

START = 4
"""Requests at once at the beginning."""

SLOWER = 2.0
"""How many times slower an answer must have become for this to count as overload."""

GAIN = 1.1
"""How many times more answers must come back, at least, for this to count as more."""

WINDOW = 10
"""Answers by whose median the latency is judged."""


@dataclass(frozen=True, slots=True)
class Sending:
    """What held when a request was sent.

    Attributes:
        cuts: how often the limit had been cut.
        limit: the limit.
    """

    cuts: int
    limit: int


@dataclass(slots=True)
class _Best:
    """The best median latency of a kind of request, and the limit under which it was reached."""

    seconds: float
    limit: float


class Pace:
    """The most requests that may be at a server at once, adapted to how it fares.

    It starts low. Until the first sign of overload every answer raises it by one, so that it doubles with every round
    of answers; afterwards a whole round raises it by one. It rises only while requests use it up. A sign of overload
    halves it, once for all requests that were sent before: the server said so (429, 503), did not answer in time, or
    answers take more than twice as long as they did with fewer at once, without more of them coming back. The last
    condition matters, since a server that answers in batches is slower for each and faster for all.

    Args:
        most: it never rises above this.
        adaptive: whether it changes at all; otherwise it is ``most``.
    """

    def __init__(self, most: int, *, adaptive: bool) -> None:
        self._most = most
        self._adaptive = adaptive
        self.limit = min(START, most) if adaptive else most
        self.lowest = self.highest = self.limit
        self.cuts = 0
        self._successes = 0
        self._best: dict[Hashable, _Best] = {}
        self._window: dict[Hashable, list[tuple[float, int]]] = {}

    def sending(self) -> Sending:
        """Return what a request that is sent now is judged by when it comes back."""
        return Sending(self.cuts, self.limit)

    def answered(self, sending: Sending, in_flight: int, kind: Hashable, seconds: float) -> None:
        """Take note of an answer.

        Args:
            sending: as it was when the request was sent.
            in_flight: requests at the server before the answer came, this one included.
            kind: what is compared with each other, such as a task.
            seconds: how long it took, by token where it generated several.
        """
        if not self._adaptive or sending.cuts < self.cuts:
            return
        if self._is_slow(kind, seconds, sending.limit):
            self._cut()
            return
        if in_flight < self.limit:
            return
        self._successes += 1
        if self.cuts == 0 or self._successes >= self.limit:
            self._set(min(self.limit + 1, self._most))

    def overloaded(self, sending: Sending) -> None:
        """Take note that the server had too much to do.

        Args:
            sending: as it was when the request was sent that tells so.
        """
        if self._adaptive and sending.cuts == self.cuts:
            self._cut()

    def _cut(self) -> None:
        self.cuts += 1
        self._window.clear()
        self._set(max(1, self.limit // 2))

    def _set(self, limit: int) -> None:
        self.limit = limit
        self._successes = 0
        self.lowest = min(self.lowest, limit)
        self.highest = max(self.highest, limit)

    def _is_slow(self, kind: Hashable, seconds: float, limit: int) -> bool:
        window = self._window.setdefault(kind, [])
        window.append((seconds, limit))
        if len(window) < WINDOW:
            return False
        now = _Best(median(taken for taken, _ in window), median(at for _, at in window))
        window.clear()
        best = self._best.get(kind)
        # With no more at once than then, it is the server or the work that has changed.
        if best is None or now.limit <= best.limit or now.seconds <= best.seconds:
            self._best[kind] = now
            return False
        more_come_back = now.limit / now.seconds > GAIN * best.limit / best.seconds
        return now.seconds > SLOWER * best.seconds and not more_come_back
