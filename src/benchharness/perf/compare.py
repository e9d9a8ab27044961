"""Two models, or two settings of an engine, measured in turns: what is different about them is not the hour."""

from collections.abc import Mapping, Sequence
from statistics import median
from typing import Any, Final

from benchharness.backends.base import Backend
from benchharness.errors import BenchharnessError
from benchharness.hardware.peaks import DevicePeaks
from benchharness.perf.cells import PerfListener, Silent, measure_cell
from benchharness.perf.checks import check_request
from benchharness.perf.document import add_cell, open_document
from benchharness.perf.request import PerfRequest
from benchharness.perf.side import Side

SCHEMA = "benchharness.perf-comparison/1"

COMPARED: Final[Mapping[str, tuple[str, ...]]] = {
    "requests_per_second": ("requests_per_second",),
    "output_tokens_per_second": ("output_tokens_per_second",),
    "total_tokens_per_second": ("total_tokens_per_second",),
    "total_characters_per_second": ("total_characters_per_second",),
    "ttft_seconds": ("ttft_seconds", "p50"),
    "tpot_seconds": ("tpot_seconds", "p50"),
    "e2e_seconds": ("e2e_seconds", "p50"),
    "joules_per_output_token": ("energy", "joules_per_output_token"),
}
"""Figures whose ratios are given, and where each stands in the figures of a pass."""


def compare(
    first: Backend,
    second: Backend,
    request: PerfRequest,
    *,
    models: tuple[str, str],
    peaks: DevicePeaks | None = None,
    configs: tuple[Mapping[str, Any] | None, Mapping[str, Any] | None] = (None, None),
    listener: PerfListener | None = None,
) -> dict[str, Any]:
    """Measure two backends cell by cell in turns, and return both documents with the ratios second / first.

    Both are loaded at the same time, and each repeat begins with the other one (A B, B A, …). A ratio is of two passes
    of the same repeat; over the repeats its median, the lowest and the highest are given.

    Args:
        first: what is compared with.
        second: what is compared.
        request: what to measure; the same for both.
        models: names of the two, as they are shown.
        peaks: what one device can do; looked up by the name of the device where it is ``None``.
        configs: ``config.json`` of the two.
        listener: is told how it goes on, and gets the document after each cell.

    Raises:
        InputError: if one of them cannot be put under one of the loads, or a cell does not fit its context.
        BenchharnessError: if they do not fit in memory together, or whatever a backend raises.
    """
    told = listener or Silent()
    backends = (first, second)
    for backend in backends:
        check_request(backend, request)
    told.loading()
    _load_together(first, second)
    sides = [
        Side.prepare(backend, request, peaks=peaks, config=config)
        for backend, config in zip(backends, configs, strict=True)
    ]
    documents = [open_document(side, request, model) for side, model in zip(sides, models, strict=True)]
    document: dict[str, Any] = {"schema": SCHEMA, "first": documents[0], "second": documents[1], "ratios": []}
    cells = request.cells()
    told.begin(len(cells) * (1 + request.repeats))
    for cell in cells:
        measured = measure_cell(sides, cell, request, told)
        for own, of_side in zip(documents, measured, strict=True):
            add_cell(own, of_side)
        document["ratios"].append({**cell.document(), "figures": ratios(measured[0]["passes"], measured[1]["passes"])})
        told.measured(document)
    return document


def _load_together(first: Backend, second: Backend) -> None:
    first.load()
    try:
        second.load()
    # Libraries say in many ways that memory ran out.
    except (RuntimeError, MemoryError) as error:
        raise BenchharnessError(
            en=f"The second of the two could not be loaded beside the first: {error}. Give each a part of the memory"
            " (vllm: --option gpu_memory_utilization=0.45), or measure each by itself with --output and the same"
            " --seed, and compare the files.",
            zh=f"第二个模型无法与第一个同时加载：{error}。请为两者分别限定显存"
            "（vllm：--option gpu_memory_utilization=0.45）；或以相同的 --seed 分别测量，"
            "用 --output 保存后再比较文件。",
        ) from error


def ratios(
    first: Sequence[Mapping[str, Any]], second: Sequence[Mapping[str, Any]]
) -> dict[str, dict[str, float] | None]:
    """Return the ratios second / first of figures over passes of the same repeats; ``None`` where one is missing.

    Args:
        first: figures of the passes of one side.
        second: of the other, in the same order.
    """
    found: dict[str, dict[str, float] | None] = {}
    for name, path in COMPARED.items():
        pairs = [(_at(one, path), _at(two, path)) for one, two in zip(first, second, strict=True)]
        values = [two / one for one, two in pairs if one and two is not None]
        whole = len(values) == len(pairs)
        found[name] = {"median": median(values), "low": min(values), "high": max(values)} if whole else None
    return found


def _at(figures: Mapping[str, Any], path: Sequence[str]) -> float | None:
    value: Any = figures
    for key in path:
        if value is None:
            return None
        value = value[key]
    return None if value is None else float(value)
