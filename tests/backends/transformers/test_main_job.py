"""The main job from the command line: the real model, real tasks, both languages."""

import json
from pathlib import Path
from typing import Any

import pyarrow.parquet
import pytest

from benchharness.cli import main


def run(capsys: pytest.CaptureFixture[str], *arguments: str | Path) -> dict[str, Any]:
    assert main([str(argument) for argument in arguments]) == 0
    document: dict[str, Any] = json.loads(capsys.readouterr().out)
    return document


def test_prompts_that_do_not_fit_are_too_long_and_never_cut(
    capsys: pytest.CaptureFixture[str], smollm2: Path, tmp_path: Path
) -> None:
    words = [f"word{number}" for number in range(9000)]
    rows = [{"q": " ".join(words), "answer": 1}, {"q": "1 + 1 = ?", "answer": 2}]
    (tmp_path / "long.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    task = tmp_path / "long.yaml"
    task.write_text(
        "version: 1\ntitle: {en: Long}\nlicence: CC0-1.0\nlanguages: [en]\nrequest: generate\n"
        "source: {kind: jsonl, path: long.jsonl}\nitem: {target: answer}\nprompt: {en: {question: '{{ q }}'}}\n"
        "generate: {max_new_tokens: 4}\nscorer: number\n",
        encoding="utf-8",
    )
    summary = run(capsys, "run", "--model", smollm2, "--tasks", task, "--output", tmp_path / "run", "--json")
    assert summary["tasks"][0]["items"] == 2
    assert summary["tasks"][0]["outcomes"]["too_long"] == 1
    samples = pyarrow.parquet.read_table(tmp_path / "run" / "samples.parquet").to_pylist()
    assert {sample["outcome"] == "too_long": sample["text"] is None for sample in samples} == {True: True, False: False}


@pytest.mark.mirror
@pytest.mark.slow
@pytest.mark.timeout(2400)
def test_mgsm_runs_in_both_languages_and_pairs_all_items(
    capsys: pytest.CaptureFixture[str], smollm2: Path, data_root: Path, tmp_path: Path
) -> None:
    summary = run(
        capsys, "run", "--model", smollm2, "--tasks", "mgsm", "--data-root", data_root, "--limit", "20",
        "--output", tmp_path / "run", "--json",
    )  # fmt: skip
    assert [(row["language"], row["items"]) for row in summary["tasks"]] == [("zh", 20), ("en", 20)]
    assert [(row["pairs"], row["unpaired"]) for row in summary["pairs"]] == [(20, 0)]
    assert summary["partial"] == {"available": 500, "asked": 40, "answered": 40}


@pytest.mark.mirror
def test_cmmlu_is_read_as_published_and_asked_by_subject(
    capsys: pytest.CaptureFixture[str], smollm2: Path, data_root: Path, tmp_path: Path
) -> None:
    summary = run(
        capsys, "run", "--model", smollm2, "--tasks", "cmmlu:agronomy", "--data-root", data_root, "--limit", "2",
        "--output", tmp_path / "run", "--json",
    )  # fmt: skip
    (row,) = summary["tasks"]
    assert (row["category"], row["items"], row["chance"]) == ("agronomy", 2, 0.25)
    prompt = pyarrow.parquet.read_table(tmp_path / "run" / "samples.parquet").to_pylist()[0]["prompt"]
    assert prompt.count("题目：") == 6
    assert prompt.endswith("答案是：")
