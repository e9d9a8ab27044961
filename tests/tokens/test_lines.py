"""Which tokenizers can be cut at lines, and where."""

import re
from collections.abc import Callable

import pytest
from tokenizers import AddedToken

from benchharness.tokens.lines import AFTER_LINE_END, BEFORE_LINE_END
from benchharness.tokens.tokenizer import ByteTokenizer, TransformersTokenizer

from .conftest import LINED, WHOLE

TrainTokenizer = Callable[..., TransformersTokenizer]
TEXT = "题目：几？\n\n  A. 1\nB. 二\r\n/\n答案：\n"


@pytest.mark.parametrize("name", LINED)
def test_byte_level_tokenizers_are_cut_at_lines(name: str, train_tokenizer: TrainTokenizer) -> None:
    expected = BEFORE_LINE_END if name in ("GPT-2", "SmolLM2") else AFTER_LINE_END
    assert train_tokenizer(name).line_cut is expected


def test_the_embedded_tokenizer_and_bytes_are_cut_at_lines(smollm: TransformersTokenizer) -> None:
    assert smollm.line_cut is BEFORE_LINE_END
    assert ByteTokenizer().line_cut is AFTER_LINE_END


@pytest.mark.parametrize("name", WHOLE)
def test_others_are_not_cut(name: str, train_tokenizer: TrainTokenizer) -> None:
    assert train_tokenizer(name).line_cut is None


def test_nor_where_chance_has_a_part(train_tokenizer: TrainTokenizer) -> None:
    assert train_tokenizer("Qwen", dropout=0.1).line_cut is None


@pytest.mark.parametrize(
    "added",
    [
        AddedToken("<mask>", lstrip=True),
        AddedToken("<mask>", rstrip=True),
        AddedToken("mask", single_word=True),
        AddedToken("one\ntwo"),
    ],
)
def test_nor_where_an_added_token_takes_what_is_beside_it(added: AddedToken, train_tokenizer: TrainTokenizer) -> None:
    assert train_tokenizer("Qwen", added=AddedToken("<mask>")).line_cut is not None
    assert train_tokenizer("Qwen", added=added).line_cut is None


def test_a_token_for_the_end_does_not_matter(make_tokenizer: Callable[..., TransformersTokenizer]) -> None:
    assert make_tokenizer(eos=True).line_cut is BEFORE_LINE_END


@pytest.mark.parametrize(
    ("cut", "parts"),
    [
        (BEFORE_LINE_END, ["题目：几？", "\n\n  A. 1", "\nB. 二\r\n/", "\n答案：", "\n"]),
        (AFTER_LINE_END, ["题目：几？\n\n  A. 1\n", "B. 二\r\n/\n", "答案：\n"]),
    ],
)
def test_where_a_text_is_cut(cut: re.Pattern[str], parts: list[str]) -> None:
    assert cut.split(TEXT) == parts
