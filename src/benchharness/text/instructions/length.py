"""Instructions about how long a text and its parts are."""

from itertools import pairwise
from typing import Annotated

from pydantic import Field

from benchharness.text.instructions import units
from benchharness.text.instructions.base import Chinese, Counted, CountedInEach, English, Instruction


class Characters(Counted, Chinese):
    """字数: Chinese characters of the text; punctuation, digits, letters and spaces do not count."""

    def count(self, text: str) -> int:
        """Return the number of Chinese characters."""
        return units.han_count(text)


class Words(Counted, English):
    """Words of the text, see ``units.words``."""

    def count(self, text: str) -> int:
        """Return the number of words."""
        return len(units.words(text))


class Sentences(Counted):
    """Sentences of the text, see ``units.sentences``."""

    def count(self, text: str) -> int:
        """Return the number of sentences."""
        return len(units.sentences(text))


class Paragraphs(Counted):
    """Paragraphs of the text, which blank lines part."""

    def count(self, text: str) -> int:
        """Return the number of paragraphs."""
        return len(units.paragraphs(text))


class Lines(Counted):
    """Lines of the text that are not blank."""

    def count(self, text: str) -> int:
        """Return the number of lines."""
        return len(units.lines(text))


class SentenceCharacters(CountedInEach, Chinese):
    """Chinese characters of each sentence."""

    def counts(self, text: str) -> list[int]:
        """Return the number of Chinese characters of each sentence."""
        return [units.han_count(sentence) for sentence in units.sentences(text)]


class SentenceWords(CountedInEach, English):
    """Words of each sentence."""

    def counts(self, text: str) -> list[int]:
        """Return the number of words of each sentence."""
        return [len(units.words(sentence)) for sentence in units.sentences(text)]


class ParagraphCharacters(CountedInEach, Chinese):
    """Chinese characters of each paragraph."""

    def counts(self, text: str) -> list[int]:
        """Return the number of Chinese characters of each paragraph."""
        return [units.han_count(paragraph) for paragraph in units.paragraphs(text)]


class ParagraphWords(CountedInEach, English):
    """Words of each paragraph."""

    def counts(self, text: str) -> list[int]:
        """Return the number of words of each paragraph."""
        return [len(units.words(paragraph)) for paragraph in units.paragraphs(text)]


class ParagraphSentences(CountedInEach):
    """Sentences of each paragraph."""

    def counts(self, text: str) -> list[int]:
        """Return the number of sentences of each paragraph."""
        return [len(units.sentences(paragraph)) for paragraph in units.paragraphs(text)]


class LineCharacters(CountedInEach, Chinese):
    """Chinese characters of each line that is not blank, as in verse of five or seven characters a line."""

    def counts(self, text: str) -> list[int]:
        """Return the number of Chinese characters of each line."""
        return [units.han_count(line) for line in units.lines(text)]


class LineWords(CountedInEach, English):
    """Words of each line that is not blank."""

    def counts(self, text: str) -> list[int]:
        """Return the number of words of each line."""
        return [len(units.words(line)) for line in units.lines(text)]


class IncreasingLines(Instruction):
    """Exactly ``count`` lines, each longer than the one before: in characters, spaces left out.

    Attributes:
        count: the number of lines.
    """

    count: Annotated[int, Field(ge=2)]

    def follows(self, text: str) -> bool:
        """Tell whether there are that many lines and each is longer than the one before."""
        lengths = [len("".join(line.split())) for line in units.lines(text)]
        return len(lengths) == self.count and all(one < two for one, two in pairwise(lengths))
