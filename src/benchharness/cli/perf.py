"""``benchharness perf``."""

from contextlib import ExitStack, closing
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from benchharness.cli.options import (
    MACHINE,
    AsJson,
    BackendName,
    BackendOption,
    BaseUrl,
    BatchTokens,
    Budget,
    Device,
    Dtype,
    Model,
    Revision,
    Serve,
    TrustRemoteCode,
    choose_backend,
    parse_pairs,
)
from benchharness.cli.output import console, messages, print_json
from benchharness.errors import InputError, bilingual

if TYPE_CHECKING:
    # What these modules import is heavy, and `--help` needs none of it.
    from collections.abc import Sequence

    from benchharness.cli.perf_sides import Side
    from benchharness.hardware.peaks import DevicePeaks
    from benchharness.perf.request import PerfRequest

LOAD = "Options: load"
COMPARISON = "Options: comparison"


def perf(
    model: Model,
    grid: Annotated[
        str,
        typer.Option("--grid", metavar="INxOUT[,…]", help="Tokens of prompts and answers.", rich_help_panel=LOAD),
    ] = "512x128",
    scenario: Annotated[
        str | None,
        typer.Option(
            "--scenario",
            metavar="S[,S…]",
            help="offline, single, concurrency, server; offline and single, and those whose numbers are given.",
            rich_help_panel=LOAD,
        ),
    ] = None,
    concurrency: Annotated[
        str | None,
        typer.Option("--concurrency", metavar="1,2,4,8", help="Requests at a time.", rich_help_panel=LOAD),
    ] = None,
    rate: Annotated[
        str | None,
        typer.Option("--rate", metavar="0.5,1,2", help="Random arrivals a second.", rich_help_panel=LOAD),
    ] = None,
    burstiness: Annotated[
        float,
        typer.Option(
            "--burstiness",
            min=0.01,
            metavar="B",
            help="1: Poisson arrivals; less: in bursts; more: evenly.",
            rich_help_panel=LOAD,
        ),
    ] = 1.0,
    slo: Annotated[
        str | None,
        typer.Option(
            "--slo",
            metavar="ttft=2000,tpot=200",
            help="What goodput keeps, in ms; or a preset such as mlperf:llama2-70b.",
            rich_help_panel=LOAD,
        ),
    ] = None,
    text: Annotated[
        str,
        typer.Option("--text", metavar="random,zh,en", help="What prompts are made of.", rich_help_panel=LOAD),
    ] = "random",
    repeats: Annotated[
        int, typer.Option("--repeats", min=1, metavar="N", help="Passes after the warm-up.", rich_help_panel=LOAD)
    ] = 3,
    requests: Annotated[
        int | None, typer.Option("--requests", min=1, metavar="N", help="Requests of a pass.", rich_help_panel=LOAD)
    ] = None,
    seconds: Annotated[
        float,
        typer.Option("--seconds", min=0, metavar="S", help="A pass takes at least so long.", rich_help_panel=LOAD),
    ] = 0.0,
    seed: Annotated[
        int, typer.Option("--seed", metavar="N", help="Draws prompts and arrivals.", rich_help_panel=LOAD)
    ] = 0,
    compare_model: Annotated[
        str | None,
        typer.Option("--compare", metavar="M", help="Another model, measured in turns.", rich_help_panel=COMPARISON),
    ] = None,
    compare_backend: Annotated[
        str | None,
        typer.Option("--compare-backend", metavar="B", help="Another backend.", rich_help_panel=COMPARISON),
    ] = None,
    compare_option: Annotated[
        list[str] | None,
        typer.Option(
            "--compare-option",
            metavar="KEY=VALUE",
            help="Another setting: an option of the backend, or dtype, device, batch_tokens, prefix_reuse.",
            rich_help_panel=COMPARISON,
        ),
    ] = None,
    backend: BackendName = None,
    base_url: BaseUrl = None,
    serve: Serve = None,
    budget: Budget = None,
    device: Device = "auto",
    dtype: Dtype = "auto",
    batch_tokens: BatchTokens = None,
    prefix_reuse: Annotated[
        bool | None,
        typer.Option(
            "--prefix-reuse/--no-prefix-reuse",
            help="Off by default where an engine keeps prefixes from one request to the next.",
            rich_help_panel=MACHINE,
        ),
    ] = None,
    option: BackendOption = None,
    peaks: Annotated[
        Path | None,
        typer.Option(
            "--peaks", metavar="FILE", help="YAML with peaks of devices, for the roofline.", rich_help_panel=MACHINE
        ),
    ] = None,
    revision: Revision = None,
    trust_remote_code: TrustRemoteCode = False,
    output: Annotated[
        Path | None, typer.Option("--output", metavar="FILE", help="Write the JSON there, after each cell.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Measure speed, memory and energy under a stated load: fixed lengths, unique prompts, warm-up, repeats."""
    from benchharness.backends.base import BackendOptions
    from benchharness.cli.perf_sides import KEEP_PREFIXES, Side, other_side
    from benchharness.perf.ceiling import peaks_at_hand
    from benchharness.perf.flags import parse_grid, parse_texts, read_loads
    from benchharness.perf.request import PerfRequest
    from benchharness.perf.slo import parse_slo

    request = PerfRequest(
        grid=parse_grid(grid),
        **read_loads(scenario, concurrency, rate),
        burstiness=burstiness,
        slo=None if slo is None else parse_slo(slo),
        texts=parse_texts(text),
        repeats=repeats,
        requests=requests,
        seconds=seconds,
        seed=seed,
    )
    if output is not None:
        check_output(output)
    name = choose_backend(backend, base_url, serve)
    options = BackendOptions(
        device=device,
        dtype=dtype,
        batch_tokens=batch_tokens,
        prefix_reuse=name not in KEEP_PREFIXES if prefix_reuse is None else prefix_reuse,
        trust_remote_code=trust_remote_code,
        base_url=base_url,
        serve=serve,
        budget=budget,
        extra=parse_pairs(option or []),
    )
    first = Side(model, name, revision, options)
    sides = [first]
    if compare_model is not None or compare_backend is not None or compare_option:
        sides.append(other_side(first, compare_model, compare_backend, parse_pairs(compare_option or [])))
    ceiling = peaks_at_hand(peaks) if peaks is not None else None
    carry_out(sides, request, ceiling, output=output, as_json=as_json)


def check_output(path: Path) -> None:
    """Find out before minutes are spent.

    Raises:
        InputError: if no file can be written there.
    """
    if path.is_dir() or not path.absolute().parent.is_dir():
        raise InputError(
            en=f"--output {path}: expected a file in a directory that exists.",
            zh=f"--output {path}：应为已有目录中的文件路径。",
        )


def carry_out(
    sides: "Sequence[Side]", request: "PerfRequest", peaks: "DevicePeaks | None", *, output: Path | None, as_json: bool
) -> None:
    """Measure one side, or compare two, and print what came of it. If it breaks off, what was measured is shown."""
    from benchharness.cli.perf_sides import make
    from benchharness.perf.compare import compare
    from benchharness.perf.measure import measure
    from benchharness.report.perf_progress import PerfProgress
    from benchharness.runs.folder import write_json

    kept: dict[str, Any] = {}

    def keep(document: dict[str, Any]) -> None:
        kept.update(document)
        if output is not None:
            write_json(output, document)

    with ExitStack() as stack:
        made = [make(side, request) for side in sides]
        for backend, _ in made:
            stack.enter_context(closing(backend))
        try:
            with PerfProgress(messages(), keep) as progress:
                if len(made) == 1:
                    [(backend, config)] = made
                    measure(backend, request, peaks=peaks, config=config, listener=progress, model=sides[0].model)
                else:
                    (first, first_config), (second, second_config) = made
                    compare(
                        first,
                        second,
                        request,
                        models=(sides[0].model, sides[1].model),
                        peaks=peaks,
                        configs=(first_config, second_config),
                        listener=progress,
                    )
        finally:
            if kept:
                show(kept, output, as_json=as_json)


def show(document: dict[str, Any], output: Path | None, *, as_json: bool) -> None:
    """Print a document."""
    from benchharness.report.perf import perf_view
    from benchharness.report.perf_comparison import comparison_view

    if as_json:
        print_json(document)
    else:
        console().print(comparison_view(document) if "ratios" in document else perf_view(document))
    if output is not None:
        messages().print(bilingual(f"Written to {output}", f"已写入 {output}"), soft_wrap=True, markup=False)
