"""One side of a measurement: a backend that is loaded, and what does not change while it is measured."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from benchharness.backends.base import Backend
from benchharness.hardware.meter import Reading, Unmeasured, measure_idle
from benchharness.hardware.peaks import DevicePeaks
from benchharness.perf.ceiling import Ceiling, find_ceiling, peaks_at_hand
from benchharness.perf.passes import PassRecord, run_pass
from benchharness.perf.prompts import PromptMaker
from benchharness.perf.request import CellPlan, PerfRequest, Scenario
from benchharness.perf.sources import AllAtOnce, source_for

SERVER_WARM_UP = 16
"""Requests of the warm-up before random arrivals, of which nobody knows how many will meet."""


@dataclass(frozen=True, slots=True)
class Side:
    """A loaded backend with all that measuring it needs.

    Attributes:
        backend: loaded.
        prompts: makes prompts for its tokenizer.
        idle_watts: power of each device before any work, with the model loaded.
        peaks: what one device can do, where the caller knows.
        config: the model's ``config.json``.
        seed: draws arrivals.
    """

    backend: Backend
    prompts: PromptMaker
    idle_watts: Mapping[int, float]
    peaks: DevicePeaks | None
    config: Mapping[str, Any] | None
    seed: int

    @classmethod
    def prepare(
        cls,
        backend: Backend,
        request: PerfRequest,
        *,
        peaks: DevicePeaks | None = None,
        config: Mapping[str, Any] | None = None,
    ) -> "Side":
        """Load a backend and measure what the devices take before any work."""
        backend.load()
        idle = measure_idle() if backend.processes() else {}
        return cls(backend, PromptMaker(backend.tokenizer, request.seed), idle, peaks, config, request.seed)

    def warm_up(self, cell: CellPlan, requests: int) -> PassRecord:
        """Answer a full batch of the shapes of a cell, with prompts of its own.

        Args:
            cell: which cell.
            requests: of a pass; all of them for the offline scenario, as many as meet for the others.
        """
        load = cell.load
        together = requests if load.scenario is Scenario.OFFLINE else load.concurrency or SERVER_WARM_UP
        prompts = self.prompts.make(cell, min(together, requests), "warm-up")
        return run_pass(self.backend, AllAtOnce(prompts), prompts, self.idle_watts)

    def measure(self, cell: CellPlan, requests: int, pass_name: str) -> PassRecord:
        """Answer the requests of one pass of a cell."""
        prompts = self.prompts.make(cell, requests, pass_name)
        source = source_for(cell.load, prompts, f"{self.seed} {cell.lengths} {cell.load} {pass_name}")
        return run_pass(self.backend, source, prompts, self.idle_watts)

    def ceiling(self, reading: Reading) -> Ceiling | Unmeasured:
        """Return what bounds the model on the devices that a meter saw at work."""
        peaks = self.peaks
        if peaks is None and reading.devices:
            peaks = peaks_at_hand()
        return find_ceiling(self.config, peaks, self.backend.facts.numerics, max(1, len(reading.devices)))
