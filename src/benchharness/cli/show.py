"""``benchharness show``."""

from pathlib import Path
from typing import Annotated

import typer

from benchharness.cli.options import AsJson
from benchharness.cli.output import console, print_json


def show(
    run: Annotated[Path, typer.Argument(metavar="RUN", help="Run folder.")],
    samples: Annotated[
        int, typer.Option("--samples", min=0, metavar="N", help="Also show N samples of each task and language.")
    ] = 0,
    wrong: Annotated[bool, typer.Option("--wrong", help="Of the samples, only those that did not score.")] = False,
    as_json: AsJson = False,
) -> None:
    """Show the summary of a run, by category, and samples with what was read in them."""
    from benchharness.report.samples import pick_samples, samples_view
    from benchharness.report.tables import summary_view
    from benchharness.runs.folder import existing_run
    from benchharness.runs.summary import read_summary

    folder = existing_run(run)
    summary = read_summary(folder)
    chosen = pick_samples(folder.samples, samples, only_wrong=wrong) if samples else []
    if as_json:
        print_json({**summary, "samples": chosen} if samples else summary)
        return
    console().print(summary_view(summary, folder.path, categories=True))
    if chosen:
        console().print(samples_view(chosen))
