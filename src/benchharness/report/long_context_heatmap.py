"""Heatmaps of score by length and depth: each cell says its number of items and its interval."""

from collections.abc import Iterator, Mapping
from typing import Any

from benchharness.errors import bilingual
from benchharness.report.cells import percent
from benchharness.report.labels import label
from benchharness.report.long_context_parts import Cell, Part, arm_name, cell

Row = Mapping[str, Any]

STEPS = (
    (0.95, "#fde725", "#000000"),
    (0.856, "#a5d838", "#000000"),
    (0.7, "#4ec36b", "#000000"),
    (0.5, "#28a9a0", "#000000"),
    (0.3, "#31688e", "#ffffff"),
    (0.1, "#443983", "#ffffff"),
    (0.0, "#440154", "#ffffff"),
)
"""From which score on a cell has which ground and ink: a scale that people who do not tell red from green can read."""


def heatmap_parts(run: Row, columns: int | None = None) -> Iterator[Part]:
    """Yield the heatmap of each task, arm and language.

    Args:
        run: of a document of ``runs.long_context.document``.
        columns: most lengths beside each other; the rest goes below. ``None`` for no limit.
    """
    totals = {(row["task"], row["arm"], row["language"]): row["lengths"] for row in run["lengths"]}
    for heatmap in run["heatmaps"]:
        whole = {row["length"]: row for row in totals[heatmap["task"], heatmap["arm"], heatmap["language"]]}
        title = " · ".join((heatmap["task"], arm_name(heatmap["arm"]), label(heatmap["language"])))
        step = columns or len(heatmap["lengths"])
        for start in range(0, len(heatmap["lengths"]), step):
            yield _part("" if start else title, heatmap, heatmap["lengths"][start : start + step], whole)


def heatmap_note() -> str:
    """Return how to read a heatmap."""
    return bilingual(
        "A cell: score in per cent, its 95 % interval, number of items. Empty: not asked. Depth: the share of the text"
        " before the evidence; – where it stands in several places or in none.",
        "格内依次为得分（%）、95% 区间、题数；空格表示未提问。深度为证据之前文本所占的比例；“–”表示证据分散在多处，"
        "或文中没有证据。",
    )


def _part(title: str, heatmap: Row, lengths: list[Row], whole: Mapping[int, Row]) -> Part:
    known = {(one["length"], one["depth"]): one for one in heatmap["cells"]}
    rows = [
        (
            cell("–" if depth is None else f"{depth:.3g}"),
            *(_cell(known.get((length["length"], depth))) for length in lengths),
        )
        for depth in heatmap["depths"]
    ]
    rows.append((cell(bilingual("all", "总计")), *(_cell(whole.get(length["length"])) for length in lengths)))
    headings = (bilingual("Depth", "深度"), *(length["label"] for length in lengths))
    return Part(title, headings, tuple(rows))


def _cell(found: Row | None) -> Cell:
    if found is None:
        return cell("")
    ground, ink = next((ground, ink) for least, ground, ink in STEPS if found["score"] >= least)
    low, high = (f"{100 * bound:.0f}" for bound in found["interval"])
    return Cell((percent(found["score"]), f"{low}–{high}", f"n {found['items']}"), ground, ink)
