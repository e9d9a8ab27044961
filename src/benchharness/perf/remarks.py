"""What a reader of a cell has to know beside its figures: what was not measured, or not as one would wish."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import chain
from typing import Any

from benchharness.hardware.meter import Unmeasured
from benchharness.perf.passes import PassRecord
from benchharness.perf.request import CellPlan, PerfRequest, Scenario, TextKind
from benchharness.perf.side import Side

SHORT_WINDOW = 10.0
"""Seconds below which the steps of a device's energy counter, about 0.1 s, weigh."""


def remarks(
    side: Side, cell: CellPlan, request: PerfRequest, records: Sequence[PassRecord], summary: Mapping[str, Any]
) -> list[Unmeasured]:
    """Return what was not measured in a cell, or not as one would wish, each reason once.

    Args:
        side: what was measured.
        cell: which cell.
        request: what was to be measured.
        records: the repeats.
        summary: medians of their figures.
    """
    found = chain(
        _about_backend(side, cell, records), _about_energy(records), _about_load(cell, request, records, summary)
    )
    return list(dict.fromkeys(found))


def _about_backend(side: Side, cell: CellPlan, records: Sequence[PassRecord]) -> Iterator[Unmeasured]:
    for record in records:
        yield from record.reading.unmeasured
    if not any(answer.response.timing for record in records for answer in record.answers):
        yield Unmeasured("latency", "The backend does not tell when tokens came.", "该后端不提供各词元的产生时间。")
    if cell.text is TextKind.RANDOM:
        yield Unmeasured("characters", "Random ids spell no text.", "随机词元不构成文本，不统计字符。")
    if not side.backend.capabilities.ignores_end:
        yield Unmeasured(
            "output length",
            "The backend cannot be kept from ending an answer early.",
            "该后端无法阻止模型提前结束回答。",
        )


def _about_energy(records: Sequence[PassRecord]) -> Iterator[Unmeasured]:
    has_energy = any(record.reading.energy_joules is not None for record in records)
    if has_energy and min(record.seconds for record in records) < SHORT_WINDOW:
        yield Unmeasured(
            "energy precision",
            f"Passes shorter than {SHORT_WINDOW:g} s: the energy counter moves in steps of about 0.1 s. Use --seconds.",
            f"测量时间短于 {SHORT_WINDOW:g} 秒：电能计数器约每 0.1 秒更新一次，误差较大。请使用 --seconds。",
        )


def _about_load(
    cell: CellPlan, request: PerfRequest, records: Sequence[PassRecord], summary: Mapping[str, Any]
) -> Iterator[Unmeasured]:
    if min(record.seconds for record in records) < request.seconds and cell.load.scenario is not Scenario.SERVER:
        yield Unmeasured(
            "duration",
            f"A pass took less than the {request.seconds:g} s asked for, though it was made longer.",
            f"某次测量短于要求的 {request.seconds:g} 秒，虽已增加请求数。",
        )
    peak, asked = summary["peak_concurrency"], cell.load.concurrency
    if peak is not None and asked is not None and peak["high"] < min(asked, summary["requests"]["high"]):
        yield Unmeasured(
            "concurrency",
            f"The backend had no more than {peak['high']} of {asked} requests at a time.",
            f"后端同时处理的请求最多 {peak['high']} 条，少于要求的 {asked} 条。",
        )
