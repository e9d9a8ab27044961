"""The summary: the numbers of a run, computed from its journal."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from benchharness.records import Language, Outcome
from benchharness.runs.controlled import summarise_perf
from benchharness.runs.efficiency import summarise_efficiency
from benchharness.runs.folder import RunFolder, damaged, read_document, unfinished, write_json
from benchharness.runs.journal import SCORE, ScoreLine, asked_tasks, read_lines
from benchharness.runs.manifest import read_manifest
from benchharness.runs.resources import summarise_costs, summarise_energy, summarise_memory
from benchharness.runs.sessions import SessionLine, describe_engines
from benchharness.runs.throughput import share_time, summarise_throughput
from benchharness.runs.totals import TaskJournal, chance_levels, summarise_totals
from benchharness.runs.work import read_work
from benchharness.stats.intervals import CONFIDENCE, Interval, mean_interval
from benchharness.stats.paired import paired_difference

SCHEMA = "benchharness.summary/1"
KEYS = (
    "schema", "run", "model", "backend", "numerics", "protocol", "confidence", "partial", "tasks", "totals", "pairs",
    "throughput", "memory", "environment",
)  # fmt: skip
"""What every summary holds."""

LATER_KEYS = ("efficiency", "energy", "costs", "engine", "perf")
"""What every summary holds by now, and those of earlier versions lack; `benchharness score` adds it to them."""


def summarise(folder: RunFolder, sessions: Sequence[SessionLine]) -> dict[str, Any]:
    """Return the summary of a run and write ``summary.json``.

    Args:
        folder: a run that has been scored.
        sessions: the lines of its sessions.
    """
    manifest = read_manifest(folder)
    conditions = manifest["conditions"]
    order = list(conditions["tasks"])
    tasks = [
        TaskJournal(name, asked, list(read_lines(folder.scores(name), SCORE)))
        for name, asked in sorted(asked_tasks(folder), key=lambda task: order.index(task[0]))
    ]
    languages = [Language(language) for language in conditions["languages"]]
    work = read_work(folder, [(task.name, task.asked) for task in tasks])
    time = share_time(work, sessions)
    energy, costs = summarise_energy(time), summarise_costs(sessions)
    engine = describe_engines(work.sessions, sessions)
    document = {
        "schema": SCHEMA,
        "run": folder.path.resolve().name,
        "model": conditions["model"]["name"],
        "backend": conditions["backend"]["name"],
        "numerics": conditions["backend"]["numerics"],
        "protocol": conditions["protocol"]["name"],
        "confidence": CONFIDENCE,
        "partial": _partial(tasks, conditions),
        "tasks": [row for task in tasks for row in _task_rows(task)],
        "totals": summarise_totals(conditions["suite"], {task.name: task for task in tasks}, languages),
        "pairs": [row for task in tasks for row in _pair_rows(task)],
        "throughput": summarise_throughput(work, time, sessions),
        "efficiency": summarise_efficiency(tasks, languages, time, energy, costs),
        "energy": energy,
        "memory": summarise_memory(sessions),
        "costs": costs,
        "engine": engine,
        "perf": summarise_perf(folder, engine),
        "environment": manifest["environment"],
    }
    write_json(folder.summary, document)
    return document


def read_summary(folder: RunFolder) -> dict[str, Any]:
    """Return the summary of a run.

    Raises:
        InputError: if the run did not finish, or the file is damaged.
    """
    if not folder.summary.is_file():
        raise unfinished(folder.summary)
    summary = read_document(folder.summary, SCHEMA)
    missing = [key for key in KEYS if key not in summary]
    if missing:
        raise damaged(folder.summary, f"`{missing[0]}` is missing")
    return summary


def _partial(tasks: Iterable[TaskJournal], conditions: dict[str, Any]) -> dict[str, Any] | None:
    """Return how much of the tasks was asked and answered; ``None`` if all of it was."""
    tasks = list(tasks)
    made = {task.name: len(task.asked) for task in tasks}
    available = 0
    for name, task_conditions in conditions["tasks"].items():
        rows = [part["rows"] for part in task_conditions["data"].values()]
        # Of items that are made as they are asked for, all there are were asked.
        available += made.get(name, 0) if None in rows else sum(rows)
    asked = sum(len(task.asked) for task in tasks)
    answered = sum(line.score.outcome is not Outcome.ERROR for task in tasks for line in task.scores)
    if answered == available:
        return None
    return {"available": available, "asked": asked, "answered": answered}


def _task_rows(task: TaskJournal) -> list[dict[str, Any]]:
    """Return a row for each language, and below it one for each category if there are several."""
    rows: list[dict[str, Any]] = []
    for language in Language:
        lines = [line for line in task.scores if line.language == language]
        if not lines:
            continue
        categories = sorted({line.category for line in lines})
        chances = chance_levels(task, language)
        rows.append(_score_row(task.name, language, categories[0] if len(categories) == 1 else None, lines, chances))
        if len(categories) > 1:
            rows.extend(
                _score_row(
                    task.name, language, category, [line for line in lines if line.category == category], chances
                )
                for category in categories
            )
    return rows


def _score_row(
    task: str,
    language: Language,
    category: str | None,
    lines: Sequence[ScoreLine],
    chances: Mapping[str, float],
) -> dict[str, Any]:
    values = [line.score.value for line in lines]
    outcomes = Counter(line.score.outcome for line in lines)
    interval = mean_interval(values, [line.cluster for line in lines])
    guesses = [chances[line.item_id] for line in lines if line.item_id in chances]
    chance = sum(guesses) / len(guesses) if guesses else None
    return {
        "task": task,
        "language": language.value,
        "category": category,
        "items": len(lines),
        "score": sum(values) / len(values),
        "interval": _bounds(interval),
        "interval_method": interval.method,
        "chance": chance,
        "outcomes": {outcome.value: outcomes[outcome] for outcome in Outcome},
        "other_language": sum(line.score.other_language for line in lines),
    }


def _pair_rows(task: TaskJournal) -> list[dict[str, Any]]:
    """Return the comparison of both languages over the pairs that were answered in both; none without pairs."""
    by_language: dict[str, dict[tuple[str, int], float]] = {language.value: {} for language in Language}
    for line in task.scores:
        if line.pair_id is not None:
            by_language[line.language][line.pair_id, line.repetition] = line.score.value
    zh, en = by_language[Language.ZH], by_language[Language.EN]
    shared = [pair for pair in zh if pair in en]
    if not shared:
        return []
    zh_values, en_values = [zh[pair] for pair in shared], [en[pair] for pair in shared]
    compared = paired_difference(zh_values, en_values)
    return [
        {
            "task": task.name,
            "pairs": len(shared),
            "unpaired": len(zh) + len(en) - 2 * len(shared),
            "zh": sum(zh_values) / len(shared),
            "en": sum(en_values) / len(shared),
            "gap": compared.difference,
            "interval": _bounds(compared.interval),
            "interval_method": compared.interval.method,
            "p_value": compared.p_value,
            "test": compared.test,
            "both": sum(1 for one, two in zip(zh_values, en_values, strict=True) if one == two == 1),
            "zh_only": sum(1 for one, two in zip(zh_values, en_values, strict=True) if one > two),
            "en_only": sum(1 for one, two in zip(zh_values, en_values, strict=True) if one < two),
        }
    ]


def _bounds(interval: Interval) -> list[float]:
    return [interval.low, interval.high]
