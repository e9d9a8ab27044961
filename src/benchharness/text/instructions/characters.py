"""Instructions about punctuation, digits and other characters."""

import re
import unicodedata
from datetime import date
from decimal import Decimal
from itertools import pairwise
from typing import Literal

from benchharness.text.instructions import units
from benchharness.text.instructions.base import Chinese, Count, Counted, English, Instruction, Text
from benchharness.text.numerals import find_numbers


class NoComma(Instruction):
    """No comma, full-width or half-width, not even in a number; 、 is no comma."""

    def follows(self, text: str) -> bool:
        """Tell whether there is no comma."""
        return not re.search("[,，﹐]", text)


class OnlyPunctuation(Instruction):
    """No punctuation (Unicode categories P) but these marks.

    Attributes:
        marks: the marks allowed, as one string.
    """

    marks: Text

    def follows(self, text: str) -> bool:
        """Tell whether all punctuation is allowed."""
        return not any(unicodedata.category(char).startswith("P") and char not in self.marks for char in text)


class MarkCount(Counted):
    """How often a punctuation mark stands in the text; its full-width and half-width forms are the same mark.

    Attributes:
        mark: the mark.
    """

    mark: Literal["！", "；", "：", "!", ";", ":"]

    def count(self, text: str) -> int:
        """Return how often the mark is there."""
        return unicodedata.normalize("NFKC", text).count(unicodedata.normalize("NFKC", self.mark))


class Questions(Counted):
    """Sentences that end with a question mark."""

    def count(self, text: str) -> int:
        """Return the number of questions."""
        return sum(map(units.is_question, units.sentences(text)))


class EndQuestion(Instruction):
    """The text ends with a question mark; closing quotes and brackets may follow it."""

    def follows(self, text: str) -> bool:
        """Tell whether the last sentence is a question."""
        return units.is_question(text)


class Enclosed(Counted):
    """Stretches between a pair of marks, not nested, on one line: 《书名》, (so), "so".

    Attributes:
        marks: the opening and the closing mark. Straight double quotes stand for curly ones too.
    """

    marks: Literal["《》", "「」", "（）", "【】", "()", '""']

    def count(self, text: str) -> int:
        """Return the number of stretches with something in them."""
        opening, closing = map(re.escape, self.marks)
        if self.marks == '""':
            text = re.sub("[“”]", '"', text)
        return sum(map(_has_content, re.findall(rf"{opening}([^{opening}{closing}\n]*){closing}", text)))


class Placeholders(Counted):
    """Placeholders in square brackets, half-width or full-width, with something in them: ``[name]``, ［姓名］."""

    def count(self, text: str) -> int:
        """Return the number of placeholders."""
        return sum(map(_has_content, re.findall(r"\[[^\[\]\n]*\]|［[^［］\n]*］", text)))


def _has_content(enclosed: str) -> bool:
    return bool(re.search(r"[^\W_]", enclosed))


class FullWidthPunctuation(Chinese):
    """全角标点: no ASCII punctuation or symbol but between digits (3.5, 12:30), and at least one full-width mark."""

    def follows(self, text: str) -> bool:
        """Tell whether all punctuation is full-width."""
        without_numbers = re.sub(r"(?<=\d)[.,:/-](?=\d)", "", text)
        ascii_marks = re.search(r"[!-/:-@\[-`{-~]", without_numbers)
        return ascii_marks is None and bool(re.search(r"[，。、；：？！“”‘’（）《》…—]", text))


class AsciiOnly(English):
    """No character beyond ASCII: straight quotes, no dashes, no accents."""

    def follows(self, text: str) -> bool:
        """Tell whether all characters are ASCII."""
        return text.isascii()


class NoDigits(Instruction):
    """No digit of any script, half-width or full-width; numerals in words are allowed."""

    def follows(self, text: str) -> bool:
        """Tell whether there is no digit."""
        return not re.search(r"\d", text)


_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")


class Numbers(Counted):
    """Numbers in digits; 1,200 and 3.5 are one each, 09:30 is two."""

    def count(self, text: str) -> int:
        """Return the number of numbers."""
        return len(_NUMBER.findall(text))


class AscendingNumbers(Instruction):
    """At least ``least`` numbers in digits, each larger than the one before it in the text.

    Attributes:
        least: the smallest number of numbers.
    """

    least: Count

    def follows(self, text: str) -> bool:
        """Tell whether there are enough numbers, in ascending order."""
        values = [_value(found) for found in _NUMBER.findall(text)]
        return len(values) >= self.least and all(one < two for one, two in pairwise(values))


def _value(digits: str) -> Decimal:
    whole, *rest = digits.replace(",", "").split(".")
    return Decimal(whole + ("." + "".join(rest) if rest else ""))


class Times(Counted):
    """Times of day on the 24-hour clock, two digits each, as in 09:30; a full-width colon will do."""

    def count(self, text: str) -> int:
        """Return the number of times of day."""
        return len(re.findall(r"(?<![\d:：])(?:[01]\d|2[0-3])[:：][0-5]\d(?![\d:：])", text))


class Dates(Counted):
    """Days of the calendar written as 2025-05-01."""

    def count(self, text: str) -> int:
        """Return the number of days that exist."""
        found = re.findall(r"(?<![\d-])(\d{4})-(\d\d)-(\d\d)(?![\d-])", text)
        return sum(_exists(*map(int, parts)) for parts in found)


def _exists(year: int, month: int, day: int) -> bool:
    try:
        date(year, month, day)
    except ValueError:
        return False
    return True


class ChineseNumerals(Chinese):
    """No digits, and at least ``least`` numbers in Chinese numerals (三个, 二十四); words such as 一起 are no numbers.

    Attributes:
        least: the smallest number of numbers.
    """

    least: Count

    def follows(self, text: str) -> bool:
        """Tell whether there are enough numbers and no digits."""
        return not re.search(r"\d", text) and len(find_numbers(text)) >= self.least


class SpelledNumbers(English):
    """No digits, and at least ``least`` numbers in words (three, twenty-four); "someone" is no number.

    Attributes:
        least: the smallest number of numbers.
    """

    least: Count

    def follows(self, text: str) -> bool:
        """Tell whether there are enough numbers and no digits."""
        return not re.search(r"\d", text) and len(find_numbers(text)) >= self.least
