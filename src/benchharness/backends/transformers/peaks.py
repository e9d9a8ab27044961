"""The most memory that was in use from one look to the next."""

import torch

from benchharness.hardware.memory import restart_process_peak


class PeakWatch:
    """Watches the memory of the accelerators, or of this process where the model runs on the CPU.

    To look resets what torch and the kernel remember, so that the highest peak of all is kept here.

    Args:
        device: where the model runs.
    """

    def __init__(self, device: torch.device) -> None:
        self._cuda = device.type == "cuda"
        self._cpu = device.type == "cpu"
        self._highest = 0

    def look(self) -> int | None:
        """Return the most bytes in use since the look before; ``None`` where it cannot be told."""
        if self._cuda:
            peak = self._device_peak()
            self._highest = max(self._highest, peak)
            for index in range(torch.cuda.device_count()):
                torch.cuda.reset_peak_memory_stats(index)
            return peak
        return restart_process_peak() if self._cpu else None

    def highest_on_device(self) -> int | None:
        """Return the most bytes on the accelerators so far; ``None`` without one."""
        return max(self._highest, self._device_peak()) if self._cuda else None

    @staticmethod
    def _device_peak() -> int:
        return sum(torch.cuda.max_memory_allocated(index) for index in range(torch.cuda.device_count()))
