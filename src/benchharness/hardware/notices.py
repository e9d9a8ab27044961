"""What a reading cannot tell, in words: which figures are missing or less than exact, and why."""

from collections.abc import Iterator, Sequence, Set
from typing import NamedTuple

from benchharness.hardware.energy import COUNTER, INTEGRATED
from benchharness.hardware.foreign import foreign_devices
from benchharness.hardware.nvml import Connection, Refusal
from benchharness.hardware.reading import DeviceReading, Unmeasured
from benchharness.hardware.sampler import (
    CLOCK,
    ENERGY,
    MEMORY,
    POWER,
    PROCESSES,
    TEMPERATURE,
    THROTTLE,
    UTILISATION,
    DeviceSampler,
)

FEW_STEPS = 20
"""Moves of the energy counter under which a window is too short for it: it may be off by most of one."""

FIGURES = {
    "energy_joules": ("energy", "能耗", (ENERGY, POWER)),
    "mean_watts": ("power", "功率", (POWER,)),
    "peak_watts": ("peak power", "峰值功率", (POWER,)),
    "peak_used_bytes": ("memory in use", "已用显存", (MEMORY,)),
    "utilisation": ("utilisation", "利用率", (UTILISATION,)),
    "mean_clock_mhz": ("clock", "时钟频率", (CLOCK,)),
    "highest_temperature": ("temperature", "温度", (TEMPERATURE,)),
    "throttle_reasons": ("throttling", "降频原因", THROTTLE),
}
"""What a device may tell: its name in English and in Chinese, and the functions of NVML that tell it."""

OF_THE_CARD = Refusal(
    "told of the whole card only, of which this is one MIG instance", "只有整张卡的数据，而这里只是其中一个 MIG 实例"
)
NOT_LISTED = Refusal(
    "they are not among the processes that NVML lists, as where a container has process numbers of its own",
    "NVML 列出的进程中没有被测进程（容器使用独立的进程号时常见）",
)
INTEGRATED_SAID = (
    "energy is integrated from power, since its counter cannot be read",
    "能耗计数器无法读取，改由功率积分得到",
)
NOT_TOLD = Refusal("the driver does not tell it", "驱动不提供")
VENDORS = {"amd": ("AMD GPU", "AMD GPU"), "huawei": ("Huawei Ascend NPU", "华为昇腾 NPU")}


class Missing(NamedTuple):
    """Figures that a GPU does not give, all for one reason.

    Attributes:
        figures: their names in `DeviceReading`.
        en: what they are called, in English.
        zh: the same in Chinese.
        why: the reason.
    """

    figures: tuple[str, ...]
    en: str
    zh: str
    why: Refusal


def is_told(sampler: DeviceSampler, reading: DeviceReading, figure: str) -> bool:
    """Tell whether a GPU gives a figure."""
    return sampler.throttling_known if figure == "throttle_reasons" else getattr(reading, figure) is not None


def missing(sampler: DeviceSampler) -> list[Missing]:
    """Return the figures that a GPU does not give, whatever the window, by reason."""
    reading = sampler.reading()
    figures: dict[Refusal, list[str]] = {}
    for figure, (_, _, functions) in FIGURES.items():
        # Without any power there is no peak to miss.
        if is_told(sampler, reading, figure) or (figure == "peak_watts" and reading.mean_watts is None):
            continue
        why = OF_THE_CARD if sampler.gpu.is_instance else sampler.gpu.refusal_of(*functions)
        figures.setdefault(why, []).append(figure)
    return [
        Missing(
            tuple(names),
            ", ".join(FIGURES[name][0] for name in names),
            "、".join(FIGURES[name][1] for name in names),
            why,
        )
        for why, names in figures.items()
    ]


def about_device(sampler: DeviceSampler) -> Iterator[Unmeasured]:
    """Yield what a GPU does not give, and what comes in another way than one would wish."""
    for absent in missing(sampler):
        yield _say(sampler, ", ".join(absent.figures), f"not known: {absent.en}", f"{absent.zh}未知", absent.why)
    if sampler.energy.method == INTEGRATED:
        yield _say(sampler, "energy_joules", *INTEGRATED_SAID, sampler.gpu.refusal_of(ENERGY))


def about_window(sampler: DeviceSampler) -> Iterator[Unmeasured]:
    """Yield what this window in particular leaves open."""
    reading = sampler.reading()
    if reading.peak_process_bytes is None:
        en, zh = "the memory of the watched processes alone is not known", "无法单独得知被测进程占用的显存"
        yield _say(sampler, "peak_process_bytes", en, zh, _why_no_process(sampler))
    if reading.energy_joules is None:
        return
    yield from _about_counter(sampler, reading)
    if reading.idle_watts is None:
        yield Unmeasured(
            "net_joules",
            f"{sampler.gpu.label}: idle power was not measured before the work, so it cannot be subtracted.",
            f"{sampler.gpu.label_zh}：工作开始前没有测空闲功率，因此无法扣除。",
        )


