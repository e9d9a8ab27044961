from collections.abc import Callable
from itertools import accumulate
from typing import Any, Literal

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from benchharness.errors import InputError
from benchharness.records import Message, Prompt, Role, Segment
from benchharness.tokens.rendering import attach_continuations, encode_prompt, render_segments
from benchharness.tokens.tokenizer import ByteTokenizer, Encoding, Tokenizer, TransformersTokenizer

MakeTokenizer = Callable[..., TransformersTokenizer]
Template = Literal["chat", "plain"]

QUICK = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=60)
PIECES = [
    "小明有三个苹果",
    "答案：",
    "Answer:",
    " A",
    "The answer is",
    "\n",
    "\n\n",
    " ",
    "  ",
    "é",
    "😀",
    "12",
    "Tom",
    "，",
]
TEXTS = st.lists(st.one_of(st.sampled_from(PIECES), st.text(max_size=3)), max_size=5).map("".join)


def say(*turns: tuple[Role, str]) -> tuple[Message, ...]:
    return tuple(Message(role, (Segment(f"part {n}", text),)) for n, (role, text) in enumerate(turns))


def plain(tokenizer: Tokenizer, texts: list[str], *, special_tokens: bool = False) -> Prompt:
    messages = (Message(Role.USER, tuple(Segment(f"part {n}", text) for n, text in enumerate(texts))),)
    segments = render_segments(tokenizer, messages, "plain", thinking=False)
    return encode_prompt(tokenizer, messages, segments, special_tokens=special_tokens)


def first_bytes(tokenizer: TransformersTokenizer, tokens: tuple[int, ...]) -> list[int]:
    """Return where each token of a byte-level BPE begins: every character of its name is a byte."""
    names = tokenizer.inner.convert_ids_to_tokens(list(tokens))
    return [0, *accumulate(len(name) for name in names)][:-1]


@QUICK
@given(st.lists(TEXTS, min_size=1, max_size=6))
def test_with_bytes_each_segment_has_exactly_its_own(texts: list[str]) -> None:
    tokenizer = ByteTokenizer()
    texts = [text.encode(errors="ignore").decode() for text in texts]
    prompt = plain(tokenizer, texts)
    assert prompt.text == "".join(texts)
    ends = [*prompt.starts[1:], len(prompt.tokens)]
    cut = [tokenizer.decode(prompt.tokens[start:end]) for start, end in zip(prompt.starts, ends, strict=True)]
    assert cut == texts


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


CHAT = say(
    (Role.SYSTEM, "你是助手。"),
    (Role.USER, "一加一等于几？"),
    (Role.ASSISTANT, "二"),
    (Role.USER, "What is 1 + 1?"),
)


@pytest.mark.parametrize("template", ["as_said", "strips", "writes_bos", "thinks"])
def test_what_is_said_keeps_its_place_in_a_chat(template: str, make_tokenizer: MakeTokenizer) -> None:
    tokenizer = make_tokenizer(template)
    segments = render_segments(tokenizer, CHAT, "chat", thinking=False)
    turns = [{"role": message.role.value, "content": message.content} for message in CHAT]
    assert "".join(segment.text for segment in segments) == tokenizer.render_chat(turns, thinking=False)
    said = [segment for segment in segments if segment.name != "template"]
    assert said == [segment for message in CHAT for segment in message.segments]
    assert segments[-1].name == "template"


def test_the_beginning_of_an_answer_follows_what_opens_the_assistants_turn(smollm: TransformersTokenizer) -> None:
    messages = say((Role.USER, "几？"), (Role.ASSISTANT, "答案："))
    segments = render_segments(smollm, messages, "chat", thinking=False)
    assert [segment.name for segment in segments] == ["template", "part 0", "template", "part 1"]
    assert "".join(segment.text for segment in segments).endswith("几？<|im_end|>\n<|im_start|>assistant\n答案：")


def test_a_template_that_strips_cuts_the_segments_at_the_edge(make_tokenizer: MakeTokenizer) -> None:
    tokenizer = make_tokenizer("strips")
    parts = (Segment("space", " \n"), Segment("question", " 几？"), Segment("end", "\n\n"))
    segments = render_segments(tokenizer, (Message(Role.USER, parts),), "chat", thinking=False)
    assert [(segment.name, segment.text) for segment in segments] == [
        ("template", "<|user|>"),
        ("question", "几？"),
        ("template", "<end><|assistant|>"),
    ]


@pytest.mark.parametrize("which", ["smollm", "as_said", "strips"])
@pytest.mark.parametrize(
    "contents",
    [
        ("几？", "二", "几？"),
        ("same", "same", "same"),
        ("user", "assistant", "user"),
        ("e", "s", "t"),
        ("AI", "Hugging Face", "system"),
        ("1", "<end>", "|"),
    ],
)
def test_words_that_stand_twice_are_placed_where_they_were_said(
    contents: tuple[str, str, str], which: str, make_tokenizer: MakeTokenizer, smollm: TransformersTokenizer
) -> None:
    tokenizer = smollm if which == "smollm" else make_tokenizer(which)
    first, second, third = contents
    messages = say((Role.USER, first), (Role.ASSISTANT, second), (Role.USER, third))
    segments = render_segments(tokenizer, messages, "chat", thinking=False)
    marked = say((Role.USER, "①"), (Role.ASSISTANT, "②"), (Role.USER, "③"))
    frame = [segment.text for segment in render_segments(tokenizer, marked, "chat", thinking=False)]
    expected = [frame[0], first, frame[2], second, frame[4], third, frame[6]]
    assert [segment.text for segment in segments] == expected
    assert [segment.name for segment in segments][1::2] == ["part 0", "part 1", "part 2"]


