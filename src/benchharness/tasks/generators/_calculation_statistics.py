"""Calculation, statistics and counting: data, means, arrangements."""

import statistics
from fractions import Fraction
from itertools import permutations
from math import factorial, perm
from random import Random

from benchharness.tasks.generators._calculation_formulas import with_form
from benchharness.tasks.generators._numeric_rows import Draft, Kind, Number, Problem, unique, write_decimal
from benchharness.tasks.generators._wording import draw_people, fill, listed, phrase, read_wording

_WORDING = read_wording("calculation")
_CATEGORY = "probability_and_statistics"


def _data_summary(rng: Random, level: int) -> Draft | None:
    rule = rng.choice((("mean", "median"), ("trimmed", "variance"), ("missing", "frequency"))[level - 1])
    if rule == "frequency":
        return _frequency(rng)
    place = rng.randrange(2)
    low, high = {"mean": ((60, 140), (18, 37))[place], "median": (90, 180), "variance": (4, 10)}.get(rule, (70, 99))
    size = {"mean": 7, "median": 8, "trimmed": rng.randint(6, 8), "variance": 5, "missing": 6}[rule]
    data = [rng.randint(low, high) for _ in range(size)]
    ordered = sorted(data)
    problem: Problem = {"form": "decimal", "rule": rule, "data": data}
    given: dict[str, object] = {}
    if rule == "mean":
        answer, why = Fraction(sum(data), 7), f"{sum(data)}/7."
    elif rule == "median":
        answer, why = Fraction(ordered[3] + ordered[4], 2), f"The middle two are {ordered[3]} and {ordered[4]}."
    elif rule == "trimmed":
        answer = Fraction(sum(ordered[1:-1]), size - 2)
        why = f"Without {ordered[0]} and {ordered[-1]} the sum is {sum(ordered[1:-1])}."
    elif rule == "variance":
        answer = Fraction(sum(value * value for value in data), 5) - Fraction(sum(data), 5) ** 2
        why = f"Mean {write_decimal(Fraction(sum(data), 5))}; mean of squares minus its square."
    else:
        hidden = rng.randint(low, high)
        mean = Fraction(sum(data) + hidden, 7)
        if mean.denominator != 1:
            return None
        problem["mean"] = given["mean"] = int(mean)
        answer, why = Fraction(sorted([*data, hidden])[3]), f"The seventh is 7 × {mean} - {sum(data)} = {hidden}."
    if (answer * 100).denominator != 1 or answer == 0:
        return None
    (one,) = draw_people(rng, 1)
    text = fill(_WORDING["data_summary"][rule][place], list=listed(data), one=one, **given)
    return Draft(problem, answer, why, with_form(text, answer, "decimal"))


def _frequency(rng: Random) -> Draft | None:
    scores, counts = sorted(rng.sample(range(60, 100), 3)), [rng.randint(4, 18) for _ in range(3)]
    total = sum(score * count for score, count in zip(scores, counts, strict=True))
    mean = Fraction(total, sum(counts))
    if (mean * 10).denominator != 1:
        return None
    given = dict(zip("xyzabc", scores + counts, strict=True))
    text = with_form(phrase(rng, _WORDING["data_summary"]["frequency"], **given), mean, "decimal")
    problem = {"form": "decimal", "rule": "frequency", "data": scores, "counts": counts}
    return Draft(problem, mean, f"{total} points among {sum(counts)}.", text)


def _solve_data_summary(problem: Problem) -> Number:
    rule, data = problem["rule"], [Fraction(value) for value in problem["data"]]
    if rule == "mean":
        return statistics.mean(data)
    if rule == "median":
        return statistics.median(data)
    if rule == "variance":
        return statistics.pvariance(data)
    if rule == "trimmed":
        data.remove(max(data))
        data.remove(min(data))
        return statistics.mean(data)
    if rule == "frequency":
        return statistics.mean(
            [value for value, count in zip(data, problem["counts"], strict=True) for _ in range(count)]
        )
    return unique(
        [
            statistics.median([*data, Fraction(hidden)])
            for hidden in range(1, 1000)
            if statistics.mean([*data, Fraction(hidden)]) == problem["mean"]
        ]
    )


