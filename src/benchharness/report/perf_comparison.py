"""The table of a comparison of two measurements, drawn from a document of ``benchharness.perf-comparison/1``."""

from collections.abc import Iterator, Mapping
from itertools import groupby
from typing import Any

from rich.console import Group, RenderableType
from rich.text import Text

from benchharness.errors import bilingual
from benchharness.report.inert import inert
from benchharness.report.perf import (
    Cell,
    figure_table,
    heading,
    lengths_of,
    load_text,
    not_measured,
    number,
    prompts_text,
)

FIGURES = (
    ("output_tokens_per_second", "output\ntokens/s", "输出\n词元/秒"),
    ("total_characters_per_second", "characters/s", "字符/秒"),
    ("ttft_seconds", "TTFT", "TTFT"),
    ("tpot_seconds", "TPOT", "TPOT"),
    ("e2e_seconds", "E2E", "E2E"),
    ("joules_per_output_token", "J/output\ntoken", "焦/输出\n词元"),
)


def comparison_view(document: Mapping[str, Any]) -> RenderableType:
    """Return the ratios second / first of two measurements, and what is different about the two."""
    first, second = document["first"], document["second"]
    parts: list[RenderableType] = [_title(first, second), *_differences(first, second)]
    rows = list(zip(document["ratios"], first["cells"], second["cells"], strict=True))
    for _, group in groupby(rows, key=lambda row: lengths_of(row[0])):
        cells = list(group)
        table = figure_table([bilingual(en, zh) for _, en, zh in FIGURES], (_row(*cell) for cell in cells))
        parts += [heading(cells[0][0]), *([] if table is None else [table])]
    parts.append(
        Text(
            bilingual(
                "\nSecond / first: median over the repeats, measured in turns, with the lowest and the highest below.",
                "\n第二个与第一个之比：交替测量，取各次重复的中位数，下方为最低值与最高值。",
            ),
            style="dim",
        )
    )
    parts += not_measured([*first["cells"], *second["cells"]])
    return Group(*parts)


def _title(first: Mapping[str, Any], second: Mapping[str, Any]) -> Text:
    names = [f"{inert(side['model'])} ({inert(side['backend'])})" for side in (first, second)]
    return Text.assemble((names[1], "bold"), bilingual(" against ", " 对比 "), (names[0], "bold"))


def _differences(first: Mapping[str, Any], second: Mapping[str, Any]) -> Iterator[Text]:
    """Yield the engine settings that differ."""
    for part in ("numerics", "engine", "packages"):
        one, two = first["settings"][part], second["settings"][part]
        for name in sorted({*one, *two}):
            if one.get(name) != two.get(name):
                yield Text(inert(f"  {name}: {one.get(name, '–')} → {two.get(name, '–')}"), style="dim")


def _row(ratio: Cell, first: Cell, second: Cell) -> tuple[Text, Text, list[Text | None]]:
    either = {**first, "doubtful": first["doubtful"] or second["doubtful"]}
    return load_text(first), prompts_text(either), [_ratio(ratio["figures"][name]) for name, _, _ in FIGURES]


def _ratio(leaf: Mapping[str, float] | None) -> Text | None:
    if leaf is None:
        return None
    cell = Text(f"{number(leaf['median'])}×", style="bold")
    cell.append(f"\n{number(leaf['low'])}–{number(leaf['high'])}", style="not bold dim")
    return cell
