"""Conditions: if, only if, unless, and what follows from them; rules for a choice."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import combinations, pairwise, permutations, product
from random import Random
from typing import Any, TypeAlias

from benchharness.tasks.generators._logic_base import (
    WORDING,
    Claim,
    Option,
    Puzzle,
    Space,
    as_option,
    ask_form,
    bound,
    capital,
    choose_options,
    explain,
    narrow,
    numbered,
    options,
    pick,
    state,
)
from benchharness.tasks.generators._wording import Words, draw_people, enumerated, fill, joined

Values: TypeAlias = tuple[bool, ...]
"""For each atom, whether it is so."""

Literal: TypeAlias = list[Any]
"""An atom and whether it is said to be so."""

_CAPS = {"fact": 1, "iff": 1, "one_of": 1, "if_both": 1}
_LEFT = {"must": range(2, 9), "can": range(2, 13), "cannot": range(2, 13)}


def _is(values: Values, literal: Literal) -> bool:
    return bool(values[literal[0]] == literal[1])


def _implies(values: Values, first: Literal, second: Literal) -> bool:
    return not _is(values, first) or _is(values, second)


def _is_plain(kind: str, first: bool, second: bool) -> bool:
    """Return whether an implication reads well: “unless not” does not, and “才不” says something else."""
    return kind == "if" or (second and (first or kind == "unless"))


_TESTS: dict[str, Callable[..., bool]] = {
    "if": _implies,
    "only_if": _implies,
    "unless": _implies,
    "fact": _is,
    "or": lambda values, a, b: values[a] or values[b],
    "not_both": lambda values, a, b: not (values[a] and values[b]),
    "one_of": lambda values, a, b: values[a] != values[b],
    "iff": lambda values, a, b: values[a] == values[b],
    "if_both": lambda values, a, b, c: not (values[a] and values[b]) or _is(values, c),
    "if_or": lambda values, a, b, c: not (values[a] or values[b]) or _is(values, c),
    "if_not_both": lambda values, a, b, c: not _is(values, c) or not (values[a] and values[b]),
    "if_neither": lambda values, a, b, c: not _is(values, c) or not (values[a] or values[b]),
}
"""When a claim of a kind holds. ``if``, ``only_if`` and ``unless`` say the same, in other words."""


class Speaker:
    """Words claims about atoms of one scene."""

    def __init__(self, names: Sequence[Words], words: Mapping[str, Any]) -> None:
        self.names = names
        self.words = words

    def claim(self, kind: str, *of: Any) -> Claim:
        """Return a claim about atoms or literals, in the order that its kind takes them in."""
        place: dict[str, Any] = {"pos": self.words["pos"], "neg": self.words["neg"], "unit": self.words["unit"]}
        if kind in ("if", "only_if", "unless"):
            (a, first), (b, second) = of
            place |= {"a": self.names[a], "b": self.names[b], "p": self._verb(first), "q": self._verb(second)}
            place["np"] = self._verb(not first)
        elif kind == "fact":
            ((a, first),) = of
            place |= {"a": self.names[a], "p": self._verb(first)}
        else:
            place |= {"a": self.names[of[0]], "b": self.names[of[1]]}
        if len(of) == 3:
            place |= {"c": self.names[of[2][0]], "q": self._verb(of[2][1])}
        return Claim([kind, *of], fill(WORDING["proposition_claims"][kind], **place), bound(_TESTS[kind], of))

    def _verb(self, value: bool) -> Words:
        verb: Words = self.words["pos" if value else "neg"]
        return verb

    def implications(self, kinds: Sequence[str]) -> Iterator[Claim]:
        """Yield every implication between two literals."""
        for a, b in permutations(range(len(self.names)), 2):
            for first, second in product((True, False), repeat=2):
                for kind in kinds:
                    if _is_plain(kind, first, second):
                        yield self.claim(kind, [a, first], [b, second])

    def pairs(self, kinds: Sequence[str]) -> Iterator[Claim]:
        """Yield every claim of some kinds about two atoms."""
        for a, b in combinations(range(len(self.names)), 2):
            for kind in kinds:
                yield self.claim(kind, a, b)

    def facts(self) -> Iterator[Claim]:
        """Yield what is so or is not so about one atom."""
        for a in range(len(self.names)):
            for value in (True, False):
                yield self.claim("fact", [a, value])

    def triples(self) -> Iterator[Claim]:
        """Yield conditions on two atoms at once."""
        for a, b in combinations(range(len(self.names)), 2):
            for c in range(len(self.names)):
                if c not in (a, b):
                    for value in (True, False):
                        yield self.claim("if_both", a, b, [c, value])

    def show(self, values: Values) -> str:
        """Return in English which atoms are so."""
        return ", ".join(name.en for name, value in zip(self.names, values, strict=True) if value) or "none"


def _scene(rng: Random, size: int) -> tuple[Speaker, Words]:
    scene = rng.choice(WORDING["propositions"])
    if "machines" in scene:
        names = [Words(f"{number}号", f"no. {number}") for number in range(1, size + 1)]
    else:
        names = draw_people(rng, size)
    return Speaker(names, scene), fill(scene["intro"], names=enumerated(names))


def proposition_form(rng: Random, level: int, turn: int) -> Puzzle | None:
    """Draw conditions on who takes part; something must, can or cannot be so."""
    size = 3 + level
    speaker, intro = _scene(rng, size)
    form = pick(("must", "can", "cannot"), turn)
    models = list(product((False, True), repeat=size))
    truth = rng.choice(models)
    everything = [
        *speaker.implications(("if", "only_if", "unless")),
        *speaker.pairs(("or", "not_both", "one_of", "iff")),
        *(speaker.triples() if level > 1 else ()),
        *(speaker.facts() if level == 1 or form == "must" else ()),
    ]
    pool = [claim for claim in everything if claim.holds(truth)]
    space = Space(models)
    found = narrow(rng, space, pool, _LEFT[form], range(2 + level, 4 + level), _CAPS)
    if found is None:
        return None
    given, left = found
    asked = [*speaker.facts(), *speaker.pairs(("or", "not_both", "one_of"))]
    if level == 3:
        asked += list(speaker.implications(("if",)))
    chosen = choose_options(rng, form, left, space, given, asked)
    if chosen is None:
        return None
    return _form_puzzle(rng, speaker, form, size, given, left, chosen, intro)


def _form_puzzle(
    rng: Random,
    speaker: Speaker,
    form: str,
    size: int,
    given: Sequence[Claim],
    left: Sequence[Values],
    chosen: tuple[Claim, list[Claim]],
    intro: Words,
) -> Puzzle:
    right, wrong = options(*chosen)
    return Puzzle(
        {"kind": "bool", "form": form, "size": size, "given": [claim.data for claim in given]},
        joined(intro, state(rng, given), ask_form(rng, form)),
        right,
        wrong,
        explain(form, left, chosen[0], speaker.show),
    )


def chain(rng: Random, level: int, turn: int) -> Puzzle | None:
    """Draw a chain of conditions in disorder; what follows from one end of it, or does not."""
    size = 3 + level
    speaker, intro = _scene(rng, size)
    literals: list[Literal] = [[atom, rng.random() < 0.7] for atom in rng.sample(range(size), size)]
    given: list[Claim] = []
    for first, second in pairwise(literals):
        pair = [first, second] if rng.random() < 0.6 else [[second[0], not second[1]], [first[0], not first[1]]]
        kind = rng.choice([kind for kind in ("if", "only_if", "unless") if _is_plain(kind, pair[0][1], pair[1][1])])
        given.append(speaker.claim(kind, *pair))
    rng.shuffle(given)
    models = list(product((False, True), repeat=size))
    left = [values for values in models if all(claim.holds(values) for claim in given)]
    form = "must" if level < 3 else pick(("must", "need_not"), turn)
    space = Space(models)
    chosen = choose_options(rng, form, left, space, given, speaker.implications(("if",)))
    return None if chosen is None else _form_puzzle(rng, speaker, form, size, given, left, chosen, intro)


def equivalence(rng: Random, level: int, turn: int) -> Puzzle | None:
    """Draw a conditional and find the sentence that says the same."""
    scene = rng.choice(WORDING["propositions"][:5])
    speaker = Speaker(draw_people(rng, 2 if level < 3 else 3), scene)
    if level < 3:
        kinds = ("if",) if level == 1 else ("only_if", "unless")
        given = rng.choice(list(speaker.implications(kinds)))
        others = [*speaker.implications(("if", "only_if", "unless")), *speaker.pairs(("or", "not_both", "iff"))]
    else:
        given = rng.choice(list(speaker.triples()))
        a, b, c = given.data[1:]
        either = ([c[0], True], [c[0], False])
        others = [
            speaker.claim(kind, a, b, one)
            for kind in ("if_both", "if_or", "if_not_both", "if_neither")
            for one in either
        ]
    models = list(product((False, True), repeat=len(speaker.names)))
    table = [given.holds(values) for values in models]
    candidates = [claim for claim in others if claim.data != given.data]
    same = [claim for claim in candidates if [claim.holds(values) for values in models] == table]
    rest = [claim for claim in candidates if claim not in same]
    if not same:
        return None
    right, wrong = rng.choice(same), rng.sample(rest, 3)
    frame = rng.choice(WORDING["equivalence"])
    case = {id(claim): next(v for v in models if claim.holds(v) != given.holds(v)) for claim in wrong}
    faults = "; ".join(
        f"{place} differs when true of: {speaker.show(case[id(one)])}" for place, one in enumerate(wrong, 1)
    )
    return Puzzle(
        {"kind": "bool", "form": "equivalent", "size": len(speaker.names), "given": [given.data]},
        joined(fill(frame["say"], claim=capital(given.words)), rng.choice(WORDING["equivalence_ask"])),
        as_option(right),
        [as_option(claim) for claim in wrong],
        f"Both are false in the same cases and true in all others; wrong option {faults}.",
    )


def team(rng: Random, level: int, turn: int) -> Puzzle | None:
    """Draw rules for choosing some of the candidates, and four choices."""
    size, count = 4 + level, 2 + (level > 1) + (level > 2)
    scene = rng.choice(WORDING["team"])
    speaker = Speaker(draw_people(rng, size), WORDING["team_words"])
    models = [values for values in product((False, True), repeat=size) if sum(values) == count]
    found = _rules(rng, level, turn, speaker, models)
    if found is None:
        return None
    intro = fill(
        scene["intro"], names=enumerated(speaker.names), k=count, items=numbered([one.words for one in found[1]])
    )
    return _plans(rng, speaker, models, found, [["exactly", count]], intro, size)


def budget(rng: Random, level: int, turn: int) -> Puzzle | None:
    """Draw prices, a budget and rules for a shopping list, and four lists."""
    size = 3 + level
    scene = rng.choice(WORDING["budget"])
    speaker = Speaker(rng.sample(scene["things"], size), WORDING["budget_words"])
    prices = [rng.randrange(12, 60) for _ in range(size)]
    most = sum(prices) * rng.randrange(50, 75) // 100

    def cost(values: Values) -> int:
        return sum(price for price, value in zip(prices, values, strict=True) if value)

    lists = [values for values in product((False, True), repeat=size) if sum(values) >= 2]
    models = [values for values in lists if cost(values) <= most]
    found = _rules(rng, level, turn, speaker, models)
    if found is None:
        return None
    price = WORDING["budget_words"]["price"]
    listed = [fill(price, x=name, n=number) for name, number in zip(speaker.names, prices, strict=True)]
    told = Words("，".join(one.zh for one in listed), ", ".join(one.en for one in listed))
    intro = fill(scene["intro"], b=most, prices=told, items=numbered([one.words for one in found[1]]))
    dear = [
        values for values in lists if most < cost(values) <= most + 15 and all(one.holds(values) for one in found[1])
    ]
    return _plans(rng, speaker, models, found, [["budget", prices, most]], intro, size, dear)


def _rules(
    rng: Random, level: int, turn: int, speaker: Speaker, models: Sequence[Values]
) -> tuple[str, list[Claim], list[Values]] | None:
    """Return the form of the question, rules, and the choices that keep to them."""
    form = "satisfies" if level < 3 else pick(("satisfies", "violates"), turn)
    if not models:
        return None
    truth = rng.choice(models)
    pool = [
        *speaker.implications(("if", "only_if", "unless")),
        *speaker.pairs(("or", "not_both", "one_of")),
        *speaker.triples(),
    ]
    left = range(1, 6) if form == "satisfies" else range(3, 9)
    held = [claim for claim in pool if claim.holds(truth)]
    found = narrow(rng, Space(models), held, left, range(1 + level, 3 + level), _CAPS)
    return None if found is None else (form, *found)


def _plans(
    rng: Random,
    speaker: Speaker,
    models: Sequence[Values],
    found: tuple[str, list[Claim], list[Values]],
    limits: list[list[Any]],
    intro: Words,
    size: int,
    dear: Sequence[Values] = (),
) -> Puzzle | None:
    form, given, left = found
    nearly = [values for values in models if sum(not claim.holds(values) for claim in given) == 1]
    if len(nearly) < 3 or len(left) < (1 if form == "satisfies" else 3):
        return None
    bad = rng.sample(nearly, 3)
    if dear:
        bad[0] = rng.choice(dear)
    good = rng.sample(left, 1 if form == "satisfies" else 3)
    right, wrong = (good[0], bad) if form == "satisfies" else (bad[0], good)
    plans = [
        Option(
            [atom for atom in range(size) if values[atom]],
            capital(enumerated([name for name, value in zip(speaker.names, values, strict=True) if value])),
        )
        for values in (right, *wrong)
    ]
    faults = [next((one.words.en for one in given if not one.holds(values)), "it costs too much") for values in bad]
    if form == "satisfies":
        why = f"It keeps to everything; against the others: {'; '.join(dict.fromkeys(faults))}."
    else:
        why = f"Against it: {faults[0]}. The other plans keep to everything."
    problem = {"kind": "bool", "form": form, "size": size, "given": [*limits, *(claim.data for claim in given)]}
    return Puzzle(problem, joined(intro, ask_form(rng, form)), plans[0], plans[1:], why)
