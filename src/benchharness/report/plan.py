"""The plan of a run, for people and for programs."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from rich.console import Group, RenderableType
from rich.text import Text

from benchharness.errors import bilingual
from benchharness.report.tables import plain_table
from benchharness.runs.plan import Conventions, TokenCount

NUMBERS = ("items", "too_long", "prompt_tokens", "characters", "longest", "most_generated")


def plan_document(counts: Sequence[TokenCount], conventions: Conventions) -> dict[str, Any]:
    """Return a plan's token counts as plain data."""
    return {"protocol": asdict(conventions), "parts": [count._asdict() for count in counts]}


def plan_view(counts: Sequence[TokenCount], conventions: Conventions) -> RenderableType:
    """Return a plan's token counts as a table."""
    table = plain_table("task", "language", *NUMBERS, right=NUMBERS)
    for count in counts:
        numbers = (
            count.items,
            count.too_long,
            count.prompt_tokens,
            count.prompt_characters,
            count.longest,
            count.most_generated,
        )
        table.add_row(count.task, count.language.value, *(f"{number:,}" for number in numbers))
    tokens = sum(count.prompt_tokens for count in counts)
    most = sum(count.most_generated for count in counts)
    note = bilingual(
        f"\nTemplate {conventions.template}. {tokens:,} tokens to read, at most {most:,} to generate."
        " Nothing was asked.",
        f"\n模板：{conventions.template}。需读取 {tokens:,} 个词元，最多生成 {most:,} 个词元。未进行任何提问。",
    )
    return Group(table, Text(note))
