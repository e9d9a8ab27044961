from collections import Counter
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.tasks.long_context.families.checks import DEPTHS, SEEDS, drawn, names_in, parse_value

from benchharness.records import Language
from benchharness.tasks.long_context.families import multi_value


@given(SEEDS, DEPTHS, st.integers(2, 32), st.integers(0, 63))
def test_all_numbers_of_one_owner_are_asked_for(seed: int, depth: float, values: int, others: int) -> None:
    problem = drawn(multi_value, parse_value, seed, depth, values=values, others=others)
    assert problem.depth is None
    assert sorted(Counter(fact.record["key"] for fact in problem.facts).values()) == [1] * others + [values]
    for language in Language:
        (asked,) = names_in(problem.question[language], language)
        numbers = [[str(fact.record["value"])] for fact in problem.facts if fact.record["key"] == asked]
        assert problem.answer[language] == numbers
        assert len(numbers) == values


def test_four_values_and_four_others_by_default_in_any_order() -> None:
    places = Counter(
        place
        for seed in range(200)
        for problem in [multi_value.draw(Random(seed), 0.5)]
        for place, fact in enumerate(problem.facts)
        if fact.record["key"] == problem.asked["key"]
    )
    assert sum(places.values()) == 800
    assert set(places) == set(range(8))
    assert all(70 <= count <= 130 for count in places.values())


def test_records_without_the_owner_have_no_answer() -> None:
    with pytest.raises(ValueError, match="amber-lynx"):
        multi_value.solve([{"key": "amber-otter", "value": 4821937}], {"key": "amber-lynx"})


@pytest.mark.parametrize(
    ("options", "named"), [({"values": 1}, "values"), ({"others": -1}, "others"), ({"keys": 4}, "keys")]
)
def test_wrong_options_are_named(options: dict[str, Any], named: str) -> None:
    with pytest.raises(ValueError, match=f"'{named}'"):
        multi_value.draw(Random(0), 0.5, **options)
