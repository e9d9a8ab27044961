"""What devices can do at most, by their makers' figures: a table with sources, which a file of the user can correct."""

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from benchharness.errors import InputError
from benchharness.hardware.devices import DeviceFacts

TABLE = Path(__file__).with_name("peaks.yaml")
_MAKERS = re.compile(r"\b(nvidia|geforce|amd|instinct|huawei|ascend)\b")
_SEPARATORS = re.compile(r"[\s_/-]+")

_Dtype = Literal["bfloat16", "float16", "float32", "tf32", "fp8", "int8"]
_Positive = Annotated[float, Field(gt=0, allow_inf_nan=False)]


class DevicePeaks(BaseModel):
    """The most that one device can do.

    Attributes:
        name: the variant, such as ``H200 SXM``.
        flops: dtype → dense FLOP/s (operations a second for int8); no sparsity counted.
        bytes_per_second: bandwidth of the device's memory.
        memory_bytes: size of that memory, as the maker counts it.
        watts: the board's power limit as shipped; ``None`` where it is not known.
        source: where the figures were read.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    flops: dict[str, _Positive]
    bytes_per_second: _Positive
    memory_bytes: Annotated[int, Field(gt=0)]
    watts: _Positive | None = None
    source: Annotated[str, Field(min_length=1)]


class _Entry(BaseModel):
    """A device as the table writes it, in the units of data sheets."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    names: Annotated[tuple[str, ...], Field(min_length=1)]
    teraflops: Annotated[dict[_Dtype, _Positive], Field(min_length=1)]
    gigabytes_per_second: _Positive
    gigabytes: _Positive
    watts: _Positive | None = None
    source: Annotated[str, Field(min_length=1)]

    def peaks(self, name: str) -> DevicePeaks:
        """Return the entry in SI units."""
        return DevicePeaks(
            name=name,
            flops={dtype: value * 1e12 for dtype, value in self.teraflops.items()},
            bytes_per_second=self.gigabytes_per_second * 1e9,
            memory_bytes=round(self.gigabytes * 1e9),
            watts=self.watts,
            source=self.source,
        )


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    devices: dict[str, _Entry]


def find_peaks(
    device_name: str, *, power_limit_watts: float | None = None, overrides: Path | None = None
) -> DevicePeaks | None:
    """Return what a device can do at most, or ``None`` if it is in no table.

    Names are compared whole, without the maker's name, case, dashes and spaces: ``H200`` finds ``NVIDIA H200``, but a
    laptop's chip, a slice of a GPU (MIG) or a virtual one finds nothing, since it can do less. Where one name stands
    for several boards, the one whose power limit is nearest is taken, and the stronger one where no limit is given.

    Args:
        device_name: as NVML or torch names it, or the name of a variant in the table.
        power_limit_watts: the board's default power limit, not one that an operator has lowered.
        overrides: a YAML file of the user, like the table that comes with benchharness; its entries go first.

    Raises:
        InputError: if the file cannot be read, or is not like the table.
    """
    wanted = _folded(device_name)
    for path in (overrides, TABLE):
        if path is None:
            continue
        candidates = [
            entry.peaks(name)
            for name, entry in _read(path).devices.items()
            if wanted in {_folded(known) for known in (name, *entry.names)}
        ]
        if candidates:
            return min(candidates, key=lambda peaks: _distance(peaks, power_limit_watts))
    return None


def peaks_of_device(facts: DeviceFacts, *, overrides: Path | None = None) -> DevicePeaks | None:
    """Return what a device of this machine can do at most; ``None`` if it is in no table, or split into instances.

    Raises:
        InputError: if the user's file cannot be read, or is not like the table.
    """
    if facts.mig:
        return None
    return find_peaks(facts.name, power_limit_watts=facts.default_power_limit_watts, overrides=overrides)


def known_devices(overrides: Path | None = None) -> list[DevicePeaks]:
    """Return every device of the user's table and of the one that comes with benchharness.

    Raises:
        InputError: if the user's file cannot be read, or is not like the table.
    """
    entries = dict(_read(TABLE).devices)
    if overrides is not None:
        entries |= _read(overrides).devices
    return [entry.peaks(name) for name, entry in entries.items()]


def _distance(peaks: DevicePeaks, power_limit: float | None) -> tuple[float, float]:
    gap = 0.0 if power_limit is None or peaks.watts is None else abs(peaks.watts - power_limit)
    return gap, -max(peaks.flops.values())


def _folded(name: str) -> str:
    return _SEPARATORS.sub("", _MAKERS.sub(" ", name.casefold()))


@cache
def _read(path: Path) -> _Table:
    try:
        document = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        reason = error.strerror if isinstance(error, OSError) else " ".join(str(error).split())
        raise InputError(
            en=f"Cannot read the table of peaks {path}: {reason}.", zh=f"无法读取峰值表 {path}：{reason}。"
        ) from error
    try:
        return _Table.model_validate(document)
    except ValidationError as error:
        problems = [_problem(detail) for detail in error.errors()]
        raise InputError(
            en=f"{path} is no table of peaks: {'; '.join(problems)}. docs/roofline.md shows what it looks like.",
            zh=f"{path} 不是有效的峰值表：{'；'.join(problems)}。格式见 docs/roofline.md。",
        ) from error


def _problem(detail: Mapping[str, Any]) -> str:
    place = ".".join(str(part) for part in detail["loc"]) or "(top level)"
    return f"`{place}`: {detail['msg']}"
