from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchharness.errors import InputError
from benchharness.tokens.tokenizer import ByteTokenizer, Tokenizer, TransformersTokenizer

MakeTokenizer = Callable[..., TransformersTokenizer]

SENTENCES = ["小明有三个苹果，12 个梨。", "Tom has 3 apples.\n\n", "答案：Ａ 😀", ""]


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_bytes_come_back_as_they_were(text: str) -> None:
    encoding = ByteTokenizer().encode([text], special_tokens=True)[0]
    assert ByteTokenizer().decode(encoding.tokens) == text
    assert len(encoding.tokens) == len(text.encode())
    assert encoding.offsets is not None
    assert [text[offset] for offset in encoding.offsets] == [c for c in text for _ in c.encode()]


def test_a_character_that_is_cut_shows_as_such() -> None:
    assert ByteTokenizer().decode("中".encode()[:2]) == "\ufffd"


@pytest.mark.parametrize("text", SENTENCES)
def test_a_models_tokenizer_gives_the_text_back(
    text: str, smollm: TransformersTokenizer, bpe: TransformersTokenizer
) -> None:
    for tokenizer in (smollm, bpe):
        encoding = tokenizer.encode([text], special_tokens=False)[0]
        assert tokenizer.decode(encoding.tokens) == text
        assert encoding.offsets is not None
        assert list(encoding.offsets) == sorted(encoding.offsets)


def test_texts_encoded_together_and_alone_are_the_same(smollm: TransformersTokenizer) -> None:
    together = smollm.encode(SENTENCES, special_tokens=False)
    assert together == [smollm.encode([text], special_tokens=False)[0] for text in SENTENCES]
    assert smollm.encode([], special_tokens=False) == []


def test_the_embedded_tokenizer_splits_numbers_into_digits(smollm: TransformersTokenizer) -> None:
    assert len(smollm.encode(["2024"], special_tokens=False)[0].tokens) == 4


def test_special_tokens_are_added_only_if_asked_and_not_decoded(make_tokenizer: MakeTokenizer) -> None:
    tokenizer = make_tokenizer(bos=True)
    without, with_them = (tokenizer.encode(["答案"], special_tokens=wanted)[0] for wanted in (False, True))
    assert with_them.tokens == (tokenizer.inner.bos_token_id, *without.tokens)
    assert with_them.offsets is not None
    assert with_them.offsets[0] == 0
    assert tokenizer.decode(with_them.tokens) == "答案"


def test_a_token_for_the_end_is_not_put_after_a_prompt(make_tokenizer: MakeTokenizer) -> None:
    begins, ends = make_tokenizer(bos=True), make_tokenizer(eos=True)
    assert ends.inner("答案").input_ids[-1] == ends.inner.eos_token_id
    assert ends.encode(["答案：", "A"], special_tokens=True) == begins.encode(["答案：", "A"], special_tokens=True)
    assert ends.encode(["<end>"], special_tokens=False)[0].tokens == (ends.inner.eos_token_id,)


@pytest.mark.parametrize("bos", [False, True])
def test_offsets_cover_the_white_space_of_a_token(bos: bool, make_tokenizer: MakeTokenizer) -> None:
    trimmed, whole = (make_tokenizer(bos=bos, trim_offsets=trim) for trim in (True, False))
    text = "The answer is A.\n\n  答案： A \n"
    assert trimmed.encode([text], special_tokens=True) == whole.encode([text], special_tokens=True)


def test_equal_tokenizers_have_equal_fingerprints_and_others_have_not(make_tokenizer: MakeTokenizer) -> None:
    one, same, other = make_tokenizer(), make_tokenizer(), make_tokenizer(bos=True)
    assert one.fingerprint == same.fingerprint
    assert len({one.fingerprint, other.fingerprint, ByteTokenizer().fingerprint}) == 3
    assert one.template_fingerprint == same.template_fingerprint
    assert one.template_fingerprint != make_tokenizer("strips").template_fingerprint
    assert one.fingerprint == make_tokenizer("strips").fingerprint
    assert make_tokenizer(None).template_fingerprint is None


def test_without_a_template_a_chat_is_refused_with_the_ways_out(make_tokenizer: MakeTokenizer) -> None:
    with pytest.raises(InputError) as caught:
        make_tokenizer(None).render_chat([{"role": "user", "content": "?"}], thinking=False)
    assert "has no chat template. Use --template plain" in caught.value.en
    assert "没有对话模板" in caught.value.zh


def test_a_directory_without_a_tokenizer_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        TransformersTokenizer(tmp_path)
    assert caught.value.en.startswith(f"{tmp_path}: cannot load a tokenizer")
    assert "无法加载分词器" in caught.value.zh


def test_a_chat_of_bytes_is_lines_that_begin_with_the_role() -> None:
    tokenizer: Tokenizer = ByteTokenizer()
    messages = [{"role": "system", "content": "简短"}, {"role": "user", "content": "几？"}]
    assert tokenizer.render_chat(messages, thinking=False) == "<system>\n简短\n<user>\n几？\n<assistant>\n"
