"""Asking a server: through the gate, in time, and again where asking again may help."""

import asyncio
import json
import logging
import time
from collections.abc import Awaitable, Callable, Hashable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, TypeVar
from urllib.parse import quote

import openai
import tenacity

from benchharness.backends.openai.address import Address
from benchharness.backends.openai.failures import Failure, Meaning, TornAnswerError, end_of_run, understand
from benchharness.backends.openai.gate import Closed, Gate
from benchharness.backends.openai.hearing import Heard, Hearing
from benchharness.backends.openai.options import AskingOptions
from benchharness.backends.openai.pace import Pace
from benchharness.errors import BenchharnessError

LONGEST_BACKOFF = 60.0
CONNECT_SECONDS = 10.0
TOO_MANY_REQUESTS = 429
FIRST_RETRIES = 2

FAILURES_IN_A_ROW = 5
"""Requests that were given up one after the other, none answered between them, after which nothing more is asked."""

T = TypeVar("T")
logger = logging.getLogger(__name__)

Watch = Callable[[Hearing], bool]
"""Told of every chunk with text of the answer; returns whether no more of it is wanted."""


@dataclass(slots=True)
class Tally:
    """What asking came to, beyond the answers.

    Attributes:
        sent: requests sent, each time counted.
        again: requests sent again.
        limited: how often the server said that it was asked too much (429).
        broken: how often a connection or an answer broke off, or took too long.
        given_up: requests that were not answered in the end.
        no_usage: answers whose tokens the server did not count.
        bounded: choices with an option whose likelihood is only known to be at most a bound.
    """

    sent: int = 0
    again: int = 0
    limited: int = 0
    broken: int = 0
    given_up: int = 0
    no_usage: int = 0
    bounded: int = 0


HEARING: ContextVar[Hearing | None] = ContextVar("HEARING", default=None)
"""The answer that the present task waits for."""


async def _trace_sending(request: Any) -> None:
    """Let an HTTP client tell when it sends a request, which is after it has made it ready and found a connection."""
    hearing = HEARING.get()

    async def trace(event: str, info: object) -> None:
        if hearing is not None and event.endswith("send_request_headers.started"):
            hearing.sent = time.perf_counter()

    request.extensions["trace"] = trace


