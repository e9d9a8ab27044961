"""Questions on paragraphs among many others, from sets that are published for it."""

import random
from collections.abc import Mapping, Sequence
from typing import Any

from benchharness.records import Language
from benchharness.tasks.long_context.records import Fact, Filler, Problem
from benchharness.tasks.long_context.ruler._documents import CLOSED, Library, Paragraph, read_library
from benchharness.tasks.long_context.ruler._english import EN, EnglishFiller, own_chance
from benchharness.text.instructions.units import sentences

Rows = Sequence[Mapping[str, Any]]
MOST_COMPANIONS = 100
HEAD = "Document: "
CLOSING_SHARE = 0.1
"""The share of the paragraphs around whose sentences are kept to end with, each by itself."""

MOST_CLOSING = 50

_read: list[tuple[Rows, Library]] = []
"""The rows last used and what they hold: every problem of a task is drawn from the same."""


def draw(rng: random.Random, depth: float, *, rows: Rows, companions: int = 4) -> Problem:
    """Return a question, the paragraphs that answer it, and some that stand near them in the set.

    Args:
        rng: all chance comes from it.
        depth: not used: RULER draws the order of the paragraphs.
        rows: of the set, see ``read_library``.
        companions: most paragraphs of the same article, or distractors of the same question, that go with it.

    Raises:
        ValueError: if an option is wrong, or the rows are not what they should be.
    """
    if not isinstance(companions, int) or not 0 <= companions <= MOST_COMPANIONS:
        raise ValueError(f"companions is {companions!r}; expected a whole number from 0 to {MOST_COMPANIONS}")
    question = rng.choice(_library(rows).questions)
    near = rng.sample(question.companions, min(companions, len(question.companions)))
    paragraphs = [*question.gold, *near]
    rng.shuffle(paragraphs)
    places = sorted(rng.random() for _ in paragraphs)
    facts = tuple(
        Fact(
            record={"document": paragraph.text, "gold": paragraph in question.gold},
            text={EN: _document(paragraph)},
            depth=place,
            block=True,
        )
        for paragraph, place in zip(paragraphs, places, strict=True)
    )
    depths = [fact.depth for fact in facts if fact.record["gold"]]
    return Problem(
        facts=facts,
        question={EN: question.text},
        answer={EN: [[answer] for answer in question.answers]},
        depth=depths[0] if len(depths) == 1 else None,
        asked={"question": question.id, "answers": list(question.answers)},
    )


def solve(records: Sequence[Mapping[str, Any]], asked: Mapping[str, Any]) -> Mapping[Language, Any]:
    """Return those of the set's answers that stand in the paragraphs, and yes and no.

    Raises:
        ValueError: if none does.
    """
    read = [record["document"].casefold() for record in records if record["gold"]]
    stated = [
        answer
        for answer in asked["answers"]
        if answer.casefold() in CLOSED or any(answer.casefold() in text for text in read)
    ]
    if not stated:
        raise ValueError(f"no paragraph holds an answer to {asked['question']}")
    return {EN: [[answer] for answer in stated]}


def filler(seed: int, *, rows: Rows, **_: object) -> Filler:
    """Return paragraphs of other articles, none twice; it ends with some that are a single sentence.

    Raises:
        ValueError: if the rows are not what they should be.
    """
    others = _library(rows).others
    ordered = own_chance(seed).sample(others, len(others))
    kept = ordered[: min(MOST_CLOSING, max(1, round(len(ordered) * CLOSING_SHARE)))]
    single = (part._replace(text=sentence) for part in kept for sentence in sentences(part.text) or [part.text])
    closings = dict.fromkeys(f"{_document(paragraph)}\n" for paragraph in single)
    return EnglishFiller((f"{_document(paragraph)}\n" for paragraph in ordered[len(kept) :]), tuple(closings))


def _document(paragraph: Paragraph) -> str:
    return f"{HEAD}{paragraph.title}: {paragraph.text}" if paragraph.title else f"{HEAD}{paragraph.text}"


def _library(rows: Rows) -> Library:
    if not _read or _read[0][0] is not rows:
        _read[:] = [(rows, read_library(rows))]
    return _read[0][1]
