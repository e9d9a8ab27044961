"""A LoRA adapter: what its files say, before anything is loaded."""

import hashlib
import json
from pathlib import Path
from typing import NamedTuple

from benchharness.backends.transformers.weights import fingerprint_weights
from benchharness.errors import InputError

ROOMS = (8, 16, 32, 64, 128, 256, 320, 512)
"""Ranks for which vLLM makes room (its ``MaxLoRARanks``); an adapter may have a lower one."""


class Adapter(NamedTuple):
    """A LoRA adapter.

    Attributes:
        directory: where its files lie.
        room: the rank that vLLM makes room for.
        fingerprint: tells it from others.
    """

    directory: Path
    room: int
    fingerprint: str


def read_adapter(directory: Path) -> Adapter:
    """Return the adapter in a directory.

    Raises:
        InputError: if there is none, its weights are no safetensors, or its rank is beyond what vLLM takes.
    """
    place = f"--option lora={directory}"
    try:
        text = (directory / "adapter_config.json").read_text(encoding="utf-8")
        rank = json.loads(text)["r"]
    except OSError as error:
        raise InputError(
            en=f"{place}: no adapter_config.json, so this is not a LoRA adapter in PEFT's format.",
            zh=f"{place}：没有 adapter_config.json，不是 PEFT 格式的 LoRA 适配器。",
        ) from error
    except (ValueError, KeyError, TypeError) as error:
        raise InputError(
            en=f"{place}: adapter_config.json names no rank (key r).",
            zh=f"{place}：adapter_config.json 中没有秩（键 r）。",
        ) from error
    if not any(directory.glob("*.safetensors")):
        raise InputError(
            en=f"{place}: no *.safetensors; other formats are not read.",
            zh=f"{place}：没有 *.safetensors 文件，不支持其他格式。",
        )
    room = next((room for room in ROOMS if isinstance(rank, int) and 1 <= rank <= room), None)
    if room is None:
        raise InputError(
            en=f"{place}: its rank is {rank}, and vLLM takes ranks from 1 to {ROOMS[-1]}.",
            zh=f"{place}：其秩为 {rank}，vLLM 支持的范围是 1 到 {ROOMS[-1]}。",
        )
    digest = hashlib.sha256(f"{text}{fingerprint_weights(directory)}".encode()).hexdigest()[:16]
    return Adapter(directory.resolve(), room, digest)
