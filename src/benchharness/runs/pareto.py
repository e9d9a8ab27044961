"""Score against throughput over runs, and the Pareto set: the runs that none is better than in both."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Literal

from benchharness.records import Language
from benchharness.runs.comparable import FinishedRun
from benchharness.runs.sessions import Reason

By = Literal["language", "task"]

SCHEMA = "benchharness.pareto/1"
NO_TIME: Reason = {
    "en": "the task has no time of its own: the backend does not tell it, or worked on others at once",
    "zh": "该任务没有单独的用时：后端未提供，或同时在处理其他任务",
}


def pareto_document(runs: Sequence[FinishedRun], by: By = "language") -> dict[str, Any]:
    """Return the runs side by side, in one group for each language, or for each task and language.

    A run is in the Pareto set of a group if no other has at least its score and at least its characters per second
    as evaluated (A), and more of one of them. Scores are taken as they are; that intervals overlap is not considered.
    A run whose throughput is withheld, or that lacks a task of the suite, is in no set and keeps no other out of one.

    Args:
        runs: of the same questions; see ``read_runs``.
        by: ``language``, by the total of the suite, or else the mean over all items; or ``task``.
    """
    groups = _by_language(runs) if by == "language" else _by_task(runs)
    return {
        "schema": SCHEMA,
        "by": by,
        "runs": [_describe(run) for run in runs],
        "groups": [{**place, "rows": _marked(rows)} for place, rows in groups],
    }


def _describe(run: FinishedRun) -> dict[str, Any]:
    summary = run.summary
    settings = summary["engine"]["settings"] or {}
    return {
        "run": run.name,
        "path": str(run.folder.path),
        "model": summary["model"],
        "backend": summary["backend"],
        "numerics": summary["numerics"],
        "hardware": sorted(set(settings.get("accelerators", ()))) or [settings.get("processor", "")],
        "engine": summary["engine"]["hash"],
    }


def _by_language(runs: Sequence[FinishedRun]) -> Iterable[tuple[dict[str, Any], list[dict[str, Any]]]]:
    for language in (language.value for language in Language):
        rows = [_language_row(run, language) for run in runs if _find(run.summary["efficiency"], language=language)]
        if rows:
            yield {"language": language, "task": None}, rows


def _language_row(run: FinishedRun, language: str) -> dict[str, Any]:
    summary = run.summary
    efficiency = _find(summary["efficiency"], language=language) or {}
    total = _find(summary["totals"], language=language, level="total")
    scored = efficiency if total is None else total
    speed = _find(summary["throughput"]["by_language"], language=language)
    withheld = summary["throughput"]["withheld"] if speed is None else speed["withheld"]
    names = ("seconds_per_correct", "joules_per_correct", "net_joules_per_correct", "device_hours_per_correct")
    return {
        **_row(run, language, scored, speed, withheld),
        **{name: efficiency[name] for name in names},
    }


def _by_task(runs: Sequence[FinishedRun]) -> Iterable[tuple[dict[str, Any], list[dict[str, Any]]]]:
    # The first row of a task and language is the whole of it; those below are its categories.
    places = list(dict.fromkeys((row["task"], row["language"]) for row in runs[0].summary["tasks"]))
    for task, language in places:
        rows = []
        for run in runs:
            throughput = run.summary["throughput"]
            scored = _find(run.summary["tasks"], task=task, language=language)
            speed = _find(throughput["by_task"], task=task, language=language)
            untold = NO_TIME if speed is None or speed["characters_per_second"] is None else None
            if scored is not None:
                rows.append(_row(run, language, scored, speed, throughput["withheld"] or untold))
        yield {"language": language, "task": task}, rows


def _row(
    run: FinishedRun,
    language: str,
    scored: Mapping[str, Any],
    speed: Mapping[str, Any] | None,
    withheld: Reason | None,
) -> dict[str, Any]:
    memory = run.summary["memory"]
    return {
        "run": run.name,
        "score": scored["score"],
        "interval": scored["interval"],
        "tokens_per_second": speed["tokens_per_second"] if speed is not None else None,
        "characters_per_second": speed["characters_per_second"] if speed is not None else None,
        "withheld": withheld,
        "controlled": _controlled(run.summary["perf"], language),
        "controlled_withheld": (run.summary["perf"] or {}).get("withheld"),
        "peak_process_bytes": memory["peak_process_bytes"],
        "peak_device_bytes": memory["peak_device_bytes"],
    }


def _controlled(perf: Mapping[str, Any] | None, language: str) -> list[dict[str, Any]]:
    """Return the controlled throughput (B) of all requests at once, for each pair of lengths.

    Tokens are those of random ids, or where none were measured of the language; characters are the language's.
    """
    cells = [cell for cell in perf["cells"] if cell["scenario"] == "offline"] if perf is not None else []
    found = []
    for lengths in dict.fromkeys((cell["input_tokens"], cell["output_tokens"]) for cell in cells):
        alike = [cell for cell in cells if (cell["input_tokens"], cell["output_tokens"]) == lengths]
        own = _find(alike, text=language, matched="tokens")
        tokens = _find(alike, text="random") or own
        found.append(
            {
                "input_tokens": lengths[0],
                "output_tokens": lengths[1],
                "tokens_per_second": tokens["tokens_per_second"] if tokens else None,
                "characters_per_second": own["characters_per_second"] if own else None,
            }
        )
    return found


def _marked(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return rows, the best score first, with whether each is in the Pareto set and by which it is dominated."""
    placed = [row for row in rows if row["withheld"] is None and row["score"] is not None]
    for row in rows:
        better = [other["run"] for other in placed if row in placed and _dominates(other, row)]
        row["dominated_by"] = better
        row["pareto"] = not better if row in placed else None
    return sorted(rows, key=lambda row: -1.0 if row["score"] is None else row["score"], reverse=True)


def _dominates(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    pairs = [(one[name], other[name]) for name in ("score", "characters_per_second")]
    return all(mine >= theirs for mine, theirs in pairs) and any(mine > theirs for mine, theirs in pairs)


def _find(rows: Iterable[Mapping[str, Any]], **wanted: Any) -> Mapping[str, Any] | None:
    """Return the first row with the values wanted."""
    return next((row for row in rows if all(row.get(key) == value for key, value in wanted.items())), None)
