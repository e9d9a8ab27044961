"""Puzzles solved from their statement alone, by going through everything that could be.

What a claim means is written down here a second time, on models of another make than those the puzzles are drawn
with: a mapping from people to places, points on a circle, a mapping from values to owners, sets of what is so.
"""

import cmath
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import permutations, product
from typing import Any, TypeAlias

Problem: TypeAlias = Mapping[str, Any]
Claim: TypeAlias = Sequence[Any]
Places: TypeAlias = Mapping[int, int]
Atoms: TypeAlias = frozenset[int]
Owners: TypeAlias = Mapping[tuple[int, int], int]
Honest: TypeAlias = tuple[int, frozenset[int]]


def solve_by_search(problem: Problem) -> list[int]:
    """Return the positions of the options that answer the question; a good problem has one.

    Raises:
        ValueError: if nothing fits what is given, or a kind of problem, claim or question is unknown.
    """
    kind, form = problem["kind"], problem["form"]
    if kind == "truth":
        return _solve_truth(problem)
    if kind == "classes":
        return _solve_classes(problem)
    enumerate_models, holds = _KINDS[kind]
    everything = list(enumerate_models(problem))
    given = problem["given"]
    if form == "equivalent":
        (told,) = given
        return [
            place
            for place, option in enumerate(problem["options"])
            if all(holds(told, model) == holds(option, model) for model in everything)
        ]
    models = [model for model in everything if all(holds(claim, model) for claim in given)]
    if not models:
        raise ValueError("nothing fits what is given")
    if form in ("satisfies", "violates"):
        plan = _order if kind == "line" else frozenset
        fits = [plan(option) in models for option in problem["options"]]
        return [place for place, fit in enumerate(fits) if fit == (form == "satisfies")]
    return answers(form, [[holds(option, model) for model in models] for option in problem["options"]])


def answers(form: str, tables: Iterable[Sequence[bool]]) -> list[int]:
    """Return the positions of options that are right in the form of a question, from where each of them holds.

    Raises:
        ValueError: if the form is unknown.
    """
    tests: dict[str, Callable[[Sequence[bool]], bool]] = {
        "must": all,
        "can": any,
        "cannot": lambda table: not any(table),
        "need_not": lambda table: not all(table),
    }
    if form not in tests:
        raise ValueError(f"unknown form {form!r}")
    return [place for place, table in enumerate(tables) if tests[form](table)]


def _order(people: Iterable[int]) -> Places:
    return {person: place for place, person in enumerate(people, 1)}


def _lines(problem: Problem) -> Iterator[Places]:
    size = problem["size"]
    return (dict(enumerate(places)) for places in permutations(range(1, size + 1)))


def _line(claim: Claim, places: Places) -> bool:
    kind, a, *rest = claim
    here = places[a]
    if kind in ("at", "not_at"):
        return bool((here == rest[0]) == (kind == "at"))
    if kind == "end":
        return here in (1, len(places))
    ahead = places[rest[0]] - here
    match kind:
        case "before":
            return ahead > 0
        case "just_before":
            return ahead == 1
        case "next_to":
            return ahead in (-1, 1)
        case "apart":
            return ahead not in (-1, 1)
        case "between":
            return bool(rest[1] == abs(ahead) - 1)
    raise ValueError(f"unknown claim {kind!r}")


def _rings(problem: Problem) -> Iterator[Places]:
    size = problem["size"]
    return ({0: 0, **dict(enumerate(seats, 1))} for seats in permutations(range(1, size)))


def _left_of(seat: int, size: int) -> int:
    """Return the seat at the left hand of one who faces the centre: seen from there, it is not on the right.

    Seats lie on the unit circle of the complex plane, clockwise. Who sits at p looks along -p; to the left of that is
    -ip.
    """

    def point(place: int) -> complex:
        return cmath.rect(1.0, -2 * cmath.pi * place / size)

    own = point(seat)
    left = -1j * own
    return max(((seat + 1) % size, (seat - 1) % size), key=lambda place: ((point(place) - own) * left.conjugate()).real)


def _ring(claim: Claim, places: Places) -> bool:
    kind, a, b = claim
    size = len(places)
    left = _left_of(places[b], size)
    beside = places[a] in (left, (2 * places[b] - left) % size)
    facing = size % 2 == 0 and (places[a] - places[b]) % size == size // 2
    match kind:
        case "left":
            return places[a] == left
        case "second_left":
            return places[a] == _left_of(left, size)
        case "next_to" | "apart":
            return bool(beside == (kind == "next_to"))
        case "opposite" | "not_opposite":
            return bool(facing == (kind == "opposite"))
    raise ValueError(f"unknown claim {kind!r}")


def _subsets(problem: Problem) -> Iterator[Atoms]:
    size = problem["size"]
    return (frozenset(atom for atom in range(size) if bits >> atom & 1) for bits in range(1 << size))


