"""Which device the engine runs on, told without touching one: it is the engine's processes that will."""

import os
import re
from collections.abc import Mapping
from typing import NamedTuple

import torch

from benchharness.errors import InputError

VISIBLE = {"cuda": "CUDA_VISIBLE_DEVICES", "xpu": "ZE_AFFINITY_MASK", "npu": "ASCEND_RT_VISIBLE_DEVICES"}
"""The variable of the environment that shows a process its devices, by type of device."""

DEVICE = re.compile(r"([a-z]+)(?::(\d+))?")


class Place(NamedTuple):
    """Where the engine runs.

    Attributes:
        type: of the device, such as ``cuda``.
        visible: variables of the environment that show it one device alone; empty if all may be seen.
    """

    type: str
    visible: Mapping[str, str]

    @property
    def device(self) -> torch.device:
        """The type as torch has it; nothing is started there."""
        return torch.device(self.type)


def find_place(name: str) -> Place:
    """Return the place that ``--device`` names.

    Raises:
        InputError: if there is no such device.
    """
    if name == "auto":
        kind = torch.accelerator.current_accelerator()
        return Place("cpu" if kind is None else kind.type, {})
    if name == "balanced":
        raise InputError(
            en="--device balanced: vLLM splits a model over GPUs by --option tensor_parallel_size=N.",
            zh="--device balanced：vLLM 通过 --option tensor_parallel_size=N 将模型切分到多块 GPU。",
        )
    match = DEVICE.fullmatch(name)
    if match is None or match[1] not in {"cpu", *VISIBLE}:
        types = ", ".join(["cpu", *VISIBLE])
        raise InputError(
            en=f"--device {name}: expected auto, or one of {types}, with a number such as cuda:1 if need be.",
            zh=f"--device {name}：应为 auto 或 {types.replace(', ', '、')} 之一，可带编号，例如 cuda:1。",
        )
    if match[1] == "cpu":
        return Place("cpu", {})
    there = _count(match[1])
    if int(match[2] or 0) >= there:
        raise InputError(
            en=f"--device {name}: torch sees {there} devices of this type.",
            zh=f"--device {name}：torch 检测到 {there} 个此类设备。",
        )
    return Place(match[1], {} if match[2] is None else _show_one(match[1], int(match[2])))


def _count(kind: str) -> int:
    found = torch.accelerator.current_accelerator()
    return torch.accelerator.device_count() if found is not None and found.type == kind else 0


def _show_one(kind: str, index: int) -> dict[str, str]:
    """Return what shows the device of that number alone, among those that this process may see."""
    variable = VISIBLE[kind]
    seen = [part.strip() for part in os.environ.get(variable, "").split(",") if part.strip()]
    return {variable: seen[index] if index < len(seen) else str(index)}
