"""The document of `benchharness lengths`: what runs say about long contexts, for programs."""

from collections.abc import Iterable, Sequence
from typing import Any

from benchharness.runs.long_context.areas import summarise_areas
from benchharness.runs.long_context.cells import summarise_cells
from benchharness.runs.long_context.costs import summarise_costs, summarise_fill
from benchharness.runs.long_context.gaps import summarise_gaps, summarise_premium
from benchharness.runs.long_context.lengths import summarise_lengths
from benchharness.runs.long_context.points import LongContextRun, Point
from benchharness.runs.long_context.positions import summarise_positions
from benchharness.runs.long_context.series import sort_points
from benchharness.stats.effective_length import RULER_THRESHOLD
from benchharness.stats.intervals import CONFIDENCE

SCHEMA = "benchharness.lengths/1"


def lengths_document(runs: Sequence[LongContextRun], threshold: float = RULER_THRESHOLD) -> dict[str, Any]:
    """Return what runs say about long contexts, each by itself.

    Args:
        runs: read by ``points.read_run``.
        threshold: of the score, in (0, 1).
    """
    return {
        "schema": SCHEMA,
        "confidence": CONFIDENCE,
        "runs": [
            {
                "path": str(run.path),
                "model": run.model,
                "context_length": run.context_length,
                "items": len(run.points),
                "unanswered": run.unanswered,
                **long_context_document(run.points, threshold),
            }
            for run in runs
        ],
    }


def long_context_document(points: Iterable[Point], threshold: float = RULER_THRESHOLD) -> dict[str, Any]:
    """Return what the points of one run say: see docs/long-context-statistics.md.

    Args:
        points: of any tasks.
        threshold: of the score, in (0, 1).
    """
    tasks = sort_points(points)
    return {
        "tasks": [task.task for task in tasks],
        "lengths": summarise_lengths(tasks, threshold),
        "areas": summarise_areas(tasks),
        "gaps": summarise_gaps(tasks),
        "premium": summarise_premium(tasks),
        "positions": summarise_positions(tasks),
        "heatmaps": summarise_cells(tasks),
        "costs": summarise_costs(tasks),
        "fill": summarise_fill(tasks),
    }
