"""Whether the meter sees what the device does: idle, and under a load of matrix products."""

import os
import time
from typing import Any

import torch

from benchharness.hardware.meter import Meter, measure_idle

SIZE = 8192


def check_meter(device: str, seconds: float) -> dict[str, Any]:
    """Read the meter over a load of ``seconds``, and compare the energy counter with the power it read meanwhile."""
    idle = measure_idle(min(3.0, seconds))
    size = SIZE if torch.device(device).type == "cuda" else 256
    left = torch.randn(size, size, device=device, dtype=torch.bfloat16)
    right = torch.randn(size, size, device=device, dtype=torch.bfloat16)
    products = 0
    with Meter([os.getpid()], idle_watts=idle) as meter:
        started = time.perf_counter()
        while time.perf_counter() - started < seconds:
            for _ in range(8):
                torch.mm(left, right)
            products += 8
            if left.is_cuda:
                torch.cuda.synchronize()
    reading = meter.reading
    busy = [one for one in reading.devices if one.mean_watts and one.energy_joules]
    ratios = [one.energy_joules / (one.mean_watts * reading.seconds) for one in busy]  # type: ignore[operator]
    return {
        "idle_watts": idle,
        "flops": 2 * size**3 * products / reading.seconds,
        "energy_over_power_times_time": ratios,
        "passed": all(0.85 < ratio < 1.15 for ratio in ratios) if ratios else None,
        "reading": reading.document(),
    }
