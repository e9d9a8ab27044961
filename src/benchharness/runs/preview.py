"""What a task's first item looks like in each language, before any model."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from benchharness.records import Item, Language, Message
from benchharness.registry.catalogue import TaskSelection
from benchharness.runs.long_items import is_long, load_long_groups
from benchharness.runs.validation.long_context import long_context_for
from benchharness.tasks.items import ItemGroup, load_groups
from benchharness.tasks.long_context.lengths import Sweep
from benchharness.tasks.long_context.records import Arm
from benchharness.tasks.prompts import PromptBuilder, take_shots

SHOWN = Sweep(lengths=(4_000,), arms=(Arm.CHARACTERS,), depths=(0.5,))
"""How a task with long contexts is shown: short enough to read."""


class Preview(NamedTuple):
    """The first item of a group, as plain text asks it.

    Attributes:
        language: its language.
        subset: its subset.
        available: number of items in the group; ``None`` where there is no end of them.
        item: the item.
        messages: how it is asked, as named segments.
    """

    language: Language
    subset: str | None
    available: int | None
    item: Item
    messages: tuple[Message, ...]


def preview_task(
    selection: TaskSelection, languages: Sequence[Language], *, shots: int | None, data_root: Path | None
) -> list[Preview]:
    """Return the first item of the selection's first subset in each language.

    Args:
        selection: the task, or a subset of it.
        languages: the languages wanted.
        shots: number of worked examples; the task's own by default.
        data_root: a mirror of the hub.

    Raises:
        BenchharnessError: if the data cannot be had.
    """
    spec = selection.spec
    subset = selection.subset or next(iter(spec.subsets), None)
    one_part = selection.model_copy(update={"subset": subset})
    declared = spec.shots.count if spec.shots else 0
    previews = []
    for group in _first_items(one_part, languages, data_root):
        item = group.items[0]
        examples = take_shots(group.task, item, group.shots, declared if shots is None else shots)
        messages = PromptBuilder(group.task, "plain", "text").messages(item, examples)
        previews.append(Preview(group.language, group.subset, group.available, item, messages))
    return previews


def _first_items(
    selection: TaskSelection, languages: Sequence[Language], data_root: Path | None
) -> Iterable[ItemGroup]:
    if is_long(selection):
        context = replace(long_context_for(None, limit=1), sweep=SHOWN, data_root=data_root)
        return load_long_groups(selection, languages, context)
    return load_groups([selection], languages, limit=1, seed=0, data_root=data_root)
