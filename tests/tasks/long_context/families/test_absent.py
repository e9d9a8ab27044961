from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.tasks.long_context.families.checks import DEPTHS, SEEDS, drawn, names_in, parse_value

from benchharness.records import Language
from benchharness.tasks.long_context.families import absent


@given(SEEDS, DEPTHS, st.integers(2, 32))
def test_the_name_asked_for_is_stated_or_only_names_like_it(seed: int, depth: float, keys: int) -> None:
    problem = drawn(absent, parse_value, seed, depth, keys=keys)
    stated = {fact.record["key"]: fact for fact in problem.facts}
    assert len(stated) == len(problem.facts) == keys
    asked = problem.asked["key"]
    for language in Language:
        assert names_in(problem.question[language], language) == [asked]
    near = [key for key in stated if key != asked]
    assert all(len({*key.split("-")} & {*asked.split("-")}) == 1 for key in near)
    if problem.category == "stated":
        assert stated[asked].depth == problem.depth == depth
    else:
        assert problem.category == "absent"
        assert asked not in stated
        assert problem.depth is None
        assert problem.answer == {Language.ZH: [], Language.EN: []}


def test_half_of_the_items_have_it_and_nothing_else_tells_them_apart() -> None:
    problems = [absent.draw(Random(seed), 0.5) for seed in range(1000)]
    halves = {name: [p for p in problems if p.category == name] for name in ("stated", "absent")}
    assert 450 <= len(halves["stated"]) <= 550
    # The same number of facts, in both halves one of them at the depth, and as many places for it.
    for half in halves.values():
        assert {len(problem.facts) for problem in half} == {4}
        assert {[fact.depth for fact in problem.facts].count(0.5) for problem in half} == {1}


def test_two_statements_are_no_answer() -> None:
    record = {"key": "amber-otter", "value": 4821937}
    with pytest.raises(ValueError, match="2 numbers"):
        absent.solve([record, {**record, "value": 4821938}], {"key": "amber-otter"})


@pytest.mark.parametrize("options", [{"keys": 1}, {"keys": 33}, {"keys": None}])
def test_wrong_options_are_named(options: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="'keys'"):
        absent.draw(Random(0), 0.5, **options)
