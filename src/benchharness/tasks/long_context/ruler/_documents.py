"""Questions and paragraphs of a reading comprehension set, divided into those that are asked and those around them."""

import hashlib
import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

ASKED_SHARE = 0.1
"""The share of articles (SQuAD) or questions (HotpotQA) that are asked; paragraphs around them are of the others."""

CLOSED = frozenset({"yes", "no"})
"""Answers that need not stand in a paragraph."""


class Paragraph(NamedTuple):
    """A paragraph; ``title`` is empty where the set's paragraphs are shown without."""

    title: str
    text: str


class Question(NamedTuple):
    """A question that paragraphs answer.

    Attributes:
        id: as the set has it.
        text: the question.
        answers: any of them is right.
        gold: the paragraphs that hold the answer.
        companions: others near them: of the same article, or those that the set gives as distractors.
    """

    id: str
    text: str
    answers: tuple[str, ...]
    gold: tuple[Paragraph, ...]
    companions: tuple[Paragraph, ...]


class Library(NamedTuple):
    """What may be asked, and the paragraphs that may stand around it."""

    questions: tuple[Question, ...]
    others: tuple[Paragraph, ...]


def read_library(rows: Sequence[Mapping[str, Any]]) -> Library:
    """Return what a set holds.

    Args:
        rows: of SQuAD or HotpotQA, as the hub has them: with ``context`` as a text, or as ``title`` and ``sentences``.

    Raises:
        ValueError: if they are neither, or too few to ask some and have others around them.
    """
    try:
        library = _squad(rows) if rows and isinstance(rows[0]["context"], str) else _hotpot(rows)
    except (KeyError, TypeError, IndexError) as error:
        raise ValueError(f"the rows are neither SQuAD's nor HotpotQA's: {error!r}") from error
    if not library.questions or not library.others:
        raise ValueError(f"{len(rows)} rows are too few: no question is left, or no paragraph around it")
    return library


def _squad(rows: Sequence[Mapping[str, Any]]) -> Library:
    articles: dict[str, dict[str, None]] = {}
    for row in rows:
        articles.setdefault(row["title"], {})[_plain(row["context"])] = None
    asked = _portion(articles)
    questions = []
    for row in rows:
        answers = tuple(dict.fromkeys(_plain(text) for text in row["answers"]["text"]))
        if row["title"] not in asked or not answers:  # SQuAD 2.0 has questions without an answer
            continue
        own = _plain(row["context"])
        companions = tuple(Paragraph("", text) for text in articles[row["title"]] if text != own)
        questions.append(Question(row["id"], _plain(row["question"]), answers, (Paragraph("", own),), companions))
    others = dict.fromkeys(text for title, texts in articles.items() if title not in asked for text in texts)
    return Library(tuple(questions), tuple(Paragraph("", text) for text in others))


def _hotpot(rows: Sequence[Mapping[str, Any]]) -> Library:
    asked = _portion(row["id"] for row in rows)
    questions = []
    around: dict[str, Paragraph] = {}
    named: set[str] = set()
    for row in rows:
        context = zip(row["context"]["title"], row["context"]["sentences"], strict=True)
        paragraphs = [Paragraph(_plain(title), _plain(" ".join(sentences))) for title, sentences in context]
        if row["id"] not in asked:
            around |= {paragraph.title: paragraph for paragraph in paragraphs}
            continue
        named |= {paragraph.title for paragraph in paragraphs}
        supporting = {_plain(title) for title in row["supporting_facts"]["title"]}
        gold = tuple(paragraph for paragraph in paragraphs if paragraph.title in supporting)
        rest = tuple(paragraph for paragraph in paragraphs if paragraph.title not in supporting)
        questions.append(Question(row["id"], _plain(row["question"]), (_plain(row["answer"]),), gold, rest))
    return Library(tuple(questions), tuple(around[title] for title in around if title not in named))


def _portion(names: Iterable[str]) -> set[str]:
    """Return the share that is asked, the same whatever the order of the rows."""
    ordered = sorted(dict.fromkeys(names), key=lambda name: hashlib.sha256(name.encode()).digest())
    return set(ordered[: math.ceil(len(ordered) * ASKED_SHARE)])


def _plain(text: str) -> str:
    return " ".join(text.split())
