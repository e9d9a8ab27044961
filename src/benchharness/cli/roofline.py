"""What ``benchharness hardware roofline`` asks, found out from names and files."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchharness.errors import InputError
from benchharness.hardware.bounds import Storage, bounds_by_length
from benchharness.hardware.model_shape import ModelShape, UnknownShapeError
from benchharness.hardware.peaks import DevicePeaks, find_peaks, known_devices, peaks_of_device
from benchharness.hardware.stored_weights import stored_dtype, stored_weight_bytes
from benchharness.registry.documents import did_you_mean
from benchharness.report.hardware import Roofline


@dataclass(frozen=True, slots=True)
class Question:
    """The options of the command, as far as they decide the answer."""

    model: str
    revision: str | None
    device_name: str | None
    devices: int
    lengths: tuple[int, ...]
    batches: tuple[int, ...]
    output_tokens: int
    dtype: str
    weight_bits: float | None
    cache_bits: float
    peaks: Path | None


def answer(question: Question) -> Roofline:
    """Bound a model on a device.

    Raises:
        InputError: if the model, its shape, the device or its peak in the dtype is not known.
        OfflineError: if the model's files are neither here nor to be had.
    """
    peaks = _peaks(question)
    name, config = _config(question)
    try:
        shape = ModelShape.of_config(config)
    except UnknownShapeError as error:
        raise _unknown(question, error) from error
    weight_bytes = _weight_bytes(question, config)
    storage = Storage(_dtype(question, config, peaks), weight_bytes, question.cache_bits / 8, question.devices)
    bounds = bounds_by_length(
        shape, peaks, storage, lengths=question.lengths, batches=question.batches, output=question.output_tokens
    )
    return Roofline(name, shape, peaks, storage, question.output_tokens, bounds)


def _unknown(question: Question, error: UnknownShapeError, hint: tuple[str, str] = ("", "")) -> InputError:
    return InputError(
        en=f"--model {question.model}: the roofline is unknown: {error.en}.{hint[0]}",
        zh=f"--model {question.model}：无法给出性能上限：{error.zh}。{hint[1]}",
    )


def _weight_bytes(question: Question, config: dict[str, Any]) -> float:
    if question.weight_bits is not None:
        return question.weight_bits / 8
    try:
        return stored_weight_bytes(config)
    except UnknownShapeError as error:
        hint = " Give the bits of a weight with --weight-bits N.", "请用 --weight-bits N 指定每个权重的位数。"
        raise _unknown(question, error, hint) from error


def _config(question: Question) -> tuple[str, dict[str, Any]]:
    from benchharness.backends.transformers.weights import locate
    from benchharness.registry.models import resolve_model

    reference = resolve_model(question.model, question.revision)
    path = locate(reference, with_weights=False, with_code=False).directory / "config.json"
    try:
        config = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise InputError(en=f"{path}: {error}.", zh=f"{path}：{error}。") from error
    if not isinstance(config, dict):
        raise InputError(en=f"{path}: expected an object.", zh=f"{path}：应为 JSON 对象。")
    return reference.spec.name, config


def _peaks(question: Question) -> DevicePeaks:
    names = ", ".join(peaks.name for peaks in known_devices(question.peaks))
    if question.device_name is None:
        from benchharness.hardware.devices import describe_devices

        for facts in describe_devices():
            found = peaks_of_device(facts, overrides=question.peaks)
            if found is not None:
                return found
        raise InputError(
            en=f"This machine has no device whose peaks are known. Name one with --device-name: {names}.",
            zh=f"本机没有已知峰值的设备，请用 --device-name 指定：{names.replace(', ', '、')}。",
        )
    found = find_peaks(question.device_name, overrides=question.peaks)
    if found is None:
        hint_en, hint_zh = did_you_mean(question.device_name, names.split(", "))
        raise InputError(
            en=f"--device-name {question.device_name}: its peaks are not known.{hint_en} Known are {names};"
            " others can be given with --peaks FILE.",
            zh=f"--device-name {question.device_name}：不了解该设备的峰值。{hint_zh}"
            f"已知的有 {names.replace(', ', '、')}；其他设备可用 --peaks FILE 给出。",
        )
    return found


def _dtype(question: Question, config: dict[str, Any], peaks: DevicePeaks) -> str:
    dtype = question.dtype if question.dtype != "auto" else (stored_dtype(config) or "bfloat16")
    if dtype not in peaks.flops:
        known = ", ".join(peaks.flops)
        raise InputError(
            en=f"--dtype {dtype}: the peak of {peaks.name} in it is not known; known are {known}.",
            zh=f"--dtype {dtype}：不了解 {peaks.name} 在该类型下的峰值，已知的有 {known.replace(', ', '、')}。",
        )
    return dtype
