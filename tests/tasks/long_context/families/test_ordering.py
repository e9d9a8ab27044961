import re
from collections.abc import Mapping
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.tasks.long_context.families.checks import DEPTHS, SEEDS
from tests.tasks.long_context.families.record_checks import (
    EN,
    PEOPLE,
    ZH,
    drawn,
    lexicon,
    read_date,
    read_person,
    value_of,
)

from benchharness.records import Language
from benchharness.tasks.long_context.families import ordering
from benchharness.tasks.long_context.prose import Prose
from benchharness.text.punctuation import find_ascii_slip

OFFICES = lexicon("_records_offices.yaml")["offices"]
JOINERS = {ZH: "、", EN: ", "}


def read_office(text: str, language: Language) -> str:
    (office,) = [office["id"] for office in OFFICES if office[language.value] in text]
    return str(office)


def parse(text: str, language: Language) -> Mapping[str, Any]:
    return {
        "office": read_office(text, language),
        "person": read_person(text, language),
        "date": read_date(text, language),
    }


@settings(max_examples=60, deadline=None)
@given(SEEDS, DEPTHS, st.integers(3, 40))
def test_the_dates_of_each_language_give_the_order(seed: int, depth: float, events: int) -> None:
    problem = drawn(ordering, parse, seed, depth, events=events)
    told = [fact.record["date"] for fact in problem.facts]
    assert len(set(told)) == events
    assert told not in (sorted(told), sorted(told, reverse=True))
    for language in Language:
        dated = sorted((read_date(fact.text[language], language), fact.text[language]) for fact in problem.facts)
        assert [reference for (reference,) in problem.answer[language]] == [
            next(pair[language is EN] for pair in PEOPLE if pair[language is EN] in text) for _, text in dated
        ]
        assert read_office(problem.question[language], language) == problem.asked["office"]
    assert find_ascii_slip(problem.question[ZH]) is None


@pytest.mark.parametrize("language", Language)
def test_only_all_names_in_order_are_right(language: Language) -> None:
    for seed in range(20):
        problem = ordering.draw(Random(seed), 0.5)
        names = [reference for (reference,) in problem.answer[language]]
        assert value_of(problem, language, JOINERS[language].join(names), match="order") == 1
        assert value_of(problem, language, JOINERS[language].join(names[:-1]), match="order") == 0
        swapped = [names[1], names[0], *names[2:]]
        assert value_of(problem, language, JOINERS[language].join(swapped), match="order") == 0


def test_equal_dates_are_refused() -> None:
    records = [
        {"office": "post", "person": person, "date": "1987-03-05"} for person in ("nora-ashworth", "nathan-barlow")
    ]
    with pytest.raises(ValueError, match="same date"):
        ordering.solve(records, {"office": "post"})


@pytest.mark.parametrize(("name", "value"), [("events", 2), ("events", 41), ("events", True), ("event", 5)])
def test_wrong_options_are_named(name: str, value: Any) -> None:
    with pytest.raises(ValueError, match=name):
        ordering.draw(Random(0), 0.5, **{name: value})


def test_dates_are_written_in_digits_or_characters() -> None:
    written = "".join(fact.text[ZH] for seed in range(10) for fact in ordering.draw(Random(seed), 0.5).facts)
    assert re.search(r"19[0-9]{2}年", written)
    assert re.search(r"一九[〇一二三四五六七八九]{2}年", written)


def test_prose_stands_between_the_events() -> None:
    assert isinstance(ordering.filler(3), Prose)
