"""A stand-in for NVIDIA's library that plays cards written down in ``recorded/``. It cannot be had without a GPU."""

import inspect
import json
import os
import sys
import time
import types
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pynvml
import pytest

RECORDED = Path(__file__).parent / "recorded"
CHANGING = {
    "nvmlDeviceGetTotalEnergyConsumption": "energy_mj",
    "nvmlDeviceGetPowerUsage": "power_mw",
    "nvmlDeviceGetTemperature": "temperature",
    "nvmlDeviceGetCurrentClocksEventReasons": "reasons",
    "nvmlDeviceGetCurrentClocksThrottleReasons": "reasons",
}


class Card:
    """One card, or one MIG instance: facts, errors by function, and rows over time."""

    def __init__(self, written: dict[str, Any], columns: list[str], clock: Callable[[], float]) -> None:
        self.facts: dict[str, Any] = written["facts"]
        self.errors: dict[str, int] = written["errors"]
        self.rows = [dict(zip(columns, row, strict=True)) for row in written["rows"]]
        self.instances = [Card(instance, columns, clock) for instance in written.get("instances", [])]
        self.clock = clock
        self.asked: list[str] = []

    def now(self, column: str) -> Any:
        """What the last row up to now says."""
        rows = [row for row in self.rows if row["t"] <= self.clock() + 1e-9] or self.rows[:1]
        value = rows[-1][column]
        if isinstance(value, dict):
            raise pynvml.NVMLError(value["error"])
        return value

    def answer(self, function: str, arguments: tuple[Any, ...]) -> Any:
        self.asked.append(function)
        if function in self.errors:
            raise pynvml.NVMLError(self.errors[function])
        if function in CHANGING:
            return self.now(CHANGING[function])
        own = getattr(self, function, None)
        if own is not None:
            return own(*arguments)
        return self.fact(function)

    def fact(self, name: str) -> Any:
        if name not in self.facts:
            raise pynvml.NVMLError(pynvml.NVML_ERROR_NOT_SUPPORTED)
        return self.facts[name]

    def nvmlDeviceGetFieldValues(self, fields: list[int]) -> Any:
        values = (pynvml.c_nvmlFieldValue_t * len(fields))()
        for value, number in zip(values, fields, strict=True):
            known = number == pynvml.NVML_FI_DEV_POWER_INSTANT
            value.nvmlReturn = pynvml.NVML_SUCCESS if known else pynvml.NVML_ERROR_NOT_SUPPORTED
            if known:
                value.value.uiVal = self.now("power_mw")
        return values

    def nvmlDeviceGetUtilizationRates(self) -> Any:
        return pynvml.c_nvmlUtilization_t(gpu=self.now("utilisation"), memory=10)

    def nvmlDeviceGetMemoryInfo(self) -> Any:
        used, total = self.now("used"), self.facts["total"]
        return pynvml.c_nvmlMemory_t(total=total, free=total - used, used=used)

    def nvmlDeviceGetClockInfo(self, kind: int) -> int:
        return int(self.now("clock") if kind == pynvml.NVML_CLOCK_SM else self.fact("memory_clock"))

    def nvmlDeviceGetMaxClockInfo(self, kind: int) -> int:
        return int(self.fact("nvmlDeviceGetMaxClockInfo")[str(kind)])

    def nvmlDeviceGetNvLinkState(self, link: int) -> int:
        if link >= self.facts.get("nvlinks", 0):
            raise pynvml.NVMLError(pynvml.NVML_ERROR_INVALID_ARGUMENT)
        return int(pynvml.NVML_FEATURE_ENABLED)

    def nvmlDeviceGetTopologyCommonAncestor(self, other: "Card") -> int:
        assert other is not self
        return int(self.fact("topology"))

    def nvmlDeviceGetMaxMigDeviceCount(self) -> int:
        return 7

    def nvmlDeviceGetMigDeviceHandleByIndex(self, number: int) -> "Card":
        if number >= len(self.instances):
            raise pynvml.NVMLError(pynvml.NVML_ERROR_NOT_FOUND)
        return self.instances[number]

    def nvmlDeviceGetComputeRunningProcesses_v3(self) -> list[Any]:
        return [
            types.SimpleNamespace(pid=os.getpid() if pid == "self" else pid, usedGpuMemory=used)
            for pid, used in self.now("processes")
        ]

    nvmlDeviceGetComputeRunningProcesses_v2 = nvmlDeviceGetComputeRunningProcesses_v3


class RecordedNvml:
    """The library with the cards of a file.

    Attributes:
        time: seconds since the start of the recording, set by hand; ``None`` lets it run as the clock does.
        open: how often it was opened and not closed.
        cards: the cards, for tests that change something.
        init_error: the error that opening gives, if any.
    """

    def __init__(self, name: str) -> None:
        written = json.loads((RECORDED / f"{name}.json").read_text(encoding="utf-8"))
        begin = time.perf_counter()
        self.time: float | None = 0.0
        self.open = 0
        self.init_error: int | None = None
        self.system = {
            "nvmlSystemGetDriverVersion": written["driver"],
            "nvmlSystemGetCudaDriverVersion_v2": written["cuda"],
        }

        def clock() -> float:
            return time.perf_counter() - begin if self.time is None else self.time

        self.cards = [Card(card, written["columns"], clock) for card in written["cards"]]

    def module(self) -> types.ModuleType:
        """A module like the real one, whose functions take the same arguments and ask the recorded cards."""
        module = types.ModuleType("pynvml")
        module.__dict__.update({name: value for name, value in vars(pynvml).items() if not name.startswith("__")})
        for name, function in vars(pynvml).items():
            if name.startswith("nvml") and inspect.isfunction(function):
                setattr(module, name, self._play(name, inspect.signature(function)))
        return module

    def _play(self, name: str, signature: inspect.Signature) -> Callable[..., Any]:
        def play(*arguments: Any) -> Any:
            signature.bind(*arguments)
            return self._answer(name, arguments)

        return play

    def _answer(self, name: str, arguments: tuple[Any, ...]) -> Any:
        if name == "nvmlInit":
            if self.init_error is not None:
                raise pynvml.NVMLError(self.init_error)
            self.open += 1
        elif self.open == 0:
            raise pynvml.NVMLError(pynvml.NVML_ERROR_UNINITIALIZED)
        elif name == "nvmlShutdown":
            self.open -= 1
        elif name == "nvmlDeviceGetCount":
            return len(self.cards)
        elif name == "nvmlDeviceGetHandleByIndex":
            card = self.cards[arguments[0]]
            if name in card.errors:
                raise pynvml.NVMLError(card.errors[name])
            return card
        elif name.startswith("nvmlSystem"):
            if name not in self.system:
                raise pynvml.NVMLError(pynvml.NVML_ERROR_UNKNOWN)
            return self.system[name]
        else:
            return arguments[0].answer(name, arguments[1:])
        return None


Play = Callable[[str], RecordedNvml]


@pytest.fixture
def nvml(monkeypatch: pytest.MonkeyPatch) -> Iterator[Play]:
    """Put the cards of a file of ``recorded/`` in the place of NVML; all that is opened has to be closed."""
    played: list[RecordedNvml] = []
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)
    monkeypatch.delenv("CUDA_DEVICE_ORDER", raising=False)

    def play(name: str) -> RecordedNvml:
        library = RecordedNvml(name)
        monkeypatch.setitem(sys.modules, "pynvml", library.module())
        played.append(library)
        return library

    yield play
    assert all(library.open == 0 for library in played)