def _proposition(claim: Claim, atoms: Atoms) -> bool:
    kind, *of = claim
    match kind:
        case "exactly":
            return bool(len(atoms) == of[0])
        case "budget":
            return bool(sum(of[0][atom] for atom in atoms) <= of[1])
        case "fact":
            return _literal(of[0], atoms)
        case "if" | "only_if" | "unless":
            return not (_literal(of[0], atoms) and not _literal(of[1], atoms))
    count = len(atoms & {of[0], of[1]})
    allowed = {"or": (1, 2), "not_both": (0, 1), "one_of": (1,), "iff": (0, 2)}
    if kind in allowed:
        return count in allowed[kind]
    third = _literal(of[2], atoms)
    match kind:
        case "if_both":
            return third or count < 2
        case "if_or":
            return third or count == 0
        case "if_not_both":
            return not third or count < 2
        case "if_neither":
            return not third or count == 0
    raise ValueError(f"unknown claim {kind!r}")


def _literal(literal: Sequence[Any], atoms: Atoms) -> bool:
    atom, value = literal
    return bool((atom in atoms) == value)


def _grids(problem: Problem) -> Iterator[Owners]:
    size = problem["size"]
    for columns in product(permutations(range(size)), repeat=problem["columns"]):
        yield {(column, value): owner for column, owners in enumerate(columns) for value, owner in enumerate(owners)}


def _grid(claim: Claim, owners: Owners) -> bool:
    kind, *of = claim
    match kind:
        case "has" | "has_not":
            return bool((owners[of[1], of[2]] == of[0]) == (kind == "has"))
        case "is" | "is_not":
            return bool((owners[of[0], of[1]] == owners[of[2], of[3]]) == (kind == "is"))
        case "either":
            return owners[of[0], of[1]] in of[2:]
    raise ValueError(f"unknown claim {kind!r}")


_KINDS: dict[str, tuple[Callable[[Problem], Iterator[Any]], Callable[[Claim, Any], bool]]] = {
    "line": (_lines, _line),
    "ring": (_rings, _ring),
    "bool": (_subsets, _proposition),
    "grid": (_grids, _grid),
}


def _solve_truth(problem: Problem) -> list[int]:
    """Go through who it is and who says the truth, and keep what agrees with all that is said."""
    size, said = problem["size"], problem["said"]
    found: set[Any] = set()
    for who in range(size) if problem["form"] == "who" else (0,):
        for honest in _subsets(problem):
            agrees = all((speaker in honest) == _spoken(claim, (who, honest)) for speaker, claim in enumerate(said))
            if agrees and len(honest) == problem.get("true", len(honest)):
                found.add({"who": who, "count_true": len(honest), "who_true": honest}[problem["form"]])
    if len(found) != 1:
        raise ValueError(f"not one answer: {sorted(map(str, found))}")
    (answer,) = found
    options = [frozenset(one) if isinstance(one, list) else one for one in problem["options"]]
    return [place for place, option in enumerate(options) if option == answer]


def _spoken(claim: Claim, case: Honest) -> bool:
    kind, *of = claim
    who, honest = case
    count = len(honest & set(of))
    match kind:
        case "honest" | "right":
            return of[0] in honest
        case "liar" | "wrong":
            return of[0] not in honest
        case "same":
            return count != 1
        case "differ":
            return count == 1
        case "some_liar":
            return count < 2
        case "both_honest":
            return count == 2
        case "count":
            return bool(len(honest) == of[0])
        case "did" | "among":
            return who in of
        case "did_not":
            return who not in of
    raise ValueError(f"unknown claim {kind!r}")


def _solve_classes(problem: Problem) -> list[int]:
    """Refute: a statement must be true if the premises cannot be, together with its opposite.

    Statements with “all” and “no” forbid regions of the Venn diagram, those with “some” need a region that is left;
    a set of statements can be true together if every one that needs a region finds one, as regions do not exclude
    each other. Each class needs a region, too.
    """
    size, given = problem["size"], problem["given"]
    opposite = {"all": "some_not", "some_not": "all", "none": "some", "some": "none"}

    def possible(statements: Sequence[Claim]) -> bool:
        regions = [set(region) for region in _subsets(problem)]
        for kind, a, b in statements:
            if kind in ("all", "none"):
                regions = [region for region in regions if a not in region or (b in region) == (kind == "all")]
        peopled = all(any(one in region for region in regions) for one in range(size))
        shown = [(kind == "some", a, b) for kind, a, b in statements if kind in ("some", "some_not")]
        return peopled and all(
            any(a in region and (b in region) == within for region in regions) for within, a, b in shown
        )

    if not possible(given):
        raise ValueError("nothing fits what is given")
    tables = []
    for kind, a, b in problem["options"]:
        true, false = possible([*given, (kind, a, b)]), possible([*given, (opposite[kind], a, b)])
        tables.append([value for value, found in ((True, true), (False, false)) if found])
    return answers(problem["form"], tables)
