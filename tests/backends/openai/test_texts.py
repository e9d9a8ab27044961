"""Texts: reasoning apart, stop strings outside it, ends and tokens as they are."""

from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.backends.openai.asking import ask, backend_at, question
from tests.backends.openai.fault_server import Answer, FaultServer
from tests.backends.openai.http_server import Call

from benchharness.backends.openai.address import Address
from benchharness.backends.openai.failures import Failure, TornAnswerError
from benchharness.backends.openai.hearing import Hearing
from benchharness.records import FinishReason, Request, Response
from benchharness.registry.models import ModelSpec
from benchharness.text.reasoning import split_reasoning
from benchharness.text.stops import stop_in_answer

pytestmark = pytest.mark.enable_socket


def answered(
    answer: Answer, request: Request | None = None, *, models: Any = None, spec: ModelSpec | None = None, **extra: Any
) -> tuple[Response, list[Call]]:
    """Return the response to one answer, and what was asked."""
    with (
        FaultServer(lambda call: answer, models=models) as server,
        backend_at(server.base_url, spec=spec, choose="none", **extra) as backend,
    ):
        [response] = ask(backend, [request or question("what is it")]).values()
    return response, server.calls


@pytest.mark.parametrize("name", ["reasoning_content", "reasoning"])
@pytest.mark.parametrize("stream", ["on", "off"])
def test_reasoning_in_a_field_of_its_own_is_kept_apart(name: str, stream: str) -> None:
    answer = Answer("答案：35", reasoning="5×7，\n让我想想", reasoning_field=name)
    response, _ = answered(answer, stream=stream)
    assert (response.text, response.reasoning, response.reasoning_closed) == ("答案：35", "5×7，\n让我想想", True)


@pytest.mark.parametrize("stream", ["on", "off"])
def test_reasoning_between_tags_is_kept_apart(stream: str) -> None:
    response, _ = answered(Answer("<think>\n5 × 7\n</think>\n\n35"), stream=stream)
    assert (response.text, response.reasoning) == ("\n\n35", "\n5 × 7\n")
    response, _ = answered(Answer("5 × 7</think>35"), stream=stream)
    assert (response.text, response.reasoning) == ("35", "5 × 7")


def test_reasoning_that_uses_up_the_tokens_is_open() -> None:
    for answer in (Answer("", reasoning="so, so", finish="length"), Answer("<think>so, so", finish="length")):
        response, _ = answered(answer)
        assert (response.text, response.reasoning_closed) == ("", False)
        assert response.finish_reason is FinishReason.LENGTH


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ("stop", FinishReason.STOP),
        ("eos", FinishReason.STOP),
        ("length", FinishReason.LENGTH),
        ("max_tokens", FinishReason.LENGTH),
        ("content_filter", FinishReason.FILTERED),
        ("sensitive", FinishReason.FILTERED),
    ],
)
def test_why_an_answer_ended(said: str, reason: FinishReason) -> None:
    response, _ = answered(Answer("so", finish=said))
    assert response.finish_reason is reason


LINES = "first line\nsecond line\nthird line" + " and more" * 400


def test_a_stop_string_ends_the_answer_and_the_stream() -> None:
    """Where the model may reason, stop strings are looked for here, and a stream is left when one is there."""
    response, [call] = answered(Answer(LINES), question("lines", stop=("\n",)))
    assert response.text == "first line"
    assert response.finish_reason is FinishReason.STOP
    assert "stop" not in call.body
    assert response.generated_tokens < 200


def test_a_stop_string_within_reasoning_ends_nothing() -> None:
    for answer in (
        Answer("<think>one\ntwo</think>\nanswer\nmore"),
        Answer("\nanswer\nmore", reasoning="one\ntwo"),
    ):
        response, _ = answered(answer, question("lines", stop=("\n", "never")))
        assert response.reasoning == "one\ntwo"
        assert response.text == ("\nanswer" if "<think>" in answer.text else "")


def test_reasoning_without_an_opening_tag_is_not_taken_for_the_answer() -> None:
    """The chat template of such a model opens its reasoning, so that only the tag that closes it can be seen."""
    spec = ModelSpec(name="thinker", thinking="always")
    response, _ = answered(Answer("one\ntwo</think>answer\nmore"), question("lines", stop=("\n",)), spec=spec)
    assert (response.reasoning, response.text) == ("one\ntwo", "answer")


def test_a_model_that_never_reasons_is_stopped_by_the_server() -> None:
    spec = ModelSpec(name="plain", thinking="none")
    stops = ("。", "！", "？", "\n", "END", "STOP")
    response, [call] = answered(Answer("好的STOP我再说几句。"), question("说", stop=stops), spec=spec)
    assert call.body["stop"] == list(stops[:4])
    # What the server was not told of is found all the same.
    assert response.text == "好的"


