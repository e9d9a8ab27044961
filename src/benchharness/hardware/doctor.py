"""What of a machine is ready: packages, devices, caches, the network's place."""

import importlib
import os
import re
import time
from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from typing import NamedTuple

from benchharness.errors import bilingual
from benchharness.hardware.devices import DeviceFacts, describe_devices
from benchharness.hardware.energy import INTEGRATED
from benchharness.hardware.notices import FIGURES, INTEGRATED_SAID, is_told, missing
from benchharness.hardware.nvml import Connection
from benchharness.hardware.rapl import PackageEnergy
from benchharness.hardware.sampler import DeviceSampler
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
    """Return the processor as torch uses it, and the accelerators of this machine with what drives them."""
    findings = []
    if find_spec("torch") is not None:
        import torch

        findings.append(Finding("cpu", True, f"torch {torch.__version__}, {torch.get_num_threads()} threads"))
        # Huawei's part of torch is a package of its own, which makes its devices known.
        if find_spec("torch_npu") is not None:
            importlib.import_module("torch_npu")
    devices = describe_devices()
    findings += [Finding(device.torch or f"GPU {device.index}", True, _sum_up(device)) for device in devices]
    if not devices and find_spec("torch") is not None:
        # CUDA without NVML, as on small boards: torch knows the name and the memory at least.
        for index in range(torch.cuda.device_count()):
            facts = torch.cuda.get_device_properties(index)
            findings.append(Finding(f"cuda:{index}", True, f"{facts.name}, {facts.total_memory / 2**30:.0f} GiB"))
    return findings


def _sum_up(device: DeviceFacts) -> str:
    """Return the facts of a device that decide its speed, in a line."""
    facts = [device.name]
    if device.memory_bytes is not None:
        facts.append(f"{device.memory_bytes / 2**30:.0f} GiB")
    if device.driver is not None:
        facts.append(f"{bilingual('driver', '驱动')} {device.driver}{_aside(device.cuda and f'CUDA {device.cuda}')}")
    limit, default = device.power_limit_watts, device.default_power_limit_watts
    if limit is not None:
        changed = default is not None and default != limit
        aside = _aside(bilingual(f"default {default:.0f} W", f"默认 {default:.0f} W") if changed else None)
        facts.append(f"{bilingual('power limit', '功率上限')} {limit:.0f} W{aside}")
    if device.throttle_reasons:
        facts.append(f"{bilingual('held down by', '降频原因')} {', '.join(device.throttle_reasons)}")
    return bilingual(", ", "，").join(facts)


def _aside(text: str | None) -> str:
    return bilingual(f" ({text})", f"（{text}）") if text else ""


def check_measuring() -> list[Finding]:
    """Tell of each device what a run can measure of it, and of the processor too; what cannot be, with the reason.

    Takes a sample of each device. Without one that can be measured, one line says why.
    """
    findings = []
    with Connection() as connection:
        for gpu in connection.gpus:
            sampler = DeviceSampler(gpu)
            for _ in range(2):
                sampler.sample(time.perf_counter(), frozenset())
            findings.append(_measurable(sampler))
        if connection.refusal is not None:
            why = bilingual(*connection.refusal)
            findings.append(Finding(bilingual("measuring GPUs", "GPU 测量"), None, why))
    packages = PackageEnergy()
    packages.sample()
    part = bilingual("measuring the processor", "处理器测量")
    state = bilingual("time, memory", "时间、内存")
    if packages.refusal is None:
        return [*findings, Finding(part, True, bilingual(f"{state}, energy", f"{state}、能耗"))]
    en, zh = packages.refusal
    return [*findings, Finding(part, None, bilingual(f"{state}; not energy: {en}", f"{state}；无法测量能耗：{zh}"))]


def _measurable(sampler: DeviceSampler) -> Finding:
    reading = sampler.reading()
    told = [names for figure, names in FIGURES.items() if is_told(sampler, reading, figure) and figure != "peak_watts"]
    state = [bilingual(", ".join(name[0] for name in told), "、".join(name[1] for name in told))]
    state += [
        bilingual(f"not {absent.en}: {absent.why.en}", f"无法测量{absent.zh}：{absent.why.zh}")
        for absent in missing(sampler)
    ]
    if reading.energy_method == INTEGRATED:
        state.append(bilingual(*INTEGRATED_SAID))
    part = f"{bilingual('measuring', '测量')} GPU {sampler.gpu.index}"
    return Finding(part, True if told else None, bilingual("; ", "；").join(state))


def check_hub() -> list[Finding]:
    """Return the settings that decide where models and datasets come from. Secrets show only that they are set."""
    findings = []
    for name in HUB_VARIABLES:
        value = os.environ.get(name)
        if value is not None:
            findings.append(Finding(name, None, "***" if name in SECRETS else PASSWORD.sub("//***@", value)))
    findings.append(Finding("BENCHHARNESS_CACHE", None, str(cache_directory())))
    return findings
