from collections.abc import Callable
from typing import Literal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from benchharness.errors import InputError
from benchharness.records import Message, Role, Segment
from benchharness.tokens.rendering import render_segments
from benchharness.tokens.tokenizer import TransformersTokenizer

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
