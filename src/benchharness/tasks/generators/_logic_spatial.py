"""Space: walks, maps and dice."""

from collections.abc import Sequence
from random import Random
from typing import Any

from benchharness.tasks.generators._logic_base import WORDING, Option, Puzzle, number_option, pick
from benchharness.tasks.generators._wording import Words, clauses, draw_people, fill, joined

_STEPS = ((0, 1), (1, 0), (0, -1), (-1, 0))
"""North, east, south, west, as steps east and north."""

_TURNS = {"left": -1, "right": 1, "back": 2}


def _sector(east: int, north: int) -> int:
    """Return the direction of a place as one of eight: 0 is north, 1 north-east, 2 east and so on."""
    signs = ((east > 0) - (east < 0), (north > 0) - (north < 0))
    return [(0, 1), (1, 1), (1, 0), (1, -1), (0, -1), (-1, -1), (-1, 0), (-1, 1)].index(signs)


def _directions(rng: Random, right: int, among: Sequence[int]) -> list[Option]:
    """Return the right direction and three others, its opposite among them."""
    compass = WORDING["compass"]
    opposite = (right + 4) % 8
    others = rng.sample([one for one in among if one not in (right, opposite)], 2)
    return [Option(one, Words(compass[one].zh, compass[one].en.capitalize())) for one in (right, opposite, *others)]


def walk(rng: Random, level: int, turn: int) -> Puzzle | None:
    """Draw a walk with turns; where it leads, or which way the walker faces."""
    scene = rng.choice(WORDING["walk"])
    wording = WORDING["walk_steps"]
    (person,) = draw_people(rng, 1)
    facing = start = rng.randrange(4)
    east = north = 0
    steps: list[list[Any]] = []
    for turn in range(2 + level):
        if turn or rng.random() < 0.5:
            kind = rng.choice(("left", "right") if level == 1 else ("left", "right", "left", "right", "back"))
            steps.append([kind])
            facing = (facing + _TURNS[kind]) % 4
        length = 10 * rng.randrange(1, 9)
        steps.append(["forward", length])
        east, north = east + length * _STEPS[facing][0], north + length * _STEPS[facing][1]
    form = pick(("where", "facing", "back_home") if level > 1 else ("where", "facing"), turn)
    if east == 0 and north == 0:
        return None
    if form == "facing":
        right, among = 2 * facing, [0, 2, 4, 6]
    else:
        right = _sector(east, north) if form == "where" else _sector(-east, -north)
        among = [1, 3, 5, 7] if right % 2 else list(range(8))
    made = _directions(rng, right, among)
    parts = [fill(wording[step[0]], n=step[-1]) for step in steps]
    told = Words(
        "，".join(part.zh for part in parts), ", ".join(part.en for part in parts[:-1]) + f" and {parts[-1].en}"
    )
    text = joined(
        fill(scene["intro"], p=person, d=WORDING["compass"][2 * start]),
        fill(wording["steps"], p=person, steps=told),
        fill(wording[form], p=person, home=scene["home"]),
    )
    why = (
        f"The walk ends {abs(east)} m {'east' if east >= 0 else 'west'} and {abs(north)} m"
        f" {'north' if north >= 0 else 'south'} of the start, facing {WORDING['compass'][2 * facing].en}."
    )
    problem = {"kind": "walk", "form": form, "start": 2 * start, "steps": steps}
    return Puzzle(problem, text, made[0], made[1:], why)


def town_map(rng: Random, level: int, turn: int) -> Puzzle | None:
    """Draw places of which each is told from another; in which direction one of them is from another."""
    size = 2 + level
    places = rng.sample(WORDING["map"]["places"], size)
    where = [(0, 0)]
    links: list[list[int]] = []
    for place in range(1, size):
        near = rng.randrange(max(0, place - 2), place)
        direction, length = rng.randrange(4), 100 * rng.randrange(1, 6)
        east, north = _STEPS[direction]
        where.append((where[near][0] + length * east, where[near][1] + length * north))
        turned = rng.random() < 0.4
        links.append([near, place, (direction + 2) % 4, length] if turned else [place, near, direction, length])
    if len(set(where)) < size:
        return None
    a, b = rng.sample(range(size), 2)
    if [a, b] in (link[:2] for link in links) or [b, a] in (link[:2] for link in links):
        return None
    east, north = where[a][0] - where[b][0], where[a][1] - where[b][1]
    right = _sector(east, north)
    if level > 1 and right % 2 == 0:
        return None
    made = _directions(rng, right, (1, 3, 5, 7) if right % 2 else range(8))
    rng.shuffle(links)
    compass = WORDING["compass"]
    told = [
        fill(WORDING["map"]["link"], a=places[one], b=places[two], d=compass[2 * direction], n=length)
        for one, two, direction, length in links
    ]
    text = joined(
        fill(rng.choice(WORDING["map"]["intro"]), items=clauses(told)),
        fill(WORDING["map"]["ask"], a=places[a], b=places[b]),
    )
    why = (
        f"From {places[b].en} it is {abs(east)} m {'east' if east >= 0 else 'west'} and {abs(north)} m"
        f" {'north' if north >= 0 else 'south'} to {places[a].en}."
    )
    problem = {"kind": "map", "form": "where", "links": links, "ask": [a, b]}
    return Puzzle(problem, text, made[0], made[1:], why)


def die(rng: Random, level: int, turn: int) -> Puzzle | None:
    """Draw a die that is tipped over several times; which number is on a side in the end."""
    scene = rng.choice(WORDING["die"])
    wording = WORDING["die_steps"]
    top = rng.randrange(1, 7)
    north = rng.choice([number for number in range(1, 7) if number not in (top, 7 - top)])
    east = rng.choice([number for number in range(1, 7) if number not in (top, 7 - top, north, 7 - north)])
    start = {"top": top, "north": north, "east": east}
    rolls = [rng.randrange(4)]
    while len(rolls) < 1 + level + (start["top"] > 3):
        # Tipping it straight back would undo the step before.
        rolls.append(rng.choice([roll for roll in range(4) if roll != (rolls[-1] + 2) % 4]))
    seen = [(top, north, east)]
    for roll in rolls:
        # Tipped north, what faced south comes to the top and the top comes to face north; likewise for the others.
        if roll == 0:
            top, north = 7 - north, top
        elif roll == 1:
            top, east = 7 - east, top
        elif roll == 2:
            top, north = north, 7 - top
        else:
            top, east = east, 7 - top
        seen.append((top, north, east))
    side = pick(("top", "north", "east"), turn) if level > 1 else "top"
    right = {"top": top, "north": north, "east": east}[side]
    if (top, north, east) == seen[0]:
        return None
    wrong = rng.sample([number for number in range(1, 7) if number != right], 3)
    compass = WORDING["compass"]
    named = [compass[2 * roll] for roll in rolls]
    dirs = Words("、".join(one.zh for one in named), ", ".join(one.en for one in named))
    face = compass[{"top": 0, "north": 0, "east": 2}[side]]
    asked = wording["ask"] if side == "top" else fill(wording["ask_side"], d=face)
    intro = fill(scene["intro"], t=start["top"], n=start["north"], e=start["east"])
    shown = " -> ".join("/".join(map(str, state)) for state in seen)
    return Puzzle(
        {"kind": "die", "form": side, "start": [start["top"], start["north"], start["east"]], "rolls": rolls},
        joined(intro, fill(wording["roll"], x=scene["thing"], dirs=dirs), asked),
        number_option(right),
        [number_option(number) for number in wrong],
        f"Top/north/east after each step: {shown}.",
    )
