"""What holds for every problem of every family, checked without the code that wrote it."""

import json
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from random import Random
from typing import Any

import yaml
from hypothesis import strategies as st

from benchharness.records import Language
from benchharness.tasks.long_context import families
from benchharness.tasks.long_context.records import Family, Problem
from benchharness.text.punctuation import find_ascii_slip

SEEDS = st.integers(0, 2**32)
DEPTHS = st.floats(0, 1)
LEXICON = yaml.safe_load((Path(families.__file__).parent / "code_names.yaml").read_text(encoding="utf-8"))

_IDS = {
    language: {
        (f"{gem['zh']}{animal['zh']}" if language is Language.ZH else f"{gem['en']} {animal['en']}"): (
            f"{gem['en']}-{animal['en']}"
        )
        for gem in LEXICON["gems"]
        for animal in LEXICON["animals"]
    }
    for language in Language
}
_NAME = {Language.ZH: re.compile("“([^“”]+)”"), Language.EN: re.compile("([A-Z][a-z]+ [A-Z][a-z]+)")}
_NUMBER = re.compile(r"(?<!\d)\d{7}(?!\d)")
_SENTENCE = {
    # Whole sentences that can open a paragraph where a text is cut for tokenisation.
    Language.ZH: re.compile(r"[0-9\u4e00-\u9fff][0-9\u4e00-\u9fff“”，、：]+。"),
    Language.EN: re.compile(r"[A-Z0-9][A-Za-z0-9,' -]+\."),
}

Parser = Callable[[str, Language], Mapping[str, Any]]


def names_in(text: str, language: Language) -> list[str]:
    """Return the ids of the code names in a text, in order; one that is not in the lexicon is an error."""
    return [_IDS[language][name.lower()] for name in _NAME[language].findall(text)]


def numbers_in(text: str) -> list[int]:
    """Return the numbers of seven digits in a text; digits of another number are an error."""
    numbers = _NUMBER.findall(text)
    assert "".join(numbers) == "".join(re.findall(r"\d", text)), text
    return [int(number) for number in numbers]


def parse_value(text: str, language: Language) -> Mapping[str, Any]:
    """Read ``the crate labelled Amber Otter bore the number 4821937`` back, whatever the thing is."""
    (key,), (value,) = names_in(text, language), numbers_in(text)
    return {"key": key, "value": value}


def drawn(family: Family, parse: Parser, seed: int, depth: float, **options: Any) -> Problem:
    """Draw a problem twice, check everything that holds for all families, and return it."""
    problem = family.draw(Random(seed), depth, **options)
    assert problem == family.draw(Random(seed), depth, **options)
    check_places(problem, depth)
    for fact in problem.facts:
        for language in Language:
            text = fact.text[language]
            assert _SENTENCE[language].fullmatch(text), text
            assert parse(text, language) == fact.record
            assert find_ascii_slip(text) is None
    assert len({fact.text[Language.EN] for fact in problem.facts}) == len(problem.facts)
    check_answer(family, problem)
    return problem


def check_places(problem: Problem, depth: float) -> None:
    """Facts stand in the order of the text, and the evidence where it was to stand, if in one place."""
    depths = [fact.depth for fact in problem.facts]
    assert depths == sorted(depths)
    assert all(0 <= one <= 1 for one in depths)
    assert problem.depth in (None, depth)
    assert problem.depth is None or problem.depth in depths


def check_answer(family: Family, problem: Problem) -> None:
    """The records alone give the answer, also read back from JSON, and each number of it is stated by one fact."""
    records, asked = json.loads(json.dumps([[dict(fact.record) for fact in problem.facts], problem.asked]))
    assert family.solve(records, asked) == problem.answer
    assert set(problem.answer) == set(problem.question) == set(Language)
    zh, en = (problem.answer[language] for language in Language)
    assert len(zh) == len(en)
    values = [record["value"] for record in records if "value" in record]
    assert len(set(values)) == len(values)
    for forms in zh:
        for number in filter(str.isdigit, forms):
            assert forms == [number]
            assert [number] in en
            for language in Language:
                stating = [fact for fact in problem.facts if number in fact.text[language]]
                assert [fact.record["value"] for fact in stating] == [int(number)]
                assert number not in problem.question[language]
