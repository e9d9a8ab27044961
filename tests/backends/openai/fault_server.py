"""A server that answers what it was told to, and fails as it was told to: the faults that real servers have."""

import asyncio
import datetime
import email.utils
import json
import threading
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.backends.openai.http_server import Call, HttpServer, Reply

MODEL = "student"

Fault = str
"""The name of a method of ``Faults``."""


@dataclass
class Answer:
    """What is said to a request.

    Attributes:
        text: of the answer.
        reasoning: what is said in ``reasoning_field`` before it.
        reasoning_field: the name of that field.
        finish: the ``finish_reason``.
        top: likeliest first tokens with their log-probabilities, for requests that want these.
        usage: what is said of tokens; ``None`` says nothing, ``{}`` the truth: a token for each character.
    """

    text: str
    reasoning: str = ""
    reasoning_field: str = "reasoning_content"
    finish: str = "stop"
    top: Mapping[str, float] = field(default_factory=dict)
    usage: dict[str, Any] | None = field(default_factory=dict)

    def pieces(self) -> list[tuple[str, str]]:
        """Return the chunks of text: the field, and what is in it."""
        return [(self.reasoning_field, c) for c in self.reasoning] + [("content", c) for c in self.text]

    def count(self, call: Call) -> dict[str, Any] | None:
        """Return the usage."""
        if self.usage is None or self.usage:
            return self.usage
        prompt = len(json.dumps(call.body.get("messages") or call.body.get("prompt"), ensure_ascii=False))
        generated = len(self.text) + len(self.reasoning)
        return {"prompt_tokens": prompt, "completion_tokens": generated, "total_tokens": prompt + generated}


def wait_none(call: Call) -> float:
    """Take no time."""
    return 0.0


class FaultServer(HttpServer):
    """Serves one model.

    Args:
        answer: what is said to a request.
        fault: the fault with which the n-th sending of a request meets, n from 1; ``None`` for none.
        seconds: how long an answer takes, apart from faults.
        most: requests at once above which all others are refused with 429.
        models: rows of ``/models``; ``None`` for a server without that list.
        key: what must be shown; ``None`` lets anyone in.
        log_probs: whether log-probabilities are given where they are asked for.
        stream_options: whether it takes this parameter.
    """

    def __init__(
        self,
        answer: Callable[[Call], Answer],
        *,
        fault: Callable[[Call, int], Fault | None] = lambda call, number: None,
        seconds: Callable[[Call], float] = wait_none,
        most: int | None = None,
        models: list[dict[str, Any]] | None = None,
        lists_models: bool = True,
        key: str | None = None,
        log_probs: bool = True,
        stream_options: bool = True,
    ) -> None:
        super().__init__(self._serve_call)
        self._answer = answer
        self._fault = fault
        self._seconds = seconds
        self._most = most
        self._models = models if models is not None else [{"id": MODEL, "object": "model", "owned_by": "someone"}]
        self._lists_models = lists_models
        self._key = key
        self._log_probs = log_probs
        self._stream_options = stream_options
        self._lock = threading.Lock()
        self.calls: list[Call] = []
        self.sendings: Counter[str] = Counter()
        self.successes: Counter[str] = Counter()
        self.after_success: Counter[str] = Counter()
        self.inside = 0
        self.most_inside: list[int] = []
        self.refused = 0

    async def _serve_call(self, call: Call, reply: Reply) -> None:
        if self._key is not None and call.headers.get("authorization") != f"Bearer {self._key}":
            await reply.json(401, {"error": {"message": f"wrong key {call.headers['authorization']}", "code": None}})
            return
        if call.path.endswith("/models"):
            if self._lists_models:
                await reply.json(200, {"object": "list", "data": self._models})
            else:
                await reply.json(404, {"detail": "Not Found"})
            return
        self.calls.append(call)
        self.inside += 1
        try:
            await self._serve_question(call, reply)
        finally:
            self.inside -= 1

    async def _serve_question(self, call: Call, reply: Reply) -> None:
        self.sendings[call.key] += 1
        if self.successes[call.key]:
            self.after_success[call.key] += 1
        self.most_inside.append(self.inside)
        if self._most is not None and self.inside > self._most:
            self.refused += 1
            await reply.json(429, {"error": {"message": "slow down", "code": "rate_limit_exceeded"}})
            return
        if call.body.get("stream_options") and not self._stream_options:
            await reply.json(400, {"error": {"message": "Unrecognized request argument: stream_options"}})
            return
        fault = self._fault(call, self.sendings[call.key])
        answer = self._answer(call)
        await asyncio.sleep(self._seconds(call))
        if fault is not None:
            if await getattr(Faults(call, reply, answer), fault)():
                self.successes[call.key] += 1
            return
        await send(call, reply, answer, log_probs=self._log_probs)
        self.successes[call.key] += 1


