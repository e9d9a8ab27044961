"""What a meter read: time, energy, memory and load of the devices and processes it watched, and what it could not."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Unmeasured:
    """Something that is not measured, or not as one would wish, and why.

    Attributes:
        what: names of the figures, such as ``energy_joules, mean_watts``; ``devices`` for which ones are measured.
        en: the reason in English, a full sentence.
        zh: the same in Chinese.
    """

    what: str
    en: str
    zh: str


@dataclass(frozen=True, slots=True)
class DeviceReading:
    """One accelerator over a window. ``None`` is what was not measured; the reason is in `Reading.unmeasured`.

    Attributes:
        index: NVML's index, which is that of ``nvidia-smi``, whatever ``CUDA_VISIBLE_DEVICES`` says.
        name: name of the device.
        energy_joules: joules that the board took over the window, all processes together.
        energy_method: ``counter`` (the board's total-energy counter) or ``integrated power`` (trapezoids).
        idle_watts: mean power before the work, with the model loaded.
        mean_watts: mean power over the window.
        peak_watts: highest power that was sampled.
        utilisation: mean share of time in which some kernel ran, 0 to 1; says nothing of how full the device was.
        peak_used_bytes: most memory in use on the whole device, by all processes and the driver.
        peak_process_bytes: most memory held by the watched processes and their children.
        mean_clock_mhz: mean clock of the streaming multiprocessors.
        highest_temperature: highest temperature of the chip in degrees Celsius.
        throttle_reasons: what held the clocks down at any sample, as ``nvidia-smi`` names it.
        power_method: ``instant``, or ``usage`` for the field that averages over a second on many cards.
    """

    index: int
    name: str
    energy_joules: float | None
    energy_method: str | None
    idle_watts: float | None
    mean_watts: float | None
    peak_watts: float | None
    utilisation: float | None
    peak_used_bytes: int | None
    peak_process_bytes: int | None
    mean_clock_mhz: float | None
    highest_temperature: float | None
    throttle_reasons: tuple[str, ...]
    power_method: str | None = None


@dataclass(frozen=True, slots=True)
class Reading:
    """A window of time on this machine.

    Attributes:
        seconds: length of the window.
        devices: the accelerators the watched processes worked on; all visible ones where that cannot be told.
        cpu_seconds: processor time of the watched processes and their children, the meter's own left out.
        peak_resident_bytes: most resident memory of them together; pages they share count in each.
        unmeasured: what is missing, and why.
        cpu_joules: joules of the processor packages of the whole machine; ``None`` where they cannot be read.
        meter_cpu_seconds: processor time that measuring took.
        samples: how often was sampled.
    """

    seconds: float
    devices: tuple[DeviceReading, ...]
    cpu_seconds: float
    peak_resident_bytes: int
    unmeasured: tuple[Unmeasured, ...]
    cpu_joules: float | None = None
    meter_cpu_seconds: float = 0.0
    samples: int = 0

    @property
    def energy_joules(self) -> float | None:
        """Joules of all devices; ``None`` without devices, or where one of them gives none."""
        return total(device.energy_joules for device in self.devices)

    @property
    def net_joules(self) -> float | None:
        """Joules beyond what the devices would have taken idle; ``None`` where energy or idle power is unknown.

        It is energy − Σ idle watts · seconds, and below zero if the devices took less than before the work.
        """
        idle = total(device.idle_watts for device in self.devices)
        energy = self.energy_joules
        return None if energy is None or idle is None else energy - idle * self.seconds

    def document(self) -> dict[str, Any]:
        """Return all of it as data for JSON, sums included."""
        return {
            "seconds": self.seconds,
            "energy_joules": self.energy_joules,
            "net_joules": self.net_joules,
            "cpu_joules": self.cpu_joules,
            "cpu_seconds": self.cpu_seconds,
            "peak_resident_bytes": self.peak_resident_bytes,
            "meter_cpu_seconds": self.meter_cpu_seconds,
            "samples": self.samples,
            "devices": [
                {**asdict(device), "throttle_reasons": list(device.throttle_reasons)} for device in self.devices
            ],
            "unmeasured": [asdict(missing) for missing in self.unmeasured],
        }


def total(values: Iterable[float | None]) -> float | None:
    """Return the sum; ``None`` of nothing, and where one value is not known."""
    given = list(values)
    known = [value for value in given if value is not None]
    return sum(known) if known and len(known) == len(given) else None
