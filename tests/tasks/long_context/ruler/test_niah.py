import random
import re
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchharness.records import Language
from benchharness.tasks.long_context.prose import Prose
from benchharness.tasks.long_context.ruler import niah

EN = Language.EN
NEEDLE = re.compile(r"One of the secret (words|numbers|uuids) kept under (\S+) is (\S+)\.")

OPTIONS = st.fixed_dictionaries(
    {
        "haystack": st.sampled_from(niah.HAYSTACKS),
        "key": st.sampled_from(["words", "numbers", "uuids"]),
        "value": st.sampled_from(["words", "numbers", "uuids"]),
        "keys": st.integers(1, 6),
        "values": st.integers(1, 6),
        "queries": st.integers(1, 6),
    }
)


@settings(max_examples=100)
@given(st.integers(), OPTIONS)
def test_the_answer_is_what_the_text_says(seed: int, options: dict[str, Any]) -> None:
    problem = niah.draw(random.Random(seed), 0.5, **options)
    keys = max(options["keys"], options["queries"])
    assert len(problem.facts) == keys * options["values"]
    stated: dict[str, list[str]] = {}
    for fact in problem.facts:
        match = NEEDLE.fullmatch(fact.text[EN])
        assert match is not None
        assert (match[1], fact.record) == (options["value"], {"key": match[2], "value": match[3]})
        stated.setdefault(match[2], []).append(match[3])
    assert len(stated) == keys
    asked = problem.asked["keys"]
    assert len(set(asked)) == options["queries"]
    assert all(key in problem.question[EN] for key in asked)
    assert problem.answer == {EN: [[value] for key in asked for value in stated[key]]}
    assert niah.solve([fact.record for fact in problem.facts], problem.asked) == problem.answer


@settings(max_examples=50)
@given(st.integers(), OPTIONS)
def test_needles_stand_at_different_depths_of_the_grid(seed: int, options: dict[str, Any]) -> None:
    problem = niah.draw(random.Random(seed), 0.5, **options)
    depths = [fact.depth for fact in problem.facts]
    assert depths == sorted(set(depths))
    assert all(round(depth * 39) == pytest.approx(depth * 39) and 0 <= depth <= 1 for depth in depths)
    assert {fact.block for fact in problem.facts} == {options["haystack"] != "essay"}
    asked = [fact.depth for fact in problem.facts if fact.record["key"] in problem.asked["keys"]]
    assert problem.depth == (asked[0] if len(asked) == 1 else None)


def test_the_same_seed_draws_the_same() -> None:
    assert niah.draw(random.Random(7), 0.5, keys=4) == niah.draw(random.Random(7), 0.1, keys=4)
    assert niah.draw(random.Random(7), 0.5, keys=4) != niah.draw(random.Random(8), 0.5, keys=4)


def test_all_depths_of_the_grid_are_drawn() -> None:
    depths = {niah.draw(random.Random(seed), 0.5).depth for seed in range(1000)}
    assert len(depths) == 40
    assert {0, 1} < depths


@pytest.mark.parametrize(("key", "value"), [("words", "numbers"), ("uuids", "uuids")])
def test_a_haystack_of_needles_never_states_what_is_asked(key: str, value: str) -> None:
    haystack = niah.filler(3, haystack="needle", key=key, value=value)
    units = haystack.units(EN, 2000)[:2000]
    assert all(NEEDLE.fullmatch(unit.removesuffix("\n")) and unit.endswith("\n") for unit in units)
    text = "".join(units)
    for seed in range(50):
        problem = niah.draw(random.Random(seed), 0.5, haystack="needle", key=key, value=value, keys=4)
        assert not any(str(part) in text for fact in problem.facts for part in fact.record.values())
    assert list(niah.filler(3, haystack="needle", key=key, value=value).units(EN, 10)[:10]) == list(units[:10])
    assert niah.filler(4, haystack="needle", key=key, value=value).units(EN, 10)[0] != units[0]


def test_noise_repeats_and_ends_with_less_of_itself() -> None:
    noise = niah.filler(3, haystack="noise")
    units, fine = noise.units(EN, 50), noise.fine_units(EN)
    assert len(set(units)) == 1
    assert len(set(fine)) == len(fine) == 30
    assert not set(units) & set(fine)
    assert all(unit.endswith("\n") and len(unit) < len(units[0]) for unit in fine)


def test_the_essay_is_our_own_prose() -> None:
    essay = niah.filler(3, haystack="essay", keys=4)
    assert isinstance(essay, Prose)
    assert list(essay.units(EN, 20)[:20]) == list(Prose(3).units(EN, 20)[:20])


def test_other_words_can_be_given() -> None:
    given_words = {"needle": "{key} has the {kind} {value}!", "noise": ["Ho.", "Hum."], "haystack": "noise"}
    problem = niah.draw(random.Random(1), 0.5, **given_words)  # type: ignore[arg-type]
    record = problem.facts[0].record
    assert problem.facts[0].text[EN] == f"{record['key']} has the numbers {record['value']}!"
    haystack = niah.filler(1, **given_words)  # type: ignore[arg-type]
    assert (haystack.units(EN, 1)[0], list(haystack.fine_units(EN))) == ("Ho. Hum.\n", ["Ho.\n", "Hum.\n"])


@pytest.mark.parametrize("haystack", ["noise", "needle"])
def test_there_is_no_chinese(haystack: str) -> None:
    filler = niah.filler(1, haystack=haystack)
    with pytest.raises(ValueError, match="in English alone"):
        filler.units(Language.ZH, 1)
    with pytest.raises(ValueError, match="in English alone"):
        filler.fine_units(Language.ZH)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"haystack": "hay"}, "haystack is 'hay'; expected one of noise, essay, needle"),
        ({"key": "letters"}, "'letters' is no kind of key or value"),
        ({"keys": 0}, "keys is 0; expected a whole number from 1 to 40"),
        ({"queries": 41}, "queries is 41"),
        ({"values": 4, "queries": 11}, "keys × values is 44; expected at most 40"),
    ],
)
def test_a_wrong_option_is_refused_by_name(options: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=re.escape(message)):
        niah.draw(random.Random(0), 0.5, **options)


def test_an_answer_that_is_not_stated_is_none() -> None:
    with pytest.raises(ValueError, match="no value is stated"):
        niah.solve([{"key": "a", "value": "1"}], {"keys": ["b"]})
