"""Which server is asked for which model, and what is said when it cannot be."""

import logging
import os
import socket
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from tests.backends.openai.asking import ask, backend_at, question
from tests.backends.openai.fault_server import Answer, FaultServer
from tests.backends.openai.http_server import Call

from benchharness.backends.base import BackendOptions
from benchharness.backends.openai.address import find_address
from benchharness.backends.openai.backend import OpenAIBackend, create
from benchharness.backends.servers import ManagedServer
from benchharness.errors import BenchharnessError, BudgetSpentError, InputError
from benchharness.records import FinishReason, RequestKind, Response
from benchharness.registry.models import EndpointSpec, ModelReference, ModelSpec
from benchharness.runs.execute import QueueSource

pytestmark = pytest.mark.enable_socket

QUESTIONS = [question(f"q {number}") for number in range(12)]


def say(call: Call) -> Answer:
    return Answer("yes", usage={"prompt_tokens": 1000, "completion_tokens": 100})


def rows(*names: str) -> list[dict[str, Any]]:
    return [{"id": name, "owned_by": "me"} for name in names]


@pytest.mark.parametrize(
    ("served", "spec", "option", "expected"),
    [
        (rows("anything"), ModelSpec(name="student"), None, "anything"),
        (rows("a", "Student"), ModelSpec(name="student"), None, "Student"),
        (rows("a", "maker/student-7b"), ModelSpec(name="student-7b", hub="maker/student-7b"), None, "maker/student-7b"),
        (rows("a", "b"), ModelSpec(name="student"), "b", "b"),
    ],
)
def test_the_model_is_found_among_those_served(
    served: list[dict[str, Any]], spec: ModelSpec, option: str | None, expected: str
) -> None:
    extra: dict[str, Any] = {} if option is None else {"model": option}
    with (
        FaultServer(say, models=served) as server,
        backend_at(server.base_url, spec=spec, choose="none", **extra) as backend,
    ):
        ask(backend, QUESTIONS[:1])
        assert server.calls[0].body["model"] == expected
        assert backend.facts.weights == f"endpoint:this machine:{expected}"


@pytest.mark.parametrize(("extra", "place"), [({}, "--model student"), ({"model": "stutent"}, "--option model")])
def test_a_model_that_is_not_served_is_refused_with_those_that_are(extra: dict[str, Any], place: str) -> None:
    with (
        FaultServer(say, models=rows("student-7b", "other")) as server,
        backend_at(server.base_url, **extra) as backend,
        pytest.raises(InputError) as caught,
    ):
        backend.load()
    assert place in caught.value.en
    for message in (caught.value.en, caught.value.zh):
        assert "student-7b, other" in message


def test_a_server_without_a_list_of_models_is_asked_for_the_name() -> None:
    with (
        FaultServer(say, lists_models=False) as server,
        backend_at(server.base_url, choose="none", model="named") as backend,
    ):
        ask(backend, QUESTIONS[:1])
        assert server.calls[0].body["model"] == "named"


def test_facts_hold_neither_port_nor_path() -> None:
    with FaultServer(say) as server, backend_at(server.base_url, choose="none") as backend:
        facts = repr(backend.facts)
        assert str(server.port) not in facts
        assert os.sep + "v1" not in facts
    with FaultServer(say) as server, backend_at(server.base_url.replace("127.0.0.1", "localhost")) as other:
        assert other.facts.weights in facts


def test_a_wrong_key_ends_the_run_with_the_variable_and_without_the_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-wrong-and-secret")
    with (
        FaultServer(say, key="sk-right") as server,
        backend_at(server.base_url) as backend,
        pytest.raises(BenchharnessError) as caught,
    ):
        backend.load()
    for message in (caught.value.en, caught.value.zh):
        assert "OPENAI_API_KEY" in message
        assert "sk-wrong" not in message
        assert "401" in message


def test_the_key_comes_from_the_variable_that_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MY_KEY", "sk-right")
    with (
        FaultServer(say, key="sk-right") as server,
        backend_at(server.base_url, key_variable="MY_KEY", choose="none") as backend,
    ):
        assert len(ask(backend, QUESTIONS)) == len(QUESTIONS)
        assert "sk-right" not in repr(backend.facts)


