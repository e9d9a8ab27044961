"""What a person sees of speed and cost: every figure whole, and every reason in the terminal's language."""

import copy
import io
import re
from typing import Any

import pytest
from rich.cells import cell_len
from rich.console import Console, Group

from benchharness.report.efficiency import duration, efficiency_notes, efficiency_tables, figure
from benchharness.report.pareto import pareto_view


@pytest.fixture(params=["en", "zh"])
def language(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("BENCHHARNESS_LANGUAGE", request.param)
    chosen: str = request.param
    return chosen


def draw(summary: dict[str, Any], width: int = 80) -> str:
    return drawn(Group(*efficiency_tables(summary), *efficiency_notes(summary)), width)


def drawn(view: Any, width: int = 80) -> str:
    console = Console(width=width, file=io.StringIO(), record=True, highlight=False)
    console.print(view)
    text = console.export_text(styles=False)
    assert max(map(cell_len, text.splitlines())) <= width
    return text


def flat(text: str) -> str:
    """The text without line ends that drawing put in."""
    return re.sub(r"\s+", " ", text)


def efficiency(language: str | None, correct: float, seconds: float | None, **changes: Any) -> dict[str, Any]:
    known = seconds is not None
    return {
        "language": language, "items": 100, "correct": correct, "score": correct / 100, "interval": [0.1, 0.9],
        "interval_method": "MOVER", "seconds_per_correct": seconds, "joules_per_correct": 42.4242 if known else None,
        "net_joules_per_correct": 31.3131 if known else None,
        "device_hours_per_correct": 0.0001234 if known else None, "costs_per_correct": {}, "withheld": None, **changes,
    }  # fmt: skip


def cell(text: str, **changes: Any) -> dict[str, Any]:
    return {
        "scenario": "offline", "input_tokens": 2048, "output_tokens": 128, "text": text, "matched": "tokens",
        "concurrency": None, "rate": None, "doubtful": False, "output_tokens_per_second": 3456.7,
        "tokens_per_second": 54321.9, "characters_per_second": None if text == "random" else 76543.2,
        "ttft_seconds": 0.1234, "tpot_seconds": 0.0234, **changes,
    }  # fmt: skip


SPREAD = {"mean": 0.2, "p50": 0.1234, "p90": 0.3, "p95": 0.4567, "p99": 1.0}
CELLS = [
    cell("random"),
    cell("zh"),
    cell("zh", matched="content"),
    cell("en", scenario="server", rate=0.5, doubtful=True),
    cell("en", scenario="concurrency", concurrency=16),
    cell("random", scenario="single", tpot_seconds=None),
]
SUMMARY: dict[str, Any] = {
    "totals": [],
    "throughput": {
        "tokens_per_second": 48211.6, "characters_per_second": 65123.4, "wall_seconds": 3601.2, "withheld": None,
        "cached_share": 0.6234,
        "latency": {"requests": 9, "ttft": SPREAD, "tpot": {**SPREAD, "p50": 0.0231}, "e2e": {**SPREAD, "p95": 12.34}},
    },
    "efficiency": [
        efficiency("zh", 60, 0.0321), efficiency("en", 40, 0.0456),
        efficiency(None, 100, 0.0379, costs_per_correct={"USD": 0.00123}),
    ],
    "energy": {
        "joules": 123456.0, "net_joules": 98765.0, "idle_watts": 75.0, "processor_joules": None, "devices": 2,
        "withheld": None, "remarks": [{"what": "devices", "en": "GPU 1 is shared.", "zh": "GPU 1 有其他进程。"}],
    },
    "costs": {"by_currency": {"USD": 1.2345}, "complete": True},
    "perf": {"path": "perf.json", "engine": "x", "withheld": None, "cells": CELLS},
}  # fmt: skip


@pytest.mark.usefixtures("language")
@pytest.mark.parametrize("width", [80, 120])
def test_every_figure_stands_whole(width: int) -> None:
    shown = draw(SUMMARY, width)
    for number in (
        "48212", "65123", "3601.2", "62", "123", "457", "23.1", "12.3", "0.0321", "0.0456", "0.0379", "42.4", "31.3",
        "0.123", "0.00123", "123.5 kJ", "98.8 kJ", "1.2345 USD", "54322", "3457", "76543",
    ):  # fmt: skip
        assert re.search(rf"(?<![\d.]){re.escape(number)}(?![\d])", shown), number


def test_a_table_in_chinese_has_chinese_words_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BENCHHARNESS_LANGUAGE", "zh")
    shown = draw(SUMMARY, 100)
    for word in (
        "每道正确答案",
        "焦耳",
        "设备小时",
        "合计",
        "受控测量",
        "离线",
        "并发 16",
        "同内容中文",
        "首词元",
        "缓存",
    ):
        assert word in shown, word
    for word in ("Per correct", "offline", "seconds", "joules", "random", "Throughput", "Latency", "Energy", "cache"):
        assert word not in shown, word


def test_loads_and_doubts_of_cells_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BENCHHARNESS_LANGUAGE", "en")
    shown = draw(SUMMARY, 100)
    for name in (
        "2048x128 offline random ids ", "2048x128 offline parallel zh", "2048x128 server 0.5/s en ?",
        "2048x128 concurrency 16 en ", "? requests failed",
    ):  # fmt: skip
        assert name in shown, name


def test_a_reason_that_withholds_all_is_said_once(language: str) -> None:
    reason = {"en": "it was resumed", "zh": "曾中断"}
    withheld = copy.deepcopy(SUMMARY)
    withheld["throughput"] |= {"withheld": reason, "latency": None, "tokens_per_second": None}
    withheld["energy"] |= {"joules": None, "withheld": reason, "remarks": []}
    withheld["efficiency"] = [efficiency(scope, 50, None) for scope in ("zh", "en", None)]
    shown = flat(draw(withheld))
    assert shown.count(reason[language]) == 1
    assert ("Throughput withheld: it was resumed" if language == "en" else "不给出吞吐量：曾中断") in shown
    assert "62" in shown
    assert ("Per correct" if language == "en" else "每道正确答案") not in shown


def test_energy_that_is_not_known_says_why(language: str) -> None:
    unknown = copy.deepcopy(SUMMARY)
    unknown["energy"] |= {"joules": None, "withheld": {"en": "no counter", "zh": "无计数器"}, "remarks": []}
    assert ("No energy: no counter." if language == "en" else "无能耗数据：无计数器。") in flat(draw(unknown))


def test_controlled_throughput_of_another_engine_is_withheld(language: str) -> None:
    other = copy.deepcopy(SUMMARY)
    other["perf"] |= {"withheld": {"en": "another engine", "zh": "引擎不同"}, "cells": []}
    shown = flat(draw(other))
    assert (
        "Controlled throughput withheld: another engine." if language == "en" else "不给出受控吞吐量：引擎不同。"
    ) in shown


def test_costs_that_are_not_complete_say_so(language: str) -> None:
    lost = copy.deepcopy(SUMMARY)
    lost["costs"]["complete"] = False
    assert ("cut off" if language == "en" else "中断") in flat(draw(lost))


def test_one_language_has_one_column(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BENCHHARNESS_LANGUAGE", "en")
    alone = {**SUMMARY, "efficiency": [efficiency("zh", 50, 0.5), efficiency(None, 50, 0.5)]}
    (heading,) = [line for line in draw(alone).splitlines() if line.startswith("Per correct")]
    assert re.split(r"\s{2,}", heading.strip()) == ["Per correct answer", "Chinese"]


def test_a_summary_of_an_earlier_version_shows_its_throughput(language: str) -> None:
    throughput = {key: value for key, value in SUMMARY["throughput"].items() if key not in ("latency", "cached_share")}
    assert "48212" in draw({"throughput": throughput, "totals": []})


@pytest.mark.parametrize(
    ("value", "shown"),
    [(None, "–"), (0.0, "0"), (0.012345, "0.0123"), (9.996, "10"), (99.96, "100"), (123.6, "124"), (1e7, "10000000")],
)
def test_figures_have_three_digits(value: float | None, shown: str) -> None:
    assert figure(value) == shown


@pytest.mark.parametrize(("seconds", "shown"), [(None, "–"), (0.00123, "1.23 ms"), (0.5, "500 ms"), (12.34, "12.3 s")])
def test_short_times_are_in_milliseconds(seconds: float | None, shown: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BENCHHARNESS_LANGUAGE", "en")
    assert duration(seconds) == shown


def pareto_row(run: str, **changes: Any) -> dict[str, Any]:
    return {
        "run": run, "score": 0.7236, "interval": [0.6, 0.8223], "tokens_per_second": 48211.6,
        "characters_per_second": 65123.4, "withheld": None, "controlled_withheld": None,
        "controlled": [{"input_tokens": 128, "output_tokens": 32, "tokens_per_second": 91234.0,
                        "characters_per_second": 98765.0}],
        "seconds_per_correct": 0.0321, "joules_per_correct": 42.42, "peak_process_bytes": 2**30,
        "peak_device_bytes": 17 * 2**30, "dominated_by": [], "pareto": True, **changes,
    }  # fmt: skip


def pareto_of(*rows: dict[str, Any], hardware: tuple[str, ...] = ("H200", "H200", "H200")) -> dict[str, Any]:
    runs = [{"run": row["run"], "hardware": [name]} for row, name in zip(rows, hardware, strict=False)]
    return {"by": "language", "runs": runs, "groups": [{"language": "zh", "task": None, "rows": list(rows)}]}


RESUMED = {"en": "it was resumed", "zh": "曾中断"}
ROWS = (
    pareto_row("qwen2.5-7b-instruct"),
    pareto_row("glm-4-9b-chat", pareto=False, dominated_by=["qwen2.5-7b-instruct"]),
    pareto_row("[red]yi[/red]", pareto=None, withheld=RESUMED, tokens_per_second=None, characters_per_second=None),
)


@pytest.mark.usefixtures("language")
@pytest.mark.parametrize("width", [80, 120])
def test_runs_side_by_side_show_every_figure(width: int) -> None:
    shown = drawn(pareto_view(pareto_of(*ROWS)), width)
    for number in ("72.4", "[60.0, 82.2]", "48212", "65123", "91234", "98765", "0.0321", "42.4", "17.0", "128x32"):
        assert number in shown, number
    assert "[red]yi[/red]" in shown
    assert shown.count("★") == 2


def test_who_is_below_whom_and_why_one_is_not_placed(language: str) -> None:
    shown = flat(drawn(pareto_view(pareto_of(*ROWS)), 140))
    assert ("below 1" if language == "en" else "不及 1") in shown
    expected = (
        "A withheld ([red]yi[/red]): it was resumed." if language == "en" else "不给出 A（[red]yi[/red]）：曾中断。"
    )
    assert expected in shown
    assert ("Not the same hardware" if language == "en" else "硬件不同") not in shown


def test_other_hardware_is_named(language: str) -> None:
    shown = flat(drawn(pareto_view(pareto_of(*ROWS, hardware=("H200", "L20", "H200"))), 140))
    assert ("Not the same hardware" if language == "en" else "硬件不同") in shown
    assert "glm-4-9b-chat: L20" in shown


def test_without_a_controlled_measurement_there_is_no_column_for_it(language: str) -> None:
    rows = [{**row, "controlled": []} for row in ROWS]
    shown = drawn(pareto_view(pareto_of(*rows)))
    assert ("B tokens/s" if language == "en" else "B 词元/秒") not in shown
