"""The totals of a suite: the whole, its groups and its abilities, in each language."""

from collections.abc import Mapping, Sequence
from typing import Any

from rich.console import RenderableType
from rich.text import Text

from benchharness.errors import bilingual, interface_language
from benchharness.report.cells import interval, percent, plain_table
from benchharness.report.labels import label

Total = Mapping[str, Any]


def totals_view(totals: Sequence[Total]) -> list[RenderableType]:
    """Return what there is to say of totals: a table for a suite in groups, else a line a language."""
    missing: list[RenderableType] = [_missing(total) for total in totals if total["score"] is None and _is_whole(total)]
    if all(_is_whole(total) for total in totals):
        return [_line(total) for total in totals if total["score"] is not None] + missing
    languages = [language for language in ("zh", "en") if any(total["language"] == language for total in totals)]
    table = plain_table("total", *languages, "chance", right=("chance",))
    for first in (total for total in totals if total["language"] == languages[0]):
        row = {t["language"]: t for t in totals if (t["level"], t["name"]) == (first["level"], first["name"])}
        cells = (_cell(row[language]) for language in languages)
        table.add_row(_name(first), *cells, Text(_chance(list(row.values())), style="dim"))
    return [table, Text(), *missing]


def _is_whole(total: Total) -> bool:
    # Summaries of earlier versions hold no others.
    return bool(total.get("level", "total") == "total")


def _name(total: Total) -> Text:
    titles = total["title"]
    title = titles.get(interface_language()) or next(iter(titles.values()))
    indent, style = {"total": ("", "bold"), "group": ("  ", ""), "ability": ("    ", "dim")}[total["level"]]
    return Text(f"{indent}{title}", style=style)


def _cell(total: Total) -> Text:
    if total["score"] is None:
        return Text("–", style="yellow")
    style = "dim" if total["level"] == "ability" else ""
    return Text(f"{percent(total['score'])} {interval(total['interval'])}", style=style)


def _chance(row: Sequence[Total]) -> str:
    levels = {percent(total["chance"]) for total in row if total["chance"] is not None}
    return "–".join(sorted(levels))


def _missing(total: Total) -> Text:
    missing = ", ".join(total["missing"])
    name = f"{total['suite']} {label(total['language'])}"
    text = bilingual(f"No total of {name}: no scores of {missing}.", f"无 {name} 总分：缺少 {missing}。")
    return Text(text, style="yellow")


def _line(total: Total) -> Text:
    name = f"{total['suite']} {label(total['language'])}"
    scores = f"{percent(total['score'])} {interval(total['interval'])}"
    chance = percent(total["chance"])
    return Text(bilingual(f"Total {name}: {scores}, by chance {chance}", f"{name} 总分：{scores}，随机水平 {chance}"))
