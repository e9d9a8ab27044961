"""Multi-step reasoning, planning: schedules, routes, choices under a limit."""

from itertools import combinations, pairwise
from math import inf
from random import Random
from typing import Any

from benchharness.tasks.generators._numeric_rows import Draft, Kind, Number, Problem
from benchharness.tasks.generators._wording import Words, clauses, draw_people, enumerated, fill, joined, read_wording

_WORDING = read_wording("multi_step_reasoning")


def _sentence(words: Words) -> Words:
    """Close a statement, and begin it with a capital in English."""
    return Words(words.zh + "。", words.en[:1].upper() + words.en[1:] + ".")


def _quoted(names: list[Words]) -> Words:
    return enumerated([Words(f"“{name.zh}”", f'"{name.en}"') for name in names])


def _critical_path(rng: Random, level: int) -> Draft | None:
    wording = _WORDING["critical_path"]
    scene = rng.choice(wording["scenes"])
    names, unit, size = scene["tasks"], scene["unit"], 4 + level
    # The scenes list their tasks in an order in which they can be done.
    chosen = sorted(rng.sample(range(8), size))
    times = [rng.randint(2, 12) for _ in chosen]
    before: list[list[int]] = []
    for place in range(size):
        earlier = list(range(max(0, place - 3), place))
        before.append(sorted(rng.sample(earlier, min(len(earlier), rng.choice([0, 1, 1, 2, 2])))))
    extra, late = rng.randint(2, 9), rng.randrange(size)
    durations = [time + (extra if level == 3 and place == late else 0) for place, time in enumerate(times)]
    finish: list[int] = []
    for place in range(size):
        finish.append(durations[place] + max((finish[other] for other in before[place]), default=0))
    if sum(not needed for needed in before) > 2 or max(finish) == sum(durations):
        return None
    said = []
    for place, task in enumerate(chosen):
        needed = [names[chosen[other]] for other in before[place]]
        template = wording["after"] if needed else wording["independent"]
        named = _quoted(needed) if needed else Words("", "")
        said.append(fill(template, task=names[task], n=times[place], unit=unit, before=named))
    rng.shuffle(said)
    question = fill(wording["delay" if level == 3 else "question"], task=names[chosen[late]], extra=extra, unit=unit)
    listed = clauses(said)
    text = joined(scene["text"], _sentence(listed), question)
    ends = ", ".join(f"{names[task].en} {end}" for task, end in zip(chosen, finish, strict=True))
    problem: Problem = {"form": "integer", "times": times, "before": before}
    if level == 3:
        problem |= {"late": late, "extra": extra}
    return Draft(problem, max(finish), f"Earliest ends: {ends}.", text, scene["text"].en)


def _solve_critical_path(problem: Problem) -> Number:
    """Work through the plan one unit of time after another."""
    left = list(problem["times"])
    if "late" in problem:
        left[problem["late"]] += problem["extra"]
    elapsed = 0
    while any(left):
        ready = [
            task for task, rest in enumerate(left) if rest and not any(left[other] for other in problem["before"][task])
        ]
        for task in ready:
            left[task] -= 1
        elapsed += 1
    return elapsed


def _shortest(size: int, roads: list[list[int]]) -> list[list[float]]:
    """Return the lengths of all shortest ways (Floyd and Warshall)."""
    length = [[0.0 if a == b else inf for b in range(size)] for a in range(size)]
    for a, b, n in roads:
        length[a][b] = length[b][a] = n
    for middle in range(size):
        for a in range(size):
            for b in range(size):
                length[a][b] = min(length[a][b], length[a][middle] + length[middle][b])
    return length


def _route(rng: Random, level: int) -> Draft | None:
    wording = _WORDING["route"]
    scene = rng.choice(wording["scenes"])
    size = 5 if level == 1 else 6
    names, unit = rng.sample(scene["places"], size), scene["unit"]
    pairs = rng.sample(list(combinations(range(size), 2)), size + 2 + (level > 1))
    roads = [[a, b, rng.randint(3, 24)] for a, b in pairs]
    start, end, via = rng.sample(range(size), 3)
    closed = rng.choice(roads)
    length = _shortest(size, [road for road in roads if level == 1 or road is not closed])
    answer = length[start][end] if level < 3 else length[start][via] + length[via][end]
    plain = _shortest(size, roads)[start][end]
    detour = length[start][end] + length[end][via] > length[start][via] and (
        length[via][start] + length[start][end] > length[via][end]
    )
    if level == 3 and not detour:
        return None
    direct = any({a, b} == {start, end} and n == answer for a, b, n in roads)
    if answer == inf or direct or (level > 1 and answer == plain) or max(map(max, length)) == inf:
        return None
    said = [fill(wording["road"], a=names[a], b=names[b], n=n, unit=unit) for a, b, n in roads]
    rule = ("open", "closed", "via")[level - 1]
    given = {"s": names[start], "t": names[end], "v": names[via], "a": names[closed[0]], "b": names[closed[1]]}
    listed = Words("，".join(part.zh for part in said) + "。", ", ".join(part.en for part in said) + ".")
    text = joined(scene["text"], listed, wording["rest"], fill(wording[rule], unit=unit, **given))
    problem: Problem = {"form": "integer", "roads": roads, "from": start, "to": end}
    problem |= {"closed": closed} if level > 1 else {}
    problem |= {"via": via} if level == 3 else {}
    way = f"{names[start].en} to {names[end].en}"
    if level == 3:
        why = f"{int(length[start][via])} to {names[via].en} and {int(length[via][end])} from there."
    else:
        why = f"The shortest of all ways from {way} has {int(answer)}."
    return Draft(problem, int(answer), why, text, scene["text"].en)


