"""The meter: samples accelerators and processes in a thread while work is done; without a GPU, processes alone."""

import os
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from types import TracebackType

from benchharness.hardware.notices import about_device, about_devices, about_use, about_window
from benchharness.hardware.nvml import Connection
from benchharness.hardware.processes import ProcessTrees
from benchharness.hardware.rapl import PackageEnergy
from benchharness.hardware.reading import DeviceReading, Reading, Unmeasured, total
from benchharness.hardware.sampler import DeviceSampler

__all__ = ["DeviceReading", "Meter", "Reading", "Unmeasured", "measure_idle"]

SEARCH_SECONDS = 1.0
"""How often new processes are looked for, which means going through all of the machine's."""

_SAMPLING = threading.Lock()
# A process that is forked in the middle of a call to NVML would find the library's locks taken for ever.
os.register_at_fork(before=_SAMPLING.acquire, after_in_parent=_SAMPLING.release, after_in_child=_SAMPLING.release)


class Meter:
    """Reads time, energy, memory and load of some processes, and of the GPUs they work on, while it is entered.

    Args:
        processes: the processes that do the work; what they start counts with them. Empty where the work is done on
            another machine: then nothing of this one is measured, and the reading says so.
        interval_seconds: seconds between two samples, above 0.
        idle_watts: power of the devices before the work, as `measure_idle` gives it.

    Raises:
        ValueError: if the interval is not above 0.
    """

    def __init__(
        self,
        processes: Sequence[int],
        *,
        interval_seconds: float = 0.1,
        idle_watts: Mapping[int, float] | None = None,
    ) -> None:
        if not interval_seconds > 0:
            raise ValueError(f"interval_seconds is {interval_seconds}, and has to be above 0")
        self._processes = tuple(processes)
        self._interval = interval_seconds
        self._idle = dict(idle_watts or {})
        self._owner: int | None = None
        self._reading: Reading | None = None
        self._joules: float | None = None

    def __enter__(self) -> "Meter":
        self._owner = os.getpid()
        self._reading = None
        self._connection = Connection() if self._processes else None
        gpus = self._connection.gpus if self._connection else ()
        self._samplers = [DeviceSampler(gpu, self._idle.get(gpu.index)) for gpu in gpus]
        self._packages = PackageEnergy()
        self._stop = threading.Event()
        self._samples = 0
        self._own_seconds = 0.0
        self._begin = time.perf_counter()
        self._trees = ProcessTrees(self._processes)
        self._sample()
        self._thread = threading.Thread(target=self._keep_sampling, name="meter", daemon=True)
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if os.getpid() != self._owner:
            # A forked child has neither the thread nor a use for NVML; the measuring goes on in its parent.
            return
        self._stop.set()
        self._thread.join()
        self._trees.search()
        self._sample()
        self._reading = self._read(time.perf_counter() - self._begin)
        if self._connection is not None:
            self._connection.close()

    @property
    def reading(self) -> Reading:
        """What was read, once the meter was left.

        Raises:
            RuntimeError: before.
        """
        if self._reading is None:
            raise RuntimeError("a meter has a reading only after it was left")
        return self._reading

    def joules_so_far(self) -> float | None:
        """Return the joules of the devices up to the last sample; ``None`` where they are not known."""
        return self._joules

    def _keep_sampling(self) -> None:
        begin = time.perf_counter()
        searched = begin
        while not self._stop.wait(self._until_next(begin)):
            if time.perf_counter() - searched >= SEARCH_SECONDS:
                started = time.thread_time()
                self._trees.search()
                self._own_seconds += time.thread_time() - started
                searched = time.perf_counter()
            self._sample()

    def _until_next(self, begin: float) -> float:
        """Return the seconds to the next multiple of the interval, so that slow samples do not shift those after."""
        return self._interval - (time.perf_counter() - begin) % self._interval

    def _sample(self) -> None:
        started = time.thread_time()
        with _SAMPLING:
            self._trees.sample()
            for sampler in self._samplers:
                sampler.sample(time.perf_counter(), self._trees.alive)
        if self._processes:
            self._packages.sample()
        self._joules = total(sampler.energy.joules for sampler in _in_use(self._samplers))
        self._samples += 1
        self._own_seconds += time.thread_time() - started

    def _read(self, seconds: float) -> Reading:
        cpu_seconds = self._trees.cpu_seconds
        if self._owner in self._trees.alive:
            cpu_seconds = max(0.0, cpu_seconds - self._own_seconds)
        return Reading(
            seconds=seconds,
            devices=tuple(sampler.reading() for sampler in _in_use(self._samplers)),
            cpu_seconds=cpu_seconds,
            peak_resident_bytes=self._trees.peak_resident_bytes,
            unmeasured=tuple(self._unmeasured()),
            cpu_joules=self._packages.joules if self._processes else None,
            meter_cpu_seconds=self._own_seconds,
            samples=self._samples,
        )

    def _unmeasured(self) -> Iterator[Unmeasured]:
        if self._connection is None:
            yield Unmeasured(
                "devices",
                "No process of this machine does the work: energy, memory and load are not those of this machine.",
                "工作不由本机进程完成：能耗、内存和负载都不在本机上，因此没有测量。",
            )
            return
        used = _in_use(self._samplers)
        yield from about_devices(self._connection)
        yield from about_use(self._samplers, used, self._trees.ever)
        for sampler in used:
            yield from about_device(sampler)
            yield from about_window(sampler)
        if self._trees.missing:
            numbers = ", ".join(map(str, self._trees.missing))
            yield Unmeasured(
                "cpu_seconds",
                f"Time and memory of these processes were not read, which had ended or are another user's: {numbers}.",
                f"以下进程已结束或属于其他用户，没有读到其处理器时间和内存：{numbers}。",
            )
        if self._packages.refusal is not None:
            why = self._packages.refusal
            yield Unmeasured("cpu_joules", f"Processor energy is not known: {why.en}.", f"处理器能耗未知：{why.zh}。")


def measure_idle(seconds: float = 3.0) -> dict[int, float]:
    """Return the mean power of each GPU over some seconds in which nothing is asked of it, by its index.

    To be called with the model loaded, before the work. Holds up the caller for that long. GPUs whose power cannot be
    read are left out, so that without NVML nothing is there.

    Args:
        seconds: how long, above 0. Three see the energy counter move often enough for some percent.

    Raises:
        ValueError: if ``seconds`` is not above 0.
    """
    if not seconds > 0:
        raise ValueError(f"seconds is {seconds}, and has to be above 0")
    with Connection() as connection:
        samplers = [DeviceSampler(gpu) for gpu in connection.gpus]
        begin = time.perf_counter()
        while samplers:
            for sampler in samplers:
                sampler.sample(time.perf_counter(), frozenset())
            left = begin + seconds - time.perf_counter()
            if left <= 0:
                break
            time.sleep(min(0.1, left))
        watts = {sampler.gpu.index: sampler.energy.mean_watts for sampler in samplers}
    return {index: mean for index, mean in watts.items() if mean is not None}


def _in_use(samplers: Sequence[DeviceSampler]) -> list[DeviceSampler]:
    """Return the GPUs that a watched process was seen on; all, if none was seen anywhere."""
    return [sampler for sampler in samplers if sampler.ours] or list(samplers)
