"""The document of a measurement: what was asked, on what, and the figures of each cell."""

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from benchharness.hardware.environment import describe_environment
from benchharness.hardware.meter import Unmeasured
from benchharness.perf.figures import pass_figures
from benchharness.perf.passes import PassRecord
from benchharness.perf.remarks import remarks
from benchharness.perf.request import CellPlan, PerfRequest, Scenario
from benchharness.perf.side import Side
from benchharness.perf.spread import summarise_passes
from benchharness.runs.engine_settings import describe_engine, engine_hash

SCHEMA = "benchharness.perf/1"


def open_document(side: Side, request: PerfRequest, model: str | None) -> dict[str, Any]:
    """Return the document of a measurement that has no cells yet."""
    facts = side.backend.facts
    settings = describe_engine(facts)
    return {
        "schema": SCHEMA,
        "created": datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
        "model": model or facts.weights_origin,
        "backend": facts.backend,
        "request": request.document(),
        "engine": engine_hash(settings),
        "settings": settings,
        "environment": describe_environment(),
        "prefix_cache": _prefix_cache(facts.numerics, local=bool(side.backend.processes())),
        "idle_watts": {str(index): watts for index, watts in side.idle_watts.items()},
        "cells": [],
        "unmeasured": [],
    }


def add_cell(document: dict[str, Any], cell: dict[str, Any]) -> None:
    """Add a cell to a document, and what it lacks to what the whole lacks."""
    document["cells"].append(cell)
    document["unmeasured"] += [missing for missing in cell["unmeasured"] if missing not in document["unmeasured"]]


def _prefix_cache(numerics: Mapping[str, str], *, local: bool) -> dict[str, Any]:
    setting = numerics.get("prefix_reuse")
    reason = (
        ("no two prompts begin alike", "任意两个提示词的开头都不相同")
        if setting is not None or local
        else (
            "whether the server keeps prefixes cannot be known; no two prompts begin alike, and the cached tokens that"
            " it reports are counted",
            "无法得知服务端是否缓存前缀；任意两个提示词的开头都不相同，并统计服务端报告的缓存词元数",
        )
    )
    return {"setting": setting, "en": reason[0], "zh": reason[1]}


def cell_document(
    side: Side, cell: CellPlan, request: PerfRequest, warm_up: PassRecord, records: Sequence[PassRecord]
) -> dict[str, Any]:
    """Return the document of one cell.

    Args:
        side: what was measured.
        cell: which cell.
        request: what was to be measured.
        warm_up: the pass that counts for nothing.
        records: the repeats.
    """
    passes = [pass_figures(record, cell, request.slo) for record in records]
    summary = summarise_passes(passes)
    ceiling = side.ceiling(records[0].reading)
    missing = remarks(side, cell, request, records, summary)
    roofline = None
    if isinstance(ceiling, Unmeasured):
        missing.append(ceiling)
    else:
        roofline = {"against": ceiling.describe(), **ceiling.share(cell, len(records[0].answers), summary)}
    use = side.backend.resource_use()
    return {
        **cell.document(),
        "requests": len(records[0].answers),
        # Where all arrive at once, the time to the first token is above all the wait for others.
        "ttft_holds": "queue time" if cell.load.scenario is Scenario.OFFLINE else "latency",
        "delivery": _delivery(cell, polls=side.backend.capabilities.polls),
        "warm_up": {"requests": len(warm_up.answers), "seconds": warm_up.seconds},
        "doubtful": any(one[key] for one in passes for key in ("failed", "short", "other_length", "cached_tokens")),
        "summary": summary,
        "roofline": roofline,
        "memory": {
            "process_bytes": use.process,
            "device_bytes": use.device,
            "device_parts": dict(use.device_parts),
            "preemptions": use.preemptions,
            "out_of_memory": use.out_of_memory,
        },
        "passes": passes,
        "unmeasured": [asdict(one) for one in missing],
    }


def _delivery(cell: CellPlan, *, polls: bool) -> str:
    """Return how requests reach the backend: one that takes none while it works gets a closed loop's in batches."""
    if cell.load.scenario is Scenario.OFFLINE:
        return "at once"
    return "continuous" if polls or cell.load.concurrency == 1 else "batches"
