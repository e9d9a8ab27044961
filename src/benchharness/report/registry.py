"""Models and tasks of the registry, as tables."""

from collections.abc import Mapping, Sequence
from typing import Any

from rich.console import RenderableType

from benchharness.errors import interface_language
from benchharness.records import Language
from benchharness.registry.catalogue import TaskFile
from benchharness.registry.models import ModelSpec
from benchharness.registry.suites import SuiteSpec
from benchharness.registry.tasks import TaskSpec
from benchharness.report.cells import PlainTable, plain_table

NUMBERS = ("parameters", "context")


def models_view(models: Sequence[ModelSpec]) -> RenderableType:
    """Return models as a table; what is not known is left empty."""
    table = plain_table("name", "origin", "parameters", "context", "kind", "thinking", "released", right=NUMBERS)
    table.columns[0].no_wrap = True
    for spec in models:
        table.add_row(
            spec.name,
            spec.origin or "",
            _parameters(spec),
            _context(spec),
            spec.kind or "",
            spec.thinking or "",
            spec.released or "",
        )
    return table


def _context(spec: ModelSpec) -> str:
    if spec.context_length is None:
        return ""
    return f"{spec.context_length // 1024}K" if spec.context_length % 1024 == 0 else f"{spec.context_length:,}"


def _parameters(spec: ModelSpec) -> str:
    if spec.parameters is None:
        return ""
    active = "" if spec.active_parameters is None else f" (A{_billions(spec.active_parameters)})"
    return f"{_billions(spec.parameters)}{active}"


def _billions(count: float) -> str:
    return f"{count / 1e9:.3g}B" if count >= 1e9 else f"{count / 1e6:.3g}M"


def facts_view(facts: Mapping[str, Any]) -> RenderableType:
    """Return facts one a line; nested ones as they are written in YAML."""
    table = PlainTable(box=None, show_header=False, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column(style="bold")
    table.add_column(overflow="fold")
    for key, value in facts.items():
        if value not in (None, [], {}, ""):
            table.add_row(key, _plain(value))
    return table


def _plain(value: Any) -> str:
    if isinstance(value, dict):
        return "\n".join(f"{key}: {inner}" for key, inner in value.items())
    if isinstance(value, list | tuple):
        return ", ".join(str(inner) for inner in value)
    return str(value)


def tasks_view(files: Sequence[TaskFile]) -> RenderableType:
    """Return tasks as a table."""
    table = plain_table("name", "title", "languages", "request", "subsets", "source", "licence", right=("subsets",))
    for file in files:
        spec = file.spec
        table.add_row(
            spec.name,
            title_of(spec.title),
            ", ".join(spec.languages),
            spec.request.value,
            str(len(spec.subsets) or ""),
            _source(spec),
            spec.licence,
        )
    return table


def suites_view(suites: Sequence[SuiteSpec]) -> RenderableType:
    """Return suites as a table."""
    table = plain_table("suites", "title", "task")
    for suite in suites:
        table.add_row(suite.name, title_of(suite.title), ", ".join(suite.all_tasks()))
    return table


def title_of(title: Mapping[Language, str]) -> str:
    """Return a title in the interface language, or in the other if it has only that."""
    return title.get(Language(interface_language())) or next(iter(title.values()))


def _source(spec: TaskSpec) -> str:
    source = spec.source
    named = {"jsonl": source.path, "hub": source.dataset, "generator": source.generator}[source.kind]
    return named if isinstance(named, str) else ", ".join((named or {}).values())
