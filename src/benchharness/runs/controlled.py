"""Controlled throughput (kind B) in the record of a run: shown only beside a score of the very same engine."""

from collections.abc import Mapping
from typing import Any

from benchharness.runs.folder import RunFolder, damaged, read_document
from benchharness.runs.sessions import Reason

SCHEMA = "benchharness.perf/1"
"""What `benchharness.perf.measure` writes."""


def summarise_perf(folder: RunFolder, engine: Mapping[str, Any]) -> dict[str, Any] | None:
    """Return what was measured beside a run, or why it does not belong to its scores; ``None`` if nothing was.

    Args:
        folder: the run.
        engine: the engine settings under which it was asked; see ``describe_engines``.

    Raises:
        InputError: if the document is damaged.
    """
    if not folder.perf.is_file():
        return None
    document = read_document(folder.perf, SCHEMA)
    try:
        hashed = document["engine"]
        headline = [_headline(cell) for cell in document["cells"]]
    except (KeyError, TypeError, ValueError) as error:
        raise damaged(folder.perf, f"`{error}`") from error
    withheld = _why_withheld(hashed, engine)
    return {"path": folder.perf.name, "engine": hashed, "withheld": withheld, "cells": [] if withheld else headline}


def _headline(cell: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a cell comes to: medians over its passes."""
    summary = cell["summary"]
    kept = ("scenario", "input_tokens", "output_tokens", "text", "matched", "concurrency", "rate", "doubtful")
    return {
        **{name: cell[name] for name in kept},
        "output_tokens_per_second": _median_of(summary["output_tokens_per_second"]),
        "tokens_per_second": _median_of(summary["computed_tokens_per_second"]),
        "characters_per_second": _median_of(summary["total_characters_per_second"]),
        "ttft_seconds": _median_of((summary["ttft_seconds"] or {}).get("p50")),
        "tpot_seconds": _median_of((summary["tpot_seconds"] or {}).get("p50")),
    }


def _median_of(spread: Mapping[str, float] | None) -> float | None:
    return None if spread is None else float(spread["median"])


def _why_withheld(measured: str, engine: Mapping[str, Any]) -> Reason | None:
    if engine["hash"] == measured:
        return None
    if engine["hashes"]:
        asked = ", ".join(engine["hashes"])
        return {
            "en": f"it was measured under other engine settings ({measured}) than those of the scores ({asked})",
            "zh": f"测量时的引擎设置（{measured}）与得分所用的设置（{asked}）不同",
        }
    return {
        "en": "the engine settings of the scores are not known",
        "zh": "得分所用的引擎设置未知",
    }
