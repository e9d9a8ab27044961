"""Facts of the accelerators of this machine."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from benchharness.hardware.foreign import foreign_devices
from benchharness.hardware.nvml import MIG_ENABLED, Connection, Gpu
from benchharness.hardware.sampler import THROTTLE, first_answer, throttle_names

UUID_CHARACTERS = 12
"""So much of a UUID tells devices apart, and does not name one for good."""


@dataclass(frozen=True, slots=True)
class DeviceFacts:
    """What an accelerator is. ``None`` is what the device, the driver or our rights do not tell.

    Attributes:
        vendor: ``nvidia``, ``amd`` or ``huawei``.
        index: number of the card, for NVIDIA as ``nvidia-smi`` counts.
        torch: its name in torch, such as ``cuda:0``; ``None`` where that is not sure.
        name: what it calls itself.
        uuid: beginning of its UUID.
        memory_bytes: its memory.
        driver: version of the driver, or of what stands for it.
        cuda: the newest CUDA the driver works with.
        compute_capability: such as ``9.0``.
        power_limit_watts: the limit in force.
        default_power_limit_watts: the limit after a start.
        sm_clock_mhz: clock of the streaming multiprocessors now.
        max_sm_clock_mhz: the highest they can have.
        memory_clock_mhz: clock of the memory now.
        max_memory_clock_mhz: the highest it can have.
        pcie_generation: of the link now; it may rest lower than it works.
        max_pcie_generation: the highest the device and the slot allow.
        pcie_width: lanes now.
        max_pcie_width: most lanes.
        nvlinks: links that are up.
        topology: the way to other devices, by their index, as ``nvidia-smi topo`` names it: ``PIX``, ``PXB``,
            ``PHB``, ``NODE``, ``SYS``, and ``board`` for two on one board.
        ecc: whether memory errors are corrected.
        mig: whether the card is split into instances.
        persistence: whether the driver stays loaded.
        throttle_reasons: what holds the clocks down now.
    """

    vendor: str
    index: int
    torch: str | None
    name: str
    uuid: str | None = None
    memory_bytes: int | None = None
    driver: str | None = None
    cuda: str | None = None
    compute_capability: str | None = None
    power_limit_watts: float | None = None
    default_power_limit_watts: float | None = None
    sm_clock_mhz: int | None = None
    max_sm_clock_mhz: int | None = None
    memory_clock_mhz: int | None = None
    max_memory_clock_mhz: int | None = None
    pcie_generation: int | None = None
    max_pcie_generation: int | None = None
    pcie_width: int | None = None
    max_pcie_width: int | None = None
    nvlinks: int | None = None
    topology: Mapping[str, str] = field(default_factory=dict)
    ecc: bool | None = None
    mig: bool | None = None
    persistence: bool | None = None
    throttle_reasons: tuple[str, ...] = ()

    def document(self) -> dict[str, Any]:
        """Return all of it as data for JSON."""
        return {**asdict(self), "throttle_reasons": list(self.throttle_reasons)}


def describe_devices() -> list[DeviceFacts]:
    """Return the accelerators that are shown to this process: NVIDIA's by NVML, others as far as torch knows them.

    Nothing is loaded or started for it: those of AMD and Huawei are there once torch was loaded.
    """
    with Connection() as connection:
        found = [_describe(connection, place) for place in range(len(connection.gpus))]
    found += [
        DeviceFacts(
            device.vendor,
            device.index,
            device.torch,
            device.name,
            memory_bytes=device.memory_bytes,
            driver=device.software,
        )
        for device in foreign_devices()
    ]
    return found


def _describe(connection: Connection, place: int) -> DeviceFacts:
    import pynvml

    gpu = connection.gpus[place]
    memory = gpu.ask("nvmlDeviceGetMemoryInfo")
    capability = gpu.ask("nvmlDeviceGetCudaComputeCapability")
    return DeviceFacts(
        vendor="nvidia",
        index=gpu.index,
        torch=f"cuda:{place}" if connection.order_known else None,
        name=gpu.name,
        uuid=gpu.uuid[:UUID_CHARACTERS],
        memory_bytes=None if memory is None else memory.total,
        driver=connection.ask("nvmlSystemGetDriverVersion"),
        cuda=_cuda(connection),
        compute_capability=None if capability is None else ".".join(map(str, capability)),
        power_limit_watts=_watts(gpu.ask("nvmlDeviceGetEnforcedPowerLimit")),
        default_power_limit_watts=_watts(gpu.ask("nvmlDeviceGetPowerManagementDefaultLimit")),
        sm_clock_mhz=gpu.ask("nvmlDeviceGetClockInfo", pynvml.NVML_CLOCK_SM),
        max_sm_clock_mhz=gpu.ask("nvmlDeviceGetMaxClockInfo", pynvml.NVML_CLOCK_SM),
        memory_clock_mhz=gpu.ask("nvmlDeviceGetClockInfo", pynvml.NVML_CLOCK_MEM),
        max_memory_clock_mhz=gpu.ask("nvmlDeviceGetMaxClockInfo", pynvml.NVML_CLOCK_MEM),
        pcie_generation=gpu.ask("nvmlDeviceGetCurrPcieLinkGeneration"),
        max_pcie_generation=gpu.ask("nvmlDeviceGetMaxPcieLinkGeneration"),
        pcie_width=gpu.ask("nvmlDeviceGetCurrPcieLinkWidth"),
        max_pcie_width=gpu.ask("nvmlDeviceGetMaxPcieLinkWidth"),
        nvlinks=_nvlinks(gpu),
        topology=_topology(gpu, connection.gpus),
        ecc=_switch(gpu.ask("nvmlDeviceGetEccMode")),
        mig=gpu.is_instance or _switch(gpu.ask("nvmlDeviceGetMigMode"), MIG_ENABLED),
        persistence=_switch(gpu.ask("nvmlDeviceGetPersistenceMode")),
        throttle_reasons=throttle_names(first_answer(gpu, THROTTLE) or 0),
    )


def _cuda(connection: Connection) -> str | None:
    """Return the newest CUDA that the driver works with; NVML gives 13010 for 13.1."""
    number = connection.ask("nvmlSystemGetCudaDriverVersion_v2")
    return None if number is None else f"{number // 1000}.{number % 1000 // 10}"


def _watts(milliwatts: int | None) -> float | None:
    return None if milliwatts is None else milliwatts / 1000


def _switch(mode: Any, on: int = 1) -> bool | None:
    """Read a mode: a number, or the one in force and the one after the next start."""
    if mode is None:
        return None
    return bool((mode[0] if isinstance(mode, list | tuple) else mode) == on)


def _nvlinks(gpu: Gpu) -> int | None:
    """Return how many links are up; ``None`` for a device without any."""
    import pynvml

    states = [gpu.ask("nvmlDeviceGetNvLinkState", link) for link in range(pynvml.NVML_NVLINK_MAX_LINKS)]
    known = [state for state in states if state is not None]
    return sum(known) if known else None


def _topology(gpu: Gpu, gpus: Sequence[Gpu]) -> dict[str, str]:
    import pynvml

    names = {
        pynvml.NVML_TOPOLOGY_INTERNAL: "board",
        pynvml.NVML_TOPOLOGY_SINGLE: "PIX",
        pynvml.NVML_TOPOLOGY_MULTIPLE: "PXB",
        pynvml.NVML_TOPOLOGY_HOSTBRIDGE: "PHB",
        pynvml.NVML_TOPOLOGY_NODE: "NODE",
        pynvml.NVML_TOPOLOGY_SYSTEM: "SYS",
    }
    levels = {
        str(other.index): gpu.ask("nvmlDeviceGetTopologyCommonAncestor", other.handle)
        for other in gpus
        if other.index != gpu.index
    }
    return {index: names[level] for index, level in levels.items() if level in names}
