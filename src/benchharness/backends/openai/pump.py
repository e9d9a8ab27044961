"""The loop of a run: takes requests while there is room, and yields responses as they come."""

import time
from collections.abc import Callable, Coroutine, Iterator
from concurrent.futures import Future
from dataclasses import replace
from queue import Empty, SimpleQueue
from typing import Any

from benchharness.backends.base import WorkSource
from benchharness.backends.openai.budget import Budget
from benchharness.backends.openai.connection import Connection
from benchharness.backends.openai.loop import BackgroundLoop
from benchharness.errors import BudgetSpentError
from benchharness.records import Request, Response

POLL_SECONDS = 0.001
"""How long a source that has nothing at the moment is left alone, while answers are waited for."""

Answer = Callable[[Request], Coroutine[Any, Any, Response | None]]
"""Answers a request; ``None`` if nothing more is asked."""


class Pump:
    """Moves requests from a source to a server, and responses back.

    Args:
        loop: where the asking is done.
        connection: tells how many may be asked at once, and whether more is asked at all.
        answer: asks.
        budget: what may be spent; ``None`` for no bound.
    """

    def __init__(self, loop: BackgroundLoop, connection: Connection, answer: Answer, budget: Budget | None) -> None:
        self._loop = loop
        self._connection = connection
        self._answer = answer
        self._budget = budget
        self._in_hand: set[Future[Response | None]] = set()
        self._ended: SimpleQueue[Future[Response | None]] = SimpleQueue()

    def run(self, source: WorkSource) -> Iterator[Response]:
        """Yield the responses to all requests of ``source``, or to those that were asked before it had to stop.

        Raises:
            BudgetSpentError: if the budget is spent and requests are left.
        """
        since = time.perf_counter()
        try:
            while True:
                waits = self._take(source)
                if not self._in_hand:
                    return
                try:
                    ended = self._ended.get(timeout=POLL_SECONDS if waits else None)
                except Empty:
                    continue
                together = len(self._in_hand)
                self._in_hand.remove(ended)
                response = ended.result()
                if response is None:
                    continue
                now = time.perf_counter()
                yield replace(response, seconds=now - since, batch_size=together)
                since = time.perf_counter()
        finally:
            for future in self._in_hand:
                future.cancel()

    def _take(self, source: WorkSource) -> bool:
        """Take what there is room for, and return whether the source had less."""
        while self._connection.closed is None:
            room = self._connection.pace.limit - len(self._in_hand)
            if room <= 0:
                return False
            if self._budget is not None:
                if not self._budget.allows_next(len(self._in_hand)):
                    self._check_budget(source, self._budget)
                    return False
                # What the next one costs is judged with this one in flight.
                room = 1
            requests = source.take(room, wait=not self._in_hand)
            for request in requests:
                future = self._loop.start(self._answer(request))
                self._in_hand.add(future)
                future.add_done_callback(self._ended.put)
            if len(requests) < room:
                return True
        return False

    def _check_budget(self, source: WorkSource, budget: Budget) -> None:
        if self._in_hand or not source.take(1):
            return
        spent = f"{budget.spent:.4g} {budget.currency}"
        raise BudgetSpentError(
            en=f"--budget {budget}: {spent} are spent, and one more request may go beyond it. What was answered is"
            " kept. The same command with a larger budget goes on; what was spent before does not count in it.",
            zh=f"--budget {budget}：已花费 {spent}，再提问可能超出预算。已得到的结果均已保存；"
            "提高预算后执行同一命令即可继续，此前的花费不计入新预算。",
        )
