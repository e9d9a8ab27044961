"""Instructions about beginnings, ends, titles and parts of a text."""

import re
from typing import Annotated, Literal

from pydantic import Field, field_validator

from benchharness.text.instructions import units
from benchharness.text.instructions.base import Count, Instruction, Text, Texts
from benchharness.text.instructions.markdown import divided

_LETTER_OR_DIGIT = re.compile(r"[^\W_]")


class StartWith(Instruction):
    """The text begins with these very characters.

    Attributes:
        text: the beginning.
    """

    text: Text

    def follows(self, text: str) -> bool:
        """Tell whether the text, white space before it left out, begins so."""
        return text.lstrip().startswith(self.text)


class EndWith(Instruction):
    """The text ends with these very characters; nothing follows them.

    Attributes:
        text: the end.
    """

    text: Text

    def follows(self, text: str) -> bool:
        """Tell whether the text, white space after it left out, ends so."""
        return text.rstrip().endswith(self.text)


class SameEnds(Instruction):
    """The first and the last Chinese character, or word, are the same; letters match in either case."""

    def follows(self, text: str) -> bool:
        """Tell whether the text ends as it begins, and has a middle."""
        found = units.units(text)
        return len(found) > 2 and found[0].casefold() == found[-1].casefold()


class Acrostic(Instruction):
    """藏头: the first characters of the lines, in order, are these; there are as many lines as characters.

    Attributes:
        letters: the first character of each line; letters match in either case.
    """

    letters: Annotated[str, Field(min_length=2)]

    def follows(self, text: str) -> bool:
        """Tell whether the first letters, digits or Chinese characters of the lines are those asked for."""
        firsts = [_LETTER_OR_DIGIT.search(units.without_marker(line)) for line in units.lines(text)]
        return "".join(first.group() if first else " " for first in firsts).casefold() == self.letters.casefold()


class DistinctStarts(Instruction):
    """At least two lines, no two of which begin with the same Chinese character or word, in either case."""

    def follows(self, text: str) -> bool:
        """Tell whether all lines begin differently."""
        starts = [units.units(units.without_marker(line))[:1] for line in units.lines(text)]
        firsts = [start[0].casefold() for start in starts if start]
        return len(firsts) > 1 and len(set(firsts)) == len(firsts)


class LineStart(Instruction):
    """At least two lines, and every line that is not blank begins with these very characters.

    Attributes:
        text: the beginning of each line.
    """

    text: Text

    def follows(self, text: str) -> bool:
        """Tell whether all lines begin so."""
        found = units.lines(text)
        return len(found) > 1 and all(line.startswith(self.text) for line in found)


class LineEnd(Instruction):
    """At least two lines, and every line that is not blank ends with these very characters.

    Attributes:
        text: the end of each line.
    """

    text: Text

    def follows(self, text: str) -> bool:
        """Tell whether all lines end so."""
        found = units.lines(text)
        return len(found) > 1 and all(line.endswith(self.text) for line in found)


class ParagraphStart(Instruction):
    """One paragraph begins with these very characters.

    Attributes:
        paragraph: which, from 1.
        text: its beginning.
    """

    paragraph: Count
    text: Text

    def follows(self, text: str) -> bool:
        """Tell whether there is such a paragraph and it begins so."""
        found = units.paragraphs(text)
        return len(found) >= self.paragraph and found[self.paragraph - 1].startswith(self.text)


class Title(Instruction):
    """The first line is a title in these brackets, and more follows.

    Attributes:
        brackets: ``〖〗`` or ``<<>>``.
    """

    brackets: Literal["〖〗", "<<>>"]

    def follows(self, text: str) -> bool:
        """Tell whether the first line is a title, with something in it, and a text follows."""
        half = len(self.brackets) // 2
        opening, closing = self.brackets[:half], self.brackets[half:]
        found = units.lines(text)
        first = found[0] if found else ""
        bracketed = first.startswith(opening) and first.endswith(closing)
        return bracketed and len(found) > 1 and bool(_LETTER_OR_DIGIT.search(first))


class TwoResponses(Instruction):
    """Exactly two different answers, parted by a line of six stars."""

    def follows(self, text: str) -> bool:
        """Tell whether there are two parts, neither empty, that differ."""
        parts = divided(text, "******")
        return len(parts) == 2 and all(parts) and parts[0] != parts[1]


class Postscript(Instruction):
    """The last paragraph holds a line that begins with the marker, with something after it; text stands before it.

    Attributes:
        marker: how the postscript begins.
    """

    marker: Text

    def follows(self, text: str) -> bool:
        """Tell whether the text ends with a postscript."""
        found = units.paragraphs(text)
        last = units.lines(found[-1]) if found else []
        places = [place for place, line in enumerate(last) if line.startswith(self.marker)]
        if len(places) != 1 or not _LETTER_OR_DIGIT.search(last[places[0]].removeprefix(self.marker)):
            return False
        return places[0] > 0 or len(found) > 1


class Quotation(Instruction):
    """The whole text stands between double quotation marks, “” or straight ones."""

    def follows(self, text: str) -> bool:
        """Tell whether the first and the last character are quotation marks, with something between."""
        whole = text.strip()
        return whole[0] in '“"' and whole[-1] in '”"' and bool(_LETTER_OR_DIGIT.search(whole))


class RepeatRequest(Instruction):
    """The text begins with the request word for word, and an answer follows.

    Attributes:
        text: the request.
    """

    text: Text

    def follows(self, text: str) -> bool:
        """Tell whether the request is repeated and more follows."""
        whole = text.strip()
        return whole.startswith(self.text) and bool(_LETTER_OR_DIGIT.search(whole.removeprefix(self.text)))


class Sections(Instruction):
    """Exactly ``count`` sections: lines that begin with the marker and a number, 1, 2, 3 … in order, stars or # before.

    Attributes:
        marker: the beginning of a section, ``N`` for its number: 第N部分, Section N.
        count: the number of sections.
    """

    marker: Text
    count: Annotated[int, Field(ge=2)]

    @field_validator("marker")
    @classmethod
    def _has_number(cls, marker: str) -> str:
        if marker.count("N") != 1:
            raise ValueError("the marker needs one `N`, for the number")
        return marker

    def follows(self, text: str) -> bool:
        """Tell whether the numbers of the sections are 1 to ``count``, and each has something in it."""
        pattern = r"^[ \t#*]*" + re.escape(self.marker).replace("N", r"(?P<number>\d+)") + r"(?!\d)"
        found = list(re.finditer(pattern, text, re.MULTILINE))
        ends = [*(match.start() for match in found[1:]), len(text)]
        filled = [_LETTER_OR_DIGIT.search(text[match.end() : end]) for match, end in zip(found, ends, strict=False)]
        return [match["number"] for match in found] == [str(n + 1) for n in range(self.count)] and all(filled)


class LabelledLines(Instruction):
    """One line for each label, in this order: it begins with the label, and something stands after it.

    Attributes:
        labels: how the lines begin. Other lines may stand beside them.
    """

    labels: Texts

    def follows(self, text: str) -> bool:
        """Tell whether each label begins exactly one line, in order."""
        found = units.lines(text)
        labelled = [(label, line) for line in found for label in self.labels if line.startswith(label)]
        filled = all(_LETTER_OR_DIGIT.search(line.removeprefix(label)) for label, line in labelled)
        return tuple(label for label, _ in labelled) == self.labels and filled
