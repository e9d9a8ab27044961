"""How near a cell comes to what the hardware could do: MFU, MBU and the fraction of the roofline."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchharness.hardware.devices import describe_devices
from benchharness.hardware.environment import processor
from benchharness.hardware.generation_bound import generation_bound
from benchharness.hardware.meter import Unmeasured
from benchharness.hardware.model_shape import ModelShape, UnknownShapeError
from benchharness.hardware.peaks import DevicePeaks, find_peaks, known_devices, peaks_of_device
from benchharness.hardware.roofline import (
    Cost,
    decode_cost,
    model_bandwidth_utilisation,
    model_flops_utilisation,
    prefill_cost,
)
from benchharness.perf.request import CellPlan, Lengths, Scenario
from benchharness.runs.storage import storage_of

WHAT = "roofline"


@dataclass(frozen=True, slots=True)
class Ceiling:
    """What bounds a model on a device.

    Attributes:
        shape: the model.
        peaks: what one device can do.
        dtype: in what products are computed.
        weight_bytes: bytes of a weight.
        cache_bytes: bytes of an element of the cache.
        devices: how many share the work.
    """

    shape: ModelShape
    peaks: DevicePeaks
    dtype: str
    weight_bytes: float
    cache_bytes: float
    devices: int = 1

    def describe(self) -> dict[str, Any]:
        """Return what figures are measured against, as plain data."""
        return {
            "device": self.peaks.name,
            "devices": self.devices,
            "dtype": self.dtype,
            "weight_bytes": self.weight_bytes,
            "cache_bytes": self.cache_bytes,
            "flops_per_second": self.peaks.flops[self.dtype],
            "bytes_per_second": self.peaks.bytes_per_second,
            "source": self.peaks.source,
        }

    def share(self, cell: CellPlan, requests: int, summary: Mapping[str, Any]) -> dict[str, Any]:
        """Return the shares of a cell, each from 0 to 1, or ``None`` where it has no meaning.

        - ``mfu``: FLOPs of all answers / (seconds · peak FLOP/s).
        - ``roofline``: the least time for as many answers at once as the load has / the time they took.
        - ``prefill``: of reading one prompt alone, in its time to the first token; single stream only, since
          otherwise that time holds the wait for others.
        - ``decode``: of one step for as many sequences as are answered at a time, in the time per output token;
          only where that number is fixed. What the step shares with the reading of other prompts counts as time.

        Args:
            cell: lengths and load.
            requests: of a pass.
            summary: medians of the figures of its passes.
        """
        lengths = _lengths(cell, requests, summary)
        rate = _median(summary["requests_per_second"])
        prefill = prefill_cost(self.shape, lengths.input, weight_bytes=self.weight_bytes, cache_bytes=self.cache_bytes)
        answer = Cost(prefill.flops + self._decode_flops(lengths), 0.0)
        return {
            "mfu": self._mfu(answer, 1 / rate) if rate else None,
            "roofline": self._whole(cell, lengths, requests, rate) if rate else None,
            "prefill": self._phase(prefill, _p50(summary["ttft_seconds"])) if cell.load.concurrency == 1 else None,
            "decode": self._decode(cell, lengths, _p50(summary["tpot_seconds"])),
        }

    def _whole(self, cell: CellPlan, lengths: Lengths, requests: int, rate: float) -> float | None:
        if cell.load.scenario is Scenario.SERVER:
            return None
        batch = cell.load.concurrency or requests
        bound = generation_bound(
            self.shape,
            lengths.input,
            lengths.output,
            self.peaks,
            self.dtype,
            batch=batch,
            weight_bytes=self.weight_bytes,
            cache_bytes=self.cache_bytes,
            devices=self.devices,
        )
        return sum(bound) * rate / batch

    def _decode(self, cell: CellPlan, lengths: Lengths, seconds: float | None) -> dict[str, float] | None:
        if cell.load.concurrency is None:
            return None
        middle = lengths.input + lengths.output // 2
        return self._phase(self._step([middle] * cell.load.concurrency), seconds)

    def _decode_flops(self, lengths: Lengths) -> float:
        """Return FLOPs of all tokens after the first of an answer."""
        contexts = range(lengths.input + 1, lengths.input + lengths.output)
        # In a batch they cost the same FLOPs as one after the other.
        return self._step(contexts).flops if contexts else 0.0

    def _step(self, contexts: Sequence[int]) -> Cost:
        return decode_cost(self.shape, contexts, weight_bytes=self.weight_bytes, cache_bytes=self.cache_bytes)

    def _phase(self, cost: Cost, seconds: float | None) -> dict[str, float] | None:
        if not seconds:
            return None
        return {
            "mfu": self._mfu(cost, seconds),
            "mbu": model_bandwidth_utilisation(cost, seconds, self.peaks, devices=self.devices),
            "roofline": cost.seconds(self.peaks, self.dtype, devices=self.devices) / seconds,
        }

    def _mfu(self, cost: Cost, seconds: float) -> float:
        return model_flops_utilisation(cost, seconds, self.peaks, self.dtype, devices=self.devices)


def _lengths(cell: CellPlan, requests: int, summary: Mapping[str, Any]) -> Lengths:
    """Return what was read and produced; prompts of equal content are as long as they are on average."""
    if cell.matched == "tokens":
        return cell.lengths
    mean = round(summary["prompt_tokens"]["median"] / requests)
    return Lengths(max(1, mean), cell.lengths.output)


def peaks_at_hand(overrides: Path | None = None) -> DevicePeaks | None:
    """Return what the first accelerator of this machine can do, or its processor where there is none.

    Args:
        overrides: a table of the user's, see ``hardware.peaks.find_peaks``.

    Raises:
        InputError: if that file cannot be read, or is not like the table.
    """
    known_devices(overrides)  # a wrong file is said even where nothing is looked up in it
    devices = describe_devices()
    return peaks_of_device(devices[0], overrides=overrides) if devices else find_peaks(processor(), overrides=overrides)


def find_ceiling(
    config: Mapping[str, Any] | None, peaks: DevicePeaks | None, numerics: Mapping[str, str], devices: int
) -> Ceiling | Unmeasured:
    """Return what bounds a model here, or why that is not known.

    Args:
        config: of the model, as in ``config.json``; ``None`` where its files are elsewhere.
        peaks: of the device; ``None`` where it is not known.
        numerics: of the backend.
        devices: how many share the work.
    """
    if config is None:
        return Unmeasured(
            WHAT,
            "The roofline is unknown: the model's config.json is not at hand.",
            "无法给出性能上限：没有模型的 config.json。",
        )
    if peaks is None:
        return Unmeasured(
            WHAT,
            "The roofline is unknown: the peaks of this device are in no table; give them with --peaks FILE.",
            "无法给出性能上限：峰值表中没有该设备，可用 --peaks 指定文件补充。",
        )
    try:
        shape, storage = ModelShape.of_config(config), storage_of(config, numerics, devices)
    except UnknownShapeError as error:
        return Unmeasured(WHAT, f"The roofline is unknown: {error.en}.", f"无法给出性能上限：{error.zh}。")
    if storage.dtype not in peaks.flops:
        return Unmeasured(
            WHAT,
            f"The roofline is unknown: the peak of {peaks.name} in {storage.dtype} is not known.",
            f"无法给出性能上限：不了解 {peaks.name} 在 {storage.dtype} 下的峰值。",
        )
    return Ceiling(shape, peaks, storage.dtype, storage.weight_bytes, storage.cache_bytes, devices)


def _median(leaf: Mapping[str, float] | None) -> float | None:
    return None if leaf is None else leaf["median"]


def _p50(spread: Mapping[str, Any] | None) -> float | None:
    return None if spread is None else _median(spread["p50"])
