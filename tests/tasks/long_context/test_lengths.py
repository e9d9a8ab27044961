"""Lengths, arms and depths as a user writes them."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchharness.errors import InputError
from benchharness.tasks.long_context.lengths import (
    DEFAULT_LENGTHS,
    LONGEST,
    Sweep,
    length_label,
    parse_arms,
    parse_depths,
    parse_lengths,
    unit_of,
)
from benchharness.tasks.long_context.records import Arm


@pytest.mark.parametrize(
    ("text", "lengths"),
    [
        ("1K", (1024,)),
        ("8k,1K", (1024, 8192)),
        ("1M", (1_048_576,)),
        ("0.5M,128K", (131_072, 524_288)),
        ("1万", (10_000,)),
        ("1万字，200万字", (10_000, 2_000_000)),
        ("1.5万、3万", (15_000, 30_000)),
        ("1000, 4096", (1000, 4096)),
        ("8K,8192", (8192,)),
    ],
)
def test_lengths_as_people_write_them_in_either_language(text: str, lengths: tuple[int, ...]) -> None:
    assert parse_lengths(text) == lengths


@pytest.mark.parametrize("text", ["", ",", "long", "0", "-1K", "1.3", "8KB", "10M", "0.0001K", "1e3"])
def test_what_is_no_length_is_one_message(text: str) -> None:
    with pytest.raises(InputError, match="--lengths") as caught:
        parse_lengths(text)
    assert "--lengths" in caught.value.zh


@given(st.integers(1, LONGEST), st.sampled_from(Arm))
def test_a_label_is_read_as_the_length_it_names(length: int, arm: Arm) -> None:
    assert parse_lengths(length_label(length, arm)) == (length,)


def test_labels_and_units() -> None:
    assert length_label(131_072, Arm.TOKENS) == "128K"
    assert length_label(1_000, Arm.INFORMATION) == "1000"
    assert length_label(2_000_000, Arm.CHARACTERS) == "200万字"
    assert length_label(8_192, Arm.CHARACTERS) == "8192字"
    assert [unit_of(arm) for arm in Arm] == ["tokens", "tokens", "characters"]


@pytest.mark.parametrize(
    ("text", "depths"),
    [
        ("2", (0.0, 1.0)),
        ("5", (0.0, 0.25, 0.5, 0.75, 1.0)),
        ("0.5", (0.5,)),
        ("1,0,0.5", (0.0, 0.5, 1.0)),
        ("0", (0.0,)),
    ],
)
def test_depths(text: str, depths: tuple[float, ...]) -> None:
    assert parse_depths(text) == depths


@pytest.mark.parametrize("text", ["", "deep", "1.5", "-1", "200", "0,2"])
def test_what_is_no_depth_is_one_message(text: str) -> None:
    with pytest.raises(InputError, match="--depths"):
        parse_depths(text)


def test_arms() -> None:
    assert parse_arms("characters, tokens") == (Arm.TOKENS, Arm.CHARACTERS)
    for text in ("", "bytes", "tokens,words"):
        with pytest.raises(InputError, match="--arms"):
            parse_arms(text)


def test_without_lengths_those_are_asked_that_the_context_has_room_for() -> None:
    assert Sweep().lengths_for(None) == DEFAULT_LENGTHS
    assert Sweep().lengths_for(8192) == (1024, 2048, 4096, 8192)
    assert Sweep().lengths_for(8000) == (1024, 2048, 4096)
    assert Sweep().lengths_for(700) == (700,)
    # Those that a user names are all asked; what does not fit is then said of each.
    assert Sweep(lengths=(1024, 65536), haystack=Path("x")).lengths_for(8192) == (1024, 65536)
