"""Example answers in lines of verse, and as data."""

import json
from random import Random

from benchharness.records import Language
from benchharness.tasks.generators._instruction_features import Features, Wants, draw_count, fill

VERSE = (
    "lines",
    "line_characters",
    "line_words",
    "increasing_lines",
    "acrostic",
    "distinct_starts",
    "line_start",
    "line_end",
)
"""Kinds for which an answer is written in lines."""


def write_verse(wants: Wants, features: Features, rng: Random) -> str:
    """Return lines without punctuation inside, which begin, end and are as long as the instructions ask."""
    keywords = _keywords(wants)
    count = _line_count(wants, len(keywords), rng)
    starts = _starts(wants, features, count, rng)
    ending = str(wants.first("line_end").text) if wants.has("line_end") else ""
    found: list[str] = []
    space = features.bank.space
    for index, start in enumerate(starts):
        named = space.join([start, *keywords[len(keywords) * index // count : len(keywords) * (index + 1) // count]])
        missing = max(0, _length(wants, index, rng) - wants.size(named))
        padding = fill(wants, missing, rng)
        found.append(space.join(part for part in (named, padding) if part) + ending)
    return "\n".join(found)


def _keywords(wants: Wants) -> list[str]:
    found = [word for one in wants.of("include_keywords") for word in one.words]
    for frequency in wants.of("keyword_frequency"):
        found += [frequency.word] * (frequency.least or 1)
    return found


def _line_count(wants: Wants, keywords: int, rng: Random) -> int:
    if wants.has("acrostic"):
        return len(wants.first("acrostic").letters)
    if wants.has("increasing_lines"):
        return int(wants.first("increasing_lines").count)
    if wants.has("lines"):
        return draw_count(wants.first("lines"), rng)
    return max(keywords, rng.randint(3, 5))


def _starts(wants: Wants, features: Features, count: int, rng: Random) -> list[str]:
    starters = [starter for starter in features.bank.starters if wants.allows(starter)]
    if wants.has("line_start"):
        return [str(wants.first("line_start").text)] * count
    if wants.has("acrostic"):
        return [_starter(letter, starters, wants, rng) for letter in wants.first("acrostic").letters]
    by_first = {starter[0] if wants.language is Language.ZH else starter: starter for starter in starters}
    return rng.sample(sorted(by_first.values()), min(count, len(by_first)))


def _starter(letter: str, starters: list[str], wants: Wants, rng: Random) -> str:
    """Return a beginning with a letter; the character itself where a line is short."""
    if wants.language is Language.ZH and wants.has("line_characters"):
        return letter
    return rng.choice([starter for starter in starters if starter[0].casefold() == letter.casefold()] or [letter])


def _length(wants: Wants, index: int, rng: Random) -> int:
    """Return how long a line is to be, in Chinese characters or words."""
    for bound in wants.of("line_characters", "line_words"):
        least = bound.least if bound.least is not None else max(1, bound.most - 3)
        return rng.randint(least, bound.most if bound.most is not None else least)
    if wants.has("increasing_lines"):
        return 5 + 4 * index if wants.language is Language.ZH else 3 + 2 * index
    return rng.randint(6, 9) if wants.language is Language.ZH else rng.randint(4, 7)


def write_data(wants: Wants, features: Features) -> str:
    """Return a JSON object or a Markdown table whose values are clauses."""
    clauses = features.clauses()
    if wants.has("json_object"):
        keys = wants.first("json_object").keys
        values = _spread(clauses, len(keys), features)
        return json.dumps(dict(zip(keys, values, strict=True)), ensure_ascii=False, indent=2)
    table = wants.first("table")
    cells = _spread(clauses, table.rows * table.columns, features)
    rows = [cells[start : start + table.columns] for start in range(0, len(cells), table.columns)]
    whole = [features.heads(table.columns), ["---"] * table.columns, *rows]
    return "\n".join(f"| {' | '.join(row)} |" for row in whole)


def _spread(clauses: list[str], count: int, features: Features) -> list[str]:
    """Put clauses into ``count`` values, in order, with fillers where there are too few."""
    filled = clauses + [features.filler() for _ in range(count - len(clauses))]
    return [
        features.joint.join(filled[len(filled) * i // count : len(filled) * (i + 1) // count]) for i in range(count)
    ]
