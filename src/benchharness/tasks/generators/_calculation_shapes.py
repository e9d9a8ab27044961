"""Calculation, geometry: areas, right triangles, solids, angles."""

from fractions import Fraction
from itertools import product
from math import gcd
from random import Random

from benchharness.tasks.generators._calculation_formulas import with_form
from benchharness.tasks.generators._numeric_rows import Draft, Kind, Number, Problem, unique
from benchharness.tasks.generators._wording import fill, listed, phrase, read_wording

_WORDING = read_wording("calculation")
_CATEGORY = "number_theory_and_geometry"


def _plane_area(rng: Random, level: int) -> Draft | None:
    rule = ("trapezium", "path", "polygon")[level - 1]
    if rule == "polygon":
        return _polygon_area(rng)
    given = {
        "a": rng.randint(6, 40),
        "b": rng.randint(5, 30),
        "h": rng.randint(4, 25) if level == 1 else rng.randint(1, 4),
    }
    a, b, h = given["a"], given["b"], given["h"]
    if a == b or (rule == "path" and a < b):
        return None
    if rule == "trapezium":
        answer, why = Fraction((a + b) * h, 2), f"({a} + {b}) × {h}/2."
    else:
        answer = Fraction((a + 2 * h) * (b + 2 * h) - a * b)
        why = f"{a + 2 * h} × {b + 2 * h} - {a} × {b}."
    text = with_form(phrase(rng, _WORDING["plane_area"][rule], **given), answer, "decimal")
    return Draft({"form": "decimal", "rule": rule} | given, answer, why, text)


def _polygon_area(rng: Random) -> Draft | None:
    # One corner in each quadrant about the origin: the quadrilateral never crosses itself.
    corners = [
        [right * rng.randint(1, 9), up * rng.randint(1, 9)] for right, up in ((1, 1), (-1, 1), (-1, -1), (1, -1))
    ]
    (x0, y0), (x1, y1), (x2, y2), (x3, y3) = corners
    twice = abs((x2 - x0) * (y3 - y1) - (x3 - x1) * (y2 - y0))
    shown = [f"$({x}, {y})$" for x, y in corners]
    text = phrase(rng, _WORDING["plane_area"]["polygon"], list=listed(shown))
    answer = Fraction(twice, 2)
    why = f"Half the cross product of the diagonals, {twice}/2."
    return Draft(
        {"form": "decimal", "rule": "polygon", "corners": corners}, answer, why, with_form(text, answer, "decimal")
    )


def _solve_plane_area(problem: Problem) -> Number:
    if problem["rule"] == "polygon":  # shoelace formula
        corners = problem["corners"]
        following = corners[1:] + corners[:1]
        return abs(Fraction(sum(x * v - u * y for (x, y), (u, v) in zip(corners, following, strict=True)), 2))
    a, b, h = problem["a"], problem["b"], problem["h"]
    if problem["rule"] == "trapezium":  # a rectangle and a triangle
        return Fraction(min(a, b) * h + Fraction(abs(a - b) * h, 2))
    squares = product(range(-h, a + h), range(-h, b + h))
    return sum(not (0 <= x < a and 0 <= y < b) for x, y in squares)


def _draw_triple(rng: Random) -> tuple[int, int, int] | None:
    """Draw the sides of a right triangle, the hypotenuse last."""
    m, n = rng.randint(2, 7), rng.randint(1, 6)
    if m <= n or gcd(m, n) > 1:
        return None
    factor = rng.randint(1, 6)
    a, b = sorted((factor * (m * m - n * n), factor * 2 * m * n))
    return a, b, factor * (m * m + n * n)


def _right_triangle(rng: Random, level: int) -> Draft | None:
    triple = _draw_triple(rng)
    if triple is None:
        return None
    a, b, c = triple
    rule = ("side", "isosceles", rng.choice(["altitude", "circles"]))[level - 1]
    scene = rng.choice(_WORDING["right_triangle"][rule])
    ladder = rule == "side" and "<c>" in scene.zh
    built = "梯子" in scene.zh or "屋顶" in scene.zh
    if c > (30 if built else 130):
        return None
    problem: Problem = {"form": "fraction", "rule": rule}
    if rule == "side":
        given = {"c": c, "a": a} if ladder else {"a": a, "b": b}
        answer = Fraction(b if ladder else c)
        why = f"{a}^2 + {b}^2 = {c}^2."
    elif rule == "isosceles":
        given = {"c": c, "d": 2 * a}
        answer, why = Fraction(a * b), f"The height is {b}, as {a}^2 + {b}^2 = {c}^2."
    elif rule == "altitude":
        given = {"a": a, "b": b}
        answer, why = Fraction(a * b, c), f"{a} × {b}/{c}."
    else:
        given = {"a": a, "b": b}
        answer = Fraction(a + b - c, 2) + Fraction(c, 2)
        why = f"({a} + {b} - {c})/2 + {c}/2."
    text = with_form(fill(scene, **given), answer, "fraction")
    return Draft(problem | given, answer, why, text)


def _solve_right_triangle(problem: Problem) -> Number:
    rule = problem["rule"]
    if rule == "isosceles":  # Heron
        half = problem["c"] + Fraction(problem["d"], 2)
        square = half * (half - problem["c"]) ** 2 * (half - problem["d"])
        return unique([area for area in range(1, 20000) if area * area == square])
    a = problem["a"]
    if "c" in problem:
        return unique([b for b in range(1, 200) if a * a + b * b == problem["c"] ** 2])
    b = problem["b"]
    c = unique([c for c in range(1, 200) if c * c == a * a + b * b])
    if rule == "side":
        return c
    if rule == "altitude":  # distance from the origin to the line through (a, 0) and (0, b)
        return Fraction(a * b) / c
    radius = Fraction(a * b) / (a + b + c)
    return Fraction(radius + Fraction(c) / 2)


