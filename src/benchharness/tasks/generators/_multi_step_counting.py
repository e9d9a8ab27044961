"""Multi-step reasoning, counting under constraints: orders, selections, ways through a grid."""

from functools import cache
from itertools import combinations, permutations
from math import comb
from random import Random
from typing import Any

from benchharness.tasks.generators._numeric_rows import Draft, Kind, Number, Problem
from benchharness.tasks.generators._wording import Words, clauses, draw_people, enumerated, fill, joined, read_wording

_WORDING = read_wording("multi_step_reasoning")


def _draw_demands(rng: Random, size: int, number: int) -> list[list[Any]]:
    """Draw different kinds of demands as lists of a kind and items, or an item and a place from 0."""
    demands: list[list[Any]] = []
    for kind in rng.sample(["ends", "adjacent", "apart", "before", "not_at", "at"], number):
        a, b = rng.sample(range(size), 2)
        if kind == "ends":
            demands.append([kind, a])
        elif kind in ("at", "not_at"):
            demands.append([kind, a, rng.randrange(size)])
        else:
            demands.append([kind, a, b])
    return demands


def _may_follow(demands: list[list[Any]], size: int, item: int, place: int, last: int, placed: int) -> bool:
    """Tell whether an item may come next.

    Args:
        demands: what is demanded.
        size: number of items.
        item: which one is to come next.
        place: the place it would have, from 0.
        last: the item before it, or -1.
        placed: all items before it, as bits.
    """
    for kind, a, *rest in demands:
        b = rest[0] if rest else -1
        if kind == "ends" and item == a and place in (0, size - 1):
            return False
        if (kind == "at" and (item == a) != (place == b)) or (kind == "not_at" and item == a and place == b):
            return False
        if kind == "before" and item == b and not placed >> a & 1:
            return False
        if kind == "apart" and {item, last} == {a, b}:
            return False
        if kind == "adjacent":
            partner = {a: b, b: a}
            if last in partner and item != partner[last] and not placed >> partner[last] & 1:
                return False
            if item in partner and placed >> partner[item] & 1 and last != partner[item]:
                return False
    return True


def _count_orders(demands: list[list[Any]], size: int) -> int:
    """Count the orders that meet all demands, by what is placed and what came last."""

    @cache
    def count(placed: int, last: int) -> int:
        place = placed.bit_count()
        if place == size:
            return 1
        return sum(
            count(placed | 1 << item, item)
            for item in range(size)
            if not placed >> item & 1 and _may_follow(demands, size, item, place, last, placed)
        )

    return count(0, -1)


