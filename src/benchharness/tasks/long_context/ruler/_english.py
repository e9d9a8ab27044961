"""Fillers that have English text alone."""

import itertools
import random
from collections.abc import Iterable, Sequence

from benchharness.errors import InputError
from benchharness.records import Language

EN = Language.EN

NOISE = (
    "The snow is white.",
    "The night is long and the stars are out.",
    "A river runs past the mill.",
    "On we go.",
    "Over the hill, down to the sea, and home once more.",
)
"""What the noise repeats."""


class EnglishFiller:
    """Units from an iterator, kept as they are asked for.

    Args:
        units: each with what separates it from the next.
        fine: short ones with which to end.
    """

    def __init__(self, units: Iterable[str], fine: Sequence[str]) -> None:
        self._source = iter(units)
        self._units: list[str] = []
        self._fine = tuple(fine)

    def units(self, language: Language, count: int) -> Sequence[str]:
        """Return the first ``count`` units or more.

        Raises:
            ValueError: if they are to be in Chinese.
            InputError: if there are not so many.
        """
        only_english(language)
        missing = count - len(self._units)
        if missing > 0:
            self._units.extend(itertools.islice(self._source, missing))
        if len(self._units) < count:
            characters = sum(map(len, self._units))
            raise InputError(
                en=f"The data set has no more than {characters} characters of paragraphs to fill a text with, and"
                " none is used twice. Ask for shorter lengths.",
                zh=f"数据集中可用作填充的段落共 {characters} 个字符，且不会重复使用。请改用较小的长度。",
            )
        return self._units

    def fine_units(self, language: Language) -> Sequence[str]:
        """Return short units with which to end.

        Raises:
            ValueError: if they are to be in Chinese.
        """
        only_english(language)
        return self._fine


def only_english(language: Language) -> None:
    """Check that English is asked for.

    Raises:
        ValueError: if it is not.
    """
    if language is not EN:
        raise ValueError(f"RULER's tasks are in English alone, not in {language.value!r}")


def own_chance(seed: int) -> random.Random:
    """Return the chance of a filler, which is never that of a problem drawn with the same seed."""
    return random.Random(f"haystack {seed}")


def noise_filler(sentences: Sequence[str] = NOISE) -> EnglishFiller:
    """Return the noise: the same sentences on every line; it ends with some of them.

    Raises:
        ValueError: if there are not at least two sentences.
    """
    if len(sentences) < 2:
        raise ValueError("noise needs at least 2 sentences")
    return EnglishFiller(itertools.repeat(" ".join(sentences) + "\n"), shorter_lines(sentences))


def shorter_lines(sentences: Sequence[str] = NOISE) -> list[str]:
    """Return lines of some of the sentences, but not of all, from the shortest to the longest."""
    some = (chosen for size in range(1, len(sentences)) for chosen in itertools.combinations(sentences, size))
    return sorted((" ".join(chosen) + "\n" for chosen in some), key=len)
