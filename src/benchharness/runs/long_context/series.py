"""Points in order: by task, arm and language, then by length; and tasks together, each of which counts the same."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from benchharness.records import Language
from benchharness.runs.long_context.points import Point
from benchharness.stats.blocks import Effect, Pairs, connect
from benchharness.stats.intervals import Interval
from benchharness.tasks.long_context.records import Arm

ByLength = Mapping[int, Sequence[Point]]


class Place(NamedTuple):
    """What a series of lengths is of."""

    arm: Arm
    language: Language


class TaskSeries(NamedTuple):
    """The points of one task.

    Attributes:
        task: its name.
        series: by arm and language, then by rising length.
        blocks: what each fact shares with others, at any length.
    """

    task: str
    series: Mapping[Place, ByLength]
    blocks: Mapping[str, str]

    def pairs(self, first: Mapping[str, float], second: Mapping[str, float], facts: Sequence[str]) -> Pairs:
        """Return the scores of ``facts`` under two conditions, each given by fact."""
        blocks = [self.blocks[fact] for fact in facts]
        return Pairs([first[fact] for fact in facts], [second[fact] for fact in facts], blocks)


def sort_points(points: Iterable[Point]) -> list[TaskSeries]:
    """Return the points of each task, in the order in which tasks first come."""
    by_task: dict[str, list[Point]] = defaultdict(list)
    for point in points:
        by_task[point.task].append(point)
    return [TaskSeries(task, _series(own), _blocks(own)) for task, own in by_task.items()]


def places(tasks: Sequence[TaskSeries]) -> list[Place]:
    """Return the arms and languages that some task has, in the order of their types."""
    return [
        Place(arm, language)
        for arm in Arm
        for language in Language
        if any(Place(arm, language) in task.series for task in tasks)
    ]


def groups(tasks: Sequence[TaskSeries]) -> list[tuple[str | None, Sequence[TaskSeries]]]:
    """Return what is reported by itself: each task, and all of them under ``None`` if there are several."""
    single: list[tuple[str | None, Sequence[TaskSeries]]] = [(task.task, [task]) for task in tasks]
    return single if len(tasks) < 2 else [*single, (None, tasks)]


def common(tasks: Sequence[TaskSeries], place: Place) -> dict[int, list[Sequence[Point]]]:
    """Return for each length that every task has there the points of each task, lengths rising."""
    series = [task.series.get(place, {}) for task in tasks]
    lengths = set(series[0]).intersection(*series[1:])
    return {length: [by_length[length] for by_length in series] for length in sorted(lengths)}


def by_fact(points: Iterable[Point]) -> dict[str, float]:
    """Return the score of each fact, the mean where it was asked several times."""
    scores: dict[str, list[float]] = defaultdict(list)
    for point in points:
        scores[point.fact].append(point.score)
    return {fact: sum(values) / len(values) for fact, values in scores.items()}


def bounds(interval: Interval) -> list[float]:
    """Return the ends of an interval, for a document."""
    return [interval.low, interval.high]


def mean(values: Sequence[float | int | None]) -> float | None:
    """Return the mean; ``None`` where a value is missing, or there is none."""
    told = [value for value in values if value is not None]
    return sum(told) / len(told) if told and len(told) == len(values) else None


def heading(task: str | None, place: Place, points: Sequence[Point]) -> dict[str, Any]:
    """Return what names a row of a document: task (``None`` for all), arm, unit and language."""
    return {"task": task, "arm": place.arm.value, "unit": points[0].unit, "language": place.language.value}


def effect_row(effect: Effect) -> dict[str, Any]:
    """Return a difference as a document has it."""
    return {
        "value": effect.value,
        "interval": bounds(effect.interval),
        "interval_method": effect.interval.method,
        "p_value": effect.p_value,
        "facts": effect.n,
    }


def _series(points: Sequence[Point]) -> dict[Place, ByLength]:
    cells: dict[Place, dict[int, list[Point]]] = defaultdict(lambda: defaultdict(list))
    for point in points:
        cells[Place(point.arm, point.language)][point.length].append(point)
    return {place: dict(sorted(by_length.items())) for place, by_length in cells.items()}


def _blocks(points: Sequence[Point]) -> dict[str, str]:
    return connect((point.fact, point.cluster) for point in points)
