"""Calculation, word problems about amounts: changes in per cent, discounts, profit and tax, units."""

from fractions import Fraction
from random import Random

from benchharness.tasks.generators._calculation_formulas import with_form
from benchharness.tasks.generators._calculation_rates import linear_root
from benchharness.tasks.generators._numeric_rows import Draft, Kind, Number, Problem, unique, write_decimal
from benchharness.tasks.generators._wording import draw_people, fill, phrase, read_wording

_WORDING = read_wording("calculation")


def _percent_chain(rng: Random, level: int) -> Draft | None:
    rule = ("final", "original", "overall")[level - 1]
    p, q = rng.randint(1, 8) * 5, rng.randint(1, 8) * 5
    x = rng.randint(4, 90) * 100
    after = Fraction(x * (100 + p) * (100 - q), 10000)
    given = {"p": p, "q": q}
    if rule == "overall":
        p, q, r = (rng.randint(1, 15) * 2 for _ in range(3))
        given = {"p": p, "q": q, "r": r}
        change = Fraction((100 + p) * (100 + r) * (100 - q), 10**6) - 1
        text = phrase(rng, _WORDING["percent_chain"][rule], **given)
        why = f"(1 + {p}%)(1 + {r}%)(1 - {q}%) - 1."
        return Draft({"form": "percent", "rule": rule} | given, change, why, with_form(text, change, "percent"))
    if after.denominator != 1 or p == q:
        return None
    given["x" if rule == "final" else "y"] = x if rule == "final" else int(after)
    (one,) = draw_people(rng, 1)
    text = phrase(rng, _WORDING["percent_chain"][rule], one=one, **given)
    why = f"{x} × (1 + {p}%) × (1 - {q}%) = {after}."
    return Draft({"form": "integer", "rule": rule} | given, after if rule == "final" else x, why, text)


def _solve_percent_chain(problem: Problem) -> Number:
    def after(amount: Fraction) -> Fraction:
        amount += amount * problem["p"] / 100
        amount += amount * problem.get("r", 0) / 100
        return Fraction(amount - amount * problem["q"] / 100)

    if problem["rule"] == "final":
        return after(Fraction(problem["x"]))
    if problem["rule"] == "original":
        growth, fall = 100 + problem["p"], 100 - problem["q"]
        return unique([x for x in range(1, 10001) if x * growth * fall == problem["y"] * 10000])
    return after(Fraction(100)) / 100 - 1


