"""The comparison with vLLM's own benchmark: what it reads, how it compares, and what it shows."""

from typing import Any

import pytest
from rich.console import Console

import compare_vllm_bench as script
from benchharness.errors import BenchharnessError

RESULT = {
    "failed": 0,
    "median_ttft_ms": 10.0,
    "median_tpot_ms": 2.0,
    "median_itl_ms": 2.0,
    "median_e2el_ms": 72.0,
    "request_throughput": 4.0,
    "output_throughput": 128.0,
    "total_token_throughput": 640.0,
}


def test_a_result_is_read() -> None:
    figures = script.read_result(RESULT)
    assert list(figures) == list(script.METRICS)
    assert (figures["ttft"], figures["e2e"], figures["requests_per_second"]) == (10.0, 72.0, 4.0)


@pytest.mark.parametrize(
    ("language", "words"), [("en", "2 requests of vllm bench serve failed"), ("zh", "2 个请求失败")]
)
def test_a_result_with_failures_is_refused(monkeypatch: pytest.MonkeyPatch, language: str, words: str) -> None:
    monkeypatch.setenv("BENCHHARNESS_LANGUAGE", language)
    with pytest.raises(BenchharnessError) as caught:
        script.read_result({**RESULT, "failed": 2})
    assert words in str(caught.value)


def measured() -> list[dict[str, dict[str, float]]]:
    """Three rounds, in which benchharness sees 1, 1.1 and 0.9 times what the other sees."""
    theirs = script.read_result(RESULT)
    return [
        {"vllm_bench": theirs, "benchharness": {name: value * factor for name, value in theirs.items()}}
        for factor in (1.0, 1.1, 0.9)
    ]


def test_rounds_are_compared_each_with_itself() -> None:
    found = script.summarise(measured())["ttft"]
    assert found["vllm_bench"] == found["benchharness"] == 10.0
    assert found["ratio"] == pytest.approx(1.0)
    assert found["ratio_spread"] == pytest.approx([0.9, 1.1])


@pytest.mark.parametrize(("language", "words"), [("en", "TTFT, median, ms"), ("zh", "TTFT 中位数，毫秒")])
def test_the_table_fits_a_narrow_window(monkeypatch: pytest.MonkeyPatch, language: str, words: str) -> None:
    monkeypatch.setenv("BENCHHARNESS_LANGUAGE", language)
    document: dict[str, Any] = {
        "model": "m",
        "input": 128,
        "output": 32,
        "concurrency": 4,
        "requests": 32,
        "server": {"server_version": "0.32.0"},
        "rounds": measured(),
        "figures": script.summarise(measured()),
    }
    console = Console(width=80, record=True, force_terminal=False)
    console.print(script.view(document))
    text = console.export_text()
    assert words in text
    assert "1.000 [0.900, 1.100]" in text
    assert "…" not in text


def test_wrong_options_are_told_without_a_trace(capsys: pytest.CaptureFixture[str]) -> None:
    assert script.main(["--output", "1"]) == 2
    assert script.main(["--option", "serve.max_num_seqs=many"]) == 2
    assert "Traceback" not in capsys.readouterr().err
