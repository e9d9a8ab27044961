"""Multi-step reasoning, simulations and rules: counting out, number machines, tariffs, new operations."""

import re
from collections import deque
from fractions import Fraction
from random import Random
from typing import Any

from benchharness.tasks.generators._numeric_rows import Draft, Kind, Number, Problem, unique, write_decimal
from benchharness.tasks.generators._wording import Words, clauses, draw_people, fill, joined, read_wording

_WORDING = read_wording("multi_step_reasoning")


def ordinal(number: int) -> str:
    """Return an English ordinal in figures: 1st, 12th, 22nd."""
    ending = "th" if number % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"


def _josephus(rng: Random, level: int) -> Draft | None:
    wording = _WORDING["josephus"]
    scene = rng.choice(wording["scenes"])
    n, k = (rng.randint(9, 24), rng.randint(3, 7)) if level < 3 else (rng.randint(8, 14), rng.randint(3, 6))
    ring, order, at, step = list(range(1, n + 1)), [], 0, 1
    while ring:
        at = (at + step * (k - 1)) % len(ring)
        order.append(ring.pop(at))
        if level == 3:
            step = -step
        at = (at - (step < 0)) % len(ring) if ring else 0
    m = rng.randint(5, n - 2)
    ask = "order" if level == 2 or (level == 3 and rng.random() < 0.4) else "last"
    answer = order[-1] if ask == "last" else order[m - 1]
    parts = [
        fill(scene["text"], n=n, k=k),
        *([wording["reverse"]] if level == 3 else []),
        fill(scene[ask], m=m, mth=ordinal(m)),
    ]
    problem = {"form": "integer", "n": n, "k": k, "reverse": level == 3, "place": n if ask == "last" else m}
    why = f"They go out in the order {', '.join(map(str, order))}."
    return Draft(problem, answer, why, joined(*parts), scene["text"].en)


def _solve_josephus(problem: Problem) -> Number:
    """Turn a ring until the one to go stands in front."""
    ring = deque(range(1, problem["n"] + 1))
    clockwise, out = True, 0
    for _ in range(problem["place"]):
        ring.rotate((1 if not clockwise else -1) * (problem["k"] - 1))
        out = ring.popleft()
        clockwise = not clockwise if problem["reverse"] else True
        if not clockwise:  # the next one to be counted stands at the other end
            ring.rotate(1)
    return out


def _number_machine(rng: Random, level: int) -> Draft | None:
    wording = _WORDING["number_machine"]
    scene = rng.choice(wording["scenes"])
    given = {"x": rng.randint(11, 60), "a": rng.randint(3, 20), "b": rng.choice([2, 3, 3, 5]), "c": rng.randint(1, 15)}
    given |= {"m": rng.randint(50, 100), "k": 4 + 2 * (level - 1)}
    value, seen = given["x"], []
    for _ in range(given["k"]):
        value = value // 2 + given["a"] if value % 2 == 0 else given["b"] * value + given["c"]
        value -= given["m"] if value > given["m"] else 0
        seen.append(value)
    ask = rng.choice(["value", "sum"])
    # Short cycles and long runs of one rule would make the later steps trivial.
    if len(set(seen)) < len(seen) or len({number % 2 for number in seen[:-1]}) < 2:
        return None
    (one,) = draw_people(rng, 1)
    text = joined(*(fill(part, one=one, **given) for part in (scene, wording["rule"], wording[ask])))
    why = f"The numbers are {', '.join(map(str, seen))}."
    answer = seen[-1] if ask == "value" else sum(seen)
    return Draft({"form": "integer", "ask": ask} | given, answer, why, text, scene.en)


def _solve_number_machine(problem: Problem) -> Number:
    def after(times: int) -> int:
        if times == 0:
            return int(problem["x"])
        half, odd = divmod(after(times - 1), 2)
        following = problem["b"] * (2 * half + 1) + problem["c"] if odd else half + problem["a"]
        return int(following - problem["m"] * (following > problem["m"]))

    times = range(1, problem["k"] + 1)
    return after(problem["k"]) if problem["ask"] == "value" else sum(after(time) for time in times)


