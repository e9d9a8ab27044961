import random
import re
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchharness.records import Language
from benchharness.tasks.long_context.ruler import vt

EN = Language.EN
STATEMENT = re.compile(r"Let ([A-Z]+) = ([A-Z]+|[0-9]+)\.")


def read(lines: list[str]) -> dict[str, str]:
    """Return the value of each name, by following the statements that stand in ``lines``."""
    held: dict[str, str] = {}
    for line in lines:
        match = STATEMENT.fullmatch(line)
        if match is not None:
            held[match[1]] = match[2] if match[2].isdecimal() else held[match[2]]
    return held


@settings(max_examples=100)
@given(st.integers(), st.integers(1, 10), st.integers(1, 10))
def test_the_answer_is_what_the_text_says(seed: int, chains: int, hops: int) -> None:
    problem = vt.draw(random.Random(seed), 0.5, chains=chains, hops=hops)
    depths = [fact.depth for fact in problem.facts]
    assert depths == sorted(depths)
    held = read([fact.text[EN] for fact in problem.facts])
    assert len(held) == len(problem.facts) == chains * (hops + 1)
    assert len(set(held.values())) == chains
    value = problem.question[EN]
    assert re.fullmatch("[1-9][0-9]{4}", value)
    assert problem.answer == {EN: [[name] for name, has in held.items() if has == value]}
    assert len(problem.answer[EN]) == problem.fields[EN]["names"] == hops + 1
    assert vt.solve([fact.record for fact in problem.facts], problem.asked) == problem.answer
    assert all(fact.block for fact in problem.facts)


@settings(max_examples=50)
@given(st.integers(), st.integers(1, 3), st.integers(1, 10))
def test_the_worked_example_is_right(seed: int, chains: int, hops: int) -> None:
    fields = vt.draw(random.Random(seed), 0.5, chains=chains, hops=hops).fields[EN]
    held = read(fields["example"].split("\n"))
    assert fields["example_answer"].split() == [name for name, has in held.items() if has == fields["example_value"]]
    assert all(re.fullmatch("[A-Z]{3}", name) for name in held)
    assert len(fields["example_answer"].split()) == hops + 1


def test_rulers_own_numbers_are_one_chain_of_four_hops() -> None:
    problem = vt.draw(random.Random(1), 0.5)
    assert len(problem.answer[EN]) == 5
    assert all(re.fullmatch("[A-Z]{5}", name) for [name] in problem.answer[EN])
    assert problem.depth is None


def test_the_noise_is_the_same_whatever_the_seed() -> None:
    assert vt.filler(1, chains=2).units(EN, 5)[:5] == vt.filler(2).units(EN, 5)[:5]


def test_other_words_can_be_given() -> None:
    problem = vt.draw(random.Random(1), 0.5, hops=1, first="{name}:={value}", following="{name}:={source}")
    first, second = (fact.record for fact in problem.facts)
    assert [fact.text[EN] for fact in problem.facts] == [
        f"{first['name']}:={first['value']}",
        f"{second['name']}:={first['name']}",
    ]
    assert ":=" in problem.fields[EN]["example"]


@pytest.mark.parametrize(
    ("options", "message"),
    [({"hops": 0}, "hops is 0; expected a whole number from 1 to 10"), ({"chains": 11}, "chains is 11")],
)
def test_a_wrong_option_is_refused_by_name(options: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        vt.draw(random.Random(0), 0.5, **options)


def test_what_cannot_be_followed_has_no_answer() -> None:
    first = {"name": "A", "value": "1", "source": None}
    with pytest.raises(ValueError, match="C is used before it has a value"):
        vt.solve([first, {"name": "B", "value": None, "source": "C"}], {"value": "1"})
    with pytest.raises(ValueError, match="no name has the value 2"):
        vt.solve([first], {"value": "2"})
