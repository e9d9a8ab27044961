"""Progress of controlled measuring: a live line in a terminal, a plain line a cell elsewhere."""

from collections.abc import Callable
from types import TracebackType
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from benchharness.errors import bilingual
from benchharness.perf.request import CellPlan


class PerfProgress:
    """Shows how a measurement goes on; implements ``perf.cells.PerfListener``.

    Between the passes only: nothing is drawn while the clock runs but the time that has passed.

    Args:
        console: where to show it; nothing moves unless it is a terminal.
        keep: gets the document after each cell.
    """

    def __init__(self, console: Console, keep: Callable[[dict[str, Any]], None]) -> None:
        self._console = console
        self._keep = keep
        self._cells = 0
        self._bar = Progress(
            TextColumn("{task.description}"),
            BarColumn(bar_width=24),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            console=console,
            transient=True,
            refresh_per_second=2,
            disable=not console.is_terminal,
        )
        self._line = self._bar.add_task("", total=None)

    def __enter__(self) -> "PerfProgress":
        self._bar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._bar.stop()

    def loading(self) -> None:
        """Say that the model is being loaded."""
        self._bar.update(self._line, description=bilingual("loading the model", "正在加载模型"))

    def begin(self, passes: int) -> None:
        """Say how many passes there are."""
        self._bar.update(self._line, total=passes)
        self._console.print(bilingual(f"{passes} passes, warm-ups included.", f"共 {passes} 次测量（含预热）。"))

    def passing(self, cell: CellPlan, number: int) -> None:
        """Name the pass that begins."""
        which = bilingual("warm-up", "预热") if number == 0 else str(number)
        name = f"{cell.lengths} {cell.load.scenario} {cell.load.concurrency or cell.load.rate or ''} {cell.text}"
        done = self._cells + number
        self._bar.update(self._line, completed=done, description=f"{name} · {which}")

    def measured(self, document: dict[str, Any]) -> None:
        """Keep what there is."""
        self._keep(document)
        of_passes = document.get("first", document)
        self._cells = sum(1 + len(cell["passes"]) for cell in of_passes["cells"])
