"""``run --with-perf``: scores and controlled throughput of one engine in one record; and a budget that is spent."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.cli.conftest import Desk

SPENDER = """
from benchharness.backends.base import BackendEntry
from benchharness.backends.scripted import ScriptedBackend
from benchharness.errors import BudgetSpentError

class Spender(ScriptedBackend):
    def run(self, source):
        for number, response in enumerate(super().run(source)):
            yield response
            if number == 4:
                raise BudgetSpentError(en="The budget is spent.", zh="预算已用完。")

def create(model, options):
    return Spender(["A"])

ENTRY = BackendEntry(create=create, title={"en": "spender", "zh": "花钱"}, reads_model_files=False)
"""
PERF = ("--with-perf", "--perf-grid", "16x4", "--perf-repeats", "1")


def summary_of(folder: Path) -> dict[str, Any]:
    document: dict[str, Any] = json.loads((folder / "summary.json").read_text(encoding="utf-8"))
    return document


@pytest.mark.parametrize("language", ["en", "zh"])
def test_both_are_in_one_record(desk: "Desk", language: str) -> None:
    result = desk.ask("--output", "o", *PERF, language=language)
    assert result.code == 0
    assert ("Controlled" if language == "en" else "受控测量") in result.out
    summary = summary_of(desk.root / "o")
    document = json.loads((desk.root / "o" / "perf.json").read_text(encoding="utf-8"))
    assert summary["perf"]["engine"] == summary["engine"]["hash"] == document["engine"]
    assert {cell["text"] for cell in summary["perf"]["cells"]} == {"random", "zh", "en"}
    assert document["request"]["grid"] == ["16x4"]
    assert document["request"]["repeats"] == 1
    assert document["model"] == "anyone"


def test_a_finished_run_is_measured_without_asking_again(desk: "Desk") -> None:
    desk.ask("--output", "o")
    journal = {path: path.read_bytes() for path in (desk.root / "o" / "journal").iterdir()}
    before = summary_of(desk.root / "o")
    result = desk.ask("--output", "o", *PERF, "--json")
    assert "All 16 were done before" in result.err
    assert {path: path.read_bytes() for path in (desk.root / "o" / "journal").iterdir()} == journal
    after = result.json
    assert after == summary_of(desk.root / "o")
    assert after["perf"]["withheld"] is None
    assert {**after, "perf": None} == before


def test_score_keeps_what_was_measured(desk: "Desk") -> None:
    measured = desk.ask("--output", "o", *PERF, "--json").json
    assert desk.command("score", "o", "--json").json == measured
    assert desk.command("show", "o", "--json").json == measured


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--perf-grid", "16x4"], "--perf-grid"),
        (["--perf-repeats", "2"], "--perf-repeats"),
        (["--with-perf", "--perf-grid", "16"], "--perf-grid 16"),
        (["--with-perf", "--perf-repeats", "0"], "--perf-repeats"),
    ],
)
def test_wrong_settings_are_told_before_anything_is_asked(
    desk: "Desk", arguments: list[str], words: str, language: str
) -> None:
    result = desk.ask("--output", "o", *arguments, language=language)
    assert result.code == 2
    assert words in result.err
    assert not (desk.root / "o").exists()


@pytest.mark.usefixtures("smollm2")
def test_a_real_model_is_scored_and_measured_on_one_load(desk: "Desk") -> None:
    model = ["--model", "smollm2-135m-instruct", "--dtype", "float32", "--device", "cpu"]
    asked = ["--tasks", "colours.yaml", "--languages", "en", "--limit", "2", "--output", "o"]
    result = desk.command("run", *model, *asked, "--with-perf", "--perf-grid", "8x2", "--perf-repeats", "1", "--json")
    assert result.code == 0, result.err
    summary = result.json
    assert summary["perf"]["withheld"] is None
    assert summary["perf"]["engine"] == summary["engine"]["hash"]
    cells = {(cell["scenario"], cell["text"]): cell for cell in summary["perf"]["cells"]}
    assert set(cells) == {(scenario, text) for scenario in ("offline", "single") for text in ("random", "en")}
    assert not any(cell["doubtful"] for cell in cells.values())
    assert all(cell["output_tokens_per_second"] > 0 for cell in cells.values())
    assert cells["single", "random"]["ttft_seconds"] > 0
    assert summary["throughput"]["withheld"] is None
    assert summary["engine"]["settings"]["backend"] == "transformers"


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_spent_budget_shows_what_there_is_and_ends_with_its_own_code(desk: "Desk", language: str) -> None:
    package = desk.root / "package"
    info = package / "spender-1.dist-info"
    info.mkdir(parents=True)
    (package / "spender.py").write_text(SPENDER, encoding="utf-8")
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: spender\nVersion: 1\n")
    (info / "entry_points.txt").write_text("[benchharness.backends]\nspender = spender:ENTRY\n")
    asked = ["run", "--model", "m", "--backend", "spender", "--tasks", "colours.yaml", "--output", "o", *PERF]
    done = subprocess.run(
        [sys.executable, "-m", "benchharness", *asked],
        cwd=desk.root,
        env={**os.environ, "PYTHONPATH": str(package), "BENCHHARNESS_LANGUAGE": language},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 6
    assert done.stderr.endswith("Error: The budget is spent.\n" if language == "en" else "错误：预算已用完。\n")
    assert "Traceback" not in done.stderr
    partial = "5 of 16 items. 11 are still" if language == "en" else "仅完成 5 题"
    assert partial in " ".join(done.stdout.split())
    assert summary_of(desk.root / "o")["partial"] == {"available": 16, "asked": 16, "answered": 5}
    # What is not through is not measured.
    assert not (desk.root / "o" / "perf.json").exists()
