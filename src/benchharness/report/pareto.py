"""Runs side by side: score against throughput, the Pareto set marked, for people."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from rich.console import Group, RenderableType
from rich.text import Text

from benchharness.errors import bilingual
from benchharness.report.cells import interval, percent
from benchharness.report.efficiency import figure, table_of
from benchharness.report.inert import inert
from benchharness.report.labels import label

Row = Mapping[str, Any]

MARK = "★"


def pareto_view(document: Mapping[str, Any]) -> RenderableType:
    """Return a table for each group of a document of ``runs.pareto``, and what to know of it."""
    parts: list[RenderableType] = []
    numbers = {run["run"]: str(number) for number, run in enumerate(document["runs"], start=1)}
    for group in document["groups"]:
        name = label(group["language"])
        parts.append(Text(name if group["task"] is None else f"{group['task']} · {name}", style="bold"))
        parts += [_table(group["rows"], numbers), Text()]
        parts.extend(_reasons(group["rows"]))
    parts.extend(_notes(document))
    return Group(*parts)


def _table(rows: Sequence[Row], numbers: Mapping[str, str]) -> RenderableType:
    measured = any(row["controlled"] for row in rows)
    headings = [
        ("", ""), ("Run", "运行"), ("Score %", "得分 %"), ("A tokens/s\nchars/s", "A 词元/秒\n字符/秒"),
        ("B tokens/s\nchars/s", "B 词元/秒\n字符/秒"), ("s / correct\nJ / correct", "秒/正确题\n焦耳/正确题"),
        ("GiB", "GiB"), ("Pareto", "帕累托"),
    ]  # fmt: skip
    table = table_of(headings if measured else [*headings[:4], *headings[5:]], left=2)
    table.columns[-1].justify, table.columns[-1].no_wrap = "left", False
    for row in rows:
        speed = f"{figure(row['tokens_per_second'])}\n{figure(row['characters_per_second'])}"
        per_correct = "\n".join(figure(row.get(name)) for name in ("seconds_per_correct", "joules_per_correct"))
        controlled = [_controlled(row)] if measured else []
        place = _place(row, numbers)
        name = row["run"]
        table.add_row(numbers[name], name, _score(row), speed, *controlled, per_correct, _memory(row), place)
    return table


def _score(row: Row) -> str:
    return "–" if row["score"] is None else f"{percent(row['score'])}\n{interval(row['interval'])}"


def _controlled(row: Row) -> str:
    # The first pair of lengths; the document for programs has all of them.
    cell = row["controlled"][0] if row["controlled"] else {}
    return f"{figure(cell.get('tokens_per_second'))}\n{figure(cell.get('characters_per_second'))}"


def _memory(row: Row) -> str:
    size = row["peak_device_bytes"] if row["peak_device_bytes"] is not None else row["peak_process_bytes"]
    return "–" if size is None else f"{size / 2**30:.1f}"


def _place(row: Row, numbers: Mapping[str, str]) -> Text:
    if row["pareto"]:
        return Text(MARK, style="green")
    if row["pareto"] is None:
        return Text("–", style="yellow")
    names = ", ".join(numbers[name] for name in row["dominated_by"])
    return Text(bilingual(f"below {names}", f"不及 {names}"), style="dim")


def _reasons(rows: Sequence[Row]) -> Iterator[Text]:
    """Yield why throughput is missing, once for all runs with the same reason."""
    for key, kind in (("withheld", "A"), ("controlled_withheld", "B")):
        by_reason: dict[str, list[str]] = {}
        for row in rows:
            if row[key] is not None:
                by_reason.setdefault(bilingual(row[key]["en"], row[key]["zh"]), []).append(inert(row["run"]))
        for reason, names in by_reason.items():
            en, zh = ", ".join(names), "、".join(names)
            text = bilingual(f"{kind} withheld ({en}): {reason}.\n", f"不给出 {kind}（{zh}）：{reason}。\n")
            yield Text(text, style="yellow")


def _notes(document: Mapping[str, Any]) -> Iterator[Text]:
    lengths = {
        f"{row['controlled'][0]['input_tokens']}x{row['controlled'][0]['output_tokens']}"
        for group in document["groups"]
        for row in group["rows"]
        if row["controlled"]
    }
    yield Text(
        bilingual(
            f"{MARK} no other run has a score and characters/s (A) as high, and one of them higher. Intervals, 95 %,"
            " are not considered.",
            f"{MARK} 没有其他运行在得分和字符/秒（A）上都不低于它且至少一项更高；未考虑 95% 区间的重叠。",
        ),
        style="dim",
    )
    en, zh = "A as evaluated", "A 为评测吞吐量"
    if lengths:
        en = f"{en}; B controlled, all requests at once, {', '.join(sorted(lengths))} tokens"
        zh = f"{zh}；B 为受控测量，全部请求同时提交，{'、'.join(sorted(lengths))} 词元"
    yield Text(bilingual(f"{en}.", f"{zh}。"), style="dim")
    hardware = {", ".join(run["hardware"]) for run in document["runs"]}
    if len(hardware) > 1:
        listed = "; ".join(f"{inert(run['run'])}: {inert(', '.join(run['hardware']))}" for run in document["runs"])
        yield Text(bilingual(f"Not the same hardware: {listed}.", f"硬件不同：{listed}。"), style="yellow")
