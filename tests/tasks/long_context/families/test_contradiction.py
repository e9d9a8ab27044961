import re
from collections import Counter
from random import Random
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from tests.tasks.long_context.families.checks import DEPTHS, SEEDS, drawn, names_in, parse_value

from benchharness.records import Language
from benchharness.tasks.long_context.families import contradiction


@given(SEEDS, DEPTHS, st.integers(2, 8), st.integers(0, 16))
@example(1, 0.0, 8, 16)
@example(1, 1.0, 8, 16)
def test_the_last_of_several_statements_holds(seed: int, depth: float, statements: int, others: int) -> None:
    problem = drawn(contradiction, parse_value, seed, depth, statements=statements, others=others)
    counts = Counter(fact.record["key"] for fact in problem.facts)
    assert set(counts.values()) == {statements}
    assert len(counts) == 1 + others
    asked = [fact for fact in problem.facts if fact.record["key"] == problem.asked["key"]]
    assert asked[-1].depth == problem.depth == depth
    for language in Language:
        assert names_in(problem.question[language], language) == [problem.asked["key"]]
        assert problem.answer[language] == [[str(asked[-1].record["value"])]]


def test_being_last_of_all_tells_nothing() -> None:
    problems = [contradiction.draw(Random(seed), 0.5) for seed in range(200)]
    assert {len(problem.facts) for problem in problems} == {6}
    last = [problem.facts[-1].record["key"] == problem.asked["key"] for problem in problems]
    assert sum(last) < 20


def test_two_statements_side_by_side_are_in_other_words() -> None:
    for seed in range(100):
        problem = contradiction.draw(Random(seed), 0.0)
        for language in Language:
            words = [re.sub(r"\d+", "…", fact.text[language]) for fact in problem.facts]
            assert words[0] != words[1]


def test_records_without_a_statement_have_no_answer() -> None:
    with pytest.raises(ValueError, match="amber-lynx"):
        contradiction.solve([{"key": "amber-otter", "value": 4821937}], {"key": "amber-lynx"})


@pytest.mark.parametrize(
    ("options", "named"), [({"statements": 1}, "statements"), ({"others": 17}, "others"), ({"keys": 2}, "keys")]
)
def test_wrong_options_are_named(options: dict[str, Any], named: str) -> None:
    with pytest.raises(ValueError, match=f"'{named}'"):
        contradiction.draw(Random(0), 0.5, **options)
