"""A run on the real model, killed again and again, ends as if nothing had happened."""

import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

KILLS = 10


def command(model: Path, output: Path) -> list[str]:
    arguments = ["run", "--model", str(model), "--suite", "smoke", "--limit", "5", "--batch-tokens", "600"]
    return [sys.executable, "-m", "benchharness", *arguments, "--output", str(output)]


def journal(output: Path) -> list[bytes]:
    lines: list[bytes] = []
    for path in sorted((output / "journal").glob("*.responses.jsonl")):
        lines += [line for line in path.read_bytes().splitlines(keepends=True) if line.endswith(b"\n")]
    return lines


def without_times(summary: dict[str, Any]) -> dict[str, Any]:
    volatile = ("run", "throughput", "memory", "energy", "costs", "efficiency", "environment")
    kept = {key: value for key, value in summary.items() if key not in volatile}
    lasting = ("language", "items", "correct", "score", "interval")
    kept["efficiency"] = [{key: row[key] for key in lasting} for row in summary["efficiency"]]
    return kept


@pytest.mark.slow
@pytest.mark.timeout(2400)
def test_ten_kills_change_nothing_and_ask_nothing_twice(smollm2: Path, tmp_path: Path) -> None:
    whole, killed = tmp_path / "whole", tmp_path / "killed"
    subprocess.run(command(smollm2, whole), check=True, capture_output=True)
    dice = random.Random(20240604)
    kept: set[bytes] = set()
    kills = 0
    while kills < KILLS:
        before = len(journal(killed))
        process = subprocess.Popen(command(smollm2, killed), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        while process.poll() is None and len(journal(killed)) == before:
            time.sleep(0.02)
        time.sleep(dice.uniform(0, 0.3))
        if process.poll() is not None:
            break
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
        kills += 1
        lines = set(journal(killed))
        assert kept <= lines
        kept = lines
    assert kills == KILLS, "the run ended before it was killed often enough"
    finished = subprocess.run(command(smollm2, killed), capture_output=True, text=True, check=False)
    assert finished.returncode == 0, finished.stderr
    final = journal(killed)
    assert kept <= set(final)
    keys = [json.loads(line)["response"]["key"] for line in final]
    assert len(keys) == len(set(keys)) == 30
    summaries = [json.loads((path / "summary.json").read_text(encoding="utf-8")) for path in (whole, killed)]
    assert without_times(summaries[0]) == without_times(summaries[1])
    assert summaries[0]["throughput"]["tokens_per_second"] > 0
    assert summaries[1]["throughput"]["tokens_per_second"] is None
    assert "sessions" in summaries[1]["throughput"]["withheld"]["en"]