def test_a_key_that_is_withdrawn_ends_the_run_and_loses_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-right")
    with (
        FaultServer(say, key="sk-right") as server,
        backend_at(server.base_url, choose="none", concurrency="2") as backend,
    ):
        responses = iter(backend.run(QueueSource(QUESTIONS)))
        got = [next(responses) for _ in range(4)]
        server._key = "sk-other"
        with pytest.raises(BenchharnessError, match="401"):
            got.extend(responses)
        assert all(response.finish_reason is FinishReason.STOP for response in got)
        answered = sum(server.successes.values())
    assert len(got) == answered


def test_a_server_that_is_not_there_is_named() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with backend_at(f"http://127.0.0.1:{port}/v1") as backend:
        # A plan can be shown all the same.
        assert backend.capabilities.kinds == set(RequestKind)
        with pytest.raises(BenchharnessError) as caught:
            backend.load()
    assert f"127.0.0.1:{port}" in caught.value.en
    assert f"127.0.0.1:{port}" in caught.value.zh


def test_a_server_that_goes_ends_the_run_and_loses_nothing() -> None:
    got: list[Response] = []
    with (
        FaultServer(say) as server,
        backend_at(server.base_url, choose="none", concurrency="2", retries="1") as backend,
    ):
        responses = iter(backend.run(QueueSource([*QUESTIONS, *(question(f"r{n}") for n in range(50))])))
        got.append(next(responses))
        server._fault = lambda call, number: "reset_at_once"
        with pytest.raises(BenchharnessError, match="goes on"):
            got.extend(responses)
    assert sum(response.finish_reason is FinishReason.STOP for response in got) == sum(server.successes.values())
    assert len(got) < 30


@pytest.mark.parametrize(
    "url", ["127.0.0.1:8000", "ftp://host/v1", "http://", "http://me:pw@host/v1", "http://host/v1?key=sk-1"]
)
def test_what_is_no_address_is_refused_and_not_shown(url: str) -> None:
    with pytest.raises(InputError) as caught:
        find_address(url, None, ModelSpec(name="m"))
    assert "--base-url" in caught.value.en
    assert "pw@" not in caught.value.en
    assert "sk-1" not in caught.value.zh


def test_an_address_may_be_that_of_the_method() -> None:
    spec = ModelSpec(name="m")
    assert find_address("http://host:8000/v1/chat/completions/", None, spec).base_url == "http://host:8000/v1"
    assert find_address("https://host/v1/", None, spec).base_url == "https://host/v1"


def test_an_endpoint_of_the_registry_gets_its_key_and_another_server_does_not(monkeypatch: pytest.MonkeyPatch) -> None:
    endpoint = EndpointSpec(model="max", base_url="https://vendor.example/v1", key_variable="VENDOR_KEY")
    spec = ModelSpec(name="max", weights="closed", endpoint=endpoint)
    with pytest.raises(BenchharnessError, match="VENDOR_KEY"):
        find_address(None, None, spec)
    monkeypatch.setenv("VENDOR_KEY", "sk-vendor")
    monkeypatch.setenv("OPENAI_BASE_URL", "http://elsewhere/v1")
    address = find_address(None, None, spec)
    assert (address.base_url, address.key, address.endpoint) == ("https://vendor.example/v1", "sk-vendor", endpoint)
    assert find_address("http://elsewhere/v1", None, spec).key != "sk-vendor"
    assert find_address(None, None, ModelSpec(name="m")).base_url == "http://elsewhere/v1"
    monkeypatch.delenv("OPENAI_BASE_URL")
    with pytest.raises(InputError, match="--base-url"):
        find_address(None, None, ModelSpec(name="m"))


