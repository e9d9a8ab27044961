"""Sentences that state the number of a named thing, and questions for it."""

from collections.abc import Iterable, Mapping, Sequence
from random import Random
from typing import Any

from benchharness.records import Language
from benchharness.tasks.long_context.families._code_names import CodeName
from benchharness.tasks.long_context.families._wording import draw_wordings, listed, read_wording, say
from benchharness.tasks.long_context.records import Fact

_SCENES: Mapping[str, Mapping[str, Any]] = read_wording("one_value.wording.yaml")


def draw_scene(rng: Random) -> str:
    """Return the kind of thing that a problem is about."""
    return rng.choice(list(_SCENES))


def state(
    rng: Random, scene: str, names: Sequence[CodeName], values: Sequence[int], depths: Sequence[float]
) -> list[Fact]:
    """Return a fact for each of ``names``: that the thing called so has a number, at a depth.

    One after the other has another of the scene's wordings, so that a thing stated twice running is so in other words.
    """
    wordings = draw_wordings(rng, _SCENES[scene]["states"], len(names))
    return [
        Fact({"key": name.id, "value": value}, say(wording, key=name.text, value=value), depth)
        for wording, name, value, depth in zip(wordings, names, values, depths, strict=True)
    ]


def ask(scene: str, name: CodeName) -> dict[Language, str]:
    """Return the question for the number of one thing."""
    return say(_SCENES[scene]["asks"], key=name.text)


def ask_several(scene: str, names: Sequence[CodeName]) -> dict[Language, str]:
    """Return the question for the numbers of several things, in their order."""
    return say(_SCENES[scene]["asks_several"], keys=listed([name.text for name in names]))


def values_of(records: Iterable[Mapping[str, Any]], key: str) -> list[int]:
    """Return the numbers that records state of a thing, in the order of the text."""
    return [record["value"] for record in records if record["key"] == key]


def only_value(records: Iterable[Mapping[str, Any]], key: str) -> int:
    """Return the one number that records state of a thing.

    Raises:
        ValueError: if they state none, or several.
    """
    values = values_of(records, key)
    if len(values) != 1:
        raise ValueError(f"{key!r} has {len(values)} numbers, not one")
    return values[0]
