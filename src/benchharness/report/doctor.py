"""What was found on a machine, for people and for programs."""

from collections.abc import Sequence
from typing import Any

from rich.console import RenderableType
from rich.text import Text

from benchharness.hardware.doctor import Finding
from benchharness.report.cells import plain_table

MARKS = {True: ("✓", "green"), False: ("✗", "red"), None: (" ", "")}


def findings_document(findings: Sequence[Finding]) -> list[dict[str, Any]]:
    """Return findings as plain data."""
    return [finding._asdict() for finding in findings]


def findings_view(findings: Sequence[Finding]) -> RenderableType:
    """Return findings as a table."""
    table = plain_table("ready", "part", "state", "remedy")
    for finding in findings:
        table.add_row(Text(*MARKS[finding.ready]), finding.part, finding.state, finding.remedy)
    return table
