"""True and false statements: who is honest, who did it, where it is."""

from collections.abc import Callable, Mapping, Sequence
from itertools import product
from random import Random
from typing import Any, NamedTuple

from benchharness.tasks.generators._logic_base import (
    WORDING,
    Option,
    Puzzle,
    capital,
    number_option,
    numbers,
    pick,
)
from benchharness.tasks.generators._wording import Words, draw_people, enumerated, fill, joined

_COUNTS = {"one_true": 1, "two_true": 2}


class Case(NamedTuple):
    """Who it is (0 where that is not asked), and for each speaker whether what is said is true."""

    who: int
    truths: tuple[bool, ...]


class Said(NamedTuple):
    """A statement: as data, in words, and whether it is true in a case."""

    data: list[Any]
    words: Words
    holds: Callable[[Case], bool]


def _said(kind: str, of: Sequence[int], names: Sequence[Words], wording: Mapping[str, Words]) -> Said:
    x, y = of[0], of[-1]
    tests: dict[str, Callable[[Case], bool]] = {
        "honest": lambda case: case.truths[x],
        "right": lambda case: case.truths[x],
        "liar": lambda case: not case.truths[x],
        "wrong": lambda case: not case.truths[x],
        "same": lambda case: case.truths[x] == case.truths[y],
        "differ": lambda case: case.truths[x] != case.truths[y],
        "some_liar": lambda case: not (case.truths[x] and case.truths[y]),
        "both_honest": lambda case: case.truths[x] and case.truths[y],
        "count": lambda case: sum(case.truths) == x,
        "did": lambda case: case.who == x,
        "did_not": lambda case: case.who != x,
        "among": lambda case: case.who in (x, y),
    }
    if kind == "count":
        words = fill(wording["count_one" if x == 1 else "count"], n=len(names), k=x)
    else:
        words = fill(wording[kind], x=names[x], y=names[y])
    return Said([kind, *of], words, tests[kind])


def _spoken(names: Sequence[Words], statements: Sequence[Said], says: Words) -> Words:
    parts = [fill(says, p=name, claim=capital(one.words)) for name, one in zip(names, statements, strict=True)]
    return joined(*map(capital, parts))


def knights(rng: Random, level: int, turn: int) -> Puzzle | None:
    """Draw honest people and liars who speak about each other; who is honest, or how many are, is settled."""
    size = 2 + level
    wording = WORDING["knight_claims"]
    names = draw_people(rng, size)
    kinds = ["honest", "liar", "same", "differ", "count", "some_liar", "both_honest"]
    statements: list[Said] = []
    for speaker in range(size):
        kind = rng.choice(kinds[: (5, 6, 7)[level - 1]])
        others = rng.sample([one for one in range(size) if one != speaker], 2)
        if kind == "count":
            kinds.remove("count")
            statements.append(_said(kind, [rng.randrange(1, size)], names, wording))
        else:
            of = sorted(others) if kind not in ("honest", "liar") else others[:1]
            statements.append(_said(kind, of, names, wording))
    cases = [Case(0, truths) for truths in product((False, True), repeat=size)]
    left = [case for case in cases if all(one.holds(case) == case.truths[p] for p, one in enumerate(statements))]
    counts = {sum(case.truths) for case in left}
    if len(counts) != 1 or len({one.data[0] for one in statements}) < min(3, size - 1):
        return None
    text = joined(
        fill(rng.choice(WORDING["knights"])["intro"], names=enumerated(names)),
        _spoken(names, statements, wording["says"]),
    )
    problem = {"kind": "truth", "size": size, "said": [one.data for one in statements]}
    shown = "; ".join(_honest(names, case.truths).en for case in left)
    if pick(("who", "who", "count"), turn) == "who":
        if len(left) > 1 or not any(left[0].truths):
            return None
        return _who_is_honest(rng, names, left[0].truths, problem, text)
    (count,) = counts
    wrong = numbers(rng, count, [value for value in range(size + 1) if value != count])
    if wrong is None:
        return None
    rng.shuffle(wrong)
    return Puzzle(
        {**problem, "form": "count_true"},
        joined(text, wording["how_many"]),
        number_option(count),
        [number_option(value) for value in wrong],
        f"Trying every combination, the honest ones can only be: {shown or 'nobody'}; that makes {count}.",
    )


