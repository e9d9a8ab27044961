"""A small HTTP server for tests: asyncio streams on loopback, in a thread of its own, and every byte under control."""

import asyncio
import json
import threading
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self

REASONS = {200: "OK", 400: "Bad Request", 401: "Unauthorized", 404: "Not Found", 429: "Too Many Requests"}


@dataclass(frozen=True)
class Call:
    """A request as it came.

    Attributes:
        method, path, headers: of HTTP; names of headers in lower case.
        body: the JSON of its body; empty without one.
        arrived: when its last byte had come, by ``time.perf_counter``, which all threads share.
    """

    method: str
    path: str
    headers: Mapping[str, str]
    body: dict[str, Any]
    arrived: float

    @property
    def key(self) -> str:
        """The request's key: its id without the number of the sending."""
        return self.headers.get("x-request-id", "").rpartition("-")[0]


@dataclass
class Reply:
    """Writes what is answered."""

    writer: asyncio.StreamWriter
    began: bool = field(default=False)

    async def json(self, status: int, document: object, headers: Mapping[str, str] | None = None) -> None:
        """Answer with a document."""
        await self.text(status, json.dumps(document, ensure_ascii=False), headers)

    async def text(self, status: int, text: str, headers: Mapping[str, str] | None = None) -> None:
        """Answer with a text that is said to be JSON, whatever it is."""
        data = text.encode()
        self._head(status, {"Content-Type": "application/json", "Content-Length": str(len(data)), **(headers or {})})
        self.writer.write(data)
        await self.writer.drain()

    async def begin(self) -> None:
        """Begin a stream of events."""
        self._head(200, {"Content-Type": "text/event-stream; charset=utf-8", "Transfer-Encoding": "chunked"})
        await self.writer.drain()

    def _head(self, status: int, headers: Mapping[str, str]) -> None:
        lines = [f"HTTP/1.1 {status} {REASONS.get(status, 'Status')}", *(f"{n}: {v}" for n, v in headers.items())]
        self.writer.write("\r\n".join([*lines, "", ""]).encode("latin-1"))
        self.began = True

    async def send(self, data: bytes) -> None:
        """Send a part of a stream."""
        self.writer.write(f"{len(data):x}\r\n".encode() + data + b"\r\n")
        await self.writer.drain()

    async def event(self, document: object) -> None:
        """Send an event."""
        await self.send(f"data: {json.dumps(document, ensure_ascii=False)}\n\n".encode())

    async def end(self) -> None:
        """End a stream."""
        self.writer.write(b"0\r\n\r\n")
        await self.writer.drain()

    def reset(self) -> None:
        """Break the connection off."""
        self.writer.transport.abort()


Handler = Callable[[Call, Reply], Awaitable[None]]


class HttpServer:
    """Serves on a free port of 127.0.0.1 while its context is open.

    Args:
        handle: answers a request.
    """

    def __init__(self, handle: Handler) -> None:
        self._handle = handle
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._server: asyncio.Server | None = None
        self.port = 0

    @property
    def base_url(self) -> str:
        """Where the API is."""
        return f"http://127.0.0.1:{self.port}/v1"

    def __enter__(self) -> Self:
        self._thread.start()
        asyncio.run_coroutine_threadsafe(self._start(), self._loop).result()
        return self

    async def _start(self) -> None:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        asyncio.run_coroutine_threadsafe(self._stop(), self._loop).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    async def _stop(self) -> None:
        assert self._server is not None
        self._server.close()
        tasks = asyncio.all_tasks() - {asyncio.current_task()}
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while (call := await _read(reader)) is not None:
                await self._handle(call, Reply(writer))
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            # The client went, or the server stops.
            pass
        finally:
            writer.close()


async def _read(reader: asyncio.StreamReader) -> Call | None:
    try:
        head = await reader.readuntil(b"\r\n\r\n")
    except (asyncio.IncompleteReadError, ConnectionError):
        return None
    first, *lines = head.decode("latin-1").split("\r\n")
    method, path, _ = first.split(" ")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines if line)}
    data = await reader.readexactly(int(headers.get("content-length", "0")))
    return Call(method, path, headers, json.loads(data) if data else {}, time.perf_counter())
