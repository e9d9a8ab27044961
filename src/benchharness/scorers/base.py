"""What a scorer is given, and how one is found by name."""

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.metadata import EntryPoint, entry_points
from typing import Any, TypeAlias

from benchharness.errors import InputError
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


@cache
def _registered() -> dict[str, EntryPoint]:
    return {point.name: point for point in entry_points(group=GROUP)}


def find_scorer(name: str, options: Mapping[str, Any], place: str) -> Scorer:
    """Return the scorer called ``name``, after a check that it takes ``options``.

    Args:
        name: its entry point in the group ``benchharness.scorers``.
        options: the keyword arguments it is to be called with.
        place: file or task, for errors.

    Raises:
        InputError: if there is no such scorer, or it does not take one of the options.
    """
    points = _registered()
    if name not in points:
        names = ", ".join(sorted(points))
        raise InputError(
            en=f"{place}: scorer: there is no scorer {name!r}. There are: {names}.",
            zh=f"{place}：scorer：没有名为 {name!r} 的评分器。可用的有：{names}。",
        )
    scorer: Scorer = points[name].load()
    try:
        inspect.signature(scorer).bind(None, **options)
    except TypeError as error:
        raise InputError(
            en=f"{place}: scorer {name}: {error}.", zh=f"{place}：评分器 {name} 的选项有误：{error}。"
        ) from error
    return scorer
