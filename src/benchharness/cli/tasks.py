"""``benchharness tasks``."""

from pathlib import Path
from typing import Annotated

import typer

from benchharness.cli.options import (
    Arms,
    AsJson,
    DataRoot,
    Depths,
    GeneratorSeed,
    Haystack,
    parse_languages,
    parse_sweep,
    split_list,
)
from benchharness.cli.output import console, messages, print_json
from benchharness.errors import OfflineError, bilingual

tasks_app = typer.Typer(no_args_is_help=True, help="Show and check tasks.")


@tasks_app.command("list")
def list_tasks(as_json: AsJson = False) -> None:
    """List tasks and suites."""
    from benchharness.registry.catalogue import load_suites, load_tasks
    from benchharness.report.registry import suites_view, tasks_view

    tasks, suites = load_tasks(), load_suites()
    if as_json:
        print_json(
            {
                "tasks": [file.spec.model_dump(mode="json", exclude_defaults=True) for file in tasks.values()],
                "suites": [suite.model_dump(mode="json") for suite in suites.values()],
            }
        )
        return
    console().print(tasks_view(list(tasks.values())))
    console().print()
    console().print(suites_view(list(suites.values())))


@tasks_app.command("show")
def show_task(
    name: Annotated[str, typer.Argument(metavar="TASK", help="Task, TASK:SUBSET, or YAML file.")],
    languages: Annotated[str, typer.Option("--languages", metavar="zh,en", help="Languages to show.")] = "zh,en",
    shots: Annotated[int | None, typer.Option("--shots", min=0, metavar="N", help="Worked examples.")] = None,
    data_root: DataRoot = None,
    as_json: AsJson = False,
) -> None:
    """Show a task: how it is declared, and what its first item looks like in each language."""
    from benchharness.registry.catalogue import select_task
    from benchharness.report.registry import facts_view
    from benchharness.report.tasks import preview_document, preview_view
    from benchharness.runs.preview import Preview, preview_task

    selection = select_task(name)
    spec = selection.spec.model_dump(mode="json", exclude_defaults=True)
    previews: list[Preview] = []
    try:
        previews = preview_task(selection, parse_languages(languages), shots=shots, data_root=data_root)
    except OfflineError as error:
        messages().print(str(error), style="yellow", markup=False)
    if as_json:
        print_json({"task": spec, "previews": [preview_document(preview) for preview in previews]})
        return
    # The prompt is shown below, filled in.
    facts = {key: value for key, value in spec.items() if key != "prompt"}
    console().print(facts_view({**facts, "subsets": list(selection.spec.subsets)}))
    for preview in previews:
        console().print(preview_view(preview))


@tasks_app.command("validate")
def validate_tasks(
    names: Annotated[
        list[str] | None, typer.Argument(metavar="[TASK]…", help="Tasks or YAML files; all tasks by default.")
    ] = None,
    suite: Annotated[str | None, typer.Option("--suite", metavar="S", help="The tasks of a suite.")] = None,
    model: Annotated[
        str | None, typer.Option("--model", metavar="M", help="Check option tokens with its tokenizer, too.")
    ] = None,
    generator_seed: GeneratorSeed = None,
    data_root: DataRoot = None,
    as_json: AsJson = False,
) -> None:
    """Check tasks: YAML, data, prompts, pairs and option balance. Exits with 1 if anything is wrong."""
    from benchharness.backends.base import BackendOptions
    from benchharness.backends.registry import create_backend
    from benchharness.registry.catalogue import drawn_with, find_suite, load_tasks, select_task
    from benchharness.registry.models import resolve_model
    from benchharness.report.tasks import validation_document, validation_view
    from benchharness.runs.validate import validate_task

    chosen = [part for name in names or [] for part in split_list(name)]
    if suite is not None:
        chosen.extend(find_suite(suite).all_tasks())
    everything = not chosen
    tokenizer = None
    if model is not None:
        tokenizer = create_backend("transformers", resolve_model(model), BackendOptions()).tokenizer
    reports = [
        validate_task(
            drawn_with(select_task(name), generator_seed),
            data_root=data_root,
            tokenizer=tokenizer,
            data_is_optional=everything,
        )
        for name in chosen or load_tasks()
    ]
    if as_json:
        print_json([validation_document(report) for report in reports])
    else:
        console().print(validation_view(reports))
    problems = sum(len(report.problems) for report in reports)
    if problems:
        if not as_json:
            console().print(bilingual(f"{problems} problems.", f"共有 {problems} 处问题。"))
        raise typer.Exit(1)


@tasks_app.command("build")
def build_task(
    name: Annotated[str, typer.Argument(metavar="TASK", help="A task with long contexts, TASK:SUBSET, or YAML file.")],
    tokenizer: Annotated[
        str,
        typer.Option("--tokenizer", metavar="T", help="Registered model, hub id, directory, or bytes."),
    ],
    lengths: Annotated[str, typer.Option("--length", "--lengths", metavar="L[,L…]", help="Such as 8K or 20万.")],
    output: Annotated[Path, typer.Option("--output", metavar="FILE", help="JSON Lines; - for standard output.")],
    languages: Annotated[str, typer.Option("--language", "--languages", metavar="zh,en", help="Languages.")] = "zh,en",
    items: Annotated[int, typer.Option("--items", min=1, metavar="N", help="Of each length and language.")] = 10,
    arms: Arms = "tokens",
    depths: Depths = None,
    haystack: Haystack = None,
    template: Annotated[
        str, typer.Option("--template", metavar="chat|plain|auto", help="auto: the chat template if there is one.")
    ] = "auto",
    generator_seed: GeneratorSeed = None,
    data_root: DataRoot = None,
) -> None:
    """Write the items of a task with long contexts, a JSON line each: prompt, lengths, facts, depths and answer."""
    from benchharness.registry.catalogue import drawn_with, select_task
    from benchharness.runs.build import BuildRequest, write_items

    request = BuildRequest(
        selection=drawn_with(select_task(name), generator_seed),
        languages=parse_languages(languages),
        sweep=parse_sweep(lengths, arms, depths, haystack),
        tokenizer=tokenizer,
        template=template,
        items=items,
        data_root=data_root,
    )
    written = write_items(request, output)
    messages().print(bilingual(f"{written} items in {output}.", f"已将 {written} 道题写入 {output}。"), markup=False)
