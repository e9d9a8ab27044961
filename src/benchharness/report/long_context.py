"""What runs say about long contexts, in a terminal."""

from collections.abc import Iterator, Mapping
from typing import Any

from rich.console import Console, ConsoleOptions, Group, RenderableType, RenderResult
from rich.text import Text

from benchharness.errors import bilingual
from benchharness.report.cells import PlainTable
from benchharness.report.inert import inert, inert_text
from benchharness.report.long_context_costs import costs_part, fill_part
from benchharness.report.long_context_heatmap import heatmap_note, heatmap_parts
from benchharness.report.long_context_parts import Cell, Part, gaps_part, lengths_part, positions_part

MOST_HEATMAPS = 8
DEPTH_WIDTH = 8
CELL_WIDTH = 9


def lengths_view(document: Mapping[str, Any]) -> RenderableType:
    """Return a document of ``runs.long_context.document.lengths_document`` for people."""
    parts: list[RenderableType] = []
    for run in document["runs"]:
        items = bilingual(f"{run['items']} items", f"{run['items']} 题")
        parts += [inert_text(f"{run['model']} · {run['path']} · {items}", "bold underline"), Text()]
        parts.append(long_context_view(run))
    return Group(*parts)


def long_context_view(run: Mapping[str, Any]) -> RenderableType:
    """Return what one run says; see ``runs.long_context.document.long_context_document``."""
    parts = [lengths_part(run), gaps_part(run), positions_part(run), costs_part(run), fill_part(run)]
    return Group(*(_view(part) for part in parts if part is not None), _Heatmaps(run))


class _Heatmaps:
    """Heatmaps, folded to the width of the terminal."""

    def __init__(self, run: Mapping[str, Any]) -> None:
        self._run = run

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        count = len(self._run["heatmaps"])
        if count > MOST_HEATMAPS:
            yield Text(
                bilingual(
                    f"{count} heatmaps are not shown: name a few tasks with --tasks, or write a page with --html FILE.",
                    f"共 {count} 幅热力图，未显示：请用 --tasks 指定少数任务，或用 --html FILE 输出网页。",
                ),
                style="dim",
            )
            return
        columns = max(1, (options.max_width - DEPTH_WIDTH) // CELL_WIDTH)
        for part in heatmap_parts(self._run, columns):
            yield _view(part)
        yield Text(heatmap_note(), style="dim")


def _view(part: Part) -> RenderableType:
    return Group(*_lines(part))


def _lines(part: Part) -> Iterator[RenderableType]:
    if part.title:
        yield inert_text(part.title, "bold")
    if part.headings:
        table = PlainTable(box=None, header_style="bold", pad_edge=False, padding=(0, 2, 0, 0))
        for index, heading in enumerate(part.headings):
            table.add_column(inert(heading), justify="left" if index < part.left else "right", overflow="fold")
        for row in part.rows:
            table.add_row(*(_text(one) for one in row))
        yield table
    for note in part.notes:
        yield inert_text(note, "dim")
    yield Text()


def _text(one: Cell) -> Text:
    if one.ground is None:
        return inert_text("\n".join(one.lines))
    width = max(map(len, one.lines))
    # Padded, so that the ground of a cell is a rectangle.
    lines = (f"{inert(line):>{width}}" for line in one.lines)
    return Text("\n".join(lines), style=f"{one.ink} on {one.ground}")
