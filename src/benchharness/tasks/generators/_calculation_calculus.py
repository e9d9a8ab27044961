"""Calculation, calculus: derivatives, integrals, extrema, tangents, limits."""

from collections.abc import Sequence
from fractions import Fraction
from itertools import pairwise
from math import isqrt
from random import Random

from benchharness.tasks.generators._calculation_formulas import (
    Series,
    evaluate,
    expand,
    expression,
    nonzero,
    plus,
    polynomial,
    with_form,
)
from benchharness.tasks.generators._numeric_rows import Draft, Kind, Number, Problem, unique
from benchharness.tasks.generators._wording import fill, phrase, read_wording

_WORDING = read_wording("calculation")


def _at(coefficients: Sequence[int], x: Number) -> Fraction:
    """Return the value of a polynomial."""
    value = Fraction(0)
    for factor in coefficients:
        value = value * x + factor
    return value


def _derived(coefficients: Sequence[int]) -> list[int]:
    highest = len(coefficients) - 1
    return [factor * (highest - place) for place, factor in enumerate(coefficients[:-1])]


def _draw_polynomial(rng: Random, degree: int, size: int = 6) -> list[int]:
    return [nonzero(rng, 4), *(rng.randint(-size, size) for _ in range(degree - 1)), nonzero(rng, 2 * size)]


def _derivative(rng: Random, level: int) -> Draft | None:
    if level == 3:
        return _composite_derivative(rng)
    rule = ("value", "second")[level - 1]
    f = _draw_polynomial(rng, rng.choice([3, 4]))
    scene = rng.choice(_WORDING["derivative"][rule])
    a = rng.randint(1, 5) if "<g>" in scene.zh else nonzero(rng, 4)
    first = _derived(f)
    answer = _at(first if level == 1 else _derived(first), a)
    text = fill(scene, f=polynomial(f), g=polynomial(f, "t"), a=a)
    why = f"f'(x) = {polynomial(first)}" + ("." if level == 1 else f", f''(x) = {polynomial(_derived(first))}.")
    return Draft({"form": "integer", "f": expression(f), "at": a, "order": level}, answer, why, text)


def _composite_derivative(rng: Random) -> Draft | None:
    rule = rng.choice(["quotient", "power", "product"])
    a, b, c, d = rng.randint(2, 5), nonzero(rng, 6), rng.randint(1, 4), nonzero(rng, 6)
    x, n = nonzero(rng, 3), rng.randint(3, 5)
    first, second = a * x + b, c * x + d
    if rule == "quotient":
        f, shown = f"({a}*x + ({b})) / ({c}*x + ({d}))", rf"\frac{{{polynomial([a, b])}}}{{{polynomial([c, d])}}}"
        if second == 0 or a * d == b * c:
            return None
        answer = Fraction(a * d - b * c, second**2)
        why = f"f'(x) = ({a * d - b * c})/({polynomial([c, d])})^2."
    elif rule == "power":
        f, shown = f"({a}*x + ({b}))**{n}", f"({polynomial([a, b])})^{n}"
        answer = Fraction(n * a * first ** (n - 1))
        why = f"f'(x) = {n} × {a} × ({polynomial([a, b])})^{n - 1}."
    else:
        f, shown = f"(x**2 + ({b})) * ({c}*x + ({d}))**2", f"(x^2 {plus(b)})({polynomial([c, d])})^2"
        answer = Fraction(2 * x * second**2 + (x * x + b) * 2 * c * second)
        why = f"f'(x) = 2x({polynomial([c, d])})^2 + (x^2 {plus(b)}) × {2 * c}({polynomial([c, d])})."
    if answer == 0 or abs(answer) > 9999:
        return None
    text = phrase(rng, _WORDING["derivative"]["composite"], f=shown, a=x)
    problem = {"form": "fraction", "f": f, "at": x, "order": 1}
    return Draft(problem, answer, why, with_form(text, answer, "fraction"))


def _solve_derivative(problem: Problem) -> Number:
    taylor = evaluate(problem["f"], Series.variable(problem["at"])).coefficients
    return Fraction(taylor[1] if problem["order"] == 1 else 2 * taylor[2])


def _antiderivative(coefficients: Sequence[int], x: Number) -> Fraction:
    highest = len(coefficients)
    return sum(
        (Fraction(f, highest - place) * x ** (highest - place) for place, f in enumerate(coefficients)), Fraction(0)
    )


