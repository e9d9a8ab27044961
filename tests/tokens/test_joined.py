"""Prompts that are encoded together have the tokens they have alone, whole; continuations join without a seam."""

from bisect import bisect_left
from collections.abc import Callable, Sequence
from itertools import accumulate
from typing import Any, Literal

import pytest
from hypothesis import HealthCheck, assume, example, given, settings
from hypothesis import strategies as st

from benchharness.errors import InputError
from benchharness.records import Continuation, Message, Prompt, Role, Segment
from benchharness.tokens.joined import SLICE, Rendered, attach_continuations, encode_prompts
from benchharness.tokens.rendering import render_segments
from benchharness.tokens.tokenizer import ByteTokenizer, Encoding, Tokenizer, TransformersTokenizer

from .conftest import LINED, WHOLE

MakeTokenizer = Callable[..., TransformersTokenizer]
TrainTokenizer = Callable[..., TransformersTokenizer]
Template = Literal["chat", "plain"]

QUICK = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=60)
MANY = settings(QUICK, max_examples=120)
PIECES = [
    "小明有三个苹果", "答案：", "Answer:", " A", "A. ", "The answer is", "it's", "é", "e\u0301", "\u0301", "Å",
    "가", "ㅏ", "😀", "👨‍👩‍👧", "12", "3", "一", "Ⅷ", "½", "Tom", "，", "。", "...", "/", "//", "<", "(", "\n", "\n\n",
    "\r\n", "\r", " ", "  ", "\t", "\u3000", "\xa0", "\x85", "\u2028", "\x1c", "\v", "<|user|>", "<end>", "<s>",
]  # fmt: skip
TEXTS = st.lists(st.one_of(st.sampled_from(PIECES), st.text(max_size=3)), max_size=8).map("".join)
LINE_TEXTS = st.lists(st.tuples(TEXTS, st.sampled_from(["\n", "\n\n", " \n", "。\n", "\n  "])), max_size=6).map(
    lambda lines: "".join(line + end for line, end in lines)
)


def utf8(text: str) -> str:
    """Leave out halves of characters, which no tokenizer takes."""
    return text.encode(errors="ignore").decode()


def rendered(*texts: str) -> Rendered:
    segments = tuple(Segment(f"part {number}", utf8(text)) for number, text in enumerate(texts))
    return Rendered((Message(Role.USER, segments),), segments)


def plain(tokenizer: Tokenizer, texts: Sequence[str], *, special_tokens: bool = False) -> Prompt:
    return encode_prompts(tokenizer, [rendered(*texts)], special_tokens=special_tokens)[0]


def attach(tokenizer: Tokenizer, prompt: Prompt, texts: Sequence[str]) -> tuple[Prompt, tuple[Continuation, ...]]:
    return attach_continuations(tokenizer, [prompt], [texts], special_tokens=False, places=["here"])[0]


def whole(tokenizer: Tokenizer, one: Rendered, *, special_tokens: bool) -> Prompt:
    """Encode a prompt by itself and in one go: the reference."""
    text = "".join(segment.text for segment in one.segments)
    encoding = tokenizer.encode([text], special_tokens=special_tokens)[0]
    assert encoding.offsets is not None
    begins = [0, *accumulate(len(segment.text) for segment in one.segments)][:-1]
    starts = tuple(bisect_left(encoding.offsets, begin) if begin else 0 for begin in begins)
    return Prompt(one.messages, one.segments, encoding.tokens, starts)


def seam(tokenizer: Tokenizer, prompt: Prompt, texts: Sequence[str], *, special_tokens: bool) -> list[tuple[int, ...]]:
    """Return the prompt's tokens that all continuations leave alone, and those of each continuation: the reference."""
    full = [tokenizer.encode([prompt.text + text], special_tokens=special_tokens)[0].tokens for text in texts]
    shared = 0
    while all(tokens[shared : shared + 1] == prompt.tokens[shared : shared + 1] != () for tokens in full):
        shared += 1
    return [prompt.tokens[:shared], *(tokens[shared:] for tokens in full)]


def check_all_equal(tokenizer: Tokenizer, shared: str, rests: list[list[str]], options: list[str], sp: bool) -> None:
    asked = [rendered(shared, *rest) for rest in rests]
    prompts = encode_prompts(tokenizer, asked, special_tokens=sp)
    assert prompts == [whole(tokenizer, one, special_tokens=sp) for one in asked]
    for prompt in prompts:
        expected = seam(tokenizer, prompt, options, special_tokens=sp)
        if len(set(expected[1:])) < len(options) or () in expected[1:]:
            continue  # The tokenizer does not tell the options apart, and they are refused.
        [(kept, continuations)] = attach_continuations(
            tokenizer, [prompt], [options], special_tokens=sp, places=["here"]
        )
        assert [continuation.text for continuation in continuations] == options
        assert [kept.tokens, *(continuation.tokens for continuation in continuations)] == expected
        assert kept.starts == tuple(min(start, len(kept.tokens)) for start in prompt.starts)


