"""The one or the two sides of ``benchharness perf``: which model, on what, set how."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from benchharness.backends.base import Backend, BackendOptions
from benchharness.backends.registry import create_backend, find_backend
from benchharness.backends.transformers.weights import read_config
from benchharness.errors import InputError
from benchharness.perf.request import PerfRequest, Scenario
from benchharness.registry.models import resolve_model

KEEP_PREFIXES = ("vllm", "openai")
"""Backends that keep what prompts begin with from one request to the next. Reuse is off for them unless it is asked
for; transformers shares only among requests that it has at hand, and without reuse takes another path, its reference.
"""

MOST_AT_ONCE = 1024
"""Requests at a server at once where the load sets no bound."""


@dataclass(frozen=True, slots=True)
class Side:
    """What the command line says of one side.

    Attributes:
        model: name, hub id or directory.
        backend: name of the backend.
        revision: on the hub.
        options: of the backend.
    """

    model: str
    backend: str
    revision: str | None
    options: BackendOptions


def other_side(first: Side, model: str | None, backend: str | None, settings: Mapping[str, str]) -> Side:
    """Return what is compared with ``first``: all that is not said otherwise is the same.

    Args:
        first: the first side.
        model: another model.
        backend: another backend.
        settings: ``dtype``, ``device``, ``batch_tokens`` and ``prefix_reuse``, and options of the backend alone.

    Raises:
        InputError: if nothing is different, or a value is wrong.
    """
    left = dict(settings)
    changes: dict[str, Any] = {
        name: _read(name, left.pop(name), read) for name, read in _GENERAL.items() if name in settings
    }
    # Options of one backend say nothing to another.
    extra = first.options.extra if backend in (None, first.backend) else {}
    options = replace(first.options, extra={**extra, **left}, **changes)
    other = replace(first, model=model or first.model, backend=backend or first.backend, options=options)
    if model is not None and model != first.model:
        other = replace(other, revision=None)
    if other == first:
        raise InputError(
            en="Nothing to compare: both sides are the same. Name another model with --compare, another"
            " --compare-backend, or another setting with --compare-option.",
            zh="两侧完全相同，无从比较。请用 --compare 指定另一模型，用 --compare-backend 指定另一后端，"
            "或用 --compare-option 指定不同的设置。",
        )
    return other


def _on_off(value: str) -> bool:
    return {"on": True, "off": False}[value]


def _count(value: str) -> int:
    if not (value.isascii() and value.isdigit() and int(value)):
        raise ValueError(value)
    return int(value)


_GENERAL: Mapping[str, Callable[[str], Any]] = {
    "dtype": str,
    "device": str,
    "batch_tokens": _count,
    "prefix_reuse": _on_off,
}


def _read(name: str, value: str, read: Callable[[str], Any]) -> Any:
    try:
        return read(value)
    except (KeyError, ValueError) as error:
        expected = {"batch_tokens": ("a number above 0", "大于 0 的整数"), "prefix_reuse": ("on or off", "on 或 off")}
        en, zh = expected[name]
        raise InputError(
            en=f"--compare-option {name}={value}: expected {en}.", zh=f"--compare-option {name}={value}：应为 {zh}。"
        ) from error


def make(side: Side, request: PerfRequest) -> tuple[Backend, Mapping[str, Any] | None]:
    """Return the backend of a side, not loaded, and its model's ``config.json`` where that is on this machine.

    Raises:
        BenchharnessError: if the model, the backend or an option is wrong.
    """
    # A server that is started here reads the files of the model.
    has_files = side.options.serve is not None or find_backend(side.backend).reads_model_files
    reference = resolve_model(side.model, side.revision, any_name=not has_files)
    options = side.options
    if side.backend == "openai":
        options = replace(options, extra={**_asking(request), **options.extra})
    backend = create_backend(side.backend, reference, options)
    return backend, read_config(reference) if has_files else None


def _asking(request: PerfRequest) -> dict[str, str]:
    """Return how a server is asked, unless the user says otherwise: as the load has it, and not as the server likes."""
    unbounded = {Scenario.OFFLINE, Scenario.SERVER} & set(request.scenarios)
    most = MOST_AT_ONCE if unbounded else max([1, *request.concurrency])
    return {"adaptive": "off", "concurrency": str(most)}
