import random
from typing import Any

import pytest

from benchharness.errors import InputError
from benchharness.records import Language
from benchharness.tasks.long_context.ruler import qa
from benchharness.tasks.long_context.ruler._documents import read_library

EN = Language.EN
Rows = list[dict[str, Any]]


def test_a_question_of_squad_stands_among_paragraphs_of_its_article(squad_rows: Rows) -> None:
    rows = {row["id"]: row for row in squad_rows}
    for seed in range(50):
        problem = qa.draw(random.Random(seed), 0.5, rows=squad_rows, companions=4)
        row = rows[problem.asked["question"]]
        assert problem.question[EN] == f"When was {row['id']} built?"
        year = row["answers"]["text"][0]
        assert problem.answer == {EN: [[year], [f"in {year}"]]}
        gold = [fact for fact in problem.facts if fact.record["gold"]]
        assert len(gold) == 1
        assert gold[0].text[EN] == "Document: " + " ".join(row["context"].split())
        assert problem.depth == gold[0].depth
        article = {" ".join(one["context"].split()) for one in squad_rows if one["title"] == row["title"]}
        assert {fact.record["document"] for fact in problem.facts} <= article
        assert len({fact.text[EN] for fact in problem.facts}) == 5
        assert [fact.depth for fact in problem.facts] == sorted(fact.depth for fact in problem.facts)
        solved = qa.solve([fact.record for fact in problem.facts], problem.asked)
        assert solved == problem.answer


def test_a_question_of_hotpot_stands_among_its_distractors(hotpot_rows: Rows) -> None:
    rows = {row["id"]: row for row in hotpot_rows}
    answers = set()
    for seed in range(50):
        problem = qa.draw(random.Random(seed), 0.5, rows=hotpot_rows, companions=8)
        row = rows[problem.asked["question"]]
        answers.add(row["answer"])
        assert problem.answer == {EN: [[row["answer"]]]}
        assert len(problem.facts) == 10
        assert sum(fact.record["gold"] for fact in problem.facts) == 2
        assert problem.depth is None
        assert {fact.text[EN].split(":")[1].strip() for fact in problem.facts} == set(row["context"]["title"])
        assert qa.solve([fact.record for fact in problem.facts], problem.asked) == problem.answer
    assert "yes" in answers


@pytest.mark.parametrize("name", ["squad_rows", "hotpot_rows"])
def test_no_paragraph_around_a_question_stands_near_one_that_is_asked(
    name: str, request: pytest.FixtureRequest
) -> None:
    rows: Rows = request.getfixturevalue(name)
    library = read_library(rows)
    asked = {paragraph.text for question in library.questions for paragraph in (*question.gold, *question.companions)}
    assert not asked & {paragraph.text for paragraph in library.others}
    backwards = read_library(rows[::-1])
    assert {question.id for question in backwards.questions} == {question.id for question in library.questions}
    filler = qa.filler(4, rows=rows)
    whole = [unit for unit in _all_units(filler) if unit.endswith("\n")]
    assert len(set(whole)) == len(whole)
    assert all(unit.startswith("Document: ") for unit in (*whole, *filler.fine_units(EN)))
    assert not set(whole) & set(filler.fine_units(EN))
    assert qa.filler(5, rows=rows).units(EN, 3)[:3] != whole[:3]


def _all_units(filler: Any) -> list[str]:
    count = 0
    while True:
        try:
            filler.units(EN, count + 1)
        except InputError:
            return list(filler.units(EN, count))
        count += 1


def test_text_is_never_used_twice_and_its_end_is_told_in_both_languages(squad_rows: Rows) -> None:
    with pytest.raises(InputError) as caught:
        qa.filler(4, rows=squad_rows).units(EN, 10_000)
    assert "none is used twice" in caught.value.en
    assert "不会重复使用" in caught.value.zh


def test_questions_without_an_answer_are_left_out(squad_rows: Rows) -> None:
    assert not any(question.id.endswith("-x") for question in read_library(squad_rows).questions)


@pytest.mark.parametrize(
    "rows", [[], [{"question": "Who?"}], [{"context": 3}], [{"id": "1", "context": {"title": []}}]]
)
def test_rows_of_another_set_are_refused(rows: Rows) -> None:
    with pytest.raises(ValueError, match=r"neither SQuAD's nor HotpotQA's|too few"):
        qa.draw(random.Random(0), 0.5, rows=rows)


def test_too_few_rows_are_refused(squad_rows: Rows) -> None:
    with pytest.raises(ValueError, match="1 rows are too few"):
        qa.filler(0, rows=squad_rows[:1])


def test_a_wrong_option_is_refused_by_name(squad_rows: Rows) -> None:
    with pytest.raises(ValueError, match="companions is -1; expected a whole number from 0 to 100"):
        qa.draw(random.Random(0), 0.5, rows=squad_rows, companions=-1)


def test_an_answer_that_no_paragraph_holds_is_none() -> None:
    records = [{"document": "The mill was built in 1702.", "gold": True}, {"document": "In 1803.", "gold": False}]
    with pytest.raises(ValueError, match="no paragraph holds an answer to q"):
        qa.solve(records, {"question": "q", "answers": ["1803"]})
