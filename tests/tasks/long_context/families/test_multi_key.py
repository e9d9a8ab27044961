from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.tasks.long_context.families.checks import DEPTHS, SEEDS, drawn, names_in, parse_value

from benchharness.records import Language
from benchharness.tasks.long_context.families import multi_key


@given(SEEDS, DEPTHS, st.integers(2, 64))
def test_one_of_several_keys_is_asked_for(seed: int, depth: float, keys: int) -> None:
    problem = drawn(multi_key, parse_value, seed, depth, keys=keys)
    assert len({fact.record["key"] for fact in problem.facts}) == len(problem.facts) == keys
    (asked,) = [fact for fact in problem.facts if fact.record["key"] == problem.asked["key"]]
    assert asked.depth == depth
    for language in Language:
        assert names_in(problem.question[language], language) == [problem.asked["key"]]


def test_four_keys_by_default_stand_all_over_the_text() -> None:
    others = [
        fact.depth for seed in range(200) for fact in multi_key.draw(Random(seed), 0.5).facts if fact.depth != 0.5
    ]
    assert len(others) == 600
    thirds = [sum(low <= depth < low + 1 / 3 for depth in others) for low in (0, 1 / 3, 2 / 3)]
    assert thirds == [200, 200, 200]


@pytest.mark.parametrize("options", [{"keys": 1}, {"keys": 65}, {"keys": 4.0}, {"keys": True}, {"key": 4}])
def test_wrong_options_are_named(options: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"'keys?'"):
        multi_key.draw(Random(0), 0.5, **options)
