"""Calculation, algebra: equations, systems, sequences, inequalities, powers."""

from fractions import Fraction
from random import Random

from benchharness.tasks.generators._calculation_formulas import (
    determinant,
    evaluate,
    expand,
    linear_form,
    nonzero,
    plus,
    polynomial,
    with_form,
)
from benchharness.tasks.generators._numeric_rows import Draft, Kind, Number, Problem, unique
from benchharness.tasks.generators._wording import Words, phrase, read_wording

_WORDING = read_wording("calculation")


def _linear_equation(rng: Random, level: int) -> Draft | None:
    if level == 3:
        return _linear_equation_with_fractions(rng)
    root = nonzero(rng, 15)
    if level == 1:
        a, b = rng.randint(3, 19), nonzero(rng, 40)
        left, shown, right = f"{a}*x + ({b})", f"{a}x {plus(b)}", a * root + b
    else:
        a, c = rng.sample(range(2, 10), 2)
        b, d, e = nonzero(rng, 9), nonzero(rng, 9), nonzero(rng, 4)
        if a == c * e:
            return None
        left = f"{a}*(x + ({b})) - {c}*({e}*x + ({d}))"
        shown = f"{a}(x {plus(b)}) - {c}({polynomial([e, d])})"
        right = a * (root + b) - c * (e * root + d)
    why = f"At x = {root} the left side is {right}, and a linear equation has one solution."
    text = phrase(rng, _WORDING["linear_equation"], left=shown, right=right)
    return Draft({"form": "integer", "left": left, "right": right}, root, why, text)


def _linear_equation_with_fractions(rng: Random) -> Draft | None:
    p, q = rng.sample((2, 3, 4, 5, 6), 2)
    a, b, c, right = rng.randint(2, 7), nonzero(rng, 9), nonzero(rng, 9), nonzero(rng, 10)
    slope = Fraction(a, p) - Fraction(1, q)
    if slope == 0:
        return None
    root = (right - Fraction(b, p) + Fraction(c, q)) / slope
    if root.denominator > 40 or root == 0:
        return None
    shown = rf"\frac{{{polynomial([a, b])}}}{{{p}}} - \frac{{x {plus(c)}}}{{{q}}}"
    text = phrase(rng, _WORDING["linear_equation"], left=shown, right=right)
    problem = {"form": "fraction", "left": f"({a}*x + ({b}))/{p} - (x + ({c}))/{q}", "right": right}
    why = f"Collecting terms gives ({slope}) x = {slope * root}, so x = {root}."
    return Draft(problem, root, why, with_form(text, root, "fraction"))


def _solve_linear_equation(problem: Problem) -> Number:
    at_zero, at_one = (evaluate(problem["left"], Fraction(x)) - problem["right"] for x in (0, 1))
    return Fraction(at_zero / (at_zero - at_one))


def _linear_system(rng: Random, level: int) -> Draft | None:
    names = "xy" if level < 3 else "xyz"
    values = [nonzero(rng, 12) for _ in names]
    rows = [[nonzero(rng, 6) for _ in names] for _ in names]
    if level == 1:
        rows[0][rng.randrange(2)] = 1
    if determinant(rows) == 0:
        return None
    sums = [sum(a * value for a, value in zip(row, values, strict=True)) for row in rows]
    factors = [1] * len(names) if level == 1 else [nonzero(rng, 5) for _ in names]
    shown = r" \\ ".join(f"{linear_form(row, names)} = {total}" for row, total in zip(rows, sums, strict=True))
    symbols = [f"${name}$" for name in names]
    solution = ", ".join(f"{name} = {value}" for name, value in zip(names, values, strict=True))
    return Draft(
        {"form": "integer", "rows": rows, "sums": sums, "ask": factors},
        sum(a * value for a, value in zip(factors, values, strict=True)),
        f"The only solution is {solution}.",
        phrase(
            rng,
            _WORDING["linear_system"],
            rows=shown,
            ask=linear_form(factors, names),
            names=Words("、".join(symbols), ", ".join(symbols[:-1]) + f" and {symbols[-1]}"),
        ),
    )


def _solve_linear_system(problem: Problem) -> Number:
    rows, sums = problem["rows"], problem["sums"]
    whole = determinant(rows)
    total = Fraction(0)
    for column, factor in enumerate(problem["ask"]):
        replaced = [[*row[:column], value, *row[column + 1 :]] for row, value in zip(rows, sums, strict=True)]
        total += factor * Fraction(determinant(replaced), whole)
    return total


