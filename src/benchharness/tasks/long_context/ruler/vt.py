"""Variable tracking: names that are given a value, or that of a name before them."""

import random
import string
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from benchharness.records import Language
from benchharness.tasks.long_context.records import Fact, Filler, Problem
from benchharness.tasks.long_context.ruler._english import EN, NOISE, noise_filler
from benchharness.tasks.long_context.ruler._material import check_count

LETTERS = 5
EXAMPLE_LETTERS = 3
EXAMPLE_LINES = 12
"""Lines of noise in the worked example, which with its chain comes to some 400 tokens."""

MOST_HOPS = 10
MOST_CHAINS = 10
SMALLEST, LARGEST = 10_000, 99_999
FIRST = "Let {name} = {value}."
NEXT = "Let {name} = {source}."


class _Statement(NamedTuple):
    """A name, what it is given, and the chain that it belongs to; ``source`` is ``None`` for the first of a chain."""

    name: str
    value: str
    source: str | None
    chain: int


def draw(
    rng: random.Random,
    depth: float,
    *,
    chains: int = 1,
    hops: int = 4,
    first: str = FIRST,
    following: str = NEXT,
    noise: Sequence[str] = NOISE,
) -> Problem:
    """Return chains of names; asked are those that have the value of the first chain.

    A worked example of three-letter names comes with it, in the fields ``example``, ``example_value`` and
    ``example_answer``; ``names`` is how many names have the value.

    Args:
        rng: all chance comes from it.
        depth: not used: RULER draws where the statements stand.
        chains: how many chains, each with a value of its own.
        hops: how often a value is handed on; ``hops`` + 1 names have it.
        first: the sentence that gives a name a value, with ``{name}`` and ``{value}``.
        following: the one that gives it the value of another name, with ``{name}`` and ``{source}``.
        noise: the sentences of the noise.

    Raises:
        ValueError: if an option is wrong.
    """
    check_count("chains", chains, MOST_CHAINS)
    check_count("hops", hops, MOST_HOPS)
    statements = _chains(rng, chains, hops, LETTERS)
    facts = tuple(
        Fact(
            record={"name": one.name, "value": one.value if one.source is None else None, "source": one.source},
            text={EN: _sentence(one, first, following)},
            depth=place,
            block=True,
        )
        for place, one in zip(sorted(rng.random() for _ in statements), statements, strict=True)
    )
    asked = next(one.value for one in statements if one.chain == 0)
    answer = [[one.name] for one in statements if one.chain == 0]
    shown = _chains(rng, chains, hops, EXAMPLE_LETTERS)
    return Problem(
        facts=facts,
        question={EN: asked},
        answer={EN: answer},
        depth=None,
        asked={"value": asked},
        fields={EN: {"names": hops + 1, **_example(rng, shown, first, following, noise)}},
    )


def _chains(rng: random.Random, chains: int, hops: int, letters: int) -> list[_Statement]:
    """Return the statements of all chains in one order, in which each chain's own stand one after another."""
    names = _names(rng, chains * (hops + 1), letters)
    values = [str(value) for value in rng.sample(range(SMALLEST, LARGEST + 1), chains)]
    turns = [chain for chain in range(chains) for _ in range(hops + 1)]
    rng.shuffle(turns)
    last: dict[int, str] = {}
    statements = []
    for name, chain in zip(names, turns, strict=True):
        statements.append(_Statement(name, values[chain], last.get(chain), chain))
        last[chain] = name
    return statements


def _names(rng: random.Random, count: int, letters: int) -> list[str]:
    names: dict[str, None] = {}
    while len(names) < count:
        names["".join(rng.choices(string.ascii_uppercase, k=letters))] = None
    return list(names)


def _sentence(statement: _Statement, first: str, following: str) -> str:
    if statement.source is None:
        return first.format(name=statement.name, value=statement.value)
    return following.format(name=statement.name, source=statement.source)


def _example(
    rng: random.Random, statements: Sequence[_Statement], first: str, following: str, noise: Sequence[str]
) -> dict[str, str]:
    lines = [" ".join(noise)] * EXAMPLE_LINES
    places = sorted(rng.sample(range(EXAMPLE_LINES + len(statements)), len(statements)))
    for place, statement in zip(places, statements, strict=True):
        lines.insert(place, _sentence(statement, first, following))
    return {
        "example": "\n".join(lines),
        "example_value": next(one.value for one in statements if one.chain == 0),
        "example_answer": " ".join(one.name for one in statements if one.chain == 0),
    }


def solve(records: Sequence[Mapping[str, Any]], asked: Mapping[str, Any]) -> Mapping[Language, Any]:
    """Return the names that have the value, by going through the records as a program would.

    Raises:
        ValueError: if none has it, or a name is used before it has a value.
    """
    held: dict[str, str] = {}
    for record in records:
        source = record["source"]
        if source is not None and source not in held:
            raise ValueError(f"{source} is used before it has a value")
        held[record["name"]] = record["value"] if source is None else held[source]
    names = [[name] for name, value in held.items() if value == asked["value"]]
    if not names:
        raise ValueError(f"no name has the value {asked['value']}")
    return {EN: names}


def filler(seed: int, *, noise: Sequence[str] = NOISE, **_others: Any) -> Filler:
    """Return the noise, which is the same whatever the seed."""
    return noise_filler(noise)
