"""``benchharness run --backend vllm``: scores and throughput beside those of transformers, and a run that is killed."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import psutil
import pytest
from tests.backends.vllm.conftest import SMALL

from benchharness.backends.base import Backend
from benchharness.cli import main

pytestmark = [pytest.mark.vllm, pytest.mark.enable_socket]

LIMIT = 3
SUITE = ["--suite", "smoke", "--limit", str(LIMIT), "--dtype", "float32", "--device", "cpu"]
END_SECONDS = 30.0


def arguments(model: Path, backend: str, output: Path) -> list[str]:
    options = [part for name, value in SMALL.items() for part in ("--option", f"{name}={value}")]
    return [
        "run", "--model", str(model), "--backend", backend, *SUITE, *(options if backend == "vllm" else []),
        "--output", str(output), "--json",
    ]  # fmt: skip


def answers(output: Path) -> dict[str, dict[str, Any]]:
    """Return what was answered by key, of whole lines."""
    found: dict[str, dict[str, Any]] = {}
    for path in sorted((output / "journal").glob("*.responses.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines(keepends=True):
            if line.endswith("\n"):
                response = json.loads(line)["response"]
                assert response["key"] not in found, "asked twice"
                found[response["key"]] = response
    return found


def texts(output: Path) -> dict[tuple[str, str, str], Any]:
    """Return what was answered, by task, language and item: the text, or the option that is likeliest."""
    responses, found = answers(output), {}
    for path in sorted((output / "journal").glob("*.scores.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines():
            score = json.loads(line)
            response = responses[score["key"]]
            values = response["log_probs"]
            found[path.name, score["language"], score["item_id"]] = response["text"] or values.index(max(values))
    return found


class Kept:
    """A backend that stays loaded when a run is over."""

    def __init__(self, backend: Backend) -> None:
        self._backend = backend

    def __getattr__(self, name: str) -> Any:
        return getattr(self._backend, name)

    def close(self) -> None:
        """Leave it to the tests that come after."""


@pytest.fixture(scope="module")
def by_transformers(smollm2: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    output = tmp_path_factory.mktemp("transformers") / "run"
    assert main(arguments(smollm2, "transformers", output)) == 0
    return output


def test_a_run_has_the_scores_of_transformers_and_a_throughput(
    engine: Backend, by_transformers: Path, smollm2: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("benchharness.backends.registry.create_backend", lambda *_: Kept(engine))
    output = tmp_path / "run"
    assert main(arguments(smollm2, "vllm", output)) == 0
    mine, theirs = texts(output), texts(by_transformers)
    assert mine.keys() == theirs.keys()
    # In fp32 only a near-tie may part them; see test_real_parity.
    assert sum(mine[place] != answer for place, answer in theirs.items()) <= 1
    summary = json.loads((output / "summary.json").read_text(encoding="utf-8"))
    assert {entry["score"] is not None for entry in summary["tasks"]} == {True}
    assert summary["throughput"]["tokens_per_second"] > 0
    manifest = json.loads((output / "manifest.json").read_text(encoding="utf-8"))
    assert "vllm" in json.dumps(manifest["conditions"])


def engine_processes(process: psutil.Process) -> list[psutil.Process]:
    return [child for child in process.children(recursive=True) if child.is_running()]


def test_a_killed_run_leaves_no_engine_and_goes_on_where_it_was(
    by_transformers: Path, smollm2: Path, tmp_path: Path
) -> None:
    output = tmp_path / "killed"
    command = [sys.executable, "-m", "benchharness", *arguments(smollm2, "vllm", output)]
    environment = {**os.environ, "BENCHHARNESS_LANGUAGE": "zh"}
    with subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        while process.poll() is None and not answers(output):
            time.sleep(0.02)
        children = engine_processes(psutil.Process(process.pid))
        process.send_signal(signal.SIGKILL)
    kept = answers(output)
    assert 0 < len(kept) < len(answers(by_transformers)), "it was to be killed in the middle"
    assert children
    _, alive = psutil.wait_procs(children, timeout=END_SECONDS)
    assert alive == []
    finished = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert finished.returncode == 0, finished.stderr
    # Nothing but JSON is on standard output, and what vLLM logs is nowhere.
    summary = json.loads(finished.stdout)
    assert "vllm" not in finished.stderr.lower()
    final = answers(output)
    assert texts(output).keys() == texts(by_transformers).keys()
    assert {key: final[key] for key in kept} == kept
    assert summary["throughput"]["tokens_per_second"] is None
    assert summary["throughput"]["withheld"]["zh"]
