"""Calculation, probability: dice, draws, expected values, conditional probabilities."""

from collections import Counter
from fractions import Fraction
from itertools import combinations, product
from math import comb, prod
from random import Random

from benchharness.tasks.generators._calculation_formulas import with_form
from benchharness.tasks.generators._numeric_rows import Draft, Kind, Number, Problem
from benchharness.tasks.generators._wording import draw_people, listed, phrase, read_wording

_WORDING = read_wording("calculation")
_CATEGORY = "probability_and_statistics"


def _sum_counts(faces: int, dice: int) -> Counter[int]:
    """Return how many rolls have which sum."""
    counts = Counter({0: 1})
    for _ in range(dice):
        following: Counter[int] = Counter()
        for total, number in counts.items():
            for face in range(1, faces + 1):
                following[total + face] += number
        counts = following
    return counts


_DICE_EVENTS = (("sum_equals", "sum_at_least"), ("shows", "greater"), ("max_equals", "divisible", "sum_equals"))


def _dice(rng: Random, level: int) -> Draft | None:
    event = rng.choice(_DICE_EVENTS[level - 1])
    m, n = rng.choice([4, 6, 6, 8, 10, 12]), 2 if level == 1 else 3
    problem: Problem = {"form": "fraction", "event": event}
    if event == "greater":
        faces = [m, k := rng.choice([4, 6, 8, 10, 12, 20])]
        ways = sum(min(first - 1, k) for first in range(1, m + 1))
        given = {"m": m, "k": k}
        if m == k:
            return None
    else:
        n = rng.randint(2, 4) if event == "shows" else n
        faces = [m] * n
        value = rng.randint(n + 1, n * m - 1) if event.startswith("sum") else rng.randint(2, m - 1)
        if event == "divisible":
            value = rng.choice([3, 4, 5, 7])
        sums = _sum_counts(m, n)
        ways = {
            "sum_equals": sums[value],
            "sum_at_least": sum(number for total, number in sums.items() if total >= value),
            "shows": m**n - (m - 1) ** n,
            "max_equals": value**n - (value - 1) ** n,
            "divisible": sum(number for total, number in sums.items() if total % value == 0),
        }[event]
        given = {"m": m, "n": n, "value": value}
    chance = Fraction(ways, prod(faces))
    one, two = draw_people(rng, 2)
    text = with_form(phrase(rng, _WORDING["dice"][event], one=one, two=two, **given), chance, "fraction")
    why = f"{ways} of {prod(faces)} equally likely outcomes."
    return Draft(problem | {"faces": faces, "value": given.get("value", 0)}, chance, why, text)


def _solve_dice(problem: Problem) -> Number:
    faces, value = problem["faces"], problem["value"]
    holds = {
        "sum_equals": lambda roll: sum(roll) == value,
        "sum_at_least": lambda roll: sum(roll) >= value,
        "shows": lambda roll: value in roll,
        "greater": lambda roll: roll[0] > roll[1],
        "max_equals": lambda roll: max(roll) == value,
        "divisible": lambda roll: sum(roll) % value == 0,
    }[problem["event"]]
    rolls = list(product(*(range(1, number + 1) for number in faces)))
    return Fraction(sum(map(holds, rolls)), len(rolls))


def _draws(rng: Random, level: int) -> Draft | None:
    event = ("same", "exactly", "each")[level - 1]
    counts = [rng.randint(3, 9) for _ in range(3 if event == "each" else 2)]
    n = rng.choice([2, 2, 3]) if event == "same" else rng.randint(3, 5)
    given = dict(zip("abc", counts, strict=False)) | {"n": n}
    total = sum(counts)
    if event == "same":
        ways = sum(comb(count, n) for count in counts)
    elif event == "exactly":
        given["k"] = k = rng.randint(1, n - 1)
        ways = comb(counts[0], k) * comb(counts[1], n - k)
    else:
        missing = sum(comb(total - count, n) for count in counts)
        ways = comb(total, n) - missing + sum(comb(count, n) for count in counts)
    if not 0 < ways < comb(total, n) or (n > 3 and total > 15):
        return None
    chance = Fraction(ways, comb(total, n))
    (one,) = draw_people(rng, 1)
    text = with_form(phrase(rng, _WORDING["draws"][event], one=one, **given), chance, "fraction")
    problem = {"form": "fraction", "event": event, "counts": counts, "drawn": n, "wanted": given.get("k", 0)}
    return Draft(problem, chance, f"{ways} of {comb(total, n)} equally likely selections.", text)


def _solve_draws(problem: Problem) -> Number:
    things = [group for group, count in enumerate(problem["counts"]) for _ in range(count)]
    selections = list(combinations(things, problem["drawn"]))
    if problem["event"] == "same":
        favourable = [chosen for chosen in selections if len(set(chosen)) == 1]
    elif problem["event"] == "exactly":
        favourable = [chosen for chosen in selections if chosen.count(0) == problem["wanted"]]
    else:
        favourable = [chosen for chosen in selections if len(set(chosen)) == len(problem["counts"])]
    return Fraction(len(favourable), len(selections))


