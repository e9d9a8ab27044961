"""Samples of one GPU over a window: energy, power, memory, utilisation, clock, temperature, throttling."""

from collections.abc import Sequence, Set
from typing import Any

from benchharness.hardware.energy import EnergyMeter
from benchharness.hardware.nvml import Gpu
from benchharness.hardware.reading import DeviceReading

ENERGY = "nvmlDeviceGetTotalEnergyConsumption"
POWER = "nvmlDeviceGetPowerUsage"
MEMORY = "nvmlDeviceGetMemoryInfo"
UTILISATION = "nvmlDeviceGetUtilizationRates"
CLOCK = "nvmlDeviceGetClockInfo"
TEMPERATURE = "nvmlDeviceGetTemperature"
# Drivers before 535 know the older names only.
PROCESSES = ("nvmlDeviceGetComputeRunningProcesses_v3", "nvmlDeviceGetComputeRunningProcesses_v2")
THROTTLE = ("nvmlDeviceGetCurrentClocksEventReasons", "nvmlDeviceGetCurrentClocksThrottleReasons")


class DeviceSampler:
    """One GPU, sampled from time to time.

    Attributes:
        gpu: which.
        energy: its energy so far.
        ours: whether a watched process was ever seen on it.
        seen: the processes that were seen on it, watched or not.
        throttling_known: whether it ever told what holds its clocks down.
        held_known: false if the driver would not tell the memory of a watched process.
    """

    def __init__(self, gpu: Gpu, idle_watts: float | None = None) -> None:
        self.gpu = gpu
        self.energy = EnergyMeter()
        self.ours = False
        self.seen: set[int] = set()
        self.throttling_known = False
        self.held_known = True
        self._idle = idle_watts
        self._power_method: str | None = None
        self._utilisation = _Mean()
        self._clock = _Mean()
        self._used: int | None = None
        self._held: int | None = None
        self._temperature: float | None = None
        self._throttling = 0

    def sample(self, time: float, watched: Set[int]) -> None:
        """Take a sample.

        Args:
            time: now, in seconds of a clock that does not go back.
            watched: the processes whose memory is told apart.
        """
        import pynvml

        self.energy.add(time, self.gpu.ask(ENERGY), self._watts())
        rates = self.gpu.ask(UTILISATION)
        self._utilisation.add(None if rates is None else rates.gpu / 100)
        self._clock.add(self.gpu.ask(CLOCK, pynvml.NVML_CLOCK_SM))
        self._temperature = _higher(self._temperature, self.gpu.ask(TEMPERATURE, pynvml.NVML_TEMPERATURE_GPU))
        memory = self.gpu.ask(MEMORY)
        self._used = _higher(self._used, None if memory is None else memory.used)
        throttling = first_answer(self.gpu, THROTTLE)
        if throttling is not None:
            self._throttling |= throttling
            self.throttling_known = True
        self._sample_processes(first_answer(self.gpu, PROCESSES) or (), watched)

    def _watts(self) -> float | None:
        import pynvml

        # The plain figure is averaged over a second on many cards, and lags by as much.
        milliwatts, method = self.gpu.ask_field(pynvml.NVML_FI_DEV_POWER_INSTANT), "instant"
        if milliwatts is None:
            milliwatts, method = self.gpu.ask(POWER), "usage"
        if milliwatts is None:
            return None
        self._power_method = method
        return milliwatts / 1000

    def _sample_processes(self, processes: Sequence[Any], watched: Set[int]) -> None:
        held = [process.usedGpuMemory for process in processes if process.pid in watched]
        self.seen |= {process.pid for process in processes}
        self.ours = self.ours or bool(held)
        if None in held:
            self.held_known = False
        elif held:
            self._held = _higher(self._held, sum(held))

    def reading(self) -> DeviceReading:
        """Return what was sampled so far."""
        return DeviceReading(
            index=self.gpu.index,
            name=self.gpu.name,
            energy_joules=self.energy.joules,
            energy_method=self.energy.method,
            idle_watts=self._idle,
            mean_watts=self.energy.mean_watts,
            peak_watts=self.energy.power.peak,
            utilisation=self._utilisation.value,
            peak_used_bytes=self._used,
            peak_process_bytes=self._held if self.held_known else None,
            mean_clock_mhz=self._clock.value,
            highest_temperature=self._temperature,
            throttle_reasons=throttle_names(self._throttling),
            power_method=self._power_method,
        )


class _Mean:
    """The mean of samples, those left out that gave nothing."""

    def __init__(self) -> None:
        self._sum = 0.0
        self._count = 0

    def add(self, value: float | None) -> None:
        if value is not None:
            self._sum += value
            self._count += 1

    @property
    def value(self) -> float | None:
        return self._sum / self._count if self._count else None


def _higher(before: Any, now: Any) -> Any:
    """Return the higher of two figures, either of which may be missing."""
    return max((value for value in (before, now) if value is not None), default=None)


def first_answer(gpu: Gpu, functions: tuple[str, ...]) -> Any:
    """Return the answer of the first function that gives one; ``None`` if none does."""
    for function in functions:
        answer = gpu.ask(function)
        if answer is not None:
            return answer
    return None


def throttle_names(reasons: int) -> tuple[str, ...]:
    """Return what holds clocks down, by the names of ``nvidia-smi``; being idle is not among them."""
    import pynvml

    names = {
        pynvml.nvmlClocksThrottleReasonApplicationsClocksSetting: "applications_clocks_setting",
        pynvml.nvmlClocksThrottleReasonSwPowerCap: "sw_power_cap",
        pynvml.nvmlClocksThrottleReasonHwSlowdown: "hw_slowdown",
        pynvml.nvmlClocksThrottleReasonSyncBoost: "sync_boost",
        pynvml.nvmlClocksThrottleReasonSwThermalSlowdown: "sw_thermal_slowdown",
        pynvml.nvmlClocksThrottleReasonHwThermalSlowdown: "hw_thermal_slowdown",
        pynvml.nvmlClocksThrottleReasonHwPowerBrakeSlowdown: "hw_power_brake_slowdown",
        pynvml.nvmlClocksThrottleReasonDisplayClockSetting: "display_clocks_setting",
    }
    return tuple(name for bit, name in names.items() if reasons & bit)
