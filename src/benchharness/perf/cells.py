"""One cell: a warm-up, passes in alternation where two sides are compared, and what became of them."""

import math
from collections.abc import Sequence
from typing import Any, Protocol

from benchharness.perf.document import cell_document
from benchharness.perf.passes import PassRecord
from benchharness.perf.request import CellPlan, PerfRequest
from benchharness.perf.side import Side

MOST_ENLARGEMENTS = 4
MARGIN = 1.1
"""By how much more than the last pass asked for the next one asks, so that it does not fall short again."""


class PerfListener(Protocol):
    """Is told how a measurement goes on."""

    def loading(self) -> None:
        """A model is being loaded."""

    def begin(self, passes: int) -> None:
        """Passes to come, warm-ups included."""

    def passing(self, cell: CellPlan, number: int) -> None:
        """A pass begins; 0 is the warm-up, 1 the first repeat. One that was too short begins again."""

    def measured(self, document: dict[str, Any]) -> None:
        """A cell is through, and this is all there is so far."""


class Silent:
    """A listener that says nothing."""

    def loading(self) -> None:
        """See ``PerfListener``."""

    def begin(self, passes: int) -> None:
        """See ``PerfListener``."""

    def passing(self, cell: CellPlan, number: int) -> None:
        """See ``PerfListener``."""

    def measured(self, document: dict[str, Any]) -> None:
        """See ``PerfListener``."""


def measure_cell(
    sides: Sequence[Side], cell: CellPlan, request: PerfRequest, listener: PerfListener
) -> list[dict[str, Any]]:
    """Measure a cell on each side, and return a document for each.

    Two sides take turns, and who begins changes with each repeat (A B, B A, …), so that what drifts with time, such
    as the temperature, meets both.

    Args:
        sides: one, or two to be compared.
        cell: which cell.
        request: how often, and how long a pass lasts at least.
        listener: is told of each pass.
    """
    count = request.requests_of(cell.load)
    if cell.load.rate is not None:
        count = max(count, math.ceil(request.seconds * cell.load.rate))
    listener.passing(cell, 0)
    warm_ups = [side.warm_up(cell, count) for side in sides]
    records: list[list[PassRecord]] = [[] for _ in sides]
    enlarged = 0
    while len(records[0]) < request.repeats:
        repeat = len(records[0])
        listener.passing(cell, repeat + 1)
        order = range(len(sides)) if repeat % 2 == 0 else reversed(range(len(sides)))
        for index in order:
            records[index].append(sides[index].measure(cell, count, f"repeat {repeat} of {count}"))
        shortest = min(of_side[-1].seconds for of_side in records)
        # Random arrivals take as long as they take, by their rate.
        if shortest < request.seconds and cell.load.rate is None and enlarged < MOST_ENLARGEMENTS:
            enlarged += 1
            count = math.ceil(MARGIN * count * request.seconds / shortest)
            records = [[] for _ in sides]
    return [
        cell_document(side, cell, request, warm_up, of_side)
        for side, warm_up, of_side in zip(sides, warm_ups, records, strict=True)
    ]
