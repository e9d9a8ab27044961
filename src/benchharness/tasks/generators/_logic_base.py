"""Puzzles whose right option is found by looking at every model: claims, and how options are chosen among them."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import reduce
from random import Random
from typing import Any, NamedTuple, TypeAlias, TypeVar

from benchharness.tasks.generators._wording import Words, fill, read_wording

T = TypeVar("T")
Model: TypeAlias = Any
"""One way things could be."""

WORDING: dict[str, Any] = read_wording("logical_reasoning")
NUMBERED = ("（{}）", "({}) ")


class Claim(NamedTuple):
    """Something that may be so.

    Attributes:
        data: what it says, as data; the first element is its kind.
        words: a clause that says it.
        holds: whether it is so in a model.
    """

    data: list[Any]
    words: Words
    holds: Callable[[Model], bool]


class Option(NamedTuple):
    """An answer to choose, as data and in words."""

    data: Any
    words: Words


class Puzzle(NamedTuple):
    """A problem before its options are put in order.

    Attributes:
        problem: its statement as data, without the options.
        text: its statement and question in words.
        right: the right option.
        wrong: the three others.
        why: one line that proves the answer.
    """

    problem: dict[str, Any]
    text: Words
    right: Option
    wrong: list[Option]
    why: str


Draw: TypeAlias = Callable[[Random, int, int], Puzzle | None]
"""``draw(rng, level, turn)``: a puzzle of a difficulty (1 to 3), or ``None`` if what was drawn makes no good one.

