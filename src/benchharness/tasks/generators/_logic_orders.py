"""Orders: people or things in a line, round a table, or in a schedule."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import combinations, permutations
from random import Random
from typing import Any, TypeAlias

from benchharness.tasks.generators._logic_base import (
    WORDING,
    Claim,
    Option,
    Puzzle,
    Space,
    ask_form,
    bound,
    capital,
    choose_options,
    explain,
    narrow,
    numbered,
    options,
    pick,
    state,
)
from benchharness.tasks.generators._wording import Words, draw_people, enumerated, fill, joined

Order: TypeAlias = tuple[int, ...]
"""For each place, who is there; round a table, clockwise as seen from above."""

_CAPS = {"at": 1, "not_at": 1, "end": 1, "apart": 1, "not_opposite": 1, "opposite": 1}
_LEFT = {"must": range(2, 7), "can": range(2, 9), "cannot": range(2, 9)}


def _one(size: int) -> Iterator[tuple[int, ...]]:
    return ((a,) for a in range(size))


def _at(size: int) -> Iterator[tuple[int, ...]]:
    return ((a, k) for a in range(size) for k in range(1, size + 1))


def _ordered(size: int) -> Iterator[tuple[int, ...]]:
    return permutations(range(size), 2)


def _pair(size: int) -> Iterator[tuple[int, ...]]:
    return combinations(range(size), 2)


def _apart_by(size: int) -> Iterator[tuple[int, ...]]:
    return ((a, b, k) for a, b in combinations(range(size), 2) for k in range(1, size - 1))


_LINE: dict[str, tuple[Callable[[int], Iterator[tuple[int, ...]]], Callable[..., bool]]] = {
    "end": (_one, lambda order, a: order.index(a) in (0, len(order) - 1)),
    "at": (_at, lambda order, a, k: order[k - 1] == a),
    "not_at": (_at, lambda order, a, k: order[k - 1] != a),
    "before": (_ordered, lambda order, a, b: order.index(a) < order.index(b)),
    "just_before": (_ordered, lambda order, a, b: _steps(order, a, b) == 1),
    "next_to": (_pair, lambda order, a, b: abs(_steps(order, a, b)) == 1),
    "apart": (_pair, lambda order, a, b: abs(_steps(order, a, b)) > 1),
    "between": (_apart_by, lambda order, a, b, k: abs(_steps(order, a, b)) == k + 1),
}
"""For each kind of claim about a line, whom it may be about, and when it holds. Places count from 1."""


def line_claims(names: Sequence[Words], wording: Mapping[str, Words], kinds: Sequence[str]) -> Iterator[Claim]:
    """Yield every claim of some kinds about who is where in a line."""
    for kind in kinds:
        arguments, test = _LINE[kind]
        for of in arguments(len(names)):
            who = {"a": names[of[0]], "k": of[-1]} | (
                {"b": names[of[1]]} if arguments is not _at and len(of) > 1 else {}
            )
            yield Claim([kind, *of], fill(wording[kind], **who), bound(test, of))


def _steps(order: Order, a: int, b: int) -> int:
    return order.index(b) - order.index(a)


def _scene(rng: Random, size: int) -> tuple[list[Words], Mapping[str, Words]]:
    scene = rng.choice(WORDING["ordering"])
    names = rng.sample(scene["things"], size) if "things" in scene else draw_people(rng, size)
    return names, scene


def _show(names: Sequence[Words], order: Order) -> str:
    return ", ".join(names[who].en for who in order)


def line_place(rng: Random, level: int, turn: int) -> Puzzle | None:
    """Draw a line in which one place, or the place of one, is settled."""
    size = 3 + level
    names, scene = _scene(rng, size)
    models = list(permutations(range(size)))
    truth = rng.choice(models)
    kinds = ("before", "just_before", "not_at", "next_to", "apart", "between", "end")
    pool = [claim for claim in line_claims(names, scene, kinds) if claim.holds(truth)]
    found = narrow(rng, Space(models), pool, range(1, 4), range(size - 1, size + 2), _CAPS)
    if found is None:
        return None
    given, left = found
    sure = [place for place in range(size) if len({model[place] for model in left}) == 1]
    if not sure:
        return None
    place = rng.choice(sure)
    who = left[0][place]
    asks_who = pick((True, False), turn)
    others = rng.sample([other for other in range(size) if other != (who if asks_who else place)], 3)
    if asks_who:
        made = [Option(["at", one, place + 1], capital(names[one])) for one in (who, *others)]
    else:
        made = [Option(["at", who, one + 1], fill(scene["spot"], k=one + 1)) for one in (place, *others)]
    asked = fill(scene["who" if asks_who else "where"], a=names[who], k=place + 1)
    intro = fill(scene["intro"], names=enumerated(names), n=size)
    return Puzzle(
        {"kind": "line", "form": "must", "size": size, "given": [claim.data for claim in given]},
        joined(intro, state(rng, given), asked),
        made[0],
        made[1:],
        f"In every order that fits ({'; '.join(_show(names, model) for model in left)}), "
        f"{names[who].en} is in place {place + 1}.",
    )


def line_form(rng: Random, level: int, turn: int) -> Puzzle | None:
    """Draw a line of which one statement must, can or cannot be true."""
    size = 3 + level
    names, scene = _scene(rng, size)
    form = pick(("must", "can", "cannot"), turn)
    models = list(permutations(range(size)))
    truth = rng.choice(models)
    everything = list(
        line_claims(names, scene, ("at", "before", "just_before", "not_at", "next_to", "apart", "between"))
    )
    pool = [claim for claim in everything if claim.holds(truth)]
    space = Space(models)
    found = narrow(rng, space, pool, _LEFT[form], range(2, 3 + level), _CAPS)
    if found is None:
        return None
    given, left = found
    asked = [claim for claim in everything if claim.data[0] not in ("not_at", "apart")]
    chosen = choose_options(rng, form, left, space, given, asked)
    if chosen is None:
        return None
    right, wrong = options(*chosen)
    intro = fill(scene["intro"], names=enumerated(names), n=size)
    return Puzzle(
        {"kind": "line", "form": form, "size": size, "given": [claim.data for claim in given]},
        joined(intro, state(rng, given), ask_form(rng, form)),
        right,
        wrong,
        explain(form, left, chosen[0], lambda model: _show(names, model)),
    )


def _turn(order: Order, a: int, b: int) -> int:
    """Return how many seats clockwise ``a`` is from ``b``."""
    return (order.index(a) - order.index(b)) % len(order)


_RING: dict[str, tuple[Callable[[int], Iterator[tuple[int, ...]]], Callable[..., bool]]] = {
    "left": (_ordered, lambda order, a, b: _turn(order, a, b) == 1),
    "second_left": (_ordered, lambda order, a, b: _turn(order, a, b) == 2),
    "next_to": (_pair, lambda order, a, b: _turn(order, a, b) in (1, len(order) - 1)),
    "apart": (_pair, lambda order, a, b: _turn(order, a, b) not in (1, len(order) - 1)),
    "opposite": (_pair, lambda order, a, b: 2 * _turn(order, a, b) == len(order)),
    "not_opposite": (_pair, lambda order, a, b: 2 * _turn(order, a, b) != len(order)),
}
"""For each kind of claim about a round table, whom it may be about, and when it holds.