_SYMMETRIC = {
    "squares": r"\alpha^2 + \beta^2",
    "difference": r"(\alpha - \beta)^2",
    "shifted": r"(\alpha + 1)(\beta + 1)",
    "cubes": r"\alpha^3 + \beta^3",
    "ratios": r"\frac{\alpha}{\beta} + \frac{\beta}{\alpha}",
    "inverses": r"\frac{1}{\alpha^2} + \frac{1}{\beta^2}",
}


def _quadratic(rng: Random, level: int) -> Draft | None:
    wording = _WORDING["quadratic"]
    if level == 1:
        low, high = sorted(rng.sample([*range(-15, 0), *range(1, 16)], 2))
        ask = rng.choice(["larger", "smaller"])
        coefficients = expand([low, high], rng.choice([1, 1, 2, 3]))
        text = phrase(rng, wording[ask], equation=polynomial(coefficients))
        why = f"The left side is {coefficients[0]}(x - ({low}))(x - ({high}))."
        problem = {"form": "integer", "coefficients": coefficients, "ask": ask}
        return Draft(problem, high if ask == "larger" else low, why, text)
    a, b, c = (rng.randint(1, 4) if level == 3 else 1), nonzero(rng, 13), nonzero(rng, 12)
    if b * b - 4 * a * c <= 0:
        return None
    s, p = Fraction(-b, a), Fraction(c, a)
    ask = rng.choice(["squares", "difference", "shifted"] if level == 2 else ["cubes", "ratios", "inverses"])
    answer = {
        "squares": s * s - 2 * p,
        "difference": s * s - 4 * p,
        "shifted": p + s + 1,
        "cubes": s**3 - 3 * s * p,
        "ratios": (s * s - 2 * p) / p,
        "inverses": (s * s - 2 * p) / p**2,
    }[ask]
    text = phrase(rng, wording["symmetric"], equation=polynomial([a, b, c]), ask=_SYMMETRIC[ask])
    why = f"By Vieta the sum of the roots is {s} and their product {p}."
    return Draft(
        {"form": "fraction", "coefficients": [a, b, c], "ask": ask}, answer, why, with_form(text, answer, "fraction")
    )


def _solve_quadratic(problem: Problem) -> Number:
    a, b, c = problem["coefficients"]
    if problem["ask"] in ("larger", "smaller"):
        roots = [x for x in range(-100, 101) if a * x * x + b * x + c == 0]
        return max(roots) if problem["ask"] == "larger" else min(roots)
    # Symmetric functions of the roots are traces and determinants of a matrix that has them as eigenvalues.
    m = [[Fraction(0), Fraction(-c, a)], [Fraction(1), Fraction(-b, a)]]
    square = _product(m, m)
    cube = _product(square, m)
    norm = m[0][0] * m[1][1] - m[0][1] * m[1][0]
    squares = square[0][0] + square[1][1]
    values = {
        "squares": squares,
        "difference": squares - 2 * norm,
        "shifted": (m[0][0] + 1) * (m[1][1] + 1) - m[0][1] * m[1][0],
        "cubes": cube[0][0] + cube[1][1],
        "ratios": squares / norm,
        "inverses": squares / norm**2,
    }
    return values[problem["ask"]]


def _product(a: list[list[Fraction]], b: list[list[Fraction]]) -> list[list[Fraction]]:
    return [[sum((a[i][k] * b[k][j] for k in range(2)), Fraction(0)) for j in range(2)] for i in range(2)]


