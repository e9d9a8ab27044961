"""Where the files that travel with the package lie, and where this user's cache is."""

import os
from functools import cache
from pathlib import Path

import platformdirs


@cache
def data_directory() -> Path:
    """Return the directory that holds ``tasks/``, ``models.yaml`` and ``results/boards/``.

    In an installed wheel they lie inside the package; in a checkout at its root.
    """
    packaged = Path(__file__).parent / "data"
    return packaged if packaged.is_dir() else Path(__file__).parents[2]


def tasks_directory() -> Path:
    """Return the directory of the task files that come with benchharness."""
    return data_directory() / "tasks"


def models_file() -> Path:
    """Return the path of the model registry that comes with benchharness."""
    return data_directory() / "models.yaml"


def boards_directory() -> Path:
    """Return the directory of the published boards that come with benchharness."""
    return data_directory() / "results" / "boards"


def cache_directory() -> Path:
    """Return this user's cache of converted models: ``BENCHHARNESS_CACHE``, or the platform's usual place."""
    chosen = os.environ.get("BENCHHARNESS_CACHE")
    return Path(chosen).expanduser() if chosen else Path(platformdirs.user_cache_dir("benchharness"))
