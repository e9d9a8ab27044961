"""Finding a backend by name. Entry points are read lazily: no backend's libraries load before it is used."""

from dataclasses import replace
from functools import partial
from importlib.metadata import EntryPoint, entry_points

from benchharness.backends.base import Backend, BackendEntry, BackendOptions
from benchharness.backends.parallel.backend import ParallelBackend
from benchharness.backends.parallel.devices import read_devices
from benchharness.errors import InputError, MissingDependencyError
from benchharness.registry.documents import did_you_mean
from benchharness.registry.models import ModelReference

GROUP = "benchharness.backends"


def installed_backends() -> dict[str, BackendEntry]:
    """Return all installed backends by name."""
    return {point.name: _load(point) for point in sorted(entry_points(group=GROUP), key=lambda point: point.name)}


def find_backend(name: str) -> BackendEntry:
    """Return the backend called ``name``.

    Raises:
        InputError: if there is none, with the names nearest to it.
    """
    points = {point.name: point for point in entry_points(group=GROUP)}
    if name not in points:
        hint_en, hint_zh = did_you_mean(name, points)
        names = ", ".join(sorted(points))
        raise InputError(
            en=f"--backend {name}: no such backend.{hint_en} There are: {names}.",
            zh=f"--backend {name}：没有这个后端。{hint_zh}可用的有：{names}。",
        )
    return _load(points[name])


def _load(point: EntryPoint) -> BackendEntry:
    entry = point.load()
    if not isinstance(entry, BackendEntry):
        raise InputError(
            en=f"The entry point {point.value} of the backend {point.name} is no BackendEntry; mend that package.",
            zh=f"后端 {point.name} 的入口点 {point.value} 不是 BackendEntry，请修正该软件包。",
        )
    return entry


def create_backend(name: str, model: ModelReference, options: BackendOptions) -> Backend:
    """Return the backend ``name`` for ``model``, not yet loaded: with a worker for each device if there are several.

    Raises:
        InputError: if there is no such backend, or no such device.
        MissingDependencyError: if a package it needs is not installed.
        BenchharnessError: whatever the backend finds wrong with the model or the options.
    """
    find_backend(name)
    devices = read_devices(options.device)
    if len(devices) > 1:
        return ParallelBackend(partial(_create_one, name, model), options, devices)
    return _create_one(name, model, replace(options, device=devices[0]))


def _create_one(name: str, model: ModelReference, options: BackendOptions) -> Backend:
    entry = find_backend(name)
    try:
        return entry.create(model, options)
    except ImportError as error:
        extra = f"benchharness[{entry.extra}]" if entry.extra else error.name
        raise MissingDependencyError(
            en=f"--backend {name} needs {error.name}, which is not installed: pip install '{extra}'",
            zh=f"--backend {name} 需要 {error.name}，但尚未安装。请执行：pip install '{extra}'",
        ) from error


def refuse_unknown_options(backend: str, options: BackendOptions, known: tuple[str, ...] = ()) -> None:
    """Check the options given by ``--option``.

    Raises:
        InputError: if one of them is not among ``known``.
    """
    for key in options.extra:
        if key not in known:
            there_are = ", ".join(known)
            raise InputError(
                en=f"--option {key}: the backend {backend} has no such option."
                + (f" There are: {there_are}." if known else " It has none."),
                zh=f"--option {key}：后端 {backend} 没有此选项。" + (f"可用的有：{there_are}。" if known else ""),
            )
