"""Calculation, number theory: divisors, multiples, remainders, digits."""

from fractions import Fraction
from math import comb, factorial, gcd, lcm, prod
from random import Random

from benchharness.tasks.generators._numeric_rows import Draft, Kind, Number, Problem
from benchharness.tasks.generators._wording import draw_people, fill, phrase, read_wording

_WORDING = read_wording("calculation")
_CATEGORY = "number_theory_and_geometry"


def _gcd_lcm(rng: Random, level: int) -> Draft | None:
    rule = ("gcd", "lcm", rng.choice(["three", "remainders"]))[level - 1]
    if rule == "gcd":
        common = rng.randint(6, 48)
        p, q = rng.sample(range(2, 12), 2)
        values, why = [common * p, common * q], f"{common} × {p} and {common} × {q}."
        answer = gcd(*values)
    elif rule == "lcm":
        values = rng.sample(range(6, 46), 2)
        answer = lcm(*values)
        why = f"{values[0]} × {values[1]}/{gcd(*values)}."
        if answer == prod(values) or answer in values:
            return None
    else:
        values = rng.sample(range(4, 31) if rule == "three" else [3, 4, 5, 7, 8, 9, 11, 13], 3)
        answer = lcm(*values)
        why = f"The least common multiple of {values[0]}, {values[1]} and {values[2]}."
        if answer > 1500 or answer in values or (rule == "remainders" and answer != prod(values)):
            return None
    given = dict(zip("abc", values, strict=False))
    problem: Problem = {"form": "integer", "rule": rule, "values": values}
    if rule == "remainders":
        answer = rng.randint(max(values) + 10, prod(values) - 1)
        remainders = [answer % value for value in values]
        if 0 in remainders:
            return None
        problem["remainders"] = remainders
        given |= dict(zip("pqr", remainders, strict=True))
        why = f"{answer} has these remainders, and such numbers lie {prod(values)} apart."
    one, two, three = draw_people(rng, 3)
    text = phrase(rng, _WORDING["gcd_lcm"][rule], one=one, two=two, three=three, **given)
    return Draft(problem, answer, why, text)


def _solve_gcd_lcm(problem: Problem) -> Number:
    values = problem["values"]
    if problem["rule"] == "gcd":
        return max(size for size in range(1, min(values) + 1) if all(value % size == 0 for value in values))
    wanted = problem.get("remainders", [0] * len(values))
    number = 1
    while [number % value for value in values] != wanted:
        number += 1
    return number


def _power_remainder(rng: Random, level: int) -> Draft | None:
    a, b = rng.sample(range(2, 30), 2)
    n, k, c = rng.randint(20, 400), rng.randint(20, 400), rng.randint(2, 30)
    if level == 1:
        if a % 10 in (0, 1, 5, 6):
            return None
        text = phrase(rng, _WORDING["power_remainder"]["last_digit"], a=a, n=n)
        cycle = [pow(a, power, 10) for power in range(1, 5)]
        answer = cycle[(n - 1) % 4]
        why = f"The last digits repeat as {', '.join(map(str, cycle))}, and {n} mod 4 = {n % 4}."
        return Draft({"form": "integer", "rule": "last_digit", "a": a, "n": n}, answer, why, text)
    m = rng.choice([7, 9, 11, 13, 17, 19, 23] if level == 2 else [13, 17, 19, 23, 29, 31, 37])
    if a % m in (0, 1) or b % m in (0, 1):
        return None
    given = {"a": a, "n": n, "m": m}
    if level == 2:
        text = phrase(rng, _WORDING["power_remainder"]["modulo"], **given)
        answer, why = pow(a, n, m), f"Square and multiply modulo {m}."
        return Draft({"form": "integer", "rule": "modulo"} | given, answer, why, text)
    place = rng.randrange(2)
    given |= {"b": b, "k": k, "c": c}
    text = fill(_WORDING["power_remainder"]["sum"][place], **given)
    first, second = pow(a, n, m), pow(b, k, m)
    answer = (first + second if place == 0 else first * second + c) % m
    why = f"The powers leave {first} and {second} modulo {m}."
    rule = ("sum", "product")[place]
    return Draft({"form": "integer", "rule": rule} | given, answer, why, text)