def _charge(tariff: dict[str, int], amount: int) -> int:
    """Return what an amount costs, tier by tier."""
    first = min(amount, tariff["s"])
    second = max(0, min(amount, tariff["t"]) - tariff["s"])
    third = max(0, amount - tariff["t"])
    return tariff["f"] + first * tariff["p"] + second * tariff["q"] + third * tariff["r"]


def _tariff(rng: Random, level: int) -> Draft | None:
    wording = _WORDING["tariff"]
    scene = rng.choice(wording["scenes"])
    low, high = scene["price"]
    prices = sorted(rng.sample(range(low, high + 1), 3), reverse=not scene["rising"])
    tariff = dict(zip("pqr", prices, strict=True)) | {"f": rng.randint(3, 20), "s": rng.randint(4, 12), "t": 0}
    tariff["t"] = tariff["s"] + rng.randint(5, 15)
    x, y = tariff["t"] + rng.randint(3, 25), rng.randint(tariff["s"] + 2, tariff["t"] + 15)
    due = _charge(tariff, x)
    (one,) = draw_people(rng, 1)
    shown: dict[str, object] = {"one": one, "use": fill(scene["use"], x=x)}
    if level == 1:
        asked = {"x": x}
        answer, why = Fraction(due), f"The fee and the three tiers make {due}."
    elif level == 2:
        asked = {"x": x, "y": y, "off": rng.choice([5, 10, 15, 20, 25])}
        second = _charge(tariff, y)
        shown |= {"fold": write_decimal(Fraction(100 - asked["off"], 10)), "use2": fill(scene["use"], x=y)}
        shown |= {"first": scene["first"], "second": scene["second"]}
        answer = due + Fraction(second * (100 - asked["off"]), 100)
        why = f"{due} the first time; {second} less {asked['off']}% the second time."
        if x == y or answer.denominator != 1:
            return None
    else:
        c = rng.randint(5, 40)
        asked = {"c": c, "rest": due - c}
        shown["much"] = scene["much"]
        answer, why = Fraction(x), f"{due} was due; less the fee it is {due - tariff['f']}, and {x} costs as much."
        if due <= c + 20:
            return None
    rule = ("single", "double", "inverse")[level - 1]
    opening = fill(scene["text"], note=rng.randint(3, 18), **tariff)
    problem = {"form": "integer", "tariff": tariff, "rule": rule} | asked
    text = joined(opening, fill(wording[rule], **asked, **shown))
    return Draft(problem, answer, why, text, scene["text"].en)


def _solve_tariff(problem: Problem) -> Number:
    """Add up the price of one unit after another."""
    tariff = problem["tariff"]

    def bill(amount: int) -> int:
        total = tariff["f"]
        for unit in range(1, amount + 1):
            total += tariff["p"] if unit <= tariff["s"] else tariff["q"] if unit <= tariff["t"] else tariff["r"]
        return int(total)

    if problem["rule"] == "single":
        return bill(problem["x"])
    if problem["rule"] == "double":
        return bill(problem["x"]) + bill(problem["y"]) - Fraction(bill(problem["y"]) * problem["off"], 100)
    return unique([amount for amount in range(300) if bill(amount) - problem["c"] == problem["rest"]])


def _apply(rule: dict[str, Any], a: int, b: int) -> int:
    p, q, r = rule["p"], rule["q"], rule["r"]
    values = {
        "linear": p * a + q * b - r,
        "product": a * b - p * a + r,
        "larger": p * max(a, b) - min(a, b) + r,
        "remainder": (p * a + q * b) % r,
    }
    return int(values[rule["kind"]])


