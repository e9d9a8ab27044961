"""Previews and validation of tasks, for people and for programs."""

from collections.abc import Mapping, Sequence
from typing import Any

from rich.console import Group, RenderableType
from rich.panel import Panel
from rich.text import Text

from benchharness.errors import bilingual
from benchharness.report.cells import plain_table
from benchharness.report.inert import inert, inert_text
from benchharness.runs.preview import Preview
from benchharness.runs.validation.findings import ValidationReport


def preview_document(preview: Preview) -> dict[str, Any]:
    """Return a preview as plain data."""
    return {
        "language": preview.language.value,
        "subset": preview.subset,
        "available": preview.available,
        "id": preview.item.id,
        "target": preview.item.target,
        "segments": [
            {"name": segment.name, "text": segment.text} for message in preview.messages for segment in message.segments
        ],
    }


def preview_view(preview: Preview) -> RenderableType:
    """Return a preview as a panel, each segment with its name."""
    body = Text()
    for message in preview.messages:
        for segment in message.segments:
            body.append(f"⟨{segment.name}⟩", style="dim cyan")
            body.append(inert(segment.text))
    body.append(f"\n{bilingual('Target', '答案')} ", style="dim")
    body.append(inert(str(preview.item.target)), style="bold")
    part = f"{preview.language.value}{f' {preview.subset}' if preview.subset else ''}"
    count = bilingual(f"{preview.available} items", f"{preview.available} 题")
    if preview.available is None:
        count = bilingual("as many items as are asked for", "题数不限")
    return Panel(
        body, title=inert_text(f"{part} · {count} · {preview.item.id}"), title_align="left", border_style="dim"
    )


def validation_document(report: ValidationReport) -> dict[str, Any]:
    """Return a validation report as plain data."""
    return {
        "task": report.task,
        "items": {language.value: count for language, count in report.items.items()},
        "pairs": report.pairs,
        "difficulties": report.difficulties,
        "targets": report.targets,
        "problems": [bilingual(problem.en, problem.zh) for problem in report.problems],
        "remarks": [bilingual(remark.en, remark.zh) for remark in report.remarks],
        "unread": None if report.unread is None else bilingual(report.unread.en, report.unread.zh),
    }


def validation_view(reports: Sequence[ValidationReport]) -> RenderableType:
    """Return validation reports as a table, and what is wrong below it."""
    table = plain_table("task", "zh", "en", "pairs", "difficulty", "targets", "state", right=("zh", "en", "pairs"))
    table.columns[0].no_wrap = True
    details: list[RenderableType] = []
    for report in reports:
        counts = {language.value: str(count) for language, count in report.items.items()}
        table.add_row(
            report.task,
            counts.get("zh", ""),
            counts.get("en", ""),
            str(report.pairs or ""),
            _frequencies(report.difficulties),
            _frequencies(report.targets),
            _state(report),
        )
        details.extend(inert_text(bilingual(problem.en, problem.zh), "red") for problem in report.problems)
        details.extend(Text(bilingual(remark.en, remark.zh), style="yellow") for remark in report.remarks)
        if report.unread is not None:
            details.append(inert_text(bilingual(report.unread.en, report.unread.zh), "dim"))
    return Group(table, *details)


def _frequencies(counts: Mapping[str, int]) -> str:
    return " ".join(f"{name}:{count}" for name, count in sorted(counts.items()))


def _state(report: ValidationReport) -> Text:
    if report.problems:
        return Text(bilingual(f"{len(report.problems)} problems", f"{len(report.problems)} 处问题"), style="red")
    if report.remarks:
        return Text(bilingual(f"{len(report.remarks)} remarks", f"{len(report.remarks)} 处提示"), style="yellow")
    if report.unread is not None:
        return Text(bilingual("data not at hand", "数据不在本机"), style="yellow")
    return Text(bilingual("good", "通过"), style="green")
