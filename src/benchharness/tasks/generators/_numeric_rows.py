"""Families whose answers are numbers: from kinds of problems to rows."""

import re
from collections import Counter
from collections.abc import Callable, Sequence
from fractions import Fraction
from random import Random
from typing import Any, NamedTuple, TypeAlias

from benchharness.tasks.generated import Row
from benchharness.tasks.generators._wording import PEOPLE, Words

Problem: TypeAlias = dict[str, Any]
Number: TypeAlias = int | Fraction
Answer: TypeAlias = int | str

CANDIDATES = 8
"""Problems drawn for a row, of which the one is kept whose setting and answer were used least."""

MOST_ATTEMPTS = 400
"""Draws after which a kind is taken to have no further problem."""


class Draft(NamedTuple):
    """A problem as a kind draws it.

    Attributes:
        problem: its statement for machines, a JSON object; ``form`` says how the answer is written.
        answer: its answer.
        why: one line that proves the answer.
        text: its statement in both languages.
        scene: in what setting it takes place; without one the wording, numbers and names aside, stands for it.
            Rows repeat settings as little as possible.
    """

    problem: Problem
    answer: Number
    why: str
    text: Words
    scene: str = ""


class Kind(NamedTuple):
    """A kind of problem.

    Attributes:
        name: unique in its family.
        category: under what its rows are reported.
        draw: draws a problem of a difficulty (1, 2, 3); ``None`` if what was drawn makes no good problem.
        solve: the answer of a problem, found by another way than ``draw`` found it.
    """

    name: str
    category: str
    draw: Callable[[Random, int], Draft | None]
    solve: Callable[[Problem], Number]


def write_decimal(value: Number) -> str:
    """Return a finite decimal fraction as text, without trailing zeros.

    Raises:
        ValueError: if the decimal fraction has no end.
    """
    value = Fraction(value)
    places = 0
    while value.denominator != 1 and (value * 10**places).denominator != 1:
        places += 1
        if places > 12:
            raise ValueError(f"no short decimal fraction: {value}")
    if places == 0:
        return str(value.numerator)
    digits = f"{abs(value.numerator * 10**places // value.denominator):0{places + 1}d}"
    return f"{'-' if value < 0 else ''}{digits[:-places]}.{digits[-places:]}"


def write_answer(value: Number, form: str) -> Answer:
    """Write an answer as its row holds it.

    Args:
        value: its exact value.
        form: ``integer``; ``fraction``, in lowest terms; ``decimal``; ``percent``, the value being a share of 1.
            Whole numbers of all forms but ``percent`` are written as integers.

    Raises:
        ValueError: if the value has no such form, or there is no such form.
    """
    value = Fraction(value)
    if form == "percent":
        return f"{write_decimal(value * 100)}%"
    if value.denominator == 1:
        return value.numerator
    if form == "fraction":
        return str(value)
    if form == "decimal":
        return write_decimal(value)
    raise ValueError(f"{value} is not of the form {form!r}")


def _any_text(_: Words) -> bool:
    return True


class Family(NamedTuple):
    """Kinds of problems that make up a task.

    Attributes:
        name: stands in the ids of its rows.
        kinds: its kinds. The number of their categories shares no divisor with 3, so that every category meets
            every difficulty.
        fits: tells whether a text may be used, by its length for instance.
    """

    name: str
    kinds: tuple[Kind, ...]
    fits: Callable[[Words], bool] = _any_text


def build_rows(family: Family, seed: int, count: int) -> list[Row]:
    """Make rows: difficulties and categories in rotation, and within a category its kinds.

    A row depends on the rows before it, whose settings and answers it avoids, and not on ``count``.

    Args:
        family: what to make rows of.
        seed: decides about everything.
        count: number of rows.

    Raises:
        ValueError: if a kind has no further problem.
    """
    categories = list(dict.fromkeys(kind.category for kind in family.kinds))
    by_category = [[kind for kind in family.kinds if kind.category == category] for category in categories]
    used = _Used()
    rows: list[Row] = []
    for index in range(count):
        level = index % 3 + 1
        own = by_category[index % len(categories)]
        kind = own[index // (3 * len(categories)) % len(own)]
        draft = _choose(family, kind, level, f"{seed}:{family.name}:{index}", used)
        used.add(draft)
        problem = {"kind": kind.name, **draft.problem}
        rows.append(
            {
                "id": f"{family.name}-{index + 1:04d}",
                "category": kind.category,
                "difficulty": level,
                "kind": kind.name,
                "answer": write_answer(draft.answer, problem["form"]),
                "why": draft.why,
                "zh": {"question": draft.text.zh},
                "en": {"question": draft.text.en},
                "problem": problem,
            }
        )
    return rows


def solve_row(family: Family, row: Row) -> Answer:
    """Return the answer of a row from its ``problem``, by the solver of its kind.

    Raises:
        ValueError: if the problem has no answer, or more than one, or its kind is unknown.
    """
    problem = row["problem"]
    for kind in family.kinds:
        if kind.name == problem["kind"]:
            return write_answer(kind.solve(problem), problem["form"])
    raise ValueError(f"no kind {problem['kind']!r}")


class _Used:
    """What the rows so far have used up."""

    def __init__(self) -> None:
        self.texts: set[str] = set()
        self.wordings: Counter[str] = Counter()
        self.answers: Counter[Fraction] = Counter()

    def add(self, draft: Draft) -> None:
        self.texts.update(draft.text)
        self.wordings[_wording(draft)] += 1
        self.answers[Fraction(draft.answer)] += 1

    def cost(self, draft: Draft) -> tuple[int, int]:
        return self.wordings[_wording(draft)], self.answers[Fraction(draft.answer)]


_VARIABLE = re.compile(r"\d+|[-+]|" + "|".join(person.zh for person in PEOPLE))


def _wording(draft: Draft) -> str:
    """Return the setting, or what remains of the text without its numbers and names."""
    return draft.scene or _VARIABLE.sub("#", draft.text.zh)


def _choose(family: Family, kind: Kind, level: int, place: str, used: _Used) -> Draft:
    """Draw problems until enough are new, and return the one whose setting and answer were used least."""
    candidates: list[Draft] = []
    for attempt in range(MOST_ATTEMPTS):
        draft = kind.draw(Random(f"{place}:{attempt}"), level)
        if draft is not None and family.fits(draft.text) and used.texts.isdisjoint(draft.text):
            candidates.append(draft)
        if len(candidates) == CANDIDATES:
            break
    if not candidates:
        raise ValueError(f"{place}: no further problem of kind {kind.name}, difficulty {level}")
    return min(candidates, key=used.cost)


def unique(values: Sequence[Number] | set[int]) -> Number:
    """Return the only value there is.

    Raises:
        ValueError: if there is none, or there are several.
    """
    found = set(values)
    if len(found) != 1:
        raise ValueError(f"not one answer: {sorted(found)[:5]}")
    return found.pop()
