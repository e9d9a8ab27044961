"""Calculation, word problems about rates: travel, work, mixtures, ages."""

from collections.abc import Callable
from fractions import Fraction
from random import Random

from benchharness.tasks.generators._calculation_formulas import with_form
from benchharness.tasks.generators._numeric_rows import Draft, Kind, Number, Problem, unique
from benchharness.tasks.generators._wording import draw_people, fill, phrase, read_wording

_WORDING = read_wording("calculation")


def linear_root(f: Callable[[Fraction], Fraction]) -> Fraction:
    """Return where a linear function is 0, from its values at 0 and 1."""
    at_zero, at_one = f(Fraction(0)), f(Fraction(1))
    return at_zero / (at_zero - at_one)


def _travel(rng: Random, level: int) -> Draft | None:
    rule = ("meet", "chase", rng.choice(["back", "average", "late"]))[level - 1]
    scene = rng.choice(_WORDING["travel"][rule])
    u, v = rng.randint(*scene["u"]), rng.randint(*scene["v"])
    given = {"u": u, "v": v}
    if rule == "meet":
        given["distance"] = (u + v) * rng.randint(4, 28) // 2
        answer = Fraction(given["distance"], u + v)
        why = f"{given['distance']}/({u} + {v}) = {answer}."
    elif rule == "chase":
        given["head"] = rng.randint(2, 9)
        if u >= v:
            return None
        answer = Fraction(u * given["head"], v - u)
        why = f"A lead of {u * given['head']} shrinks by {v - u} each unit of time."
    elif rule == "back":
        given["time"] = rng.randint(2, 9)
        answer = Fraction((u + v) * given["time"], u - v)
        why = f"The way is ({u} + {v}) × {given['time']}; back at {u} - {v}."
    elif rule == "average":
        answer = Fraction(2 * u * v, u + v)
        why = f"2 × {u} × {v}/({u} + {v})."
    else:
        given |= {"late": rng.randint(2, 12), "early": rng.randint(2, 12)}
        if u >= v:
            return None
        answer = Fraction(given["late"] + given["early"], 60) / (Fraction(1, u) - Fraction(1, v))
        why = f"x/{u} - x/{v} = {given['late'] + given['early']}/60."
    if answer.denominator > 6 or answer > 60 or u == v:
        return None
    one, two = draw_people(rng, 2)
    text = with_form(fill(scene["text"], one=one, two=two, **given), answer, "fraction")
    return Draft({"form": "fraction", "rule": rule} | given, answer, why, text)


def _solve_travel(problem: Problem) -> Number:
    rule, u, v = problem["rule"], problem["u"], problem["v"]
    if rule == "meet":
        return linear_root(lambda t: problem["distance"] - u * t - v * t)
    if rule == "chase":
        return linear_root(lambda t: u * (problem["head"] + t) - v * t)
    if rule == "back":
        return linear_root(lambda t: (u + v) * problem["time"] - (u - v) * t)
    if rule == "average":
        way = u * v  # any length will do
        return Fraction(2 * way) / (Fraction(way, u) + Fraction(way, v))
    due = Fraction(problem["late"], 60), -Fraction(problem["early"], 60)
    return linear_root(lambda way: (way / u - due[0]) - (way / v - due[1]))


def _work(rng: Random, level: int) -> Draft | None:
    rule = ("together", "join", rng.choice(["drain", "pairs"]))[level - 1]
    one, two = draw_people(rng, 2)
    a, b, c = (rng.randint(4, 36) for _ in range(3))
    given = {"a": a, "b": b}
    rate = Fraction(1, a) + Fraction(1, b)
    if rule == "together":
        answer = 1 / rate
        why = f"1/(1/{a} + 1/{b}) = {answer}."
    elif rule == "join":
        given["k"] = k = rng.randint(2, 12)
        answer = k + (1 - Fraction(k, a)) / rate
        why = f"After {k} the share {1 - Fraction(k, a)} is left, done at a rate of {rate}."
        if k >= a:
            return None
    elif rule == "drain":
        given |= {"c": c, "k": rng.randint(2, 4)}
        net = rate - Fraction(1, c)
        if net <= 0 or rate * given["k"] >= 1:
            return None
        answer = given["k"] + (1 - rate * given["k"]) / net
        why = f"{rate * given['k']} is full at first; the rest fills at a rate of {net}."
    else:
        given["c"] = c
        total = (rate + Fraction(1, c)) / 2
        if total <= max(Fraction(1, value) for value in (a, b, c)):
            return None
        answer = 1 / total
        why = f"1/{a} + 1/{b} + 1/{c} is twice the rate of all three."
    if answer.denominator > 5 or answer > 60 or a == b:
        return None
    text = phrase(rng, _WORDING["work"][rule], one=one, two=two, **given)
    return Draft({"form": "fraction", "rule": rule} | given, answer, why, with_form(text, answer, "fraction"))


def _solve_work(problem: Problem) -> Number:
    rule, a, b = problem["rule"], problem["a"], problem["b"]
    whole = Fraction(a * b * problem.get("c", 1))  # the work in units that make all rates whole numbers
    if rule == "together":
        return linear_root(lambda t: whole / a * t + whole / b * t - whole)
    if rule == "join":
        return linear_root(lambda t: whole / a * t + whole / b * (t - problem["k"]) - whole)
    if rule == "drain":
        return linear_root(lambda t: (whole / a + whole / b) * t - whole / problem["c"] * (t - problem["k"]) - whole)
    first, second, third = whole / a, whole / b, whole / problem["c"]
    alone = (first + third - second) / 2, (first + second - third) / 2, (second + third - first) / 2
    return linear_root(lambda t: sum(alone, Fraction(0)) * t - whole)


