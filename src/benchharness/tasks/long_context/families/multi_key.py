"""Multiple keys: the numbers of several things are stated, and that of one is asked for."""

from collections.abc import Mapping, Sequence
from random import Random
from typing import Any

from benchharness.records import Language
from benchharness.tasks.long_context.families._code_names import MOST_NAMES, draw_names
from benchharness.tasks.long_context.families._facts import draw_numbers, filler, in_order, numbers_target, spread
from benchharness.tasks.long_context.families._one_value import ask, draw_scene, only_value, state
from benchharness.tasks.long_context.families._options import check_names, read_whole
from benchharness.tasks.long_context.records import Problem

__all__ = ["draw", "filler", "solve"]


def draw(rng: Random, depth: float, **options: Any) -> Problem:
    """Return a problem whose asked fact stands at ``depth``, and facts of the same form all over the text.

    The option ``keys`` is how many numbers are stated, from 2 to 64; 4 by default.

    Raises:
        ValueError: if an option is wrong, naming it.
    """
    check_names(options, "keys")
    keys = read_whole(options, "keys", default=4, least=2, most=MOST_NAMES)
    scene = draw_scene(rng)
    names, values = draw_names(rng, keys), draw_numbers(rng, keys)
    depths = [depth, *spread(rng, keys - 1)]
    facts = state(rng, scene, names, values, depths)
    asked = {"key": names[0].id}
    return Problem(in_order(facts), ask(scene, names[0]), numbers_target(values[:1]), depth, asked)


def solve(records: Sequence[Mapping[str, Any]], asked: Mapping[str, Any]) -> Mapping[Language, Any]:
    """Return the number that the records state of ``asked["key"]``.

    Raises:
        ValueError: if they state none, or several.
    """
    return numbers_target([only_value(records, asked["key"])])