def _solve_route(problem: Problem) -> Number:
    """Try every way that visits no place twice."""
    roads = [road for road in problem["roads"] if road != problem.get("closed")]

    def ways(here: int, goal: int, seen: frozenset[int]) -> list[int]:
        if here == goal:
            return [0]
        found = []
        for a, b, n in roads:
            if here in (a, b):
                following = a + b - here
                if following not in seen:
                    found += [n + rest for rest in ways(following, goal, seen | {following})]
        return found

    stops = [problem["from"], *([problem["via"]] if "via" in problem else []), problem["to"]]
    legs = pairwise(stops)
    return sum(min(ways(a, b, frozenset([a]))) for a, b in legs)


def _knapsack(rng: Random, level: int) -> Draft | None:
    wording = _WORDING["knapsack"]
    scene = rng.choice(wording["scenes"])
    names = rng.sample(scene["names"], 4 + level)
    size = len(names)
    weights, values = [rng.randint(2, 14) for _ in names], [rng.randint(6, 60) for _ in names]
    limit = int(sum(weights) * rng.uniform(0.4, 0.65))
    a, b, c, d = (*rng.sample(range(size), 4),)
    exclusive, requires = ([a, b] if level > 1 else []), ([c, d] if level > 2 else [])
    free = _best_by_table(weights, values, limit)
    answer, chosen = _best_by_search(weights, values, limit, exclusive, requires)
    if (level == 1 and answer != free) or (level > 1 and answer == free) or len(chosen) < (2, 3, 3)[level - 1]:
        return None
    (one,) = draw_people(rng, 1)
    items = [
        fill(wording["item"], name=name, weight=weight, value=value, wunit=scene["wunit"], vunit=scene["vunit"])
        for name, weight, value in zip(names, weights, values, strict=True)
    ]
    parts = [
        fill(scene["text"], one=one),
        Words("、".join(item.zh for item in items) + "。", ", ".join(item.en for item in items) + "."),
        fill(wording["limit"], limit=limit, wunit=scene["wunit"], wword=scene["wword"]),
    ]
    if exclusive:
        parts.append(fill(wording["exclusive"], a=names[a], b=names[b]))
    if requires:
        parts.append(fill(wording["requires"], a=names[c], b=names[d]))
    parts.append(fill(wording["question"], vword=scene["vword"], vunit=scene["vunit"]))
    problem = {
        "form": "integer",
        "weights": weights,
        "values": values,
        "limit": limit,
        "exclusive": exclusive,
        "requires": requires,
    }
    best = ", ".join(names[place].en for place in chosen)
    why = f"Best: {best} ({sum(weights[place] for place in chosen)} of {limit})."
    return Draft(problem, answer, why, joined(*parts), scene["text"].en)


def _best_by_table(weights: list[int], values: list[int], limit: int) -> int:
    best = [0] * (limit + 1)
    for weight, value in zip(weights, values, strict=True):
        for room in range(limit, weight - 1, -1):
            best[room] = max(best[room], best[room - weight] + value)
    return best[limit]


def _best_by_search(
    weights: list[int], values: list[int], limit: int, exclusive: list[int], requires: list[int]
) -> tuple[int, list[int]]:
    """Return the best value and what is chosen for it, going through the things one by one."""

    def allowed(chosen: list[int]) -> bool:
        both = bool(exclusive) and set(exclusive) <= set(chosen)
        return not both and not (requires and requires[0] in chosen and requires[1] not in chosen)

    def search(place: int, room: int, chosen: list[int]) -> tuple[int, list[int]]:
        if place == len(weights):
            return (sum(values[item] for item in chosen), chosen) if allowed(chosen) else (0, [])
        without = search(place + 1, room, chosen)
        if weights[place] > room:
            return without
        return max(search(place + 1, room - weights[place], [*chosen, place]), without, key=lambda found: found[0])

    return search(0, limit, [])


def _solve_knapsack(problem: Problem) -> Number:
    """Look at every set of things, as the bits of a number."""
    weights, values = problem["weights"], problem["values"]
    best = 0
    for chosen in range(2 ** len(weights)):
        taken: list[Any] = [place for place in range(len(weights)) if chosen >> place & 1]
        too_heavy = sum(weights[place] for place in taken) > problem["limit"]
        clash = bool(problem["exclusive"]) and all(place in taken for place in problem["exclusive"])
        needs = problem["requires"]
        lacking = bool(needs) and needs[0] in taken and needs[1] not in taken
        if not (too_heavy or clash or lacking):
            best = max(best, sum(values[place] for place in taken))
    return best


KINDS = (
    Kind("critical_path", "planning", _critical_path, _solve_critical_path),
    Kind("route", "planning", _route, _solve_route),
    Kind("knapsack", "planning", _knapsack, _solve_knapsack),
)
