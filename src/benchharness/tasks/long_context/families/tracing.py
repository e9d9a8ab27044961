"""Tracing: things with numbers are passed on from place to place, each hop in a sentence of its own."""

from collections.abc import Mapping, Sequence
from random import Random
from typing import Any

from benchharness.records import Language
from benchharness.tasks.long_context.families._code_names import MOST_NAMES, CodeName, draw_names, find_name
from benchharness.tasks.long_context.families._facts import (
    draw_numbers,
    filler,
    names_target,
    numbers_target,
    spread,
)
from benchharness.tasks.long_context.families._options import check_names, read_choice, read_whole
from benchharness.tasks.long_context.families._wording import read_wording, say
from benchharness.tasks.long_context.records import Fact, Problem

__all__ = ["draw", "filler", "solve"]

_SCENES: Mapping[str, Mapping[str, Any]] = read_wording("tracing.wording.yaml")
_MOST_HOPS = 8


def draw(rng: Random, depth: float, **options: Any) -> Problem:
    """Return a problem whose facts stand all over the text, whatever the depth.

    Every thing is passed on as often as the one asked about, and no place holds two. Options: ``hops``, how often,
    from 1 to 8, 4 by default; ``chains``, how many things there are, as many as 64 places allow, 2 by default;
    ``ask``: ``number``, that of the thing at a last place (the default), or ``places``, all that a thing with a given
    number was at; ``order``: ``told``, each hop after the one before (the default), or ``shuffled``, in any order.

    Raises:
        ValueError: if an option is wrong, naming it.
    """
    check_names(options, "hops", "chains", "ask", "order")
    hops = read_whole(options, "hops", default=4, least=1, most=_MOST_HOPS)
    chains = read_whole(options, "chains", default=2, least=1, most=MOST_NAMES // (hops + 1))
    kind = read_choice(options, "ask", ("number", "places"))
    order = read_choice(options, "order", ("told", "shuffled"))
    scene = _SCENES[rng.choice(list(_SCENES))]
    names, values = draw_names(rng, chains * (hops + 1)), draw_numbers(rng, chains)
    places = [names[chain::chains] for chain in range(chains)]
    told = _tell(rng, order, chains, hops + 1)
    facts = tuple(
        _fact(rng, scene, values[chain], places[chain], step, where)
        for (chain, step), where in zip(told, spread(rng, len(told)), strict=True)
    )
    if kind == "number":
        last = places[0][-1]
        question = say(scene["asks"]["number"], place=last.text)
        return Problem(facts, question, numbers_target(values[:1]), None, {"ask": kind, "place": last.id})
    return Problem(
        facts=facts,
        question=say(scene["asks"]["places"], value=values[0]),
        answer=names_target(places[0]),
        depth=None,
        asked={"ask": kind, "value": values[0]},
        fields={language: {"candidates": [name.text[language] for name in names]} for language in Language},
    )


def solve(records: Sequence[Mapping[str, Any]], asked: Mapping[str, Any]) -> Mapping[Language, Any]:
    """Return the number of what came to ``asked["place"]``, or the places of what has the number ``asked["value"]``.

    The number is found by going back from the place, the places by going on from the number.

    Raises:
        ValueError: if the way breaks off or is not the only one.
    """
    if asked["ask"] == "number":
        came = _only(records, "to", asked["place"])
        while "from" in came:
            came = _only(records, "to", came["from"])
        return numbers_target([came["value"]])
    ways = [_only(records, "value", asked["value"])]
    while any(record.get("from") == ways[-1]["to"] for record in records):
        ways.append(_only(records, "from", ways[-1]["to"]))
    return names_target([find_name(way["to"]) for way in ways])


def _only(records: Sequence[Mapping[str, Any]], key: str, value: Any) -> Mapping[str, Any]:
    found = [record for record in records if record.get(key) == value]
    if len(found) != 1:
        raise ValueError(f"{len(found)} records have {value!r} under {key!r}, not one")
    return found[0]


def _tell(rng: Random, order: str, chains: int, steps: int) -> list[tuple[int, int]]:
    """Return all steps of all chains in the order in which they are told."""
    told = [(chain, step) for chain in range(chains) for step in range(steps)]
    rng.shuffle(told)
    if order == "shuffled":
        return told
    next_step = [0] * chains
    for place, (chain, _) in enumerate(told):
        told[place] = (chain, next_step[chain])
        next_step[chain] += 1
    return told


def _fact(
    rng: Random, scene: Mapping[str, Any], value: int, places: Sequence[CodeName], step: int, depth: float
) -> Fact:
    to = places[step]
    if step == 0:
        return Fact({"value": value, "to": to.id}, say(rng.choice(scene["begins"]), value=value, to=to.text), depth)
    before = places[step - 1]
    text = say(rng.choice(scene["moves"]), **{"from": before.text, "to": to.text})
    return Fact({"from": before.id, "to": to.id}, text, depth)
