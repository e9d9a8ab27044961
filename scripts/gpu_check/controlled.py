"""`perf` on the transformers backend: all requests at once, and a sweep of concurrency."""

from pathlib import Path
from typing import Any

from benchharness.hardware.peaks import DevicePeaks
from benchharness.perf.measure import measure
from benchharness.perf.request import Lengths, PerfRequest, Scenario
from gpu_check.models import Shape, open_model, write_model

GRID = (Lengths(128, 128), Lengths(2048, 128))
TINY_GRID = (Lengths(32, 4),)


def check_perf(
    shape: Shape, folder: Path, device: str, dtype: str, peaks: DevicePeaks | None, *, tiny: bool
) -> dict[str, Any]:
    """Measure a model of this shape offline and at several concurrencies, and return the document of `perf`."""
    backend = open_model(write_model(shape, folder), device, dtype, prefix_reuse=True)
    request = PerfRequest(
        grid=TINY_GRID if tiny else GRID,
        scenarios=(Scenario.OFFLINE, Scenario.CONCURRENCY),
        concurrency=(1, 2) if tiny else (1, 8, 32),
        repeats=2 if tiny else 3,
        requests=2 if tiny else 32,
    )
    try:
        document = measure(backend, request, peaks=peaks, config=shape.config, model=shape.name)
    finally:
        backend.close()
    return {"rows": [_row(cell) for cell in document["cells"]], "document": document}


def _row(cell: dict[str, Any]) -> dict[str, Any]:
    summary = cell["summary"]
    roofline = cell["roofline"] or {}
    return {
        "load": cell["scenario"],
        "concurrency": cell["concurrency"],
        "tokens": f"{cell['input_tokens']}x{cell['output_tokens']}",
        "output_tokens_per_second": _middle(summary["output_tokens_per_second"]),
        "requests_per_second": _middle(summary["requests_per_second"]),
        "ttft_p50_seconds": _percentile(summary["ttft_seconds"]),
        "tpot_p50_seconds": _percentile(summary["tpot_seconds"]),
        "mfu": roofline.get("mfu"),
        "mbu": (roofline.get("decode") or {}).get("mbu"),
        "share_of_roofline": roofline.get("roofline"),
    }


def _middle(figure: Any) -> Any:
    """Return the median over the repeats, if there is one."""
    return None if figure is None else figure["median"]


def _percentile(figure: Any) -> Any:
    return None if figure is None else _middle(figure["p50"])
