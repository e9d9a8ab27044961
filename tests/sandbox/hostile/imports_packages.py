"""Finds packages that are installed beside the interpreter."""

import contextlib
import importlib
import sys
from pathlib import Path


def total(numbers: list[int]) -> int | None:
    for folder in (sys.prefix, "/usr", "/usr/local"):
        for kind in ("site", "dist"):
            sys.path += map(str, Path(folder).glob(f"lib*/python*/{kind}-packages"))
    for name in ("pip", "setuptools", "numpy", "torch", "apt", "psutil"):
        with contextlib.suppress(ImportError):
            importlib.import_module(name)
            return sum(numbers)
    return None