def _mixture(rng: Random, level: int) -> Draft | None:
    rule = ("mix", "dilute", rng.choice(["replace", "blend"]))[level - 1]
    scene = rng.choice(_WORDING["mixture"][rule])
    m, p, q = rng.randint(4, 60) * 10, rng.randint(4, scene["most"]), rng.randint(2, scene["most"])
    given = {"m": m, "p": p, "q": q}
    form = "percent" if rule in ("mix", "replace") else "decimal"
    if rule == "mix":
        given["n"] = n = rng.randint(4, 60) * 10
        answer = Fraction(m * p + n * q, 100 * (m + n))
        why = f"({m} × {p}% + {n} × {q}%)/{m + n}."
    elif rule == "dilute":
        answer = Fraction(m * p, q) - m
        why = f"{m} × {p}%/{q}% - {m}."
    elif rule == "replace":
        given = {"m": m, "p": p, "n": rng.randint(1, 20) * 10, "k": rng.randint(1, 20) * 10}
        n, k = given["n"], given["k"]
        if max(n, k) >= m:
            return None
        answer = Fraction(p, 100) * Fraction(m - n, m) * Fraction(m - k, m)
        why = f"{p}% × (1 - {n}/{m}) × (1 - {k}/{m})."
    else:
        given["r"] = r = rng.randint(3, 79)
        if not min(p, q) < r < max(p, q):
            return None
        answer = Fraction(m * (r - q), p - q)
        why = f"x × {p}% + ({m} - x) × {q}% = {m} × {r}%."
    if p == q or answer <= 0 or (answer * 10000 if form == "percent" else answer * 2).denominator != 1:
        return None
    text = with_form(fill(scene["text"], **given), answer, form)
    return Draft({"form": form, "rule": rule} | given, answer, why, text)


def _solve_mixture(problem: Problem) -> Number:
    rule, m = problem["rule"], problem["m"]
    p, q = Fraction(problem["p"], 100), Fraction(problem.get("q", 0), 100)
    if rule == "dilute":
        return linear_root(lambda water: p * m - q * (m + water))
    if rule == "blend":
        return linear_root(lambda x: p * x + q * (m - x) - Fraction(problem["r"], 100) * m)
    if rule == "mix":
        return Fraction((p * m + q * problem["n"]) / (m + problem["n"]))
    content = p * m
    for taken in (problem["n"], problem["k"]):
        content -= content / m * taken
    return Fraction(content / m)


def _ages(rng: Random, level: int) -> Draft | None:
    rule = ("sum", "times", rng.choice(["family", "sister"]))[level - 1]
    (one, two), child, d = draw_people(rng, 2), rng.randint(5, 15), rng.randint(2, 9)
    if rule == "sum":
        younger, d = rng.randint(6, 40), rng.randint(3, 29)
        place = rng.randrange(2)  # a grandfather is older by two generations
        d = d if place == 0 else rng.randint(48, 62)
        younger = younger if place == 0 else child
        given = {"s": 2 * younger + d, "d": d}
        text = phrase(rng, _WORDING["ages"][rule][place : place + 1], one=one, two=two, **given)
        return Draft({"form": "integer", "rule": rule} | given, younger + d, f"({given['s']} + {d})/2.", text)
    n, k = rng.randint(2, 4), rng.randint(3, 9)
    if rule == "times":
        k, n, child = rng.randint(3, 5), rng.randint(2, 15), rng.randint(2, 12)
        father = k * (child + n) - n
        given = {"f": father, "c": child, "k": k}
        answer, why = n, f"{father} + {n} = {k} × ({child} + {n})."
        if not 22 <= father - child <= 40:
            return None
    else:
        mother = k * (child - n) + n
        given = {"s": child + 2 * mother + d if rule == "family" else 2 * child + d + mother, "d": d, "n": n, "k": k}
        answer, why = child, f"{n} years ago the mother was {mother - n} and the child {child - n}."
        if not 22 <= mother - child <= 36:
            return None
    text = phrase(rng, _WORDING["ages"][rule], one=one, two=two, **given)
    return Draft({"form": "integer", "rule": rule} | given, answer, why, text)


def _solve_ages(problem: Problem) -> Number:
    rule, years = problem["rule"], range(1, 121)
    if rule == "sum":
        return unique([x for x in years for y in years if x + y == problem["s"] and x - y == problem["d"]])
    if rule == "times":
        return unique([n for n in years if problem["f"] + n == problem["k"] * (problem["c"] + n)])
    found = []
    for child in years:
        for mother in years:
            other = mother + problem["d"] if rule == "family" else child + problem["d"]
            before = mother - problem["n"] == problem["k"] * (child - problem["n"])
            if before and child > problem["n"] and child + mother + other == problem["s"]:
                found.append(child)
    return unique(found)


KINDS = (
    Kind("travel", "word_problems", _travel, _solve_travel),
    Kind("work", "word_problems", _work, _solve_work),
    Kind("mixture", "word_problems", _mixture, _solve_mixture),
    Kind("ages", "word_problems", _ages, _solve_ages),
)
