"""A server whose every chunk comes at a known moment: what a client says of times can be held against it.

Deadlines are counted from the moment a request has arrived, not from the chunk before, so that delays do not add up.
It runs in a process of its own, so that it need not wait for the interpreter while the client is busy.
"""

import asyncio
import dataclasses
import itertools
import json
import subprocess
import sys
import time
import urllib.request
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from tests.backends.openai.http_server import Call, HttpServer, Reply

MODEL = "scheduled"
ROOT = Path(__file__).parents[3]


@dataclass(frozen=True)
class Schedule:
    """When the chunks of an answer are sent, each with one token.

    Attributes:
        first: seconds from the request's arrival to the first chunk.
        gaps: seconds between each chunk and the next.
    """

    first: float
    gaps: tuple[float, ...] = ()

    @property
    def moments(self) -> tuple[float, ...]:
        """Seconds from the request's arrival to each chunk."""
        return tuple(itertools.accumulate((self.first, *self.gaps)))


@dataclass(frozen=True)
class Served:
    """A request that was answered.

    Attributes:
        schedule: when its chunks were to be sent.
        arrived: when it had come, by ``time.perf_counter``, which on Linux all processes share.
        sent: when each chunk was handed to the system, by the same clock.
        body: what it asked.
    """

    schedule: Schedule
    arrived: float
    sent: tuple[float, ...]
    body: dict[str, Any]


class ScheduleServer:
    """Answers chats and completions by schedules, streamed, on a free port of 127.0.0.1 while its context is open.

    It calls itself vLLM, so that clients ask it for answers of full length.

    Args:
        schedules: of the requests in order of arrival; after the last comes the first again.
    """

    def __init__(self, schedules: Sequence[Schedule]) -> None:
        self._schedules = schedules
        self._process: subprocess.Popen[str] | None = None
        self.base_url = ""

    def __enter__(self) -> Self:
        command = [sys.executable, "-m", "tests.backends.openai.schedule_server"]
        self._process = subprocess.Popen(command, cwd=ROOT, stdin=-1, stdout=-1, text=True)
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps([dataclasses.asdict(schedule) for schedule in self._schedules]) + "\n")
        self._process.stdin.flush()
        self.base_url = self._process.stdout.readline().strip()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._process is not None
        # Its input ends, and with it the server, as it would should this process be killed.
        self._process.communicate()

    @property
    def served(self) -> list[Served]:
        """The requests answered so far, in order of arrival."""
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(self.base_url.removesuffix("/v1") + "/served") as answer:
            return sorted(map(_served, json.load(answer)), key=lambda one: one.arrived)


def _schedule(row: dict[str, Any]) -> Schedule:
    return Schedule(row["first"], tuple(row["gaps"]))


def _served(row: dict[str, Any]) -> Served:
    return Served(_schedule(row["schedule"]), row["arrived"], tuple(row["sent"]), row["body"])


@dataclass
class _Script:
    schedules: Sequence[Schedule]
    served: list[Served] = field(default_factory=list)
    number: int = 0

    async def handle(self, call: Call, reply: Reply) -> None:
        if call.path == "/served":
            await reply.json(200, [dataclasses.asdict(one) for one in self.served])
        elif call.path.endswith("/models"):
            rows = [{"id": MODEL, "object": "model", "owned_by": "vllm", "max_model_len": 1 << 20}]
            await reply.json(200, {"object": "list", "data": rows})
        else:
            schedule = self.schedules[self.number % len(self.schedules)]
            self.number += 1
            await self._answer(call, reply, schedule)

    async def _answer(self, call: Call, reply: Reply, schedule: Schedule) -> None:
        await reply.begin()
        sent = []
        for number, moment in enumerate(schedule.moments):
            await _wait_until(call.arrived + moment)
            last = number == len(schedule.gaps)
            await reply.event(_chunk(call, f"t{number} ", finish="length" if last else None))
            sent.append(time.perf_counter())
        prompt = call.body.get("prompt") or call.body.get("messages") or ""
        usage = {"prompt_tokens": len(prompt), "completion_tokens": len(sent), "total_tokens": len(prompt) + len(sent)}
        await reply.event({"id": "s", "object": "chunk", "model": MODEL, "choices": [], "usage": usage})
        await reply.send(b"data: [DONE]\n\n")
        await reply.end()
        self.served.append(Served(schedule, call.arrived, tuple(sent), call.body))


def _chunk(call: Call, text: str, *, finish: str | None) -> dict[str, Any]:
    choice: dict[str, Any] = {"index": 0, "finish_reason": finish}
    if call.path.endswith("/chat/completions"):
        choice["delta"] = {"role": "assistant", "content": text}
    else:
        choice["text"] = text
    return {"id": "s", "object": "chunk", "model": MODEL, "choices": [choice]}


async def _wait_until(moment: float) -> None:
    while (left := moment - time.perf_counter()) > 0:
        await asyncio.sleep(left)


if __name__ == "__main__":
    with HttpServer(_Script([_schedule(row) for row in json.loads(sys.stdin.readline())]).handle) as server:
        sys.stdout.write(f"{server.base_url}\n")
        sys.stdout.flush()
        sys.stdin.read()
