"""Totals of a suite: the weighted mean of its tasks, in each language, beside what guessing would reach."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy

from benchharness.records import Language
from benchharness.runs.journal import AskedItem, ScoreLine
from benchharness.stats.intervals import stratified_interval


class TaskJournal(NamedTuple):
    """What the journal holds of one task."""

    name: str
    asked: Sequence[AskedItem]
    scores: Sequence[ScoreLine]


def chance_levels(task: TaskJournal, language: Language) -> dict[str, float]:
    """Return what a guess scores on each item that has options; items without options are left out."""
    return {
        asked.item.id: 1 / len(asked.item.options)
        for asked in task.asked
        if asked.item.language is language and asked.item.options
    }


def summarise_totals(
    suite: Mapping[str, Any] | None, tasks: Mapping[str, TaskJournal], languages: Sequence[Language]
) -> list[dict[str, Any]]:
    """Return a suite's total in each language.

    A total is the mean of the tasks' scores, weighted as the suite says. There is none in a language in which a
    task of the suite has no scores; what is missing is named instead.

    Args:
        suite: name, version and weights, as the manifest has them; ``None`` gives no totals.
        tasks: the tasks of the run, by name.
        languages: the languages of the run.
    """
    if suite is None:
        return []
    return [_total(suite, tasks, language) for language in languages]


def _total(suite: Mapping[str, Any], tasks: Mapping[str, TaskJournal], language: Language) -> dict[str, Any]:
    values: list[list[float]] = []
    chances: list[float] = []
    missing: list[str] = []
    for name in suite["tasks"]:
        journal = tasks.get(name)
        scores = [line.score.value for line in journal.scores if line.language == language] if journal else []
        if journal is None or not scores:
            missing.append(name)
            continue
        values.append(scores)
        levels = chance_levels(journal, language)
        chances.append(float(numpy.mean(list(levels.values()))) if levels else 0.0)
    row: dict[str, Any] = {"suite": suite["name"], "version": suite["version"], "language": language.value}
    if missing:
        return row | {"score": None, "interval": None, "chance": None, "missing": missing}
    weights = list(suite["tasks"].values())
    interval = stratified_interval(values, weights)
    return row | {
        "score": float(numpy.average([numpy.mean(scores) for scores in values], weights=weights)),
        "interval": [interval.low, interval.high],
        "chance": float(numpy.average(chances, weights=weights)),
        "missing": [],
    }