def _average(rng: Random, level: int) -> Draft | None:
    rule = ("combined", "joined", "misread")[level - 1]
    place = rng.randrange(2)
    if rule == "combined":
        given = {"a": rng.randint(20, 60), "b": rng.randint(20, 60), "x": rng.randint(70, 95), "y": rng.randint(60, 90)}
        total = given["a"] * given["x"] + given["b"] * given["y"]
        answer = Fraction(total, given["a"] + given["b"])
        why = f"{total}/{given['a'] + given['b']}."
        if given["x"] == given["y"]:
            return None
    elif rule == "joined":
        x = rng.randint(165, 185) if place == 0 else rng.randint(70, 88)
        given = {"n": rng.randint(4, 14), "x": x, "y": x + rng.choice([1, 1, 2])}
        answer = Fraction((given["n"] + 1) * given["y"] - given["n"] * given["x"])
        why = f"{given['n'] + 1} × {given['y']} - {given['n']} × {given['x']}."
        if answer > (205 if place == 0 else 100):
            return None
    else:
        low, high = (60, 98) if place == 0 else (6, 40)
        given = {"n": rng.choice([10, 16, 20, 25, 30, 32, 40, 50]), "x": rng.randint(low + 5, high - 5)}
        given |= {"right": rng.randint(low, high), "wrong": rng.randint(low, high)}
        answer = given["x"] + Fraction(given["right"] - given["wrong"], given["n"])
        why = f"{given['x']} + ({given['right']} - {given['wrong']})/{given['n']}."
        if given["right"] == given["wrong"]:
            return None
    if (answer * 1000).denominator != 1:
        return None
    (one,) = draw_people(rng, 1)
    text = with_form(fill(_WORDING["average"][rule][place], one=one, **given), answer, "decimal")
    return Draft({"form": "decimal", "rule": rule} | given, answer, why, text)


def _solve_average(problem: Problem) -> Number:
    rule, x = problem["rule"], problem["x"]
    if rule == "combined":
        return statistics.mean([Fraction(x)] * problem["a"] + [Fraction(problem["y"])] * problem["b"])
    if rule == "joined":
        return unique([new for new in range(1, 400) if problem["n"] * x + new == (problem["n"] + 1) * problem["y"]])
    values = [Fraction(x)] * problem["n"]
    return statistics.mean([*values, Fraction(problem["right"]), -Fraction(problem["wrong"])]) * Fraction(
        problem["n"] + 2, problem["n"]
    )


def _arrangements(rng: Random, level: int) -> Draft | None:
    rule = ("numbers", "even", rng.choice(["together", "apart"]))[level - 1]
    if level == 3:
        n = rng.randint(5, 8)
        others = n - 2
        if rule == "together":
            # The pair as one block: all orders, less those with the third at an end.
            answer = 2 * factorial(n - 1) - 2 * 2 * factorial(n - 2)
            why = f"2 × {n - 1}! orders with the two together, less 2 × 2 × {n - 2}! with the third at an end."
        else:
            answer = factorial(n - 3) * perm(others, 3)
            why = f"{n - 3}! orders of the others, and {others} × {others - 1} × {others - 2} places between them."
        if answer == 0:
            return None
        one, two, three = draw_people(rng, 3)
        text = phrase(rng, _WORDING["arrangements"][rule], n=n, one=one, two=two, three=three)
        return Draft({"form": "integer", "rule": rule, "n": n}, answer, why, text)
    digits, k = sorted(rng.sample(range(10), rng.randint(5, 7))), rng.randint(3, 4)
    size, zero = len(digits), 0 in digits
    if rule == "numbers":
        answer = perm(size, k) - (perm(size - 1, k - 1) if zero else 0)
        why = f"{perm(size, k)} arrangements" + (f", less {perm(size - 1, k - 1)} that begin with 0." if zero else ".")
    else:
        evens = [digit for digit in digits if digit % 2 == 0]
        answer = 0
        for last in evens:
            answer += perm(size - 1, k - 1) - (perm(size - 2, k - 2) if zero and last else 0)
        why = f"The last digit is one of {', '.join(map(str, evens))}; the first is not 0."
    if answer == 0 or (not zero and rule == "numbers" and rng.random() < 0.5):
        return None
    text = phrase(rng, _WORDING["arrangements"][rule], list=listed(digits), k=k)
    return Draft({"form": "integer", "rule": rule, "digits": digits, "k": k}, answer, why, text)


def _solve_arrangements(problem: Problem) -> Number:
    rule = problem["rule"]
    if "digits" in problem:
        numbers = [order for order in permutations(problem["digits"], problem["k"]) if order[0] != 0]
        return len([order for order in numbers if rule == "numbers" or order[-1] % 2 == 0])
    n = problem["n"]
    places = permutations(range(n), 3)  # of the three that matter; the others fill the rest in any order
    if rule == "together":
        fitting = [place for place in places if abs(place[0] - place[1]) == 1 and place[2] not in (0, n - 1)]
    else:
        fitting = [place for place in places if min(abs(a - b) for a in place for b in place if a != b) > 1]
    return len(fitting) * factorial(n - 3)


KINDS = (
    Kind("data_summary", _CATEGORY, _data_summary, _solve_data_summary),
    Kind("average", _CATEGORY, _average, _solve_average),
    Kind("arrangements", _CATEGORY, _arrangements, _solve_arrangements),
)
