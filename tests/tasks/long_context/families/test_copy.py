import re
from collections.abc import Mapping
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.tasks.long_context.families.checks import DEPTHS, SEEDS
from tests.tasks.long_context.families.record_checks import ZH, drawn, lexicon, read_date, read_person, value_of

from benchharness.records import Language
from benchharness.tasks.long_context.families import copy
from benchharness.tasks.long_context.prose import Prose
from benchharness.text.punctuation import find_ascii_slip

WORDING = lexicon("_records_notices.yaml")
_ENDS = {ZH: re.compile("(?<=。)(?=.)"), Language.EN: re.compile(r"(?<=[a-z0-9]\.) (?=[A-Z])")}


def sentences(body: str, language: Language) -> list[str]:
    return _ENDS[language].split(body)


def parse_line(text: str, language: Language) -> Mapping[str, Any]:
    """Read a sentence back by its template: what stands in each place, of whatever kind it is."""
    for kind, template in WORDING["lines"].items():
        pattern = re.sub(r"\\{([a-z]+)\\}", r"(?P<\1>.+?)", re.escape(template[language.value]))
        found = re.fullmatch(pattern, text)
        if found:
            return {"kind": kind, **{name: read(name, value, language) for name, value in found.groupdict().items()}}
    raise AssertionError(text)


def read(name: str, value: str, language: Language) -> Any:
    if name == "date":
        return read_date(value, language)
    if name == "person":
        return read_person(value, language)
    if name == "place":
        return [place[language.value] for place in WORDING["places"]].index(value)
    return int(value)


def parse(text: str, language: Language) -> Mapping[str, Any]:
    title, body = text.split("\n")
    (name,) = [one["id"] for one in WORDING["titles"] if one[language.value] == title]
    return {"title": name, "lines": [parse_line(line, language) for line in sentences(body, language)]}


@settings(max_examples=60, deadline=None)
@given(SEEDS, DEPTHS, st.integers(1, len(WORDING["lines"])))
def test_both_languages_state_the_same_notice(seed: int, depth: float, count: int) -> None:
    problem = drawn(copy, parse, seed, depth, sentences=count)
    (fact,) = problem.facts
    assert fact.block
    assert fact.depth == depth
    assert len({line["kind"] for line in fact.record["lines"]}) == count
    for language in Language:
        title, body = fact.text[language].split("\n")
        assert title in problem.question[language]
        assert problem.answer[language] == [[body]]
        assert value_of(problem, language, body) == 1
    assert find_ascii_slip(fact.text[ZH]) is None
    assert find_ascii_slip(problem.question[ZH]) is None


@pytest.mark.parametrize("language", Language)
def test_what_is_left_out_costs_its_length(language: Language) -> None:
    problem = copy.draw(Random(1), 0.5)
    body = problem.answer[language][0][0]
    half = body[: len(body) // 2]
    assert value_of(problem, language, half) == pytest.approx(0.5, abs=0.01)


def test_a_title_that_is_not_there_is_refused() -> None:
    with pytest.raises(ValueError, match="0 notices"):
        copy.solve([{"title": "well", "lines": []}], {"title": "ferry"})


@pytest.mark.parametrize(("name", "value"), [("sentences", 0), ("sentences", 15), ("sentences", 5.0), ("lines", 5)])
def test_wrong_options_are_named(name: str, value: Any) -> None:
    with pytest.raises(ValueError, match=name):
        copy.draw(Random(0), 0.5, **{name: value})


def test_prose_stands_around_the_notice() -> None:
    assert isinstance(copy.filler(3), Prose)
