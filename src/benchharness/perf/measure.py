"""Measuring a backend: every cell of a request, one engine load for all, as a document of ``benchharness.perf/1``."""

from collections.abc import Mapping
from typing import Any

from benchharness.backends.base import Backend
from benchharness.hardware.peaks import DevicePeaks
from benchharness.perf.cells import PerfListener, Silent, measure_cell
from benchharness.perf.checks import check_request
from benchharness.perf.document import add_cell, open_document
from benchharness.perf.request import PerfRequest
from benchharness.perf.side import Side


def measure(
    backend: Backend,
    request: PerfRequest,
    *,
    peaks: DevicePeaks | None = None,
    config: Mapping[str, Any] | None = None,
    listener: PerfListener | None = None,
    model: str | None = None,
) -> dict[str, Any]:
    """Measure all cells of a request, and return the document that ``docs/schema/perf.schema.json`` describes.

    The backend is loaded if it is not, and left loaded. Idle power is measured after that and before any work.

    Args:
        backend: what is measured.
        request: what to measure.
        peaks: what one device can do; looked up by the name of the device where it is ``None``.
        config: the model's ``config.json``, for the roofline; ``None`` where it is not at hand.
        listener: is told how it goes on, and gets the document after each cell.
        model: name of the model, as it is shown; by default where its weights come from.

    Raises:
        InputError: if the backend cannot be put under one of the loads, or a cell does not fit its context.
        BenchharnessError: whatever the backend raises. The cells before it were given to the listener.
    """
    told = listener or Silent()
    check_request(backend, request)
    told.loading()
    side = Side.prepare(backend, request, peaks=peaks, config=config)
    document = open_document(side, request, model)
    cells = request.cells()
    told.begin(len(cells) * (1 + request.repeats))
    for cell in cells:
        [measured] = measure_cell([side], cell, request, told)
        add_cell(document, measured)
        told.measured(document)
    return document