def _sequence(rng: Random, level: int) -> Draft | None:
    rule = rng.choice(
        (["arithmetic", "geometric"], ["arithmetic_sum", "geometric_sum"], ["affine", "second_order", "from_sum"])[
            level - 1
        ]
    )
    a, n = nonzero(rng, 9), rng.randint(6, 9)
    b, c, d, p, q = rng.choice([2, 3, -2]), nonzero(rng, 7), nonzero(rng, 9), rng.randint(3, 5), rng.randint(7, 10)
    problem: Problem = {"form": "integer", "rule": rule, "a": a, "b": b, "c": c, "d": d, "n": n, "p": p, "q": q}
    shown: dict[str, object] = {"a": a, "b": b, "c": plus(c), "d": d, "n": n, "p": p, "q": q}
    if rule in ("arithmetic", "arithmetic_sum"):
        n, b = rng.randint(12, 40), rng.randint(2, 11)
        problem |= {"n": n, "b": b}
        shown |= {"n": n, "b": b, "u": a + (p - 1) * b, "v": a + (q - 1) * b}
        answer = a + (n - 1) * b if rule == "arithmetic" else n * a + b * n * (n - 1) // 2
        why = f"The first term is {a} and the difference {b}."
    elif rule in ("geometric", "geometric_sum"):
        answer = a * b ** (n - 1) if rule == "geometric" else a * (b**n - 1) // (b - 1)
        why = f"{a} times ({b})^{n - 1}." if rule == "geometric" else f"{a} times (({b})^{n} - 1)/({b} - 1)."
    elif rule == "from_sum":
        s = rng.randint(2, 5)
        problem |= {"b": s}
        shown |= {"sum": polynomial([s, c, 0], "n")}
        answer = s * (2 * p - 1) + c + s * (2 * q - 1) + c
        why = f"For n > 1, a_n = S_n - S_(n-1) = {polynomial([2 * s, c - s], 'n')}."
    else:
        terms = [a] if rule == "affine" else [a, d]
        while len(terms) < n:
            terms.append(b * terms[-1] + (c if rule == "affine" else c * terms[-2]))
        if abs(terms[-1]) > 20000:
            return None
        shown["c"] = plus(c) if rule == "affine" or abs(c) > 1 else plus(c)[0] + " "
        answer = terms[-1]
        why = f"The terms are {', '.join(map(str, terms))}."
    return Draft(problem, answer, why, phrase(rng, _WORDING["sequence"][rule], **shown))


def _solve_sequence(problem: Problem) -> Number:
    rule, a, b, c, n = (problem[key] for key in ("rule", "a", "b", "c", "n"))
    if rule == "from_sum":
        return Fraction(sum(b * k * k + c * k - b * (k - 1) ** 2 - c * (k - 1) for k in (problem["p"], problem["q"])))
    if rule == "affine":  # closed form about the fixed point
        fixed = Fraction(c, 1 - b)
        return Fraction(fixed + (a - fixed) * b ** (n - 1))
    if rule == "second_order":

        def term(k: int) -> int:
            return {1: a, 2: problem["d"]}[k] if k < 3 else int(b * term(k - 1) + c * term(k - 2))

        return term(n)
    terms = [a]
    for _ in range(n - 1):
        terms.append(terms[-1] + b if rule.startswith("arithmetic") else terms[-1] * b)
    return sum(terms) if rule.endswith("sum") else int(terms[-1])


