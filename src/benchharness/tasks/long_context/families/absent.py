"""Absent: the number asked for is stated in half of the texts, and in the others only those of things named alike."""

from collections.abc import Mapping, Sequence
from random import Random
from typing import Any

from benchharness.records import Language
from benchharness.tasks.long_context.families._code_names import draw_names, draw_near_names
from benchharness.tasks.long_context.families._facts import draw_numbers, filler, in_order, numbers_target, spread
from benchharness.tasks.long_context.families._one_value import ask, draw_scene, only_value, state, values_of
from benchharness.tasks.long_context.families._options import check_names, read_whole
from benchharness.tasks.long_context.records import Problem

__all__ = ["draw", "filler", "solve"]


def draw(rng: Random, depth: float, **options: Any) -> Problem:
    """Return a problem of the category ``stated``, whose asked fact stands at ``depth``, or ``absent``, by even chance.

    Both have as many facts, and those not asked for share a word of their name with what is: nothing but reading
    tells one category from the other. The option ``keys`` is how many numbers are stated, from 2 to 32; 4 by default.

    Raises:
        ValueError: if an option is wrong, naming it.
    """
    check_names(options, "keys")
    keys = read_whole(options, "keys", default=4, least=2, most=32)
    scene = draw_scene(rng)
    (name,) = draw_names(rng, 1)
    near, values = draw_near_names(rng, name, keys), draw_numbers(rng, keys)
    stated = rng.random() < 0.5
    names = [name, *near[1:]] if stated else near
    depths = [depth, *spread(rng, keys - 1)]
    facts = state(rng, scene, names, values, depths)
    return Problem(
        facts=in_order(facts),
        question=ask(scene, name),
        answer=numbers_target(values[:1] if stated else []),
        depth=depth if stated else None,
        asked={"key": name.id},
        category="stated" if stated else "absent",
    )


def solve(records: Sequence[Mapping[str, Any]], asked: Mapping[str, Any]) -> Mapping[Language, Any]:
    """Return the number that the records state of ``asked["key"]``, or no reference if they state none.

    Raises:
        ValueError: if they state several.
    """
    key = asked["key"]
    return numbers_target([only_value(records, key)] if values_of(records, key) else [])
