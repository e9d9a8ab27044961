"""The tables of controlled measuring: all that was measured, nothing that was not, within the width of a terminal."""

import io
import json
import re
import time
from collections.abc import Iterator
from typing import Any

import pytest
from rich.console import Console

from benchharness.backends.scripted import ScriptedBackend
from benchharness.perf.compare import compare
from benchharness.perf.flags import parse_grid
from benchharness.perf.measure import measure
from benchharness.perf.request import CellPlan, Lengths, Load, PerfRequest, Scenario, TextKind
from benchharness.perf.slo import parse_slo
from benchharness.records import Response, Timing
from benchharness.report.perf import number, perf_view
from benchharness.report.perf_comparison import comparison_view
from benchharness.report.perf_progress import PerfProgress


class TimedBackend(ScriptedBackend):
    """A scripted student who tells when its answer came."""

    def run(self, source: Any) -> Iterator[Response]:
        for response in super().run(source):
            object.__setattr__(response, "timing", Timing(time.perf_counter() - 0.25, 0.1234, 0.25, (0.01,) * 3))
            yield response


def document(**settings: Any) -> dict[str, Any]:
    usual: dict[str, Any] = {"grid": parse_grid("16x4"), "repeats": 2, "requests": 3}
    return measure(TimedBackend(["abcdefgh"]), PerfRequest(**{**usual, **settings}), model="[bold]a model")


def shown(measured: dict[str, Any], monkeypatch: pytest.MonkeyPatch, language: str = "en", width: int = 80) -> str:
    monkeypatch.setenv("BENCHHARNESS_LANGUAGE", language)
    stream = io.StringIO()
    view = comparison_view if "ratios" in measured else perf_view
    Console(file=stream, width=width, highlight=False).print(view(measured))
    return stream.getvalue()


def on_a_gpu(measured: dict[str, Any]) -> dict[str, Any]:
    """Return a document as a machine with a GPU would give it."""
    changed: dict[str, Any] = json.loads(json.dumps(measured))

    def leaf(value: float) -> dict[str, float]:
        return {"median": value, "low": 0.9 * value, "high": 1.1 * value}

    for cell in changed["cells"]:
        cell["summary"]["ttft_seconds"] = {"p50": leaf(0.1234), "p99": leaf(2.3456)}
        cell["roofline"] = {"mfu": 0.4321, "roofline": 0.654, "prefill": None, "decode": {"mbu": 0.789}}
        cell["summary"]["energy"] = {
            "joules_per_output_token": leaf(1.25),
            "net_joules_per_output_token": leaf(1.0),
        }
        cell["summary"]["devices"] = {"peak_process_bytes": leaf(20 * 2**30)}
        cell["summary"]["window"] = {"output_tokens_per_second": leaf(12345.6)}
    return changed


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("width", [80, 140])
def test_tables_fit_the_terminal_and_nothing_is_cut(monkeypatch: pytest.MonkeyPatch, language: str, width: int) -> None:
    loads = {"scenarios": (Scenario.OFFLINE, Scenario.SINGLE, Scenario.CONCURRENCY), "concurrency": (2, 16)}
    everything = on_a_gpu(document(texts=tuple(TextKind), slo=parse_slo("mlperf:llama2-70b"), **loads))
    text = shown(everything, monkeypatch, language, width)
    assert "…" not in text
    assert "[bold]a model" in text
    for figure in ("123", "2,346", "43.2 %", "65.4 %", "78.9 %", "1.25", "1.00", "22.0 GiB", "12,346"):
        assert figure in text, figure
    # A load is named once for its rows, and one by one is a load of its own.
    assert text.count("逐条" if language == "zh" else "one by one") == 2