OPTIONS = st.lists(TEXTS.map(utf8).filter(bool), min_size=2, max_size=4, unique=True)


@pytest.mark.parametrize("name", [*LINED, *WHOLE])
@MANY
@given(
    shared=LINE_TEXTS,
    rests=st.lists(st.lists(TEXTS, min_size=1, max_size=3), min_size=1, max_size=3),
    options=OPTIONS,
    special_tokens=st.booleans(),
)
@example(shared="a。\n/b\n", rests=[["/c"], ["c"]], options=["A", "B"], special_tokens=False)
@example(shared="a\n\nb \n\n1\n<|user|>", rests=[["c"], ["\n"]], options=["\nA", "B"], special_tokens=True)
def test_what_is_encoded_in_parts_is_what_is_encoded_whole(
    name: str,
    shared: str,
    rests: list[list[str]],
    options: list[str],
    special_tokens: bool,
    train_tokenizer: TrainTokenizer,
) -> None:
    check_all_equal(train_tokenizer(name), shared, rests, options, special_tokens)


@MANY
@given(shared=LINE_TEXTS, rests=st.lists(st.lists(TEXTS, min_size=1), min_size=1, max_size=3), options=OPTIONS)
def test_so_it_is_with_the_embedded_tokenizer_with_unigrams_and_with_bytes(
    shared: str, rests: list[list[str]], options: list[str], smollm: TransformersTokenizer, train_tokenizer: Any
) -> None:
    for tokenizer in (smollm, train_tokenizer("Llama-2", unigram=True), ByteTokenizer()):
        check_all_equal(tokenizer, shared, rests, options, sp=False)


class Counting:
    """A tokenizer that counts the characters it is given."""

    def __init__(self, inner: Tokenizer) -> None:
        self._inner = inner
        self.line_cut = inner.line_cut
        self.fingerprint, self.template_fingerprint = inner.fingerprint, inner.template_fingerprint
        self.decode, self.render_chat = inner.decode, inner.render_chat
        self.characters = 0

    def encode(self, texts: Sequence[str], *, special_tokens: bool) -> list[Encoding]:
        self.characters += sum(map(len, texts))
        return self._inner.encode(texts, special_tokens=special_tokens)


@pytest.mark.parametrize(
    ("lines", "line"),
    [
        (["题目：小明有三个苹果。", "A. 三", "B. 四", "答案：A"], "答案："),
        (["Question: how many?", "Answer: A"], "Answer:"),
    ],
)
def test_examples_are_encoded_once_and_options_without_what_stands_before_them(
    lines: list[str], line: str, smollm: TransformersTokenizer
) -> None:
    shots = "\n".join(lines * 20) + "\n"
    counting = Counting(smollm)
    asked = [rendered(shots, f"题目 {number}\n", line) for number in range(SLICE)]
    prompts = encode_prompts(counting, asked, special_tokens=False)
    assert counting.characters < len(shots) + SLICE * 10
    before = counting.characters
    options = ["A", "B", "C", "D"]
    attach_continuations(
        counting, prompts, [options] * SLICE, special_tokens=False, places=[str(number) for number in range(SLICE)]
    )
    assert counting.characters - before <= 5 * len(f"\n{line}A")


@QUICK
@given(st.lists(TEXTS, min_size=1, max_size=6))
def test_with_bytes_each_segment_has_exactly_its_own(texts: list[str]) -> None:
    tokenizer = ByteTokenizer()
    texts = [utf8(text) for text in texts]
    prompt = plain(tokenizer, texts)
    assert prompt.text == "".join(texts)
    ends = [*prompt.starts[1:], len(prompt.tokens)]
    cut = [tokenizer.decode(prompt.tokens[start:end]) for start, end in zip(prompt.starts, ends, strict=True)]
    assert cut == texts


def first_bytes(tokenizer: TransformersTokenizer, tokens: tuple[int, ...]) -> list[int]:
    """Return where each token of a byte-level BPE begins: every character of its name is a byte."""
    names = tokenizer.inner.convert_ids_to_tokens(list(tokens))
    return [0, *accumulate(len(name) for name in names)][:-1]


@QUICK
@given(texts=st.lists(TEXTS, min_size=1, max_size=6), which=st.sampled_from(["bpe", "smollm"]))
def test_a_token_belongs_to_the_segment_in_which_it_begins(
    texts: list[str], which: str, bpe: TransformersTokenizer, smollm: TransformersTokenizer
) -> None:
    tokenizer = bpe if which == "bpe" else smollm
    texts = [text.encode(errors="ignore").decode() for text in texts]
    prompt = plain(tokenizer, texts)
    assume(tokenizer.decode(prompt.tokens) == prompt.text)  # SmolLM2 has no tokens for a few bytes of rare characters
    begins = first_bytes(tokenizer, prompt.tokens)
    positions = [0, *accumulate(len(text.encode()) for text in texts)][:-1]
    assert list(prompt.starts) == [sum(begin < position for begin in begins) for position in positions]


