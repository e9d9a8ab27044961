"""Where a run is carried out and how much memory is there, found out without loading a model or starting a device."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import psutil

from benchharness.backends.base import BackendOptions
from benchharness.backends.parallel.devices import read_devices
from benchharness.backends.transformers.chunks import chunk_size
from benchharness.backends.transformers.rope import read_scaling
from benchharness.backends.vllm.settings import GIB, Settings, read_settings
from benchharness.hardware.environment import processor
from benchharness.hardware.free_memory import Gpu, visible_gpus
from benchharness.hardware.model_shape import text_part
from benchharness.hardware.peaks import DevicePeaks, find_peaks, peaks_of_device
from benchharness.hardware.reading import Unmeasured
from benchharness.hardware.stored_weights import stored_dtype

LOCAL = ("transformers", "vllm")
"""Backends that keep the model in the memory of this machine, and of which we know how."""

Kind = Literal["cpu", "gpu"]


@dataclass(frozen=True, slots=True)
class Machine:
    """Where each copy of the model is, and what is there for it.

    Attributes:
        backend: name of the backend.
        device: name of one device.
        kind: whether it is a processor or a GPU.
        devices: how many hold one copy together.
        copies: how many copies work side by side.
        memory: bytes for one copy, over its devices; ``None`` where that is not known.
        share: which share of its devices the backend takes; ``None`` where it takes what is free.
        cache: bytes set aside for keys and values, where they have a limit of their own.
        chunk: most tokens of a prompt that are read in one go; ``None`` for all.
        numerics: ``dtype``, ``kv_cache_dtype`` and ``quantization`` as the backend would tell them.
        peaks: what one device can do; ``None`` where it is not known.
        spare: GPUs of this machine that hold no copy.
        stretch: how many times ``rope_scaling`` stretches the model's own window; ``None`` where the backend does not
            take it, or the model has a scaling of its own.
    """

    backend: str
    device: str
    kind: Kind
    devices: int
    copies: int
    memory: int | None
    share: float | None
    cache: int | None
    chunk: int | None
    numerics: Mapping[str, str]
    peaks: DevicePeaks | None
    spare: int = 0
    stretch: float | None = None

    @property
    def expands_latent(self) -> bool:
        """Whether compressed keys and values are kept expanded, as transformers does."""
        return self.backend == "transformers"


def find_machine(backend: str, options: BackendOptions, config: Mapping[str, Any]) -> Machine | Unmeasured:
    """Return where a backend would put a model, or why that is not known here.

    Args:
        backend: its name.
        options: as the user gave them.
        config: the model's ``config.json``.

    Raises:
        InputError: if there is no such device, or an option is wrong.
    """
    if options.serve is not None or options.base_url is not None or backend not in LOCAL:
        return elsewhere()
    devices = read_devices(options.device)
    kinds = {_kind_of(backend, device) for device in devices}
    return settle_machine(backend, options, config, devices, "cpu" if kinds == {"cpu"} else "gpu", visible_gpus())


def elsewhere() -> Unmeasured:
    """Return why nothing is known of a model that this program does not load."""
    return Unmeasured(
        "memory, seconds",
        "Memory and time are unknown: this backend does not tell where the model is.",
        "无法估计显存与时间：该后端未说明模型在何处运行。",
    )


def _kind_of(backend: str, device: str) -> str:
    """Return the type of a device as the backend finds it; torch is loaded by then."""
    if backend == "vllm":
        from benchharness.backends.vllm.devices import find_place

        return find_place(device).type
    from benchharness.backends.transformers.device import choose_device

    return choose_device(device).type


def settle_machine(
    backend: str,
    options: BackendOptions,
    config: Mapping[str, Any],
    devices: Sequence[str],
    kind: Kind,
    gpus: Sequence[Gpu],
) -> Machine:
    """Return where a backend puts a model, given what there is.

    Args:
        backend: ``transformers`` or ``vllm``.
        options: as the user gave them.
        config: the model's ``config.json``.
        devices: as ``--device`` names them, with a copy of the model for each.
        kind: of the devices.
        gpus: those of this machine.

    Raises:
        InputError: if an option is wrong.
    """
    dtype = _dtype(options, config, kind)
    settings = None
    if backend == "vllm":
        settings = read_settings(options, device="cpu" if kind == "cpu" else "cuda", dtype=dtype)
    holders = _holders(devices, gpus, settings) if kind == "gpu" else []
    cache = settings.kv_cache_gib if settings is not None else None
    first = holders[0][0] if holders and holders[0] else None
    taken = {gpu.facts.index for holder in holders for gpu in holder}
    return Machine(
        backend=backend,
        device=processor() if kind == "cpu" else first.facts.name if first else "GPU",
        kind=kind,
        devices=max(1, *map(len, holders)) if holders else 1,
        copies=len(devices),
        memory=_processor_memory(devices) if kind == "cpu" else _gpu_memory(holders, settings),
        share=None if kind == "cpu" else _share(settings),
        cache=None if cache is None else int(cache * GIB),
        chunk=settings.max_num_batched_tokens if settings is not None else chunk_size(options) or None,
        numerics={"dtype": dtype} if settings is None else settings.numerics(None),
        peaks=_peaks(first, kind),
        spare=len(gpus) - len(taken) if kind == "gpu" else 0,
        stretch=_stretch(options, config) if backend == "transformers" else None,
    )


def _peaks(gpu: Gpu | None, kind: Kind) -> DevicePeaks | None:
    if kind == "cpu":
        return find_peaks(processor())
    return None if gpu is None else peaks_of_device(gpu.facts)


def _stretch(options: BackendOptions, config: Mapping[str, Any]) -> float | None:
    own = text_part(config).get("rope_parameters") or text_part(config).get("rope_scaling") or {}
    kinds = (own.get("rope_type", own.get("type", "default")),) if isinstance(own, Mapping) else ()
    if kinds != ("default",):
        return None
    scaling = read_scaling(options)
    return 1.0 if scaling is None else scaling.factor


def _dtype(options: BackendOptions, config: Mapping[str, Any], kind: Kind) -> str:
    if options.dtype != "auto":
        return options.dtype
    return "float32" if kind == "cpu" else stored_dtype(config) or "float32"


def _holders(devices: Sequence[str], gpus: Sequence[Gpu], settings: Settings | None) -> list[tuple[Gpu, ...]]:
    """Return for each copy of the model the GPUs that hold it; one that is not there is refused by the backend."""
    parts = 1 if settings is None else settings.tensor_parallel_size * settings.pipeline_parallel_size
    if devices[0] == "balanced" or not gpus:
        return [tuple(gpus)]
    if parts > 1:
        return [tuple(gpus[:parts])]
    by_name = {gpu.facts.torch: gpu for gpu in gpus}
    # Where a name does not tell which one it is, the one with the most room: nothing is to be refused by mistake.
    roomiest = max(gpus, key=lambda gpu: gpu.room or 0)
    return [(by_name.get(name, roomiest) if ":" in name else gpus[0],) for name in devices]


def _share(settings: Settings | None) -> float | None:
    """Return which share of a GPU the backend takes; ``None`` where it takes what is free."""
    return settings.gpu_memory_utilization if settings is not None and settings.kv_cache_gib is None else None


def _gpu_memory(holders: Sequence[tuple[Gpu, ...]], settings: Settings | None) -> int | None:
    share = _share(settings)
    copies: list[int] = []
    for holder in holders:
        rooms = [gpu.room if share is None else gpu.facts.memory_bytes for gpu in holder]
        known = [room for room in rooms if room is not None]
        if not known or len(known) < len(rooms):
            return None
        # Several workers on one GPU share what it has.
        copies.append(int(sum(known) * (1.0 if share is None else share)) // holders.count(holder))
    return min(copies, default=None)


def _processor_memory(devices: Sequence[str]) -> int:
    return psutil.virtual_memory().available // len(devices)
