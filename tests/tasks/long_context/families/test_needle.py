import re
from random import Random

import pytest
from hypothesis import given
from tests.tasks.long_context.families.checks import DEPTHS, SEEDS, drawn, names_in, parse_value

from benchharness.records import Language
from benchharness.tasks.long_context.families import needle


@given(SEEDS, DEPTHS)
def test_one_fact_at_the_depth_is_asked_for(seed: int, depth: float) -> None:
    problem = drawn(needle, parse_value, seed, depth)
    assert [fact.depth for fact in problem.facts] == [problem.depth] == [depth]
    for language in Language:
        assert names_in(problem.question[language], language) == [problem.facts[0].record["key"]]
        assert problem.answer[language] == [[str(problem.facts[0].record["value"])]]


def test_wordings_differ_and_the_question_speaks_of_the_same_thing() -> None:
    problems = [needle.draw(Random(seed), 0.5) for seed in range(400)]
    named = re.compile(r"“[^“”]+”|[A-Z][a-z]+ [A-Z][a-z]+|\d+")
    for language in Language:
        assert len({named.sub("…", problem.facts[0].text[language]) for problem in problems}) == 24
    # What is said to have the number in the fact is what the question asks about.
    things = {"crate", "barge", "teahouse", "clock", "manuscript", "locomotive", "account", "rice variety"}
    for problem in problems:
        stated, question = problem.facts[0].text[Language.EN], problem.question[Language.EN]
        assert len([thing for thing in things if thing in stated and thing in question]) == 1


def test_records_that_do_not_agree_have_no_answer() -> None:
    record = {"key": "amber-otter", "value": 4821937}
    with pytest.raises(ValueError, match="0 numbers"):
        needle.solve([record], {"key": "amber-lynx"})
    with pytest.raises(ValueError, match="2 numbers"):
        needle.solve([record, {**record, "value": 4821938}], {"key": "amber-otter"})


def test_it_takes_no_option() -> None:
    with pytest.raises(ValueError, match="'keys'"):
        needle.draw(Random(0), 0.5, keys=4)