def test_a_line_end_belongs_to_the_segment_that_it_ends(bpe: TransformersTokenizer) -> None:
    prompt = plain(bpe, ["The answer is A.\n\n", "Question"])
    assert bpe.decode(prompt.tokens[prompt.starts[1] :]) == "Question"


class Slow:
    """A tokenizer that cannot tell offsets and puts two tokens before a text, as ChatGLM's does."""

    fingerprint = "slow"
    template_fingerprint = None
    line_cut = None

    def encode(self, texts: Any, *, special_tokens: bool) -> list[Encoding]:
        prefix = (1, 2) if special_tokens else ()
        return [Encoding((*prefix, *(ord(character) for character in text)), None) for text in texts]

    def decode(self, tokens: Any) -> str:
        return "".join(chr(token) for token in tokens if token > 2)

    def render_chat(self, messages: Any, *, thinking: bool) -> str:
        raise NotImplementedError


@pytest.mark.parametrize(("special_tokens", "starts"), [(False, (0, 2, 2)), (True, (0, 4, 4))])
def test_starts_count_the_tokens_put_before_the_text(special_tokens: bool, starts: tuple[int, ...]) -> None:
    assert plain(Slow(), ["问题", "", "abc"], special_tokens=special_tokens).starts == starts


CHAT = (
    Message(Role.SYSTEM, (Segment("system", "你是助手。"),)),
    Message(Role.USER, (Segment("question", "What is 1 + 1?"),)),
)


@pytest.mark.parametrize(("template", "special_tokens"), [("chat", False), ("plain", True)])
def test_there_is_one_token_of_the_beginning(
    template: Template, special_tokens: bool, make_tokenizer: MakeTokenizer
) -> None:
    tokenizer = make_tokenizer("writes_bos", bos=True)
    segments = render_segments(tokenizer, CHAT, template, thinking=False)
    [prompt] = encode_prompts(tokenizer, [Rendered(CHAT, segments)], special_tokens=special_tokens)
    beginning = tokenizer.inner.bos_token_id
    assert prompt.tokens.count(beginning) == 1
    assert prompt.tokens[0] == beginning
    assert prompt.starts[0] == 0
    [(joined, continuations)] = attach_continuations(
        tokenizer, [prompt], [[" A", " B"]], special_tokens=special_tokens, places=["here"]
    )
    assert joined.tokens.count(beginning) == 1
    assert all(beginning not in continuation.tokens for continuation in continuations)


def test_the_boundary_moves_back_to_the_last_token_that_all_options_share(bpe: TransformersTokenizer) -> None:
    prompt = plain(bpe, ["The answer", " is", " A"])
    joined = bpe.encode(["The answer is Answer"], special_tokens=False)[0].tokens
    assert joined[: len(prompt.tokens)] != prompt.tokens, "nothing merges; the test shows nothing"
    kept, (merged, apart) = attach(bpe, prompt, ["nswer", "!"])
    assert len(kept.tokens) < len(prompt.tokens)
    assert kept.tokens + merged.tokens == joined
    assert bpe.decode(kept.tokens + apart.tokens) == "The answer is A!"
    assert all(start <= len(kept.tokens) for start in kept.starts)
    assert kept.text == prompt.text


def test_chinese_options_keep_the_boundary_after_the_full_width_colon(smollm: TransformersTokenizer) -> None:
    prompt = plain(smollm, ["问题：几？\n", "答案："])
    kept, continuations = attach(smollm, prompt, ["A", "B", "C", "D"])
    assert kept.tokens == prompt.tokens
    assert [len(continuation.tokens) for continuation in continuations] == [1, 1, 1, 1]


@pytest.mark.parametrize(
    ("options", "en", "zh"),
    [
        (["A", "A"], "here: the options 'A' and 'A' are the same tokens", "选项 'A' 与 'A' 在该分词器下的词元相同"),
        (["A", ""], "here: the option '' adds no token to the prompt", "选项 '' 没有给提示词增加任何词元"),
        (["", ""], "here: the option '' adds no token to the prompt", "选项 '' 没有给提示词增加任何词元"),
    ],
)
def test_options_that_cannot_be_told_apart_are_refused(
    options: list[str], en: str, zh: str, smollm: TransformersTokenizer
) -> None:
    for tokenizer in (smollm, ByteTokenizer()):
        with pytest.raises(InputError) as caught:
            attach(tokenizer, plain(tokenizer, ["答案："]), options)
        assert en in caught.value.en
        assert zh in caught.value.zh
        assert "None" not in caught.value.en
