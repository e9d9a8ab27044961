"""Choices: log-probabilities exactly as the server has them, or a reason why there are none."""

import math
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from itertools import pairwise
from typing import Any

import pytest
from tests.backends.openai.asking import ask, backend_at, question
from tests.backends.openai.fault_server import Answer, FaultServer
from tests.backends.openai.http_server import Call, HttpServer, Reply

from benchharness.backends.openai.backend import OpenAIBackend
from benchharness.records import FinishReason, Request, RequestKind
from benchharness.tokens.tokenizer import Tokenizer

pytestmark = pytest.mark.enable_socket

LIKELY = {"A": -0.5, "B": -1.5, " C": -2.5, "The": -3.0}


def letters(*options: str, key: str = "q") -> Request:
    return question("Which?", key=key, options=options)


def chosen(top: Mapping[str, float], request: Request, *, models: Any = None, **extra: Any) -> Any:
    with (
        FaultServer(lambda call: Answer("A", top=top), models=models) as server,
        backend_at(server.base_url, **extra) as backend,
    ):
        assert RequestKind.CHOOSE in backend.capabilities.kinds
        [response] = ask(backend, [request]).values()
    return response, server.calls


def test_a_chat_gives_the_likeliest_first_tokens() -> None:
    response, calls = chosen(LIKELY, letters("A", "B", "C"))
    assert response.finish_reason is FinishReason.CHOSEN
    assert response.log_probs == (-0.5, -1.5, -2.5)
    # One to find out, one to ask.
    assert [call.body["top_logprobs"] for call in calls] == [20, 20]
    assert calls[-1].body["max_tokens"] == 1


def test_an_option_that_is_not_listed_counts_as_the_last_that_is() -> None:
    response, _ = chosen(LIKELY, letters("A", "B", "D"))
    assert response.log_probs == (-0.5, -1.5, -3.0)


@pytest.mark.parametrize("options", [("X", "Y"), ("The", "X")])
def test_where_the_likeliest_is_not_certain_there_is_no_choice(options: tuple[str, ...]) -> None:
    response, _ = chosen(LIKELY, letters(*options))
    assert response.finish_reason is FinishReason.ERROR
    assert "certain" in response.error


def test_choices_that_are_not_certain_do_not_end_a_run() -> None:
    requests = [letters("X", "Y", key=f"q{number}") for number in range(20)]
    with (
        FaultServer(lambda call: Answer("A", top=LIKELY)) as server,
        backend_at(server.base_url) as backend,
    ):
        responses = ask(backend, requests)
    assert {response.finish_reason for response in responses.values()} == {FinishReason.ERROR}


def test_white_space_counts_where_the_model_goes_on_from_a_prefix() -> None:
    top = {"A": -1.0, " A": -2.0, " B": -1.5, "B": -4.0}
    request = question("Which?", options=(" A", " B"), prefix="Answer:")
    vllm = [{"id": "student", "owned_by": "vllm"}]
    response, calls = chosen(top, request, models=vllm, choose="top_logprobs")
    assert response.log_probs == (-2.0, -1.5)
    assert calls[-1].body["messages"][-1] == {"role": "assistant", "content": "Answer:"}
    assert calls[-1].body["continue_final_message"] is True
    assert calls[-1].body["add_generation_prompt"] is False
    response, calls = chosen(top, request, choose="top_logprobs")
    assert response.log_probs == (-1.0, -1.5)
    assert calls[-1].body["messages"] == [{"role": "user", "content": "Which?\nAnswer:"}]


def test_a_model_that_reasons_first_cannot_choose() -> None:
    answer = Answer("", reasoning="hm", top=LIKELY, finish="length")
    with (
        FaultServer(lambda call: answer) as server,
        backend_at(server.base_url, choose="top_logprobs") as backend,
    ):
        [response] = ask(backend, [letters("A", "B")]).values()
    assert response.finish_reason is FinishReason.ERROR
    assert "generates" in (response.error or "")


def test_a_server_without_log_probabilities_cannot_choose() -> None:
    with FaultServer(lambda call: Answer("A"), log_probs=False) as server, backend_at(server.base_url) as backend:
        assert backend.capabilities.kinds == {RequestKind.GENERATE}
        assert backend.facts.numerics["choose"] == "none"


