"""Prompts have exactly the length asked for, begin differently, and say the same in both languages."""

import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchharness.perf.prompts import PromptMaker, ordinary_ids, parallel_text
from benchharness.perf.request import CellPlan, Lengths, Load, Matched, Scenario, TextKind
from benchharness.records import Request
from benchharness.text.script import dominant_language
from benchharness.tokens.tokenizer import ByteTokenizer, Tokenizer, TransformersTokenizer


@pytest.fixture(scope="module")
def tokenizer(smollm2: Path) -> TransformersTokenizer:
    return TransformersTokenizer(smollm2)


def make(
    tokenizer: Tokenizer,
    text: TextKind,
    count: int = 4,
    *,
    length: int = 48,
    matched: Matched = "tokens",
    seed: int = 0,
    pass_name: str = "1",
) -> list[Request]:
    cell = CellPlan(Lengths(length, 8), text, matched, Load(Scenario.OFFLINE))
    return PromptMaker(tokenizer, seed).make(cell, count, pass_name)


@pytest.mark.parametrize("text", TextKind)
@pytest.mark.parametrize("length", [1, 2, 7, 48, 333, 4000])
def test_a_prompt_has_exactly_the_tokens_asked_for(
    tokenizer: TransformersTokenizer, text: TextKind, length: int
) -> None:
    for request in make(tokenizer, text, 2, length=length):
        assert len(request.prompt.tokens) == length
        assert request.sampling is not None
        assert request.sampling.max_new_tokens == 8
        assert request.sampling.ignore_end
        assert request.sampling.temperature == 0


@settings(max_examples=30, deadline=None)
@given(st.sampled_from(list(TextKind)), st.integers(1, 300), st.integers(0, 10))
def test_lengths_hold_for_bytes_too(text: TextKind, length: int, seed: int) -> None:
    [request] = make(ByteTokenizer(), text, 1, length=length, seed=seed)
    assert len(request.prompt.tokens) == length


@pytest.mark.parametrize("text", TextKind)
def test_no_prompt_begins_as_another_in_any_pass(tokenizer: TransformersTokenizer, text: TextKind) -> None:
    requests = [
        request
        for pass_name in ("warm-up", "1", "2")
        for request in make(tokenizer, text, 64, length=40, pass_name=pass_name)
    ]
    # vLLM keeps blocks of 16 tokens, so that what agrees in fewer is not shared.
    assert len({request.prompt.tokens[:16] for request in requests}) == len(requests)
    assert len({request.key for request in requests}) == len(requests)


def test_the_same_seed_draws_the_same_prompts(tokenizer: TransformersTokenizer) -> None:
    for text in TextKind:
        assert make(tokenizer, text) == make(tokenizer, text)
        assert make(tokenizer, text) != make(tokenizer, text, seed=1)


def test_random_ids_are_neither_special_nor_added(tokenizer: TransformersTokenizer) -> None:
    ordinary = set(ordinary_ids(tokenizer))
    inner = tokenizer.inner
    assert not ordinary & {*inner.all_special_ids, *inner.added_tokens_decoder}
    assert len(ordinary) > 0.9 * len(inner)
    [request] = make(tokenizer, TextKind.RANDOM, 1, length=2000)
    assert set(request.prompt.tokens) <= ordinary
    assert len(set(request.prompt.tokens)) > 1800


def test_a_tokenizer_without_a_vocabulary_gives_readable_bytes() -> None:
    [request] = make(ByteTokenizer(), TextKind.RANDOM, 1, length=200)
    assert re.fullmatch("[0-9a-zA-Z]{200}", request.prompt.text)


def test_text_is_in_its_language_and_is_what_the_tokens_say(tokenizer: TransformersTokenizer) -> None:
    for text in (TextKind.ZH, TextKind.EN):
        for request in make(tokenizer, text, length=200):
            assert dominant_language(request.prompt.text) == request.language == text.value
            # A token more than fits may stand for a part of a character.
            assert tokenizer.decode(request.prompt.tokens).startswith(request.prompt.text[:-1])
            assert request.prompt.messages[0].content == request.prompt.text


def test_prompts_of_equal_content_hold_the_same_sentences(tokenizer: TransformersTokenizer) -> None:
    chinese = make(tokenizer, TextKind.ZH, length=400, matched="content")
    english = make(tokenizer, TextKind.EN, length=400, matched="content")
    for zh, en in zip(chinese, english, strict=True):
        said = [sentence for sentence in parallel_text() if sentence.zh in zh.prompt.text]
        assert len(said) > 2
        assert said == [sentence for sentence in parallel_text() if sentence.en in en.prompt.text]
        assert re.findall(r"\d{10}", zh.prompt.text) == re.findall(r"\d{10}", en.prompt.text)
        # The longer of the two comes near the length asked for; the mark takes a little more.
        assert 250 < max(len(zh.prompt.tokens), len(en.prompt.tokens)) < 440
        assert len(zh.prompt.tokens) != len(en.prompt.tokens)


def test_equal_content_holds_at_least_a_sentence(tokenizer: TransformersTokenizer) -> None:
    [request] = make(tokenizer, TextKind.ZH, 1, length=1, matched="content")
    assert sum(sentence.zh in request.prompt.text for sentence in parallel_text()) == 1


def test_the_parallel_text_is_natural_in_its_form() -> None:
    sentences = parallel_text()
    assert len(sentences) > 50
    assert len(set(sentences)) == len({one.zh for one in sentences}) == len({one.en for one in sentences})
    for zh, en in sentences:
        assert re.fullmatch(r"[\u4e00-\u9fff，。、；：“”]+", zh), zh
        assert zh.endswith(("。", "”。"))
        assert re.fullmatch(r"[A-Z][A-Za-z ,;:'\"-]+\.", en), en
        # As much is said: an English sentence is written in about four times as many characters.
        assert 1.9 < len(en) / len(zh) < 6, (zh, en)