def _integral(rng: Random, level: int) -> Draft | None:
    rule = ("definite", "product", rng.choice(["absolute", "between"]))[level - 1]
    a = rng.randint(-3, 2)
    b = a + rng.randint(2, 4)
    given: dict[str, object] = {}
    if rule == "definite":
        scene = rng.choice(_WORDING["integral"][rule])
        f = [rng.choice([1, 2, 3, 4, 6]) * rng.choice([-1, 1]), *(nonzero(rng, 6) for _ in range(rng.choice([1, 2])))]
        a, b = (max(a, 0), max(b, 2)) if "<g>" in scene.zh else (a, b)
        pieces, shown, given = [a, b], polynomial(f), {"g": polynomial(f, "t")}
    elif rule == "product":
        scene = rng.choice(_WORDING["integral"][rule])
        p, q = nonzero(rng, 5), nonzero(rng, 5)
        f, shown, pieces = expand([p, q], 1), f"(x {plus(-p)})(x {plus(-q)})", [a, b]
    else:
        low, high = sorted(rng.sample(range(-3, 5), 2))
        f = expand([low, high])
        scene, shown, pieces = rng.choice(_WORDING["integral"][rule]), polynomial(f), [low, high]
        if rule == "absolute":
            a, b = low - rng.randint(0, 2), high + rng.randint(1, 2)
            pieces = [a, *([low] if a < low else []), high, b]
        else:
            line = [rng.randint(-3, 3), nonzero(rng, 5)]
            given = {"second": polynomial(line)}
            shown = polynomial([1, f[1] + line[0], f[2] + line[1]])
    parts = [_antiderivative(f, right) - _antiderivative(f, left) for left, right in pairwise(pieces)]
    answer = sum(map(abs, parts), Fraction(0)) if level == 3 else parts[0]
    if answer == 0 or answer.denominator > 60:
        return None
    problem: Problem = {"form": "fraction", "rule": rule, "f": expression(f), "from": a, "to": b}
    if rule == "between":
        problem |= {"f": expression([1, f[1] + line[0], f[2] + line[1]]), "line": expression(line)}
    text = fill(scene, f=shown, a=a, b=b, **given)
    why = f"The parts from {' to '.join(map(str, pieces))} give {', '.join(map(str, parts))}."
    return Draft(problem, answer, why, with_form(text, answer, "fraction"))


def _boole(text: str, left: Fraction, right: Fraction) -> Fraction:
    """Integrate by Boole's rule, which is exact for polynomials up to degree 5."""
    step = (right - left) / 4
    values = [evaluate(text, left + place * step) for place in range(5)]
    return Fraction(2 * step / 45 * sum(w * value for w, value in zip((7, 32, 12, 32, 7), values, strict=True)))


def _solve_integral(problem: Problem) -> Number:
    f, rule = problem["f"], problem["rule"]
    if rule in ("definite", "product"):
        return _boole(f, Fraction(problem["from"]), Fraction(problem["to"]))
    if rule == "between":
        f = f"({f}) - ({problem['line']})"
        crossings = [x for x in range(-20, 21) if evaluate(f, Fraction(x)) == 0]
        return abs(_boole(f, Fraction(min(crossings)), Fraction(max(crossings))))
    # The sign changes at integers only, so that every unit interval lies on one side of the axis.
    return sum(
        (abs(_boole(f, Fraction(x), Fraction(x + 1))) for x in range(problem["from"], problem["to"])), Fraction(0)
    )


