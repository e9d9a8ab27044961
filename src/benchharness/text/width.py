"""One form for characters that come in several: full-width and half-width, traditional and simplified.

For reading answers out of a text only. What a model said is kept, compared and measured as it said it.
"""

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

# Invisible characters that would part a number or a word in two: soft hyphen, zero-width space, word joiner, BOM.
_INVISIBLE = frozenset("\u00ad\u200b\u2060\ufeff")

# Folding these would make 10² read 102.
_KEPT_DECOMPOSITIONS = ("<super>", "<sub>")


@dataclass(frozen=True, slots=True)
class NormalisedText:
    """A text in one form, with the way back to the raw text.

    Attributes:
        text: the normalised text.
        starts: for each character of ``text``, the raw index at which what it came from begins; never decreases.
        ends: for each character of ``text``, the raw index after what it came from; never decreases.
        raw_length: the number of characters of the raw text.
    """

    text: str
    starts: Sequence[int]
    ends: Sequence[int]
    raw_length: int

    def raw_span(self, start: int, end: int) -> tuple[int, int]:
        """Return the stretch of raw text that ``text[start:end]`` came from.

        An empty stretch maps to an empty one. Where one raw character became several, the whole of it is returned.

        Raises:
            ValueError: not ``0 <= start <= end <= len(text)``.
        """
        if not 0 <= start <= end <= len(self.text):
            raise ValueError(f"no stretch {start}:{end} in a text of {len(self.text)} characters")
        if start == end:
            place = self.starts[start] if start < len(self.starts) else self.raw_length
            return place, place
        return self.starts[start], self.ends[end - 1]


def normalise(text: str, *, simplify: bool = True) -> NormalisedText:
    """Fold compatibility forms (NFKC) and, if asked, traditional characters into simplified ones.

    Departures from NFKC, each because a number would change its value: superscripts and subscripts stay,
    vulgar fractions are written with a plain slash and kept apart from letters before and digits on either side
    (``3½`` is ``3 1/2``). Invisible characters (soft hyphen, zero-width space, word joiner, byte order mark)
    are dropped.

    Args:
        text: any text.
        simplify: whether to convert traditional Chinese to simplified.
    """
    if text.isascii():
        return NormalisedText(text, range(len(text)), range(1, len(text) + 1), len(text))
    pieces: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    last = ""
    for start, end in _clusters(text):
        piece = _fold(text[start:end])
        if _would_merge(last, piece):
            piece = " " + piece
        pieces.append(piece)
        starts.extend([start] * len(piece))
        ends.extend([end] * len(piece))
        last = piece or last
    folded = "".join(pieces)
    return NormalisedText(_simplified(folded) if simplify else folded, starts, ends, len(text))


def _would_merge(last: str, piece: str) -> bool:
    """Return whether a fraction would become part of another number or name: 3½, ½3, x½."""
    return (_is_fraction(piece) and last[-1:].isalnum()) or (_is_fraction(last) and piece[:1].isdigit())


def _is_fraction(piece: str) -> bool:
    return "/" in piece and piece.strip()[0].isdigit()


def _clusters(text: str) -> list[tuple[int, int]]:
    """Cut ``text`` into characters, each with the combining marks that follow it."""
    starts = [i for i, char in enumerate(text) if i == 0 or char.isascii() or not unicodedata.combining(char)]
    return list(zip(starts, [*starts[1:], len(text)], strict=True))


@lru_cache(maxsize=1 << 14)
def _fold(cluster: str) -> str:
    if cluster in _INVISIBLE:
        return ""
    kind = unicodedata.decomposition(cluster[0]).partition(" ")[0]
    if kind in _KEPT_DECOMPOSITIONS:
        return cluster
    folded = unicodedata.normalize("NFKC", cluster)
    return folded.replace("\N{FRACTION SLASH}", "/") if kind == "<fraction>" else folded


def _simplified(text: str) -> str:
    return "".join(map(_simplified_line, re.split(r"(?<=\n)", text)))


def _simplified_line(line: str) -> str:
    """Convert by phrase where that keeps the length, by character otherwise, so that positions stay true."""
    if line.isascii():
        return line
    # A lone surrogate, which a cut JSON escape can leave behind, is more than the converter can take.
    encodable = re.sub(r"[\ud800-\udfff]", "\ufffd", line)
    converted = _converter()(encodable)
    if len(converted) != len(line):
        converted = "".join(map(_simplified_character, encodable))
    return converted


@lru_cache(maxsize=1 << 14)
def _simplified_character(char: str) -> str:
    converted = _converter()(char)
    return converted if len(converted) == 1 else char


@cache
def _converter() -> Callable[[str], str]:
    import opencc

    convert: Callable[[str], str] = opencc.OpenCC("t2s").convert
    return convert
