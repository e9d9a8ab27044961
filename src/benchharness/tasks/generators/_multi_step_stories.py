"""Multi-step reasoning, stories in stages: production with needless facts, populations that grow."""

from fractions import Fraction
from random import Random

from benchharness.tasks.generators._numeric_rows import Draft, Kind, Number, Problem
from benchharness.tasks.generators._wording import Words, fill, joined, read_wording

_WORDING = read_wording("multi_step_reasoning")


def _story(rng: Random, level: int) -> Draft | None:
    wording = _WORDING["story"]
    scene = rng.choice(wording["scenes"])
    made = {"a": rng.randint(3, 12), "b": rng.randint(8, 30), "c": rng.randint(12, 60)}
    made |= {"p": rng.choice([4, 5, 8, 10, 12, 15, 20, 25]), "s": rng.randint(6, 30)}
    raw = made["a"] * made["b"] * made["c"]
    good = Fraction(raw * (100 - made["p"]), 100)
    packed = good // made["s"]
    if good.denominator != 1 or good % made["s"] == 0 or packed < 20:
        return None
    parts = [fill(scene["text"], note=rng.randint(6, 20), **made)]
    problem: Problem = {"form": "integer"} | made
    answer, why = packed, f"{raw}, of which {good} are good; {good}/{made['s']} rounded down is {packed}"
    if level == 1:
        parts += [wording["nothing_else"], scene["count"]]
    else:
        x = rng.randint(12, 90)
        problem["x"] = x
        answer *= x
        why += f"; times {x} is {answer}"
        parts.append(fill(scene["price"], x=x))
    if level == 2:
        parts.append(scene["revenue"])
    if level == 3:
        spent = {"w": rng.randint(2, 8), "d": rng.randint(3, 9), "e": rng.randint(8, 40), "f": rng.randint(11, 60) * 10}
        problem |= spent
        costs = spent["w"] * spent["d"] * spent["e"] + spent["f"]
        answer -= costs
        why += f"; less {costs} is {answer}"
        parts += [fill(scene["cost"], **spent), scene["profit"]]
    if answer <= 0:
        return None
    return Draft(problem, answer, why + ".", joined(*parts), scene["text"].en)


def _solve_story(problem: Problem) -> Number:
    """Fill one package after another."""
    left = sum(problem["c"] for _ in range(problem["a"]) for _ in range(problem["b"])) * (100 - problem["p"])
    balance = packed = 0
    while left >= 100 * problem["s"]:
        left -= 100 * problem["s"]
        packed += 1
        balance += problem.get("x", 0)
    if "x" not in problem:
        return packed
    for _ in range(problem.get("w", 0)):
        balance -= problem["d"] * problem["e"]
    return balance - int(problem.get("f", 0))


def _population(rng: Random, level: int) -> Draft | None:
    wording = _WORDING["population"]
    scene = rng.choice(wording["scenes"])
    given = {"x": rng.randint(2, 15), "y": rng.randint(3, 15), "q": rng.choice([2, 2, 3]), "k": 3 + level}
    given["d"] = rng.randint(2, 6) if level > 1 else 0
    young, grown = given["x"], given["y"]
    history = []
    for _ in range(given["k"]):
        young, grown = given["q"] * grown, grown + young - given["d"]
        history.append(f"{young} + {grown}")
        if grown < 1:
            return None
    if young + grown > 6000:
        return None
    opening = fill(scene["text"], note=rng.randint(4, 40), **given)
    if level > 1:
        removed = fill(scene["removed"], **given)
        opening = Words(f"{opening.zh}；{removed.zh}", f"{opening.en}; {removed.en}")
    closed = Words(opening.zh + "。", opening.en + ".")
    text = joined(closed, wording["nothing_else"], fill(scene["question"], **given))
    why = f"Young and grown: {', '.join(history)}."
    return Draft({"form": "integer"} | given, young + grown, why, text, scene["text"].en)


def _solve_population(problem: Problem) -> Number:
    """Raise the matrix of one period to a power and apply it to the beginning."""
    one = [[0, problem["q"], 0], [1, 1, -problem["d"]], [0, 0, 1]]
    power = [[int(row == column) for column in range(3)] for row in range(3)]
    for _ in range(problem["k"]):
        power = [[sum(power[i][k] * one[k][j] for k in range(3)) for j in range(3)] for i in range(3)]
    start = (problem["x"], problem["y"], 1)
    return sum(power[row][column] * start[column] for row in range(2) for column in range(3))


KINDS = (
    Kind("story", "multi_stage", _story, _solve_story),
    Kind("population", "multi_stage", _population, _solve_population),
)
