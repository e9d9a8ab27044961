"""What a scorer is given, and how one is found by name."""

import inspect
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple, TypeAlias

from benchharness.errors import InputError
from benchharness.extensions import find_offer
from benchharness.records import Continuation, Item, Response, Score

GROUP = "benchharness.scorers"


@dataclass(frozen=True, slots=True)
class Sample:
    """One response to mark.

    Attributes:
        item: the question and its target.
        response: what the model said. Its text is not empty, and its reasoning is closed.
        continuations: for ``choose``, what was scored, in option order.
        unconditional: the log-probabilities of the same where nothing is asked; ``None`` unless the task is
            normalised so.
    """

    item: Item
    response: Response
    continuations: tuple[Continuation, ...] = ()
    unconditional: tuple[float, ...] | None = None


Scorer: TypeAlias = Callable[..., Score]
"""``score(sample, **options) -> Score``."""


class ScorerEntry(NamedTuple):
    """A scorer and what else its module says of it.

    Attributes:
        score: marks one response.
        check: raises ValueError if an item has a target that the scorer cannot work with, cheaply; ``None`` lets the
            scorer mark the target itself.
        deferred: whether marking takes so long that it is done when all responses are there, several at a time.
    """

    score: Scorer
    check: Callable[[Item], None] | None
    deferred: bool


def find_scorer(name: str, options: Mapping[str, Any], place: str) -> ScorerEntry:
    """Return the scorer called ``name``, after a check that it takes ``options``.

    Beside the scorer its module may have ``check(item)`` and ``DEFERRED = True``, see ``ScorerEntry``.

    Args:
        name: its entry point in the group ``benchharness.scorers``.
        options: the keyword arguments it is to be called with.
        place: file or task, for errors.

    Raises:
        InputError: if there is no such scorer, or it does not take one of the options.
    """
    point = find_offer(
        GROUP,
        name,
        en=f"{place}: scorer: there is no scorer {name!r}.",
        zh=f"{place}：scorer：没有名为 {name!r} 的评分器。",
    )
    scorer: Scorer = point.load()
    try:
        inspect.signature(scorer).bind(None, **options)
    except TypeError as error:
        raise InputError(
            en=f"{place}: scorer {name}: {error}.", zh=f"{place}：评分器 {name} 的选项有误：{error}。"
        ) from error
    module = sys.modules[scorer.__module__]
    return ScorerEntry(scorer, getattr(module, "check", None), getattr(module, "DEFERRED", False))