class Connection:
    """A server that is asked; for one event loop.

    Args:
        address: the server.
        options: how it is asked.
        check: raises an error if the server is known to be gone; for one of this machine.
    """

    def __init__(self, address: Address, options: AskingOptions, check: Callable[[], None]) -> None:
        self.address = address
        self._check = check
        self.tally = Tally()
        self.pace = Pace(options.concurrency, adaptive=options.adaptive)
        self.gate = Gate(self.pace)
        self._options = options
        self._failures = 0
        # What a proxy does for other hosts it cannot do for this one.
        http = openai.DefaultAsyncHttpxClient(trust_env=not address.is_local, event_hooks={"request": [_trace_sending]})
        self._client = openai.AsyncOpenAI(
            base_url=address.base_url,
            api_key=address.key,
            # Asking again is done here: it waits as the server says, and everything else waits with it.
            max_retries=0,
            timeout=openai.Timeout(options.timeout, connect=min(CONNECT_SECONDS, options.timeout)),
            http_client=http,
        )

    async def get(self, path: str) -> object:
        """Return what the server answers at a path, asked again as other requests are.

        Raises:
            Failure: if it does not.
        """

        async def once(number: int) -> object:
            with self._understanding():
                async with asyncio.timeout(self._options.timeout):
                    return await self._client.get(path, cast_to=object)

        # At the beginning a server is there or it is not.
        return await self._patiently(once, min(self._options.retries, FIRST_RETRIES))

    async def ask(
        self, path: str, body: Mapping[str, Any], name: str, *, kind: Hashable = None, watch: Watch | None = None
    ) -> Heard:
        """Ask once and, where that may help, again, until there is an answer.

        Args:
            path: below the base URL.
            body: what is asked.
            name: of the request, for the logs of the server.
            kind: what its latency is compared with.
            watch: is told of every chunk.

        Raises:
            Failure: if there is none in the end.
            Closed: if nothing more is asked.
        """

        async def once(number: int) -> Heard:
            async with self.gate.passage() as sending:
                began = time.perf_counter()
                try:
                    with self._understanding():
                        heard = await self._once(path, body, f"{name}-{number}", watch)
                except Failure as failure:
                    if failure.overloaded:
                        self.pace.overloaded(sending)
                    if failure.after is not None:
                        self.gate.rest(failure.after)
                    if failure.status is None:
                        await self._check_that_it_runs()
                    raise
                tokens = max(heard.usage.generated or heard.pieces, 1)
                self.pace.answered(sending, self.gate.inside, kind, (time.perf_counter() - began) / tokens)
                return heard

        heard = await self._patiently(once, self._options.retries)
        self._failures = 0
        return heard

    async def _check_that_it_runs(self) -> None:
        try:
            self._check()
        except BenchharnessError as gone:
            await self.gate.close(gone)
            raise Closed from gone

    async def _patiently(self, once: Callable[[int], Awaitable[T]], retries: int) -> T:
        backoff = tenacity.wait_random_exponential(multiplier=self._options.backoff, max=LONGEST_BACKOFF)

        def wait(state: tenacity.RetryCallState) -> float:
            failure = state.outcome.exception() if state.outcome else None
            after = failure.after if isinstance(failure, Failure) else None
            # A little later than it said, and not all at the same moment.
            return backoff(state) if after is None else after + backoff(state) / 4

        def note(state: tenacity.RetryCallState) -> None:
            self.tally.again += 1

        retrying = tenacity.AsyncRetrying(
            retry=tenacity.retry_if_exception(lambda e: isinstance(e, Failure) and e.meaning is Meaning.AGAIN),
            stop=tenacity.stop_after_attempt(retries + 1),
            wait=wait,
            before_sleep=note,
            reraise=True,
        )
        async for attempt in retrying:
            with attempt:
                result = await once(attempt.retry_state.attempt_number)
        return result

    async def give_up(self, name: str, failure: Failure) -> None:
        """Take note of a request that gets no text, and ask nothing more if no other would fare better.

        Args:
            name: of the request.
            failure: why.
        """
        if failure.meaning in (Meaning.FILTERED, Meaning.TOO_LONG):
            # The server did answer it.
            self._failures = 0
            return
        logger.warning("%s: %s", name, failure.message)
        self.tally.given_up += 1
        if failure.meaning is Meaning.WRONG and failure.status is None:
            # The server answered, and it is the answer that is of no use.
            return
        self._failures += 1
        if failure.meaning is Meaning.FATAL or self._failures >= FAILURES_IN_A_ROW:
            await self.gate.close(end_of_run(failure, self.address))

    @contextmanager
    def _understanding(self) -> Iterator[None]:
        """Turn whatever is raised for want of an answer into a failure."""
        try:
            yield
        except Failure as failure:
            self._note(failure)
            raise
        except (openai.APIError, TimeoutError, ValueError, TornAnswerError) as error:
            understood = understand(error, self.address)
            self._note(understood)
            raise understood from error

    def _note(self, failure: Failure) -> None:
        if failure.status == TOO_MANY_REQUESTS:
            self.tally.limited += 1
        elif failure.status is None and failure.meaning is Meaning.AGAIN:
            self.tally.broken += 1

    async def _once(self, path: str, body: Mapping[str, Any], name: str, watch: Watch | None) -> Heard:
        self.tally.sent += 1
        headers: Any = {"headers": {"X-Request-Id": quote(name)}}
        hearing = Hearing(self.address, time.perf_counter())
        HEARING.set(hearing)
        async with asyncio.timeout(self._options.timeout):
            if not body.get("stream"):
                hearing.feed(await self._client.post(path, cast_to=object, body=body, options=headers))
                return hearing.heard(streamed=False)
            stream = await self._client.post(
                path, cast_to=object, body=body, options=headers, stream=True, stream_cls=openai.AsyncStream[object]
            )
            async with stream:
                if "json" in stream.response.headers.get("content-type", ""):
                    # It came whole all the same: a server without streams, or an error that calls itself a success.
                    hearing.feed(json.loads(await stream.response.aread()))
                    return hearing.heard(streamed=False)
                async for chunk in stream:
                    if hearing.feed(chunk) and watch is not None and watch(hearing):
                        hearing.cut = True
                        break
            return hearing.heard(streamed=True)

    async def close(self) -> None:
        """Close the connections."""
        await self._client.close()

    @property
    def closed(self) -> BenchharnessError | None:
        """Why nothing more is asked; ``None`` while it is."""
        return self.gate.reason
