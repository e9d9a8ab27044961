"""Devices with their peaks, what they did when measured, and rooflines: for people and for programs."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from rich.console import Group, RenderableType
from rich.text import Text

from benchharness.errors import bilingual
from benchharness.hardware.bounds import LengthBound, StepBound, Storage
from benchharness.hardware.calibrate import Calibration, Ceiling
from benchharness.hardware.devices import DeviceFacts
from benchharness.hardware.model_shape import ModelShape
from benchharness.hardware.peaks import DevicePeaks
from benchharness.hardware.roofline import cache_bytes_per_token, crossover, ridge_point, weights_bytes
from benchharness.report.cells import PlainTable, percent
from benchharness.report.inert import inert_text

ROOFLINE_SCHEMA = "benchharness.roofline/1"
DEVICES_SCHEMA = "benchharness.devices/1"


@dataclass(frozen=True, slots=True)
class Roofline:
    """A model on a device, to be shown.

    Attributes:
        model: the model's name.
        shape: its shape.
        peaks: what one device can do.
        storage: how things are stored and computed.
        output: tokens of an answer.
        bounds: what holds at each prompt length.
    """

    model: str
    shape: ModelShape
    peaks: DevicePeaks
    storage: Storage
    output: int
    bounds: Sequence[LengthBound]


def roofline_document(roofline: Roofline) -> dict[str, Any]:
    """Return a roofline as plain data, times in seconds, sizes in bytes."""
    shape, storage = roofline.shape, roofline.storage
    return {
        "schema": ROOFLINE_SCHEMA,
        "model": {
            "name": roofline.model,
            "model_type": shape.model_type,
            "parameters": shape.parameters,
            "active_elements": shape.active_elements,
            "head_elements": shape.head_elements,
            "weights_bytes": weights_bytes(shape, storage.weight_bytes),
            "cache_bytes_per_token": cache_bytes_per_token(shape, storage.cache_bytes),
            "crossover_tokens": crossover(shape),
        },
        "storage": asdict(storage),
        "device": roofline.peaks.model_dump(mode="json"),
        "output_tokens": roofline.output,
        "lengths": [asdict(bound) for bound in roofline.bounds],
    }


def roofline_view(roofline: Roofline) -> RenderableType:
    """Return a roofline as a table under what it rests on."""
    table = _table(
        bilingual("Prompt\ntokens", "提示词\n词元数"),
        bilingual("Cache", "缓存"),
        bilingual("Prefill\n≥", "预填充\n≥"),
        bilingual("Atten-\ntion", "注意力\n占比"),
        bilingual(f"{roofline.output} more\n≥", f"再生成 {roofline.output}\n≥"),
        *(bilingual(f"tokens/s\n× {step.batch} ≤", f"词元/秒\n× {step.batch} ≤") for step in _steps(roofline)),
    )
    for bound in roofline.bounds:
        table.add_row(
            _count(bound.tokens),
            _bytes(bound.cache_bytes),
            _seconds(bound.prefill_seconds),
            f"{percent(bound.attention_share)} %",
            _seconds(bound.decode_seconds),
            *(_step(step) for step in bound.steps),
        )
    return Group(_model_line(roofline), _device_line(roofline.peaks, roofline.storage), table, *_notes(roofline))


def _steps(roofline: Roofline) -> Sequence[StepBound]:
    return roofline.bounds[0].steps if roofline.bounds else ()


def _step(step: StepBound) -> Text:
    rate = f"{step.tokens_per_second:,.0f}" if step.tokens_per_second >= 100 else _three_digits(step.tokens_per_second)
    if not step.fits:
        return Text(f"({rate})", style="dim")
    return Text(f"{rate}{'*' if step.limit == 'arithmetic' else ''}")


def _model_line(roofline: Roofline) -> Text:
    shape, storage = roofline.shape, roofline.storage
    weights = _bytes(weights_bytes(shape, storage.weight_bytes))
    cache = _bytes(cache_bytes_per_token(shape, storage.cache_bytes))
    bits = f"{8 * storage.weight_bytes:g}"
    parameters, active = _parameters(shape.parameters), _parameters(shape.active_elements + shape.head_elements)
    length = crossover(shape)
    meets = (
        bilingual("windows keep attention cheaper than the weights", "受滑动窗口限制，注意力计算量始终低于权重部分")
        if length is None
        else bilingual(
            f"attention costs as much as the weights from {length:,} tokens",
            f"提示词达 {length:,} 词元时，注意力计算量与权重部分相当",
        )
    )
    line = inert_text(roofline.model, "bold")
    line.append(
        bilingual(
            f": {parameters} parameters, {active} for a token; weights {weights} ({bits} bits), "
            f"cache {cache} a token; {meets}",
            f"：参数量 {parameters}，每词元激活 {active}；权重 {weights}（{bits} 位），每词元缓存 {cache}；{meets}",
        ),
        "not bold",
    )
    return line


def _device_line(peaks: DevicePeaks, storage: Storage) -> Text:
    line = inert_text(peaks.name if storage.devices == 1 else f"{storage.devices} × {peaks.name}", "bold")
    flops = _figure(peaks.flops[storage.dtype], "FLOP/s")
    ridge = ridge_point(peaks, storage.dtype)
    line.append(
        bilingual(
            f": {flops} {storage.dtype} (dense), {_rate(peaks.bytes_per_second)}, "
            f"{peaks.memory_bytes / 1e9:.0f} GB ({_bytes(peaks.memory_bytes)}); "
            f"arithmetic is the bound from {ridge:.0f} FLOP/byte\n",
            f"：单卡 {storage.dtype} 稠密算力 {flops}，带宽 {_rate(peaks.bytes_per_second)}，"
            f"显存 {peaks.memory_bytes / 1e9:.0f} GB（{_bytes(peaks.memory_bytes)}）；"
            f"算术强度超过 {ridge:.0f} FLOP/字节时受算力限制\n",
        ),
        "not bold",
    )
    return line


def _notes(roofline: Roofline) -> list[Text]:
    notes = [
        bilingual(
            "\nNo engine can be faster: arithmetic and memory traffic alone, each at the maker's peak.",
            "\n以上为理论上限：仅计算算术量与访存量，且均按厂商峰值计算，任何引擎都不可能更快。",
        )
    ]
    notes.append(
        bilingual(
            "tokens/s: one decoding step with the prompt's tokens held by each of × n answers at once.",
            "词元/秒：× n 为并发数，按每条序列已有该长度的上下文时的单步解码计算。",
        )
    )
    steps = [step for bound in roofline.bounds for step in bound.steps]
    if any(step.limit == "arithmetic" and step.fits for step in steps):
        notes.append(bilingual("* arithmetic is the bound; else memory is.", "* 受算力限制；其余受带宽限制。"))
    if any(not step.fits for step in steps):
        notes.append(
            bilingual("(…) weights and caches do not fit into memory.", "（…）表示权重与缓存超出显存，无法运行。")
        )
    if any(layer.feed_forward.experts for layer, _ in roofline.shape.layers):
        notes.append(
            bilingual(
                "Experts are thought to be chosen evenly; a router with preferences reads fewer of them.",
                "假定各专家被均匀选中；若路由有偏好，实际读取的专家更少。",
            )
        )
    if roofline.storage.devices > 1:
        notes.append(
            bilingual("What devices tell each other takes time that is not counted.", "未计入设备间通信的用时。")
        )
    notes.append(bilingual(f"Peaks: {roofline.peaks.source}", f"峰值来源：{roofline.peaks.source}"))
    return [inert_text(note, "dim") for note in notes]


def devices_document(
    devices: Sequence[tuple[DeviceFacts, DevicePeaks | None]], environment: Mapping[str, Any]
) -> dict[str, Any]:
    """Return the devices of this machine with their peaks as plain data."""
    return {
        "schema": DEVICES_SCHEMA,
        **{key: environment[key] for key in ("processor", "cores", "memory_bytes")},
        "devices": [
            {**facts.document(), "peaks": None if peaks is None else peaks.model_dump(mode="json")}
            for facts, peaks in devices
        ],
    }


def devices_view(
    devices: Sequence[tuple[DeviceFacts, DevicePeaks | None]], environment: Mapping[str, Any]
) -> RenderableType:
    """Return the devices of this machine with their peaks, and the processor."""
    table = _table(
        bilingual("Device", "设备"),
        bilingual("Memory", "内存"),
        bilingual("Power limit", "功耗上限"),
        bilingual("Peaks (dense)", "峰值（稠密）"),
        right=(),
    )
    for facts, peaks in devices:
        table.add_row(
            f"{facts.torch or facts.index} {facts.name}",
            "" if facts.memory_bytes is None else _bytes(facts.memory_bytes),
            "" if facts.power_limit_watts is None else f"{facts.power_limit_watts:.0f} W",
            _peaks_cell(facts, peaks),
        )
    cores = environment["cores"]
    table.add_row(
        f"cpu {environment['processor']}",
        _bytes(environment["memory_bytes"]),
        "",
        bilingual(
            f"{cores} cores; `benchharness hardware calibrate` measures",
            f"{cores} 核；可用 `benchharness hardware calibrate` 实测",
        ),
    )
    if devices:
        return table
    none = bilingual("No GPU or other accelerator was found.\n", "未检测到 GPU 或其他加速器。\n")
    return Group(Text(none), table)


def _peaks_cell(facts: DeviceFacts, peaks: DevicePeaks | None) -> str:
    if facts.mig:
        return bilingual("split into instances (MIG): not known", "已切分为 MIG 实例：未知")
    if peaks is None:
        return bilingual("not in the table: name a file with --peaks", "峰值表中没有该设备，可用 --peaks 指定文件")
    figures = [f"{dtype} {_figure(flops, 'FLOP/s')}" for dtype, flops in peaks.flops.items() if dtype != "float16"]
    return f"{peaks.name}: {_rate(peaks.bytes_per_second)}\n{', '.join(figures)}"


def calibration_view(calibration: Calibration, peaks: DevicePeaks | None) -> RenderableType:
    """Return what a device did, beside what its maker states where that is known."""
    clock = bilingual(
        {"device events": "timed by device events", "perf_counter": "timed by the wall clock"}[calibration.clock],
        {"device events": "以设备事件计时", "perf_counter": "以系统时钟计时"}[calibration.clock],
    )
    title = inert_text(f"{calibration.device} ({calibration.kind})", "bold")
    threads = bilingual(f", {calibration.threads} threads", f"，{calibration.threads} 线程")
    title.append(f" · torch {calibration.torch}{threads if calibration.kind == 'cpu' else ''} · {clock}\n", "not bold")
    table = _table(
        bilingual("Work", "项目"),
        bilingual("Best size", "最佳尺寸"),
        bilingual("Median", "中位数"),
        bilingual("Spread", "波动"),
        *(() if peaks is None else (bilingual("Stated", "标称峰值"), bilingual("Reached", "达到"))),
    )
    for ceiling in calibration.ceilings:
        table.add_row(
            bilingual("copy (read + write)", "拷贝（读 + 写）") if ceiling.work == "copy" else f"GEMM {ceiling.dtype}",
            _size(ceiling),
            _speed(ceiling, ceiling.per_second),
            " … ".join(
                f"{percent(end / ceiling.per_second - 1, sign=True)} %" for end in (ceiling.lowest, ceiling.highest)
            ),
            *(() if peaks is None else _reached(ceiling, _stated(ceiling, peaks))),
        )
    notes = [
        inert_text(bilingual(f"{item.what}: {item.en}", f"{item.what}：{item.zh}"), "dim")
        for item in calibration.not_measured
    ]
    if peaks is None:
        text = bilingual("The table of peaks does not have this device.", "峰值表中没有该设备。")
    else:
        text = bilingual(f"Stated: {peaks.name}, {peaks.source}", f"标称峰值：{peaks.name}，{peaks.source}")
    return Group(title, table, Text(""), *notes, inert_text(text, "dim"))


def _stated(ceiling: Ceiling, peaks: DevicePeaks) -> float | None:
    return peaks.bytes_per_second if ceiling.work == "copy" else peaks.flops.get(ceiling.dtype)


def _reached(ceiling: Ceiling, stated: float | None) -> tuple[str, str]:
    return ("", "") if stated is None else (_speed(ceiling, stated), f"{percent(ceiling.per_second / stated)} %")


def _size(ceiling: Ceiling) -> str:
    return _bytes(ceiling.shape[0]) if ceiling.work == "copy" else "×".join(map(str, ceiling.shape))


def _speed(ceiling: Ceiling, per_second: float) -> str:
    return (
        _rate(per_second)
        if ceiling.work == "copy"
        else _figure(per_second, "OP/s" if ceiling.dtype == "int8" else "FLOP/s")
    )


def _table(*headings: str, right: Sequence[str] | None = None) -> PlainTable:
    """Return an empty table; all columns but the first are aligned to the right unless told."""
    table = PlainTable(box=None, header_style="bold", pad_edge=False, padding=(0, 2, 0, 0))
    for place, heading in enumerate(headings):
        to_right = place > 0 if right is None else heading in right
        table.add_column(heading, justify="right" if to_right else "left", overflow="fold")
    return table


def _figure(value: float, unit: str) -> str:
    """Return a rate to three digits with a decimal prefix: 990 TFLOP/s."""
    for size, prefix in ((1e15, "P"), (1e12, "T"), (1e9, "G")):
        if value >= size:
            return f"{_three_digits(value / size)} {prefix}{unit}"
    return f"{_three_digits(value / 1e6)} M{unit}"


def _parameters(count: float) -> str:
    return f"{_three_digits(count / 1e9)}B" if count >= 1e9 else f"{_three_digits(count / 1e6)}M"


def _three_digits(value: float) -> str:
    if value >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def _rate(bytes_per_second: float) -> str:
    size, unit = (1e12, "TB/s") if bytes_per_second >= 1e12 else (1e9, "GB/s")
    return f"{_three_digits(bytes_per_second / size)} {unit}"


def _bytes(size: float) -> str:
    for unit_size, unit in ((2**30, "GiB"), (2**20, "MiB"), (2**10, "KiB")):
        if size >= unit_size:
            return f"{_three_digits(size / unit_size)} {unit}"
    return f"{size:.0f} B"


def _seconds(seconds: float) -> str:
    for size, unit in ((1.0, "s"), (1e-3, "ms")):
        if seconds >= size:
            return f"{_three_digits(seconds / size)} {unit}"
    return f"{_three_digits(seconds / 1e-6)} µs"


def _count(tokens: int) -> str:
    return f"{tokens // 1024}K" if tokens >= 1024 and tokens % 1024 == 0 else f"{tokens:,}"
