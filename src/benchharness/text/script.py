"""Which scripts a text is written in, how long it is, and which of our languages it speaks."""

import re
import unicodedata
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache
from itertools import groupby

from benchharness.records import Language

# A Chinese word is about 1.6 characters long in running text; a language is judged by words, so that a few
# English terms in a Chinese sentence, each of many letters, do not make it English.
_HAN_CHARACTERS_PER_WORD = 1.6


class _Script(Enum):
    HAN = "han"
    LATIN = "latin"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class ScriptShares:
    """How the letters of a text divide among scripts; the three shares sum to 1, or are all 0 without letters.

    Attributes:
        han: share of Chinese characters, in [0, 1].
        latin: share of Latin letters, full-width ones included, in [0, 1].
        other: share of letters of every other script (kana, hangul, Cyrillic, …), in [0, 1].
    """

    han: float
    latin: float
    other: float


def script_shares(text: str) -> ScriptShares:
    """Return the shares of Han, Latin and other letters among the letters of ``text``.

    Digits, punctuation, spaces, symbols and combining marks are no letters and count nowhere.
    """
    counts = dict.fromkeys(_Script, 0)
    for char in text:
        script = _script(char)
        if script is not None:
            counts[script] += 1
    total = sum(counts.values()) or 1
    return ScriptShares(*(counts[script] / total for script in _Script))


def character_count(text: str) -> int:
    r"""Return the length of ``text`` in characters, the unit of lengths and throughput in both languages.

    A character is one Unicode code point. All count (spaces, punctuation and combining marks too) but line
    ends, ``\n`` and ``\r``: breaking the same answer into more lines does not make it longer.
    """
    return len(text) - text.count("\n") - text.count("\r")


def dominant_language(text: str) -> Language | None:
    """Return the language most of ``text`` is in, counted in words.

    A single Latin letter says nothing (it may be an option label or a variable).

    Returns:
        ``None`` if there are no words, if Chinese and English are even, or if another script has as many words.
    """
    words = dict.fromkeys(_Script, 0.0)
    for script, run in groupby(text, key=_script):
        if script is None:
            continue
        length = sum(1 for _ in run)
        if script is _Script.HAN:
            words[script] += length / _HAN_CHARACTERS_PER_WORD
        elif script is _Script.OTHER or length > 1:
            words[script] += 1
    most = max(words.values())
    leaders = [script for script, count in words.items() if count == most]
    if most == 0 or len(leaders) > 1:
        return None
    return {_Script.HAN: Language.ZH, _Script.LATIN: Language.EN}.get(leaders[0])


_HAN_NAME = re.compile(r"CJK (UNIFIED|COMPATIBILITY) IDEOGRAPH-|IDEOGRAPHIC NUMBER ZERO")


@lru_cache(maxsize=1 << 14)
def _script(char: str) -> _Script | None:
    name = unicodedata.name(char, "")
    if _HAN_NAME.match(name):
        return _Script.HAN
    if not char.isalpha():
        return None
    return _Script.LATIN if "LATIN " in name else _Script.OTHER