class _LanguageModel:
    """A server of completions over bytes that knows exact log-probabilities.

    A token is the likelier the nearer it is to the one before it.

    Args:
        style: ``ids`` names tokens as vLLM does, ``content`` as llama.cpp, ``texts`` as OpenAI did.
        echoes: whether it echoes.
        most: log-probabilities that it gives at most.
    """

    def __init__(self, style: str, *, echoes: bool, most: int = 20) -> None:
        self.style, self.echoes, self.most = style, echoes, most
        self.calls: list[Call] = []

    @staticmethod
    def log_prob(token: int, before: int) -> float:
        return -abs(token - before) / 3 - math.log(sum(math.exp(-abs(other - before) / 3) for other in range(256)))

    async def handle(self, call: Call, reply: Reply) -> None:
        if call.path.endswith("/models"):
            await reply.json(200, {"data": [{"id": "bytes", "owned_by": "me", "max_model_len": 500}]})
            return
        self.calls.append(call)
        tokens, body = call.body["prompt"], call.body
        if body["logprobs"] > self.most or (body.get("echo") and not self.echoes):
            await reply.json(400, {"error": {"message": "not supported"}})
            return
        log_probs = self._echo(tokens) if body.get("echo") else self._next(tokens[-1], body["logprobs"])
        usage = {"prompt_tokens": len(tokens), "completion_tokens": 0 if body.get("echo") else 1}
        choice = {"text": "", "logprobs": log_probs, "finish_reason": "length"}
        await reply.json(200, {"choices": [choice], "usage": usage})

    def _name(self, token: int) -> str:
        return f"token_id:{token}" if self.style == "ids" else chr(token)

    def _echo(self, tokens: list[int]) -> dict[str, Any]:
        values = [None, *(self.log_prob(a, b) for b, a in pairwise(tokens))]
        return {"tokens": [self._name(token) for token in tokens], "token_logprobs": values, "top_logprobs": None}

    def _next(self, before: int, top: int) -> dict[str, Any]:
        ranked = sorted(range(256), key=lambda token: -self.log_prob(token, before))[:top]
        if self.style == "content":
            rows = [{"id": token, "token": chr(token), "logprob": self.log_prob(token, before)} for token in ranked]
            return {"content": [{**rows[0], "top_logprobs": rows}]}
        named = {self._name(token): self.log_prob(token, before) for token in ranked}
        return {"tokens": [next(iter(named))], "token_logprobs": [0.0], "top_logprobs": [named]}


@contextmanager
def completions(model: _LanguageModel, monkeypatch: pytest.MonkeyPatch, **extra: Any) -> Iterator[OpenAIBackend]:
    """Ask a language model over bytes, whose tokenizer is known."""
    from benchharness.backends.openai import settling
    from benchharness.tokens.tokenizer import ByteTokenizer

    def load(name: str, *, trust_remote_code: bool) -> Tokenizer:
        return ByteTokenizer()

    monkeypatch.setattr(settling, "load_tokenizer", load)
    with HttpServer(model.handle) as server, backend_at(server.base_url, tokenizer="bytes", **extra) as backend:
        yield backend


def exact(request: Request) -> list[float]:
    """Return the log-probabilities that the language model gives."""
    found = []
    for continuation in request.continuations:
        tokens = (request.prompt.tokens[-1], *continuation.tokens)
        found.append(sum(_LanguageModel.log_prob(a, b) for b, a in pairwise(tokens)))
    return found


CASES = {
    "letters": ("A", "B", "C", "D"),
    "far apart": ("a", "z", "~"),
    "texts": ("cat", "catalogue", "狗"),
    "mixed": ("a", "ab"),
}


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize(("style", "most"), [("ids", 20), ("ids", 5), ("texts", 20), ("content", 20)])
def test_completions_give_exact_log_probabilities(
    case: str, style: str, most: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = _LanguageModel(style, echoes=True, most=most)
    with completions(model, monkeypatch) as backend:
        request = question("n", options=CASES[case], tokenizer=backend.tokenizer, template="plain")
        [response] = ask(backend, [request]).values()
        assert backend.facts.numerics["choose"] == "completions"
        assert backend.facts.numerics["prompt"] == "token ids"
        assert backend.context_length == 500
    assert response.log_probs == pytest.approx(exact(request))
    assert response.prompt_tokens == 1
    assert response.computed_tokens >= 1


def test_letters_take_one_request(monkeypatch: pytest.MonkeyPatch) -> None:
    model = _LanguageModel("ids", echoes=True)
    with completions(model, monkeypatch) as backend:
        backend.load()
        probes = len(model.calls)
        request = question("C", options=("A", "B", "D"), tokenizer=backend.tokenizer, template="plain")
        ask(backend, [request])
    assert len(model.calls) == probes + 1


def test_without_echo_only_what_is_listed_can_be_chosen(monkeypatch: pytest.MonkeyPatch) -> None:
    model = _LanguageModel("content", echoes=False)
    with completions(model, monkeypatch) as backend:
        near = question("C", key="near", options=("A", "B", "~"), tokenizer=backend.tokenizer, template="plain")
        long = question("C", key="long", options=("A", "BB"), tokenizer=backend.tokenizer, template="plain")
        responses = ask(backend, [near, long])
    assert responses["near"].log_probs[:2] == pytest.approx(exact(near)[:2])
    assert exact(near)[2] < responses["near"].log_probs[2] < min(responses["near"].log_probs[:2])
    assert responses["long"].finish_reason is FinishReason.ERROR


def test_completions_without_log_probabilities_cannot_choose(monkeypatch: pytest.MonkeyPatch) -> None:
    model = _LanguageModel("texts", echoes=False)
    with completions(model, monkeypatch) as backend:
        assert backend.capabilities.kinds == {RequestKind.GENERATE}


def test_an_echo_of_something_else_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    model = _LanguageModel("ids", echoes=True)
    with completions(model, monkeypatch) as backend:
        backend.load()
        monkeypatch.setattr(model, "_name", lambda token: f"token_id:{token + 1}")
        request = question("C", options=("AA", "BB"), tokenizer=backend.tokenizer, template="plain")
        [response] = ask(backend, [request]).values()
    assert response.finish_reason is FinishReason.ERROR
