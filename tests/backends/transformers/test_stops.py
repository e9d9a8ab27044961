"""Stop strings are found on the stream of tokens where the whole text has them, and decoded for seldom."""

from collections.abc import Callable, Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchharness.backends.transformers.stops import AnswerStops, StopFinder
from benchharness.records import Sampling

from .conftest import Direct, generate_request

END_OF_ANSWER = "以上就是我的回答。"


class Bytes:
    """Decodes tokens that are bytes, and counts how many were decoded."""

    def __init__(self) -> None:
        self.decoded = 0

    def __call__(self, tokens: Sequence[int]) -> str:
        self.decoded += len(tokens)
        return bytes(tokens).decode(errors="replace")


def stops_of(decode: Callable[[Sequence[int]], str], stops: tuple[str, ...], prompt: str = "") -> AnswerStops:
    sampling = Sampling(max_new_tokens=1000, stop=stops)
    return StopFinder(decode).of(generate_request("key", [1], sampling, text=prompt))


def first_reached(stops: AnswerStops, tokens: Sequence[int]) -> int | None:
    return next((end for end in range(1, len(tokens) + 1) if stops.just_reached(tokens[:end])), None)


@pytest.mark.parametrize(
    ("text", "stop"),
    [
        ("The answer is 4.\n\nQuestion: what is 2", "\n\nQuestion:"),
        ("答案是四。\n问题：二加二等于几？", "\n问题："),
        (f"首先，二加二等于四。{END_OF_ANSWER}谢谢", END_OF_ANSWER),
        ("<think>\n问题：是什么？\n</think>\n\n是四。\n问题：还有", "\n问题："),
        ("<think>Question: what?</think>Four. Question: more", "Question:"),
    ],
)
@pytest.mark.parametrize("prompt", ["问题：二加二等于几？", "Question: what is 2 + 2?"])
def test_a_stop_string_is_found_when_its_last_byte_comes(text: str, stop: str, prompt: str) -> None:
    tokens = text.encode()
    begin = text.rindex(stop)
    expected = len(text[: begin + len(stop)].encode())
    assert first_reached(stops_of(Bytes(), ("\x00never", stop), prompt), tokens) == expected


@pytest.mark.parametrize("prompt", ["二加二等于几？<think>\n", "What is 2 + 2?<think>\n"])
def test_reasoning_that_the_template_opened_ends_with_its_closing_tag(prompt: str) -> None:
    text = "回答：不是这里。\n回答：也不是。</think>\n\n这里。回答：四"
    stops = stops_of(Bytes(), ("回答：",), prompt)
    assert first_reached(stops, text.encode()) == len(text.encode()) - len("四".encode())


@pytest.mark.parametrize("text", [" 二加二等于四。问题：后面", " The answer is four. Question: next"])
def test_stop_strings_of_a_real_tokenizer_span_tokens(direct: Direct, text: str) -> None:
    def decode(tokens: Sequence[int]) -> str:
        decoded: str = direct.tokenizer.decode(list(tokens), skip_special_tokens=True)
        return decoded

    tokens: list[int] = direct.tokenizer(text).input_ids
    for begin in range(1, len(text)):
        for end in range(begin + 1, min(begin + 6, len(text)) + 1):
            stop = text[begin:end]
            expected = next(count for count in range(1, len(tokens) + 1) if stop in decode(tokens[:count]))
            assert first_reached(stops_of(decode, (stop,)), tokens) == expected


PIECES = st.sampled_from(["<think>", "</think>", "<thinking>", "</thinking>", "。", "问", "题：", "\n", " ", "a", "Q:"])


@given(
    text=st.lists(PIECES, max_size=30).map("".join),
    stops=st.lists(st.sampled_from(["。", "问题：", "\n", "\n\n", "Q:", "a ", END_OF_ANSWER]), min_size=1, max_size=3),
    opened=st.booleans(),
    sizes=st.lists(st.integers(1, 5), min_size=200, max_size=200),
)
def test_the_stream_finds_what_the_whole_text_shows(
    text: str, stops: list[str], opened: bool, sizes: list[int]
) -> None:
    encoded = text.encode()
    # Tokens are stretches of bytes that end wherever they end.
    pieces: list[bytes] = []
    for size in sizes:
        pieces.append(encoded[:size])
        encoded = encoded[size:]
    vocabulary = sorted(set(pieces) - {b""})
    tokens = [vocabulary.index(piece) for piece in pieces if piece]

    def decode(some: Sequence[int]) -> str:
        return b"".join(vocabulary[token] for token in some).decode(errors="replace")

    found: Any = stops_of(decode, tuple(stops), "<think>" if opened else "")
    expected = next((end for end in range(1, len(tokens) + 1) if found.reached(tokens[:end])), None)
    assert first_reached(found, tokens) == expected


def test_little_is_decoded_of_a_long_text() -> None:
    decode = Bytes()
    tokens = ("一些推理文字，没有停止串。" * 40 + "reasoning, step by step. " * 40).encode()
    assert first_reached(stops_of(decode, ("问题：", "Question:")), tokens) is None
    # Each byte of a Chinese character is part of one, and is looked at with the few before it.
    assert decode.decoded < 60 * len(tokens)
    plain = Bytes()
    assert first_reached(stops_of(plain, ("Question:",)), b"reasoning, step by step. " * 80) is None
    assert plain.decoded < 100


def test_inside_reasoning_a_stop_string_is_not_looked_for() -> None:
    decode = Bytes()
    tokens = b"Step. " * 400
    assert first_reached(stops_of(decode, (" ",), "Think!<think>\n"), tokens) is None
    assert first_reached(stops_of(decode, (" ",), ""), b"<think>" + tokens) is None
    assert decode.decoded < 3 * len(tokens)
