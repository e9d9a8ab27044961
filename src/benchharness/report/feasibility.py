"""What a plan costs, for people and for programs: by length and language, with memory and the least time."""

import math
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from rich.console import Group, RenderableType
from rich.text import Text

from benchharness.errors import bilingual
from benchharness.report.cells import plain_table
from benchharness.report.inert import inert_text
from benchharness.runs.feasibility import Estimate, LengthCost
from benchharness.runs.memory_need import nice_length
from benchharness.runs.prospect import Prospect

NONE = "–"
GIB = 2**30


def cost_document(estimate: Estimate) -> dict[str, Any]:
    """Return what a plan costs as plain data; seconds and bytes are ``null`` where they are not known."""
    prospect = estimate.prospect
    return {
        "parts": [_row_document(row) for row in estimate.parts],
        "lengths": [_row_document(row) for row in estimate.lengths],
        "total": _row_document(estimate.total),
        "model": _model_document(prospect),
        "machine": _machine_document(prospect),
        "window": estimate.window,
        "longest_beyond_window": estimate.beyond or None,
        "longest_that_fits": prospect.longest,
        "unknown": [asdict(reason) for reason in prospect.unknown],
    }


def _row_document(row: LengthCost) -> dict[str, Any]:
    figures = asdict(row)
    del figures["length"]
    if row.length is None:
        return figures
    return {"length": row.length.label, "unit": row.length.unit, "value": row.length.value, **figures}


def _model_document(prospect: Prospect) -> dict[str, Any] | None:
    need = prospect.need
    if need is None:
        return None
    storage = need.storage
    return {
        "dtype": storage.dtype,
        "weights_bytes": need.weights,
        "bytes_of_weight": storage.weight_bytes,
        "bytes_of_cache_element": storage.cache_bytes,
        "cache_bytes_per_token": need.cache(1),
        "prefill_chunk": need.chunk,
    }


def _machine_document(prospect: Prospect) -> dict[str, Any] | None:
    machine = prospect.machine
    if machine is None:
        return None
    peaks = prospect.peaks
    return {
        "backend": machine.backend,
        "device": machine.device,
        "devices": machine.devices,
        "copies": machine.copies,
        "memory_bytes": machine.memory,
        "cache_limit_bytes": machine.cache,
        "peaks": None if peaks is None else {"name": peaks.name, "source": peaks.source},
    }


def cost_view(estimate: Estimate) -> RenderableType:
    """Return what a plan costs as a table and what its columns mean; see ``cost_document``."""
    lines = Text("\n").join(inert_text(line) for line in _notes(estimate))
    if estimate.prospect.need is None and not _has_lengths(estimate):
        return lines
    return Group(_table(estimate), Text(""), lines)


def _has_lengths(estimate: Estimate) -> bool:
    return any(row.length is not None and row.length.unit != "prompt tokens" for row in estimate.lengths)


def _table(estimate: Estimate) -> RenderableType:
    table = plain_table()
    for title in (bilingual("Length", "长度"), bilingual("Lang.", "语言")):
        table.add_column(title, overflow="fold")
    too_long = estimate.total.too_long > 0
    titles = [
        bilingual("Items", "题数"),
        *([bilingual("Too long", "超长")] if too_long else []),
        bilingual("Tokens", "词元"),
        bilingual("Chars", "字符"),
        bilingual("Cache", "KV 缓存"),
        bilingual("Read ≥", "读入 ≥"),
        bilingual("Write", "生成"),
        bilingual("Fits", "能容纳"),
    ]
    for title in titles:
        table.add_column(title, justify="right", no_wrap=True)
    for row in estimate.lengths:
        assert row.length is not None
        assert row.language is not None
        table.add_row(row.length.label, row.language.value, *_cells(row, too_long=too_long))
    if len(estimate.lengths) > 1:
        table.add_row(bilingual("all", "合计"), "", *_cells(estimate.total, too_long=too_long))
    return table


def _cells(row: LengthCost, *, too_long: bool) -> tuple[str, ...]:
    """Return the figures of a row; of one in which nothing is asked, only how many items there are."""
    counts = [f"{row.items:,}", *([f"{row.too_long:,}"] if too_long else [])]
    if not row.computed_tokens:
        return (*counts, *[NONE] * 6)
    fits = NONE if row.fits is None else bilingual("yes", "能") if row.fits else bilingual("NO", "不能")
    return (
        *counts,
        amount(row.computed_tokens),
        amount(row.characters),
        NONE if row.cache_bytes is None else size(row.cache_bytes),
        NONE if row.prefill_seconds is None else duration(row.prefill_seconds),
        NONE if row.decode_seconds is None else duration(row.decode_seconds),
        fits,
    )


