"""Needle: one number is stated once, and asked for."""

from collections.abc import Mapping, Sequence
from random import Random
from typing import Any

from benchharness.records import Language
from benchharness.tasks.long_context.families._code_names import draw_names
from benchharness.tasks.long_context.families._facts import draw_numbers, filler, numbers_target
from benchharness.tasks.long_context.families._one_value import ask, draw_scene, only_value, state
from benchharness.tasks.long_context.families._options import check_names
from benchharness.tasks.long_context.records import Problem

__all__ = ["draw", "filler", "solve"]


def draw(rng: Random, depth: float, **options: Any) -> Problem:
    """Return a problem with one fact, at ``depth``. There are no options.

    Raises:
        ValueError: if an option is given, naming it.
    """
    check_names(options)
    scene = draw_scene(rng)
    names, values = draw_names(rng, 1), draw_numbers(rng, 1)
    facts = state(rng, scene, names, values, [depth])
    return Problem(tuple(facts), ask(scene, names[0]), numbers_target(values), depth, {"key": names[0].id})


def solve(records: Sequence[Mapping[str, Any]], asked: Mapping[str, Any]) -> Mapping[Language, Any]:
    """Return the number that the records state of ``asked["key"]``.

    Raises:
        ValueError: if they state none, or several.
    """
    return numbers_target([only_value(records, asked["key"])])
