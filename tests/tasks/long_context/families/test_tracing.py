from collections.abc import Mapping
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.tasks.long_context.families.checks import DEPTHS, SEEDS, drawn, names_in, numbers_in

from benchharness.records import Language
from benchharness.tasks.long_context.families import tracing

CHAINS = st.integers(1, 7)
HOPS = st.integers(1, 8)


def parse(text: str, language: Language) -> Mapping[str, Any]:
    """Read a sentence: the first place named is where the thing was, the last where it came to."""
    names, numbers = names_in(text, language), numbers_in(text)
    if numbers:
        (to,), (value,) = names, numbers
        return {"value": value, "to": to}
    before, to = names
    return {"from": before, "to": to}


def ways(records: list[Mapping[str, Any]]) -> dict[int, list[str]]:
    """Return the places of every thing, by following all records until nothing moves."""
    places = {record["value"]: [record["to"]] for record in records if "value" in record}
    moved = True
    while moved:
        moved = False
        for record in records:
            for way in places.values():
                if record.get("from") == way[-1]:
                    way.append(record["to"])
                    moved = True
    return places


@given(SEEDS, DEPTHS, HOPS, CHAINS, st.sampled_from(["told", "shuffled"]))
def test_the_number_is_of_what_came_to_the_last_place(
    seed: int, depth: float, hops: int, chains: int, order: str
) -> None:
    problem = drawn(tracing, parse, seed, depth, hops=hops, chains=chains, order=order)
    assert problem.depth is None
    found = ways([fact.record for fact in problem.facts])
    assert [len(way) for way in found.values()] == [hops + 1] * chains
    assert len({place for way in found.values() for place in way}) == chains * (hops + 1)
    for language in Language:
        (place,) = names_in(problem.question[language], language)
        (number,) = [value for value, way in found.items() if way[-1] == place]
        assert problem.answer[language] == [[str(number)]]


@given(SEEDS, DEPTHS, HOPS, CHAINS, st.sampled_from(["told", "shuffled"]))
def test_the_places_are_all_of_the_thing_in_the_order_of_its_way(
    seed: int, depth: float, hops: int, chains: int, order: str
) -> None:
    problem = drawn(tracing, parse, seed, depth, hops=hops, chains=chains, order=order, ask="places")
    found = ways([fact.record for fact in problem.facts])
    for language in Language:
        (number,) = numbers_in(problem.question[language])
        marked = "“{}”" if language is Language.ZH else "{}"
        named = [names_in(marked.format(forms[0]), language)[0] for forms in problem.answer[language]]
        assert named == found[number]
        written = problem.fields[language]["candidates"]
        candidates = {names_in(marked.format(name), language)[0] for name in written}
        assert candidates == {place for way in found.values() for place in way}


@given(SEEDS, HOPS, CHAINS)
def test_told_in_order_each_hop_follows_the_one_before(seed: int, hops: int, chains: int) -> None:
    here: set[str] = set()
    for fact in tracing.draw(Random(seed), 0.5, hops=hops, chains=chains).facts:
        if "from" in fact.record:
            assert fact.record["from"] in here
            here.remove(fact.record["from"])
        here.add(fact.record["to"])
    assert len(here) == chains


def test_shuffled_hops_come_before_what_they_go_on_from() -> None:
    problems = [tracing.draw(Random(seed), 0.5, order="shuffled") for seed in range(50)]
    first = ["from" in problem.facts[0].record for problem in problems]
    assert sum(first) > 25


@pytest.mark.parametrize(
    "records",
    [
        [{"from": "amber-fox", "to": "amber-otter"}],
        [{"value": 4821937, "to": "amber-otter"}, {"value": 4821938, "to": "amber-otter"}],
    ],
)
def test_a_way_that_breaks_off_or_forks_is_no_answer(records: list[dict[str, Any]]) -> None:
    with pytest.raises(ValueError, match="not one"):
        tracing.solve(records, {"ask": "number", "place": "amber-otter"})


@pytest.mark.parametrize(
    ("options", "named"),
    [
        ({"hops": 0}, "hops"),
        ({"hops": 9}, "hops"),
        ({"hops": 8, "chains": 8}, "chains"),
        ({"ask": "names"}, "ask"),
        ({"order": "random"}, "order"),
        ({"keys": 2}, "keys"),
    ],
)
def test_wrong_options_are_named(options: dict[str, Any], named: str) -> None:
    with pytest.raises(ValueError, match=f"'{named}'"):
        tracing.draw(Random(0), 0.5, **options)
