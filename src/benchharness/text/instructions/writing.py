"""Instructions about language, script, letter case and style."""

import re
from collections.abc import Callable
from functools import cache, lru_cache

from pydantic import Field

from benchharness.records import Language
from benchharness.text.instructions import units
from benchharness.text.instructions.base import Chinese, Count, Counted, English, Instruction
from benchharness.text.script import dominant_language


class AnswerLanguage(Instruction):
    """The text is in this language: so are most words of every line that has any; an English one has no Chinese.

    Attributes:
        language: ``zh`` or ``en``.
    """

    language: Language = Field(strict=False)

    def follows(self, text: str) -> bool:
        """Tell whether all of the text is in the language."""
        if self.language is Language.EN and units.han_count(text):
            return False
        spoken = {dominant_language(line) for line in units.lines(text)} - {None}
        return spoken == {self.language}


# Traditional characters of their own that are also the simplified form of others: 皇后, 公里, 干涉.
_ALSO_TRADITIONAL = frozenset(
    "辟采丑斗范干雇后伙几借据夸里淀帘仆朴栖洒涂咸熏佣涌游于余郁吁岳云占征种筑准划杰岩咨凄霉厘凶尸丰肴内迹并"
)


class Traditional(Chinese):
    """繁体字: no character that is only simplified, and at least one that is only traditional.

    By the tables of OpenCC: simplified only is what all of its traditional standards (OpenCC, Taiwan, Hong Kong)
    replace, but for characters that are traditional ones too, such as 后 and 里; traditional only is what it replaces
    on the way to simplified.
    """

    def follows(self, text: str) -> bool:
        """Tell whether the text is in traditional characters."""
        return not any(map(_is_simplified, text)) and any(map(_is_traditional, text))


@cache
def _converters() -> dict[str, Callable[[str], str]]:
    import opencc

    return {name: opencc.OpenCC(name).convert for name in ("s2t", "s2tw", "s2hk", "t2s")}


@lru_cache(maxsize=1 << 14)
def _is_simplified(char: str) -> bool:
    if char in _ALSO_TRADITIONAL or not units.han_count(char):
        return False
    return all(_converters()[name](char) != char for name in ("s2t", "s2tw", "s2hk"))


@lru_cache(maxsize=1 << 14)
def _is_traditional(char: str) -> bool:
    return bool(units.han_count(char)) and _converters()["t2s"](char) != char


class HanOnly(Chinese):
    """只用汉字: no letters or digits but Chinese characters; punctuation is allowed."""

    def follows(self, text: str) -> bool:
        """Tell whether all letters and digits are Chinese characters, and there is one."""
        return units.han_count(text) > 0 and all(units.han_count(char) for char in text if char.isalnum())


class NoParticles(Chinese):
    """不用语气词: none of the characters 吗呢吧啊呀嘛啦哇哦, in whatever word."""

    def follows(self, text: str) -> bool:
        """Tell whether none of them is there."""
        return not re.search("[吗呢吧啊呀嘛啦哇哦嗎]", text)


class Reduplication(Chinese):
    """叠词: at least ``least`` different words of the form AABB, as 高高兴兴.

    Attributes:
        least: the smallest number of such words.
    """

    least: Count

    def follows(self, text: str) -> bool:
        """Tell whether there are enough different ones."""
        found = {match.group() for match in re.finditer(rf"([{units.HAN}])\1(?!\1)([{units.HAN}])\2", text)}
        return len(found) >= self.least


class AllCapitals(English):
    """No lower-case letter, and at least one capital."""

    def follows(self, text: str) -> bool:
        """Tell whether all letters are capitals."""
        return not any(char.islower() for char in text) and any(char.isupper() for char in text)


class AllLowercase(English):
    """No capital letter, and at least one lower-case letter."""

    def follows(self, text: str) -> bool:
        """Tell whether all letters are lower case."""
        return not any(char.isupper() for char in text) and any(char.islower() for char in text)


class CapitalWords(Counted, English):
    """Words of at least two letters, all of them capitals."""

    def count(self, text: str) -> int:
        """Return the number of words in capitals."""
        return sum(word.isupper() and sum(map(str.isalpha, word)) > 1 for word in units.words(text))


class HyphenatedWords(English):
    """At least ``least`` different words with a hyphen between letters, as well-known; in either case.

    Attributes:
        least: the smallest number of such words.
    """

    least: Count

    def follows(self, text: str) -> bool:
        """Tell whether there are enough different ones."""
        return len(set(re.findall(r"(?<![a-z])[a-z]+(?:[-‐‑][a-z]+)+", text.lower()))) >= self.least


_CONTRACTION = re.compile(
    r"\b(?:\w+n['’]t|\w+['’](?:re|ve|ll|d|m)|(?:it|he|she|that|there|here|what|who|where|when|why|how|let)['’]s"
    r"|can['’]t|['’](?:tis|twas|em)|y['’]all)\b",
    re.IGNORECASE,
)


class NoContractions(English):
    """No contraction (don't, it's, we'll, let's); the possessive (Tom's) and o'clock are none."""

    def follows(self, text: str) -> bool:
        """Tell whether there is no contraction."""
        return not _CONTRACTION.search(text)
