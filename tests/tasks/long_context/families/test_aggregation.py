import re
from collections import Counter
from collections.abc import Mapping
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.tasks.long_context.families.checks import DEPTHS, SEEDS
from tests.tasks.long_context.families.record_checks import EN, PEOPLE, ZH, drawn, read_date, read_person, value_of

from benchharness.records import Language
from benchharness.tasks.long_context.families import aggregation
from benchharness.tasks.long_context.prose import Prose
from benchharness.tasks.long_context.records import Problem
from benchharness.text.punctuation import find_ascii_slip

ASKS = ("most-frequent", "count", "sum")
_ACTS = {
    ZH: {"loan": "借", "repayment": "还", "donation": "捐"},
    EN: {"loan": "lent|borrowed|loan", "repayment": "back|repaid", "donation": "donat"},
}
_AMOUNT = {ZH: re.compile(r"([0-9.]+)(万?)元"), EN: re.compile(r"([0-9,]+) yuan")}


def read_amount(text: str, language: Language) -> int:
    (found,) = _AMOUNT[language].finditer(text)
    if language is EN:
        assert re.fullmatch(r"[1-9][0-9]?,[0-9]{3}", found[1])
        return int(found[1].replace(",", ""))
    return round(float(found[1]) * (10_000 if found[2] else 1))


def parse(text: str, language: Language) -> Mapping[str, Any]:
    (act,) = [act for act, words in _ACTS[language].items() if re.search(words, text)]
    return {
        "person": read_person(text, language),
        "act": act,
        "amount": read_amount(text, language),
        "date": read_date(text, language),
    }


def reckon(problem: Problem, language: Language) -> str:
    """Answer the question from the text alone, by what it says."""
    question = problem.question[language]
    entries = [parse(fact.text[language], language) for fact in problem.facts]
    if problem.category == "most-frequent":
        (name, most), (_, next_most) = Counter(entry["person"] for entry in entries).most_common(2)
        assert most > next_most
        return str(next(pair[language is EN] for pair in PEOPLE if pair[1].lower().replace(" ", "-") == name))
    if _AMOUNT[language].search(question):
        entries = [entry for entry in entries if entry["amount"] > read_amount(question, language)]
    elif any(pair[language is EN] in question for pair in PEOPLE):
        entries = [entry for entry in entries if entry["person"] == read_person(question, language)]
    else:
        nouns = {ZH: {"借款": "loan", "还款": "repayment", "捐款": "donation"}}
        nouns[EN] = {"loans": "loan", "repayments": "repayment", "donations": "donation"}
        (act,) = [act for noun, act in nouns[language].items() if noun in question]
        entries = [entry for entry in entries if entry["act"] == act]
    assert entries
    return str(len(entries) if problem.category == "count" else sum(entry["amount"] for entry in entries))


@settings(max_examples=60, deadline=None)
@given(SEEDS, DEPTHS, st.sampled_from(ASKS), st.integers(4, 40), st.data())
def test_the_text_of_each_language_gives_the_answer(
    seed: int, depth: float, ask: str, records: int, data: st.DataObject
) -> None:
    names = data.draw(st.integers(2, min(20, records // 2)))
    problem = drawn(aggregation, parse, seed, depth, ask=ask, records=records, names=names)
    assert len(problem.facts) == records
    assert len({fact.record["person"] for fact in problem.facts}) == names
    assert len({fact.record["date"] for fact in problem.facts}) == records
    # One in each of as many equal parts of the text; depths are rounded.
    assert all(place - 0.01 <= fact.depth * records <= place + 1.01 for place, fact in enumerate(problem.facts))
    for language in Language:
        answer = reckon(problem, language)
        assert problem.answer[language] == [[answer]]
        assert find_ascii_slip(problem.question[ZH]) is None
        assert value_of(problem, language, answer, match="exact") == 1


@pytest.mark.parametrize("language", Language)
def test_answers_are_marked(language: Language) -> None:
    rng = Random(5)
    for _ in range(20):
        problem = aggregation.draw(rng, 0.5, ask="most-frequent")
        (right,) = problem.answer[language][0]
        others = [name for name in problem.fields[language]["candidates"] if name != right]
        assert len(others) == 3
        assert value_of(problem, language, others[0], match="exact") == 0
        assert value_of(problem, language, f"{right}、{others[0]}", match="exact") == 0
        total = aggregation.draw(rng, 0.5, ask="sum")
        (sum_,) = total.answer[language][0]
        shown = f"{int(sum_) / 10_000:g}万元" if language is ZH else f"{int(sum_):,} yuan"
        assert value_of(total, language, shown, match="exact") == 1
        assert value_of(total, language, str(int(sum_) + 500), match="exact") == 0


def test_every_kind_of_condition_is_asked_and_answers_vary() -> None:
    problems = [aggregation.draw(Random(seed), 0.5, ask=ask) for seed in range(60) for ask in ("count", "sum")]
    kinds = Counter((problem.asked["ask"], problem.asked["by"]) for problem in problems)
    assert set(kinds) == {("count", by) for by in ("act", "person", "above")} | {("sum", "act"), ("sum", "person")}
    assert len({str(problem.answer[ZH]) for problem in problems if problem.category == "count"}) >= 6


def test_records_without_one_answer_are_refused() -> None:
    records = [{"person": name, "act": "loan", "amount": 10_000} for name in ("nora-ashworth", "nathan-barlow")]
    with pytest.raises(ValueError, match="equally often"):
        aggregation.solve(records, {"ask": "most-frequent"})
    with pytest.raises(ValueError, match="no entry"):
        aggregation.solve(records, {"ask": "sum", "by": "act", "value": "donation"})


@pytest.mark.parametrize(
    ("name", "value"),
    [("ask", "median"), ("records", 3), ("records", 201), ("names", 1), ("names", 7), ("records", "12"), ("people", 4)],
)
def test_wrong_options_are_named(name: str, value: Any) -> None:
    with pytest.raises(ValueError, match=name):
        aggregation.draw(Random(0), 0.5, **{name: value})


def test_prose_stands_between_the_entries() -> None:
    assert isinstance(aggregation.filler(3, records=12), Prose)


def test_no_name_is_part_of_another() -> None:
    for half in (0, 1):
        names = [pair[half] for pair in PEOPLE]
        assert len(set(names)) == len(names)
        assert not [(one, other) for one in names for other in names if one != other and one in other]
    assert {chinese[0] for chinese, _ in PEOPLE} == set("林何高罗梁宋唐许韩邓")
    assert all("N" <= english[0] <= "Z" for _, english in PEOPLE)