def _about_counter(sampler: DeviceSampler, reading: DeviceReading) -> Iterator[Unmeasured]:
    label, label_zh = sampler.gpu.label, sampler.gpu.label_zh
    if sampler.energy.filled_seconds > 0:
        filled = f"{sampler.energy.filled_seconds:.1f}"
        yield Unmeasured(
            "energy_joules",
            f"{label}: the energy counter went back or gave nothing for a while; {filled} s are integrated from power.",
            f"{label_zh}：能耗计数器曾回退或中断，其中 {filled} 秒由功率积分补足。",
        )
    elif reading.energy_method == COUNTER and sampler.energy.steps < FEW_STEPS:
        steps = sampler.energy.steps
        yield Unmeasured(
            "energy_joules",
            f"{label}: the window is short: the energy counter was seen to move {steps} times, and energy may be off "
            "by one such step. Measure for ten seconds or more.",
            f"{label_zh}：测量时间太短，能耗计数器只更新了 {steps} 次，结果可能相差一次更新的量；请至少测量 10 秒。",
        )


def about_devices(connection: Connection) -> Iterator[Unmeasured]:
    """Yield why there are no devices, or why they may be the wrong ones."""
    others = foreign_devices()
    for vendor in sorted({device.vendor for device in others}):
        names = sorted({device.name for device in others if device.vendor == vendor})
        en, zh = VENDORS[vendor]
        yield Unmeasured(
            "devices",
            f"{en} ({', '.join(names)}): energy, power, memory and utilisation are measured on NVIDIA GPUs only.",
            f"{zh}（{'、'.join(names)}）：能耗、功率、显存和利用率目前只在 NVIDIA GPU 上测量。",
        )
    if connection.refusal is not None and not others:
        why = connection.refusal
        yield Unmeasured("devices", f"No GPU was measured: {why.en}.", f"没有测量 GPU：{why.zh}。")
    if not connection.numbers_known:
        yield Unmeasured(
            "devices",
            "The GPUs are not alike, and CUDA_VISIBLE_DEVICES counts them in CUDA's own order: others may have been "
            "measured than worked. Set CUDA_DEVICE_ORDER=PCI_BUS_ID.",
            "各 GPU 型号不同，而 CUDA_VISIBLE_DEVICES 的编号按 CUDA 自己的顺序，测到的可能不是实际工作的 GPU；"
            "请设置 CUDA_DEVICE_ORDER=PCI_BUS_ID。",
        )


def about_use(
    samplers: Sequence[DeviceSampler], used: Sequence[DeviceSampler], watched: Set[int]
) -> Iterator[Unmeasured]:
    """Yield which GPUs are not counted, and which did other work too.

    Args:
        samplers: the visible GPUs.
        used: those that are counted.
        watched: all processes that were watched at any time.
    """
    if len(used) > 1 and not any(sampler.ours for sampler in used):
        yield Unmeasured(
            "devices",
            f"Which of the {len(used)} visible GPUs did the work is not known: all of them are counted. Name those "
            "that are to be counted in CUDA_VISIBLE_DEVICES.",
            f"无法得知 {len(used)} 个可见 GPU 中哪些参与了工作，因此全部计入；"
            "请在 CUDA_VISIBLE_DEVICES 中只列出需要计入的 GPU。",
        )
    for sampler in samplers:
        label, label_zh = sampler.gpu.label, sampler.gpu.label_zh
        others = len(sampler.seen - watched)
        if sampler not in used:
            yield Unmeasured(
                "devices",
                f"{label} is not counted: no watched process was on it.",
                f"{label_zh}不计入：没有被测进程使用它。",
            )
        elif sampler.ours and others:
            yield Unmeasured(
                "energy_joules",
                f"{label}: {others} other {'process was' if others == 1 else 'processes were'} on it; its energy, "
                "utilisation and memory in use include theirs.",
                f"{label_zh}：另有 {others} 个进程在使用，能耗、利用率和已用显存包含它们的部分。",
            )


def _why_no_process(sampler: DeviceSampler) -> Refusal:
    if not sampler.held_known:
        return NOT_TOLD
    if all(function in sampler.gpu.refusals for function in PROCESSES):
        return sampler.gpu.refusal_of(*PROCESSES)
    return NOT_LISTED


def _say(sampler: DeviceSampler, what: str, en: str, zh: str, why: Refusal) -> Unmeasured:
    return Unmeasured(what, f"{sampler.gpu.label}: {en}: {why.en}.", f"{sampler.gpu.label_zh}：{zh}：{why.zh}。")
