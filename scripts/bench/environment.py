"""The environment of lm-eval: made once, with the libraries that compute in the versions of this one."""

import json
import subprocess
import venv
from collections.abc import Callable, Mapping
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from benchharness.errors import BenchharnessError, InputError, MissingDependencyError
from benchharness.resources import cache_directory

LM_EVAL = "0.4.13"
SAME = ("torch", "transformers", "tokenizers")
"""Packages that compute: another version could be faster or slower by itself."""

_REMEDY_EN = (
    "Install what is named there, or name another directory: one that is not there is made, and so is this one"
    " once it is removed."
)
_REMEDY_ZH = "请在其中安装上述版本，或指定其他目录：目录不存在时会自动创建，删除该目录后亦会重新创建。"

_VERSIONS = """
import importlib.metadata, json, sys
found = {}
for name in sys.argv[1:]:
    try:
        found[name] = importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        found[name] = None
print(json.dumps(found))
"""


def default_directory() -> Path:
    """Return where the environment lies unless the user names another directory."""
    return cache_directory() / f"lm-eval-{LM_EVAL}"


def wanted_versions() -> dict[str, str]:
    """Return the versions that the environment must have, local parts such as ``+cpu`` left out.

    Raises:
        MissingDependencyError: if one of the packages is not here either.
    """
    try:
        return {"lm_eval": LM_EVAL, **{name: _public(version(name)) for name in SAME}}
    except PackageNotFoundError as error:
        raise MissingDependencyError(
            en=f"This needs {error.name}, which is not installed: pip install 'benchharness[transformers]'",
            zh=f"此功能需要 {error.name}，但尚未安装。请执行：pip install 'benchharness[transformers]'",
        ) from error


def lm_eval_python(directory: Path, note: Callable[[str, str], None]) -> Path:
    """Return the Python interpreter of an environment with lm-eval, made if there is none.

    Args:
        directory: of the environment.
        note: is told, in English and Chinese, what takes long.

    Raises:
        BenchharnessError: if it cannot be made.
        InputError: if there is one with other versions, or something else.
    """
    python = directory / "bin" / "python"
    wanted = wanted_versions()
    if not python.exists():
        if directory.exists() and (not directory.is_dir() or any(directory.iterdir())):
            raise InputError(
                en=f"--lm-eval-env {directory}: it is there, but holds no Python environment. Name another directory:"
                " one that is not there is made.",
                zh=f"--lm-eval-env {directory}：已存在，但不是 Python 环境。请指定其他目录：目录不存在时会自动创建。",
            )
        note(
            f"Making an environment for lm-eval {LM_EVAL} in {directory}; this is done once.",
            f"正在 {directory} 创建 lm-eval {LM_EVAL} 的环境，仅需一次。",
        )
        _make(directory, python, wanted)
    check_versions(directory, wanted, _installed(python, directory))
    return python


def check_versions(directory: Path, wanted: Mapping[str, str], found: Mapping[str, str | None]) -> None:
    """Check that an environment has what a fair comparison needs.

    Raises:
        InputError: naming the packages that are missing or of another version.
    """
    wrong = {name: found.get(name) for name in wanted if _public(found.get(name) or "") != wanted[name]}
    if not wrong:
        return
    en = ", ".join(f"{name} {has or 'is missing'} (expected {wanted[name]})" for name, has in wrong.items())
    zh = "、".join(f"{name} {has or '缺失'}（应为 {wanted[name]}）" for name, has in wrong.items())
    raise InputError(
        en=f"--lm-eval-env {directory}: {en}. {_REMEDY_EN}",
        zh=f"--lm-eval-env {directory}：{zh}。{_REMEDY_ZH}",
    )


def _public(name: str) -> str:
    return name.partition("+")[0]


def _make(directory: Path, python: Path, wanted: Mapping[str, str]) -> None:
    venv.create(directory, with_pip=True)
    # torch goes first and alone, so that its version is there before anything else asks for "a torch".
    first, *others = [f"{name}=={wanted[name]}" for name in SAME]
    for requirements in ([first], [f"lm-eval[hf]=={LM_EVAL}", first, *others]):
        command = [str(python), "-m", "pip", "--disable-pip-version-check", "install", "--quiet", *requirements]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            raise BenchharnessError(
                en=f"{directory}: pip could not install {' '.join(requirements)}:\n{done.stderr.strip()}\n{_REMEDY_EN}",
                zh=f"{directory}：pip 无法安装 {' '.join(requirements)}：\n{done.stderr.strip()}\n{_REMEDY_ZH}",
            )


def _installed(python: Path, directory: Path) -> dict[str, str | None]:
    try:
        done = subprocess.run(
            [str(python), "-c", _VERSIONS, "lm_eval", *SAME], capture_output=True, text=True, check=True
        )
    except (OSError, subprocess.CalledProcessError) as error:
        raise InputError(
            en=f"--lm-eval-env {directory}: its Python does not run: {error}. {_REMEDY_EN}",
            zh=f"--lm-eval-env {directory}：其中的 Python 无法运行：{error}。{_REMEDY_ZH}",
        ) from error
    found: dict[str, str | None] = json.loads(done.stdout)
    return found
