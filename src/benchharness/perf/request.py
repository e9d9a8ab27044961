"""What is to be measured: lengths, texts and loads, and the cells that they make."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Literal

from benchharness.errors import InputError
from benchharness.perf.slo import Slo

OFFLINE_REQUESTS = 32
SINGLE_REQUESTS = 4
ROUNDS = 4
"""Requests of a closed loop, as a multiple of its concurrency: most of them meet a full house."""
SERVER_REQUESTS = 32

Matched = Literal["tokens", "content"]
"""What cells in different texts share: the number of prompt tokens, or what the prompts say."""


class Scenario(StrEnum):
    """How requests arrive."""

    OFFLINE = "offline"
    SINGLE = "single"
    CONCURRENCY = "concurrency"
    SERVER = "server"


class TextKind(StrEnum):
    """What prompts are made of: random ids of the vocabulary, or Chinese or English text of the same content."""

    RANDOM = "random"
    ZH = "zh"
    EN = "en"


@dataclass(frozen=True, slots=True)
class Lengths:
    """Tokens of a prompt and of its answer, each at least 1."""

    input: int
    output: int

    def __str__(self) -> str:
        return f"{self.input}x{self.output}"


@dataclass(frozen=True, slots=True)
class Load:
    """How requests arrive.

    Attributes:
        scenario: ``offline``: all at once; ``single``: one after the other; ``concurrency``: a fixed number at a time;
            ``server``: at random times, whatever is still being answered.
        concurrency: requests at a time; ``None`` where nothing bounds them.
        rate: mean requests a second, of the server scenario.
        burstiness: shape of the gamma distribution of the gaps between arrivals, as in ``vllm bench serve``: 1 is a
            Poisson process, less comes in bursts, more comes evenly.
    """

    scenario: Scenario
    concurrency: int | None = None
    rate: float | None = None
    burstiness: float = 1.0


@dataclass(frozen=True, slots=True)
class CellPlan:
    """One cell: prompts of one length and one text, under one load."""

    lengths: Lengths
    text: TextKind
    matched: Matched
    load: Load

    def document(self) -> dict[str, Any]:
        """Return it as plain data."""
        return {
            "scenario": self.load.scenario.value,
            "input_tokens": self.lengths.input,
            "output_tokens": self.lengths.output,
            "text": self.text.value,
            "matched": self.matched,
            "concurrency": self.load.concurrency,
            "rate": self.load.rate,
            "burstiness": self.load.burstiness if self.load.rate is not None else None,
        }


@dataclass(frozen=True, slots=True)
class PerfRequest:
    """What is to be measured.

    Attributes:
        grid: lengths of prompts and answers.
        scenarios: how requests arrive.
        concurrency: numbers of requests at a time, for the scenario ``concurrency``.
        rates: requests a second, for the scenario ``server``.
        burstiness: see ``Load``.
        slo: what an answer has to keep to count as good; ``None`` leaves goodput out.
        texts: what prompts are made of. With both languages, prompts of equal content are measured as well.
        repeats: passes of each cell after the warm-up, at least 1.
        requests: of a pass; ``None`` leaves it to the scenario.
        seconds: that a pass takes at least; the number of requests grows until it does.
        seed: draws prompts and arrivals.
    """

    grid: tuple[Lengths, ...]
    scenarios: tuple[Scenario, ...] = (Scenario.OFFLINE, Scenario.SINGLE)
    concurrency: tuple[int, ...] = ()
    rates: tuple[float, ...] = ()
    burstiness: float = 1.0
    slo: Slo | None = None
    texts: tuple[TextKind, ...] = (TextKind.RANDOM,)
    repeats: int = 3
    requests: int | None = None
    seconds: float = 0.0
    seed: int = 0

    def __post_init__(self) -> None:
        """Refuse scenarios without what they need."""
        for scenario, given, flag in (
            (Scenario.CONCURRENCY, self.concurrency, "--concurrency 1,2,4,8"),
            (Scenario.SERVER, self.rates, "--rate 0.5,1,2"),
        ):
            if scenario in self.scenarios and not given:
                raise InputError(
                    en=f"The scenario {scenario} needs {flag}.", zh=f"场景 {scenario} 需要同时给出 {flag}。"
                )

    def loads(self) -> list[Load]:
        """Return the loads in the order in which they are measured."""
        loads: list[Load] = []
        if Scenario.OFFLINE in self.scenarios:
            loads.append(Load(Scenario.OFFLINE))
        if Scenario.SINGLE in self.scenarios:
            loads.append(Load(Scenario.SINGLE, concurrency=1))
        if Scenario.CONCURRENCY in self.scenarios:
            loads += [Load(Scenario.CONCURRENCY, concurrency=number) for number in self.concurrency]
        if Scenario.SERVER in self.scenarios:
            loads += [Load(Scenario.SERVER, rate=rate, burstiness=self.burstiness) for rate in self.rates]
        return loads

    def cells(self) -> list[CellPlan]:
        """Return the cells in the order in which they are measured."""
        both = TextKind.ZH in self.texts and TextKind.EN in self.texts
        texts: list[tuple[TextKind, Matched]] = [(text, "tokens") for text in self.texts]
        if both:
            texts += [(text, "content") for text in self.texts if text is not TextKind.RANDOM]
        return [
            CellPlan(lengths, text, matched, load)
            for lengths in self.grid
            for load in self.loads()
            for text, matched in texts
        ]

    def requests_of(self, load: Load) -> int:
        """Return how many requests a pass under ``load`` has at least."""
        if self.requests is not None:
            return self.requests
        match load.scenario:
            case Scenario.OFFLINE:
                return OFFLINE_REQUESTS
            case Scenario.SINGLE:
                return SINGLE_REQUESTS
            case Scenario.CONCURRENCY:
                assert load.concurrency is not None
                return max(2 * ROUNDS, ROUNDS * load.concurrency)
            case Scenario.SERVER:
                return SERVER_REQUESTS

    def document(self) -> dict[str, Any]:
        """Return it as plain data."""
        return {
            "grid": [str(lengths) for lengths in self.grid],
            "scenarios": [scenario.value for scenario in self.scenarios],
            "concurrency": list(self.concurrency),
            "rates": list(self.rates),
            "burstiness": self.burstiness,
            "slo": None if self.slo is None else self.slo.document(),
            "texts": [text.value for text in self.texts],
            "repeats": self.repeats,
            "requests": self.requests,
            "seconds": self.seconds,
            "seed": self.seed,
        }
