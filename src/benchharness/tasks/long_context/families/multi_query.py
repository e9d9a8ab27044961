"""Multiple queries: the numbers of several things are stated, and those of some or all are asked for at once."""

from collections.abc import Mapping, Sequence
from random import Random
from typing import Any

from benchharness.records import Language
from benchharness.tasks.long_context.families._code_names import MOST_NAMES, draw_names
from benchharness.tasks.long_context.families._facts import draw_numbers, filler, numbers_target, spread
from benchharness.tasks.long_context.families._one_value import ask_several, draw_scene, only_value, state
from benchharness.tasks.long_context.families._options import check_names, read_whole
from benchharness.tasks.long_context.records import Problem

__all__ = ["draw", "filler", "solve"]


def draw(rng: Random, depth: float, **options: Any) -> Problem:
    """Return a problem whose facts stand all over the text, whatever the depth.

    Options: ``queries``, how many numbers are asked for, from 2 to 64, 4 by default; ``keys``, how many are stated,
    at least as many; as many by default.

    Raises:
        ValueError: if an option is wrong, naming it.
    """
    check_names(options, "keys", "queries")
    queries = read_whole(options, "queries", default=4, least=2, most=MOST_NAMES)
    keys = read_whole(options, "keys", default=queries, least=queries, most=MOST_NAMES)
    scene = draw_scene(rng)
    names, values = draw_names(rng, keys), draw_numbers(rng, keys)
    facts = state(rng, scene, names, values, spread(rng, keys))
    chosen = rng.sample(range(keys), queries)
    asked = [names[place] for place in chosen]
    answer = numbers_target(values[place] for place in chosen)
    return Problem(tuple(facts), ask_several(scene, asked), answer, None, {"keys": [name.id for name in asked]})


def solve(records: Sequence[Mapping[str, Any]], asked: Mapping[str, Any]) -> Mapping[Language, Any]:
    """Return the numbers that the records state of ``asked["keys"]``, in their order.

    Raises:
        ValueError: if they state none of one, or several.
    """
    return numbers_target(only_value(records, key) for key in asked["keys"])
