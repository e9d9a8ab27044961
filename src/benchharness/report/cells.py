"""What tables are made of: plain tables, shares as per cent, intervals."""

from collections.abc import Sequence
from typing import Any

from rich.console import RenderableType
from rich.table import Table

from benchharness.report.inert import inert_text
from benchharness.report.labels import label


class PlainTable(Table):
    """A table whose cells are shown as they are: nothing in a string is read as markup."""

    def add_row(self, *cells: RenderableType | None, **settings: Any) -> None:
        """Add a row; see ``rich.table.Table``."""
        super().add_row(*(inert_text(cell) if isinstance(cell, str) else cell for cell in cells), **settings)


def plain_table(*columns: str, right: Sequence[str] = ()) -> PlainTable:
    """Return an empty table; columns named in ``right`` are aligned to the right."""
    table = PlainTable(box=None, header_style="bold", pad_edge=False, padding=(0, 2, 0, 0))
    for column in columns:
        table.add_column(label(column), justify="right" if column in right else "left", overflow="fold")
    return table


def percent(value: float, *, sign: bool = False) -> str:
    """Return a share as per cent with one decimal."""
    text = f"{100 * value:+.1f}" if sign else f"{100 * value:.1f}"
    # The minus sign of typography, as wide as the plus.
    return text.replace("-", "−")


def interval(bounds: Sequence[float]) -> str:
    """Return the ends of an interval of a share as per cent."""
    low, high = bounds
    return f"[{percent(low)}, {percent(high)}]"
