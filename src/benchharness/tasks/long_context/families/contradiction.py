"""Contradiction: the number of a thing is stated more than once, each time another; the last statement holds."""

from collections.abc import Mapping, Sequence
from random import Random
from typing import Any

from benchharness.records import Language
from benchharness.tasks.long_context.families._code_names import draw_names
from benchharness.tasks.long_context.families._facts import draw_numbers, filler, in_order, numbers_target, spread
from benchharness.tasks.long_context.families._one_value import ask, draw_scene, state, values_of
from benchharness.tasks.long_context.families._options import check_names, read_whole
from benchharness.tasks.long_context.records import Problem

__all__ = ["draw", "filler", "solve"]


def draw(rng: Random, depth: float, **options: Any) -> Problem:
    """Return a problem whose last statement on what is asked stands at ``depth``, and the others before it.

    Each of the things not asked about is stated as often, so that being stated again tells nothing. Options:
    ``statements``, how often each number is stated, from 2 to 8, 2 by default; ``others``, how many things are not
    asked about, from 0 to 16, 2 by default.

    Raises:
        ValueError: if an option is wrong, naming it.
    """
    check_names(options, "statements", "others")
    statements = read_whole(options, "statements", default=2, least=2, most=8)
    others = read_whole(options, "others", default=2, least=0, most=16)
    scene = draw_scene(rng)
    names = draw_names(rng, 1 + others)
    values = draw_numbers(rng, statements * len(names))
    answer = values[statements - 1]
    stated = [name for name in names for _ in range(statements)]
    depths = [*spread(rng, statements - 1, end=depth), depth]
    if others:
        elsewhere = spread(rng, statements * others)
        rng.shuffle(elsewhere)
        depths.extend(elsewhere)
    facts = state(rng, scene, stated, values, depths)
    asked = {"key": names[0].id}
    return Problem(in_order(facts), ask(scene, names[0]), numbers_target([answer]), depth, asked)


def solve(records: Sequence[Mapping[str, Any]], asked: Mapping[str, Any]) -> Mapping[Language, Any]:
    """Return the number that the last record on ``asked["key"]`` states.

    Raises:
        ValueError: if there is no such record.
    """
    values = values_of(records, asked["key"])
    if not values:
        raise ValueError(f"{asked['key']!r} has no number")
    return numbers_target(values[-1:])
