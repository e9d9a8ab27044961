"""Encoding many prompts and their continuations: what they have in common once, and in one batch what is left.

Examples, instructions and options stand in most prompts of a task. Where the tokenizer allows it (see ``lines``),
each line is encoded once, whatever the number of prompts that have it. The tokens are exactly those of the whole text.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import accumulate, chain
from typing import NamedTuple, TypeVar

from benchharness.errors import InputError
from benchharness.records import Continuation, Message, Prompt, Segment
from benchharness.tokens.tokenizer import Encoding, Tokenizer

SLICE = 64
"""Prompts that are encoded together. It bounds the memory that their offsets take."""

SLICE_CHARACTERS = 2_000_000
"""Most characters of prompts that are encoded together, unless one alone has more."""

T = TypeVar("T")

_shared_ids: dict[int, int] = {}
"""Every token id that was met, once: many prompts of 100,000 tokens then take 8 bytes a token, and not 36."""


class Rendered(NamedTuple):
    """A prompt that is still to be encoded.

    Attributes:
        messages: what was said.
        segments: the whole text the model reads; see ``rendering.render_segments``.
    """

    messages: tuple[Message, ...]
    segments: tuple[Segment, ...]


def encode_prompts(tokenizer: Tokenizer, rendered: Sequence[Rendered], *, special_tokens: bool) -> list[Prompt]:
    """Return the prompts as tokens, with each segment's first token.

    Args:
        tokenizer: of the model.
        rendered: the prompts, in any order; the more of their lines are equal, the less there is to encode.
        special_tokens: whether the tokenizer adds its own, such as a token for the beginning. A chat template
            has written them into the text already.
    """
    return [
        prompt
        for part in _slices(rendered, [sum(len(segment.text) for segment in one.segments) for one in rendered])
        for prompt in _encode_slice(tokenizer, part, special_tokens=special_tokens)
    ]


def _slices(sequence: Sequence[T], characters: Sequence[int]) -> Iterator[Sequence[T]]:
    begin = total = 0
    for index, length in enumerate(characters):
        if index > begin and (index - begin == SLICE or total + length > SLICE_CHARACTERS):
            yield sequence[begin:index]
            begin, total = index, 0
        total += length
    if begin < len(sequence):
        yield sequence[begin:]


def _encode_slice(tokenizer: Tokenizer, rendered: Sequence[Rendered], *, special_tokens: bool) -> Iterator[Prompt]:
    texts = ["".join(segment.text for segment in one.segments) for one in rendered]
    split = [_split(tokenizer, text) for text in texts]
    opening = _encode(tokenizer, (pieces[0] for pieces in split), special_tokens=special_tokens)
    further = _encode(tokenizer, chain.from_iterable(pieces[1:] for pieces in split), special_tokens=False)
    for one, pieces in zip(rendered, split, strict=True):
        encodings = [opening[pieces[0]], *(further[piece] for piece in pieces[1:])]
        ids = list(chain.from_iterable(encoding.tokens for encoding in encodings))
        tokens = tuple(map(_shared_ids.setdefault, ids, ids))
        if encodings[0].offsets is None:
            starts = _starts_by_length(tokenizer, one.segments, special_tokens=special_tokens)
        else:
            starts = _starts(one.segments, pieces, encodings)
        yield Prompt(one.messages, one.segments, tokens, starts)


def _split(tokenizer: Tokenizer, text: str) -> list[str]:
    """Split a text where the tokenizer allows it, at least into itself."""
    return [text] if tokenizer.line_cut is None else tokenizer.line_cut.split(text)


def _encode(tokenizer: Tokenizer, texts: Iterable[str], *, special_tokens: bool) -> dict[str, Encoding]:
    """Encode every text once, all in one batch."""
    distinct = list(dict.fromkeys(texts))
    return dict(zip(distinct, tokenizer.encode(distinct, special_tokens=special_tokens), strict=True))


def _starts(segments: Sequence[Segment], pieces: Sequence[str], encodings: Sequence[Encoding]) -> tuple[int, ...]:
    """Return the index of each segment's first token: the number of tokens that begin before it."""
    text_begins = [0, *accumulate(map(len, pieces))]
    token_begins = [0, *accumulate(len(encoding.tokens) for encoding in encodings)]
    starts: list[int] = []
    position = 0
    for segment in segments:
        number = min(bisect_right(text_begins, position), len(pieces)) - 1
        within = bisect_left(encodings[number].offsets or (), position - text_begins[number])
        # What a tokenizer puts before the text belongs to the first segment.
        starts.append(token_begins[number] + within if position else 0)
        position += len(segment.text)
    return tuple(starts)


