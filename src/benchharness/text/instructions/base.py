"""What an instruction is: parameters and a test of a text."""

import re
from abc import ABC, abstractmethod
from typing import Annotated, ClassVar

from pydantic import BaseModel, ConfigDict, Field, model_validator

from benchharness.records import Language

Text = Annotated[str, Field(min_length=1)]
Texts = Annotated[tuple[Text, ...], Field(min_length=1, strict=False)]
Count = Annotated[int, Field(ge=1)]


class Instruction(BaseModel, ABC):
    """An instruction whose following can be told from the text alone.

    The name of its kind is the name of its class in snake case; its fields are its parameters.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    languages: ClassVar[frozenset[Language]] = frozenset(Language)

    @classmethod
    def kind(cls) -> str:
        """Return the name under which a target gives this kind of instruction."""
        return re.sub(r"(?<!^)(?=[A-Z])", "_", cls.__name__).lower()

    @abstractmethod
    def follows(self, text: str) -> bool:
        """Tell whether ``text``, which holds more than white space, follows the instruction. Never raises."""


class Chinese(Instruction):
    """An instruction that is given in Chinese only."""

    languages: ClassVar[frozenset[Language]] = frozenset({Language.ZH})


class English(Instruction):
    """An instruction that is given in English only."""

    languages: ClassVar[frozenset[Language]] = frozenset({Language.EN})


class Bounded(Instruction):
    """An instruction about a number: at least, at most, between, or exactly (both equal).

    Attributes:
        least: the smallest number allowed.
        most: the largest number allowed.
    """

    least: Annotated[int, Field(ge=0)] | None = None
    most: Annotated[int, Field(ge=0)] | None = None

    @model_validator(mode="after")
    def _bounds(self) -> "Bounded":
        if self.least is None and self.most is None:
            raise ValueError("give `least`, `most` or both")
        if self.least is not None and self.most is not None and self.least > self.most:
            raise ValueError(f"`least` {self.least} is more than `most` {self.most}")
        return self

    def within(self, number: int) -> bool:
        """Tell whether ``number`` is allowed."""
        return (self.least is None or number >= self.least) and (self.most is None or number <= self.most)


class Counted(Bounded):
    """A bounded number of something in the whole text."""

    @abstractmethod
    def count(self, text: str) -> int:
        """Return how often it is in ``text``."""

    def follows(self, text: str) -> bool:
        """Tell whether the number found is allowed."""
        return self.within(self.count(text))


class CountedInEach(Bounded):
    """A bounded number of something in each part of the text."""

    @abstractmethod
    def counts(self, text: str) -> list[int]:
        """Return how often it is in each part of ``text``."""

    def follows(self, text: str) -> bool:
        """Tell whether there is a part, and the number found is allowed in every one."""
        counts = self.counts(text)
        return bool(counts) and all(map(self.within, counts))