def _lineup(rng: Random, level: int) -> Draft | None:
    wording = _WORDING["lineup"]
    scene = rng.choice(wording["scenes"])
    size = 5 + level // 2
    demands = _draw_demands(rng, size, 2 + (level + 1) // 2)
    names = draw_people(rng, size) if scene.get("people") else rng.sample(scene["names"], size)
    answer = _count_orders(demands, size)
    # A demand that changes nothing would be no step.
    without = [_count_orders(demands[:place] + demands[place + 1 :], size) for place in range(len(demands))]
    if answer < 2 or answer in without:
        return None
    said = []
    for kind, a, *rest in demands:
        if kind in ("at", "not_at"):
            said.append(fill(wording[kind], a=names[a], k=rest[0] + 1))
        else:
            said.append(fill(wording[kind], a=names[a], **({"b": names[rest[0]]} if rest else {})))
    shown = clauses(said)
    opening = fill(scene["text"], n=size, list=enumerated(names))
    text = joined(opening, Words(shown.zh + "。", shown.en + "."), wording["question"])
    why = f"{answer} of the {size}! orders meet all of them; leaving out one demand gives {without}."
    return Draft({"form": "integer", "size": size, "demands": demands}, answer, why, text, scene["text"].en)


def _solve_lineup(problem: Problem) -> Number:
    """Look at every order."""
    size = problem["size"]

    def meets(at: tuple[int, ...]) -> bool:
        for kind, a, *rest in problem["demands"]:
            b = rest[0] if rest else -1
            met = {
                "ends": at[a] not in (0, size - 1),
                "at": at[a] == b,
                "not_at": at[a] != b,
                "before": at[a] < at[b],
                "adjacent": abs(at[a] - at[b]) == 1,
                "apart": abs(at[a] - at[b]) != 1,
            }[kind]
            if not met:
                return False
        return True

    return sum(meets(at) for at in permutations(range(size)))


def _selection(rng: Random, level: int) -> Draft | None:
    wording = _WORDING["selection"]
    scene = rng.choice(wording["scenes"])
    given = {"a": rng.randint(4, 7), "b": rng.randint(4, 7), "k": rng.randint(4, 6)}
    given |= {"p": rng.randint(1, 2), "q": rng.randint(1, 2)}
    a, b, k, p, q = given.values()
    chosen = sum(comb(a, i) * comb(b, k - i) for i in range(p, k - q + 1))
    both = sum(comb(a - 1, i - 1) * comb(b - 1, k - i - 1) for i in range(p, k - q + 1)) if level > 1 else 0
    with_first = sum(comb(a - 1, i - 1) * comb(b, k - i) for i in range(p, k - q + 1))
    answer = with_first if level == 1 else (chosen - both) * (k * (k - 1) if level == 3 else 1)
    if k - q - p < 1 or k > min(a, b) + 1:
        return None
    x, y = draw_people(rng, 2)
    parts = [fill(scene, note=rng.randint(3, 12), **given)]
    parts.append(fill(wording["extra"]["clash" if level > 1 else "member"], x=x, y=y))
    if level == 3:
        parts.append(wording["extra"]["roles"])
    parts.append(wording["count_roles" if level == 3 else "count"])
    why = f"{chosen} selections with the numbers demanded, "
    why += f"less {both} with both" if level > 1 else f"{with_first} of them with that one"
    why += f", times {k} × {k - 1}." if level == 3 else "."
    problem = {"form": "integer", "member": level == 1, "clash": level > 1, "roles": level == 3} | given
    return Draft(problem, answer, why, joined(*parts), scene.en)


def _solve_selection(problem: Problem) -> Number:
    """Go through every selection, and then every pair of posts."""
    people = [("a", number) for number in range(problem["a"])] + [("b", number) for number in range(problem["b"])]
    total = 0
    for chosen in combinations(people, problem["k"]):
        first = sum(group == "a" for group, _ in chosen)
        if first < problem["p"] or len(chosen) - first < problem["q"]:
            continue
        if problem["member"] and ("a", 0) not in chosen:
            continue
        if problem["clash"] and ("a", 0) in chosen and ("b", 0) in chosen:
            continue
        total += len(list(permutations(chosen, 2))) if problem["roles"] else 1
    return total


def _ways(start: tuple[int, int], end: tuple[int, int], blocked: set[tuple[int, int]]) -> int:
    """Count the ways east and north from one crossing to another, crossing by crossing."""
    ways = {start: 1}
    for x in range(start[0], end[0] + 1):
        for y in range(start[1], end[1] + 1):
            if (x, y) in blocked:
                ways[x, y] = 0
            elif (x, y) != start:
                ways[x, y] = ways.get((x - 1, y), 0) + ways.get((x, y - 1), 0)
    return ways[end]


def _point(x: int, y: int) -> Words:
    """Name a crossing by its distance from the start."""
    east, north = ("block" if number == 1 else "blocks" for number in (x, y))
    return fill(_WORDING["grid_paths"]["point"], x=x, y=y, bx=east, by=north)


def _grid_paths(rng: Random, level: int) -> Draft | None:
    wording = _WORDING["grid_paths"]
    scene = rng.choice(wording["scenes"])
    m, n = rng.randint(4, 6), rng.randint(3, 5)
    inner = [(x, y) for x in range(1, m + 1) for y in range(1, n + 1) if x + y < m + n]
    *blocked, via = rng.sample(inner, (2, 3, 3)[level - 1])
    end = (m, n)
    if level < 3:
        answer = _ways((0, 0), end, set(blocked))
    else:
        answer = _ways((0, 0), via, set(blocked)) * _ways(via, end, set(blocked))
    fewer = [_ways((0, 0), end, set(blocked) - {point}) for point in blocked]
    if answer < 4 or (level < 3 and answer in fewer) or (level == 3 and (m == via[0] or n == via[1])):
        return None
    points = [_point(x, y) for x, y in sorted(blocked)]
    demand = fill(wording["blocked"], points=enumerated(points))
    if level == 3:
        over = fill(wording["via"], point=_point(*via))
        demand = Words(f"{demand.zh}，{over.zh}", f"{demand.en}, {over.en}")
    opening = fill(scene, m=m, n=n, note=rng.randint(9, 20))
    sentence = Words(demand.zh + "。", demand.en[0].upper() + demand.en[1:] + ".")
    problem: Problem = {"form": "integer", "m": m, "n": n, "blocked": [list(point) for point in blocked]}
    problem |= {"via": list(via)} if level == 3 else {}
    why = f"Of {comb(m + n, m)} ways in the whole grid, {answer} are left."
    return Draft(problem, answer, why, joined(opening, sentence, wording["question"]), scene.en)


def _solve_grid_paths(problem: Problem) -> Number:
    """Look at every sequence of steps."""
    m, n = problem["m"], problem["n"]
    blocked = {tuple(point) for point in problem["blocked"]}
    total = 0
    for east in combinations(range(m + n), m):
        x = y = 0
        passed = set()
        for step in range(m + n):
            x, y = (x + 1, y) if step in east else (x, y + 1)
            passed.add((x, y))
        total += not passed & blocked and ("via" not in problem or tuple(problem["via"]) in passed)
    return total


KINDS = (
    Kind("lineup", "counting", _lineup, _solve_lineup),
    Kind("selection", "counting", _selection, _solve_selection),
    Kind("grid_paths", "counting", _grid_paths, _solve_grid_paths),
)
