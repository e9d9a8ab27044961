"""Instructions about words that must or must not stand in a text. How a word is found: ``units.occurrences``."""

from typing import Annotated

from pydantic import Field

from benchharness.text.instructions import units
from benchharness.text.instructions.base import Chinese, Count, Counted, English, Instruction, Text, Texts


class IncludeKeywords(Instruction):
    """Every one of these words stands in the text.

    Attributes:
        words: the words.
    """

    words: Texts

    def follows(self, text: str) -> bool:
        """Tell whether all of them are there."""
        return all(units.occurrences(word, text) for word in self.words)


class ExcludeWords(Instruction):
    """None of these words stands in the text.

    Attributes:
        words: the words.
    """

    words: Texts

    def follows(self, text: str) -> bool:
        """Tell whether none of them is there."""
        return not any(units.occurrences(word, text) for word in self.words)


class KeywordFrequency(Counted):
    """How often a word stands in the text.

    Attributes:
        word: the word.
    """

    word: Text

    def count(self, text: str) -> int:
        """Return how often the word is there, without overlaps."""
        return len(units.occurrences(self.word, text))


class KeywordOrder(Instruction):
    """All of these words stand in the text, and their first occurrences are in this order.

    Attributes:
        words: the words in order.
    """

    words: Annotated[tuple[Text, ...], Field(min_length=2, strict=False)]

    def follows(self, text: str) -> bool:
        """Tell whether each word is there, and first occurs after those before it."""
        found = [units.occurrences(word, text) for word in self.words]
        firsts = [places[0] for places in found if places]
        return len(firsts) == len(found) and firsts == sorted(set(firsts))


class KeywordInSentence(Instruction):
    """A word stands in one certain sentence, be it elsewhere too.

    Attributes:
        word: the word.
        sentence: which sentence, from 1.
    """

    word: Text
    sentence: Count

    def follows(self, text: str) -> bool:
        """Tell whether there is such a sentence, and the word is in it."""
        found = units.sentences(text)
        return len(found) >= self.sentence and bool(units.occurrences(self.word, found[self.sentence - 1]))


class KeywordInEachParagraph(Instruction):
    """A word stands in every paragraph, of which there are at least two.

    Attributes:
        word: the word.
    """

    word: Text

    def follows(self, text: str) -> bool:
        """Tell whether the word is in each paragraph."""
        found = units.paragraphs(text)
        return len(found) > 1 and all(units.occurrences(self.word, paragraph) for paragraph in found)


class AvoidCharacter(Chinese):
    """A Chinese character does not stand anywhere in the text.

    Attributes:
        character: the character.
    """

    character: Annotated[str, Field(pattern=f"^[{units.HAN}]$")]

    def follows(self, text: str) -> bool:
        """Tell whether the character is not there."""
        return self.character not in text


class AvoidLetter(English):
    """A lipogram: a letter does not stand anywhere in the text, in either case.

    Attributes:
        letter: the letter, in lower case.
    """

    letter: Annotated[str, Field(pattern="^[a-z]$")]

    def follows(self, text: str) -> bool:
        """Tell whether the letter is not there."""
        return self.letter not in text.lower()


class LetterFrequency(Counted, English):
    """How often a letter stands in the text, in either case.

    Attributes:
        letter: the letter, in lower case.
    """

    letter: Annotated[str, Field(pattern="^[a-z]$")]

    def count(self, text: str) -> int:
        """Return how often the letter is there."""
        return text.lower().count(self.letter)
