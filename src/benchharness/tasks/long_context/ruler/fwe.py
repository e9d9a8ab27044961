"""Frequent words: of a text of coded words whose frequencies fall by a power law, the most frequent."""

import random
import string
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Any

import numpy as np
from scipy.special import zeta

from benchharness.errors import InputError
from benchharness.records import Language
from benchharness.tasks.long_context.records import Filler, Problem
from benchharness.tasks.long_context.ruler._english import EN, EnglishFiller, own_chance
from benchharness.tasks.long_context.ruler._material import check_count

SHARES_FILLER = False
"""Each problem has a filler of its own: nothing else differs between them."""

DOTS = "..."
"""What stands for the word of the first rank; nobody is asked for it."""

BLOCK = 100
"""Places after which every word appears as often as its rank says."""

RANKS = 1 << 14
LETTERS = 6
MOST_WORDS = 20
LINE = 12


def draw(rng: random.Random, depth: float, *, words: int = 3, **_: object) -> Problem:
    """Return the question for the most frequent words; ``settle`` puts in the answer when the text is there.

    Args:
        rng: not used: all chance is in the filler.
        depth: not used: the words are everywhere.
        words: how many are asked for.

    Raises:
        ValueError: if an option is wrong.
    """
    check_count("words", words, MOST_WORDS)
    return Problem(facts=(), question={EN: str(words)}, answer={EN: []}, depth=None, asked={"words": words})


def settle(problem: Problem, units: Sequence[str]) -> Problem:
    """Return the problem with the answer to the text that ``units`` make.

    Raises:
        InputError: if the text is so short that the words asked for are not more frequent than all others.
    """
    appear = Counter(word for unit in units for word in unit.split() if word != DOTS)
    wanted = problem.asked["words"]
    ranked = appear.most_common(wanted + 1)
    if len(ranked) <= wanted or ranked[wanted][1] == ranked[wanted - 1][1]:
        raise InputError(
            en=f"A text of {appear.total()} coded words is too short to have {wanted} that are more frequent than all"
            " others. Ask for a longer length.",
            zh=f"文本只有 {appear.total()} 个编码词，不足以区分出最常见的 {wanted} 个。请改用更大的长度。",
        )
    asked = {**problem.asked, "counts": dict(ranked)}
    return replace(problem, answer={EN: [[word] for word, _ in ranked[:wanted]]}, asked=asked)


def solve(records: Sequence[Mapping[str, Any]], asked: Mapping[str, Any]) -> Mapping[Language, Any]:
    """Return the words that ``settle`` counted most often; there are no records.

    Raises:
        ValueError: if the problem is not settled.
    """
    if "counts" not in asked:
        raise ValueError("the most frequent words are known only when the text is there")
    ranked = sorted(asked["counts"], key=asked["counts"].__getitem__, reverse=True)
    return {EN: [[word] for word in ranked[: asked["words"]]]}


def filler(seed: int, *, alpha: float = 2.0, **_: object) -> Filler:
    """Return coded words, the one of rank k with a share of ``k ** -alpha / zeta(alpha)``.

    Args:
        seed: of the words and their order.
        alpha: the exponent, above 1.

    Raises:
        ValueError: if ``alpha`` is not.
    """
    if not isinstance(alpha, int | float) or not alpha > 1:
        raise ValueError(f"alpha is {alpha!r}; expected a number above 1")
    dots = [" ".join([DOTS] * count) + " " for count in range(1, 9)]
    return EnglishFiller(_in_lines(_words(own_chance(seed), alpha)), dots)


def _words(rng: random.Random, alpha: float) -> Iterator[str]:
    shares = np.arange(1, RANKS + 1, dtype=float) ** -alpha / zeta(alpha)
    coded = [DOTS]
    known = set(coded)
    given = np.zeros(RANKS, dtype=int)
    places = 0
    while True:
        places += BLOCK
        due = np.floor(places * shares).astype(int)
        while len(coded) < np.count_nonzero(due):
            word = "".join(rng.choices(string.ascii_lowercase, k=LETTERS))
            if word not in known:
                known.add(word)
                coded.append(word)
        block = [word for word, more in zip(coded, due - given, strict=False) for _ in range(more)]
        rng.shuffle(block)
        given = due
        yield from block


def _in_lines(words: Iterator[str]) -> Iterator[str]:
    """Yield words with what follows them: a space, or at times a line end. No line but the first begins with dots."""
    length = 0
    for word, after in pairwise(words):
        length += 1
        ends = length >= LINE and after != DOTS
        yield f"{word}\n" if ends else f"{word} "
        length = 0 if ends else length
