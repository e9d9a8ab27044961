"""What is asked of the GPU, in order of worth, and how long each answer takes at most."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

from benchharness.hardware.calibrate import calibrate
from benchharness.hardware.peaks import DevicePeaks
from gpu_check.controlled import check_perf
from gpu_check.exactness import check_exactness
from gpu_check.long_context import check_long_context
from gpu_check.models import GLM, LARGE, MIDDLE, SMALL, TINY
from gpu_check.power import check_meter
from gpu_check.speed import Workload, measure_speed


class Section(NamedTuple):
    """One question.

    Attributes:
        name: its heading in the record.
        seconds: it is left out where less time is left.
        ask: puts the question.
    """

    name: str
    seconds: float
    ask: Callable[[], dict[str, Any]]


SPEED = (
    Workload(SMALL, prefill=((32, 1024), (16, 4096)), decode=((1, 128, 64), (64, 512, 64))),
    Workload(MIDDLE, prefill=((32, 1024), (8, 8192)), decode=((1, 128, 64), (64, 512, 64))),
    Workload(LARGE, prefill=((16, 1024), (4, 8192)), decode=((1, 128, 64), (32, 512, 64))),
)
LENGTHS = (8192, 32768, 131072)
LONG = Workload(MIDDLE, prefill=((1, 32768), (1, 65536), (1, 131072)), decode=())
SMALLEST = Workload(TINY, prefill=((2, 64),), decode=((2, 16, 8),))


def plan(folder: Path, device: str, peaks: DevicePeaks | None) -> list[Section]:
    """Return the sections for a GPU.

    Args:
        folder: for configurations.
        device: where.
        peaks: what the device could do, if that is known.
    """
    speed = partial(measure_speed, folder=folder, device=device, dtype="bfloat16", peaks=peaks)
    return [
        Section("exactness", 60, partial(check_exactness, folder, device, items=40, shots=300)),
        Section("ceilings", 30, lambda: calibrate(device).document()),
        Section("meter", 30, partial(check_meter, device, 12.0)),
        *(Section(f"speed, {one.shape.name}", 80, partial(speed, one)) for one in SPEED),
        Section("long prompts", 90, partial(speed, LONG)),
        Section("perf", 100, partial(check_perf, MIDDLE, folder, device, "bfloat16", peaks, tiny=False)),
        *(
            Section(
                f"long context, {shape.name}",
                150,
                partial(check_long_context, shape, LENGTHS, folder, device, "bfloat16", peaks),
            )
            for shape in (LARGE, GLM)
        ),
    ]


def tiny_plan(folder: Path, device: str) -> list[Section]:
    """Return the same questions about tiny models, which try the scripts and say nothing of a device."""
    return [
        Section("exactness", 1, partial(check_exactness, folder, device, items=4, shots=20)),
        Section("ceilings", 1, lambda: calibrate(device, quick=True).document()),
        Section("meter", 1, partial(check_meter, device, 0.3)),
        Section("speed, tiny", 1, partial(measure_speed, SMALLEST, folder, device, "float32", None)),
        Section("perf", 1, partial(check_perf, TINY, folder, device, "float32", None, tiny=True)),
        Section(
            "long context, tiny", 1, partial(check_long_context, TINY, (256, 3000), folder, device, "float32", None)
        ),
    ]
