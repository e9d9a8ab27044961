"""The GPU check, on tiny models: that it asks, writes and judges; what it says of a device only a device can tell."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from benchharness.records import FinishReason, Response
from gpu_check.exactness import _compare
from gpu_check.requests import choose_request, generate_request
from gpu_check.table import markdown

ROOT = Path(__file__).parents[2]


def run(*arguments: str) -> "subprocess.CompletedProcess[str]":
    environment = {**os.environ, "PYTHON": sys.executable, "OMP_NUM_THREADS": "1"}
    command = [str(ROOT / "scripts" / "gpu_check.sh"), *arguments]
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=300)


def test_it_writes_what_it_saw_for_programs_and_for_people(tmp_path: Path) -> None:
    done = run("--tiny", "--output", str(tmp_path), "--name", "tried", "--device", "cpu")
    assert done.returncode == 0, done.stderr
    record = json.loads((tmp_path / "tried.json").read_text(encoding="utf-8"))
    names = ["exactness", "ceilings", "meter", "speed, tiny", "perf", "long context, tiny"]
    assert list(record["sections"]) == names
    assert not [section for section in record["sections"].values() if "error" in section]
    assert record["sections"]["exactness"]["passed"] is True
    assert record["weights"].startswith("random")
    assert record["packages"]["torch"]
    [decode] = record["sections"]["speed, tiny"]["decode"]
    assert decode["output_tokens_per_second"] > 0
    assert decode["mbu"] is None
    text = (tmp_path / "tried.md").read_text(encoding="utf-8")
    assert text.strip() in done.stdout
    for words in ("# CPU", "Weights are random", "## Exactness", "Passed.", "no peaks are known", "## Perf", "offline"):
        assert words in text


def test_one_question_can_be_asked_alone(tmp_path: Path) -> None:
    done = run("--tiny", "--output", str(tmp_path), "--name", "long", "--device", "cpu", "--only", "long context")
    assert done.returncode == 0, done.stderr
    record = json.loads((tmp_path / "long.json").read_text(encoding="utf-8"))
    [(name, section)] = record["sections"].items()
    assert (name, section["passed"]) == ("long context, tiny", None)
    assert [row["tokens"] for row in section["rows"]] == [256, 3000]
    for row in section["rows"]:
        assert row["prefill_seconds"] > 0
        assert row["least_bytes"] > row["cache_bytes"] == 2 * 2 * 2 * 16 * 4 * (row["tokens"] + 1)
        assert (row["mfu"], row["least_seconds"], row["peak_bytes"]) == (None, None, None)
    assert "Not measured here." in done.stdout


def test_without_a_gpu_it_says_so() -> None:
    done = run("--device", "cpu")
    assert done.returncode == 2
    assert "no GPU" in done.stderr


def test_what_does_not_fit_the_time_is_named(tmp_path: Path) -> None:
    done = run("--tiny", "--output", str(tmp_path), "--name", "late", "--device", "cpu", "--minutes", "0")
    assert done.returncode == 0
    record = json.loads((tmp_path / "late.json").read_text(encoding="utf-8"))
    assert all("left_out" in section for section in record["sections"].values())
    assert "Left out: needs about" in done.stdout


def test_python_without_torch_is_told(tmp_path: Path) -> None:
    bare = tmp_path / "python3"
    bare.write_text("#!/bin/sh\nexit 1\n")
    bare.chmod(0o755)
    done = subprocess.run(
        [str(ROOT / "scripts" / "gpu_check.sh")],
        env={**os.environ, "PYTHON": str(bare)},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 3
    assert "has no torch" in done.stderr


def chosen(*log_probs: float) -> Response:
    return Response("a", FinishReason.CHOSEN, log_probs=log_probs)


@pytest.mark.parametrize(
    ("dtype", "fast", "alone", "passed"),
    [
        ("float32", (-1.0, -2.0), (-1.0, -2.0), True),
        ("float32", (-1.0, -2.002), (-1.0, -2.0), False),
        ("bfloat16", (-1.1, -2.0), (-1.05, -2.0), True),
        ("bfloat16", (-1.5, -2.0), (-1.05, -2.0), False),
    ],
)
def test_the_verdict(dtype: str, fast: tuple[float, ...], alone: tuple[float, ...], passed: bool) -> None:
    asked = [choose_request("a", (1,), [(2,), (3,)])]
    row = _compare(dtype, asked, [], {"a": chosen(*fast)}, {"a": chosen(*alone)}, {"a": chosen(-1.0, -2.0)})
    assert row["passed"] is passed


def test_another_text_in_fp32_is_a_failure() -> None:
    asked, spoken = [choose_request("a", (1,), [(2,)])], [generate_request("g", (1,), 3)]
    same, other = (Response("g", FinishReason.LENGTH, text=text) for text in ("yes", "no"))
    one = {"a": chosen(-1.0), "g": same}
    assert _compare("float32", asked, spoken, one, one, one)["passed"] is True
    assert _compare("float32", asked, spoken, {**one, "g": other}, one, one)["passed"] is False


def test_a_failed_section_shows_in_the_table() -> None:
    record: dict[str, Any] = {
        "device": "NVIDIA H200",
        "created": "2026-11-22T00:00:00+00:00",
        "weights": "random",
        "command": "scripts/gpu_check.sh",
        "packages": {"torch": "2"},
        "environment": {"python": "3.12"},
        "peaks": {"flops": {"bfloat16": 989e12}, "bytes_per_second": 4.8e12, "source": "a data sheet"},
        "sections": {
            "meter": {"error": "RuntimeError: no", "seconds": 1.0},
            "exactness": {
                "passed": False,
                "rows": [{"dtype": "float32", "peak_bytes": 2**30, "mfu": 0.5}],
                "seconds": 2.0,
            },
        },
    }
    text = markdown(record)
    for words in ("**Failed**: RuntimeError: no", "**Not passed.**", "989.00 TFLOP/s", "1.00 GiB", "50.0 %"):
        assert words in text
