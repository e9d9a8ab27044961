"""Multi-step reasoning, inverse problems: from the end back to the beginning, from comparisons to amounts."""

from fractions import Fraction
from random import Random
from typing import Any

from benchharness.tasks.generators._multi_step_tracking import in_order
from benchharness.tasks.generators._numeric_rows import Draft, Kind, Number, Problem, unique
from benchharness.tasks.generators._wording import Words, clauses, draw_people, fill, joined, read_wording

_WORDING = read_wording("multi_step_reasoning")


def _backwards(rng: Random, level: int) -> Draft | None:
    scene = rng.choice(_WORDING["backwards"])
    end = amount = rng.randint(6, 40)
    steps: list[list[Any]] = []  # from the last to the first
    history = [end]
    while len(steps) < 3 + level:
        kind, n = rng.choice(["half_more", "minus", "plus", "third"]), rng.randint(3, 30)
        if steps and kind == steps[-1][0]:
            continue
        if (kind == "third" and amount % 2) or (kind == "plus" and amount <= n + 4):
            continue
        amount = {"half_more": 2 * (amount + n), "minus": amount + n, "plus": amount - n, "third": amount * 3 // 2}[
            kind
        ]
        steps.append([kind, 0 if kind == "third" else n])
        history.append(amount)
    if amount > 900 or sum(kind in ("half_more", "third") for kind, _ in steps) < 2:
        return None
    steps.reverse()
    (one,) = draw_people(rng, 1)
    said = in_order([fill(scene[kind], n=n) for kind, n in steps])
    text = joined(fill(scene["text"], end=end, one=one), said, scene["question"])
    why = f"Backwards from the end: {', '.join(map(str, history))}."
    return Draft({"form": "integer", "end": end, "steps": steps}, amount, why, text, scene["text"].en)


def _solve_backwards(problem: Problem) -> Number:
    """Try every number of the beginning."""

    def at_end(amount: int) -> int | None:
        for kind, n in problem["steps"]:
            parts = {"half_more": 2, "third": 3}.get(kind, 1)
            if amount % parts:
                return None
            amount -= {"half_more": amount // 2 + n, "third": amount // 3, "minus": n, "plus": -n}[kind]
            if amount < 0:
                return None
        return amount

    return unique([start for start in range(1, 2000) if at_end(start) == problem["end"]])


def _comparisons(rng: Random, level: int) -> Draft | None:
    scene = rng.choice(_WORDING["comparisons"])
    size = 3 + level
    names = rng.sample(scene["names"], size)
    low, high = scene["base"]
    values = [rng.randint(low, high)]
    said: list[Words] = []
    relations: list[list[Any]] = []  # factors of the amounts, and what they add up to
    used: set[str] = set()
    for item in range(1, size):
        rule = rng.choice(
            [rule for rule in ("more", "times", "both", "short") if item > 1 or rule in ("more", "times")]
        )
        b, c = rng.sample(range(item), 2) if item > 1 else (0, 0)
        n = rng.randint(3, 4) if rule == "times" else rng.randint(max(2, low // 4), low)
        amount = {
            "more": values[b] + n,
            "times": values[b] * n,
            "both": values[b] + values[c],
            "short": values[b] + values[c] - n,
        }[rule]
        if amount < low // 2 or amount > 8 * high:
            return None
        values.append(amount)
        factors = [0] * size
        factors[item] = 1
        factors[b] -= n if rule == "times" else 1
        factors[c] -= 1 if rule in ("both", "short") else 0
        relations.append([factors, {"more": n, "short": -n}.get(rule, 0)])
        said.append(fill(scene[rule], a=names[item], b=names[b], c=names[c], n=n))
        used.add(rule)
    relations.append([[1] * size, sum(values)])
    rng.shuffle(said)
    said.append(fill(scene["total"], n=sum(values)))
    asked = rng.randrange(size)
    if len(used) < 2 or len(set(values)) < size:
        return None
    (one,) = draw_people(rng, 1)
    listed = clauses(said)
    text = joined(
        fill(scene["text"], one=one), Words(listed.zh + "。", listed.en + "."), fill(scene["question"], x=names[asked])
    )
    amounts = ", ".join(f"{name.en} {value}" for name, value in zip(names, values, strict=True))
    problem = {"form": "integer", "relations": relations, "asked": asked}
    return Draft(problem, values[asked], f"The only solution: {amounts}.", text, scene["text"].en)


def _solve_comparisons(problem: Problem) -> Number:
    """Solve the linear equations by elimination."""
    rows = [[Fraction(factor) for factor in factors] + [Fraction(total)] for factors, total in problem["relations"]]
    size = len(rows)
    for column in range(size):
        pivot = next((place for place in range(column, size) if rows[place][column]), None)
        if pivot is None:
            raise ValueError("more than one solution")
        rows[column], rows[pivot] = rows[pivot], rows[column]
        rows[column] = [value / rows[column][column] for value in rows[column]]
        for place in range(size):
            if place != column:
                factor = rows[place][column]
                rows[place] = [a - factor * b for a, b in zip(rows[place], rows[column], strict=True)]
    return rows[problem["asked"]][-1]


KINDS = (
    Kind("backwards", "inverse", _backwards, _solve_backwards),
    Kind("comparisons", "inverse", _comparisons, _solve_comparisons),
)
