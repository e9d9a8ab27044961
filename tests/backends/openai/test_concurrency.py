"""Concurrency falls when the server is overloaded, rises when it is not, and follows what the source hands out."""

import time
from collections.abc import Iterator
from itertools import pairwise

import pytest
from tests.backends.openai.asking import ask, backend_at, question
from tests.backends.openai.fault_server import Answer, FaultServer
from tests.backends.openai.http_server import Call

from benchharness.records import FinishReason, Request

pytestmark = pytest.mark.enable_socket


def say(call: Call) -> Answer:
    return Answer("yes")


def questions(number: int) -> list[Request]:
    return [question(f"q {index}") for index in range(number)]


def test_it_rises_while_the_server_keeps_up() -> None:
    with (
        FaultServer(say, seconds=lambda call: 0.4) as server,
        backend_at(server.base_url, choose="none", concurrency="16") as backend,
    ):
        ask(backend, questions(80))
        inside = server.most_inside
    assert max(inside[:4]) <= 4
    assert 8 < max(inside) <= 16


def test_it_falls_when_the_server_refuses_and_rises_again() -> None:
    """The server takes six at once for a while, and then any number."""
    with (
        FaultServer(say, seconds=lambda call: 0.1, most=6) as server,
        backend_at(server.base_url, choose="none", concurrency="24", retries="20") as backend,
    ):
        iterator = iter(backend.run(_Source(questions(220))))
        first = [next(iterator) for _ in range(100)]
        assert backend._connection is not None
        pace = backend._connection.pace
        assert pace.cuts > 0
        assert pace.limit <= 8
        refused = server.refused
        server._most = None
        rest, limits = [], [pace.limit]
        for response in iterator:
            rest.append(response)
            limits.append(pace.limit)
        # Where the machine is busy it may fall again, for slowness.
        assert any(later > earlier for earlier, later in pairwise(limits))
    assert {response.finish_reason for response in (*first, *rest)} == {FinishReason.STOP}
    assert 0 < refused < 100
    assert not server.after_success


def test_while_the_server_wants_rest_nothing_is_sent() -> None:
    begun: list[float] = []

    def fault(call: Call, number: int) -> str | None:
        begun.append(time.perf_counter())
        return "retry_after_seconds" if len(begun) == 1 else None

    with (
        FaultServer(say, fault=fault) as server,
        backend_at(server.base_url, choose="none", concurrency="1") as backend,
    ):
        ask(backend, questions(4))
    assert begun[1] - begun[0] >= 0.2


def test_fixed_concurrency_is_kept_from_the_first_request() -> None:
    with (
        FaultServer(say, seconds=lambda call: 0.5) as server,
        backend_at(server.base_url, choose="none", concurrency="12", adaptive="off") as backend,
    ):
        ask(backend, questions(24))
    assert max(server.most_inside[:12]) == max(server.most_inside) == 12


class _Source:
    def __init__(self, requests: list[Request]) -> None:
        self._left = list(requests)

    def take(self, limit: int, *, wait: bool = True) -> list[Request]:
        taken, self._left = self._left[:limit], self._left[limit:]
        return taken


class _Arrivals:
    """Requests that arrive at moments of their own, whether or not others are answered."""

    def __init__(self, requests: list[Request], gap: float) -> None:
        self._left = list(requests)
        self._gap = gap
        self._began = time.perf_counter()
        self.handed: list[float] = []

    def take(self, limit: int, *, wait: bool = True) -> list[Request]:
        if not self._left:
            return []
        due = self._began + len(self.handed) * self._gap
        if wait:
            time.sleep(max(due - time.perf_counter(), 0))
        elif time.perf_counter() < due:
            return []
        self.handed.append(time.perf_counter() - due)
        return [self._left.pop(0)]


def test_requests_that_arrive_meanwhile_are_sent_at_once() -> None:
    with (
        FaultServer(say, seconds=lambda call: 0.2) as server,
        backend_at(server.base_url, choose="none", adaptive="off") as backend,
    ):
        backend.load()
        source = _Arrivals(questions(20), 0.02)
        responses = list(backend.run(source))
    assert len(responses) == 20
    # Ten arrive while one is answered: they were not held back until it was.
    assert max(server.most_inside) >= 5
    assert sorted(source.handed)[10] < 0.01


class _ClosedLoop:
    """Hands out as many as are to be in flight, one more for each that comes back."""

    def __init__(self, requests: list[Request], together: int) -> None:
        self._left = list(requests)
        self._room = together

    def take(self, limit: int, *, wait: bool = True) -> list[Request]:
        number = min(limit, self._room, len(self._left))
        self._room -= number
        return [self._left.pop(0) for _ in range(number)]

    def watch(self, responses: Iterator[object]) -> int:
        seen = 0
        for _ in responses:
            self._room += 1
            seen += 1
        return seen


def test_a_closed_loop_keeps_its_number_in_flight() -> None:
    with (
        FaultServer(say, seconds=lambda call: 0.03) as server,
        backend_at(server.base_url, choose="none", adaptive="off") as backend,
    ):
        source = _ClosedLoop(questions(30), 3)
        assert source.watch(backend.run(source)) == 30
    assert max(server.most_inside) == 3


def test_a_run_that_is_left_leaves_nothing_running() -> None:
    with (
        FaultServer(say, seconds=lambda call: 0.05) as server,
        backend_at(server.base_url, choose="none", adaptive="off", concurrency="4") as backend,
    ):
        responses = iter(backend.run(_Source(questions(40))))
        next(responses)
        responses.close()  # type: ignore[attr-defined]
        time.sleep(0.2)
        sent = len(server.calls)
        time.sleep(0.2)
        assert len(server.calls) == sent < 40
