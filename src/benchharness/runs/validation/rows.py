"""Rows: required columns, targets and options, items asked twice, examples that are also questions."""

import re
from collections.abc import Iterator
from typing import Any

from rapidfuzz import fuzz, process

from benchharness.records import Item
from benchharness.runs.validation.findings import Problem, asked_texts, place
from benchharness.tasks.items import ItemGroup
from benchharness.tasks.templates import letter

NEAR = 92
"""From this similarity on two questions are near-duplicates: 100 minus the share of characters to insert or delete to
turn one into the other, in per cent of both (the normalised indel similarity of rapidfuzz)."""


def check_columns(group: ItemGroup) -> Iterator[Problem]:
    """Every row has the columns that the task requires, and none of them is empty."""
    for item in group.items:
        row = item.fields["row"]
        for name in group.task.spec.item.required:
            if row.get(name) in (None, "", [], {}):
                where = place(group, item)
                yield Problem(f"{where}: the column `{name}` is missing.", f"{where}：缺少 `{name}` 列。")


def check_targets(group: ItemGroup) -> Iterator[Problem]:
    """The target of an item with options is the letter of one of them, or several, and no two options are equal."""
    for item in group.items:
        if not item.options:
            continue
        letters = [letter(position) for position in range(len(item.options))]
        where = place(group, item)
        targets = item.target if isinstance(item.target, list | tuple) else [item.target]
        if not targets or any(target not in letters for target in targets):
            shown = ", ".join(letters)
            yield Problem(
                f"{where}: the target {item.target!r} is none of {shown}.",
                f"{where}：答案 {item.target!r} 不在选项 {shown} 之中。",
            )
        if len(set(item.options)) < len(item.options):
            yield Problem(f"{where}: two options are equal.", f"{where}：存在相同的选项。")


def check_duplicates(group: ItemGroup) -> Iterator[Problem]:
    """No question is asked twice: what is asked is compared, not the rows, so that two answers to it do not hide it."""
    seen: dict[str, Item] = {}
    for item, text in zip(group.items, asked_texts(group) or (), strict=False):
        twin = seen.setdefault(text, item)
        if twin is not item:
            where = place(group, item)
            yield Problem(f"{where}: asks the same as {twin.id}.", f"{where}：与 {twin.id} 题目重复。")


def check_near_duplicates(group: ItemGroup) -> Iterator[Problem]:
    """No written question is almost another one.

    Not compared are items of one cluster, which share a passage, and items with different numbers.
    """
    texts = asked_texts(group)
    if texts is None or group.task.spec.source.kind != "jsonl":
        return
    numbers = [re.findall(r"\d+", text) for text in texts]
    similar = process.cdist(texts, texts, scorer=fuzz.ratio, score_cutoff=NEAR)
    for second, item in enumerate(group.items):
        for first in range(second):
            twin = group.items[first]
            if not similar[first, second] or texts[first] == texts[second] or numbers[first] != numbers[second]:
                continue
            if item.cluster is not None and item.cluster == twin.cluster:
                continue
            where = place(group, item)
            yield Problem(f"{where}: asks almost the same as {twin.id}.", f"{where}：与 {twin.id} 题目几乎相同。")


def check_shots(group: ItemGroup) -> Iterator[Problem]:
    """A worked example taken from elsewhere is none of the questions."""
    spec = group.task.spec.shots
    if spec is None or spec.count == 0:
        return
    shown = {_content(shot) for shot in group.shots}
    for item in group.items:
        if _content(item) in shown:
            where = place(group, item)
            yield Problem(f"{where}: is also a worked example.", f"{where}：该题同时被用作示例。")


def _content(item: Item) -> str:
    row: dict[str, Any] = item.fields["row"]
    own = row.get(item.language.value, row)
    return repr({key: value for key, value in own.items() if key not in ("id", "why", "source")})
