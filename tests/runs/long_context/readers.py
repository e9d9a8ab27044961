"""Readers with planted defects, at the level of points."""

import random
from collections.abc import Callable, Sequence
from dataclasses import replace

from benchharness.records import Language, Outcome
from benchharness.runs.long_context.points import Point
from benchharness.tasks.long_context.records import Arm

KILO = 1024
LENGTHS = tuple(KILO * 2**power for power in range(6))
DEPTHS = (0.0, 0.25, 0.5, 0.75, 1.0)
PREMIUM = 0.5
"""Tokens in Chinese over tokens in English for the same sentences."""

Chance = Callable[[Point], float]


def perfect(point: Point) -> float:
    return 1.0


def forgetful(point: Point) -> float:
    """Forgets whatever is asked in more than 16K tokens."""
    return 1.0 if point.tokens <= 16 * KILO else 0.0


def blind_in_the_middle(point: Point) -> float:
    return 0.0 if point.depth is not None and 1 / 3 <= point.depth <= 2 / 3 else 1.0


def weak_in_chinese(point: Point) -> float:
    """Fails on the same two facts in five in Chinese, however long the text."""
    return 0.0 if point.language is Language.ZH and random.Random(f"weak {point.fact}").random() < 0.4 else 1.0


def guessing(point: Point) -> float:
    return 0.1


def sit(
    reader: Chance,
    *,
    facts: int = 100,
    lengths: Sequence[int] = LENGTHS,
    arms: Sequence[Arm] = (Arm.TOKENS, Arm.INFORMATION),
    languages: Sequence[Language] = tuple(Language),
    depths: Sequence[float | None] = DEPTHS,
    parts: int = 1,
    task: str = "needle",
    seed: int = 0,
) -> list[Point]:
    """Let a reader answer.

    Args:
        reader: returns the chance that it is right on a point; the right answers are drawn.
        facts: asked about at each length, at one depth each; those of a round of depths share a haystack.
        lengths: in tokens.
        arms: what is equal between the languages.
        languages: asked in.
        depths: gone through in turn.
        parts: questions in each item; the score is their mean.
        task: its name.
        seed: of the answers.
    """
    rng = random.Random(f"{seed}:{task}")
    points = []
    for arm in arms:
        for length in lengths:
            for language in languages:
                for number in range(facts):
                    blank = _blank(task, arm, language, length, number, depths)
                    right = sum(rng.random() < reader(blank) for _ in range(parts))
                    points.append(_marked(blank, right / parts))
    return points


def _blank(task: str, arm: Arm, language: Language, length: int, number: int, depths: Sequence[float | None]) -> Point:
    shorter = arm is Arm.INFORMATION and language is Language.ZH
    tokens = int(length * PREMIUM) if shorter else length - 8
    return Point(
        task=task,
        language=language,
        arm=arm,
        length=length,
        label=f"{length // KILO}K",
        unit="tokens",
        fact=str(number),
        depth=depths[number % len(depths)],
        score=0.0,
        outcome=Outcome.SCORED,
        cluster=f"haystack {number // len(depths)}",
        tokens=tokens,
        characters=tokens * 4 if language is Language.EN else tokens * 3 // 2,
        size=tokens * 4,
        records=1,
        sentences=length // 20,
        budget=length - 8 + number % 9,
        computed_tokens=tokens,
        prefill_seconds=tokens / 1000,
        peak_memory=tokens * 1000,
    )


def _marked(point: Point, score: float) -> Point:
    return replace(point, score=score)
