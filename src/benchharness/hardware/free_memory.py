"""The memory of accelerators that nobody uses, read without starting anything on them."""

from typing import NamedTuple

from benchharness.hardware.devices import DeviceFacts, describe_devices
from benchharness.hardware.nvml import Connection


class Gpu(NamedTuple):
    """An accelerator as it is before a model is loaded.

    Attributes:
        facts: what it is.
        free: bytes that nobody uses; ``None`` where that is not told.
    """

    facts: DeviceFacts
    free: int | None

    @property
    def room(self) -> int | None:
        """Bytes that can be had, or all there are where it is not told what is free; ``None`` if neither is known."""
        return self.facts.memory_bytes if self.free is None else self.free


def visible_gpus() -> list[Gpu]:
    """Return the accelerators that are shown to this process; of those that NVML does not know, the whole memory."""
    with Connection() as connection:
        memories = [gpu.ask("nvmlDeviceGetMemoryInfo") for gpu in connection.gpus]
    free = [None if memory is None else int(memory.free) for memory in memories]
    facts = describe_devices()
    # NVIDIA's come first, in the order of NVML.
    return [Gpu(one, left) for one, left in zip(facts, free + [None] * (len(facts) - len(free)), strict=True)]