The turn, any number, decides about the form of the question, so that forms that are harder to draw are not rarer.
"""


def bound(test: Callable[..., bool], arguments: Iterable[Any]) -> Callable[[Model], bool]:
    """Return a test of a model with its other arguments given."""
    rest = tuple(arguments)
    return lambda model: test(model, *rest)


class Space:
    """Everything that could be if nothing were given, with a table of each claim over it.

    Attributes:
        models: the ways things could be.
    """

    def __init__(self, models: Sequence[Model]) -> None:
        self.models = models
        self._tables: dict[str, int] = {}

    def table(self, claim: Claim) -> int:
        """Return where a claim holds, as bits in the order of the models."""
        key = repr(claim.data)
        if key not in self._tables:
            holds = "".join("1" if claim.holds(model) else "0" for model in self.models)
            self._tables[key] = int(holds or "0", 2)
        return self._tables[key]

    def decides(self, given: int, claim: Claim) -> bool:
        """Return whether a claim holds everywhere, or nowhere, in a part of the space."""
        both = given & self.table(claim)
        return both in (0, given)

    @property
    def whole(self) -> int:
        """The table of what always holds."""
        return (1 << len(self.models)) - 1


def narrow(
    rng: Random, space: Space, pool: Iterable[Claim], left: range, given: range, caps: Mapping[str, int]
) -> tuple[list[Claim], list[Model]] | None:
    """Choose claims that leave only some of the models, each of them needed for that.

    Args:
        rng: decides which.
        space: everything that could be.
        pool: claims that hold in a model in common.
        left: how many models may be left.
        given: how many claims there may be.
        caps: the most claims of a kind; 2 for a kind that is not named.
    """
    pool = list(pool)
    rng.shuffle(pool)
    kept = list(space.models)
    chosen: list[Claim] = []
    used: Counter[str] = Counter()
    for claim in pool:
        if len(kept) in left and len(chosen) >= given.start:
            break
        kind = claim.data[0]
        smaller = [model for model in kept if claim.holds(model)]
        if left.start <= len(smaller) < len(kept) and used[kind] < caps.get(kind, 2):
            chosen.append(claim)
            used[kind] += 1
            kept = smaller
    if len(kept) not in left:
        return None
    for claim in list(chosen):
        others = [one for one in chosen if one is not claim]
        if _together(space, others).bit_count() == len(kept):
            chosen = others
    return (chosen, kept) if len(chosen) in given else None


def _together(space: Space, claims: Iterable[Claim]) -> int:
    return reduce(lambda table, claim: table & space.table(claim), claims, space.whole)


def choose_options(
    rng: Random,
    form: str,
    models: Sequence[Model],
    space: Space,
    given: Sequence[Claim],
    candidates: Iterable[Claim],
) -> tuple[Claim, list[Claim]] | None:
    """Choose a right claim and three wrong ones for the form of a question.

    ``must``: the right one holds in all models, the others do not. ``can``: in some, the others in none. ``cannot``:
    in none, the others in some. ``need_not``: not in all, the others in all. The right one is never settled by one
    given claim alone, and wrong ones are rather those that may be either way.

    Args:
        rng: decides which.
        form: the form.
        models: what is left.
        space: what could be if nothing were given.
        given: what is given.
        candidates: claims to choose among.
    """
    said = [claim.data for claim in given]
    by_share: dict[str, list[Claim]] = {"all": [], "some": [], "none": []}
    for claim in candidates:
        if claim.data not in said:
            count = sum(claim.holds(model) for model in models)
            by_share["none" if count == 0 else "all" if count == len(models) else "some"].append(claim)
    for claims in by_share.values():
        rng.shuffle(claims)
    rights, wrongs = {
        "must": (by_share["all"], by_share["some"] + by_share["none"]),
        "can": (by_share["some"] + by_share["all"], by_share["none"]),
        "cannot": (by_share["none"], by_share["some"] + by_share["all"]),
        "need_not": (by_share["some"] + by_share["none"], by_share["all"]),
    }[form]
    if form in ("can", "need_not"):
        # What one given claim alone decides would be crossed out at a glance.
        wrongs = [claim for claim in wrongs if not _settled(claim, given, space)]
    if len(wrongs) < 3:
        return None
    for right in rights:
        if not _settled(right, given, space):
            wrong = _different(right, wrongs)
            return None if wrong is None else (right, wrong)
    return None


def _different(right: Claim, wrongs: Sequence[Claim]) -> list[Claim] | None:
    """Return three wrong claims, rather of different kinds, and not all of another kind than the right one."""
    own = [claim for claim in wrongs if claim.data[0] == right.data[0]]
    ordered = [*own[:1], *[claim for claim in wrongs if claim not in own[:1]]]
    chosen: list[Claim] = []
    for most in (1, 2, 3):
        for claim in ordered:
            used = sum(one.data[0] == claim.data[0] for one in chosen)
            if len(chosen) < 3 and used < most and claim not in chosen:
                chosen.append(claim)
    return chosen if len(chosen) == 3 else None


def _settled(claim: Claim, given: Iterable[Claim], space: Space) -> bool:
    """Return whether one given claim, or none, decides a claim."""
    if not space.models:
        return False
    return space.decides(space.whole, claim) or any(space.decides(space.table(one), claim) for one in given)


def options(right: Claim, wrong: Iterable[Claim]) -> tuple[Option, list[Option]]:
    """Return claims as options."""
    return as_option(right), [as_option(claim) for claim in wrong]


def as_option(claim: Claim) -> Option:
    """Return a claim as an option."""
    return Option(claim.data, capital(claim.words))


def explain(form: str, models: Sequence[Model], right: Claim, show: Callable[[Model], str], most: int = 4) -> str:
    """Return the line that proves the answer to a question about models, with ``most`` of them written out."""
    shown = "; ".join(show(model) for model in models[:most]) + ("; ..." if len(models) > most else "")
    says = right.words.en
    if form == "must":
        if len(models) == 1:
            return f"Only this fits: {shown}. So {says}."
        return f"{len(models)} cases fit ({shown}), and in all of them {says}."
    if form == "cannot":
        return f"{len(models)} cases fit ({shown}), and in none of them {says}; each other option holds in some case."
    example = next(model for model in models if right.holds(model) == (form == "can"))
    if form == "can":
        return f"This fits: {show(example)}; there {says}. The other options hold in none of the {len(models)} cases."
    return f"This fits: {show(example)}; there it fails. The other options hold in all {len(models)} cases."


def capital(words: Words) -> Words:
    """Begin the English half with a capital letter."""
    return Words(words.zh, words.en[:1].upper() + words.en[1:])


def sentences(claims: Iterable[Words]) -> Words:
    """Return each clause as a sentence of its own."""
    parts = [capital(words) for words in claims]
    return Words("".join(f"{part.zh}。" for part in parts), " ".join(f"{part.en}." for part in parts))


def numbered(claims: Iterable[Words]) -> Words:
    """Return clauses as a numbered list within a sentence."""
    parts = list(claims)
    halves = [
        mark.join(NUMBERED[half].format(place + 1) + part[half] for place, part in enumerate(parts))
        for half, mark in enumerate(("；", "; "))
    ]
    return Words(*halves)


def state(rng: Random, claims: Sequence[Claim]) -> Words:
    """Return given claims as sentences or as a numbered list."""
    words = [claim.words for claim in claims]
    layout = rng.choice([None, *WORDING["layouts"]])
    return sentences(words) if layout is None else fill(layout, items=numbered(words))


def pick(forms: Sequence[T], turn: int) -> T:
    """Return the form whose turn it is."""
    return forms[turn % len(forms)]


def ask_form(rng: Random, form: str) -> Words:
    """Return a question of a form."""
    asked: Words = rng.choice(WORDING["forms"][form])
    return asked


def numbers(rng: Random, right: int, near: Iterable[int], *, least: int = 0) -> list[int] | None:
    """Return three wrong numbers, those a mistake leads to first, then neighbours of the right one."""
    tempting = [value for value in dict.fromkeys(near) if value != right and value >= least]
    chosen = tempting[:3]
    step = 1
    while len(chosen) < 3 and step < 12:
        sides = [right - step, right + step]
        rng.shuffle(sides)
        chosen += [value for value in sides if value >= least and value not in chosen][: 3 - len(chosen)]
        step += 1
    return chosen if len(chosen) == 3 else None


def number_option(value: int) -> Option:
    """Return a number as an option."""
    return Option(value, Words(str(value), str(value)))