def _discount(rng: Random, level: int) -> Draft | None:
    rule = ("coupon", rng.choice(["original", "fee"]), rng.choice(["compare", "bundle"]))[level - 1]
    off = rng.choice([5, 10, 12, 15, 20, 25, 30, 40])
    x, c = rng.randint(8, 120) * 10, rng.randint(2, 18) * 5
    (one,) = draw_people(rng, 1)
    paid = Fraction(x * (100 - off), 100)
    given = {"x": x, "off": off, "c": c}
    if rule == "coupon":
        answer, why = paid - c, f"{x} × {100 - off}% - {c}."
    elif rule in ("original", "fee"):
        final = paid - c if rule == "original" else paid + c
        given = {"y": int(final), "off": off, "c": c}
        answer, why = Fraction(x), f"{x} × {100 - off}% {'-' if rule == 'original' else '+'} {c} = {final}."
        if final.denominator != 1:
            return None
    elif rule == "compare":
        given |= {"x": rng.randint(60, 480) * 10, "step": rng.choice([100, 200, 300, 500])}
        given["c"] = rng.choice([8, 10, 12, 15, 20, 25]) * given["step"] // 100
        first = Fraction(given["x"] * (100 - off), 100)
        second = given["x"] - given["x"] // given["step"] * given["c"]
        answer = abs(first - second)
        why = f"{write_decimal(first)} in one, {second} in the other."
    else:
        given = {"x": rng.randint(4, 30), "off": off, "k": rng.randint(3, 6), "n": rng.randint(14, 70)}
        x, k, n = given["x"], given["k"], given["n"]
        bundle, reduced = x * (n - n // (k + 1)), Fraction(n * x * (100 - off), 100)
        answer = min(Fraction(bundle), reduced)
        why = f"{bundle} with the free ones, {write_decimal(reduced)} with the reduction."
    if answer <= 0 or (answer * 10).denominator != 1:
        return None
    shown = given | {"fold": write_decimal(Fraction(100 - off, 10)), "one": one}
    text = with_form(phrase(rng, _WORDING["discount"][rule], **shown), answer, "decimal")
    return Draft({"form": "decimal", "rule": rule} | given, answer, why, text)


def _solve_discount(problem: Problem) -> Number:
    rule, share = problem["rule"], 1 - Fraction(problem["off"], 100)
    if rule == "coupon":
        return Fraction(problem["x"] * share - problem["c"])
    if rule in ("original", "fee"):
        extra = -problem["c"] if rule == "original" else problem["c"]
        return linear_root(lambda x: x * share + extra - problem["y"])
    if rule == "compare":
        price, rest = Fraction(problem["x"]), problem["x"]
        while rest >= problem["step"]:
            rest -= problem["step"]
            price -= problem["c"]
        return Fraction(abs(price - problem["x"] * share))
    received = paid = 0
    while received < problem["n"]:
        received += 1
        paid += 1
        if paid % problem["k"] == 0:
            received += 1
    return Fraction(min(Fraction(paid * problem["x"]), problem["n"] * problem["x"] * share))


def _profit_and_tax(rng: Random, level: int) -> Draft | None:
    rule = ("profit", "rate", rng.choice(["tax", "net", "break_even"]))[level - 1]
    (one,) = draw_people(rng, 1)
    scene = rng.choice(_WORDING["profit_and_tax"][rule])
    form, shown = "decimal", {}
    if rule == "profit":
        given = {"c": rng.randint(12, 90), "n": rng.randint(12, 80), "p": rng.randint(2, 14) * 5}
        answer = Fraction(given["c"] * given["n"] * given["p"], 100)
        why = f"{given['n']} × {given['c']} × {given['p']}%."
    elif rule == "rate":
        given = {"p": rng.randint(4, 20) * 5, "off": rng.choice([5, 10, 15, 20, 25, 30, 35, 40])}
        form, shown = "percent", {"fold": write_decimal(Fraction(100 - given["off"], 10))}
        answer = Fraction((100 + given["p"]) * (100 - given["off"]), 10000) - 1
        why = f"(1 + {given['p']}%)(1 - {given['off']}%) - 1."
    elif rule == "break_even":
        costs = rng.randint(*scene["cost"])
        given = {"f": rng.randint(20, 160) * 100, "c": costs, "x": costs + rng.randint(*scene["gap"])}
        given["p"] = rng.choice([5, 10, 15, 20, 25])
        margin = given["x"] - given["c"] - Fraction(given["x"] * given["p"], 100)
        if margin < 2:
            return None
        form, answer = "integer", Fraction(-(-given["f"] // margin))
        why = f"Each sale brings {write_decimal(margin)}; {given['f']}/{write_decimal(margin)}, rounded up."
    else:
        free = rng.randint(3, 20) * 500
        given = {"free": free, "next": free + rng.randint(4, 20) * 500, "p": rng.choice([3, 5, 8, 10]), "x": 0}
        given |= {"q": given["p"] + rng.choice([5, 10, 15]), "x": given["next"] + rng.randint(3, 90) * 100}
        first, second = given["next"] - free, given["x"] - given["next"]
        tax = Fraction(first * given["p"] + second * given["q"], 100)
        answer = tax if rule == "tax" else given["x"] - tax
        why = f"The tax is {first} × {given['p']}% + {second} × {given['q']}% = {tax}."
    if (answer * 10000).denominator != 1 or answer == 0:
        return None
    text = fill(scene["text"] if rule == "break_even" else scene, one=one, **given, **shown)
    return Draft({"form": form, "rule": rule} | given, answer, why, with_form(text, answer, form))


def _solve_profit_and_tax(problem: Problem) -> Number:
    rule, p = problem["rule"], Fraction(problem["p"], 100)
    if rule == "profit":
        return Fraction(sum(problem["c"] * (1 + p) - problem["c"] for _ in range(problem["n"])))
    if rule == "rate":
        cost = Fraction(100)
        marked = cost + cost * p
        return Fraction((marked - marked * problem["off"] / 100 - cost) / cost)
    if rule == "break_even":
        sold, balance = 0, Fraction(-problem["f"])
        while balance < 0:
            sold += 1
            balance += problem["x"] - problem["c"] - problem["x"] * p
        return sold
    tax = Fraction(0)
    for unit in range(0, problem["x"], 100):  # in steps of 100, of which all thresholds are multiples
        if unit >= problem["next"]:
            tax += problem["q"]
        elif unit >= problem["free"]:
            tax += problem["p"]
    return tax if rule == "tax" else problem["x"] - tax


_UNIT_RULES = (("per_second", "per_hour", "per_minute"), ("leak", "pack", "seed"), ("fuel", "pump"))


def _unit_conversion(rng: Random, level: int) -> Draft | None:
    rule = rng.choice(_UNIT_RULES[level - 1])
    scene = rng.choice(_WORDING["unit_conversion"][rule])
    given: dict[str, int] = {}
    shown: dict[str, object] = {}
    if rule == "per_second":
        given = {"x": rng.randint(22, 39) * 9}
        answer, why = Fraction(given["x"] * 1000, 3600), f"{given['x']} × 1000/3600."
    elif rule == "per_minute":
        given = {"x": rng.randint(*scene["x"]) * 3}
        answer, why = Fraction(given["x"] * 1000, 60), f"{given['x']} × 1000/60."
    elif rule == "per_hour":
        given = {"z": rng.randint(*scene["z"])}
        answer, why = Fraction(given["z"] * 3600, 1000), f"{given['z']} × 3600/1000."
    elif rule == "leak":
        given = {"x": rng.randint(4, 60), "n": rng.randint(3, 14)}
        answer, why = Fraction(given["x"] * 1440 * given["n"], 1000), f"{given['x']} × 1440 × {given['n']}/1000."
    elif rule == "pack":
        given = {"x": rng.choice([4, 5, 6, 8, 9, 10, 12, 15, 16, 18, 20, 24]), "n": rng.randint(5, 22)}
        answer, why = Fraction(3600 * given["n"], given["x"]), f"{given['n']} × 3600/{given['x']}."
    elif rule == "seed":
        given = {"x": rng.randint(2, 40), "n": rng.randint(3, 35)}
        answer, why = Fraction(given["x"] * 10000 * given["n"], 1000), f"{given['x']} × 10000 × {given['n']}/1000."
    else:
        given = {"u": rng.randint(5, 12), "tenths": rng.randint(62, 89), "v": rng.randint(8, 24) * 5}
        if rule == "pump":
            given |= {"u": rng.randint(15, 45), "tenths": rng.randint(4, 9)}
        given["m"] = rng.randint(3, 20) * 12
        shown["p"] = write_decimal(Fraction(given["tenths"], 10))
        answer = Fraction(given["v"] * given["m"] * given["u"] * given["tenths"], 60 * 100 * 10)
        why = f"{given['v']} × {given['m']}/60 × {given['u']}/100 × {shown['p']}."
    if (answer * 100).denominator != 1:
        return None
    template = scene["text"] if isinstance(scene, dict) else scene
    text = with_form(fill(template, **given, **shown), answer, "decimal")
    return Draft({"form": "decimal", "rule": rule} | given, answer, why, text)


def _solve_unit_conversion(problem: Problem) -> Number:
    rule = problem["rule"]
    second, minute, hour = Fraction(1), Fraction(60), Fraction(3600)
    metre, kilometre = Fraction(1), Fraction(1000)
    if rule in ("per_second", "per_minute"):
        return Fraction(problem["x"] * kilometre / hour * (second if rule == "per_second" else minute) / metre)
    if rule == "per_hour":
        return linear_root(lambda speed: speed * kilometre / hour - problem["z"] * metre / second)
    if rule == "leak":
        return sum(Fraction(problem["x"], 1000) * 60 for _ in range(24 * problem["n"]))
    if rule == "pack":
        return len(range(problem["x"], 3600 * problem["n"] + 1, problem["x"]))
    if rule == "seed":
        gram_per_hectare = sum(problem["n"] * 100 for _ in range(100))
        return Fraction(problem["x"] * gram_per_hectare, 1000)
    cost_per_unit = Fraction(problem["u"], 100) * Fraction(problem["tenths"], 10)
    return sum(Fraction(problem["v"], 60) * cost_per_unit for _ in range(problem["m"]))


KINDS = (
    Kind("percent_chain", "word_problems", _percent_chain, _solve_percent_chain),
    Kind("discount", "word_problems", _discount, _solve_discount),
    Kind("profit_and_tax", "word_problems", _profit_and_tax, _solve_profit_and_tax),
    Kind("unit_conversion", "word_problems", _unit_conversion, _solve_unit_conversion),
)
