"""Finding a server's command, often in an environment of its own, and telling its version without starting it."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

from packaging.version import InvalidVersion, Version

from benchharness.backends.servers.engines import Engine
from benchharness.errors import InputError, MissingDependencyError

PYTHON = re.compile(r"python[\d.]*(\.exe)?")
VERSION = re.compile(r"\b\d+\.\d+[\w.+-]*")
VERSION_SECONDS = 120.0

# A package may go by another name where it is published, as builds for a processor do.
ASK_VERSION = """
import importlib.metadata as m, sys
names = m.packages_distributions().get(sys.argv[1], [])
print(m.version(names[0]) if names else "")
"""


class Executable(NamedTuple):
    """A server's command on this machine.

    Attributes:
        path: its file, or that of a Python interpreter.
        is_python: whether it is a Python interpreter, which runs the server as a module.
        version: the server's version.
    """

    path: Path
    is_python: bool
    version: str


def find_executable(engine: Engine, given: str | None) -> Executable:
    """Find a server's command: as the user gave it, as the environment says, beside this Python, or on the path.

    Args:
        engine: the server.
        given: what the user gave: a command, or a Python interpreter that has the server's package.

    Raises:
        InputError: if what the user named is not there, or too old.
        MissingDependencyError: if there is none.
    """
    if given is not None:
        return _check(engine, _named(given, f"--option serve.executable={given}"))
    from_environment = os.environ.get(engine.variable)
    if from_environment:
        return _check(engine, _named(from_environment, f"{engine.variable}={from_environment}"))
    beside = Path(sys.executable).parent / engine.name
    found = str(beside) if beside.is_file() else shutil.which(engine.name)
    if found is None:
        raise MissingDependencyError(
            en=f"--serve {engine.name}: there is no command {engine.name}. Install {engine.package}, best in an"
            f" environment of its own, and name its command: --option serve.executable=ENV/bin/{engine.name}, or"
            f" {engine.variable}=ENV/bin/{engine.name}.",
            zh=f"--serve {engine.name}：找不到命令 {engine.name}。请安装 {engine.package}（建议装在独立环境中），"
            f"再用 --option serve.executable=环境目录/bin/{engine.name} 或环境变量"
            f" {engine.variable}=环境目录/bin/{engine.name} 指明其位置。",
        )
    return _check(engine, Path(found))


def _named(name: str, where: str) -> Path:
    found = shutil.which(Path(name).expanduser())
    if found is None:
        raise InputError(
            en=f"{where}: there is no such program, or it may not be executed.",
            zh=f"{where}：该程序不存在或没有执行权限。",
        )
    # Not resolved: what makes an environment of a Python interpreter is where its link lies.
    return Path(found).absolute()


def _check(engine: Engine, path: Path) -> Executable:
    is_python = PYTHON.fullmatch(path.name) is not None
    version = _version(engine, path, is_python=is_python)
    try:
        too_old = Version(version) < Version(engine.oldest)
    except InvalidVersion:
        too_old = False
    if too_old:
        raise InputError(
            en=f"{path}: {engine.name} {version} is too old; {engine.oldest} or later is needed.",
            zh=f"{path}：{engine.name} {version} 版本过低，需要 {engine.oldest} 或更高版本。",
        )
    return Executable(path, is_python, version)


def _version(engine: Engine, path: Path, *, is_python: bool) -> str:
    python = path if is_python else path.with_name("python")
    if is_python or python.is_file():
        found = _output([str(python), "-c", ASK_VERSION, engine.package])
        if found:
            return found.splitlines()[-1]
    if is_python:
        raise InputError(
            en=f"{path}: this Python has no {engine.package}. Install it there, or name another.",
            zh=f"{path}：该 Python 环境中没有 {engine.package}。请在其中安装，或指定其他环境。",
        )
    # Whatever else is printed comes before it.
    versions: list[str] = VERSION.findall(_output([str(path), "--version"]) or "")
    if not versions:
        raise InputError(
            en=f"{path}: `{path.name} --version` tells no version, so what it computes could not be told apart from"
            " what others do. Check that it works.",
            zh=f"{path}：`{path.name} --version` 没有给出版本号，无法区分其结果与其他版本的结果。"
            "请检查该程序能否正常运行。",
        )
    return versions[-1]


def _output(command: list[str]) -> str | None:
    """Return what a command printed; ``None`` if it failed."""
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=VERSION_SECONDS, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout.strip() if done.returncode == 0 else None
