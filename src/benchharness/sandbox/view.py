"""What generated code can see of the file system: the interpreter, its library, shared libraries, and little else."""

import os
import sys
import sysconfig
from dataclasses import dataclass
from functools import cache
from pathlib import Path

SCRATCH = "/tmp"
"""The one folder it may write to; empty at the start, in memory, and gone at the end."""

DEVICES = ("/dev/null", "/dev/zero", "/dev/random", "/dev/urandom")

# Where the dynamic loader looks without being told.
_LIBRARIES = ("/lib", "/lib64", "/usr/lib", "/usr/lib64")
_LOADER_CACHE = "/etc/ld.so.cache"
_PACKAGES = ("site-packages", "dist-packages", "python*/site-packages", "python*/dist-packages")


@dataclass(frozen=True, slots=True)
class View:
    """A file system to build. Paths inside are those outside.

    Attributes:
        interpreter: the Python to start.
        read_only: files and folders shown as they are.
        links: symbolic links to make, from path to target.
        hidden: folders within those shown that appear empty.
    """

    interpreter: str
    read_only: tuple[str, ...]
    links: tuple[tuple[str, str], ...]
    hidden: tuple[str, ...]


@cache
def interpreter_view() -> View:
    """Return what the interpreter that runs this program needs, without any package installed beside it."""
    # That of a virtual environment is a link, or a copy that asks for files of the environment.
    interpreter = os.path.realpath(getattr(sys, "_base_executable", sys.executable))
    shown: list[str] = []
    links: list[tuple[str, str]] = []
    for library in _LIBRARIES:
        if os.path.islink(library):  # noqa: PTH114 - a link is told by its text, which pathlib would normalise
            links.append((library, os.readlink(library)))  # noqa: PTH115 - as above
        elif Path(library).is_dir():
            shown.append(library)
    bases = {"base": sys.base_prefix, "platbase": sys.base_exec_prefix}
    own = [
        str(Path(sys.base_prefix, "lib")),
        str(Path(sys.base_exec_prefix, "lib")),
        sysconfig.get_path("stdlib", vars=bases),
        sysconfig.get_path("platstdlib", vars=bases),
        interpreter,
        _LOADER_CACHE,
    ]
    for path in map(os.path.realpath, own):
        if Path(path).exists() and not any(Path(path).is_relative_to(other) for other in shown):
            shown.append(path)
    hidden = {
        os.path.realpath(found) for folder in shown for pattern in _PACKAGES for found in Path(folder).glob(pattern)
    }
    return View(interpreter, tuple(shown), tuple(links), tuple(sorted(hidden)))
