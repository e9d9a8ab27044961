"""``benchharness pareto``."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from benchharness.cli.options import AsJson
from benchharness.cli.output import console, print_json


class By(StrEnum):
    """What each table is of."""

    LANGUAGE = "language"
    TASK = "task"


def pareto(
    runs: Annotated[list[Path], typer.Argument(metavar="RUN…", help="Run folders, of the same questions.")],
    by: Annotated[By, typer.Option("--by", help="A table for each language, or for each task as well.")] = By.LANGUAGE,
    as_json: AsJson = False,
) -> None:
    """Show score against throughput over runs, and which none is better than in both."""
    from benchharness.report.pareto import pareto_view
    from benchharness.runs.comparable import read_runs
    from benchharness.runs.pareto import pareto_document

    document = pareto_document(read_runs(runs), by.value)
    if as_json:
        print_json(document)
    else:
        console().print(pareto_view(document))
