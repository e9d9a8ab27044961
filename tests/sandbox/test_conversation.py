import json
import os
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchharness.sandbox.conversation import CallResult, CallStatus, Conversation, End

NONCE = "n"
READY = [NONCE, "ready"]
LOADED = [NONCE, "loaded"]


def hold(said: bytes, wanted: int = 2, most: int = 2**20, printed: bytes = b"") -> tuple[End, Conversation]:
    """Listen to one who says this, prints that and goes away."""
    conversation = Conversation(NONCE, wanted, most, seconds=30, call_seconds=30)
    channel, mouth = os.pipe()
    paper, pen = os.pipe()
    for descriptor, text in ((mouth, said), (pen, printed)):
        os.write(descriptor, text)
        os.close(descriptor)
    with os.fdopen(channel, "rb") as heard, os.fdopen(paper, "rb") as read:
        return conversation.hold(heard, read), conversation


def lines(*messages: Any) -> bytes:
    return b"".join(json.dumps(message).encode() + b"\n" for message in messages)


def test_results_are_taken_in_order() -> None:
    end, heard = hold(lines(READY, LOADED, [NONCE, 0, "returned", [1]], [NONCE, 1, "raised", "ValueError"]))
    assert end is End.DONE
    assert heard.results == [
        CallResult(CallStatus.RETURNED, [1]),
        CallResult(CallStatus.RAISED, error="ValueError"),
    ]


def test_code_that_cannot_be_loaded_is_the_result_of_every_call() -> None:
    end, heard = hold(lines(READY, [NONCE, "failed", "SyntaxError"]))
    assert (end, heard.results) == (End.DONE, [CallResult(CallStatus.RAISED, error="SyntaxError")] * 2)


def test_what_is_left_unsaid_is_no_result() -> None:
    end, heard = hold(lines(READY, LOADED, [NONCE, 0, "unreadable"]))
    assert (end, heard.results) == (End.CLOSED, [CallResult(CallStatus.NO_RESULT)])


@pytest.mark.parametrize(
    "messages",
    [
        (["other", "ready"],),
        ([], READY),
        ({"0": NONCE},),
        (LOADED,),
        ([NONCE, 0, "returned", 1],),
        (READY, READY),
        (READY, [NONCE, 0, "returned", 1]),
        (READY, LOADED, LOADED),
        (READY, LOADED, [NONCE, "failed", "ValueError"]),
        (READY, LOADED, [NONCE, 1, "returned", 1]),
        (READY, LOADED, [NONCE, -1, "returned", 1]),
        (READY, LOADED, [NONCE, "0", "returned", 1]),
        (READY, LOADED, [NONCE, 0.0, "returned", 1]),
        (READY, LOADED, [NONCE, 0, "returned"]),
        (READY, LOADED, [NONCE, 0, "returned", 1, 2]),
        (READY, LOADED, [NONCE, 0, "passed"]),
        (READY, LOADED, [NONCE, 0, "raised", 7]),
        (READY, LOADED, [NONCE, 0, "returned", float("nan")]),
        (READY, LOADED, [NONCE, 0, "returned", [float("inf")]]),
    ],
)
def test_what_is_out_of_order_ends_it(messages: tuple[Any, ...]) -> None:
    end, heard = hold(lines(*messages))
    assert (end, heard.results) == (End.NONSENSE, [])


@pytest.mark.parametrize("line", [b"", b"\xff", b"[" * 50_000, b"9" * 10_000, b'["n", "ready"', b"\x00"])
def test_what_is_no_json_ends_it(line: bytes) -> None:
    end, heard = hold(lines(READY, LOADED) + line + b"\n")
    assert (end, heard.results) == (End.NONSENSE, [])


def test_a_result_after_the_last_changes_nothing() -> None:
    said = [[NONCE, index, "returned", index] for index in range(4)]
    _, heard = hold(lines(READY, LOADED, *said))
    assert [result.value for result in heard.results] == [0, 1]


@pytest.mark.parametrize(("said", "printed"), [(b"x" * 200, b""), (b"x", b"x" * 200), (b"x" * 60, b"x" * 60)])
def test_one_who_says_too_much_is_not_heard_out(said: bytes, printed: bytes) -> None:
    assert hold(said, most=100, printed=printed)[0] is End.TOO_MUCH


def test_what_is_printed_is_kept_and_not_read() -> None:
    end, heard = hold(lines(READY, LOADED), printed=lines([NONCE, 0, "returned", 1]))
    assert (end, heard.results) == (End.CLOSED, [])


def test_a_name_is_kept_only_if_it_is_one() -> None:
    said = [
        [NONCE, index, "raised", name] for index, name in enumerate(["ValueError", "错误", "a b", "x" * 1000, "\n[1]"])
    ]
    _, heard = hold(lines(READY, LOADED, *said), wanted=5)
    assert [result.error for result in heard.results] == ["ValueError", "错误", "", "", ""]


def test_one_who_says_nothing_is_not_waited_for() -> None:
    conversation = Conversation(NONCE, 1, 100, seconds=0.2, call_seconds=0.1)
    channel, mouth = os.pipe()
    paper, pen = os.pipe()
    os.write(mouth, lines(READY))
    with os.fdopen(channel, "rb") as heard, os.fdopen(paper, "rb") as read:
        assert conversation.hold(heard, read) is End.TOO_LONG
    os.close(mouth)
    os.close(pen)


MESSAGES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=5)
    | st.sampled_from([NONCE, "ready", "returned"]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
)


@given(st.lists(MESSAGES.map(lambda message: lines(message)) | st.binary(max_size=40), max_size=8).map(b"".join))
def test_without_the_nonce_nothing_is_a_result(said: bytes) -> None:
    conversation = Conversation("another", 2, 2**20, seconds=30, call_seconds=30)
    channel, mouth = os.pipe()
    paper, pen = os.pipe()
    os.write(mouth, said)
    os.close(mouth)
    os.close(pen)
    with os.fdopen(channel, "rb") as heard, os.fdopen(paper, "rb") as read:
        assert conversation.hold(heard, read) in (End.CLOSED, End.NONSENSE)
    assert conversation.results == []