def test_columns_without_a_figure_are_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    text = shown(document(), monkeypatch)
    for absent in ("MFU", "MBU", "J/output", "charac", "goodput", "GiB"):
        assert absent not in text
    assert "The roofline is unknown" in text
    assert "time in the queue" in text
    with_text = shown(document(texts=(TextKind.ZH,), slo=parse_slo("ttft=60000")), monkeypatch)
    assert "charac-" in with_text
    assert "goodput" in with_text
    assert "answers that keep ttft=60000" in with_text


@pytest.mark.parametrize(("language", "words"), [("en", "2 requests failed"), ("zh", "2 条请求失败")])
def test_a_doubtful_cell_is_marked_and_says_why(monkeypatch: pytest.MonkeyPatch, language: str, words: str) -> None:
    doubtful = document(scenarios=(Scenario.SINGLE,))
    doubtful["cells"][0]["doubtful"] = True
    doubtful["cells"][0]["passes"][0] |= {"failed": 2, "errors": ["[red]\x1b[31mthe server said no"]}
    text = shown(doubtful, monkeypatch, language)
    assert re.search(r"(random|随机) !", text)
    assert words in text
    assert "the server said no" in text
    assert "\x1b" not in text


@pytest.mark.parametrize(
    ("cell", "en", "zh"),
    [
        ({"scenario": "server", "rate": 0.5}, "0.5 a second", "每秒 0.5 条"),
        ({"scenario": "concurrency", "concurrency": 4, "delivery": "continuous"}, "4 at a time", "并发 4"),
        ({"scenario": "concurrency", "concurrency": 4, "delivery": "batches"}, "batches of 4", "每批 4 条"),
        ({"scenario": "offline"}, "3 at once", "3 条同时"),
    ],
)
def test_loads_have_names(monkeypatch: pytest.MonkeyPatch, cell: dict[str, Any], en: str, zh: str) -> None:
    changed = document(scenarios=(Scenario.SINGLE,))
    changed["cells"][0] |= cell
    assert en in shown(changed, monkeypatch)
    assert zh in shown(changed, monkeypatch, "zh")


@pytest.mark.parametrize("width", [80, 140])
def test_a_comparison_shows_ratios_and_what_differs(monkeypatch: pytest.MonkeyPatch, width: int) -> None:
    plan = PerfRequest(grid=parse_grid("16x4"), repeats=2, requests=3, texts=tuple(TextKind))
    compared = compare(TimedBackend(["abcdefgh"]), TimedBackend(["abcdefgh"]), plan, models=("one", "two"))
    compared["second"]["settings"]["numerics"] = {"dtype": "bfloat16"}
    text = shown(compared, monkeypatch, width=width)
    assert "two (scripted) against one (scripted)" in text
    assert "dtype: – → bfloat16" in text
    assert "1.00×" in text
    assert "J/output" not in text
    assert "第二个与第一个之比" in shown(compared, monkeypatch, "zh", width)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0"),
        (0.01234, "0.012"),
        (0.5, "0.500"),
        (1.234, "1.23"),
        (12.34, "12.3"),
        (123.4, "123"),
        (12345.6, "12,346"),
    ],
)
def test_numbers_have_three_digits(value: float, text: str) -> None:
    assert number(value) == text


def test_progress_names_the_pass_and_keeps_the_document(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BENCHHARNESS_LANGUAGE", "en")
    stream = io.StringIO()
    kept: list[dict[str, Any]] = []
    cell = CellPlan(Lengths(16, 4), TextKind.RANDOM, "tokens", Load(Scenario.CONCURRENCY, concurrency=2))
    with PerfProgress(
        Console(file=stream, force_terminal=True, color_system=None, highlight=False), kept.append
    ) as progress:
        progress.loading()
        progress.begin(3)
        for number_of_pass in range(3):
            progress.passing(cell, number_of_pass)
        progress.measured({"cells": [{"passes": [1, 2]}]})
    assert "3 passes, warm-ups included." in stream.getvalue()
    assert "16x4 concurrency 2 random · 2" in stream.getvalue()
    assert kept == [{"cells": [{"passes": [1, 2]}]}]
