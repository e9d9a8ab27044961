import re
from itertools import chain
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from opencc import OpenCC
from tests.tasks.long_context.families.checks import LEXICON, SEEDS

from benchharness.records import Language
from benchharness.tasks.long_context.families._code_names import draw_names, draw_near_names, find_name

GEMS, ANIMALS = LEXICON["gems"], LEXICON["animals"]


@pytest.mark.parametrize("words", [GEMS, ANIMALS], ids=["gems", "animals"])
def test_the_lexicon_is_large_and_names_nothing_twice(words: list[dict[str, str]]) -> None:
    assert len(words) >= 60
    for language in ("zh", "en"):
        assert len({word[language] for word in words}) == len(words)
    assert all(re.fullmatch("[\u4e00-\u9fff]{2,3}", word["zh"]) for word in words)
    assert all(re.fullmatch("[a-z]+", word["en"]) for word in words)


@pytest.mark.parametrize(("language", "joint"), [("zh", ""), ("en", " ")])
def test_no_code_name_stands_within_another(language: str, joint: str) -> None:
    names = {f"{gem[language]}{joint}{animal[language]}" for gem in GEMS for animal in ANIMALS}
    assert len(names) == len(GEMS) * len(ANIMALS)
    for name in names:
        parts = {name[begin:end] for begin in range(len(name)) for end in range(begin + 1, len(name) + 1)}
        assert parts & names == {name}


@given(SEEDS, st.integers(1, 64))
def test_drawn_names_are_distinct_and_found_by_their_id(seed: int, count: int) -> None:
    names = draw_names(Random(seed), count)
    assert len({name.id for name in names}) == count
    assert [find_name(name.id) for name in names] == names
    for language in Language:
        assert len({name.text[language] for name in names}) == count


@given(SEEDS, st.integers(1, 32))
def test_near_names_share_one_word(seed: int, count: int) -> None:
    rng = Random(seed)
    (name,) = draw_names(rng, 1)
    near = draw_near_names(rng, name, count)
    assert len({*near, name}) == count + 1
    assert all((one.gem == name.gem) != (one.animal == name.animal) for one in near)


def test_a_name_is_written_as_each_language_writes_it() -> None:
    name = find_name("amber-otter")
    assert name.text == {Language.ZH: "琥珀水獭", Language.EN: "Amber Otter"}
    with pytest.raises(ValueError, match="amber-teapot"):
        find_name("amber-teapot")


def test_the_lexicon_uses_simplified_characters_alone() -> None:
    text = "".join(word["zh"] for word in chain(GEMS, ANIMALS))
    assert OpenCC("t2s").convert(text) == text
