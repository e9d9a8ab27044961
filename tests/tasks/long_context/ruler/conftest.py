"""Reading comprehension sets of invented paragraphs, in the form that the hub gives them."""

import random
import re
from typing import Any

import pytest

from benchharness.tasks.long_context.ruler._material import compound, compound_count

Rows = list[dict[str, Any]]


def invented(rng: random.Random, name: str, sentences: int = 4) -> str:
    """Return a paragraph; its second sentence has a fact that no other paragraph has."""
    words = [compound(rng.randrange(compound_count())).replace("-", " ") for _ in range(3 * sentences)]
    lines = [
        f"The {words[3 * n]} stood by the {words[3 * n + 1]} near the {words[3 * n + 2]}." for n in range(sentences)
    ]
    lines[1] = f"In {name} it was built in {rng.randrange(1000, 2000)} by a  {words[4]}."
    return " ".join(lines)


@pytest.fixture(scope="session")
def squad_rows() -> Rows:
    rng = random.Random(1)
    rows = []
    for article in range(20):
        for paragraph in range(10):
            name = f"Place{article:02}{paragraph:02}"
            text = invented(rng, name)
            year = text.partition(" built in ")[2][:4]
            answers = {"text": [year, f"in {year}", year], "answer_start": [text.index(year)] * 3}
            row = {"id": name, "title": f"Article {article}", "context": text, "question": f"When was  {name} built?"}
            rows.append({**row, "answers": answers})
            unanswered = {"id": f"{name}-x", "question": "Who?", "answers": {"text": [], "answer_start": []}}
            rows.append({**row, **unanswered})
    return rows


@pytest.fixture(scope="session")
def hotpot_rows() -> Rows:
    rng = random.Random(2)
    paragraphs = {f"Title {number}": invented(rng, f"Town{number}") for number in range(400)}
    rows: Rows = []
    for number in range(60):
        titles = rng.sample(list(paragraphs), 10)
        gold = titles[:2]
        answer = "yes" if number % 2 == 0 else paragraphs[gold[1]].partition(" built in ")[2][:4]
        rng.shuffle(titles)
        context = {"title": titles, "sentences": [re.split(r"(?<=\.) ", paragraphs[title]) for title in titles]}
        facts = {"title": [gold[0], gold[1], gold[1]], "sent_id": [0, 0, 1]}
        row = {"id": f"q{number}", "question": f"When, {number}?", "answer": answer, "type": "bridge", "level": "hard"}
        rows.append({**row, "context": context, "supporting_facts": facts})
    return rows
