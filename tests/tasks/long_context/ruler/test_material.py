import random
import re
import uuid

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchharness.tasks.long_context.ruler._material import (
    _words,
    check_count,
    compound,
    compound_count,
    draw_asked,
    draw_other,
    listed,
)

KINDS = ["words", "numbers", "uuids"]


def test_no_compound_stands_within_another() -> None:
    adjectives, nouns = _words()
    assert len(set(nouns)) == len(nouns) >= 800
    assert len(set(adjectives)) == len(adjectives) >= 400
    assert all(re.fullmatch("[a-z]+", word) for word in (*adjectives, *nouns))
    starts = {noun[:size] for noun in nouns for size in range(1, len(noun))}
    ends = {adjective[-size:] for adjective in adjectives for size in range(1, len(adjective))}
    assert not starts & set(nouns)
    assert not ends & set(adjectives)


def test_compounds_are_numbered_without_a_gap() -> None:
    found = {compound(number) for number in range(compound_count())}
    assert len(found) == compound_count()
    with pytest.raises(IndexError):
        compound(compound_count())


@settings(max_examples=50)
@given(st.sampled_from(KINDS), st.integers(), st.integers(1, 60))
def test_what_is_asked_for_is_never_in_the_haystack(kind: str, seed: int, count: int) -> None:
    rng = random.Random(seed)
    asked = draw_asked(kind, count, rng)
    assert len(set(asked)) == count
    assert not set(asked) & {draw_other(kind, rng) for _ in range(200)}


@pytest.mark.parametrize(("kind", "form"), [("words", "[a-z]+-[a-z]+"), ("numbers", "[1-9][0-9]{6}")])
def test_keys_and_values_have_their_form(kind: str, form: str) -> None:
    rng = random.Random(5)
    assert all(re.fullmatch(form, name) for name in [*draw_asked(kind, 200, rng), *(draw_other(kind, rng),) * 200])


def test_uuids_are_of_version_four() -> None:
    for name in draw_asked("uuids", 50, random.Random(5)):
        assert (str(uuid.UUID(name)), uuid.UUID(name).version) == (name, 4)


def test_an_unknown_kind_is_refused() -> None:
    for draw in (lambda: draw_asked("letters", 1, random.Random(0)), lambda: draw_other("letters", random.Random(0))):
        with pytest.raises(ValueError, match="'letters' is no kind of key or value; expected one of words"):
            draw()


def test_names_are_listed_as_english_lists_them() -> None:
    assert [listed(names) for names in (["a"], ["a", "b"], ["a", "b", "c"])] == ["a", "a and b", "a, b and c"]


@pytest.mark.parametrize("value", [0, 11, -1, 2.0, "3", None])
def test_a_count_out_of_range_is_refused_by_name(value: object) -> None:
    with pytest.raises(ValueError, match=r"hops is .*; expected a whole number from 1 to 10"):
        check_count("hops", value, 10)  # type: ignore[arg-type]
