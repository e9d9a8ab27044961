"""What errors of servers mean, in the words of the vendors."""

import datetime
import email.utils
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.backends.openai.asking import ask, backend_at, question
from tests.backends.openai.fault_server import Answer, FaultServer
from tests.backends.openai.http_server import Call, HttpServer, Reply

from benchharness.backends.openai.address import Address
from benchharness.backends.openai.failures import Meaning, TornAnswerError, at_minimax, of_document, understand
from benchharness.records import FinishReason

pytestmark = pytest.mark.enable_socket

ADDRESS = Address("https://vendor.example/v1", "sk-secret")

# Status and body as the vendors answer.
ERRORS: list[tuple[str, int, Any, FinishReason]] = [
    (
        "openai context",
        400,
        {"error": {"message": "too many", "type": "invalid_request_error", "code": "context_length_exceeded"}},
        FinishReason.TOO_LONG,
    ),
    (
        "vllm context",
        400,
        {
            "error": {
                "message": "This model's maximum context length is 2048 tokens. However, you requested 3000.",
                "type": "BadRequestError",
                "param": None,
                "code": 400,
            }
        },
        FinishReason.TOO_LONG,
    ),
    (
        "llama.cpp context",
        400,
        {
            "error": {
                "code": 400,
                "message": "the request exceeds the available context size",
                "type": "exceed_context_size_error",
            }
        },
        FinishReason.TOO_LONG,
    ),
    (
        "dashscope context",
        400,
        {"error": {"message": "Range of input length should be [1, 30720]", "code": "invalid_parameter_error"}},
        FinishReason.TOO_LONG,
    ),
    ("glm context", 400, {"error": {"code": "1261", "message": "Prompt 超长"}}, FinishReason.TOO_LONG),
    (
        "azure filter",
        400,
        {"error": {"message": "The response was filtered", "code": "content_filter", "status": 400}},
        FinishReason.FILTERED,
    ),
    (
        "dashscope filter",
        400,
        {
            "error": {
                "message": "Input data may contain inappropriate content.",
                "type": "data_inspection_failed",
                "code": "data_inspection_failed",
            }
        },
        FinishReason.FILTERED,
    ),
    (
        "glm filter",
        400,
        {
            "contentFilter": [{"level": 1, "role": "user"}],
            "error": {"code": "1301", "message": "系统检测到输入或生成内容可能包含不安全或敏感内容"},
        },
        FinishReason.FILTERED,
    ),
    (
        "moonshot filter",
        400,
        {
            "error": {
                "message": "The request was rejected because it was considered high risk",
                "type": "content_filter",
            }
        },
        FinishReason.FILTERED,
    ),
    (
        "doubao filter",
        400,
        {"error": {"code": "InputTextSensitiveContentDetected", "message": "…", "type": "BadRequest"}},
        FinishReason.FILTERED,
    ),
    ("by law", 451, {"error": {"message": "unavailable for legal reasons"}}, FinishReason.FILTERED),
    (
        "openrouter moderation",
        403,
        {"error": {"code": 403, "message": "Your input was flagged"}},
        FinishReason.FILTERED,
    ),
    ("parameter", 400, {"error": {"message": "temperature must be 1"}}, FinishReason.ERROR),
    ("fastapi", 422, {"detail": [{"loc": ["body", "seed"], "msg": "extra"}]}, FinishReason.ERROR),
    (
        "minimax filter",
        200,
        {"base_resp": {"status_code": 1026, "status_msg": "input new_sensitive"}},
        FinishReason.FILTERED,
    ),
]


@pytest.mark.parametrize(("status", "body", "reason"), [e[1:] for e in ERRORS], ids=[e[0] for e in ERRORS])
def test_errors_of_one_request(status: int, body: Any, reason: FinishReason) -> None:
    async def handle(call: Call, reply: Reply) -> None:
        await reply.json(404 if call.path.endswith("/models") else status, body)

    with HttpServer(handle) as server, backend_at(server.base_url, choose="none") as backend:
        [response] = ask(backend, [question("q")]).values()
    assert response.finish_reason is reason
    assert (response.error is not None) == (response.finish_reason is FinishReason.ERROR)