def _expected_value(rng: Random, level: int) -> Draft | None:
    rule = ("wheel", "game", rng.choice(["larger", "product"]))[level - 1]
    problem: Problem = {"form": "fraction", "rule": rule}
    if rule == "wheel":
        given = {"n": rng.randint(8, 24), "a": rng.randint(2, 3), "b": rng.randint(2, 5)}
        given |= {"x": rng.randint(8, 40) * 5, "y": rng.randint(2, 7) * 5}
        mean = Fraction(given["a"] * given["x"] + given["b"] * given["y"], given["n"])
        why = f"({given['a']} × {given['x']} + {given['b']} × {given['y']})/{given['n']}."
        text = phrase(rng, _WORDING["expected_value"][rule], **given)
    elif rule == "game":
        given = {"m": rng.choice([4, 6, 8, 10, 12]), "f": rng.randint(4, 30), "x": rng.randint(2, 6)}
        given["n"] = rng.randint(5, 40)
        mean = given["n"] * (Fraction(given["x"] * (given["m"] + 1), 2) - given["f"])
        why = f"{given['n']} × ({given['x']} × {given['m'] + 1}/2 - {given['f']})."
        text = phrase(rng, _WORDING["expected_value"][rule], **given)
        if mean == 0 or abs(mean) > given["n"] * given["f"]:
            return None
    else:
        numbers = sorted(rng.sample(range(1, 21), rng.randint(4, 6)))
        size = len(numbers)
        problem["numbers"] = numbers
        if rule == "larger":
            weighted = sum(place * number for place, number in enumerate(numbers))
            why = f"A number is the larger one in as many pairs as it has smaller ones: {weighted}/{comb(size, 2)}."
        else:
            weighted = (sum(numbers) ** 2 - sum(number * number for number in numbers)) // 2
            why = f"The products of all pairs add up to {weighted}; there are {comb(size, 2)} pairs."
        mean, given = Fraction(weighted, comb(size, 2)), {}
        text = phrase(rng, _WORDING["expected_value"][rule], list=listed(numbers))
    return Draft(problem | given, mean, why, with_form(text, mean, "fraction"))


def _solve_expected_value(problem: Problem) -> Number:
    if problem["rule"] == "wheel":
        sectors = [problem["x"]] * problem["a"] + [problem["y"]] * problem["b"]
        sectors += [0] * (problem["n"] - len(sectors))
        return Fraction(sum(sectors), len(sectors))
    if problem["rule"] == "game":
        gains = [face * problem["x"] - problem["f"] for face in range(1, problem["m"] + 1)]
        return sum((Fraction(sum(gains), len(gains)) for _ in range(problem["n"])), Fraction(0))
    pairs = list(combinations(problem["numbers"], 2))
    return Fraction(sum(max(pair) if problem["rule"] == "larger" else prod(pair) for pair in pairs), len(pairs))


def _conditional(rng: Random, level: int) -> Draft | None:
    rule = ("table", rng.choice(["cards", "dice"]), "bayes")[level - 1]
    if rule == "table":
        given = {"a": rng.randint(20, 80), "b": rng.randint(20, 80), "c": rng.randint(5, 19), "d": rng.randint(5, 19)}
        chance = Fraction(given["d"], given["c"] + given["d"])
        why = f"{given['d']} of {given['c'] + given['d']}."
    elif rule == "cards":
        given = {"n": rng.randint(6, 40)}
        odd, even = comb((given["n"] + 1) // 2, 2), comb(given["n"] // 2, 2)
        chance = Fraction(odd, odd + even)
        why = f"{odd} pairs of odd and {even} pairs of even numbers."
    elif rule == "dice":
        n = rng.choice([4, 6, 8, 10, 12, 20])
        given = {"n": n, "value": rng.randint(n + 1, 2 * n - 2)}
        short = 2 * n - given["value"]  # by which the sum may fall short of its largest value
        all_ways, without = (short + 1) * (short + 2) // 2, (short - 1) * short // 2
        chance = Fraction(all_ways - without, all_ways)
        why = f"{all_ways} outcomes have such a sum, {without} of them without {n}."
    else:
        given = {"a": rng.randint(1, 18) * 5, "p": rng.randint(1, 10), "q": rng.randint(1, 10)}
        first, second = given["a"] * given["p"], (100 - given["a"]) * given["q"]
        chance = Fraction(first, first + second)
        why = f"{first} against {second} of every 10000."
    text = phrase(rng, _WORDING["conditional"][rule], **given) if rule != "bayes" else None
    if text is None:
        place = rng.randrange(3)
        if place:  # a filter or a test finds most of what it looks for
            given |= {"a": rng.randint(1, 8) * 5, "p": rng.randint(80, 99)}
            first, second = given["a"] * given["p"], (100 - given["a"]) * given["q"]
            chance, why = Fraction(first, first + second), f"{first} against {second} of every 10000."
        text = phrase(rng, _WORDING["conditional"][rule][place : place + 1], **given)
    return Draft({"form": "fraction", "rule": rule} | given, chance, why, with_form(text, chance, "fraction"))


def _solve_conditional(problem: Problem) -> Number:
    rule = problem["rule"]
    if rule == "table":
        ill = ["boy"] * problem["c"] + ["girl"] * problem["d"]
        return Fraction(ill.count("girl"), len(ill))
    if rule == "bayes":
        share, p, q = (Fraction(problem[key], 100) for key in ("a", "p", "q"))
        return 1 / (1 + (1 - share) / share * q / p)
    numbers = range(1, problem["n"] + 1)
    if rule == "cards":
        given = [pair for pair in combinations(numbers, 2) if sum(pair) % 2 == 0]
        return Fraction(sum(pair[0] % 2 for pair in given), len(given))
    rolls = [roll for roll in product(numbers, repeat=2) if sum(roll) >= problem["value"]]
    return Fraction(sum(problem["n"] in roll for roll in rolls), len(rolls))


KINDS = (
    Kind("dice", _CATEGORY, _dice, _solve_dice),
    Kind("draws", _CATEGORY, _draws, _solve_draws),
    Kind("expected_value", _CATEGORY, _expected_value, _solve_expected_value),
    Kind("conditional", _CATEGORY, _conditional, _solve_conditional),
)