async def send(call: Call, reply: Reply, answer: Answer, *, log_probs: bool = True) -> None:
    """Answer a call as it should be."""
    if not call.body.get("stream"):
        await reply.json(200, whole(call, answer, log_probs=log_probs))
        return
    await reply.begin()
    for event in events(call, answer):
        await reply.event(event)
    await reply.send(b"data: [DONE]\n\n")
    await reply.end()


def events(call: Call, answer: Answer) -> list[dict[str, Any]]:
    """Return the chunks of a streamed answer."""
    found = [chunk(call, {}, role="assistant")]
    found += [chunk(call, {name: text}) for name, text in answer.pieces()]
    found.append(chunk(call, {}, finish=answer.finish))
    usage = answer.count(call)
    if usage is not None and (call.body.get("stream_options") or {}).get("include_usage"):
        found.append({"id": "1", "object": "chunk", "model": MODEL, "choices": [], "usage": usage})
    return found


def chunk(call: Call, delta: dict[str, str], *, finish: str | None = None, role: str | None = None) -> dict[str, Any]:
    """Return one chunk."""
    choice: dict[str, Any] = {"index": 0, "finish_reason": finish, "logprobs": None}
    if call.path.endswith("/chat/completions"):
        choice["delta"] = {**({"role": role, "content": ""} if role else {}), **delta}
    else:
        choice["text"] = delta.get("content", "")
    return {"id": "1", "object": "chunk", "model": MODEL, "choices": [choice], "usage": None}


def whole(call: Call, answer: Answer, *, log_probs: bool) -> dict[str, Any]:
    """Return an answer in one piece."""
    choice: dict[str, Any] = {"index": 0, "finish_reason": answer.finish}
    message: dict[str, str] = {"role": "assistant", "content": answer.text}
    if answer.reasoning:
        message[answer.reasoning_field] = answer.reasoning
    if call.path.endswith("/chat/completions"):
        choice["message"] = message
    else:
        choice["text"] = answer.text
    if call.body.get("logprobs") and log_probs:
        rows = sorted(answer.top.items(), key=lambda row: -row[1])
        listed = [{"token": t, "logprob": p, "bytes": None} for t, p in rows[: call.body.get("top_logprobs", 5)]]
        choice["logprobs"] = {"content": [{**listed[0], "top_logprobs": listed}]} if listed else None
    document: dict[str, Any] = {"id": "1", "object": "completion", "model": MODEL, "choices": [choice]}
    usage = answer.count(call)
    return document if usage is None else {**document, "usage": usage}


def http_date(seconds: float) -> str:
    """Return a moment as HTTP writes it."""
    when = datetime.datetime.now(datetime.UTC) + datetime.timedelta(seconds=seconds)
    return email.utils.format_datetime(when, usegmt=True)


