"""One pass: a backend answers the requests of a load while the meter runs."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from benchharness.backends.base import Backend
from benchharness.hardware.meter import Meter, Reading
from benchharness.perf.sources import LoadSource
from benchharness.records import FinishReason, Request, Response

FAILED = frozenset({FinishReason.ERROR, FinishReason.TOO_LONG, FinishReason.FILTERED})


@dataclass(frozen=True, slots=True)
class Answer:
    """A request with its response.

    Attributes:
        request: what was asked.
        scheduled: when it arrived, by ``time.perf_counter``; its latencies count from here.
        response: what came back.
    """

    request: Request
    scheduled: float
    response: Response

    @property
    def failed(self) -> bool:
        """Whether there is no answer."""
        return self.response.finish_reason in FAILED


@dataclass(frozen=True, slots=True)
class PassRecord:
    """What a pass gave.

    Attributes:
        started: when arrivals began to count, by ``time.perf_counter``.
        seconds: from there until the last response was there.
        answers: one for each request.
        reading: of the meter, whose window is the pass.
    """

    started: float
    seconds: float
    answers: tuple[Answer, ...]
    reading: Reading


def run_pass(
    backend: Backend, source: LoadSource, requests: Sequence[Request], idle_watts: Mapping[int, float]
) -> PassRecord:
    """Let a loaded backend answer all requests of a source.

    Args:
        backend: loaded.
        source: hands out ``requests``, all of them.
        requests: what is asked.
        idle_watts: power of each device before any work, with the model loaded.

    Raises:
        RuntimeError: if the backend leaves a request without a response.
    """
    left = {request.key: request for request in requests}
    answers: list[tuple[Request, Response]] = []
    with Meter(backend.processes(), idle_watts=idle_watts) as meter:
        source.start()
        for response in backend.run(source):
            answers.append((left.pop(response.key), response))
            source.finished()
        ended = time.perf_counter()
    if left:
        raise RuntimeError(f"the backend {backend.facts.backend} left {len(left)} requests without a response")
    return PassRecord(
        started=source.started,
        seconds=ended - source.started,
        answers=tuple(Answer(request, source.scheduled[request.key], response) for request, response in answers),
        reading=meter.reading,
    )
