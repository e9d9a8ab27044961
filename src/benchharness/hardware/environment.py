"""What a run ran on: Python, packages, processor, memory, accelerators."""

import os
import platform
import sys
from collections.abc import Iterable
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import psutil

from benchharness import __version__
from benchharness.hardware.devices import describe_devices
from benchharness.hardware.foreign import foreign_devices


def package_versions(names: Iterable[str]) -> dict[str, str]:
    """Return the installed version of each package; packages that are not installed are left out."""
    found: dict[str, str] = {}
    for name in names:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found


def describe_environment() -> dict[str, Any]:
    """Return the facts of this machine that a reader of a number may want."""
    return {
        "benchharness": __version__,
        "python": platform.python_version(),
        "platform": platform.platform(),
        "processor": processor(),
        "cores": len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count(),
        "memory_bytes": psutil.virtual_memory().total,
        "accelerators": accelerators(),
        "devices": [device.document() for device in describe_devices()],
    }


def processor() -> str:
    """Return the name of the processor."""
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.is_file():
        for line in cpuinfo.read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


def accelerators() -> list[str]:
    """Return the names of the accelerators that torch sees, if a backend has loaded torch; empty otherwise."""
    torch = sys.modules.get("torch")
    if torch is None:
        return []
    names = [torch.cuda.get_device_name(index) for index in range(torch.cuda.device_count())]
    return names + [device.name for device in foreign_devices() if device.vendor == "huawei"]
