"""What ``--device`` says: one device, or a list of them, with a worker each."""

import re
from collections.abc import Callable, Sequence

from benchharness.errors import InputError, MissingDependencyError

ALL = "all"
ONE_DEVICE = re.compile(r"[a-z]+(:\d+)?")
NO_LIST = ("auto", "balanced", ALL)
"""Words that stand for a choice of devices and so cannot be part of a list."""


def accelerators() -> tuple[str, ...]:
    """Return the accelerators that torch sees, such as ``cuda:0``; nothing is started on them.

    Raises:
        MissingDependencyError: without torch.
    """
    try:
        import torch
    except ImportError as error:
        raise MissingDependencyError(
            en="--device: finding GPUs needs torch, which is not installed: pip install 'benchharness[transformers]'",
            zh="--device：检测 GPU 需要 torch，但尚未安装。请执行：pip install 'benchharness[transformers]'",
        ) from error
    kind = torch.accelerator.current_accelerator()
    return () if kind is None else tuple(f"{kind.type}:{index}" for index in range(torch.accelerator.device_count()))


def read_devices(text: str, visible: Callable[[], Sequence[str]] = accelerators) -> tuple[str, ...]:
    """Return the devices that ``--device`` names, at least one.

    Args:
        text: one device or word, which is returned as it is; a list with commas, which may name a device several
            times for several workers on it; or ``all``, for every accelerator there is.
        visible: returns the accelerators of this machine; called only for ``all`` and for lists of accelerators.

    Raises:
        InputError: if a list is empty, mixes types, or names what is no device or is not there.
        MissingDependencyError: if accelerators are asked for without torch.
    """
    if text == ALL:
        found = tuple(visible())
        if not found:
            raise InputError(
                en="--device all: torch sees no GPU. Use --device cpu, or check the driver with `benchharness doctor`.",
                zh="--device all：torch 未检测到 GPU。请改用 --device cpu，或执行 `benchharness doctor` 检查驱动。",
            )
        return found
    devices = tuple(name for part in text.split(",") if (name := part.strip()))
    if not devices:
        raise InputError(
            en=f"--device {text}: names no device; expected one such as cpu or cuda:0, or a list such as"
            " cuda:0,cuda:1.",
            zh=f"--device {text}：没有给出设备，应为 cpu、cuda:0 等，或 cuda:0,cuda:1 这样的列表。",
        )
    if len(devices) > 1:
        _check_list(text, devices, visible)
    return devices


def _check_list(text: str, devices: Sequence[str], visible: Callable[[], Sequence[str]]) -> None:
    for name in devices:
        if name in NO_LIST or not ONE_DEVICE.fullmatch(name):
            raise InputError(
                en=f"--device {text}: {name!r} cannot stand in a list; name devices, such as cuda:0,cuda:1.",
                zh=f"--device {text}：列表中不能出现 {name!r}，请逐个写出设备，例如 cuda:0,cuda:1。",
            )
    types = sorted({name.partition(":")[0] for name in devices})
    if len(types) > 1:
        raise InputError(
            en=f"--device {text}: mixes {' and '.join(types)}, whose numbers differ, so that a result would depend on"
            " the worker that got the question. Name devices of one type.",
            zh=f"--device {text}：混用了 {'、'.join(types)}。不同类型设备的数值不同，结果会因分到的工作进程而异。"
            "请只写同一类型的设备。",
        )
    if types == ["cpu"]:
        return
    there = visible()
    for name in devices:
        if (name if ":" in name else f"{name}:0") not in there:
            raise InputError(
                en=f"--device {text}: torch sees no {name}. There are: {', '.join(there) or 'no GPUs'}.",
                zh=f"--device {text}：torch 未检测到 {name}。现有设备：{'、'.join(there) or '无 GPU'}。",
            )
