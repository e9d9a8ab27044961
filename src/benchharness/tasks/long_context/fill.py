"""Filling: as many units of a filler as make a prompt as long as it is to be, and short ones to meet it exactly.

The length of a prompt is always that of the whole prompt as it is rendered: counts of tokens do not add up over joints.
What single units come to is used only to guess where to look.
"""

import random
from collections.abc import Callable, Sequence
from typing import NamedTuple, Protocol

from benchharness.errors import InputError
from benchharness.records import Language
from benchharness.tasks.long_context.passage import Fill, write_passage
from benchharness.tasks.long_context.records import Filler, Problem

SLACK = 8
"""Most that a prompt may be shorter than its budget, in tokens or characters."""

SAMPLE = 16
CLOSING_POOL = 120
MOST_TRIES = 12
STEPS_BACK = 4


class Gauge(Protocol):
    """Measures the prompts of one item in one language, in the unit of its arm."""

    def length(self, passage: str) -> int:
        """Return the length of the whole prompt with this passage."""

    def costs(self, units: Sequence[str]) -> list[int]:
        """Return about what each unit adds to a prompt."""


class Side(NamedTuple):
    """A problem in one language, what fills it, and what measures it."""

    problem: Problem
    filler: Filler
    language: Language
    gauge: Gauge


class FillError(ValueError):
    """A prompt cannot be as long as it is to be.

    Args:
        least: the length of the prompt without any filler; ``None`` if that is not why.
    """

    def __init__(self, least: int | None) -> None:
        super().__init__(f"the prompt alone is {least} long" if least is not None else "no fill meets the length")
        self.least = least


class _Measured(NamedTuple):
    fill: Fill
    length: int


def fill_to(sides: Sequence[Side], budget: int, rng: random.Random) -> Fill:
    """Return the fill with which the longest of ``sides`` has ``budget`` less 0 to ``SLACK``.

    Args:
        sides: one, or the same problem in several languages, which then have the same fill.
        budget: length of the prompt, in the unit of the gauges.
        rng: chooses among short units.

    Raises:
        FillError: if the prompt is longer than that without any filler, or no fill comes near enough.
        InputError: if the filler ends before.
    """

    def measure(fill: Fill) -> int:
        return max(_length(side, fill) for side in sides)

    bare = measure(Fill(0))
    if bare > budget:
        raise FillError(bare)
    whole, unit = _count_units(sides, measure, budget, bare)
    longest = max(sides, key=lambda side: _length(side, whole.fill))
    for back in range(STEPS_BACK):
        count = whole.fill.units - back
        if count < 0:
            break
        start = whole if back == 0 else _Measured(Fill(count), measure(Fill(count)))
        closed = _close(longest, measure, start, budget, rng)
        if budget - closed.length <= SLACK:
            return closed.fill
        if budget - closed.length > 4 * unit + SLACK and closed.fill.closing:
            break
    raise FillError(None)


def is_filled(sides: Sequence[Side], fill: Fill, budget: int) -> bool:
    """Return whether ``fill`` meets ``budget``."""
    return 0 <= budget - max(_length(side, fill) for side in sides) <= SLACK


def _length(side: Side, fill: Fill) -> int:
    return side.gauge.length(write_passage(side.problem, side.filler, side.language, fill).text)


def _count_units(
    sides: Sequence[Side], measure: Callable[[Fill], int], budget: int, bare: int
) -> tuple[_Measured, float]:
    """Return a number of units that leaves room for no more than two others, and what a unit comes to."""
    unit = max(_mean_cost(side) for side in sides)
    low, high, ended = _Measured(Fill(0), bare), None, None
    while budget - low.length > 2 * unit and (high is None or high - low.fill.units > 1):
        # A little less than what is left, since what is too much helps less than what is too little.
        count = low.fill.units + max(1, int((budget - low.length) / unit - 0.5))
        if high is not None and count >= high:
            count = (low.fill.units + high) // 2
        try:
            length = measure(Fill(count))
        except InputError as error:  # a text of the user's ends, though perhaps not before this length is met
            high, ended = count, error
            continue
        if length <= budget:
            low = _Measured(Fill(count), length)
        else:
            high = count
        unit = max(1.0, (length - bare) / count)
    if ended is not None and budget - low.length > 2 * unit:
        raise ended
    return low, unit


def _mean_cost(side: Side) -> float:
    units = side.filler.units(side.language, SAMPLE)[:SAMPLE]
    return max(1.0, sum(side.gauge.costs(units)) / max(1, len(units)))


def _close(side: Side, measure: Callable[[Fill], int], start: _Measured, budget: int, rng: random.Random) -> _Measured:
    """Put short units last, so that as little as possible is left."""
    fine = side.filler.fine_units(side.language)
    positions = rng.sample(range(len(fine)), min(len(fine), CLOSING_POOL))
    costs = side.gauge.costs([fine[position] for position in positions])
    best = start
    target = budget - start.length
    for _ in range(MOST_TRIES):
        chosen = _choose(costs, target)
        fill = Fill(start.fill.units, tuple(positions[index] for index in chosen))
        length = measure(fill)
        if best.length < length <= budget:
            best = _Measured(fill, length)
        if length == budget or not chosen:
            break
        # What joints cost or save is about the same in the next try.
        off = budget - length
        target = target + off if abs(off) < target else target - 1
    return best


def _choose(costs: Sequence[int], target: int) -> list[int]:
    """Return the fewest of ``costs`` whose sum is ``target``, or as much as can be had below it, by their indices."""
    if target <= 0:
        return []
    # For each sum: how few make it, and the last of them.
    few: list[tuple[int, ...] | None] = [None] * (target + 1)
    few[0] = ()
    for index, cost in enumerate(costs):
        for total in range(target, cost - 1, -1):
            without = few[total - cost]
            have = few[total]
            if without is not None and (have is None or len(without) + 1 < len(have)):
                few[total] = (*without, index)
    return list(next(chosen for chosen in reversed(few) if chosen is not None))
