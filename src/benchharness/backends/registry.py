"""Finding a backend by name. Entry points are read lazily: no backend's libraries load before it is used."""

from importlib.metadata import entry_points

from benchharness.backends.base import Backend, BackendFactory, BackendOptions
from benchharness.errors import InputError, MissingDependencyError
from benchharness.registry.documents import did_you_mean
from benchharness.registry.models import ModelReference

GROUP = "benchharness.backends"


def backend_names() -> list[str]:
    """Return the names of all installed backends."""
    return sorted(point.name for point in entry_points(group=GROUP))


def create_backend(name: str, model: ModelReference, options: BackendOptions) -> Backend:
    """Return the backend ``name`` for ``model``, not yet loaded.

    Raises:
        InputError: if there is no such backend.
        MissingDependencyError: if a package it needs is not installed.
        BenchharnessError: whatever the backend finds wrong with the model or the options.
    """
    points = {point.name: point for point in entry_points(group=GROUP)}
    if name not in points:
        hint_en, hint_zh = did_you_mean(name, points)
        names = ", ".join(sorted(points))
        raise InputError(
            en=f"--backend {name}: no such backend.{hint_en} There are: {names}.",
            zh=f"--backend {name}：没有这个后端。{hint_zh}可用的有：{names}。",
        )
    try:
        factory: BackendFactory = points[name].load()
    except ImportError as error:
        raise MissingDependencyError(
            en=f"--backend {name} needs {error.name}, which is not installed: pip install 'benchharness[{name}]'",
            zh=f"--backend {name} 需要 {error.name}，但尚未安装。请执行：pip install 'benchharness[{name}]'",
        ) from error
    return factory(model, options)


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
