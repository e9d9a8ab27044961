"""Matching: who has which of several things, one of a kind to each."""

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from itertools import combinations, permutations, product
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
    options,
    pick,
    state,
)
from benchharness.tasks.generators._wording import Words, draw_people, enumerated, fill, joined

Grid: TypeAlias = tuple[tuple[int, ...], ...]
"""For each category, and for each person in it, which value is that person's."""

_CAPS = {"has": 1, "has_not": 3, "is": 2, "is_not": 3, "either": 2}


def _owner(grid: Grid, category: int, value: int) -> int:
    return grid[category].index(value)


def _claims(people: Sequence[Words], categories: Sequence[Mapping[str, Any]]) -> Iterator[Claim]:
    size = len(people)
    wording = WORDING["matching"]
    for c, category in enumerate(categories):
        for person, value in product(range(size), repeat=2):
            place = {"a": people[person], "v": category["values"][value]}
            yield Claim(
                ["has", person, c, value],
                fill(category["has"], **place),
                bound(lambda grid, p, c, v: grid[c][p] == v, (person, c, value)),
            )
            yield Claim(
                ["has_not", person, c, value],
                fill(category["not"], **place),
                bound(lambda grid, p, c, v: grid[c][p] != v, (person, c, value)),
            )
    ones = [
        (c, value, fill(category["one"], v=category["values"][value]))
        for c, category in enumerate(categories)
        for value in range(size)
    ]
    for (c, v, first), (d, w, second) in product(ones, repeat=2):
        if c < d:
            yield Claim(["is", c, v, d, w], fill(wording["is"], x=first, y=second), bound(_same, (c, v, d, w)))
            yield Claim(["is_not", c, v, d, w], fill(wording["is_not"], x=first, y=second), bound(_other, (c, v, d, w)))
    for (c, v, one), (a, b) in product(ones, combinations(range(size), 2)):
        words = fill(wording["either"], x=one, y=people[a], z=people[b])
        yield Claim(["either", c, v, a, b], words, bound(lambda g, c, v, a, b: _owner(g, c, v) in (a, b), (c, v, a, b)))


def _same(grid: Grid, c: int, v: int, d: int, w: int) -> bool:
    return _owner(grid, c, v) == _owner(grid, d, w)


def _other(grid: Grid, c: int, v: int, d: int, w: int) -> bool:
    return not _same(grid, c, v, d, w)


@cache
def _models(size: int, count: int) -> tuple[Grid, ...]:
    return tuple(product(permutations(range(size)), repeat=count))


def matching(rng: Random, level: int, turn: int) -> Puzzle | None:
    """Draw people with two or three attributes; who has one of them, or something that must or cannot be so."""
    size, count = ((3, 2), (4, 2), (4, 3))[level - 1]
    people = draw_people(rng, size)
    categories = [
        {**category, "values": rng.sample(category["values"], size)}
        for category in rng.sample(list(WORDING["matching"]["categories"].values()), count)
    ]
    models = _models(size, count)
    truth = rng.choice(models)
    everything = list(_claims(people, categories))
    form = pick(("must", "cannot") if level == 1 else ("who", "must", "cannot"), turn)
    pool = [claim for claim in everything if claim.holds(truth)]
    left_range = range(1, 5) if form == "who" else range(2, 7)
    space = Space(models)
    found = narrow(rng, space, pool, left_range, range(2 + level, 5 + 2 * level), _CAPS)
    if found is None:
        return None
    given, left = found
    intro = _intro(rng, people, categories)
    problem = {"kind": "grid", "form": form, "size": size, "columns": count, "given": [one.data for one in given]}
    if form == "who":
        return _who(rng, people, categories, given, left, problem, intro)
    asked = [claim for claim in everything if claim.data[0] in ("has", "is")]
    chosen = choose_options(rng, form, left, space, given, asked)
    if chosen is None:
        return None
    right, wrong = options(*chosen)
    why = explain(form, left, chosen[0], lambda grid: _show(people, categories, grid), most=2)
    return Puzzle(problem, joined(intro, state(rng, given), ask_form(rng, form)), right, wrong, why)


def _who(
    rng: Random,
    people: Sequence[Words],
    categories: Sequence[Mapping[str, Any]],
    given: Sequence[Claim],
    left: Sequence[Grid],
    problem: dict[str, Any],
    intro: Words,
) -> Puzzle | None:
    told = [claim.data[2:] for claim in given if claim.data[0] == "has"]
    sure = [
        (c, value)
        for c, value in product(range(len(categories)), range(len(people)))
        if len({_owner(grid, c, value) for grid in left}) == 1 and [c, value] not in told
    ]
    if not sure:
        return None
    c, value = rng.choice(sure)
    owner = _owner(left[0], c, value)
    others = [person for person in range(len(people)) if person != owner]
    made = [Option(["has", person, c, value], people[person]) for person in (owner, *others)]
    asked = fill(categories[c]["who"], v=categories[c]["values"][value])
    shown = " / ".join(_show(people, categories, grid) for grid in left)
    has = fill(categories[c]["has"], a=people[owner], v=categories[c]["values"][value]).en
    return Puzzle(
        {**problem, "form": "must"},
        joined(intro, state(rng, given), capital(asked)),
        made[0],
        made[1:],
        f"Cases that fit: {shown}. In each, {has}.",
    )


def _intro(rng: Random, people: Sequence[Words], categories: Sequence[Mapping[str, Any]]) -> Words:
    wording = WORDING["matching"]
    listed = [
        fill(
            wording["values"],
            cat=category["plural"],
            list=enumerated([_bare(one) for one in sorted(category["values"])]),
        )
        for category in categories
    ]
    names = [category["name"] for category in categories]
    places = {
        "cats": enumerated(names),
        "same": " or the same ".join(name.en for name in names),
        "values": joined(*listed),
    }
    return fill(rng.choice(wording["intro"]), names=enumerated(people), n=len(people), **places)


def _bare(value: Words) -> Words:
    return Words(value.zh, value.en.removeprefix("the "))


def _show(people: Sequence[Words], categories: Sequence[Mapping[str, Any]], grid: Grid) -> str:
    rows = [
        f"{name.en}: " + ", ".join(category["values"][grid[c][person]].en for c, category in enumerate(categories))
        for person, name in enumerate(people)
    ]
    return "; ".join(rows)
