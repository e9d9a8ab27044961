"""What of a machine is ready: packages, devices, caches, the network's place."""

import os
import re
from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from typing import NamedTuple

from benchharness.resources import cache_directory

HUB_VARIABLES = ("HF_ENDPOINT", "HF_HUB_OFFLINE", "HF_HOME", "HF_TOKEN")
SECRETS = ("HF_TOKEN",)
PASSWORD = re.compile(r"//[^/@]*@")
"""What an address may hold before the host."""


class Finding(NamedTuple):
    """One thing looked at.

    Attributes:
        part: what.
        ready: whether it can be used; ``None`` where that is no question.
        state: what was found.
        remedy: the command or setting that would make it ready; empty if it is.
    """

    part: str
    ready: bool | None
    state: str
    remedy: str = ""


def check_packages(names: Sequence[str], extra: str | None) -> Finding:
    """Tell which of the packages are installed, and which extra brings those that are not."""
    found: list[str] = []
    missing: list[str] = []
    for name in names:
        try:
            found.append(f"{name} {version(name)}")
        except PackageNotFoundError:
            missing.append(name)
    remedy = f"pip install 'benchharness[{extra}]'" if missing and extra else ""
    state = ", ".join([*found, *(f"– {name}" for name in missing)])
    return Finding("", not missing, state, remedy)


def check_devices() -> list[Finding]:
    """Return the devices that torch sees; nothing without torch."""
    if find_spec("torch") is None:
        return []
    import torch

    findings = [Finding("cpu", True, f"torch {torch.__version__}, {torch.get_num_threads()} threads")]
    for index in range(torch.cuda.device_count()):
        facts = torch.cuda.get_device_properties(index)
        findings.append(Finding(f"cuda:{index}", True, f"{facts.name}, {facts.total_memory / 2**30:.0f} GiB"))
    return findings


def check_hub() -> list[Finding]:
    """Return the settings that decide where models and datasets come from. Secrets show only that they are set."""
    findings = []
    for name in HUB_VARIABLES:
        value = os.environ.get(name)
        if value is not None:
            findings.append(Finding(name, None, "***" if name in SECRETS else PASSWORD.sub("//***@", value)))
    findings.append(Finding("BENCHHARNESS_CACHE", None, str(cache_directory())))
    return findings
