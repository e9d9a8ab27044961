from collections.abc import Mapping
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.tasks.long_context.families.checks import DEPTHS, SEEDS, drawn, names_in, numbers_in

from benchharness.records import Language
from benchharness.tasks.long_context.families import multi_hop

WORDS = {
    Language.ZH: {
        "chest": "木匣",
        "key": "钥匙",
        "keeper": "看守人",
        "workshop": "作坊",
        "lane": "巷",
        "post_office": "邮局",
    },
    Language.EN: {
        "chest": "chest",
        "key": "key",
        "keeper": "keeper",
        "workshop": "workshop",
        "lane": "lane",
        "post_office": "post office",
    },
}
KINDS = [*WORDS[Language.EN]]


def kind_of(text: str, name: str, language: Language) -> str:
    """Return what kind of thing a written name is said to be: the word right before it, or after it for a lane."""
    words = WORDS[language]
    if language is Language.EN:
        (kind,) = [kind for kind, word in words.items() if f" {word} {name}" in f" {text.lower()}"]
        return kind
    (kind,) = [kind for kind, word in words.items() if f"{word}“{name}”" in text or f"“{name}”{word}里" in text] or [
        "lane"
    ]
    return kind


def parse(text: str, language: Language) -> Mapping[str, Any]:
    names, numbers = names_in(text, language), numbers_in(text)
    written = {name: _written(name, text, language) for name in names}
    kinds = {kind_of(text, written[name], language): name for name in names}
    if numbers:
        ((kind, of),) = kinds.items()
        return {"kind": kind, "of": of, "value": numbers[0]}
    first, second = sorted(kinds, key=KINDS.index)
    assert KINDS.index(second) == KINDS.index(first) + 1
    return {"kind": first, "of": kinds[first], "to": kinds[second]}


def _written(name: str, text: str, language: Language) -> str:
    if language is Language.EN:
        return name.replace("-", " ")
    quoted = [part.split("”")[0] for part in text.split("“")[1:]]
    return next(part for part in quoted if names_in(f"“{part}”", language) == [name])


@given(SEEDS, DEPTHS, st.integers(2, 5), st.integers(1, 10))
def test_the_answer_takes_every_fact_of_its_chain(seed: int, depth: float, hops: int, chains: int) -> None:
    problem = drawn(multi_hop, parse, seed, depth, hops=hops, chains=chains)
    assert problem.depth is None
    assert len(problem.facts) == hops * chains
    records = [fact.record for fact in problem.facts]
    for language in Language:
        assert names_in(problem.question[language], language) == [problem.asked["of"]]
        # The question names each kind of thing on the way, in order.
        question = problem.question[language].lower()
        places = [question.index(WORDS[language][kind]) for kind in problem.asked["kinds"]]
        assert places == sorted(places)
    without_answer = 0
    for left_out in range(len(records)):
        rest = records[:left_out] + records[left_out + 1 :]
        try:
            assert multi_hop.solve(rest, problem.asked) == problem.answer
        except ValueError:
            without_answer += 1
    assert without_answer == hops


def test_chains_begin_with_every_kind_that_is_far_enough_from_the_last() -> None:
    for hops in range(2, 6):
        begins = {multi_hop.draw(Random(seed), 0.5, hops=hops).asked["kinds"][0] for seed in range(100)}
        assert begins == set(KINDS[: len(KINDS) - hops + 1])


def test_facts_stand_in_any_order() -> None:
    problems = [multi_hop.draw(Random(seed), 0.5, hops=2, chains=1) for seed in range(100)]
    number_first = ["value" in problem.facts[0].record for problem in problems]
    assert 30 <= sum(number_first) <= 70


@pytest.mark.parametrize(
    ("options", "named"),
    [({"hops": 1}, "hops"), ({"hops": 6}, "hops"), ({"chains": 0}, "chains"), ({"keys": 2}, "keys")],
)
def test_wrong_options_are_named(options: dict[str, Any], named: str) -> None:
    with pytest.raises(ValueError, match=f"'{named}'"):
        multi_hop.draw(Random(0), 0.5, **options)