def _draw_operation(rng: Random, kind: str) -> dict[str, Any]:
    low, high = {"remainder": (11, 29)}.get(kind, (2, 12))
    return {"kind": kind, "p": rng.randint(2, 4), "q": rng.randint(2, 4), "r": rng.randint(low, high)}


_SHAPES = (
    "(({0}★{1})◎{2})★({3}◎{4})",
    "({0}◎{1})★(({2}★{3})◎{4})",
    "((({0}★{1})★{2})◎{3})◎{4}",
    "({0}★({1}◎{2}))◎({3}★{4})",
    "(({0}◎{1})◎{2})★({3}★{4})",
)


def _operator(rng: Random, level: int) -> Draft | None:
    wording = _WORDING["operator"]
    scene = rng.choice(wording["scenes"])
    kinds = rng.sample(["linear", "product", "larger"], 2) if level < 3 else ["linear", "larger"]
    if level == 2:
        kinds[rng.randrange(2)] = "remainder"
    rules = {sign: _draw_operation(rng, kind) for sign, kind in zip("★◎", kinds, strict=True)}
    numbers = [rng.randint(2, 12) for _ in range(5)]
    shape = rng.choice(_SHAPES)
    hidden = rng.randrange(5)
    shown = shape.format(*(("x" if level == 3 and place == hidden else n) for place, n in enumerate(numbers)))
    steps: list[int] = []

    def value(text: str) -> int:
        """Evaluate from the outside in, splitting at the outermost sign."""
        if text.isdigit():
            return int(text)
        depth = 0
        for place, sign in enumerate(text):
            depth += {"(": 1, ")": -1}.get(sign, 0)
            if depth == 0 and sign in rules:
                left, right = (
                    part[1:-1] if part.startswith("(") else part for part in (text[:place], text[place + 1 :])
                )
                steps.append(_apply(rules[sign], value(left), value(right)))
                return steps[-1]
        raise AssertionError(text)

    result = value(shape.format(*numbers))
    if min(steps) < 0 or max(steps) > 5000:
        return None
    signs = [
        fill(wording[name], rule=fill(wording["rules"][rule["kind"]], **rule))
        for name, rule in zip(("first", "second"), rules.values(), strict=True)
    ]
    listed = clauses(signs)
    top = 20
    question = fill(
        wording["unknown" if level == 3 else "value"],
        expression=re.sub("[★◎]", r" \g<0> ", shown),
        result=result,
        top=top,
    )
    problem: Problem = {"form": "integer", "rules": rules, "expression": shown}
    if level == 3:
        problem |= {"result": result, "top": top}
        try:
            _solve_operator(problem)
        except ValueError:
            return None
    text = joined(scene, Words(listed.zh + "。", listed.en + "."), question)
    why = f"The operations give {', '.join(map(str, steps))}" + (f" for x = {numbers[hidden]}." if level == 3 else ".")
    return Draft(problem, numbers[hidden] if level == 3 else result, why, text, scene.en)


_INNERMOST = re.compile(r"\((-?\d+)([★◎])(-?\d+)\)")


def _solve_operator(problem: Problem) -> Number:
    """Replace innermost operations by their results until a number is left."""

    def reduce(text: str) -> int:
        text = f"({text})"
        while match := _INNERMOST.search(text):
            found = _apply(problem["rules"][match[2]], int(match[1]), int(match[3]))
            text = f"{text[: match.start()]}{found}{text[match.end() :]}"
        return int(text)

    if "result" not in problem:
        return reduce(problem["expression"])
    fitting = [
        x
        for x in range(1, problem["top"] + 1)
        if reduce(problem["expression"].replace("x", str(x))) == problem["result"]
    ]
    return unique(fitting)


KINDS = (
    Kind("josephus", "simulation", _josephus, _solve_josephus),
    Kind("number_machine", "simulation", _number_machine, _solve_number_machine),
    Kind("tariff", "rules", _tariff, _solve_tariff),
    Kind("operator", "rules", _operator, _solve_operator),
)
