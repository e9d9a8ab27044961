"""Which device a model runs on, and in which numbers it computes."""

from typing import Any

import torch

from benchharness.errors import InputError

DTYPES = {"float32": torch.float32, "bfloat16": torch.bfloat16, "float16": torch.float16}


def choose_device(name: str) -> torch.device:
    """Return the device that ``--device`` names.

    Raises:
        InputError: if torch has no such device.
    """
    if name in ("auto", "balanced"):
        if torch.cuda.is_available():
            return torch.device("cuda")
        if name == "balanced":
            raise InputError(
                en="--device balanced spreads a model over GPUs, and torch sees none.",
                zh="--device balanced 用于把模型分布到多块 GPU 上，但 torch 未检测到 GPU。",
            )
        return torch.device("cpu")
    try:
        device = torch.device(name)
        torch.empty(0, device=device)
    except (RuntimeError, AssertionError) as error:
        raise InputError(
            en=f"--device {name}: torch cannot use it: {str(error).splitlines()[0]}",
            zh=f"--device {name}：torch 无法使用该设备：{str(error).splitlines()[0]}",
        ) from error
    return device


def choose_dtype(name: str, config: Any, device: torch.device) -> torch.dtype:
    """Return the type that ``--dtype`` names; ``auto`` is that of the weights on an accelerator, and fp32 on a CPU.

    Raises:
        InputError: if there is no such type.
    """
    if name in DTYPES:
        return DTYPES[name]
    if name != "auto":
        names = ", ".join(DTYPES)
        raise InputError(
            en=f"--dtype {name}: expected auto, {names}.",
            zh=f"--dtype {name}：应为 auto、{names.replace(', ', '、')} 之一。",
        )
    stored = getattr(config, "dtype", None)
    # Few CPUs compute in 16 bits; fp32 is the type in which all of them agree.
    return stored if device.type != "cpu" and isinstance(stored, torch.dtype) else torch.float32


def dtype_name(dtype: torch.dtype) -> str:
    """Return the name of a type as people write it, such as ``bfloat16``."""
    return str(dtype).removeprefix("torch.")
