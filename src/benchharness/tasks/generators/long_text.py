"""Long text: questions about a log, a diary or minutes, with the same facts in both languages."""

from random import Random
from statistics import mean
from typing import Any

from benchharness.tasks.generated import Row
from benchharness.tasks.generators._long_text_document import write_document
from benchharness.tasks.generators._long_text_events import SIZES, THEMES, Theme, draw_events, named_day, with_days
from benchharness.tasks.generators._long_text_questions import CATEGORIES, Asker, Question
from benchharness.tasks.generators._long_text_solve import find_answer
from benchharness.tasks.generators._wording import Words, fill
from benchharness.text.script import character_count

_LETTERS = "ABCD"
_GOLDEN = (5**0.5 - 1) / 2
_ATTEMPTS = 100


def generate(seed: int, count: int) -> list[Row]:
    """Return rows of all categories, difficulties and themes in rotation.

    The difficulty decides about the length: about 900, 2,000 and 4,000 Chinese characters. Each half of a row has the
    ``passage``, the ``question``, four ``options`` that the same text names (or that it says nothing), ``depth``, the
    mean place of the sentences on which the answer rests, as a share of the length, and ``characters``, the length.
    For facts that can stand anywhere depths are drawn evenly (a golden-ratio sequence).

    Args:
        seed: decides about everything.
        count: number of rows; a larger one only adds rows.
    """
    return [_row(seed, index) for index in range(count)]


def solve(row: Row) -> str:
    """Return the letter of the option that the records of ``row["problem"]`` bear out.

    Raises:
        ValueError: if none of the options does, or several do.
    """
    problem = row["problem"]
    found = find_answer(problem)
    letters = [letter for letter, option in zip(_LETTERS, problem["options"], strict=True) if option == found]
    if len(letters) != 1:
        raise ValueError(f"{found!r} is not one of the options {problem['options']!r}")
    return letters[0]


def _row(seed: int, index: int) -> Row:
    level = index % len(SIZES) + 1
    turn, place = divmod(index, len(CATEGORIES))
    category = list(CATEGORIES)[place]
    # So that in 18 turns every category meets every theme at every difficulty.
    theme = Theme(THEMES[(place + sum(divmod(turn, len(SIZES)))) % len(THEMES)])
    depth = (turn * _GOLDEN + place / len(CATEGORIES) + seed * _GOLDEN) % 1
    for attempt in range(_ATTEMPTS):
        rng = Random(f"{seed}:long_text:{index}:{attempt}")
        question = _question(rng, theme, level, category, depth)
        if question is not None:
            return _written(rng, theme, level, category, question, _letter(seed, index), index)
    raise RuntimeError(f"no {category} question of difficulty {level} in {_ATTEMPTS} attempts")


def _letter(seed: int, index: int) -> str:
    """Return the letter of the right option: each once in four rows."""
    block, place = divmod(index, len(_LETTERS))
    return Random(f"{seed}:long_text:letters:{block}").sample(_LETTERS, len(_LETTERS))[place]


def _question(rng: Random, theme: Theme, level: int, category: str, depth: float) -> Question | None:
    size = SIZES[level]
    # The changes before the last one need room.
    last_change = 0.3 + 0.65 * depth if category == "latest_value" else None
    events = with_days(rng, draw_events(rng, theme, size, last_change), size.days)
    question = CATEGORIES[category](Asker(rng, theme, events, level, depth))
    if question is None or len({question.right, *question.wrong}) < len(_LETTERS):
        return None
    return question


def _written(rng: Random, theme: Theme, level: int, category: str, question: Question, answer: str, index: int) -> Row:
    document = write_document(rng, theme, question.events, SIZES[level].characters)
    options = rng.sample(question.wrong, len(question.wrong))
    options.insert(_LETTERS.index(answer), question.right)
    shown = [theme.named(question.options, option) for option in options]
    asked = _asked(theme, question)
    row: Row = {
        "id": f"long_text-{index + 1:04}",
        "category": category,
        "difficulty": level,
        "theme": theme.name,
        "answer": answer,
        "why": question.why,
        "problem": {
            "events": question.events,
            "question": question.kind,
            "given": question.given,
            "options": options,
        },
    }
    for half, language in enumerate(("zh", "en")):
        row[language] = {
            "passage": document.text[half],
            "question": asked[half],
            "options": [option[half] for option in shown],
            "depth": round(mean(document.places[half][number] for number in question.evidence), 3),
            "characters": character_count(document.text[half]),
        }
    return row


def _asked(theme: Theme, question: Question) -> Words:
    given: dict[str, Any] = {}
    for name, value in question.given.items():
        if name == "setting":
            given[name] = theme.words["settings"][value]["name"]
        elif name == "date":
            given[name] = named_day(value)
        else:
            given[name] = value if name == "n" else theme.named(name, value)
    wording = {**theme.words["questions"], **theme.shared["questions"]}
    return fill(wording[question.kind], **given)
