"""A look, when the engine is loaded, at whether the fast ways to score continuations give what the reference gives."""

import random
from collections.abc import Callable, Sequence

from benchharness.backends.vllm.choose import Way
from benchharness.errors import BenchharnessError
from benchharness.records import Continuation, Language, Prompt, Request, RequestKind

FINE_TOLERANCE = 0.02
COARSE_TOLERANCE = 2.0
"""For 16-bit types, whose rounding alone moves a sum of a few log-probabilities by some tenths. A position or a block
that is wrong moves it by more."""

CONTINUATIONS = (1, 2, 4)


def exact_ways(
    score: Callable[[Request, Way], Sequence[float]],
    reference: Way,
    ways: Sequence[Way],
    *,
    dtype: str,
    vocabulary: int,
    prompt: int,
) -> list[Way]:
    """Return those of ``ways`` that agree with the reference on a prompt of random tokens.

    Args:
        score: returns the log-likelihoods of a request's continuations by a way.
        reference: the way that needs no cache.
        ways: to be tried, after the reference, so that the cache holds what they may reuse.
        dtype: in which the model computes.
        vocabulary: number of token ids to draw from.
        prompt: tokens of the prompt; more than the prefix cache keeps together.
    """
    generator = random.Random(0)

    def draw(length: int) -> tuple[int, ...]:
        return tuple(generator.randrange(vocabulary) for _ in range(length))

    request = Request(
        key="check",
        task="",
        item_id="",
        language=Language.EN,
        kind=RequestKind.CHOOSE,
        prompt=Prompt((), (), draw(prompt), ()),
        continuations=tuple(Continuation("", draw(length)) for length in CONTINUATIONS),
    )
    own = score(request, reference)
    tolerance = FINE_TOLERANCE if dtype == "float32" else COARSE_TOLERANCE
    return [way for way in ways if _worst(own, score(request, way)) <= tolerance]


def inexact() -> BenchharnessError:
    """Return the error for an engine whose prefix cache changes log-probabilities."""
    return BenchharnessError(
        en="With vLLM's prefix cache this model's log-probabilities differ from those without it by more than"
        " rounding. Pass --no-prefix-reuse.",
        zh="启用 vLLM 前缀缓存后，该模型的对数概率与不用缓存时的差异超出舍入误差。请加上 --no-prefix-reuse。",
    )


def _worst(one: Sequence[float], two: Sequence[float]) -> float:
    # No values, or one that is not a number, are no agreement.
    differences = [abs(first - second) for first, second in zip(one, two, strict=False)]
    return max(differences) if len(one) == len(two) and all(value == value for value in differences) else float("inf")
