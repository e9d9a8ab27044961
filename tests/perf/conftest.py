"""A backend that answers by a schedule, and passes written by hand."""

import os
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest

from benchharness.backends.base import BackendFacts, Capabilities, ResourceUse, WorkSource
from benchharness.hardware.meter import DeviceReading, Reading
from benchharness.perf.passes import Answer, PassRecord
from benchharness.perf.request import CellPlan, Lengths, Load, Scenario, TextKind
from benchharness.records import FinishReason, Language, Prompt, Request, RequestKind, Response, Sampling, Timing
from benchharness.tokens.tokenizer import ByteTokenizer, Tokenizer


@dataclass
class ScheduledBackend:
    """Answers each request after the same time; the stamps of its tokens are those of the schedule.

    Attributes:
        first: seconds to the first token.
        gap: seconds between tokens.
        slots: requests at a time.
        polls: whether it takes requests while it works.
        tells: whether it tells when tokens came.
        loads: how often it was loaded.
        asked: the requests it was asked, in order.
        fails: item ids that it answers with an error.
    """

    first: float = 0.004
    gap: float = 0.001
    slots: int = 1000
    polls: bool = True
    tells: bool = True
    context_length: int | None = 4096
    name: str = "scheduled"
    loads: int = 0
    asked: list[Request] = field(default_factory=list)
    fails: frozenset[str] = frozenset()
    cached: int = 0

    @property
    def facts(self) -> BackendFacts:
        return BackendFacts(
            backend=self.name,
            weights=f"schedule {self.first} {self.gap}",
            weights_origin="a schedule",
            tokenizer="bytes",
            template=None,
            context_length=self.context_length,
            numerics={"dtype": "bfloat16", "prefix_reuse": "off"},
            engine={"slots": str(self.slots)},
        )

    @property
    def capabilities(self) -> Capabilities:
        return Capabilities(frozenset({RequestKind.GENERATE}), polls=self.polls, ignores_end=True)

    @property
    def tokenizer(self) -> Tokenizer:
        return ByteTokenizer()

    def load(self) -> None:
        self.loads += 1

    def run(self, source: WorkSource) -> Iterator[Response]:
        active: list[tuple[float, float, Request]] = []
        while True:
            room = self.slots - len(active) if self.polls or not active else 0
            taken = source.take(room, wait=not active) if room else []
            self.asked += taken
            sent = time.perf_counter()
            active += [(sent + self._seconds(request), sent, request) for request in taken]
            if not active:
                return
            active.sort(key=lambda one: one[:2])
            time.sleep(max(0.0, min(active[0][0] - time.perf_counter(), 0.0005)))
            while active and active[0][0] <= time.perf_counter():
                _, sent, request = active.pop(0)
                yield self._answer(request, sent)

    def _seconds(self, request: Request) -> float:
        assert request.sampling is not None
        return self.first + self.gap * (request.sampling.max_new_tokens - 1)

    def _answer(self, request: Request, sent: float) -> Response:
        assert request.sampling is not None
        prompt, produced = len(request.prompt.tokens), request.sampling.max_new_tokens
        if request.item_id in self.fails:
            return Response(request.key, FinishReason.ERROR, prompt_tokens=prompt, error="the schedule says so")
        timing = Timing(sent, self.first, self._seconds(request), (self.gap,) * (produced - 1))
        return Response(
            request.key,
            FinishReason.LENGTH,
            text="字" * produced,
            prompt_tokens=prompt,
            computed_tokens=prompt - self.cached,
            cached_tokens=self.cached,
            generated_tokens=produced,
            timing=timing if self.tells else None,
        )

    def resource_use(self) -> ResourceUse:
        return ResourceUse(1, None)

    def processes(self) -> tuple[int, ...]:
        return (os.getpid(),)

    def close(self) -> None:
        """There is nothing to free."""


def cell_of(
    scenario: Scenario = Scenario.OFFLINE,
    *,
    lengths: Lengths = Lengths(16, 4),  # noqa: B008  # frozen
    text: TextKind = TextKind.RANDOM,
    concurrency: int | None = None,
    rate: float | None = None,
) -> CellPlan:
    return CellPlan(lengths, text, "tokens", Load(scenario, concurrency=concurrency, rate=rate))


def request_of(key: str, prompt: int = 16, output: int = 4) -> Request:
    return Request(
        key=key,
        task="perf",
        item_id=key,
        language=Language.EN,
        kind=RequestKind.GENERATE,
        prompt=Prompt((), (), (1,) * prompt, ()),
        sampling=Sampling(output, ignore_end=True),
    )


def answer_of(
    key: str,
    *,
    scheduled: float = 0.0,
    sent: float = 0.0,
    first: float = 1.0,
    gaps: Sequence[float] = (0.5, 0.5, 0.5),
    tokens: int | None = None,
    prompt: int = 16,
    **settings: Any,
) -> Answer:
    """An answer whose tokens came at ``sent + first`` and after each of ``gaps``."""
    response = Response(
        key,
        settings.pop("finish_reason", FinishReason.LENGTH),
        prompt_tokens=prompt,
        computed_tokens=prompt,
        generated_tokens=len(gaps) + 1 if tokens is None else tokens,
        timing=settings.pop("timing", Timing(sent, first, first + sum(gaps), tuple(gaps))),
        **settings,
    )
    return Answer(request_of(key, prompt), scheduled, response)


def device_of(joules: float | None = 100.0, idle: float | None = 10.0) -> DeviceReading:
    return DeviceReading(
        index=0,
        name="a device",
        energy_joules=joules,
        energy_method="counter",
        idle_watts=idle,
        mean_watts=50.0,
        peak_watts=60.0,
        utilisation=0.5,
        peak_used_bytes=2**30,
        peak_process_bytes=2**29,
        mean_clock_mhz=1000.0,
        highest_temperature=50.0,
        throttle_reasons=(),
    )


def pass_of(answers: Sequence[Answer], seconds: float = 2.0, devices: Sequence[DeviceReading] = ()) -> PassRecord:
    reading = Reading(seconds, tuple(devices), cpu_seconds=1.0, peak_resident_bytes=1, unmeasured=())
    return PassRecord(0.0, seconds, tuple(answers), reading)


@pytest.fixture
def scheduled() -> ScheduledBackend:
    return ScheduledBackend()
