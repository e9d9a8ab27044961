"""What a check finds."""

from dataclasses import dataclass, field

from benchharness.errors import BenchharnessError
from benchharness.records import Item, Language
from benchharness.tasks.items import ItemGroup
from benchharness.tasks.prompts import PromptBuilder


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong, in English and in Chinese."""

    en: str
    zh: str


@dataclass(slots=True)
class ValidationReport:
    """What was found in a task.

    Attributes:
        task: its name.
        items: number of items by language.
        pairs: number of pairs that stand in both languages.
        targets: how often each option is right, for tasks with options.
        difficulties: number of items of each difficulty, for tasks whose rows say it.
        problems: what is wrong.
        remarks: what is odd in public data, which is used as published.
        unread: why the data could not be read, where it need not be at hand.
    """

    task: str
    items: dict[Language, int] = field(default_factory=dict)
    pairs: int = 0
    targets: dict[str, int] = field(default_factory=dict)
    difficulties: dict[str, int] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    remarks: list[Problem] = field(default_factory=list)
    unread: Problem | None = None


def place(group: ItemGroup, item: Item) -> str:
    """Return the name of an item for a person: task, id and language."""
    return f"{group.task.spec.name} {item.id} ({group.language.value})"


def asked_texts(group: ItemGroup) -> list[str] | None:
    """Return what each item of a group asks: passage, question and options, without the instruction.

    ``None`` if a prompt cannot be written, of which another check tells.
    """
    builder = PromptBuilder(group.task, "plain", "text")
    texts: list[str] = []
    for item in group.items:
        try:
            segments = builder.messages(item, ())[-1].segments
        except BenchharnessError:
            return None
        asked = [s.text for s in segments if s.name not in ("system", "instruction", "answer_prefix")]
        texts.append("".join(asked) + ("" if _shows_options(group) else "\n".join(item.options)))
    return texts


def _shows_options(group: ItemGroup) -> bool:
    return group.task.spec.prompt[group.language].option is not None
