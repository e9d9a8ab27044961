"""Tables for the terminal, drawn from a summary."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from benchharness.errors import bilingual
from benchharness.report.labels import OUTCOMES, label, outcome_label

LANGUAGES = ("zh", "en")


def plain_table(*columns: str, right: Sequence[str] = ()) -> Table:
    """Return an empty table; columns named in ``right`` are aligned to the right."""
    table = Table(box=None, header_style="bold", pad_edge=False, padding=(0, 2, 0, 0))
    for column in columns:
        table.add_column(label(column), justify="right" if column in right else "left", overflow="fold")
    return table


def summary_view(summary: Mapping[str, Any], folder: Path, *, categories: bool = False) -> RenderableType:
    """Return what a person wants to see of a run: scores, gap, outcomes, throughput, and where the files lie.

    Args:
        summary: the content of ``summary.json``.
        folder: the run folder.
        categories: whether to show a row for each category as well.
    """
    parts: list[RenderableType] = [_title(summary), _score_table(summary, categories=categories)]
    parts.extend(_notes(summary))
    parts.append(Text.assemble((bilingual("Results: ", "结果目录："), "bold"), str(folder)))
    return Group(*parts)


def _title(summary: Mapping[str, Any]) -> Text:
    numerics = ", ".join(summary["numerics"].values())
    where = f"{summary['backend']}{f' ({numerics})' if numerics else ''}"
    return Text.assemble(
        (summary["model"], "bold"), f" · {where} · {bilingual('protocol', '协议')} {summary['protocol']}\n"
    )


def _score_table(summary: Mapping[str, Any], *, categories: bool) -> Table:
    table = plain_table("task", "zh", "en", "gap", "outcomes", "throughput", right=("throughput",))
    pairs = {row["task"]: row for row in summary["pairs"]}
    rates = {(row["task"], row["language"]): row["tokens_per_second"] for row in summary["throughput"]["by_task"]}
    rows: dict[tuple[str, str | None], dict[str, Any]] = {}
    multiple = {row["task"] for row in summary["tasks"] if row["category"] is None}
    for row in summary["tasks"]:
        # The category of a task that has only one says nothing.
        category = row["category"] if row["task"] in multiple else None
        if category is None or categories:
            rows.setdefault((row["task"], category), {})[row["language"]] = row
    for (task, category), by_language in sorted(rows.items(), key=lambda entry: (entry[0][0], entry[0][1] or "")):
        pair = pairs.get(task) if category is None else None
        table.add_row(
            task if category is None else f"  {category}",
            *(_score(by_language.get(language)) for language in LANGUAGES),
            _gap(pair),
            _outcomes(by_language),
            _rates(rates, task) if category is None else "",
        )
    return table


def percent(value: float, *, sign: bool = False) -> str:
    """Return a share as per cent with one decimal."""
    return f"{100 * value:+.1f}" if sign else f"{100 * value:.1f}"


def _score(row: Mapping[str, Any] | None) -> str:
    if row is None:
        return "–"
    low, high = row["interval"]
    return f"{percent(row['score'])} [{percent(low)}, {percent(high)}] n={row['items']}"


def _gap(row: Mapping[str, Any] | None) -> str:
    if row is None:
        return "–"
    low, high = row["interval"]
    interval = f"[{percent(low, sign=True)}, {percent(high, sign=True)}]"
    return f"{percent(row['gap'], sign=True)} {interval} p={p_value(row['p_value'])}"


def p_value(value: float) -> str:
    """Return a p-value to two digits; very small ones as a bound."""
    return "<0.001" if value < 0.001 else f"{value:.2g}"


def _outcomes(by_language: Mapping[str, Mapping[str, Any]]) -> str:
    """Return what was not scored, always with the unparsed: they tell a weak model from a weak reader."""
    cells = []
    for language in LANGUAGES:
        row = by_language.get(language)
        if row is None:
            continue
        counts = row["outcomes"]
        named = [
            f"{outcome_label(outcome)} {counts[outcome]}/{row['items']}"
            for outcome in OUTCOMES
            if counts[outcome] or outcome == "unparsed"
        ]
        cells.append(", ".join(named))
    return "; ".join(cells)


def _rates(rates: Mapping[tuple[str, str], float | None], task: str) -> str:
    values = [rates.get((task, language)) for language in LANGUAGES]
    return ", ".join("–" if value is None else f"{value:.0f}" for value in values)


def _notes(summary: Mapping[str, Any]) -> list[Text]:
    notes = [
        Text(
            bilingual(
                "\nScores in % with 95 % intervals; gap over pairs, exact McNemar p.",
                "\n得分为百分数，方括号内为 95% 区间；差距按题对计算，p 值为精确 McNemar 检验。",
            ),
            style="dim",
        )
    ]
    partial = summary["partial"]
    if partial is not None:
        notes.append(
            Text(
                bilingual(
                    f"Partial run: {partial['answered']} of {partial['available']} items."
                    " Leave --limit out for a formal evaluation.",
                    f"部分运行：共 {partial['available']} 题，仅完成 {partial['answered']} 题。"
                    "正式评测请去掉 --limit。",
                ),
                style="yellow",
            )
        )
    notes.append(_throughput_note(summary["throughput"]))
    memory = summary["memory"]["peak_process_bytes"]
    if memory is not None:
        device = summary["memory"]["peak_device_bytes"]
        on_device = "" if device is None else bilingual(f", on the device {_gib(device)}", f"，设备 {_gib(device)}")
        notes.append(Text(bilingual(f"Peak memory {_gib(memory)}{on_device}", f"内存峰值 {_gib(memory)}{on_device}")))
    return notes


def _gib(size: int) -> str:
    return f"{size / 2**30:.2f} GiB"


def _throughput_note(throughput: Mapping[str, Any]) -> Text:
    if throughput["withheld"] is not None:
        reason = bilingual(throughput["withheld"]["en"], throughput["withheld"]["zh"])
        return Text(bilingual(f"Throughput withheld: {reason}.", f"不给出吞吐量：{reason}。"), style="yellow")
    return Text(
        bilingual(
            f"Throughput as evaluated: {throughput['tokens_per_second']:.0f} tokens/s, "
            f"{throughput['characters_per_second']:.0f} characters/s, "
            f"{throughput['wall_seconds']:.1f} s in the backend",
            f"评测吞吐量：{throughput['tokens_per_second']:.0f} 词元/秒，"
            f"{throughput['characters_per_second']:.0f} 字符/秒，后端用时 {throughput['wall_seconds']:.1f} 秒",
        )
    )
