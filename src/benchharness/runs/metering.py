"""Metering: what the work of a backend takes on this machine, sampled around it."""

import os
from types import TracebackType
from typing import Any, NamedTuple

from benchharness.backends.base import Backend
from benchharness.hardware.meter import Meter, Reading, measure_idle
from benchharness.runs.sessions import Reason

ELSEWHERE: Reason = {
    "en": "the model runs on another machine, which is not measured from here",
    "zh": "模型在其他机器上运行，无法在此测量",
}
NO_ACCELERATOR: Reason = {
    "en": "the model ran on the processor, and only the energy of accelerators is counted",
    "zh": "模型在处理器上运行，此处只统计加速卡的能耗",
}
NO_COUNTER: Reason = {"en": "the energy of a device could not be read", "zh": "无法读取设备的能耗"}


class Taken(NamedTuple):
    """What the work of a backend took.

    Attributes:
        devices: accelerators that did the work; ``None`` where that is not known.
        energy_joules: their energy; ``None`` with the reason in ``energy_withheld``.
        net_joules: the same without what they take when idle.
        idle_watts: what they take when idle.
        energy_withheld: why no energy is given.
        reading: all that was sampled, as plain data.
    """

    devices: int | None
    energy_joules: float | None
    net_joules: float | None
    idle_watts: float | None
    energy_withheld: Reason | None
    reading: dict[str, Any] | None


class WorkMeter:
    """Samples the processes of a backend, which is loaded, while it works.

    Power at rest is measured on entering, which takes a few seconds where there is an accelerator to measure.

    Args:
        backend: what does the work.
    """

    def __init__(self, backend: Backend) -> None:
        self._processes = backend.processes()
        self._accelerated = bool(self._processes) and _works_on_accelerator(backend, self._processes)
        self._meter: Meter | None = None

    def __enter__(self) -> "WorkMeter":
        if self._processes:
            idle = measure_idle() if self._accelerated else {}
            self._meter = Meter(self._processes, idle_watts=idle)
            self._meter.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._meter is not None:
            self._meter.__exit__(kind, error, trace)

    def taken(self) -> Taken:
        """Return what the work took; to be asked for after it."""
        if self._meter is None:
            return Taken(None, None, None, None, ELSEWHERE, None)
        reading = self._meter.reading
        if not self._accelerated:
            return Taken(0, None, None, None, NO_ACCELERATOR, reading.document())
        idle = [device.idle_watts for device in reading.devices if device.idle_watts is not None]
        return Taken(
            devices=len(reading.devices) or None,
            energy_joules=reading.energy_joules,
            net_joules=reading.net_joules,
            idle_watts=sum(idle) if idle and len(idle) == len(reading.devices) else None,
            energy_withheld=_why_no_energy(reading),
            reading=reading.document(),
        )


def _works_on_accelerator(backend: Backend, processes: tuple[int, ...]) -> bool:
    """Tell whether the accelerators of this machine may be at work.

    What runs in this process says how much of their memory it uses; of an engine in other processes it is assumed,
    unless its numerics name the processor.
    """
    if backend.facts.numerics.get("device") == "cpu":
        return False
    return backend.resource_use().device is not None or set(processes) != {os.getpid()}


def _why_no_energy(reading: Reading) -> Reason | None:
    if reading.energy_joules is not None:
        return None
    # What is said of the energy itself before what is said of devices, such as one that is not counted.
    for what in ("energy_joules", "devices"):
        for missing in reading.unmeasured:
            if missing.what == what:
                return {"en": missing.en.rstrip("."), "zh": missing.zh.rstrip("。")}
    return NO_COUNTER
