"""Rendering: messages become one text, and each segment keeps its place in text and tokens."""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import replace
from typing import Literal

from benchharness.errors import InputError
from benchharness.records import Continuation, Message, Prompt, Role, Segment
from benchharness.tokens.tokenizer import Encoding, Tokenizer

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


def encode_prompt(
    tokenizer: Tokenizer, messages: Sequence[Message], segments: Sequence[Segment], *, special_tokens: bool
) -> Prompt:
    """Return the prompt as tokens, with each segment's first token.

    Args:
        tokenizer: of the model.
        messages: what was said.
        segments: the rendered text.
        special_tokens: whether the tokenizer adds its own, such as a token for the beginning. A chat template
            has written them into the text already.
    """
    encoding = tokenizer.encode(["".join(segment.text for segment in segments)], special_tokens=special_tokens)[0]
    starts = _starts(tokenizer, segments, encoding, special_tokens)
    return Prompt(tuple(messages), tuple(segments), encoding.tokens, starts)


def _starts(
    tokenizer: Tokenizer, segments: Sequence[Segment], encoding: Encoding, special_tokens: bool
) -> tuple[int, ...]:
    starts: list[int] = []
    position = 0
    for segment in segments:
        if encoding.offsets is not None:
            starts.append(bisect_left(encoding.offsets, position) if position else 0)
        else:
            before = "".join(s.text for s in segments)[:position]
            starts.append(len(tokenizer.encode([before], special_tokens=special_tokens)[0].tokens) if position else 0)
        position += len(segment.text)
    return tuple(starts)


def attach_continuations(
    tokenizer: Tokenizer, prompt: Prompt, texts: Sequence[str], *, special_tokens: bool, place: str
) -> tuple[Prompt, tuple[Continuation, ...]]:
    """Return the prompt and the continuations as tokens that join without a seam.

    Tokenisers may merge the end of a prompt with what follows. Each continuation is therefore tokenised with the
    prompt before it, and where that changes tokens of the prompt, the boundary moves back to the last token
    that all of them share.

    Args:
        tokenizer: of the model.
        prompt: the prompt.
        texts: the continuations.
        special_tokens: as for ``encode_prompt``.
        place: task and item, for errors.

    Raises:
        InputError: if two continuations are the same tokens, so that the model could not tell them apart.
    """
    whole = tokenizer.encode([prompt.text + text for text in texts], special_tokens=special_tokens)
    shared = min(_common_prefix(prompt.tokens, encoding.tokens) for encoding in whole)
    continuations = tuple(
        Continuation(text, encoding.tokens[shared:]) for text, encoding in zip(texts, whole, strict=True)
    )
    _check_distinct(continuations, place)
    kept = replace(prompt, tokens=prompt.tokens[:shared], starts=tuple(min(s, shared) for s in prompt.starts))
    return kept, continuations


def _common_prefix(first: Sequence[int], second: Sequence[int]) -> int:
    length = min(len(first), len(second))
    return next((index for index in range(length) if first[index] != second[index]), length)


def _check_distinct(continuations: Sequence[Continuation], place: str) -> None:
    seen: dict[tuple[int, ...], str] = {}
    for continuation in continuations:
        if not continuation.tokens:
            raise InputError(
                en=f"{place}: the option {continuation.text!r} adds no token to the prompt, so that it has no"
                " likelihood. Change the option.",
                zh=f"{place}：选项 {continuation.text!r} 没有给提示词增加任何词元，无法计算其似然。请修改该选项。",
            )
        twin = seen.get(continuation.tokens)
        if twin is not None:
            raise InputError(
                en=f"{place}: the options {twin!r} and {continuation.text!r} are the same tokens to this tokenizer,"
                " so that it cannot tell them apart. Change the options, or ask for text instead of letters.",
                zh=f"{place}：选项 {twin!r} 与 {continuation.text!r} 在该分词器下的词元相同，无法区分。"
                "请修改选项，或改为按选项文本作答。",
            )
        seen[continuation.tokens] = continuation.text
