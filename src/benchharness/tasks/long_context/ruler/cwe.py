"""Common words: of a long list, the words that appear most often."""

import random
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from benchharness.records import Language
from benchharness.tasks.long_context.records import Fact, Filler, Problem
from benchharness.tasks.long_context.ruler._english import EN, EnglishFiller, own_chance
from benchharness.tasks.long_context.ruler._material import check_count, draw_asked, draw_other

MOST_WORDS = 100
MOST_TIMES = 1000
EXAMPLE_WORDS = 40
EXAMPLE_COMMON, EXAMPLE_UNCOMMON = 10, 3
"""How often a common and an uncommon word appear in the worked example."""

BLOCK = 100
"""Uncommon words that are mixed with one another; so all appear as often as they are to, but for those of the last."""

LINE = 12
CLOSINGS = (
    "End.\n",
    "The end.\n",
    "End of the list.\n",
    "Here the list ends.\n",
    "This is the end of the list.\n",
    "No more words follow in this list.\n",
    "This is the last line; no more words follow in this list.\n",
)


def draw(
    rng: random.Random, depth: float, *, words: int = 10, common: int = 30, uncommon: int = 3, **_: object
) -> Problem:
    """Return the common words, each as often as it appears; asked is which they are.

    The uncommon ones are the filler. A worked example with 40 different words comes with it, in the fields
    ``example`` and ``example_answer``.

    Args:
        rng: all chance comes from it.
        depth: not used: the words are everywhere.
        words: how many are common.
        common: how often each of them appears.
        uncommon: how often each of the others does.

    Raises:
        ValueError: if an option is wrong.
    """
    check_count("words", words, min(MOST_WORDS, EXAMPLE_WORDS - 1))
    check_count("common", common, MOST_TIMES)
    check_count("uncommon", uncommon, common - 1)
    drawn = draw_asked("words", words + EXAMPLE_WORDS, rng)
    sought, shown = drawn[:words], drawn[words:]
    row = sought * common
    rng.shuffle(row)
    places = sorted(rng.random() for _ in row)
    facts = tuple(
        Fact(record={"word": word}, text={EN: word}, depth=place) for word, place in zip(row, places, strict=True)
    )
    example = shown[:words] * EXAMPLE_COMMON + shown[words:] * EXAMPLE_UNCOMMON
    rng.shuffle(example)
    return Problem(
        facts=facts,
        question={EN: str(words)},
        answer={EN: [[word] for word in sorted(sought)]},
        depth=None,
        asked={"words": words},
        fields={EN: {"example": " ".join(example), "example_answer": _numbered(shown[:words])}},
    )


def _numbered(words: Sequence[str]) -> str:
    return " ".join(f"{number}. {word}" for number, word in enumerate(words, start=1))


def solve(records: Sequence[Mapping[str, Any]], asked: Mapping[str, Any]) -> Mapping[Language, Any]:
    """Return the words that the records have most often.

    Raises:
        ValueError: if there are fewer than asked for, or one more appears as often.
    """
    ranked = Counter(record["word"] for record in records).most_common()
    wanted = asked["words"]
    if len(ranked) < wanted or (len(ranked) > wanted and ranked[wanted][1] == ranked[wanted - 1][1]):
        raise ValueError(f"there are no {wanted} words that appear more often than all others")
    return {EN: [[word] for word in sorted(word for word, _ in ranked[:wanted])]}


def filler(seed: int, *, uncommon: int = 3, **_: object) -> Filler:
    """Return the uncommon words, some to a line."""
    return EnglishFiller(_uncommon_words(own_chance(seed), uncommon), CLOSINGS)


def _uncommon_words(rng: random.Random, times: int) -> Iterator[str]:
    seen: set[str] = set()
    count = 0
    while True:
        block: list[str] = []
        while len(block) < BLOCK:
            word = draw_other("words", rng)
            if word not in seen:
                seen.add(word)
                block.append(word)
        row = block * times
        rng.shuffle(row)
        for word in row:
            count += 1
            yield f"{word}\n" if count % LINE == 0 else f"{word} "