def _solid(rng: Random, level: int) -> Draft | None:
    rule = ("surface", "water", rng.choice(["painted", "cylinder"]))[level - 1]
    a, b, c = rng.randint(3, 20), rng.randint(3, 16), rng.randint(3, 14)
    given = {"a": a, "b": b, "c": c}
    form, place = "integer", rng.randrange(2)
    if rule == "surface":
        answer, why = Fraction(2 * (a * b + b * c + a * c)), f"2({a} × {b} + {b} × {c} + {a} × {c})."
    elif rule == "water":
        given["v"] = rng.randint(20, 400)
        rise = Fraction(given["v"], a * b)
        form, answer, why = "decimal", c + rise, f"The water rises by {given['v']}/{a * b}."
        if (rise * 100).denominator != 1 or rise > c:
            return None
    elif rule == "painted":
        inner = [size - 2 for size in (a, b, c)]
        given["n"] = rng.choice([1, 2, 0])
        x, y, z = inner
        answer = Fraction((x * y * z, 2 * (x * y + y * z + x * z), 4 * (x + y + z))[given["n"]])
        why = f"Without the outer layer the block is {x} by {y} by {z}."
    else:
        if place == 0:
            given = {"a": a, "c": c}
            answer, why = Fraction(2 * a * a * c, 3), f"2/3 of {a}^2 × {c}."
        else:
            given["b"] = b = a + rng.randint(1, 5)
            answer, why = Fraction((b * b - a * a) * c), f"({b}^2 - {a}^2) × {c}."
        if answer.denominator != 1:
            return None
    text = fill(_WORDING["solid"][rule][place], **given)
    text = with_form(text, answer, form) if form == "decimal" else text
    return Draft({"form": form, "rule": rule} | given, answer, why, text)


def _solve_solid(problem: Problem) -> Number:
    rule, a, c = problem["rule"], problem["a"], problem["c"]
    if rule == "cylinder":
        if "b" in problem:
            return Fraction(problem["b"] ** 2 * c - a**2 * c)
        return Fraction(a * a * c) - Fraction(a * a * c, 3)
    b = problem["b"]
    if rule == "water":
        return Fraction(Fraction(a * b * c + problem["v"]) / (a * b))
    cubes = product(range(a), range(b), range(c))
    faces = [sum(place in (0, size - 1) for place, size in zip(cube, (a, b, c), strict=True)) for cube in cubes]
    return sum(faces) if rule == "surface" else faces.count(problem["n"])


def _angles(rng: Random, level: int) -> Draft | None:
    rule = ("triangle", "polygon", "clock")[level - 1]
    place = rng.randrange(2)
    if rule == "triangle":
        a, b, c = (rng.randint(1, 15) for _ in range(3))
        if 180 % (a + b + c) or gcd(a, b, c) > 1 or len({a, b, c}) < 2:
            return None
        given = {"a": a, "b": b, "c": c}
        answer, why = 180 * max(a, b, c) // (a + b + c), f"{max(a, b, c)}/{a + b + c} of 180."
    elif rule == "polygon":
        sides = rng.randint(5, 40)
        inner = Fraction((sides - 2) * 180, 1 if place == 0 else sides)
        if inner.denominator != 1:
            return None
        given = {"s": int(inner) - (360 if place == 0 else 0)}
        answer = sides
        why = f"({sides} - 2) × 180 = {(sides - 2) * 180}; exterior angles add up to 360."
    else:
        given = {"h": rng.randint(1, 12), "m": rng.randint(1, 29) * 2}
        apart = abs(Fraction(60 * given["h"] - 11 * given["m"], 2)) % 360
        answer = int(min(apart, 360 - apart))
        why = f"The hour hand is at {30 * (given['h'] % 12) + given['m'] // 2}°, the minute hand at {6 * given['m']}°."
        if answer == 0:
            return None
    text = fill(_WORDING["angles"][rule][place], mm=f"{given.get('m', 0):02d}", **given)
    return Draft({"form": "integer", "rule": rule, "each": place == 1} | given, answer, why, text)


def _solve_angles(problem: Problem) -> Number:
    rule = problem["rule"]
    if rule == "triangle":
        parts = [problem[key] for key in "abc"]
        return unique([max(parts) * unit for unit in range(1, 181) if sum(part * unit for part in parts) == 180])
    if rule == "polygon":
        exterior = 360
        fitting = []
        for sides in range(3, 200):
            interior = 180 * sides - exterior
            if interior == (problem["s"] * sides if problem["each"] else problem["s"] + exterior):
                fitting.append(sides)
        return unique(fitting)
    hour = minute = Fraction(0)
    for _ in range(60 * problem["h"] + problem["m"]):  # minute by minute from twelve o'clock
        hour = (hour + Fraction(1, 2)) % 360
        minute = (minute + 6) % 360
    return min((hour - minute) % 360, (minute - hour) % 360)


KINDS = (
    Kind("plane_area", _CATEGORY, _plane_area, _solve_plane_area),
    Kind("right_triangle", _CATEGORY, _right_triangle, _solve_right_triangle),
    Kind("solid", _CATEGORY, _solid, _solve_solid),
    Kind("angles", _CATEGORY, _angles, _solve_angles),
)
