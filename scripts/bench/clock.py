"""Seconds spent in a model's forward passes, taken in the same way for every harness that runs it."""

import time
from typing import Any

import torch


class ModelClock:
    """Adds up the time of a model's forward passes; a pass within another one counts once.

    Args:
        model: a causal language model of ``transformers``. Its body and its head are watched too, so that a harness
            that calls them apart is timed as well.
    """

    def __init__(self, model: Any) -> None:
        self._cuda = model.device.type == "cuda"
        self._depth = 0
        self._began: Any = None
        self._seconds = 0.0
        self._events: list[tuple[Any, Any]] = []
        for module in (model, model.base_model, model.get_output_embeddings()):
            module.register_forward_pre_hook(self._enter)
            module.register_forward_hook(self._leave, always_call=True)

    def reset(self) -> None:
        """Begin from zero."""
        self._seconds = 0.0
        self._events = []

    def seconds(self) -> float:
        """Return the time since ``reset``; waits for what a GPU still has to do."""
        if self._cuda:
            torch.cuda.synchronize()
            self._seconds += sum(begin.elapsed_time(end) for begin, end in self._events) / 1000
            self._events = []
        return self._seconds

    def _now(self) -> Any:
        if not self._cuda:
            return time.perf_counter()
        # An event is timed on the device itself: waiting for it here would slow down what is measured.
        event: Any = torch.cuda.Event(enable_timing=True)  # type: ignore[no-untyped-call]
        event.record()
        return event

    def _enter(self, *_: Any) -> None:
        if self._depth == 0:
            self._began = self._now()
        self._depth += 1

    def _leave(self, *_: Any) -> None:
        self._depth -= 1
        if self._depth > 0:
            return
        if self._cuda:
            self._events.append((self._began, self._now()))
        else:
            self._seconds += self._now() - self._began


def warm_up(model: Any) -> None:
    """Let a model compute once, so that no measurement pays for what libraries set up at their first use."""
    with torch.inference_mode():
        model(torch.zeros((1, 8), dtype=torch.long, device=model.device))