def _notes(estimate: Estimate) -> Iterator[str]:
    """Yield what the columns mean and what they rest on, a sentence each."""
    prospect = estimate.prospect
    if prospect.need is not None or _has_lengths(estimate):
        yield bilingual("Tokens: computed, once where prefixes are shared.", "词元：需计算的词元，共享的前缀只计一次。")
    if prospect.need is not None:
        yield bilingual("Cache: of the longest request, with its answer.", "KV 缓存：最长的请求连同其回答所占。")
    if prospect.peaks is not None:
        yield from _time_lines(prospect)
    if prospect.need is not None:
        yield from _memory_lines(prospect)
    yield from (bilingual(reason.en, reason.zh) for reason in prospect.unknown)
    if estimate.beyond:
        yield from _window_lines(estimate)


def _time_lines(prospect: Prospect) -> Iterator[str]:
    need, peaks = prospect.need, prospect.peaks
    assert need is not None
    assert peaks is not None
    count = need.storage.devices
    device = f"{count} × {peaks.name}" if count > 1 else peaks.name
    flops = f"{need.storage.dtype} {peaks.flops[need.storage.dtype] / 1e12:,.0f} TFLOP/s"
    bandwidth = f"{peaks.bytes_per_second / 1e12:.2g} TB/s"
    yield bilingual(
        f"Read: the least time on {device} ({flops}, {bandwidth}).",
        f"读入：{device} 上的时间下限（{flops}，{bandwidth}）。",
    )
    yield bilingual(
        "Write: the same for the answers, were each as long as allowed.", "生成：每个回答都达到长度上限时的时间下限。"
    )


def _memory_lines(prospect: Prospect) -> Iterator[str]:
    need, machine = prospect.need, prospect.machine
    assert need is not None
    assert machine is not None
    weights, token = size(need.weights), size(need.cache(1))
    yield bilingual(
        f"Model: weights {weights}, cache {token} a token ({need.storage.dtype}).",
        f"模型：权重 {weights}，KV 缓存每词元 {token}（{need.storage.dtype}）。",
    )
    if prospect.longest is None or machine.memory is None:
        return
    there = f"{machine.devices} × {machine.device}" if machine.devices > 1 else machine.device
    yield bilingual(f"Memory: {size(machine.memory)} on {there};", f"内存：{there}，{size(machine.memory)}；")
    yield bilingual(
        f"  room for one request of {nice_length(prospect.longest):,} tokens, answer included.",
        f"  单个请求连同回答最长 {nice_length(prospect.longest):,} 个词元。",
    )


def _window_lines(estimate: Estimate) -> Iterator[str]:
    assert estimate.window is not None
    yield bilingual(
        f"Too long: the model's window is {estimate.window:,} tokens, the longest item {estimate.beyond:,}.",
        f"超长：模型窗口为 {estimate.window:,} 个词元，最长的请求为 {estimate.beyond:,} 个。",
    )
    machine, need = estimate.prospect.machine, estimate.prospect.need
    # A table of positions cannot be stretched.
    if machine is not None and machine.stretch is not None and need is not None and not need.shape.positions:
        factor = math.ceil(estimate.beyond * machine.stretch / estimate.window)
        yield bilingual(
            f"  --option rope_scaling=yarn:{factor} stretches it; it is then recorded as such.",
            f"  可用 --option rope_scaling=yarn:{factor} 扩展窗口，并会记入结果。",
        )


def size(count: float) -> str:
    """Return bytes for people, to three digits: 18.0 GiB."""
    for unit_size, unit in ((GIB, "GiB"), (2**20, "MiB"), (2**10, "KiB")):
        if count >= unit_size:
            return f"{_three_digits(count / unit_size)} {unit}"
    return f"{count:.0f} B"


def amount(count: int) -> str:
    """Return a large number for people, to three digits: 131M, in Chinese 1.31亿."""
    steps = bilingual("1e9 B,1e6 M,1e3 K", "1e8 亿,1e4 万")
    for step in steps.split(","):
        unit_size, unit = step.split()
        if count >= float(unit_size):
            return f"{_three_digits(count / float(unit_size))}{unit}"
    return f"{count:,}"


def duration(seconds: float) -> str:
    """Return a time for people, to three digits: 6.95 s, 1.93 h."""
    for unit_size, unit in ((86400.0, "d"), (3600.0, "h"), (60.0, "min"), (1.0, "s"), (1e-3, "ms")):
        if seconds >= unit_size:
            return f"{_three_digits(seconds / unit_size)} {unit}"
    return f"{_three_digits(seconds * 1e6)} µs" if seconds else "0 s"


def _three_digits(value: float) -> str:
    if value >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if value >= 10 else f"{value:.2f}"