def _solve_power_remainder(problem: Problem) -> Number:
    first = problem["a"] ** problem["n"]
    if problem["rule"] == "last_digit":
        return int(str(first)[-1])
    if problem["rule"] == "modulo":
        return int(first - first // problem["m"] * problem["m"])
    second = problem["b"] ** problem["k"]
    whole = first + second if problem["rule"] == "sum" else first * second + problem["c"]
    return int(whole - whole // problem["m"] * problem["m"])


def _compositions(total: int, digits: int) -> int:
    """Return how many digit strings of a length add up to a total, by inclusion and exclusion of digits over 9."""
    return sum(
        (-1) ** over * comb(digits, over) * comb(total - 10 * over + digits - 1, digits - 1)
        for over in range(digits + 1)
        if total >= 10 * over
    )


def _digits(rng: Random, level: int) -> Draft | None:
    rule = ("of_product", "with_sum", rng.choice(["zeros", "written"]))[level - 1]
    if rule == "of_product":
        given = {"a": rng.randint(123, 989), "b": rng.randint(23, 99)}
        product = given["a"] * given["b"]
        answer, why = sum(map(int, str(product))), f"The product is {product}."
    elif rule == "with_sum":
        given = {"k": rng.choice([3, 3, 4]), "s": rng.randint(4, 24)}
        answer = sum(_compositions(given["s"] - first, given["k"] - 1) for first in range(1, min(9, given["s"]) + 1))
        why = f"Sum over the first digit of the ways to share out the rest among {given['k'] - 1} digits."
    elif rule == "zeros":
        given = {"n": rng.randint(30, 700)}
        parts = [given["n"] // 5**power for power in range(1, 5) if given["n"] >= 5**power]
        answer, why = sum(parts), f"Factors of 5: {' + '.join(map(str, parts))}."
    else:
        given = {"n": rng.randint(120, 990), "s": rng.randint(1, 9)}
        n, s = given["n"], given["s"]
        places = []
        for unit in (1, 10, 100):
            higher, at = n // (10 * unit), n // unit % 10
            places.append(higher * unit + (unit if at > s else n % unit + 1 if at == s else 0))
        answer, why = sum(places), f"In the ones, tens and hundreds: {' + '.join(map(str, places))}."
    text = phrase(rng, _WORDING["digits"][rule], **given)
    return Draft({"form": "integer", "rule": rule} | given, answer, why, text)


def _solve_digits(problem: Problem) -> Number:
    rule = problem["rule"]
    if rule == "of_product":
        left, total = problem["a"] * problem["b"], 0
        while left:
            left, digit = divmod(left, 10)
            total += digit
        return int(total)
    if rule == "with_sum":
        numbers = range(10 ** (problem["k"] - 1), 10 ** problem["k"])
        return int(sum(sum(map(int, str(number))) == problem["s"] for number in numbers))
    if rule == "zeros":
        written = str(factorial(problem["n"]))
        return len(written) - len(written.rstrip("0"))
    return "".join(map(str, range(1, problem["n"] + 1))).count(str(problem["s"]))


def _divisors(rng: Random, level: int) -> Draft | None:
    rule = ("number", "sum", "multiples")[level - 1]
    if rule == "multiples":
        n, (p, q, r) = rng.randint(100, 900), rng.sample([2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12], 3)
        if p % q == 0 or q % p == 0 or p % r == 0 or q % r == 0:
            return None
        either = n // p + n // q - n // lcm(p, q)
        excluded = n // lcm(p, r) + n // lcm(q, r) - n // lcm(p, q, r)
        given = {"n": n, "p": p, "q": q, "r": r}
        answer = either - excluded
        why = f"{either} are divisible by {p} or {q}; {excluded} of them also by {r}."
    else:
        powers = {prime: rng.randint(1, 4) for prime in rng.sample([2, 3, 5, 7, 11], rng.randint(2, 3))}
        n = prod(prime**power for prime, power in powers.items())
        if not 60 <= n <= 1500:
            return None
        given = {"n": n}
        factors = [power + 1 for power in powers.values()]
        if rule == "sum":
            factors = [(prime ** (power + 1) - 1) // (prime - 1) for prime, power in powers.items()]
        answer = prod(factors)
        shown = " × ".join(f"{prime}^{power}" for prime, power in sorted(powers.items()))
        why = f"{n} = {shown}, so {' × '.join(map(str, factors))}."
    text = phrase(rng, _WORDING["divisors"][rule], **given)
    return Draft({"form": "integer", "rule": rule} | given, answer, why, text)


def _solve_divisors(problem: Problem) -> Number:
    numbers = range(1, problem["n"] + 1)
    if problem["rule"] == "multiples":
        on = {x for x in numbers if Fraction(x, problem["p"]).denominator == 1}
        on |= {x for x in numbers if Fraction(x, problem["q"]).denominator == 1}
        return len(on - {x for x in numbers if Fraction(x, problem["r"]).denominator == 1})
    found = [size for size in numbers if problem["n"] % size == 0]
    return len(found) if problem["rule"] == "number" else sum(found)


KINDS = (
    Kind("gcd_lcm", _CATEGORY, _gcd_lcm, _solve_gcd_lcm),
    Kind("power_remainder", _CATEGORY, _power_remainder, _solve_power_remainder),
    Kind("digits", _CATEGORY, _digits, _solve_digits),
    Kind("divisors", _CATEGORY, _divisors, _solve_divisors),
)
