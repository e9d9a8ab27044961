"""The loop between a source of work and the engine: it keeps the engine fed and yields responses as they finish."""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any, Protocol

from benchharness.backends.base import WorkSource
from benchharness.backends.vllm.jobs import Ask, Job, failed, too_long
from benchharness.records import Request, Response

AHEAD = 2
"""How many times the sequences of a step are handed to the engine, so that it never waits for the next."""


class RefusedRequestError(Exception):
    """The engine will not take a request."""


class EngineLike(Protocol):
    """What the loop asks of an engine."""

    def add(self, name: str, ask: Ask) -> None:
        """Hand over a request.

        Raises:
            RefusedRequestError: if the engine will not take it.
        """

    def step(self) -> Sequence[Any]:
        """Wait for the next outputs, vLLM's ``RequestOutput``; to be called only with requests at work."""

    def abort(self, names: Sequence[str]) -> None:
        """Let go of requests."""


class Loop:
    """Answers what a source has to ask.

    Args:
        engine: does the work.
        begin: makes the job of a request, given when it is handed over.
        max_num_seqs: sequences of a step of the engine.
        context_length: most tokens of prompt and answer together; ``None`` if unlimited.
    """

    def __init__(
        self,
        engine: EngineLike,
        begin: Callable[[Request, float], Job],
        *,
        max_num_seqs: int,
        context_length: int | None,
    ) -> None:
        self._engine = engine
        self._begin = begin
        self._max_num_seqs = max_num_seqs
        self._context_length = context_length
        self._at_work: dict[str, tuple[Job, int]] = {}
        self._names: dict[str, set[str]] = {}
        self._numbers = 0

    def run(self, source: WorkSource) -> Iterator[Response]:
        """Answer all requests of ``source``, each exactly once, as they finish.

        Their ``seconds`` add up to the time spent here: what passed since the responses before is shared among those
        that finish together, by the tokens they took.
        """
        since = time.perf_counter()
        try:
            while True:
                idle = not self._at_work
                taken = self._take(source)
                if idle:
                    if not taken:
                        return
                    # There was nothing to do until now.
                    since = time.perf_counter()
                responses = [response for request in taken if (response := self._hand_over(request)) is not None]
                if self._at_work:
                    responses += self._step()
                if responses:
                    yield from _share_time(responses, time.perf_counter() - since)
                    since = time.perf_counter()
        finally:
            self._engine.abort(list(self._at_work))
            self._at_work.clear()
            self._names.clear()

    def _take(self, source: WorkSource) -> list[Request]:
        room = AHEAD * self._max_num_seqs - len(self._at_work)
        return source.take(room, wait=not self._at_work) if room > 0 else []

    def _hand_over(self, request: Request) -> Response | None:
        """Hand a request over; return the response if the engine cannot take it."""
        job = self._begin(request, time.perf_counter())
        asks = job.asks
        if self._context_length is not None and max(ask.room for ask in asks) > self._context_length:
            return too_long(request)
        names = self._names[request.key] = set()
        for number, ask in enumerate(asks):
            self._numbers += 1
            name = str(self._numbers)
            try:
                self._engine.add(name, ask)
            except RefusedRequestError as error:
                self._forget(request.key)
                return failed(request, str(error))
            self._at_work[name] = (job, number)
            names.add(name)
        return None

    def _step(self) -> list[Response]:
        together = min(len(self._at_work), self._max_num_seqs)
        outputs = self._engine.step()
        now = time.perf_counter()
        responses = []
        for output in outputs:
            # What was let go of may still have been on its way.
            job, number = self._at_work.get(output.request_id, (None, 0))
            if job is None:
                continue
            response = job.take(number, output, now)
            if output.finished:
                del self._at_work[output.request_id]
                self._names[job.request.key].discard(output.request_id)
            if response is not None:
                self._forget(job.request.key)
                responses.append(replace(response, batch_size=together))
        return responses

    def _forget(self, key: str) -> None:
        """Let go of what is still at work for a request."""
        names = self._names.pop(key)
        if names:
            self._engine.abort(list(names))
        for name in names:
            del self._at_work[name]


def _share_time(responses: Sequence[Response], seconds: float) -> list[Response]:
    work = [1 + response.computed_tokens + response.generated_tokens for response in responses]
    return [replace(response, seconds=seconds * own / sum(work)) for response, own in zip(responses, work, strict=True)]
