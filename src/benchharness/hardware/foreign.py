"""Accelerators of other makers than NVIDIA, as far as torch shows them: AMD and Huawei Ascend."""

import sys
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class ForeignDevice:
    """An accelerator that NVML does not know.

    Attributes:
        vendor: ``amd`` or ``huawei``.
        torch: its name in torch, such as ``npu:0``.
        index: its number there.
        name: what it calls itself.
        memory_bytes: its memory; ``None`` where torch does not tell.
        software: the version of what drives it; ``None`` where torch does not tell.
    """

    vendor: str
    torch: str
    index: int
    name: str
    memory_bytes: int | None
    software: str | None


def foreign_devices() -> list[ForeignDevice]:
    """Return the accelerators of AMD and Huawei; nothing where torch has not been loaded."""
    torch = sys.modules.get("torch")
    if torch is None:
        return []
    hip = getattr(torch.version, "hip", None)
    devices = _read("amd", "cuda", torch.cuda, f"HIP {hip}") if hip else []
    npu = getattr(torch, "npu", None)
    if npu is not None:
        cann = getattr(torch.version, "cann", None)
        devices += _read("huawei", "npu", npu, f"CANN {cann}" if cann else None)
    return devices


def _read(vendor: str, kind: str, module: Any, software: str | None) -> list[ForeignDevice]:
    if not module.is_available():
        return []
    return [
        ForeignDevice(vendor, f"{kind}:{index}", index, module.get_device_name(index), _memory(module, index), software)
        for index in range(module.device_count())
    ]


def _memory(module: Any, index: int) -> int | None:
    return getattr(module.get_device_properties(index), "total_memory", None)