def _inequality(rng: Random, level: int) -> Draft | None:
    rule = ("linear", "quadratic", rng.choice(["pairs", "absolute"]))[level - 1]
    a, b = rng.randint(2, 7), nonzero(rng, 15)
    wording = _WORDING["inequality"][rule]
    low, high, square = rng.randint(-40, -5), rng.randint(8, 70), rng.randint(5, 60)
    problem: Problem = {"form": "integer", "rule": rule, "a": a, "b": b, "low": low, "high": high, "square": square}
    if rule == "linear":
        answer = (high - b) // a - (low - b) // a
        text = phrase(rng, wording, low=low, high=high, form=polynomial([a, b]))
        why = f"({low} - ({b}))/{a} < x <= ({high} - ({b}))/{a}."
    elif rule == "quadratic":
        first, last = sorted(rng.sample(range(-12, 13), 2))
        if last - first < 4 or (form := expand([first, last], rng.choice([1, 2])))[1] * form[2] == 0:
            return None
        place = rng.randrange(2)
        problem |= {"coefficients": form, "ask": ("count", "sum")[place]}
        answer = last - first - 1 if place == 0 else (last - first - 1) * (first + last) // 2
        text = phrase(rng, wording[place : place + 1], form=polynomial(form))
        why = f"The roots are {first} and {last}; the integers strictly between them satisfy it."
    elif rule == "pairs":
        b = rng.randint(2, 7)
        problem["b"] = b
        answer = sum((high - a * x) // b for x in range(1, (high - b) // a + 1))
        text = phrase(rng, wording, high=high, form=linear_form([a, b], "xy"))
        why = f"Sum of floor(({high} - {a}x)/{b}) over x = 1, 2, …, {(high - b) // a}."
    else:
        inside = [x for x in range(-200, 201) if -high <= a * x + b <= high]
        answer = sum(x * x > square for x in inside)
        text = phrase(rng, wording, high=high, square=square, form=polynomial([a, b]))
        why = f"{inside[0]} <= x <= {inside[-1]}, without those whose square is at most {square}."
    return Draft(problem, answer, why, text) if answer else None


def _solve_inequality(problem: Problem) -> Number:
    rule, a, b, low, high = (problem[key] for key in ("rule", "a", "b", "low", "high"))
    if rule == "linear":
        return len([x for x in range(-300, 301) if low < a * x + b <= high])
    if rule == "pairs":
        return len([0 for x in range(1, 101) for y in range(1, 101) if a * x + b * y <= high])
    if rule == "quadratic":
        p, q, r = problem["coefficients"]
        found = [x for x in range(-100, 101) if p * x * x + q * x + r < 0]
        return len(found) if problem["ask"] == "count" else sum(found)
    inside = {x for x in range(-300, 301) if abs(a * x + b) <= high}
    return len(inside - {x for x in range(-20, 21) if x * x <= problem["square"]})


def _powers(rng: Random, level: int) -> Draft | None:
    wording = _WORDING["powers"]
    base, root = rng.choice([2, 3, 5]), rng.randint(2, 12)
    problem: Problem = {"form": "integer", "base": base, "rule": ("equal", "bases", "logarithm")[level - 1]}
    if level == 1:
        a = rng.randint(1, 3)
        b = nonzero(rng, 9)
        power = a * root + b
        if not 2 <= power <= {2: 12, 3: 8, 5: 6}[base]:
            return None
        text = phrase(rng, wording["equal"], base=base, form=polynomial([a, b]), value=base**power)
        why = f"{base**power} = {base}^{power}, so {polynomial([a, b])} = {power}."
        return Draft(problem | {"first": [a, b], "value": base**power}, root, why, text)
    if level == 2:
        root, exponent, a, c = nonzero(rng, 12), rng.choice([2, 3]), rng.randint(1, 5), rng.randint(1, 3)
        b = nonzero(rng, 12)
        rest = a * root + b - exponent * c * root
        if a == exponent * c or rest % exponent or rest == 0:
            return None
        forms = [a, b], [c, rest // exponent]
        first, second = (polynomial(form) for form in forms)
        text = phrase(rng, wording["bases"], base=base, other=base**exponent, form=first, second=second)
        why = f"{base**exponent} = {base}^{exponent}, so {first} = {exponent}({second})."
        return Draft(problem | {"other": base**exponent, "first": forms[0], "second": forms[1]}, root, why, text)
    power = rng.randint(3, 8) if base == 2 else rng.randint(2, 4)
    split = rng.randint(0, power - 1)
    left, right = base**split, base ** (power - split)
    root = rng.randint(2, 20)
    a, b = left - root, right - root
    if a == b or 0 in (a, b):
        return None
    text = phrase(rng, wording["logarithm"], base=base, form=f"x {plus(a)}", second=f"x {plus(b)}", value=power)
    why = f"(x {plus(a)})(x {plus(b)}) = {base**power} with both factors positive gives x = {root}."
    return Draft(problem | {"first": [1, a], "second": [1, b], "value": power}, root, why, text)


def _solve_powers(problem: Problem) -> Number:
    rule, base, first = problem["rule"], Fraction(problem["base"]), problem["first"]
    found = []
    for x in range(-60, 400):
        one = first[0] * x + first[1]
        if rule == "equal":
            holds = abs(one) < 60 and base**one == problem["value"]
        else:
            two = problem["second"][0] * x + problem["second"][1]
            if rule == "bases":
                holds = base**one == Fraction(problem["other"]) ** two
            else:
                holds = one > 0 and two > 0 and one * two == base ** problem["value"]
        if holds:
            found.append(x)
    return unique(found)


KINDS = (
    Kind("linear_equation", "algebra", _linear_equation, _solve_linear_equation),
    Kind("linear_system", "algebra", _linear_system, _solve_linear_system),
    Kind("quadratic", "algebra", _quadratic, _solve_quadratic),
    Kind("sequence", "algebra", _sequence, _solve_sequence),
    Kind("inequality", "algebra", _inequality, _solve_inequality),
    Kind("powers", "algebra", _powers, _solve_powers),
)
