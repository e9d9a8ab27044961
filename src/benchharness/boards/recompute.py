"""Recomputing what boards publish: every row of every claimed column, with what does not reproduce named."""

from collections.abc import Iterable
from typing import NamedTuple

from benchharness.boards.claims import ANOMALIES, CLAIMS, Anomaly, Claim
from benchharness.boards.formulas import totals
from benchharness.boards.published import Board

_SLACK = 1e-9
"""What binary fractions add to a difference of decimal ones."""


class Recomputed(NamedTuple):
    """A published figure beside the recomputed one.

    Attributes:
        model: whose.
        published: as the board has it; ``None`` where it has none.
        recomputed: by the claimed profile; ``None`` where an input is missing.
        missing: the inputs that are missing.
        anomaly: why the figure is known not to reproduce, if it is.
    """

    model: str
    published: float | None
    recomputed: float | None
    missing: tuple[str, ...]
    anomaly: Anomaly | None

    @property
    def difference(self) -> float | None:
        """Recomputed less published."""
        if self.published is None or self.recomputed is None:
            return None
        return self.recomputed - self.published


class Verdict(NamedTuple):
    """What came of a claim.

    Attributes:
        claim: the claim.
        rows: every model of the board.
    """

    claim: Claim
    rows: tuple[Recomputed, ...]

    def reproduces(self, row: Recomputed) -> bool:
        """Return whether a row's figure is within the claim's tolerance."""
        return row.difference is not None and abs(row.difference) <= self.claim.tolerance + _SLACK

    @property
    def anomalies(self) -> tuple[Recomputed, ...]:
        """Rows that are known not to reproduce."""
        return tuple(row for row in self.rows if row.anomaly)

    @property
    def failures(self) -> tuple[Recomputed, ...]:
        """Rows that do not reproduce though nothing is known against them, or do though something is."""
        return tuple(row for row in self.rows if self.reproduces(row) is (row.anomaly is not None))

    @property
    def largest(self) -> float:
        """The largest absolute difference among rows that are no anomalies and have both figures; 0 without any."""
        differences = (row.difference for row in self.rows if row.anomaly is None)
        return max((abs(difference) for difference in differences if difference is not None), default=0.0)


def claims_on(board: str) -> tuple[Claim, ...]:
    """Return what is claimed of a board, by its name; nothing if no profile applies."""
    return tuple(claim for claim in CLAIMS if claim.board == board)


def verify(board: Board, claim: Claim, anomalies: Iterable[Anomaly] = ANOMALIES) -> Verdict:
    """Recompute a column of a board.

    Models for which the board has no figure are passed over where the claim allows for gaps.

    Args:
        board: the board that the claim is about.
        claim: which column is made how.
        anomalies: figures that are known not to reproduce; those of other boards and columns are passed over.
    """
    known = {a.model: a for a in anomalies if (a.board, a.column) == (board.name, claim.column)}
    made = totals(claim.profile, {row.model: row.figures for row in board.rows})
    rows = (
        Recomputed(row.model, row.figures[claim.column], *made[row.model], known.get(row.model)) for row in board.rows
    )
    return Verdict(claim, tuple(row for row in rows if row.published is not None or not claim.gaps))
