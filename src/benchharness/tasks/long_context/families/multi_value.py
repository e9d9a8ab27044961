"""Multiple values: several numbers of one owner are stated at several places, and all are asked for."""

from collections.abc import Mapping, Sequence
from random import Random
from typing import Any

from benchharness.records import Language
from benchharness.tasks.long_context.families._code_names import MOST_NAMES, draw_names
from benchharness.tasks.long_context.families._facts import draw_numbers, filler, numbers_target, spread
from benchharness.tasks.long_context.families._one_value import values_of
from benchharness.tasks.long_context.families._options import check_names, read_whole
from benchharness.tasks.long_context.families._wording import draw_wordings, read_wording, say
from benchharness.tasks.long_context.records import Fact, Problem

__all__ = ["draw", "filler", "solve"]

_SCENES: Mapping[str, Mapping[str, Any]] = read_wording("many_values.wording.yaml")


def draw(rng: Random, depth: float, **options: Any) -> Problem:
    """Return a problem whose facts stand all over the text, whatever the depth.

    Options: ``values``, how many numbers the owner asked about has, from 2 to 32, 4 by default; ``others``, how many
    owners have one number each and are not asked about, from 0 to 63, 4 by default.

    Raises:
        ValueError: if an option is wrong, naming it.
    """
    check_names(options, "values", "others")
    count = read_whole(options, "values", default=4, least=2, most=32)
    others = read_whole(options, "others", default=4, least=0, most=MOST_NAMES - 1)
    scene = _SCENES[rng.choice(list(_SCENES))]
    name, *rest = draw_names(rng, 1 + others)
    owners = [name] * count + rest
    rng.shuffle(owners)
    numbers, depths = draw_numbers(rng, len(owners)), spread(rng, len(owners))
    wordings = draw_wordings(rng, scene["states"], len(owners))
    facts = tuple(
        Fact({"key": owner.id, "value": value}, say(wording, key=owner.text, value=value), depth)
        for wording, owner, value, depth in zip(wordings, owners, numbers, depths, strict=True)
    )
    answer = numbers_target(value for owner, value in zip(owners, numbers, strict=True) if owner == name)
    return Problem(facts, say(scene["asks"], key=name.text), answer, None, {"key": name.id})


def solve(records: Sequence[Mapping[str, Any]], asked: Mapping[str, Any]) -> Mapping[Language, Any]:
    """Return all numbers that the records state of ``asked["key"]``, in the order of the text.

    Raises:
        ValueError: if they state none.
    """
    values = values_of(records, asked["key"])
    if not values:
        raise ValueError(f"{asked['key']!r} has no number")
    return numbers_target(values)
