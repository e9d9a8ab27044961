import math
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchharness.hardware.energy import COUNTER, INTEGRATED, EnergyMeter, PowerIntegral

watts = st.floats(0, 2000)
steps = st.lists(st.tuples(st.floats(0.001, 10), watts), min_size=1, max_size=40)


def times_of(steps: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """Absolute times from gaps, from 100 s on."""
    time, out = 100.0, []
    for gap, value in steps:
        out.append((time, value))
        time += gap
    return out


def exact_counter(samples: list[tuple[float, float]], start: int = 0) -> list[int]:
    """A counter in millijoules that agrees with the trapezoids under the samples, but for rounding."""
    joules, counts = 0.0, [start]
    for (before, low), (after, high) in pairwise(samples):
        joules += (low + high) / 2 * (after - before)
        counts.append(start + round(joules * 1000))
    return counts


@given(steps)
def test_the_integral_lies_between_the_lowest_and_the_highest_power_times_the_time(
    steps: list[tuple[float, float]],
) -> None:
    integral = PowerIntegral()
    samples = times_of(steps)
    for time, value in samples:
        integral.add(time, value)
    seconds = samples[-1][0] - samples[0][0]
    values = [value for _, value in samples]
    assert min(values) * seconds - 1e-6 <= integral.joules <= max(values) * seconds + 1e-6
    assert integral.peak == max(values)
    assert integral.mean is not None
    assert min(values) - 1e-6 <= integral.mean <= max(values) + 1e-6


@given(st.floats(0, 1000), st.floats(-50, 50), st.lists(st.floats(0.001, 5), min_size=1, max_size=30))
def test_power_that_rises_or_falls_evenly_is_integrated_exactly(start: float, slope: float, gaps: list[float]) -> None:
    integral, time = PowerIntegral(), 0.0
    for gap in [*gaps, 0.0]:
        integral.add(time, start + slope * time)
        end, time = time, time + gap
    assert integral.joules == pytest.approx(start * end + slope * end**2 / 2, rel=1e-9, abs=1e-6)


@given(steps, st.integers(0, 2**63))
def test_counter_and_power_that_agree_give_the_same_energy(steps: list[tuple[float, float]], start: int) -> None:
    samples = times_of(steps)
    counted, integrated = EnergyMeter(), EnergyMeter()
    for (time, value), count in zip(samples, exact_counter(samples, start), strict=True):
        counted.add(time, count, None)
        integrated.add(time, None, value)
    assert counted.joules is not None
    assert counted.joules == pytest.approx(integrated.joules, abs=0.001 * len(samples))
    assert (counted.method, integrated.method) == (COUNTER, INTEGRATED)


@given(steps, st.data())
def test_a_counter_that_begins_anew_anywhere_costs_no_energy_where_power_is_known(
    steps: list[tuple[float, float]], data: st.DataObject
) -> None:
    samples = times_of(steps)
    counts = exact_counter(samples, 10**9)
    at = data.draw(st.integers(0, len(counts) - 1))
    reset = [count if place < at else count - counts[at] for place, count in enumerate(counts)]
    meter = EnergyMeter()
    for (time, value), count in zip(samples, reset, strict=True):
        meter.add(time, count, value)
    whole = (counts[-1] - counts[0]) / 1000
    assert meter.joules == pytest.approx(whole, abs=0.01)
    assert meter.filled_seconds == pytest.approx(samples[at][0] - samples[at - 1][0] if at else 0.0)


@given(steps, st.data())
def test_samples_that_are_missing_in_between_cost_no_energy(
    steps: list[tuple[float, float]], data: st.DataObject
) -> None:
    samples = times_of(steps)
    counts: list[int | None] = list(exact_counter(samples))
    kept = data.draw(st.lists(st.booleans(), min_size=len(samples), max_size=len(samples)))
    meter = EnergyMeter()
    for place, ((time, value), count) in enumerate(zip(samples, counts, strict=True)):
        edge = place in (0, len(samples) - 1)
        meter.add(time, count if edge or kept[place] else None, value)
    assert meter.joules == pytest.approx(((counts[-1] or 0) - (counts[0] or 0)) / 1000)
    assert meter.filled_seconds == 0


@given(steps, st.data())
def test_power_stands_in_for_a_counter_that_is_missing_at_the_edges(
    steps: list[tuple[float, float]], data: st.DataObject
) -> None:
    samples = times_of(steps)
    counts = exact_counter(samples)
    known = data.draw(st.tuples(st.integers(0, len(samples)), st.integers(0, len(samples))))
    first, last = min(known), max(known)
    meter = EnergyMeter()
    for place, ((time, value), count) in enumerate(zip(samples, counts, strict=True)):
        meter.add(time, count if first <= place < last else None, value)
    assert meter.joules == pytest.approx(counts[-1] / 1000, abs=0.001 * len(samples) + 1e-6)
    assert meter.method == (COUNTER if last > first else INTEGRATED)


@given(steps)
def test_energy_never_falls_as_time_goes_on(steps: list[tuple[float, float]]) -> None:
    meter, before = EnergyMeter(), 0.0
    for time, value in times_of(steps):
        meter.add(time, None, value)
        assert meter.joules is not None
        assert meter.joules >= before
        before = meter.joules


def test_what_neither_counter_nor_power_covers_is_not_known() -> None:
    lost = EnergyMeter()
    for time in range(5):
        lost.add(time, None if time > 2 else 1000 * time, None if time > 2 else 1.0)
    assert (lost.joules, lost.method) == (None, None)
    reset = EnergyMeter()
    for time, count in enumerate([5000, 6000, 100, 1100]):
        reset.add(time, count, None)
    assert reset.joules is None
    late = EnergyMeter()
    late.add(0, None, None)
    late.add(1, None, 100.0)
    late.add(2, None, 100.0)
    assert late.joules is None
    assert late.mean_watts == 100.0
    nothing = EnergyMeter()
    assert (nothing.joules, nothing.method, nothing.mean_watts) == (None, None, None)


def test_a_single_sample_is_no_energy_and_its_own_mean() -> None:
    meter = EnergyMeter()
    meter.add(7.0, None, 55.0)
    assert (meter.joules, meter.mean_watts, meter.power.peak) == (0.0, 55.0, 55.0)


def test_the_steps_of_the_counter_are_counted() -> None:
    meter = EnergyMeter()
    for place, count in enumerate([10, 10, 20, 20, 20, 35]):
        meter.add(place / 10, count, None)
    assert meter.steps == 2
    assert meter.joules == pytest.approx(0.025)
    assert math.isclose(meter.mean_watts or 0, 0.05)