def _starts_by_length(tokenizer: Tokenizer, segments: Sequence[Segment], *, special_tokens: bool) -> tuple[int, ...]:
    """Return the same where the tokenizer tells no offsets: the length of all that stands before."""
    before = ["", *accumulate(segment.text for segment in segments)][:-1]
    lengths = [len(encoding.tokens) for encoding in tokenizer.encode(before, special_tokens=special_tokens)]
    return tuple(length if text else 0 for text, length in zip(before, lengths, strict=True))


def attach_continuations(
    tokenizer: Tokenizer,
    prompts: Sequence[Prompt],
    texts: Sequence[Sequence[str]],
    *,
    special_tokens: bool,
    places: Sequence[str],
) -> list[tuple[Prompt, tuple[Continuation, ...]]]:
    """Return prompts and continuations as tokens that join without a seam.

    Tokenisers may merge the end of a prompt with what follows. Each continuation is therefore tokenised with the
    prompt before it, or with that part of it that can change, and where that changes tokens of the prompt, the
    boundary moves back to the last token that all continuations share.

    Args:
        tokenizer: of the model.
        prompts: the prompts.
        texts: for each, its continuations.
        special_tokens: as for ``encode_prompts``.
        places: for each, task and item, for errors.

    Raises:
        InputError: if two continuations of a prompt are the same tokens, so that the model could not tell them apart.
    """
    joined = []
    lengths = [sum(len(segment.text) for segment in prompt.segments) for prompt in prompts]
    for part in _slices(list(zip(prompts, texts, places, strict=True)), lengths):
        # By what may change: the last line, or the whole prompt.
        tails = [_split(tokenizer, prompt.text) for prompt, _, _ in part]
        wanted: dict[bool, list[str]] = {True: [], False: []}
        for (_, options, _), pieces in zip(part, tails, strict=True):
            wanted[len(pieces) == 1].extend([pieces[-1], *(pieces[-1] + option for option in options)])
        encoded = {
            True: _encode(tokenizer, wanted[True], special_tokens=special_tokens),
            False: _encode(tokenizer, wanted[False], special_tokens=False),
        }
        for (prompt, options, place), pieces in zip(part, tails, strict=True):
            tail, encodings = pieces[-1], encoded[len(pieces) == 1]
            ends = [(option, encodings[tail + option].tokens) for option in options]
            joined.append(_join(prompt, encodings[tail].tokens, ends, place))
    return joined


def _join(
    prompt: Prompt, tail: tuple[int, ...], ends: Sequence[tuple[str, tuple[int, ...]]], place: str
) -> tuple[Prompt, tuple[Continuation, ...]]:
    """Join a prompt, which ends with the tokens ``tail``, with its continuations, each as tokens that go on from it.

    Args:
        prompt: the prompt.
        tail: its last tokens.
        ends: for each continuation its text, and its tokens with those that ``tail`` becomes before it.
        place: task and item, for errors.
    """
    shared = min(_common_prefix(tail, tokens) for _, tokens in ends)
    continuations = tuple(Continuation(text, tokens[shared:]) for text, tokens in ends)
    _check_distinct(continuations, place)
    length = len(prompt.tokens) - len(tail) + shared
    kept = replace(prompt, tokens=prompt.tokens[:length], starts=tuple(min(s, length) for s in prompt.starts))
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
