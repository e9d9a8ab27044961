"""Rendering: messages become one text, and each segment keeps its place in it."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Literal

from benchharness.records import Message, Role, Segment
from benchharness.tokens.tokenizer import Tokenizer

TEMPLATE_SEGMENT = "template"


def render_segments(
    tokenizer: Tokenizer, messages: Sequence[Message], template: Literal["chat", "plain"], *, thinking: bool
) -> tuple[Segment, ...]:
    """Return the whole text the model reads, as segments.

    A final assistant message is the beginning of the answer: it follows what opens the assistant's turn.

    Args:
        tokenizer: of the model.
        messages: what is said.
        template: ``chat`` applies the chat template, ``plain`` joins the messages as they are.
        thinking: whether a model that can switch it is to reason first.

    Raises:
        InputError: if the template refuses the messages.
    """
    if template == "plain":
        return tuple(segment for message in messages for segment in message.segments)
    opens_answer = messages[-1].role is Role.ASSISTANT
    said = messages[:-1] if opens_answer else messages
    text = _chat(tokenizer, said, [m.content for m in said], thinking)
    frame = [""] * len(said)
    if any(text.count(m.content.strip()) != 1 for m in said):
        frame = _frame(tokenizer, said, thinking)
    placed = _place(text, said, frame)
    return (*placed, *messages[-1].segments) if opens_answer else placed


def _chat(tokenizer: Tokenizer, messages: Sequence[Message], contents: Sequence[str], thinking: bool) -> str:
    turns = [{"role": m.role.value, "content": content} for m, content in zip(messages, contents, strict=True)]
    return tokenizer.render_chat(turns, thinking=thinking)


def _frame(tokenizer: Tokenizer, messages: Sequence[Message], thinking: bool) -> list[str]:
    """Return what the template writes before each of ``messages``, found by letting them say what nobody says.

    Where something that is said also stands elsewhere, such as a question that reads "user", this tells where it is.
    """
    marks = [f"\ue000{number}\ue001" for number in range(len(messages))]
    rest = _chat(tokenizer, messages, marks, thinking)
    frame: list[str] = []
    for mark in marks:
        before, found, after = rest.partition(mark)
        frame.append(before if found else "")
        rest = after if found else rest
    return frame


def _place(text: str, messages: Sequence[Message], frame: Sequence[str]) -> tuple[Segment, ...]:
    """Find the segments of ``messages`` in the rendered ``text``; what lies between them is the template's.

    Args:
        text: the chat.
        messages: what is said.
        frame: what probably stands before each message; the search begins after it.
    """
    placed: list[Segment] = []
    cursor = 0
    for message, before in zip(messages, frame, strict=True):
        earliest = cursor + len(before) if text.startswith(before, cursor) else cursor
        # Many templates strip white space around what is said.
        content = message.content if text.find(message.content, earliest) >= 0 else message.content.strip()
        start = text.find(content, earliest)
        if start < 0 or not content:
            continue
        if start > cursor:
            placed.append(Segment(TEMPLATE_SEGMENT, text[cursor:start]))
        placed.extend(_trim(message.segments, message.content.find(content), len(content)))
        cursor = start + len(content)
    if cursor < len(text):
        placed.append(Segment(TEMPLATE_SEGMENT, text[cursor:]))
    return tuple(placed)


def _trim(segments: Sequence[Segment], start: int, length: int) -> list[Segment]:
    """Return the part of ``segments`` from ``start`` on that is ``length`` characters long."""
    kept: list[Segment] = []
    position = 0
    for segment in segments:
        begin = max(start - position, 0)
        end = min(start + length - position, len(segment.text))
        if begin < end:
            kept.append(replace(segment, text=segment.text[begin:end]))
        position += len(segment.text)
    return kept
