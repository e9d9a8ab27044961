"""Instructions about Markdown and JSON."""

import json
import re
import unicodedata
from typing import Annotated, Any

from pydantic import Field

from benchharness.text.instructions import units
from benchharness.text.instructions.base import Count, Counted, Instruction, Text, Texts

_BULLET = re.compile(r"(?:[-*+•]\s|[－·])\s*\S")
_NUMBER = re.compile(r"(\d+)(?:[.)](?!\d)|[．、）])\s*\S")


class BulletList(Counted):
    """List items that begin with ``-``, ``*``, ``+`` or ``•`` and a space, or with － or ·; indented ones count."""

    def count(self, text: str) -> int:
        """Return the number of list items."""
        return sum(bool(_BULLET.match(line)) for line in units.lines(text))


class NumberedList(Instruction):
    """Exactly ``count`` lines that begin with a number and ``.``, ``)``, ．, 、 or ）, numbered 1, 2, 3 … in order.

    Attributes:
        count: the number of list items.
    """

    count: Count

    def follows(self, text: str) -> bool:
        """Tell whether the numbers at line starts are 1 to ``count``."""
        markers = [_NUMBER.match(line) for line in units.lines(text)]
        numbers = [unicodedata.normalize("NFKC", marker[1]) for marker in markers if marker]
        return numbers == [str(number) for number in range(1, self.count + 1)]


class Headings(Instruction):
    """Exactly ``count`` Markdown headings of one level; those of other levels are not looked at.

    Attributes:
        level: the number of ``#``.
        count: the number of headings.
    """

    level: Annotated[int, Field(ge=1, le=6)]
    count: Count

    def follows(self, text: str) -> bool:
        """Tell whether there are that many headings of that level."""
        pattern = re.compile(rf"#{{{self.level}}}\s+\S")
        return sum(bool(pattern.match(line)) for line in units.lines(text)) == self.count


class Table(Instruction):
    """Exactly one Markdown table: a header, a delimiter row and ``rows`` rows, all of ``columns`` cells.

    Attributes:
        rows: rows without the header.
        columns: cells of every row.
    """

    rows: Count
    columns: Annotated[int, Field(ge=2)]

    def follows(self, text: str) -> bool:
        """Tell whether the only table has that many rows and columns."""
        blocks = [[_cells(line) for line in block] for block in _pipe_blocks(text)]
        tables = [block for block in blocks if _is_table(block)]
        if len(tables) != 1:
            return False
        (cells,) = tables
        return len(cells) == self.rows + 2 and all(len(row) == self.columns for row in cells)


def _pipe_blocks(text: str) -> list[list[str]]:
    """Return the runs of neighbouring lines that hold a pipe."""
    blocks: list[list[str]] = [[]]
    for line in text.splitlines():
        if "|" in line:
            blocks[-1].append(line.strip())
        elif blocks[-1]:
            blocks.append([])
    return [block for block in blocks if block]


def _cells(line: str) -> list[str]:
    inner = line.removeprefix("|")
    inner = inner[:-1] if inner.endswith("|") and not inner.endswith("\\|") else inner
    return [cell.strip() for cell in re.split(r"(?<!\\)\|", inner)]


def _is_table(rows: list[list[str]]) -> bool:
    return len(rows) >= 2 and all(re.fullmatch(r":?-+:?", cell) for cell in rows[1])


class Bold(Counted):
    """Stretches between pairs of two stars, on one line: ``**so**``."""

    def count(self, text: str) -> int:
        """Return the number of bold stretches."""
        return len(re.findall(r"\*\*(?![\s*])[^*\n]*[^\s*]\*\*", text))


_FENCED = re.compile(r"```[^\n`]*\n(?P<inside>.*)\n[^\S\n]*```", re.DOTALL)


class JsonObject(Instruction):
    """The whole text is one JSON object with exactly these keys, bare or in one code block.

    Attributes:
        keys: the keys, in any order.
    """

    keys: Texts

    def follows(self, text: str) -> bool:
        """Tell whether the text is an object with these keys, each once."""
        fenced = _FENCED.fullmatch(text.strip())
        try:
            pairs = json.loads(fenced["inside"] if fenced else text, object_pairs_hook=_Pairs)
        except (ValueError, RecursionError):
            return False
        return isinstance(pairs, _Pairs) and sorted(key for key, _ in pairs) == sorted(self.keys)


class _Pairs(list[tuple[str, Any]]):
    """An object of JSON with its keys as they stand, repeated ones too."""


class CodeBlock(Instruction):
    """The whole text is one code block: lines of three backticks begin and end it, a name may follow the first."""

    def follows(self, text: str) -> bool:
        """Tell whether the text is one fenced block with something in it."""
        fenced = _FENCED.fullmatch(text.strip())
        return fenced is not None and bool(fenced["inside"].strip()) and "```" not in fenced["inside"]


class Dividers(Instruction):
    """Exactly ``parts`` parts, each with something in it, parted by lines that are ``marker`` alone.

    Attributes:
        marker: the dividing line.
        parts: the number of parts.
    """

    marker: Text
    parts: Annotated[int, Field(ge=2)]

    def follows(self, text: str) -> bool:
        """Tell whether there are that many parts, none of them empty."""
        found = divided(text, self.marker)
        return len(found) == self.parts and all(found)


def divided(text: str, marker: str) -> list[str]:
    """Return the parts of ``text`` between lines that are ``marker`` alone, without white space at their ends."""
    return [part.strip() for part in re.split(rf"^[^\S\n]*{re.escape(marker)}[^\S\n]*$", text, flags=re.MULTILINE)]