def test_a_stop_string_that_comes_with_the_last_token_is_a_stop() -> None:
    response, _ = answered(Answer("yes\n", finish="length"), question("lines", stop=("\n",)))
    assert (response.text, response.finish_reason) == ("yes", FinishReason.STOP)


def test_tokens_are_those_the_server_counted() -> None:
    usage = {"prompt_tokens": 50, "completion_tokens": 7, "prompt_tokens_details": {"cached_tokens": 48}}
    response, _ = answered(Answer("好的", usage=usage))
    assert (response.prompt_tokens, response.cached_tokens, response.computed_tokens) == (50, 48, 2)
    assert response.generated_tokens == 7


@pytest.mark.parametrize(
    "usage",
    [
        {"prompt_tokens": 9, "completion_tokens": 2, "prompt_cache_hit_tokens": 4, "prompt_cache_miss_tokens": 5},
        {"prompt_tokens": 9, "completion_tokens": 2, "cached_tokens": 4},
    ],
)
def test_cached_tokens_as_other_vendors_tell_them(usage: dict[str, Any]) -> None:
    response, _ = answered(Answer("好的", usage=usage))
    assert (response.prompt_tokens, response.cached_tokens) == (9, 4)


def test_a_server_without_stream_options_is_asked_without() -> None:
    with (
        FaultServer(lambda call: Answer("yes"), stream_options=False) as server,
        backend_at(server.base_url, choose="none", concurrency="1") as backend,
    ):
        responses = ask(backend, [question(f"q{number}") for number in range(5)])
    assert {response.text for response in responses.values()} == {"yes"}
    assert len(server.calls) == 6
    assert {response.generated_tokens for response in responses.values()} == {3}


def test_a_content_that_is_a_list_of_parts() -> None:
    """As Mistral's servers answer."""
    address = Address("http://127.0.0.1/v1", "none")
    hearing = Hearing(address, 0.0)
    thinking = {"type": "thinking", "thinking": [{"type": "text", "text": "hm"}]}
    hearing.feed({"choices": [{"delta": {"content": [thinking]}}]})
    hearing.feed({"choices": [{"delta": {"content": [{"type": "text", "text": "yes"}]}, "finish_reason": "stop"}]})
    heard = hearing.heard(streamed=True)
    assert (heard.text, heard.reasoning) == ("yes", "hm")


@given(
    text=st.text(st.sampled_from("ab\n。</think>😀"), max_size=60),
    cuts=st.lists(st.integers(0, 60), max_size=8),
    stops=st.lists(st.sampled_from(["\n", "。", "ab", "<", "😀"]), max_size=2),
)
def test_how_a_stream_is_cut_changes_nothing(text: str, cuts: list[int], stops: list[str]) -> None:
    """A text in any chunks, left where a stop string is first seen, gives the same answer as in one piece."""
    hearing = Hearing(Address("http://127.0.0.1/v1", "none"), 0.0)
    borders = sorted({0, len(text), *(min(cut, len(text)) for cut in cuts)})
    for begin, end in pairwise(borders):
        hearing.feed({"choices": [{"delta": {"content": text[begin:end]}}]})
        if stop_in_answer(hearing.text, stops, open_at_start=False) is not None:
            hearing.cut = True
            break
    hearing.feed({"choices": [{"delta": {}, "finish_reason": "stop"}]})
    heard = hearing.heard(streamed=True).text
    assert text.startswith(heard)
    cut = stop_in_answer(heard, stops, open_at_start=False)
    if cut is not None:
        assert split_reasoning(heard[:cut]).answer == split_reasoning(text[:cut]).answer
    else:
        assert heard == text


@given(halves=st.text(st.sampled_from("a好😀𝒳"), min_size=1, max_size=20))
def test_halves_of_characters_are_joined(halves: str) -> None:
    hearing = Hearing(Address("http://127.0.0.1/v1", "none"), 0.0)
    units = halves.encode("utf-16-be")
    for begin in range(0, len(units), 2):
        half = units[begin : begin + 2].decode("utf-16-be", "surrogatepass")
        hearing.feed({"choices": [{"text": half, "finish_reason": None}]})
    hearing.feed({"choices": [{"text": "", "finish_reason": "stop"}]})
    assert hearing.heard(streamed=True).text == halves


def _names(values: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    names = ["choices", "usage", "delta", "message", "content", "text", "finish_reason", "error", "prompt_tokens"]
    return st.dictionaries(st.sampled_from(names), values)


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(), lambda x: st.lists(x) | _names(x)))
def test_no_chunk_can_crash_the_client(chunk: Any) -> None:
    """Whatever JSON comes, it is taken in, or it is a failure or a torn answer."""
    hearing = Hearing(Address("http://127.0.0.1/v1", "none"), 0.0)
    try:
        hearing.feed(chunk)
        hearing.heard(streamed=True)
    except (Failure, TornAnswerError):
        pass
