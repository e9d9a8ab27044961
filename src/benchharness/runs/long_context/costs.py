"""What a long prompt costs, and whether each was as long as it was to be."""

from collections.abc import Iterator, Sequence
from statistics import median
from typing import Any

from benchharness.runs.long_context.points import Point
from benchharness.runs.long_context.series import TaskSeries, heading, places
from benchharness.tasks.long_context.fill import SLACK
from benchharness.tasks.long_context.records import Arm

MOST_NAMED = 8

WHOLE = 0.95
"""Share of a prompt's tokens from which on it counts as read whole: tasks begin with an instruction, which a cache
serves."""


def summarise_costs(tasks: Sequence[TaskSeries]) -> list[dict[str, Any]]:
    """Return the time to read a prompt and the peak of memory at each length, over all tasks.

    Time and rates are of prompts that were read alone and, but for ``WHOLE``, whole: ``prefill_seconds`` of a batch is
    that of all its prompts, and what a cache serves is not read. Rates are those of what was read. Other prompts are
    counted in ``left_out``.
    """
    return [
        _cost_row(points, heading(None, place, points))
        for place in places(tasks)
        for points in _by_length(tasks, place)
    ]


def summarise_fill(tasks: Sequence[TaskSeries]) -> list[dict[str, Any]]:
    """Return by how much prompts were shorter than their budget, by arm, language and length.

    In the arm ``information`` the longer language of a pair meets the budget, and the pair is looked at as one.
    ``exceptions`` are prompts that are longer than the budget, or shorter by more than ``SLACK``.
    """
    rows = []
    for place in places(tasks):
        if place.arm is Arm.INFORMATION and place != next(one for one in places(tasks) if one.arm is place.arm):
            continue
        for points in _by_length(tasks, place):
            row = heading(None, place, points)
            if place.arm is Arm.INFORMATION:
                row["language"] = None
            slacks = _pair_slacks(tasks, points[0].length) if place.arm is Arm.INFORMATION else _slacks(points)
            if slacks:
                rows.append({**row, "length": points[0].length, "label": points[0].label, **_fill_row(slacks)})
    return rows


def _by_length(tasks: Sequence[TaskSeries], place: Any) -> Iterator[list[Point]]:
    found: dict[int, list[Point]] = {}
    for task in tasks:
        for length, points in task.series.get(place, {}).items():
            found.setdefault(length, []).extend(points)
    for _, points in sorted(found.items()):
        yield points


def _cost_row(points: Sequence[Point], names: dict[str, Any]) -> dict[str, Any]:
    timed = [point for point in points if point.prefill_seconds is not None]
    alone = [point for point in timed if point.batch_size == 1 and point.tokens and _share_read(point) >= WHOLE]
    peaks = [point.peak_memory for point in points if point.peak_memory is not None]
    seconds = [point.prefill_seconds for point in alone if point.prefill_seconds]
    whole = [point for point in alone if point.prefill_seconds]
    return {
        **names,
        "length": points[0].length,
        "label": points[0].label,
        "items": len(points),
        "prefill_seconds": median(seconds) if seconds else None,
        "prefill_items": len(seconds),
        "left_out": len(timed) - len(seconds),
        "untimed": len(points) - len(timed),
        "tokens_per_second": _rate([(_share_read(point) * point.tokens, point.prefill_seconds) for point in whole]),
        "characters_per_second": _rate(
            [(_share_read(point) * point.characters, point.prefill_seconds) for point in whole]
        ),
        "peak_memory": median(peaks) if peaks else None,
        "peak_memory_most": max(peaks, default=None),
        "peak_items": len(peaks),
    }


def _share_read(point: Point) -> float:
    return min(1.0, point.computed_tokens / point.tokens)


def _rate(sizes: Sequence[tuple[float, float | None]]) -> float | None:
    rates = [size / seconds for size, seconds in sizes if seconds]
    return median(rates) if rates else None


def _slacks(points: Sequence[Point]) -> list[tuple[str, int]]:
    return [(_name(point), _slack(point)) for point in points if point.budget is not None]


def _pair_slacks(tasks: Sequence[TaskSeries], length: int) -> list[tuple[str, int]]:
    """Return the slack of each pair: that of its longer half. A half alone is not looked at."""
    found: list[tuple[str, int]] = []
    for task in tasks:
        halves: dict[str, list[Point]] = {}
        for place, by_length in task.series.items():
            if place.arm is Arm.INFORMATION:
                for point in by_length.get(length, ()):
                    if point.budget is not None:
                        halves.setdefault(point.fact, []).append(point)
        found.extend(
            (_name(pair[0]), min(map(_slack, pair))) for pair in halves.values() if len({p.language for p in pair}) > 1
        )
    return found


def _slack(point: Point) -> int:
    assert point.budget is not None
    return point.budget - (point.tokens if point.unit == "tokens" else point.characters)


def _name(point: Point) -> str:
    return f"{point.task}/{point.fact}"


def _fill_row(slacks: Sequence[tuple[str, int]]) -> dict[str, Any]:
    outside = [(name, slack) for name, slack in slacks if not 0 <= slack <= SLACK]
    return {
        "prompts": len(slacks),
        "least": min(slack for _, slack in slacks),
        "most": max(slack for _, slack in slacks),
        "outside": len(outside),
        "exceptions": [{"item": name, "slack": slack} for name, slack in outside[:MOST_NAMED]],
    }
