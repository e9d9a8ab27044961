"""``run --with-perf``: controlled throughput measured on the engine that has just answered, into the same record."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple, TypeAlias

import typer

from benchharness.cli.output import messages
from benchharness.errors import InputError

if TYPE_CHECKING:
    # What these modules import is heavy, and `--help` needs none of it.
    from benchharness.perf.request import PerfRequest
    from benchharness.records import Language
    from benchharness.runs.folder import RunFolder
    from benchharness.runs.run import PreparedRun

PERF = "Options: controlled throughput"
GRID = "128x32"
REPEATS = 3

WithPerf: TypeAlias = Annotated[
    bool,
    typer.Option(
        "--with-perf",
        help="Also measure throughput with fixed lengths, warm-up and repeats, on the same engine.",
        rich_help_panel=PERF,
    ),
]
PerfGrid: TypeAlias = Annotated[
    str | None,
    typer.Option(
        "--perf-grid",
        metavar="INxOUT[,…]",
        help=f"Tokens of prompts and answers; {GRID} by default.",
        rich_help_panel=PERF,
    ),
]
PerfRepeats: TypeAlias = Annotated[
    int | None,
    typer.Option(
        "--perf-repeats", min=1, metavar="N", help=f"Passes after the warm-up; {REPEATS} by default.",
        rich_help_panel=PERF,
    ),
]  # fmt: skip


def perf_request(
    wanted: bool, grid: str | None, repeats: int | None, languages: "Sequence[Language]", seed: int
) -> "PerfRequest | None":
    """Return what is to be measured beside a run: random ids, and text in its languages; ``None`` if nothing is.

    Raises:
        InputError: if the grid is wrong, or there are settings of a measurement that is not wanted.
    """
    if not wanted:
        for flag, value in (("--perf-grid", grid), ("--perf-repeats", repeats)):
            if value is not None:
                raise InputError(en=f"{flag} needs --with-perf.", zh=f"{flag} 需要与 --with-perf 同时使用。")
        return None
    from benchharness.perf.flags import parse_grid
    from benchharness.perf.request import PerfRequest, TextKind

    return PerfRequest(
        grid=parse_grid(grid if grid is not None else GRID, "--perf-grid"),
        texts=(TextKind.RANDOM, *(TextKind(language.value) for language in languages)),
        repeats=REPEATS if repeats is None else repeats,
        seed=seed,
    )


class Measurement(NamedTuple):
    """What is measured beside a run.

    Attributes:
        request: lengths, texts, repeats.
        config: the model's ``config.json``, for the roofline; ``None`` where its files are elsewhere.
    """

    request: "PerfRequest"
    config: Mapping[str, Any] | None


def settle_perf(prepared: "PreparedRun", request: "PerfRequest", *, has_files: bool) -> Measurement:
    """Return what is measured beside a run, checked before anything is asked.

    Args:
        prepared: the run.
        request: what to measure.
        has_files: whether the files of the model are on this machine.

    Raises:
        InputError: saying what the backend cannot be measured for.
    """
    from benchharness.backends.transformers.weights import read_config
    from benchharness.perf.checks import check_request

    check_request(prepared.backend, request)
    return Measurement(request, read_config(prepared.request.model) if has_files else None)


def add_perf(prepared: "PreparedRun", folder: "RunFolder", measurement: Measurement) -> dict[str, Any]:
    """Measure on the backend of a run, write ``perf.json`` beside its scores, and return the summary with it.

    The journal is not touched. What was measured before something failed is kept.

    Raises:
        BenchharnessError: whatever the backend raises.
    """
    from benchharness.perf.measure import measure
    from benchharness.report.perf_progress import PerfProgress
    from benchharness.runs.folder import write_json
    from benchharness.runs.sessions import read_sessions
    from benchharness.runs.summary import summarise

    with folder.locked():
        with PerfProgress(messages(), lambda document: write_json(folder.perf, document)) as progress:
            measure(
                prepared.backend,
                measurement.request,
                config=measurement.config,
                listener=progress,
                model=prepared.request.model.spec.name,
            )
        return summarise(folder, read_sessions(folder))