class Faults:
    """The faults, by name; each returns whether the request was answered all the same."""

    def __init__(self, call: Call, reply: Reply, answer: Answer) -> None:
        self.call, self.reply, self.answer = call, reply, answer

    async def retry_after_seconds(self) -> bool:
        await self.reply.json(429, {"error": {"message": "slow down"}}, {"Retry-After": "0.2"})
        return False

    async def retry_after_date(self) -> bool:
        await self.reply.json(429, {"error": {"message": "slow down"}}, {"Retry-After": http_date(1)})
        return False

    async def broken_500(self) -> bool:
        await self.reply.json(500, {"error": {"message": "internal"}})
        return False

    async def no_json_500(self) -> bool:
        await self.reply.text(500, "<html>oops</html>")
        return False

    async def busy_503(self) -> bool:
        await self.reply.json(503, {"detail": "overloaded"})
        return False

    async def reset_at_once(self) -> bool:
        self.reply.reset()
        return False

    async def reset_amid(self) -> bool:
        await self.reply.begin()
        for event in events(self.call, self.answer)[:3]:
            await self.reply.event(event)
        await asyncio.sleep(0.02)
        self.reply.reset()
        return False

    async def ends_amid(self) -> bool:
        await self.reply.begin()
        for event in events(self.call, self.answer)[:3]:
            await self.reply.event(event)
        await self.reply.end()
        return False

    async def stalls(self) -> bool:
        await self.reply.begin()
        await self.reply.event(events(self.call, self.answer)[0])
        await asyncio.sleep(30)
        return False

    async def keeps_alive_for_ever(self) -> bool:
        await self.reply.begin()
        while True:
            await self.reply.send(b": keep-alive\n\n")
            await asyncio.sleep(0.05)

    async def half_a_json(self) -> bool:
        await self.reply.begin()
        await self.reply.event(events(self.call, self.answer)[0])
        await self.reply.send(b'data: {"id": "1", "choices": [{"delta": {"con\n\n')
        await self.reply.end()
        return False

    async def half_a_json_whole(self) -> bool:
        await self.reply.text(200, json.dumps(whole(self.call, self.answer, log_probs=True))[:40])
        return False

    async def error_amid(self) -> bool:
        await self.reply.begin()
        await self.reply.event(events(self.call, self.answer)[1])
        await self.reply.event({"error": {"message": "worker died", "type": "internal_error", "code": 500}})
        await self.reply.end()
        return False

    async def gives_up_amid(self) -> bool:
        await self.reply.begin()
        await self.reply.event(events(self.call, self.answer)[1])
        await self.reply.event(chunk(self.call, {}, finish="insufficient_system_resource"))
        await self.reply.end()
        return False

    async def limited_at_200(self) -> bool:
        await self.reply.json(200, {"base_resp": {"status_code": 1002, "status_msg": "rate limit"}, "choices": None})
        return False

    async def does_not_stream(self) -> bool:
        await self.reply.json(200, whole(self.call, self.answer, log_probs=False))
        return True

    async def doubles_chunks(self) -> bool:
        await self.reply.begin()
        for event in events(self.call, self.answer):
            await self.reply.event(event)
            await self.reply.event(event)
        await self.reply.send(b"data: [DONE]\n\ndata: [DONE]\n\n")
        await self.reply.end()
        return True

    async def doubles_one_chunk(self) -> bool:
        await self.reply.begin()
        for number, event in enumerate(events(self.call, self.answer)):
            await self.reply.event(event)
            if number == 2:
                await self.reply.event(event)
        await self.reply.end()
        return True

    async def slow_first_token(self) -> bool:
        await asyncio.sleep(0.4)
        await send(self.call, self.reply, self.answer)
        return True

    async def cuts_characters(self) -> bool:
        """Send the stream in parts of three bytes, so that most Chinese characters arrive in two."""
        await self.reply.begin()
        data = "".join(
            f"data: {json.dumps(event, ensure_ascii=False)}\n\n" for event in events(self.call, self.answer)
        ).encode()
        for begin in range(1, len(data) + 3, 3):
            part = data[max(begin - 3, 0) : begin]
            if part:
                await self.reply.send(part)
        await self.reply.send(b"data: [DONE]\n\n")
        await self.reply.end()
        return True

    async def cuts_surrogates(self) -> bool:
        """Send each half of an escaped pair in a chunk of its own, as a server does that cuts JSON by bytes."""
        await self.reply.begin()
        units = self.answer.text.encode("utf-16-be")
        for begin in range(0, len(units), 2):
            template = json.dumps(chunk(self.call, {"content": "@"}))
            escaped = template.replace('"@"', f'"\\u{units[begin : begin + 2].hex()}"')
            await self.reply.send(f"data: {escaped}\n\n".encode())
        for event in events(self.call, self.answer)[-2:]:
            await self.reply.event(event)
        await self.reply.end()
        return True

    async def odd_lines(self) -> bool:
        """Use what else the format of events allows: CR LF, ids, comments, fields without a space, data in lines."""
        await self.reply.begin()
        for number, event in enumerate(events(self.call, self.answer)):
            lines = json.dumps(event, ensure_ascii=False, indent=1 if number % 2 else None).split("\n")
            data = "".join(f"data:{line}\r\n" for line in lines)
            await self.reply.send(f"id: {number}\r\n:HTTP_STATUS/200\r\nretry: 10\r\n{data}\r\n".encode())
        await self.reply.send(b"data: [DONE]\r\n\r\n")
        await self.reply.end()
        return True

    async def keeps_alive(self) -> bool:
        """Send comments and empty lines between the chunks, as vendors do that let requests wait."""
        await self.reply.begin()
        for event in events(self.call, self.answer):
            await self.reply.send(b": keep-alive\n\n\n:\n\n")
            await self.reply.event(event)
        await self.reply.send(b"data: [DONE]\n\n")
        await self.reply.end()
        return True

    async def wrong_usage(self) -> bool:
        usage = {"prompt_tokens": -5, "completion_tokens": 10**9, "total_tokens": "many"}
        await send(self.call, self.reply, Answer(self.answer.text, finish=self.answer.finish, usage=usage))
        return True

    async def no_usage(self) -> bool:
        await send(self.call, self.reply, Answer(self.answer.text, finish=self.answer.finish, usage=None))
        return True

    async def endings_twice(self) -> bool:
        await self.reply.begin()
        for event in events(self.call, self.answer):
            await self.reply.event(event)
        await self.reply.event(chunk(self.call, {"content": self.answer.text}, finish="stop"))
        await self.reply.send(b"data: [DONE]\n\n")
        await self.reply.end()
        return True