def _who_is_honest(
    rng: Random, names: Sequence[Words], truths: tuple[bool, ...], problem: dict[str, Any], text: Words
) -> Puzzle:
    others = [other for other in product((False, True), repeat=len(names)) if other != truths and any(other)]
    near = sorted(others, key=lambda other: (abs(sum(other) - sum(truths)), rng.random()))[:3]
    only = WORDING["knight_claims"]["only"]
    made = [
        Option([place for place, true in enumerate(one) if true], fill(only, names=_honest(names, one)))
        for one in (truths, *near)
    ]
    return Puzzle(
        {**problem, "form": "who_true"},
        joined(text, WORDING["knight_claims"]["who"]),
        made[0],
        made[1:],
        f"Of all combinations only this one agrees with what is said: {_honest(names, truths).en} honest, nobody else.",
    )


def _honest(names: Sequence[Words], truths: Sequence[bool]) -> Words:
    honest = [name for name, true in zip(names, truths, strict=True) if true]
    return enumerated(honest) if honest else Words("没有人", "nobody")


def culprit(rng: Random, level: int, turn: int) -> Puzzle | None:
    """Draw suspects who speak, and how many of them say the truth; who it was is settled."""
    size = (4, 4, 5)[level - 1]
    names = draw_people(rng, size)
    scene = rng.choice(WORDING["culprit"])
    wording = {**WORDING["culprit_claims"], "did": scene["did"], "did_not": scene["did_not"]}
    intro = fill(scene["intro"], names=enumerated(names))
    return _place(rng, level, turn, names, wording, intro, scene["who"])


def boxes(rng: Random, level: int, turn: int) -> Puzzle | None:
    """Draw inscriptions on boxes, and how many of them are true; where the thing is is settled."""
    scene = rng.choice(WORDING["boxes"])
    thing = scene["thing"]
    names = [Words(f"{colour.zh}{thing.zh}", f"the {colour.en} {thing.en}") for colour in WORDING["colours"]]
    rng.shuffle(names)
    ask = {"what": scene["what"], "atx": scene["at"], "aty": fill(scene["at"], x=Words("<y>", "<y>"))}
    wording = {
        kind: fill(words, **ask, **{name: Words(f"<{name}>", f"<{name}>") for name in ("x", "y", "p", "claim")})
        for kind, words in WORDING["box_claims"].items()
    }
    intro = fill(scene["intro"], names=enumerated(names))
    return _place(rng, level, turn, names, wording, intro, wording["who"])


def _place(
    rng: Random, level: int, turn: int, names: Sequence[Words], wording: Mapping[str, Words], intro: Words, asked: Words
) -> Puzzle | None:
    size = len(names)
    kinds = ("did", "did_not", "among") if level == 1 else ("did", "did_not", "among", "right", "wrong")
    statements: list[Said] = []
    for speaker in range(size):
        kind = rng.choice(kinds)
        of = rng.sample([one for one in range(size) if one != speaker], 2 if kind == "among" else 1)
        statements.append(_said(kind, sorted(of), names, wording))
    count = pick(("one_true", "one_false") if level == 1 else ("one_true", "one_false", "two_true"), turn)
    true = _COUNTS.get(count, size - 1)
    left = [
        case
        for case in (Case(who, truths) for who in range(size) for truths in product((False, True), repeat=size))
        if sum(case.truths) == true and all(one.holds(case) == case.truths[p] for p, one in enumerate(statements))
    ]
    found = {case.who for case in left}
    used = [one.data[0] for one in statements]
    if len(found) != 1 or len({tuple(one.data) for one in statements}) < size or len(set(used)) < 2:
        return None
    mutual = used.count("right") + used.count("wrong")
    if mutual > 2 or (level > 1 and mutual == 0):
        return None
    (who,) = found
    others = rng.sample([one for one in range(size) if one != who], 3)
    made = [Option(one, capital(names[one])) for one in (who, *others)]
    cases = "; ".join(f"true are the statements of {_honest(names, case.truths).en}" for case in left)
    return Puzzle(
        {"kind": "truth", "form": "who", "size": size, "said": [one.data for one in statements], "true": true},
        joined(intro, _spoken(names, statements, wording["says"]), wording[count], asked),
        made[0],
        made[1:],
        f"Only with {names[who].en} exactly {true} can be true ({cases}).",
    )