@pytest.mark.parametrize(
    ("code", "meaning"),
    [
        ({"code": "insufficient_quota", "message": "You exceeded your current quota"}, Meaning.FATAL),
        ({"type": "exceeded_current_quota_error", "message": "suspended"}, Meaning.FATAL),
        ({"code": "1113", "message": "您的账户已欠费"}, Meaning.FATAL),
        ({"code": "1302", "message": "并发超额"}, Meaning.AGAIN),
        ({"code": "429", "message": "too many"}, Meaning.AGAIN),
        ({"code": 503, "message": "busy"}, Meaning.AGAIN),
        ({"message": "worker died"}, Meaning.AGAIN),
        ("what", Meaning.AGAIN),
    ],
)
def test_errors_within_a_stream(code: object, meaning: Meaning) -> None:
    assert of_document(code, ADDRESS).meaning is meaning


def test_minimax_tells_errors_in_a_field_of_its_own() -> None:
    assert at_minimax({"status_code": 0, "status_msg": ""}, ADDRESS) is None
    assert at_minimax({"status_code": "x"}, ADDRESS) is None
    limited = at_minimax({"status_code": 1002, "status_msg": "rate limit"}, ADDRESS)
    assert limited is not None
    assert (limited.meaning, limited.overloaded) == (Meaning.AGAIN, True)
    poor = at_minimax({"status_code": 1008, "status_msg": "insufficient balance"}, ADDRESS)
    assert poor is not None
    assert poor.meaning is Meaning.FATAL


def test_the_key_is_in_no_message() -> None:
    assert "sk-secret" not in of_document({"message": "wrong key sk-secret"}, ADDRESS).message
    assert "sk-secret" not in understand(TornAnswerError("sk-secret"), ADDRESS).message
    assert "sk-secret" not in repr(ADDRESS)


def test_a_message_is_one_line_of_bounded_length() -> None:
    message = of_document({"message": "long\n" * 5000}, ADDRESS).message
    assert "\n" not in message
    assert len(message) <= 500


def rest(headers: dict[str, str]) -> float | None:
    from benchharness.backends.openai.failures import _rest

    return _rest(headers)


@given(seconds=st.floats(0, 500))
def test_retry_after_in_seconds(seconds: float) -> None:
    assert rest({"retry-after": f"{seconds:.3f}"}) == pytest.approx(seconds, abs=1e-3)
    assert rest({"retry-after-ms": f"{seconds * 1000:.0f}", "retry-after": "9"}) == pytest.approx(seconds, abs=1e-3)


@given(seconds=st.integers(2, 500))
def test_retry_after_as_a_date(seconds: int) -> None:
    when = datetime.datetime.now(datetime.UTC) + datetime.timedelta(seconds=seconds)
    waited = rest({"retry-after": email.utils.format_datetime(when, usegmt=True)})
    assert waited == pytest.approx(seconds, abs=1.5)


@given(st.text(max_size=30))
def test_retry_after_that_is_nonsense(value: str) -> None:
    waited = rest({"retry-after": value})
    assert waited is None or 0 <= waited <= 600


def test_a_server_that_wants_very_long_rest_is_not_waited_for_that_long() -> None:
    assert rest({"retry-after": "86400"}) == 600
    assert rest({}) is None


def test_one_bad_request_among_good_ones() -> None:
    async def handle(call: Call, reply: Reply) -> None:
        if call.key == "bad":
            await reply.json(400, {"error": {"message": "no such thing"}})
        else:
            await server._serve_call(call, reply)

    with FaultServer(lambda call: Answer("yes")) as server:
        server._handle = handle
        with backend_at(server.base_url, choose="none") as backend:
            responses = ask(backend, [question(name, key=name) for name in ("a", "b", "bad", "c")])
    assert responses["bad"].error == "no such thing"
    assert [responses[name].text for name in "abc"] == ["yes"] * 3
