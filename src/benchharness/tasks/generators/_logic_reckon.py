"""Puzzles with one value as their answer, found from their statement alone by search or by acting it out."""

from collections.abc import Callable, Mapping, Sequence
from itertools import product
from typing import Any, TypeAlias

import numpy as np
from scipy.optimize import LinearConstraint, milp

Problem: TypeAlias = Mapping[str, Any]
Vector: TypeAlias = tuple[int, int, int]


def solve_by_reckoning(problem: Problem) -> list[int]:
    """Return the positions of the options that are the answer.

    Raises:
        ValueError: if there is no answer, or more than one, or no such kind of problem.
    """
    if problem["kind"] not in _KINDS:
        raise ValueError(f"unknown kind {problem['kind']!r}")
    value = _KINDS[problem["kind"]](problem)
    return [place for place, option in enumerate(problem["options"]) if option == value]


def _regions(problem: Problem) -> int:
    """Find the least and the greatest number of members by integer programming over the regions of the diagram."""
    size = 2 ** problem["sets"]
    facts = [[float(region in regions) for region in range(size)] for regions, _ in problem["given"]]
    totals = [total for _, total in problem["given"]]
    asked = np.array([float(region in problem["ask"]) for region in range(size)])
    found = [
        milp(sign * asked, constraints=LinearConstraint(facts, totals, totals), integrality=np.ones(size))
        for sign in (1, -1)
    ]
    if not all(one.success for one in found):
        raise ValueError("no numbers agree with what is given")
    least, greatest = (abs(round(one.fun)) for one in found)
    if problem["form"] == "only" and least != greatest:
        raise ValueError(f"not one answer: {least} to {greatest}")
    return int(greatest if problem["form"] == "most" else least)


def _draws(problem: Problem) -> int:
    """Try every outcome: one more than the most draws that can fail."""
    counts, wanted, form = problem["counts"], problem["wanted"], problem["form"]

    def succeeds(taken: Sequence[int]) -> bool:
        if form == "same":
            return bool(max(taken) >= wanted)
        if form == "kinds":
            return bool(sum(number > 0 for number in taken) >= wanted)
        return bool(taken[problem["place"]] >= wanted)

    failing = [sum(taken) for taken in product(*(range(count + 1) for count in counts)) if not succeeds(taken)]
    if max(failing) == sum(counts):
        raise ValueError("no number of draws is enough")
    return max(failing) + 1


def _walk(problem: Problem) -> int:
    """Walk in the complex plane, with north along the imaginary axis; turning left is multiplying by i."""
    heading = 1j * (-1j) ** (problem["start"] // 2)
    turns = {"left": 1j, "right": -1j, "back": -1}
    place = 0j
    for kind, *length in problem["steps"]:
        if kind == "forward":
            place += heading * length[0]
        else:
            heading *= turns[kind]
    return _direction({"where": place, "back_home": -place, "facing": heading}[problem["form"]])


def _direction(way: complex) -> int:
    """Return a direction as one of eight, clockwise from north."""
    east, north = round(way.real), round(way.imag)
    names = {(0, 1): 0, (1, 1): 1, (1, 0): 2, (1, -1): 3, (0, -1): 4, (-1, -1): 5, (-1, 0): 6, (-1, 1): 7}
    if not east and not north:
        raise ValueError("no direction leads from a place to itself")
    return names[east // max(1, abs(east)), north // max(1, abs(north))]


def _map(problem: Problem) -> int:
    """Put places on the map one after another, each beside one that is there already."""
    first, second = problem["ask"]
    places: dict[int, complex] = {second: 0j}
    for _ in problem["links"]:
        for a, b, direction, length in problem["links"]:
            way = length * 1j * (-1j) ** direction
            if b in places:
                places.setdefault(a, places[b] + way)
            elif a in places:
                places[b] = places[a] - way
    if first not in places:
        raise ValueError("nothing links the two places")
    return _direction(places[first])


_NORTH, _EAST, _TOP = (0, 1, 0), (1, 0, 0), (0, 0, 1)


def _die(problem: Problem) -> int:
    """Turn the die in space: each side is a vector, and tipping it over turns the vectors about a level axis."""
    top, north, east = problem["start"]
    sides: dict[Vector, int] = {_TOP: top, _NORTH: north, _EAST: east}
    sides |= {_minus(way): 7 - number for way, number in sides.items()}
    for roll in problem["rolls"]:
        ahead = (_NORTH, _EAST, _minus(_NORTH), _minus(_EAST))[roll]
        turned = {_TOP: ahead, ahead: _minus(_TOP), _minus(_TOP): _minus(ahead), _minus(ahead): _TOP}
        sides = {turned.get(way, way): number for way, number in sides.items()}
    return sides[{"top": _TOP, "north": _NORTH, "east": _EAST}[problem["form"]]]


def _minus(way: Vector) -> Vector:
    return -way[0], -way[1], -way[2]


_KINDS: dict[str, Callable[[Problem], int]] = {
    "regions": _regions,
    "draws": _draws,
    "walk": _walk,
    "map": _map,
    "die": _die,
}
