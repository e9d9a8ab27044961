"""Load generators: sources of work that hand requests out as they arrive.

A backend pulls; what it gets, and when, is the load. Each request keeps the moment at which it arrived, from which its
latencies count: what waits because the backend is busy has arrived all the same (otherwise the worst waits would be
left out, "coordinated omission").
"""

import random
import threading
import time
from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Sequence

from benchharness.perf.request import Load, Scenario
from benchharness.records import Request


class LoadSource(ABC):
    """Requests that arrive by some rule; implements ``backends.base.WorkSource``.

    Args:
        requests: all that will arrive, in order.

    Attributes:
        scheduled: when each request that has been handed out arrived, by ``time.perf_counter``.
    """

    def __init__(self, requests: Sequence[Request]) -> None:
        self._waiting = deque(requests)
        self._in_flight = 0
        # A backend may pull from a thread of its own.
        self._changed = threading.Condition()
        self.scheduled: dict[str, float] = {}
        self.started = 0.0

    def start(self) -> None:
        """Begin: arrivals count from now."""
        self.started = time.perf_counter()

    def finished(self) -> None:
        """Say that a request has been answered."""
        with self._changed:
            self._in_flight -= 1
            self._changed.notify_all()

    def take(self, limit: int, *, wait: bool = True) -> list[Request]:
        """Return up to ``limit`` of the requests that have arrived; see ``WorkSource``."""
        with self._changed:
            while self._waiting:
                ready = self._ready()
                if ready:
                    return self._hand_out(min(limit, ready))
                if not wait:
                    return []
                self._changed.wait(self._seconds_to_next())
        return []

    def _hand_out(self, count: int) -> list[Request]:
        requests = [self._waiting.popleft() for _ in range(count)]
        for request in requests:
            self.scheduled[request.key] = self._arrival()
        self._in_flight += count
        return requests

    @abstractmethod
    def _ready(self) -> int:
        """Return how many of those that wait have arrived."""

    @abstractmethod
    def _arrival(self) -> float:
        """Return when the next one that is handed out arrived."""

    def _seconds_to_next(self) -> float | None:
        """Return when it is worth looking again; ``None``: when something has been answered."""
        return None


class AllAtOnce(LoadSource):
    """All requests arrive at the start."""

    def _ready(self) -> int:
        return len(self._waiting)

    def _arrival(self) -> float:
        return self.started


class ClosedLoop(LoadSource):
    """A fixed number of users, each of whom asks the next question when the last is answered.

    Args:
        requests: see ``LoadSource``.
        concurrency: users; most requests at a time.
    """

    def __init__(self, requests: Sequence[Request], concurrency: int) -> None:
        super().__init__(requests)
        self._concurrency = concurrency

    def _ready(self) -> int:
        return min(self._concurrency - self._in_flight, len(self._waiting))

    def _arrival(self) -> float:
        return time.perf_counter()


class RandomArrivals(LoadSource):
    """Requests arrive at random times, whether or not others are still being answered.

    Args:
        requests: see ``LoadSource``.
        offsets: seconds from the start to each arrival, ascending.
    """

    def __init__(self, requests: Sequence[Request], offsets: Sequence[float]) -> None:
        super().__init__(requests)
        self._offsets = deque(offsets)

    def _ready(self) -> int:
        passed = time.perf_counter() - self.started
        ready = 0
        for offset in self._offsets:
            if offset > passed:
                break
            ready += 1
        return ready

    def _arrival(self) -> float:
        return self.started + self._offsets.popleft()

    def _seconds_to_next(self) -> float | None:
        return max(0.0, self.started + self._offsets[0] - time.perf_counter())


def draw_arrivals(count: int, rate: float, burstiness: float, seed: str) -> list[float]:
    """Return the times of ``count`` arrivals, in seconds from the start.

    Gaps are drawn from a gamma distribution with shape ``burstiness`` and mean ``1 / rate``; with shape 1 it is the
    exponential distribution, so that arrivals are a Poisson process. The definition is that of ``vllm bench serve``;
    the times are not stretched afterwards to meet the rate exactly.

    Args:
        count: of arrivals.
        rate: mean arrivals a second, above 0.
        burstiness: shape, above 0.
        seed: the same seed draws the same times.
    """
    generator = random.Random(seed)
    at, arrivals = 0.0, []
    for _ in range(count):
        at += generator.gammavariate(burstiness, 1 / (rate * burstiness))
        arrivals.append(at)
    return arrivals


def source_for(load: Load, requests: Sequence[Request], seed: str) -> LoadSource:
    """Return the source that puts ``requests`` under ``load``; ``seed`` draws the arrivals of a server."""
    if load.scenario is Scenario.OFFLINE:
        return AllAtOnce(requests)
    if load.rate is not None:
        return RandomArrivals(requests, draw_arrivals(len(requests), load.rate, load.burstiness, seed))
    assert load.concurrency is not None, "a closed loop has a concurrency"
    return ClosedLoop(requests, load.concurrency)
