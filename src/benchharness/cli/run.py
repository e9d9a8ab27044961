"""``benchharness run``."""

from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from benchharness.cli.options import AsJson, DataRoot, GeneratorSeed, Output, parse_languages, parse_pairs, split_list
from benchharness.cli.output import console, messages, print_json
from benchharness.errors import InputError

if TYPE_CHECKING:
    # What these modules import is heavy, and `--help` needs none of it.
    from collections.abc import Sequence

    from benchharness.records import Language
    from benchharness.registry.catalogue import TaskSelection
    from benchharness.registry.protocols import ProtocolSpec
    from benchharness.registry.suites import SuiteSpec
    from benchharness.runs.run import PreparedRun

MODEL = "Options: model"
QUESTIONS = "Options: questions"
MACHINE = "Options: machine"


def run(
    model: Annotated[
        str,
        typer.Option(
            "--model", metavar="M", help="Registered name, hub id, or local directory.", rich_help_panel=MODEL
        ),
    ],
    tasks: Annotated[
        str,
        typer.Option("--tasks", metavar="T[,T…]", help="Tasks, TASK:SUBSET, or YAML files.", rich_help_panel=QUESTIONS),
    ] = "",
    suite: Annotated[
        str | None, typer.Option("--suite", metavar="S", help="A named list of tasks.", rich_help_panel=QUESTIONS)
    ] = None,
    languages: Annotated[
        str, typer.Option("--languages", metavar="zh,en", help="Languages to ask in.", rich_help_panel=QUESTIONS)
    ] = "zh,en",
    limit: Annotated[
        int | None,
        typer.Option(
            "--limit", min=1, metavar="N", help="Most items per task, language and subset.", rich_help_panel=QUESTIONS
        ),
    ] = None,
    seed: Annotated[
        int, typer.Option("--seed", metavar="N", help="Draws items and samples.", rich_help_panel=QUESTIONS)
    ] = 0,
    generator_seed: GeneratorSeed = None,
    protocol: Annotated[
        str, typer.Option("--protocol", metavar="P", help="Preset of how questions are put.", rich_help_panel=QUESTIONS)
    ] = "default",
    template: Annotated[
        str | None,
        typer.Option(
            "--template", metavar="chat|plain|auto", help="Overrides the protocol.", rich_help_panel=QUESTIONS
        ),
    ] = None,
    shots: Annotated[
        int | None,
        typer.Option("--shots", min=0, metavar="N", help="Overrides task and protocol.", rich_help_panel=QUESTIONS),
    ] = None,
    thinking: Annotated[
        str | None,
        typer.Option("--thinking", metavar="on|off", help="Overrides the protocol.", rich_help_panel=QUESTIONS),
    ] = None,
    backend: Annotated[
        str, typer.Option("--backend", metavar="B", help="What runs the model.", rich_help_panel=MACHINE)
    ] = "transformers",
    device: Annotated[
        str,
        typer.Option(
            "--device",
            metavar="D[,D…]",
            help="auto, cpu, cuda, cuda:1, …; a list or all GPUs, with a worker each; balanced: one model over all.",
            rich_help_panel=MACHINE,
        ),
    ] = "auto",
    dtype: Annotated[
        str,
        typer.Option("--dtype", metavar="T", help="auto, float32, bfloat16 or float16.", rich_help_panel=MACHINE),
    ] = "auto",
    batch_tokens: Annotated[
        int | None,
        typer.Option("--batch-tokens", min=1, metavar="N", help="Most tokens of a batch.", rich_help_panel=MACHINE),
    ] = None,
    prefix_reuse: Annotated[
        bool,
        typer.Option(
            "--prefix-reuse/--no-prefix-reuse",
            help="Compute what prompts begin with once; without, read each whole, as a reference.",
            rich_help_panel=MACHINE,
        ),
    ] = True,
    option: Annotated[
        list[str] | None,
        typer.Option("--option", metavar="KEY=VALUE", help="An option of the backend alone.", rich_help_panel=MACHINE),
    ] = None,
    revision: Annotated[
        str | None, typer.Option("--revision", metavar="R", help="Revision on the hub.", rich_help_panel=MODEL)
    ] = None,
    trust_remote_code: Annotated[
        bool,
        typer.Option("--trust-remote-code", help="Let Python code of the model run.", rich_help_panel=MODEL),
    ] = False,
    output: Output = None,
    data_root: DataRoot = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show the plan and its token counts; ask nothing.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Ask a model a list of tasks, and record scores and throughput. The same command resumes a run."""
    from benchharness.backends.base import BackendOptions
    from benchharness.backends.registry import create_backend, find_backend
    from benchharness.registry.catalogue import drawn_with
    from benchharness.registry.models import resolve_model
    from benchharness.runs.run import RunRequest, prepare

    chosen_languages = parse_languages(languages)
    chosen_suite, selections = select(tasks, suite, chosen_languages)
    chosen_protocol = override(protocol, template=template, shots=shots, thinking=thinking)
    reference = resolve_model(model, revision, any_name=not find_backend(backend).reads_model_files)
    request = RunRequest(
        model=reference,
        selections=[drawn_with(selection, generator_seed) for selection in selections],
        protocol=chosen_protocol,
        languages=chosen_languages,
        suite=chosen_suite,
        limit=limit if limit is not None or chosen_suite is None else chosen_suite.limit,
        seed=seed,
        data_root=data_root,
        output=output,
    )
    options = BackendOptions(
        device=device,
        dtype=dtype,
        batch_tokens=batch_tokens,
        prefix_reuse=prefix_reuse,
        trust_remote_code=trust_remote_code,
        extra=parse_pairs(option or []),
    )
    prepared = prepare(request, lambda: create_backend(backend, reference, options))
    if dry_run:
        print_plan(prepared, prefix_reuse=prefix_reuse, as_json=as_json)
    else:
        carry_out(prepared, as_json=as_json)


def select(
    tasks: str, suite: str | None, languages: "Sequence[Language]"
) -> "tuple[SuiteSpec | None, list[TaskSelection]]":
    """Return the suite, if one is named, and the selected tasks.

    Of a suite, the tasks that ask in none of the ``languages`` are left out.

    Raises:
        InputError: if both or neither are named, or a name is not known.
    """
    from benchharness.registry.catalogue import find_suite, select_task

    if suite is not None and tasks:
        raise InputError(en="Name either --tasks or --suite, not both.", zh="--tasks 与 --suite 只能指定其一。")
    if suite is None:
        return None, [select_task(name) for name in split_list(tasks)]
    chosen = find_suite(suite)
    selections = [select_task(name) for name in chosen.all_tasks()]
    return chosen, [one for one in selections if set(one.spec.languages) & set(languages)]


def override(name: str, *, template: str | None, shots: int | None, thinking: str | None) -> "ProtocolSpec":
    """Return the protocol ``name`` with the settings given on the command line; its name then says so.

    Raises:
        InputError: if there is no such protocol, or a setting is wrong.
    """
    from benchharness.registry.documents import parse
    from benchharness.registry.protocols import ProtocolSpec, find_protocol

    given = {"template": template, "shots": shots, "thinking": thinking}
    changes = {key: value for key, value in given.items() if value is not None}
    base = find_protocol(name)
    if not changes:
        return base
    changed = "".join(f" {key}={value}" for key, value in changes.items())
    return parse(ProtocolSpec, {**base.model_dump(), **changes, "name": f"{name}{changed}"}, "--protocol")


def print_plan(prepared: "PreparedRun", *, prefix_reuse: bool, as_json: bool) -> None:
    """Print what a prepared run would ask, and what a backend that may reuse prefixes, or may not, would compute."""
    from benchharness.report.plan import plan_document, plan_view
    from benchharness.runs.run import make_plan
    from benchharness.runs.token_counts import count_tokens

    counts = count_tokens(make_plan(prepared, identity="dry run"), prefix_reuse=prefix_reuse)
    if as_json:
        print_json(plan_document(counts, prepared.conventions, prefix_reuse=prefix_reuse))
    else:
        console().print(plan_view(counts, prepared.conventions, prefix_reuse=prefix_reuse))


def carry_out(prepared: "PreparedRun", *, as_json: bool) -> Path:
    """Do a prepared run and print its summary. Returns the run folder."""
    from benchharness.report.progress import RunProgress
    from benchharness.report.tables import summary_view
    from benchharness.runs.run import execute_run

    with closing(prepared.backend), RunProgress(messages()) as progress:
        folder, summary = execute_run(prepared, progress)
    if as_json:
        print_json(summary)
    else:
        console().print(summary_view(summary, folder.path))
    return folder.path
