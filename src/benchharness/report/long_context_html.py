"""What runs say about long contexts, as one HTML page that needs nothing else."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from benchharness.errors import InputError, bilingual, interface_language
from benchharness.report.inert import inert
from benchharness.report.long_context_costs import costs_part, fill_part
from benchharness.report.long_context_heatmap import heatmap_note, heatmap_parts
from benchharness.report.long_context_parts import gaps_part, lengths_part, positions_part

TEMPLATE = "long_context.html.j2"


def lengths_page(document: Mapping[str, Any]) -> str:
    """Return the page of a document of ``runs.long_context.document.lengths_document``."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )
    environment.filters["inert"] = inert
    return environment.get_template(TEMPLATE).render(
        title=bilingual("Long context", "长上下文"),
        language=interface_language(),
        heatmaps=bilingual("Score by length and depth", "各长度与深度的得分"),
        heatmap_note=heatmap_note(),
        runs=[_run(run) for run in document["runs"]],
    )


def write_page(path: Path, document: Mapping[str, Any]) -> None:
    """Write the page.

    Raises:
        InputError: if it cannot be written.
    """
    page = lengths_page(document)
    try:
        path.write_text(page, encoding="utf-8")
    except OSError as error:
        raise InputError(
            en=f"--html {path}: cannot write this file: {error.strerror}.",
            zh=f"--html {path}：无法写入该文件：{error.strerror}。",
        ) from error


def _run(run: Mapping[str, Any]) -> dict[str, Any]:
    parts = [lengths_part(run), gaps_part(run), positions_part(run), costs_part(run), fill_part(run)]
    return {
        "model": run["model"],
        "path": run["path"],
        "asked": bilingual(f"{run['items']} items", f"{run['items']} 题"),
        "parts": [part for part in parts if part is not None],
        "heatmaps": list(heatmap_parts(run)),
    }