All face the centre, so that the neighbour on the left-hand side is the next one clockwise as seen from above.
"""


def ring_claims(names: Sequence[Words], kinds: Sequence[str]) -> Iterator[Claim]:
    """Yield every claim of some kinds about who sits where at a round table."""
    for kind in kinds:
        arguments, test = _RING[kind]
        if "opposite" in kind and len(names) % 2:
            continue
        for of in arguments(len(names)):
            words = fill(WORDING["ring_claims"][kind], a=names[of[0]], b=names[of[1]])
            yield Claim([kind, *of], words, bound(test, of))


def ring_form(rng: Random, level: int, turn: int) -> Puzzle | None:
    """Draw people round a table: who sits beside someone, or what must, can or cannot be."""
    size = (5, 6, 6)[level - 1]
    names = draw_people(rng, size)
    scene = rng.choice(WORDING["ring"])
    form = pick(("who", "must", "can", "cannot") if level > 1 else ("who", "must"), turn)
    models = [(0, *rest) for rest in permutations(range(1, size))]
    truth = rng.choice(models)
    kinds = ("left", "next_to", "apart", "opposite", "not_opposite", "second_left")
    everything = list(ring_claims(names, kinds))
    pool = [claim for claim in everything if claim.holds(truth)]
    left_range = range(1, 4) if form == "who" else _LEFT[form]
    space = Space(models)
    found = narrow(rng, space, pool, left_range, range(2 if level == 1 else 3, 4 + level), _CAPS)
    if found is None:
        return None
    given, left = found
    intro = fill(scene["intro"], names=enumerated(names))
    problem = {"kind": "ring", "form": form, "size": size, "given": [claim.data for claim in given]}
    if form == "who":
        return _ring_neighbour(rng, names, given, left, problem, intro)
    asked = [claim for claim in everything if claim.data[0] in ("left", "next_to", "opposite", "second_left")]
    chosen = choose_options(rng, form, left, space, given, asked)
    if chosen is None:
        return None
    right, wrong = options(*chosen)
    why = explain(form, left, chosen[0], lambda model: f"clockwise {_show(names, model)}")
    return Puzzle(problem, joined(intro, state(rng, given), ask_form(rng, form)), right, wrong, why)


def _ring_neighbour(
    rng: Random,
    names: Sequence[Words],
    given: Sequence[Claim],
    left: Sequence[Order],
    problem: dict[str, Any],
    intro: Words,
) -> Puzzle | None:
    size = len(names)
    side = rng.choice((1, -1))
    said = {(claim.data[1], claim.data[2]) for claim in given if claim.data[0] == "left"}
    sure: list[tuple[int, int]] = []
    for person in range(size):
        neighbours = {model[(model.index(person) + side) % size] for model in left}
        if len(neighbours) == 1:
            (neighbour,) = neighbours
            if ((neighbour, person) if side == 1 else (person, neighbour)) not in said:
                sure.append((person, neighbour))
    if not sure:
        return None
    person, neighbour = rng.choice(sure)
    others = rng.sample([one for one in range(size) if one not in (person, neighbour)], 3)
    made = [
        Option(["left", one, person] if side == 1 else ["left", person, one], names[one])
        for one in (neighbour, *others)
    ]
    asked = fill(WORDING["ring_claims"]["who" if side == 1 else "who_right"], b=names[person])
    shown = "; ".join(f"clockwise {_show(names, model)}" for model in left)
    hand = "left" if side == 1 else "right"
    why = f"Left is clockwise when facing the centre. Fitting: {shown}. To the {hand} of {names[person].en} is always"
    return Puzzle(
        {**problem, "form": "must"},
        joined(intro, state(rng, given), asked),
        made[0],
        made[1:],
        f"{why} {names[neighbour].en}.",
    )


def schedule(rng: Random, level: int, turn: int) -> Puzzle | None:
    """Draw rules for an order and four whole orders, of which one keeps to them all, or one breaks them."""
    size = (4, 5, 5)[level - 1]
    scene = rng.choice(WORDING["schedule"])
    things = rng.sample(scene["things"], size)
    models = list(permutations(range(size)))
    truth = rng.choice(models)
    kinds = ("before", "just_before", "not_at", "next_to", "apart", "end")
    pool = [claim for claim in line_claims(things, WORDING["schedule_claims"], kinds) if claim.holds(truth)]
    form = "satisfies" if level < 3 else pick(("satisfies", "violates"), turn)
    found = narrow(
        rng, Space(models), pool, range(1 if form == "satisfies" else 3, 9), range(2 + level, 4 + level), _CAPS
    )
    if found is None:
        return None
    given, left = found
    broken = {model: sum(not claim.holds(model) for claim in given) for model in models if model not in left}
    nearly = [model for model, count in broken.items() if count == 1]
    if len(nearly) < 3:
        return None
    good, bad = rng.sample(left, 1 if form == "satisfies" else 3), rng.sample(nearly, 3)
    right, wrong = (good[0], bad) if form == "satisfies" else (bad[0], good)
    offered = [Option(list(order), _written(things, order)) for order in (right, *wrong)]
    text = fill(scene["intro"], names=enumerated(things), items=numbered([claim.words for claim in given]))
    faults = [next(claim.words.en for claim in given if not claim.holds(order)) for order in bad]
    return Puzzle(
        {"kind": "line", "form": form, "size": size, "given": [claim.data for claim in given]},
        joined(text, ask_form(rng, form)),
        offered[0],
        offered[1:],
        _why_plan(form, faults),
    )


def _why_plan(form: str, faults: Sequence[str]) -> str:
    if form == "violates":
        return f"It breaks this rule: {faults[0]}. The others keep to all rules."
    return f"It keeps to all rules; each other order breaks one of them: {'; '.join(dict.fromkeys(faults))}."


def _written(things: Sequence[Words], order: Order) -> Words:
    named = [things[one] for one in order]
    return capital(Words("→".join(one.zh for one in named), ", ".join(one.en for one in named)))