def test_a_closed_model_is_asked_as_its_endpoint_wants(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VENDOR_KEY", "sk-vendor")
    with FaultServer(say, key="sk-vendor", models=rows("a", "b")) as server:
        endpoint = EndpointSpec(
            model="o-large",
            base_url=server.base_url,
            key_variable="VENDOR_KEY",
            token_limit="max_completion_tokens",
            fixed_temperature=True,
            extra={"reasoning_effort": "low"},
        )
        spec = ModelSpec(name="large", weights="closed", endpoint=endpoint)
        options = BackendOptions(extra={"choose": "none", "body": '{"store": false, "model": "o-larger"}'})
        backend = OpenAIBackend(ModelReference(spec=spec), options)
        try:
            ask(backend, [question("q", max_new_tokens=7, temperature=0.5)])
            assert backend.facts.numerics["body"] == '{"model": "o-larger", "reasoning_effort": "low", "store": false}'
        finally:
            backend.close()
    body = server.calls[0].body
    assert body["max_completion_tokens"] == 7
    assert body["reasoning_effort"] == "low"
    assert body["model"] == "o-larger"
    assert not {"max_tokens", "temperature", "seed"} & set(body)


def test_a_server_of_ones_own_is_told_to_think_and_to_forget_the_models_settings() -> None:
    vllm = [{"id": "student", "owned_by": "vllm"}]
    with (
        FaultServer(say, models=vllm) as server,
        backend_at(server.base_url, choose="none") as backend,
    ):
        ask(backend, [question("a", thinking=True, temperature=0.5, seed=3, top_p=0.9), question("b")])
    bodies = {call.key: call.body for call in server.calls}
    assert bodies["a"]["chat_template_kwargs"] == {"enable_thinking": True}
    assert bodies["b"]["chat_template_kwargs"] == {"enable_thinking": False}
    assert bodies["a"]["repetition_penalty"] == 1.0
    assert (bodies["a"]["temperature"], bodies["a"]["seed"], bodies["a"]["top_p"]) == (0.5, 3, 0.9)
    assert bodies["b"]["temperature"] == 0.0
    assert "seed" not in bodies["b"]


def test_a_vendor_is_sent_nothing_beyond_the_api() -> None:
    known = {"model", "messages", "max_tokens", "temperature", "stream", "stream_options"}
    with FaultServer(say) as server, backend_at(server.base_url, choose="none") as backend:
        ask(backend, QUESTIONS[:1])
        assert set(server.calls[0].body) == known
        assert not backend.capabilities.ignores_end


def test_a_plain_prompt_is_not_put_into_a_chat_template() -> None:
    plain = question("once upon", template="plain")
    with FaultServer(say) as server:
        with (
            backend_at(server.base_url, choose="none") as backend,
            pytest.raises(InputError, match="api=completions"),
        ):
            ask(backend, [plain])
        with backend_at(server.base_url, api="completions") as backend:
            assert backend.tokenizer.template_fingerprint is None
            assert backend.capabilities.kinds == {RequestKind.GENERATE}
            ask(backend, [plain])
    assert server.calls[-1].path == "/v1/completions"
    assert server.calls[-1].body["prompt"] == "once upon"


PRICES: dict[str, Any] = {"price_input": "100", "price_output": "9000", "currency": "USD"}
"""A request of 1000 and 100 tokens costs one dollar."""


def test_a_budget_ends_a_run_when_it_is_spent() -> None:
    with (
        FaultServer(say, seconds=lambda call: 0.02) as server,
        backend_at(server.base_url, choose="none", budget="7 USD", concurrency="3", **PRICES) as backend,
    ):
        got: list[Response] = []
        with pytest.raises(BudgetSpentError) as caught:
            got.extend(backend.run(QueueSource(QUESTIONS)))
        assert len(got) == 7
        assert backend.resource_use().costs == {"USD": pytest.approx(7.0)}
        assert sum(server.successes.values()) == 7
    for message in (caught.value.en, caught.value.zh):
        assert "7 USD" in message


def test_a_budget_that_suffices_is_no_error() -> None:
    with (
        FaultServer(say) as server,
        backend_at(server.base_url, choose="none", budget="12 USD", concurrency="3", **PRICES) as backend,
    ):
        assert len(ask(backend, QUESTIONS)) == 12


def test_a_budget_without_prices_is_refused() -> None:
    with pytest.raises(InputError, match="price_input"), backend_at("http://127.0.0.1:1/v1", budget="5 USD"):
        pass


@pytest.mark.parametrize(
    ("extra", "named"),
    [
        ({"speed": "9"}, "speed"),
        ({"stream": "yes"}, "stream"),
        ({"concurrency": "0"}, "concurrency"),
        ({"timeout": "-1"}, "timeout"),
        ({"timeout": "nan"}, "timeout"),
        ({"body": "[1]"}, "body"),
        ({"api": "responses"}, "api"),
        ({"serve.max_num_seqs": "4"}, "serve.max_num_seqs"),
        ({"choose": "completions", "api": "chat"}, "choose"),
    ],
)
def test_wrong_options_are_named(extra: dict[str, Any], named: str) -> None:
    with FaultServer(say) as server, pytest.raises(InputError) as caught, backend_at(server.base_url, **extra) as one:
        one.load()
    assert named in caught.value.en
    assert named in caught.value.zh


class _Served:
    """Stands for a server that benchharness starts; what it serves is a real server of the test."""

    def __init__(self, server: FaultServer, directory: Path) -> None:
        self._server = server
        self.model_name = "student"
        self.files = SimpleNamespace(directory=directory, origin="the origin")
        self.settings = {"dtype": "float32", "max_num_seqs": "8"}
        self.numerics = {"dtype": "float32"}
        self.context_length: int | None = None
        self.api_key = "sk-drawn"
        self.running = False

    @property
    def base_url(self) -> str:
        assert self.running
        return self._server.base_url

    def start(self) -> None:
        self.running = True

    def stop(self) -> None:
        self.running = False

    def check(self) -> None:
        raise BenchharnessError(en="it died", zh="已退出")

    def processes(self) -> tuple[int, ...]:
        return (42,) if self.running else ()

    def metrics(self) -> dict[str, float]:
        return {"preemptions": 3.0}


def test_a_server_of_ours_is_started_asked_by_tokens_and_stopped(smollm2: Path) -> None:
    with FaultServer(say, key="sk-drawn") as server:
        served = _Served(server, smollm2)
        model = ModelReference(spec=ModelSpec(name="smollm2"), directory=smollm2)
        backend = OpenAIBackend(model, BackendOptions(serve="vllm"), cast(ManagedServer, served))
        facts = backend.facts
        assert not served.running
        assert (facts.numerics["prompt"], facts.numerics["choose"]) == ("token ids", "completions")
        assert facts.numerics["dtype"] == "float32"
        assert facts.engine["max_num_seqs"] == "8"
        assert "dtype" not in facts.engine
        assert facts.weights_origin == "the origin"
        assert backend.context_length == 8192
        request = question("Say yes.", tokenizer=backend.tokenizer)
        assert ask(backend, [request])[request.key].text == "yes"
        assert backend.facts == facts
        assert backend.processes() == (42,)
        assert backend.resource_use().preemptions == 3
        server._fault = lambda call, number: "reset_at_once"
        with pytest.raises(BenchharnessError, match="it died"):
            list(backend.run(QueueSource([question(f"r{n}", tokenizer=backend.tokenizer) for n in range(9)])))
        backend.close()
        assert not served.running
    [call, *_] = server.calls
    assert call.body["prompt"] == list(request.prompt.tokens)
    assert call.path == "/v1/completions"


def test_no_server_to_be_started_is_none() -> None:
    with pytest.raises(InputError, match="vlmm"):
        create(ModelReference(spec=ModelSpec(name="m")), BackendOptions(serve="vlmm"))


def test_what_could_not_be_counted_is_said(caplog: pytest.LogCaptureFixture) -> None:
    with (
        FaultServer(lambda call: Answer("yes", usage=None)) as server,
        backend_at(server.base_url, choose="none") as backend,
        caplog.at_level(logging.WARNING),
    ):
        ask(backend, QUESTIONS)
    assert f"{len(QUESTIONS)} answers came without" in caplog.text
