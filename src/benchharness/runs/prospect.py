"""What is known, before a model is loaded, of the memory and the time that a run will take."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from benchharness.backends.base import BackendOptions
from benchharness.hardware.model_shape import ModelShape, UnknownShapeError
from benchharness.hardware.peaks import DevicePeaks
from benchharness.hardware.reading import Unmeasured
from benchharness.runs.machine import Machine, elsewhere, find_machine
from benchharness.runs.memory_need import MemoryNeed
from benchharness.runs.storage import storage_of


@dataclass(frozen=True, slots=True)
class Prospect:
    """What is known of model and machine.

    Attributes:
        machine: where the model will be; ``None`` where this program does not load it.
        need: the memory it takes; ``None`` where its shape is not known.
        peaks: what one device can do in the dtype of the run; ``None`` where that is not known.
        unknown: what is not known, and why.
    """

    machine: Machine | None = None
    need: MemoryNeed | None = None
    peaks: DevicePeaks | None = None
    unknown: tuple[Unmeasured, ...] = ()

    @property
    def memory(self) -> int | None:
        """Bytes for one copy of the model."""
        return None if self.machine is None else self.machine.memory

    @property
    def longest(self) -> int | None:
        """Most tokens, answer included, of a request that fits into memory; ``None`` where that is not known."""
        if self.machine is None or self.need is None or self.machine.memory is None:
            return None
        return self.need.longest(self.machine.memory, self.machine.cache)

    def fits(self, tokens: int) -> bool | None:
        """Tell whether a request of so many tokens, answer included, fits; ``None`` where that is not known."""
        longest = self.longest
        return None if longest is None else tokens <= longest


def look_ahead(backend: str, options: BackendOptions, config: Mapping[str, Any] | None) -> Prospect:
    """Return what is known of a model and of the machine that it will run on.

    Args:
        backend: name of the backend.
        options: as the user gave them.
        config: the model's ``config.json``; ``None`` where its files are elsewhere.

    Raises:
        InputError: if there is no such device, or an option is wrong.
    """
    if config is None:
        return Prospect(unknown=(elsewhere(),))
    machine = find_machine(backend, options, config)
    if isinstance(machine, Unmeasured):
        return Prospect(unknown=(machine,))
    return settle_prospect(machine, config)


def settle_prospect(machine: Machine, config: Mapping[str, Any]) -> Prospect:
    """Return what is known of a model on a machine."""
    try:
        shape = ModelShape.of_config(config)
        storage = storage_of(config, machine.numerics, machine.devices * machine.copies)
    except UnknownShapeError as error:
        reason = Unmeasured(
            "memory, seconds", f"Memory and time are unknown: {error.en}.", f"无法估计显存与时间：{error.zh}。"
        )
        return Prospect(machine, unknown=(reason,))
    unknown: list[Unmeasured] = []
    if machine.memory is None:
        unknown.append(
            Unmeasured(
                "fits",
                f"Whether it fits is unknown: the memory of {machine.device} cannot be read.",
                f"无法判断能否容纳：读不到 {machine.device} 的显存大小。",
            )
        )
    peaks = machine.peaks
    if peaks is None or storage.dtype not in peaks.flops:
        missing_en = "the peaks of it are in no table" if peaks is None else f"its peak in {storage.dtype} is not known"
        missing_zh = "峰值表中没有该设备" if peaks is None else f"不了解它在 {storage.dtype} 下的峰值"
        unknown.append(
            Unmeasured(
                "seconds",
                f"The least time on {machine.device} is unknown: {missing_en}.",
                f"无法给出在 {machine.device} 上的时间下限：{missing_zh}。",
            )
        )
        peaks = None
    need = MemoryNeed(shape, storage, machine.chunk, machine.expands_latent)
    return Prospect(machine, need, peaks, tuple(unknown))