@QUICK
@given(st.lists(TEXTS, min_size=1, max_size=5))
def test_the_segments_of_a_chat_join_to_its_text(smollm: TransformersTokenizer, contents: list[str]) -> None:
    roles = [Role.USER, Role.ASSISTANT] * 3
    messages = say(*zip(roles, contents, strict=False))
    asked = messages[:-1] if messages[-1].role is Role.ASSISTANT else messages
    text = smollm.render_chat([{"role": m.role.value, "content": m.content} for m in asked], thinking=False)
    segments = render_segments(smollm, messages, "chat", thinking=False)
    expected = text if asked == messages else text + messages[-1].content
    assert "".join(segment.text for segment in segments) == expected


def test_a_template_that_refuses_a_system_message_says_so(make_tokenizer: MakeTokenizer) -> None:
    tokenizer = make_tokenizer("refuses_system")
    with pytest.raises(InputError) as caught:
        render_segments(tokenizer, CHAT, "chat", thinking=False)
    assert "System role not supported" in caught.value.en
    assert "--template plain" in caught.value.en
    assert "对话模板拒绝了这些消息" in caught.value.zh
    assert render_segments(tokenizer, CHAT[1:], "chat", thinking=False)[1].text == "一加一等于几？"
    assert render_segments(tokenizer, CHAT, "plain", thinking=False)[0].text == "你是助手。"


def test_thinking_is_switched_by_the_template(make_tokenizer: MakeTokenizer) -> None:
    tokenizer = make_tokenizer("thinks")
    off, on = (render_segments(tokenizer, CHAT, "chat", thinking=thinking)[-1].text for thinking in (False, True))
    assert off == f"{on}<think></think>"


@pytest.mark.parametrize(("template", "special_tokens"), [("chat", False), ("plain", True)])
def test_there_is_one_token_of_the_beginning(
    template: Template, special_tokens: bool, make_tokenizer: MakeTokenizer
) -> None:
    tokenizer = make_tokenizer("writes_bos", bos=True)
    segments = render_segments(tokenizer, CHAT, template, thinking=False)
    prompt = encode_prompt(tokenizer, CHAT, segments, special_tokens=special_tokens)
    beginning = tokenizer.inner.bos_token_id
    assert prompt.tokens.count(beginning) == 1
    assert prompt.tokens[0] == beginning
    assert prompt.starts[0] == 0
    joined, continuations = attach_continuations(
        tokenizer, prompt, [" A", " B"], special_tokens=special_tokens, place="here"
    )
    assert joined.tokens.count(beginning) == 1
    assert all(beginning not in continuation.tokens for continuation in continuations)


OPTIONS = st.lists(TEXTS.filter(bool), min_size=2, max_size=4, unique=True)


@QUICK
@given(text=TEXTS, options=OPTIONS, which=st.sampled_from(["bytes", "bpe", "smollm"]))
def test_prompt_and_continuation_join_to_the_encoding_of_the_whole(
    text: str, options: list[str], which: str, bpe: TransformersTokenizer, smollm: TransformersTokenizer
) -> None:
    by_name: dict[str, Tokenizer] = {"bytes": ByteTokenizer(), "bpe": bpe, "smollm": smollm}
    tokenizer = by_name[which]
    text, options = text.encode(errors="ignore").decode(), [o.encode(errors="ignore").decode() for o in options]
    assume(len({option for option in options if option}) == len(options))
    prompt = plain(tokenizer, [text])
    kept, continuations = attach_continuations(tokenizer, prompt, options, special_tokens=False, place="here")
    assert [continuation.text for continuation in continuations] == options
    assert kept.tokens == prompt.tokens[: len(kept.tokens)]
    for continuation in continuations:
        whole = tokenizer.encode([text + continuation.text], special_tokens=False)[0].tokens
        assert kept.tokens + continuation.tokens == whole
        assert continuation.tokens


def test_the_boundary_moves_back_to_the_last_token_that_all_options_share(bpe: TransformersTokenizer) -> None:
    prompt = plain(bpe, ["The answer", " is", " A"])
    joined = bpe.encode(["The answer is Answer"], special_tokens=False)[0].tokens
    assert joined[: len(prompt.tokens)] != prompt.tokens, "nothing merges; the test shows nothing"
    kept, (merged, apart) = attach_continuations(bpe, prompt, ["nswer", "!"], special_tokens=False, place="here")
    assert len(kept.tokens) < len(prompt.tokens)
    assert kept.tokens + merged.tokens == joined
    assert bpe.decode(kept.tokens + apart.tokens) == "The answer is A!"
    assert all(start <= len(kept.tokens) for start in kept.starts)
    assert kept.text == prompt.text


def test_chinese_options_keep_the_boundary_after_the_full_width_colon(smollm: TransformersTokenizer) -> None:
    prompt = plain(smollm, ["问题：几？\n", "答案："])
    kept, continuations = attach_continuations(smollm, prompt, ["A", "B", "C", "D"], special_tokens=False, place="here")
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
            attach_continuations(tokenizer, plain(tokenizer, ["答案："]), options, special_tokens=False, place="here")
        assert en in caught.value.en
        assert zh in caught.value.zh
        assert "None" not in caught.value.en
