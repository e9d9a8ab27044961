"""What a family draws, and what fills the rest."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Protocol

from benchharness.records import Language


class Arm(StrEnum):
    """What is equal between the two languages of a pair, beside its facts.

    ``tokens``: the length of the prompt in tokens of the model's own tokenizer. ``information``: the sentences; the
    language that needs more tokens for them has the length. ``characters``: the length of the prompt in characters.
    """

    TOKENS = "tokens"
    INFORMATION = "information"
    CHARACTERS = "characters"


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing that the text states.

    Attributes:
        record: what it states, as data that is the same in both languages.
        text: the sentence that states it in each language, without what separates it from its neighbours. Lines of
            their own, if it is a block.
        depth: the share of the filler's units that stand before it, in [0, 1].
        block: whether it stands on lines of its own, and not among the sentences of a paragraph.
    """

    record: Mapping[str, Any]
    text: Mapping[Language, str]
    depth: float
    block: bool = False


@dataclass(frozen=True, slots=True)
class Problem:
    """Facts, and a question about them.

    Attributes:
        facts: in the order in which they stand in the text; depths do not fall.
        question: in each language.
        answer: the target, by language, as the scorer of the task reads it.
        depth: where the evidence stands, in [0, 1]; ``None`` if it stands in several places or in none.
        asked: what is asked, as data that is the same in both languages; ``solve`` of the family reads it.
        category: a part of the task under which it may be reported.
        fields: further columns for templates, by language.
    """

    facts: tuple[Fact, ...]
    question: Mapping[Language, str]
    answer: Mapping[Language, Any]
    depth: float | None
    asked: Mapping[str, Any]
    category: str | None = None
    fields: Mapping[Language, Mapping[str, Any]] = field(default_factory=dict)


class Filler(Protocol):
    """Text that stands around the facts: an endless row of units that depend on a seed alone.

    A unit is a sentence, a worked example, a function: what may stand before or after a fact. Unit ``i`` says the
    same in both languages. Each unit ends with what separates it from the next: a space, a line end, or nothing.
    """

    def units(self, language: Language, count: int) -> Sequence[str]:
        """Return the first ``count`` units or more; a larger count only adds."""

    def fine_units(self, language: Language) -> Sequence[str]:
        """Return units of many lengths with which to end, the same number in each language; none is among ``units``.

        They finish the fill: one or two of them are put last.
        """


class Family(Protocol):
    """A module that draws problems of one kind: an entry point of the group ``benchharness.long_context``.

    A module may also have ``settle(problem, units)``, which returns the problem with the answer that follows from the
    units that were used, and ``SHARES_FILLER = False``: each problem then has a filler of its own.
    """

    def draw(self, rng: random.Random, depth: float, **options: Any) -> Problem:
        """Return a problem.

        Args:
            rng: all chance comes from it.
            depth: where the evidence is to stand, in [0, 1], if it stands in one place.
            options: those of the task's YAML (``source.options`` and the variables of a subset).

        Raises:
            ValueError: if an option is wrong, naming it.
        """

    def solve(self, records: Sequence[Mapping[str, Any]], asked: Mapping[str, Any]) -> Mapping[Language, Any]:
        """Return the answer from the records of the facts, in the order of the text, by another way than it was made.

        Raises:
            ValueError: if they have no answer, or more than one.
        """

    def filler(self, seed: int, **options: Any) -> Filler:
        """Return what fills the rest. Most families return ``prose.Prose(seed)``."""
