"""Load generators hand requests out as the load has it, and remember when each arrived."""

import threading
import time
from itertools import pairwise

import numpy
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from benchharness.perf.request import Load, Scenario
from benchharness.perf.sources import AllAtOnce, ClosedLoop, LoadSource, RandomArrivals, draw_arrivals, source_for
from benchharness.records import Request

from .conftest import ScheduledBackend, request_of


def requests_of(count: int) -> list[Request]:
    return [request_of(str(number)) for number in range(count)]


def keys(requests: list[Request]) -> list[str]:
    return [request.key for request in requests]


def test_offline_all_have_arrived_at_the_start() -> None:
    source = AllAtOnce(requests_of(5))
    source.start()
    assert keys(source.take(3)) == ["0", "1", "2"]
    assert keys(source.take(3, wait=False)) == ["3", "4"]
    assert source.take(3) == []
    assert set(source.scheduled.values()) == {source.started}


def test_a_closed_loop_keeps_no_more_in_flight_than_it_has_users() -> None:
    source = ClosedLoop(requests_of(4), 2)
    source.start()
    assert keys(source.take(10)) == ["0", "1"]
    assert source.take(10, wait=False) == []
    source.finished()
    before = time.perf_counter()
    assert keys(source.take(10, wait=False)) == ["2"]
    # The next question is asked when the last is answered, and its latency counts from then.
    assert source.scheduled["2"] >= before
    source.finished()
    source.finished()
    assert keys(source.take(10)) == ["3"]
    assert source.take(10, wait=False) == []
    source.finished()
    assert source.take(10) == []


def test_a_backend_that_waits_in_its_own_thread_is_woken_by_an_answer() -> None:
    source = ClosedLoop(requests_of(2), 1)
    source.start()
    source.take(1)
    found: list[Request] = []
    thread = threading.Thread(target=lambda: found.extend(source.take(1)))
    thread.start()
    time.sleep(0.02)
    assert not found
    source.finished()
    thread.join(timeout=5)
    assert keys(found) == ["1"]


def test_random_arrivals_come_when_they_are_due_and_keep_their_moment() -> None:
    source = RandomArrivals(requests_of(3), [0.0, 0.05, 0.051])
    source.start()
    assert keys(source.take(5)) == ["0"]
    assert source.take(5, wait=False) == []
    assert keys(source.take(1)) == ["1"]
    time.sleep(0.05)
    assert keys(source.take(5)) == ["2"]
    assert source.take(5) == []
    offsets = [source.scheduled[key] - source.started for key in ("0", "1", "2")]
    # Not when the backend came for them.
    assert offsets == pytest.approx([0.0, 0.05, 0.051], abs=1e-9)


@pytest.mark.parametrize(("burstiness", "spread"), [(1.0, 1.0), (0.25, 2.0), (4.0, 0.5)])
def test_arrivals_have_the_rate_and_the_burstiness_asked_for(burstiness: float, spread: float) -> None:
    arrivals = draw_arrivals(20000, 5.0, burstiness, "seed")
    gaps = numpy.diff([0.0, *arrivals])
    assert gaps.mean() == pytest.approx(1 / 5, rel=0.05)
    # The coefficient of variation of a gamma distribution is 1 / √shape.
    assert gaps.std() / gaps.mean() == pytest.approx(spread, rel=0.05)
    assert stats.kstest(gaps, stats.gamma(burstiness, scale=1 / (5 * burstiness)).cdf).pvalue > 0.001


@given(st.integers(1, 50), st.floats(0.01, 1e3), st.floats(0.05, 20), st.integers())
def test_arrivals_ascend_and_a_seed_draws_them_again(count: int, rate: float, burstiness: float, seed: int) -> None:
    arrivals = draw_arrivals(count, rate, burstiness, str(seed))
    assert len(arrivals) == count
    assert all(one <= two for one, two in pairwise([0.0, *arrivals]))
    assert arrivals == draw_arrivals(count, rate, burstiness, str(seed))


def test_each_load_has_its_source() -> None:
    requests = requests_of(2)
    assert isinstance(source_for(Load(Scenario.OFFLINE), requests, ""), AllAtOnce)
    assert isinstance(source_for(Load(Scenario.SINGLE, concurrency=1), requests, ""), ClosedLoop)
    assert isinstance(source_for(Load(Scenario.SERVER, rate=1.0), requests, ""), RandomArrivals)


@settings(max_examples=15, deadline=None)
@given(st.integers(1, 12), st.integers(1, 5), st.booleans(), st.sampled_from(list(Scenario)))
def test_every_request_is_handed_out_once_whatever_the_load(
    count: int, slots: int, polls: bool, scenario: Scenario
) -> None:
    load = Load(scenario, concurrency=None if scenario is Scenario.OFFLINE else 3)
    if scenario is Scenario.SERVER:
        load = Load(scenario, rate=2000.0)
    source: LoadSource = source_for(load, requests_of(count), "")
    backend = ScheduledBackend(first=0.0005, gap=0.0001, slots=slots, polls=polls)
    source.start()
    most = in_flight = 0
    for response in backend.run(source):
        in_flight = len(source.scheduled) - len(backend.asked) + 1
        most = max(most, in_flight)
        assert response.key in source.scheduled
        source.finished()
    assert sorted(keys(backend.asked)) == sorted(str(number) for number in range(count))
