"""``choose`` as requests to the engine: which probes score the continuations of a request, and what they add up to.

A continuation's log-likelihood is the sum over its tokens of their log-probability after the prompt and the tokens
before them. A probe brings some of these terms; a term is known by the tokens before it and the token itself.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

from benchharness.tokens.prefix_tree import WORTH

MOST_WANTED = 128
"""Most token ids whose log-probability vLLM gives at one place (its ``MAX_LOGPROB_TOKEN_IDS``)."""

Tokens: TypeAlias = tuple[int, ...]
Terms: TypeAlias = dict[tuple[Tokens, int], float]
"""Log-probability of a token after the prompt and the tokens of the continuation before it."""


class Way(StrEnum):
    """How continuations of several tokens are scored.

    ``steps``: a prompt for each place of the continuations where a token is to be predicted; nearly all of each comes
    from the prefix cache. ``replay``: the engine is made to generate the continuation. ``reference``: each
    continuation is read with its whole prompt, and nothing comes from a cache. ``whole``: the prompts of ``steps``
    without a cache, the reference where the engine cannot tell the log-probabilities of a prompt.
    """

    STEPS = "steps"
    REPLAY = "replay"
    REFERENCE = "reference"
    WHOLE = "whole"


@dataclass(frozen=True, slots=True)
class Probe:
    """One request to the engine.

    Attributes:
        tokens: what it reads.
        before: the tokens of a continuation that ``tokens`` ends with.
        wanted: ids whose log-probability is read after ``tokens``.
        forced: what it is made to generate instead, of which each token's log-probability is read.
        rows: whether the log-probabilities of ``before`` are read as well.
        whole: whether nothing may come from a cache.
    """

    tokens: Tokens
    before: Tokens = ()
    wanted: Tokens = ()
    forced: Tokens = ()
    rows: bool = False
    whole: bool = False


def choose_way(
    prompt: int, continuations: Sequence[Tokens], *, reference: Way, block: int | None, replays: bool
) -> Way:
    """Return the way that reads the fewest tokens, where a request counts for as many as it costs.

    Args:
        prompt: tokens of the prompt.
        continuations: token ids of each.
        reference: the way that needs no cache: ``Way.REFERENCE`` or ``Way.WHOLE``.
        block: tokens that the prefix cache keeps together; ``None`` without a prefix cache.
        replays: whether the engine can be made to generate a continuation.
    """
    if all(len(tokens) == 1 for tokens in continuations):
        return Way.STEPS
    places = [prompt + len(before) for before in _places(continuations)]
    read = places if reference is Way.WHOLE else [prompt + len(tokens) for tokens in continuations]
    costs = {reference: sum(tokens + WORTH for tokens in read)}
    if block is not None:
        costs[Way.STEPS] = prompt + sum(_uncached(place, block) + WORTH for place in places)
        if replays:
            costs[Way.REPLAY] = prompt + sum(_uncached(prompt, block) + len(tokens) + WORTH for tokens in continuations)
    return min(costs, key=lambda way: costs[way])


def make_probes(prompt: Tokens, continuations: Sequence[Tokens], way: Way) -> list[Probe]:
    """Return the probes that together bring all terms of the continuations."""
    distinct = list(dict.fromkeys(continuations))
    if way is Way.REPLAY:
        return [Probe(prompt, forced=tokens) for tokens in distinct]
    if way is Way.REFERENCE:
        # The last term is read from what comes after the others, so that a full context needs no room beyond it.
        return [Probe(prompt + tokens[:-1], tokens[:-1], (tokens[-1],), rows=True, whole=True) for tokens in distinct]
    return [
        Probe(prompt + before, before, tuple(wanted[begin : begin + MOST_WANTED]), whole=way is Way.WHOLE)
        for before, wanted in _places(continuations).items()
        for begin in range(0, len(wanted), MOST_WANTED)
    ]


def add_up(terms: Mapping[tuple[Tokens, int], float], continuations: Sequence[Tokens]) -> tuple[float, ...]:
    """Return the log-likelihood of each continuation.

    Raises:
        KeyError: if a term is missing.
    """
    return tuple(sum(terms[tokens[:index], token] for index, token in enumerate(tokens)) for tokens in continuations)


def _places(continuations: Sequence[Tokens]) -> dict[Tokens, list[int]]:
    """Return, for each beginning of a continuation, the tokens that are to be predicted after it."""
    places: dict[Tokens, dict[int, None]] = {}
    for tokens in continuations:
        for index, token in enumerate(tokens):
            places.setdefault(tokens[:index], {})[token] = None
    # Short ones first, whose blocks those that go on from them find in the cache.
    return {before: list(places[before]) for before in sorted(places, key=len)}


def _uncached(tokens: int, block: int) -> int:
    """Return how many of so many tokens are read when all whole blocks before the last token are in the cache."""
    return tokens - (tokens - 1) // block * block
