"""``benchharness lengths``."""

from pathlib import Path
from typing import Annotated

import typer

from benchharness.cli.options import AsJson, split_list
from benchharness.cli.output import console, messages, print_json

DEFAULT_THRESHOLD = 85.6


def lengths(
    runs: Annotated[list[Path], typer.Argument(metavar="RUN…", help="Run folders with long contexts.")],
    threshold: Annotated[
        float,
        typer.Option("--threshold", metavar="T", help="Score in per cent that an effective length must clear."),
    ] = DEFAULT_THRESHOLD,
    tasks: Annotated[str, typer.Option("--tasks", metavar="T[,T…]", help="Only these tasks of the runs.")] = "",
    html: Annotated[Path | None, typer.Option("--html", metavar="FILE", help="Also write a page with it all.")] = None,
    as_json: AsJson = False,
) -> None:
    """Show up to which length a model reads: effective lengths, the gap between languages, positions, costs."""
    from benchharness.errors import InputError, bilingual
    from benchharness.report.inert import inert
    from benchharness.report.long_context import lengths_view
    from benchharness.report.long_context_html import write_page
    from benchharness.runs.long_context.document import lengths_document
    from benchharness.runs.long_context.points import read_run

    if not 0 < threshold < 100:
        raise InputError(
            en=f"--threshold {threshold:g}: expected per cent, above 0 and below 100, such as 85.6.",
            zh=f"--threshold {threshold:g}：应为大于 0 且小于 100 的百分数，如 85.6。",
        )
    read = [read_run(path).only(split_list(tasks)) for path in runs]
    document = lengths_document(read, threshold / 100)
    if html is not None:
        write_page(html, document)
        messages().print(bilingual(f"Wrote {inert(str(html))}", f"已写入 {inert(str(html))}"), markup=False)
    if as_json:
        print_json(document)
    else:
        console().print(lengths_view(document))
