from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.tasks.long_context.families.checks import DEPTHS, SEEDS, drawn, names_in, parse_value

from benchharness.records import Language
from benchharness.tasks.long_context.families import multi_query


@given(SEEDS, DEPTHS, st.integers(2, 12), st.integers(0, 20))
def test_the_numbers_asked_for_are_those_of_the_names_in_the_question(
    seed: int, depth: float, queries: int, others: int
) -> None:
    problem = drawn(multi_query, parse_value, seed, depth, queries=queries, keys=queries + others)
    assert problem.depth is None
    stated = {fact.record["key"]: str(fact.record["value"]) for fact in problem.facts}
    assert len(stated) == len(problem.facts) == queries + others
    for language in Language:
        asked = names_in(problem.question[language], language)
        assert asked == problem.asked["keys"]
        assert problem.answer[language] == [[stated[key]] for key in asked]


def test_four_of_four_by_default_are_asked_for_in_any_order() -> None:
    problems = [multi_query.draw(Random(seed), 0.5) for seed in range(100)]
    orders = {tuple([fact.record["key"] for fact in p.facts].index(key) for key in p.asked["keys"]) for p in problems}
    assert len(orders) == 24


@pytest.mark.parametrize(
    ("options", "named"), [({"queries": 1}, "queries"), ({"queries": 4, "keys": 3}, "keys"), ({"keys": "8"}, "keys")]
)
def test_wrong_options_are_named(options: dict[str, Any], named: str) -> None:
    with pytest.raises(ValueError, match=f"'{named}'"):
        multi_query.draw(Random(0), 0.5, **options)
