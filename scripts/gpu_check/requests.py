"""Requests of random tokens."""

import random

from benchharness.records import Continuation, Language, Prompt, Request, RequestKind, Sampling, Segment

FIRST = 300
"""Ids below are bytes and what ends a text."""


def random_tokens(count: int, vocabulary: int, seed: str) -> tuple[int, ...]:
    """Return token ids, drawn evenly and the same for the same seed."""
    draw = random.Random(seed)
    return tuple(draw.randrange(FIRST, vocabulary) for _ in range(count))


def _prompt(tokens: tuple[int, ...]) -> Prompt:
    return Prompt((), (Segment("question", ""),), tokens, (0,))


def generate_request(key: str, tokens: tuple[int, ...], new_tokens: int) -> Request:
    """Ask for exactly ``new_tokens`` after a prompt."""
    sampling = Sampling(max_new_tokens=new_tokens, ignore_end=True)
    return Request(key, "gpu check", key, Language.EN, RequestKind.GENERATE, _prompt(tokens), sampling=sampling)


def choose_request(key: str, tokens: tuple[int, ...], continuations: list[tuple[int, ...]]) -> Request:
    """Ask for the log-likelihood of continuations after a prompt."""
    scored = tuple(Continuation("", tokens) for tokens in continuations)
    return Request(key, "gpu check", key, Language.EN, RequestKind.CHOOSE, _prompt(tokens), continuations=scored)
