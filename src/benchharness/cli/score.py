"""``benchharness score``."""

from pathlib import Path
from typing import Annotated

import typer

from benchharness.cli.options import AsJson, split_list
from benchharness.cli.output import console, print_json


def score(
    run: Annotated[Path, typer.Argument(metavar="RUN", help="Run folder.")],
    tasks: Annotated[
        str,
        typer.Option("--tasks", metavar="FILE[,FILE…]", help="YAML files of tasks that do not come with benchharness."),
    ] = "",
    as_json: AsJson = False,
) -> None:
    """Mark a run again, without a model: with the scorers as they are now in tasks/ and in the code."""
    from benchharness.registry.catalogue import load_tasks, select_task
    from benchharness.report.tables import summary_view
    from benchharness.runs.folder import existing_run
    from benchharness.runs.run import rescore

    folder = existing_run(run)
    shipped = {name: file.spec for name, file in load_tasks().items()}
    given = [select_task(name).spec for name in split_list(tasks)]
    summary = rescore(folder, shipped, {spec.name: spec for spec in given})
    if as_json:
        print_json(summary)
    else:
        console().print(summary_view(summary, folder.path))
