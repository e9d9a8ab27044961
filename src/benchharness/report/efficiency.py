"""What a run took: throughput, latency, time, energy and money by correct answer, and what was measured beside it."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from benchharness.errors import bilingual
from benchharness.report.cells import PlainTable
from benchharness.report.labels import label

ROWS: tuple[tuple[str, float, tuple[str, str]], ...] = (
    ("seconds_per_correct", 1, ("seconds", "秒")),
    ("joules_per_correct", 1, ("joules", "焦耳")),
    ("net_joules_per_correct", 1, ("joules above idle", "焦耳（扣除空闲功耗）")),
    ("device_hours_per_correct", 1000, ("device-hours for 1000", "设备小时（每千道）")),
)
"""What a correct answer took: key, factor, heading."""

SCENARIOS = {
    "offline": ("offline", "离线"),
    "single": ("single", "单流"),
    "concurrency": ("concurrency", "并发"),
    "server": ("server", "服务"),
}
TEXTS = {"random": ("random ids", "随机词元"), "zh": ("zh", "中文"), "en": ("en", "英文")}


def efficiency_notes(summary: Mapping[str, Any]) -> list[RenderableType]:
    """Return what there is to say of speed and cost; of a summary of an earlier version, its throughput."""
    throughput = summary["throughput"]
    notes: list[RenderableType] = [_throughput_note(throughput)]
    if throughput.get("latency") is not None:
        notes.append(_latency_note(throughput["latency"]))
    if "energy" in summary:
        notes.extend(_energy_notes(summary["energy"], throughput))
    if summary.get("costs", {}).get("by_currency"):
        notes.append(_costs_note(summary["costs"]))
    return notes


def efficiency_tables(summary: Mapping[str, Any]) -> list[RenderableType]:
    """Return tables of what a correct answer took and of what was measured under control; none where nothing was."""
    tables: list[RenderableType] = []
    per_correct = _per_correct(summary.get("efficiency", ()))
    if per_correct is not None:
        tables += [Text(), per_correct, Text()] if summary["totals"] else [per_correct, Text()]
    perf = summary.get("perf")
    if perf is not None and perf["withheld"] is not None:
        reason = bilingual(perf["withheld"]["en"], perf["withheld"]["zh"])
        text = bilingual(f"Controlled throughput withheld: {reason}.", f"不给出受控吞吐量：{reason}。")
        tables += [Text(text, style="yellow"), Text()]
    elif perf is not None and perf["cells"]:
        tables += [_controlled(perf["cells"]), *_doubts(perf["cells"]), Text()]
    return tables


def figure(value: float | None) -> str:
    """Return a number to three digits, a large one whole; a dash for ``None``."""
    if value is None:
        return "–"
    return f"{value:.0f}" if abs(value) >= 100 else f"{value:.3g}"


def duration(seconds: float | None) -> str:
    """Return a length of time to three digits, a short one in milliseconds; a dash for ``None``."""
    if seconds is None:
        return "–"
    if seconds < 1:
        return bilingual(f"{figure(1000 * seconds)} ms", f"{figure(1000 * seconds)} 毫秒")
    return bilingual(f"{figure(seconds)} s", f"{figure(seconds)} 秒")


def table_of(headings: Sequence[tuple[str, str]], *, left: int = 1) -> PlainTable:
    """Return an empty table with headings in English and in Chinese; all but the first ``left`` hold numbers."""
    table = PlainTable(box=None, header_style="bold", pad_edge=False, padding=(0, 2, 0, 0))
    for index, heading in enumerate(headings):
        # A name may be folded, a number never.
        number = index >= left
        table.add_column(bilingual(*heading), justify="right" if number else "left", no_wrap=number, overflow="fold")
    return table


def _throughput_note(throughput: Mapping[str, Any]) -> Text:
    share = throughput.get("cached_share")
    cached = ""
    if share:
        percent = f"{100 * share:.0f}"
        cached = bilingual(f", {percent} % of prompt tokens from a cache", f"，提示词元有 {percent}% 来自缓存")
    if throughput["withheld"] is not None:
        reason = bilingual(throughput["withheld"]["en"], throughput["withheld"]["zh"])
        text = bilingual(f"Throughput withheld: {reason}", f"不给出吞吐量：{reason}")
        return Text(f"{text}{cached}{bilingual('.', '。')}", style="yellow")
    return Text(
        bilingual(
            f"Throughput as evaluated: {throughput['tokens_per_second']:.0f} tokens/s, "
            f"{throughput['characters_per_second']:.0f} characters/s, "
            f"{throughput['wall_seconds']:.1f} s in the backend{cached}",
            f"评测吞吐量：{throughput['tokens_per_second']:.0f} 词元/秒，"
            f"{throughput['characters_per_second']:.0f} 字符/秒，后端用时 {throughput['wall_seconds']:.1f} 秒{cached}",
        )
    )


def _latency_note(latency: Mapping[str, Any]) -> Text:
    names = {
        "ttft": ("first token", "首词元"),
        "tpot": ("each further token", "其后每词元"),
        "e2e": ("whole answer", "完整回答"),
    }
    told = [
        f"{bilingual(*name)} {duration(latency[key]['p50'])}"
        + bilingual(f" ({duration(latency[key]['p95'])})", f"（{duration(latency[key]['p95'])}）")
        for key, name in names.items()
        if latency[key] is not None
    ]
    return Text(
        bilingual(
            f"Latency with waiting, median (95th percentile): {', '.join(told)}",
            f"时延（含排队）中位数（95 分位数）：{'，'.join(told)}",
        )
    )


def _energy_notes(energy: Mapping[str, Any], throughput: Mapping[str, Any]) -> Iterable[Text]:
    withheld = energy["withheld"]
    # Said of the throughput already, where the same reason withholds both.
    if withheld is not None and withheld != throughput["withheld"]:
        reason = bilingual(withheld["en"], withheld["zh"])
        yield Text(bilingual(f"No energy: {reason}.", f"无能耗数据：{reason}。"), style="dim")
    if energy["joules"] is not None:
        devices, joules, net = energy["devices"], energy["joules"], energy["net_joules"]
        above = "" if net is None else bilingual(f", {_joules(net)} above idle", f"，扣除空闲功耗后 {_joules(net)}")
        yield Text(
            bilingual(
                f"Energy of {devices} accelerator{'s' if devices != 1 else ''}: {_joules(joules)}{above}",
                f"{devices} 块加速卡能耗：{_joules(joules)}{above}",
            )
        )
    for remark in energy["remarks"]:
        yield Text(bilingual(remark["en"], remark["zh"]), style="dim")


def _joules(joules: float) -> str:
    return f"{joules / 1000:.1f} kJ" if abs(joules) >= 1000 else f"{figure(joules)} J"


def _costs_note(costs: Mapping[str, Any]) -> Text:
    charged = ", ".join(f"{amount:.4f} {currency}" for currency, amount in costs["by_currency"].items())
    text = bilingual(f"Charged by the server: {charged}", f"服务费用：{charged}")
    if costs["complete"]:
        return Text(text)
    lost = bilingual("; what sessions that were cut off cost is not known", "；中断的会话的费用未知")
    return Text(f"{text}{lost}", style="yellow")


def _per_correct(rows: Sequence[Mapping[str, Any]]) -> Table | None:
    """Return a line a figure, a column a language; ``None`` where nothing is known."""
    # Of a single language, the row of all says the same again.
    shown = [row for row in rows if row["language"] is not None or len(rows) > 2]
    currencies = sorted({currency for row in rows for currency in row["costs_per_correct"]})
    columns = [label(row["language"]) if row["language"] else bilingual("all", "合计") for row in shown]
    table = table_of([("Per correct answer", "每道正确答案"), *((name, name) for name in columns)])
    for key, factor, heading in ROWS:
        if any(row[key] is not None for row in shown):
            table.add_row(bilingual(*heading), *(figure(_times(row[key], factor)) for row in shown))
    for currency in currencies:
        table.add_row(currency, *(figure(row["costs_per_correct"].get(currency)) for row in shown))
    return table if table.row_count else None


def _times(value: float | None, factor: float) -> float | None:
    return None if value is None else value * factor


def _controlled(cells: Sequence[Mapping[str, Any]]) -> Table:
    table = table_of(
        [
            ("Controlled", "受控测量"), ("tokens/s", "词元/秒"), ("generated/s", "生成词元/秒"),
            ("characters/s", "字符/秒"), ("TTFT", "首词元"), ("TPOT", "每词元"),
        ]
    )  # fmt: skip
    shown: Sequence[tuple[str, Callable[[float | None], str]]] = (
        ("tokens_per_second", figure), ("output_tokens_per_second", figure), ("characters_per_second", figure),
        ("ttft_seconds", duration), ("tpot_seconds", duration),
    )  # fmt: skip
    for cell in cells:
        style = "yellow" if cell["doubtful"] else ""
        table.add_row(Text(_name_of(cell), style=style), *(draw(cell[key]) for key, draw in shown))
    return table


def _doubts(cells: Sequence[Mapping[str, Any]]) -> list[Text]:
    if not any(cell["doubtful"] for cell in cells):
        return []
    text = bilingual(
        "? requests failed, ended early, or were served by a cache: see perf.json",
        "? 有请求失败、提前结束或命中缓存，详见 perf.json",
    )
    return [Text(text, style="yellow")]


def _name_of(cell: Mapping[str, Any]) -> str:
    """Return the name of a cell, such as ``128x32 offline zh``; a mark tells that its figures are doubtful."""
    load = bilingual(*SCENARIOS[cell["scenario"]])
    if cell["rate"] is not None:
        load = f"{load} {cell['rate']:g}/s"
    elif cell["scenario"] == "concurrency":
        load = f"{load} {cell['concurrency']}"
    text = bilingual(*TEXTS[cell["text"]])
    if cell["matched"] == "content":
        text = bilingual(f"parallel {text}", f"同内容{text}")
    doubt = " ?" if cell["doubtful"] else ""
    return f"{cell['input_tokens']}x{cell['output_tokens']} {load} {text}{doubt}"
