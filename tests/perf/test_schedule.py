"""What is measured of a real server is what its schedule says: latencies, rates and goodput, over real connections."""

import heapq
import random
from collections.abc import Sequence
from typing import Any

import numpy
import pytest
from tests.backends.openai.asking import backend_at
from tests.backends.openai.schedule_server import Schedule, ScheduleServer

from benchharness.perf.measure import measure
from benchharness.perf.request import Lengths, Load, PerfRequest, Scenario
from benchharness.perf.slo import parse_slo
from benchharness.perf.sources import draw_arrivals

pytestmark = pytest.mark.enable_socket

TOLERANCE_SECONDS = 0.002
TOLERANCE = 0.02
TRIES = 5
"""A machine with other work to do is late, as server and as client. What is wrong by itself is wrong every time."""

SLO = parse_slo("ttft=1100,tpot=80")
USERS = 4
REQUESTS = 8


def draw_schedules() -> list[Schedule]:
    """Return schedules of answers of six tokens: in time, late, slow, and in time again, over and over.

    No two chunks come at the same moment, as they would where one client asks for several equal answers at once.
    """
    draw = random.Random(5)
    schedules = []
    for number in range(REQUESTS):
        first = draw.uniform(1.4, 1.8) if number % 4 == 1 else draw.uniform(0.6, 0.9)
        low = 0.09 if number % 4 == 2 else 0.05
        schedules.append(Schedule(first, tuple(draw.uniform(low, low + 0.02) for _ in range(5))))
    return schedules


SCHEDULES = draw_schedules()


def cells(scenarios: Sequence[Scenario], schedules: Sequence[Schedule], **settings: Any) -> list[dict[str, Any]]:
    """Measure one pass of eight requests under each load, unless the settings say otherwise."""
    usual = {"scenarios": tuple(scenarios), "repeats": 1, "requests": REQUESTS, "slo": SLO}
    plan = PerfRequest(grid=(Lengths(16, 6),), **{**usual, **settings})
    options = {"adaptive": "off", "concurrency": "64", "choose": "none"}
    with ScheduleServer(schedules) as server, backend_at(server.base_url, **options) as backend:
        found: list[dict[str, Any]] = measure(backend, plan)["cells"]
        assert len(server.served) == sum(cell["requests"] + cell["warm_up"]["requests"] for cell in found)
    return found


def near(measured: float, scheduled: float) -> bool:
    return abs(measured - scheduled) <= max(TOLERANCE * scheduled, TOLERANCE_SECONDS)


def spread_agrees(spread: dict[str, float], scheduled: Sequence[float]) -> bool:
    return near(spread["mean"], float(numpy.mean(scheduled))) and all(
        near(spread[f"p{percent}"], float(numpy.percentile(scheduled, percent))) for percent in (50, 90)
    )


def mean_gap(schedule: Schedule) -> float:
    return sum(schedule.gaps) / len(schedule.gaps)


def good(schedule: Schedule) -> bool:
    return SLO.keeps(ttft=schedule.first, tpot=mean_gap(schedule), e2e=schedule.moments[-1])


def agrees(one: dict[str, Any], schedules: Sequence[Schedule], seconds: float) -> bool:
    """Tell whether the figures of a pass are those of the schedules of its requests, which take so long together."""
    asked, count = len(schedules), sum(map(good, schedules))
    assert one["failed"] == one["short"] == 0
    assert one["output_tokens"] == 6 * asked
    # Nothing makes an answer earlier than its schedule.
    assert one["seconds"] >= seconds
    assert one["goodput"]["share"] <= count / asked
    return (
        spread_agrees(one["ttft_seconds"], [schedule.first for schedule in schedules])
        and spread_agrees(one["e2e_seconds"], [schedule.moments[-1] for schedule in schedules])
        and spread_agrees(one["tpot_seconds"], [mean_gap(schedule) for schedule in schedules])
        and spread_agrees(one["itl_seconds"], [gap for schedule in schedules for gap in schedule.gaps])
        and near(one["seconds"], seconds)
        and one["goodput"]["share"] == count / asked
        and near(count / one["goodput"]["requests_per_second"], seconds)
        and near(6 * asked / one["output_tokens_per_second"], seconds)
    )


def closed_loop_seconds(schedules: Sequence[Schedule], users: int) -> float:
    """Return how long users take who ask the next question when the last is answered."""
    free = [0.0] * users
    for schedule in schedules:
        heapq.heappush(free, heapq.heappop(free) + schedule.moments[-1])
    return max(free)


def test_all_at_once_figures_are_those_of_the_schedule() -> None:
    def measured() -> bool:
        # Few, since it takes a client a while to send many.
        [cell] = cells([Scenario.OFFLINE], SCHEDULES[:USERS], requests=USERS)
        [one] = cell["passes"]
        assert one["peak_concurrency"] == USERS
        return agrees(one, SCHEDULES[:USERS], max(schedule.moments[-1] for schedule in SCHEDULES[:USERS]))

    assert any(measured() for _ in range(TRIES))


def test_in_a_closed_loop_figures_are_those_of_the_schedule() -> None:
    # The warm-up takes the first four.
    order = [*SCHEDULES[USERS:], *SCHEDULES[:USERS]]

    def measured() -> bool:
        [cell] = cells([Scenario.CONCURRENCY], SCHEDULES, concurrency=(USERS,))
        [one] = cell["passes"]
        assert one["peak_concurrency"] == USERS
        return agrees(one, order, closed_loop_seconds(order, USERS))

    assert any(measured() for _ in range(TRIES))


def test_with_random_arrivals_figures_are_those_of_the_schedule() -> None:
    load = Load(Scenario.SERVER, rate=8.0)
    arrivals = draw_arrivals(REQUESTS, 8.0, 1.0, f"0 16x6 {load} repeat 0 of {REQUESTS}")
    seconds = max(at + schedule.moments[-1] for at, schedule in zip(arrivals, SCHEDULES, strict=True))

    def measured() -> bool:
        [cell] = cells([Scenario.SERVER], SCHEDULES, rates=(8.0,))
        [one] = cell["passes"]
        assert one["offered_rate"] == pytest.approx(REQUESTS / arrivals[-1])
        return agrees(one, SCHEDULES, seconds)

    assert any(measured() for _ in range(TRIES))


def test_one_by_one_figures_are_those_of_the_schedule() -> None:
    # The warm-up takes the first.
    order = SCHEDULES[1 : 1 + USERS]

    def measured() -> bool:
        [cell] = cells([Scenario.SINGLE], SCHEDULES, requests=USERS)
        [one] = cell["passes"]
        assert one["peak_concurrency"] == 1
        return agrees(one, order, sum(schedule.moments[-1] for schedule in order))

    assert any(measured() for _ in range(TRIES))


def test_a_server_elsewhere_is_not_measured_on_this_machine() -> None:
    [cell] = cells([Scenario.OFFLINE], [Schedule(0.01, (0.001,) * 4)])
    assert cell["summary"]["energy"] is None
    assert cell["summary"]["devices"] is None
    assert cell["roofline"] is None
    assert any("No process of this machine" in one["en"] and "本机" in one["zh"] for one in cell["unmeasured"])
