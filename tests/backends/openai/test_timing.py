"""What the backend says of times, held against a server that keeps to a schedule."""

import random
import statistics
from collections.abc import Sequence
from typing import Any

import pytest
from tests.backends.openai.asking import ask, backend_at, question
from tests.backends.openai.fault_server import Answer, FaultServer
from tests.backends.openai.schedule_server import Schedule, ScheduleServer, Served

from benchharness.records import Response

pytestmark = pytest.mark.enable_socket

TOLERANCE_SECONDS = 0.002
TOLERANCE = 0.02
TRIES = 3
"""A machine with other work to do is late, as server and as client. What is wrong by itself is wrong every time."""


def agree(measured: Sequence[float], scheduled: Sequence[float]) -> bool:
    """Tell whether times agree with a schedule: their median error within 2 ms or 2 %."""
    errors = [abs(m - s) / max(TOLERANCE * s, TOLERANCE_SECONDS) for m, s in zip(measured, scheduled, strict=True)]
    return statistics.median(errors) <= 1


def measure(schedules: Sequence[Schedule], *, at_once: int) -> list[tuple[Response, Served]]:
    """Ask a server that keeps to schedules, and return each response with what the server says of it."""
    requests = [question(f"q{number}", max_new_tokens=99, ignore_end=True) for number in range(len(schedules))]
    options: dict[str, Any] = {"adaptive": "off", "concurrency": str(at_once), "choose": "none"}
    with ScheduleServer(schedules) as server, backend_at(server.base_url, **options) as backend:
        responses = ask(backend, requests)
        assert backend.capabilities.ignores_end
        assert backend.capabilities.polls
        served = server.served
    assert all(one.body["ignore_eos"] for one in served)
    return [(responses[one.body["messages"][0]["content"]], one) for one in served]


@pytest.mark.parametrize("at_once", [1, 4])
def test_times_are_those_of_the_schedule(at_once: int) -> None:
    draw = random.Random(7)
    schedules = [
        Schedule(draw.uniform(0.3, 0.6), tuple(draw.uniform(0.04, 0.12) for _ in range(8))) for _ in range(3 * at_once)
    ]
    assert any(_follows_schedule(measure(schedules, at_once=at_once)) for _ in range(TRIES))


def _follows_schedule(pairs: list[tuple[Response, Served]]) -> bool:
    known = [(response.timing, served) for response, served in pairs if response.timing is not None]
    assert len(known) == len(pairs)
    for timing, served in known:
        assert timing.first + sum(timing.gaps) == pytest.approx(timing.last)
        # Client and server share a clock, so that causes and effects can be told apart however late they are.
        assert timing.sent <= served.arrived
        assert timing.sent + timing.first >= served.arrived + served.schedule.first
    assert {response.generated_tokens for response, _ in pairs} == {9}
    gaps = [gap for timing, _ in known for gap in timing.gaps]
    return (
        agree([timing.first for timing, _ in known], [served.schedule.first for _, served in known])
        and agree([timing.last for timing, _ in known], [served.schedule.moments[-1] for _, served in known])
        and agree(gaps, [gap for _, served in known for gap in served.schedule.gaps])
    )


def test_shares_of_the_time_add_up_to_the_whole() -> None:
    pairs = measure([Schedule(0.1)] * 8, at_once=4)
    shares = [response.seconds or 0.0 for response, _ in pairs]
    assert 0.2 <= sum(shares) < 8 * 0.1
    assert {response.batch_size for response, _ in pairs} <= {1, 2, 3, 4}


def test_reasoning_counts_as_first_token() -> None:
    with (
        FaultServer(lambda call: Answer("35", reasoning="5 × 7")) as server,
        backend_at(server.base_url, choose="none") as backend,
    ):
        [response] = ask(backend, [question("five times seven")]).values()
    assert response.timing is not None
    assert len(response.timing.gaps) == len("5 × 735") - 1


def test_a_choice_is_answered_in_one_piece() -> None:
    top = {"A": -0.1, "B": -3.0}
    with FaultServer(lambda call: Answer("A", top=top)) as server, backend_at(server.base_url) as backend:
        [response] = ask(backend, [question("A or B", options=("A", "B"))]).values()
    assert response.timing is not None
    assert response.timing.first == response.timing.last > 0
    assert response.timing.gaps == ()