def _extremum(rng: Random, level: int) -> Draft | None:
    rules = (["minimum", "maximum"], ["local_maximum", "local_minimum"], ["closed_maximum", "closed_minimum", "price"])
    rule = rng.choice(rules[level - 1])
    if rule == "price":
        return _best_price(rng)
    given: dict[str, int] = {}
    if level == 1:
        a, top = rng.randint(1, 5), nonzero(rng, 6)
        f = [a if rule == "minimum" else -a]
        f += [-2 * f[0] * top, f[0] * top * top + nonzero(rng, 30)]
        answer, why = _at(f, top), f"The vertex is at x = {top}."
    else:
        p, q = sorted(rng.sample(range(-4, 5), 2))
        # A derivative of 3k(x - p)(x - q), or 6k of it where p + q is odd, has an integer antiderivative.
        factor = rng.choice([1, 2]) * (1 if (p + q) % 2 == 0 else 2)
        f = [factor, -3 * factor * (p + q) // 2, 3 * factor * p * q, nonzero(rng, 20)]
        values = {"local_maximum": _at(f, p), "local_minimum": _at(f, q)}
        if level == 2:
            answer, why = values[rule], f"The derivative is {3 * factor}(x - ({p}))(x - ({q}))."
        else:
            given = {"a": p - rng.randint(0, 3), "b": q + rng.randint(-1, 3)}
            if given["b"] <= given["a"] + 1:
                return None
            inside = [point for point in (p, q) if given["a"] <= point <= given["b"]]
            points = sorted({given["a"], given["b"], *inside})
            reached = {point: _at(f, point) for point in points}
            answer = max(reached.values()) if rule == "closed_maximum" else min(reached.values())
            why = "; ".join(f"f({point}) = {value}" for point, value in reached.items()) + "."
    text = phrase(rng, _WORDING["extremum"][rule], f=polynomial(f), **given)
    return Draft({"form": "integer", "rule": rule, "f": expression(f)} | given, answer, why, text)


def _best_price(rng: Random) -> Draft | None:
    given = {"c": rng.randint(8, 60), "n": rng.randint(60, 400), "k": rng.randint(2, 10), "x": 0}
    given["x"] = given["c"] + rng.randint(4, 30)
    margin = given["x"] - given["c"]
    # (margin + t)(n - kt) is largest half-way between its zeros.
    best = (Fraction(given["n"], given["k"]) - margin) / 2
    profit = (margin + best) * (given["n"] - given["k"] * best)
    if best.denominator != 1 or best <= 0:
        return None
    text = phrase(rng, _WORDING["extremum"]["price"], **given)
    why = f"The profit at {best} more is ({margin} + {best})({given['n']} - {given['k']} × {best})."
    return Draft({"form": "integer", "rule": "price"} | given, profit, why, text)


def _solve_extremum(problem: Problem) -> Number:
    rule = problem["rule"]
    if rule == "price":
        margin = problem["x"] - problem["c"]
        return Fraction(max((margin + raised) * (problem["n"] - problem["k"] * raised) for raised in range(1000)))
    series = {x: evaluate(problem["f"], Series.variable(x)).coefficients for x in range(-12, 13)}
    flat = {x: taylor for x, taylor in series.items() if taylor[1] == 0}
    if rule.startswith("closed"):
        inside = [x for x in range(problem["a"], problem["b"] + 1) if x in flat or x in (problem["a"], problem["b"])]
        values = [Fraction(series[x][0]) for x in inside]
        return max(values) if rule == "closed_maximum" else min(values)
    downwards = rule in ("maximum", "local_maximum")
    return unique([taylor[0] for taylor in flat.values() if (taylor[2] < 0) == downwards])


def _tangent(rng: Random, level: int) -> Draft | None:
    rule = ("intercept", "touching", "parameters")[level - 1]
    wording = _WORDING["tangent"][rule]
    a = nonzero(rng, 4)
    if rule == "intercept":
        f = _draw_polynomial(rng, rng.choice([2, 3]))
        height, slope = _at(f, a), _at(_derived(f), a)
        problem: Problem = {"f": expression(f), "at": a}
        answer, why = height - slope * a, f"y - ({height}) = {slope}(x - ({a}))."
        text = phrase(rng, wording, f=polynomial(f), a=a, fa=height)
    elif rule == "touching":
        f = [nonzero(rng, 4), nonzero(rng, 9), nonzero(rng, 12)]
        slope, height = _at(_derived(f), a), _at(f, a)
        if abs(slope) < 2:
            return None
        problem = {"f": expression(f), "slope": int(slope)}
        answer, why = height - slope * a, f"They touch at x = {a}, where the slope is {slope} and y = {height}."
        text = phrase(rng, wording, f=polynomial(f), k=slope)
    else:
        p, q = nonzero(rng, 9), nonzero(rng, 12)
        slope, height = Fraction(3 * a * a + p), Fraction(a**3 + p * a + q)
        line = [int(slope), int(height - slope * a)]
        if 0 in line:
            return None
        problem = {"at": a, "line": line}
        answer, why = Fraction(p + q), f"3 × ({a})^2 + a = {slope} gives a = {p}; the point gives b = {q}."
        text = phrase(rng, wording, a=a, line=polynomial(line))
    return Draft({"form": "integer", "rule": rule} | problem, answer, why, text)


def _solve_tangent(problem: Problem) -> Number:
    if problem["rule"] == "intercept":
        value, slope, *_ = evaluate(problem["f"], Series.variable(problem["at"])).coefficients
        return Fraction(value - slope * problem["at"])
    if problem["rule"] == "touching":
        found = []
        for x in range(-10, 11):
            value, slope, *_ = evaluate(problem["f"], Series.variable(x)).coefficients
            if slope == problem["slope"]:
                found.append(value - slope * x)
        return unique(found)
    slope, shift = problem["line"]
    x, found = problem["at"], []
    for p in range(-60, 61):
        value, steepness, *_ = evaluate(f"x**3 + ({p})*x", Series.variable(x)).coefficients
        found += [p + q for q in range(-200, 201) if steepness == slope and value + q == slope * x + shift]
    return unique(found)


def _limit(rng: Random, level: int) -> Draft | None:
    a = nonzero(rng, 6)
    if level == 3 and rng.random() < 0.5:
        return _limit_of_root(rng, a)
    if level == 2 and rng.random() < 0.5:
        degree = rng.choice([2, 3])
        top, bottom = ([nonzero(rng, 9), *(nonzero(rng, 9) for _ in range(degree))] for _ in range(2))
        answer = Fraction(top[0], bottom[0])
        text = phrase(rng, _WORDING["limit"]["infinity"], f=polynomial(top), second=polynomial(bottom))
        why = f"Only the terms in x^{degree} matter."
        problem: Problem = {"form": "fraction", "top": expression(top), "bottom": expression(bottom), "at": "infinity"}
        return Draft(problem, answer, why, with_form(text, answer, "fraction"))
    p, q = nonzero(rng, 7), nonzero(rng, 7)
    common = [a, a] if level == 3 else [a]
    top = expand([*common, p], rng.choice([1, 2, 3]))
    bottom = expand(common if level == 1 else [*common, q], rng.choice([1, 2, 5]))
    if len({a, p, q}) < 3:
        return None
    answer = Fraction(top[0] * (a - p), bottom[0] * (1 if level == 1 else a - q))
    text = phrase(rng, _WORDING["limit"]["point"], f=polynomial(top), second=polynomial(bottom), a=a)
    why = f"Cancel (x - ({a})){'^2' if level == 3 else ''}."
    problem = {"form": "fraction", "top": expression(top), "bottom": expression(bottom), "at": a}
    return Draft(problem, answer, why, with_form(text, answer, "fraction"))


def _limit_of_root(rng: Random, a: int) -> Draft | None:
    k, slope, p = rng.randint(2, 7), nonzero(rng, 6), nonzero(rng, 6)
    inner, bottom = [slope, k * k - slope * a], expand([a, p])
    if p == a or inner[1] == 0:
        return None
    answer = Fraction(slope, 2 * k * (a - p))
    text = phrase(rng, _WORDING["limit"]["root"], f=polynomial(inner), k=k, second=polynomial(bottom), a=a)
    why = f"Multiply by the root plus {k}: {slope}/(2 × {k} × ({a} - ({p})))."
    problem = {"form": "fraction", "root": expression(inner), "less": k, "bottom": expression(bottom), "at": a}
    return Draft(problem, answer, why, with_form(text, answer, "fraction"))


def _solve_limit(problem: Problem) -> Number:
    if problem["at"] == "infinity":
        # In 1/x both are series; the ratio of the values at two huge integers closes in on one simple fraction.
        near = [
            evaluate(problem["top"], x) / evaluate(problem["bottom"], x) for x in (Fraction(10**9), Fraction(10**12))
        ]
        return unique([value.limit_denominator(100) for value in near])
    variable = Series.variable(problem["at"])
    bottom = evaluate(problem["bottom"], variable).coefficients
    if "root" in problem:
        inner = evaluate(problem["root"], variable).coefficients
        root = Fraction(isqrt(int(inner[0])))
        top = [root - problem["less"], inner[1] / (2 * root)]
    else:
        top = evaluate(problem["top"], variable).coefficients
    order = next(place for place, factor in enumerate(bottom) if factor)
    if any(top[:order]):
        raise ValueError("the fraction has no limit there")
    return Fraction(top[order] / bottom[order])


KINDS = (
    Kind("derivative", "calculus", _derivative, _solve_derivative),
    Kind("integral", "calculus", _integral, _solve_integral),
    Kind("extremum", "calculus", _extremum, _solve_extremum),
    Kind("tangent", "calculus", _tangent, _solve_tangent),
    Kind("limit", "calculus", _limit, _solve_limit),
)
