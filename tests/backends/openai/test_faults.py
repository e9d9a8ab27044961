"""Whatever goes wrong on the way, the answers are those of a run without faults, and nothing is asked in vain."""

from typing import Any

import pytest
from tests.backends.openai.asking import ask, backend_at, question
from tests.backends.openai.fault_server import Answer, Fault, FaultServer
from tests.backends.openai.http_server import Call

from benchharness.records import FinishReason, Response

pytestmark = pytest.mark.enable_socket

TEXTS = {"zh": "答案是「三十五」，因为五乘以七等于三十五。😀", "en": "The answer is 35, for haha, 5 × 7 = 35."}
QUESTIONS = [question(f"{name} {number}", key=f"{name}{number}") for number in range(6) for name in TEXTS]


def say(call: Call) -> Answer:
    content = call.body["messages"][-1]["content"]
    return Answer(f"{TEXTS[content[:2]]}{content[3:]}")


def asked_with(fault: Fault | None, **extra: Any) -> tuple[dict[str, Response], FaultServer]:
    """Ask all questions of a server whose first answer to every other of them meets with a fault."""

    def when(call: Call, number: int) -> Fault | None:
        return fault if number == 1 and int(call.key[-1]) % 2 == 0 else None

    with FaultServer(say, fault=when) as server, backend_at(server.base_url, choose="none", **extra) as backend:
        return ask(backend, QUESTIONS), server


def contents(responses: dict[str, Response]) -> dict[str, object]:
    return {key: (r.text, r.reasoning, r.finish_reason, r.generated_tokens) for key, r in responses.items()}


@pytest.fixture(scope="module")
def faultless() -> dict[str, object]:
    return {
        request.key: (
            f"{TEXTS[request.key[:2]]}{request.key[2:]}",
            None,
            FinishReason.STOP,
            len(TEXTS[request.key[:2]]) + 1,
        )
        for request in QUESTIONS
    }


def test_without_faults_every_question_is_asked_once(faultless: dict[str, object]) -> None:
    responses, server = asked_with(None)
    assert contents(responses) == faultless
    assert set(server.sendings.values()) == {1}


ASKED_AGAIN = [
    "retry_after_seconds",
    "retry_after_date",
    "broken_500",
    "no_json_500",
    "busy_503",
    "reset_at_once",
    "reset_amid",
    "ends_amid",
    "half_a_json",
    "error_amid",
    "gives_up_amid",
    "limited_at_200",
]


@pytest.mark.parametrize("fault", ASKED_AGAIN)
def test_what_was_not_answered_is_asked_again(fault: Fault, faultless: dict[str, object]) -> None:
    responses, server = asked_with(fault)
    assert contents(responses) == faultless
    assert not server.after_success
    assert sum(server.sendings.values()) == len(QUESTIONS) * 3 // 2


@pytest.mark.parametrize("fault", ["stalls", "keeps_alive_for_ever"])
def test_a_server_that_stalls_is_asked_again(fault: Fault, faultless: dict[str, object]) -> None:
    responses, server = asked_with(fault, timeout="2")
    assert contents(responses) == faultless
    assert not server.after_success


ANSWERED = [
    "doubles_chunks",
    "doubles_one_chunk",
    "slow_first_token",
    "cuts_characters",
    "cuts_surrogates",
    "odd_lines",
    "keeps_alive",
    "endings_twice",
]


@pytest.mark.parametrize("fault", ANSWERED)
def test_an_odd_answer_is_an_answer(fault: Fault, faultless: dict[str, object]) -> None:
    responses, server = asked_with(fault)
    assert contents(responses) == faultless
    assert set(server.sendings.values()) == {1}


@pytest.mark.parametrize("fault", ["half_a_json_whole", "broken_500", "reset_at_once"])
def test_without_streams_what_was_not_answered_is_asked_again(fault: Fault, faultless: dict[str, object]) -> None:
    responses, server = asked_with(fault, stream="off")
    assert contents(responses) == faultless
    assert not server.after_success
    assert all(response.timing is None for response in responses.values())


def test_a_server_that_does_not_stream_is_heard_all_the_same(faultless: dict[str, object]) -> None:
    responses, server = asked_with("does_not_stream")
    assert contents(responses) == faultless
    assert set(server.sendings.values()) == {1}
    assert responses["zh0"].timing is None
    assert responses["zh1"].timing is not None


@pytest.mark.parametrize("fault", ["wrong_usage", "no_usage"])
def test_impossible_counts_are_not_believed(fault: Fault, faultless: dict[str, object]) -> None:
    """Without a tokenizer the chunks are counted, of which this server makes one a token."""
    responses, _ = asked_with(fault)
    assert contents(responses) == faultless
    unknown = [r.prompt_tokens for key, r in responses.items() if int(key[-1]) % 2 == 0]
    assert set(unknown) == {0}


def test_all_faults_at_once_lose_nothing(faultless: dict[str, object]) -> None:
    faults = [fault for fault in ASKED_AGAIN if not fault.startswith("retry")]

    def when(call: Call, number: int) -> Fault | None:
        return faults[(number * 5 + sum(map(ord, call.key))) % len(faults)] if number <= 3 else None

    with FaultServer(say, fault=when) as server, backend_at(server.base_url, choose="none", retries="4") as backend:
        responses = ask(backend, QUESTIONS)
    assert contents(responses) == faultless
    assert not server.after_success


def test_repeated_tokens_stay() -> None:
    """Two equal chunks in a row are two tokens, unless the count of tokens says otherwise."""
    with (
        FaultServer(lambda call: Answer("哈哈哈哈 hahaha 0000")) as server,
        backend_at(server.base_url, choose="none") as backend,
    ):
        [response] = ask(backend, [question("laugh")]).values()
    assert response.text == "哈哈哈哈 hahaha 0000"


def test_requests_that_never_succeed_get_an_error_and_the_others_an_answer() -> None:
    def when(call: Call, number: int) -> Fault | None:
        return "broken_500" if call.key == "zh2" else None

    with FaultServer(say, fault=when) as server, backend_at(server.base_url, choose="none", retries="2") as backend:
        responses = ask(backend, QUESTIONS)
        assert server.sendings["zh2"] == 3
    assert responses.pop("zh2").finish_reason is FinishReason.ERROR
    assert {response.finish_reason for response in responses.values()} == {FinishReason.STOP}
