"""Needles in a haystack: keys with values, some of them asked for."""

import itertools
import random
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from benchharness.records import Language
from benchharness.tasks.long_context.prose import Prose
from benchharness.tasks.long_context.records import Fact, Filler, Problem
from benchharness.tasks.long_context.ruler._english import (
    EN,
    NOISE,
    EnglishFiller,
    noise_filler,
    own_chance,
    shorter_lines,
)
from benchharness.tasks.long_context.ruler._material import check_count, draw_asked, draw_other, listed

GRID = 40
"""Needles stand at some of so many depths, spread evenly from the beginning to the end."""

HAYSTACKS = ("noise", "essay", "needle")
NEEDLE = "One of the secret {kind} kept under {key} is {value}."


def draw(
    rng: random.Random,
    depth: float,
    *,
    haystack: str = "essay",
    key: str = "words",
    value: str = "numbers",
    keys: int = 1,
    values: int = 1,
    queries: int = 1,
    needle: str = NEEDLE,
    noise: Sequence[str] = NOISE,
) -> Problem:
    """Return ``keys`` keys with ``values`` values each, of which ``queries`` are asked for.

    Args:
        rng: all chance comes from it.
        depth: not used: RULER draws where needles stand.
        haystack: ``noise``, ``essay`` or ``needle``; but for the essay, each line is a needle or noise.
        key: ``words``, ``numbers`` or ``uuids``.
        value: the same.
        keys: how many keys; at least ``queries``.
        values: how many values each of them has.
        queries: of how many keys the values are asked.
        needle: the sentence that states a value, with ``{kind}``, ``{key}`` and ``{value}``.
        noise: the sentences of the noise; the filler reads them.

    Raises:
        ValueError: if an option is wrong.
    """
    _check(haystack, keys, values, queries)
    keys = max(keys, queries)
    names = draw_asked(key, keys, rng)
    drawn = draw_asked(value, keys * values, rng)
    pairs = [(name, drawn[values * number + step]) for number, name in enumerate(names) for step in range(values)]
    rng.shuffle(pairs)
    places = sorted(rng.sample(range(GRID), len(pairs)))
    facts = tuple(
        Fact(
            record={"key": name, "value": content},
            text={EN: needle.format(kind=value, key=name, value=content)},
            depth=place / (GRID - 1),
            block=haystack != "essay",
        )
        for place, (name, content) in zip(places, pairs, strict=True)
    )
    asked = {"keys": rng.sample(names, queries)}
    return Problem(
        facts=facts,
        question={EN: listed(asked["keys"])},
        answer=_answer(pairs, asked["keys"]),
        depth=_depth(facts, asked["keys"]),
        asked=asked,
    )


def _check(haystack: str, keys: int, values: int, queries: int) -> None:
    if haystack not in HAYSTACKS:
        raise ValueError(f"haystack is {haystack!r}; expected one of {', '.join(HAYSTACKS)}")
    for name, count in (("keys", keys), ("values", values), ("queries", queries)):
        check_count(name, count, GRID)
    if max(keys, queries) * values > GRID:
        raise ValueError(f"keys × values is {max(keys, queries) * values}; expected at most {GRID}")


def _answer(pairs: Sequence[tuple[str, str]], keys: Sequence[str]) -> dict[Language, Any]:
    return {EN: [[content] for key in keys for name, content in pairs if name == key]}


def _depth(facts: Sequence[Fact], keys: Sequence[str]) -> float | None:
    depths = [fact.depth for fact in facts if fact.record["key"] in keys]
    return depths[0] if len(depths) == 1 else None


def solve(records: Sequence[Mapping[str, Any]], asked: Mapping[str, Any]) -> Mapping[Language, Any]:
    """Return the values that the records state of the keys that are asked.

    Raises:
        ValueError: if they state none of one of them.
    """
    stated: dict[str, list[list[str]]] = {key: [] for key in asked["keys"]}
    for record in records:
        if record["key"] in stated:
            stated[record["key"]].append([record["value"]])
    if not all(stated.values()):
        raise ValueError(f"no value is stated of one of {', '.join(stated)}")
    return {EN: list(itertools.chain.from_iterable(stated.values()))}


def filler(
    seed: int,
    *,
    haystack: str = "essay",
    key: str = "words",
    value: str = "numbers",
    needle: str = NEEDLE,
    noise: Sequence[str] = NOISE,
    **_counts: int,
) -> Filler:
    """Return the haystack: lines of noise, prose, or lines that state values of other keys.

    The last of these ends with some of the noise.
    """
    if haystack == "essay":
        return Prose(seed)
    if haystack == "noise":
        return noise_filler(noise)
    return EnglishFiller(_other_needles(own_chance(seed), key, value, needle), shorter_lines(noise))


def _other_needles(rng: random.Random, key: str, value: str, needle: str) -> Iterator[str]:
    while True:
        yield needle.format(kind=value, key=draw_other(key, rng), value=draw_other(value, rng)) + "\n"
