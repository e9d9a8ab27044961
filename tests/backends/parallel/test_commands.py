"""``benchharness run --device cpu,cpu``, from the outside."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import yaml

if TYPE_CHECKING:
    from .conftest import School

PROGRAM = """
import signal, sys
# What runs in the background may have been told to ignore it.
signal.signal(signal.SIGINT, signal.default_int_handler)
from benchharness.cli import main
sys.exit(main())
"""
ITEMS = 60
SUMS = {
    "name": "sums",
    "version": 1,
    "title": {"zh": "加法", "en": "Sums"},
    "licence": "CC0-1.0",
    "languages": ["zh", "en"],
    "request": "generate",
    "source": {"kind": "jsonl", "path": "sums.jsonl", "paired": True},
    "item": {"id": "id", "category": "category", "target": "answer"},
    "prompt": {"zh": {"question": "{{ question }}"}, "en": {"question": "{{ question }}"}},
    "generate": {"max_new_tokens": 60},
    "scorer": "number",
}


class Command:
    """A command line that asks students in two workers."""

    def __init__(self, school: "School", root: Path) -> None:
        self.school, self.root = school, root
        self.output = root / "run"
        (root / "sums.yaml").write_text(yaml.safe_dump(SUMS, allow_unicode=True), encoding="utf-8")
        rows = [
            {
                "id": f"i{number}",
                "category": "sums",
                "answer": number,
                "zh": {"question": f"{number}加0等于几？"},
                "en": {"question": f"What is {number} plus 0?"},
            }
            for number in range(ITEMS)
        ]
        lines = [json.dumps(row, ensure_ascii=False) for row in rows]
        (root / "sums.jsonl").write_text("\n".join(lines), encoding="utf-8")

    def start(self, *arguments: str, language: str = "en", device: str = "cpu,cpu") -> "subprocess.Popen[bytes]":
        options = [f"folder={self.school.folder}", "parent=0", *arguments]
        given = [part for option in options for part in ("--option", option)]
        command = ["run", "--model", "anyone", "--backend", "student", "--tasks", "sums.yaml", "--device", device]
        return subprocess.Popen(
            [sys.executable, "-c", PROGRAM, *command, "--output", str(self.output), "--json", *given],
            cwd=self.root,
            env={**os.environ, "PYTHONPATH": str(self.school.package), "BENCHHARNESS_LANGUAGE": language},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )


@pytest.fixture
def command(school: "School", tmp_path: Path) -> Command:
    return Command(school, tmp_path)


def test_two_workers_make_one_run_that_one_goes_on_with(
    command: Command, journal_of: Callable[[Path], list[str]]
) -> None:
    with command.start() as process:
        printed, errors = process.communicate()
    assert process.returncode == 0, errors.decode()
    summary = json.loads(printed)
    assert summary["numerics"] == {"device": "cpu"}
    assert [row["items"] for row in summary["tasks"]] == [ITEMS, ITEMS]
    assert len(set(journal_of(command.output))) == len(journal_of(command.output)) == 2 * ITEMS
    # The number of devices is in no key and in no condition: nothing is asked again.
    with command.start(device="cpu") as process:
        printed, errors = process.communicate()
    assert process.returncode == 0, errors.decode()
    assert "All 120 were done before" in errors.decode()
    assert json.loads(printed)["tasks"] == summary["tasks"]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_when_all_die_the_journal_is_kept_and_the_same_command_goes_on(
    command: Command, journal_of: Callable[[Path], list[str]], language: str
) -> None:
    # The first to be there is this command itself, then its two workers; those started in their place cannot load.
    with command.start("sleep=0.02", "dies_loading_from=3", language=language) as process:
        while len(journal_of(command.output)) < 30:
            time.sleep(0.005)
        for pid in command.school.born()[1:3]:
            os.kill(pid, signal.SIGKILL)
        _, told = process.communicate()
    assert process.returncode == 1
    assert ("Error: No worker is left:" if language == "en" else "错误：所有工作进程均已退出：") in told.decode()
    assert "exit code 9" in told.decode() or "退出码 9" in told.decode()
    assert "Traceback" not in told.decode()
    before = journal_of(command.output)
    assert 30 <= len(before) < 2 * ITEMS
    with command.start(language=language) as process:
        _, errors = process.communicate()
    assert process.returncode == 0, errors.decode()
    assert f"{len(before)}" in errors.decode()
    assert len(set(journal_of(command.output))) == len(journal_of(command.output)) == 2 * ITEMS


def test_ctrl_c_ends_the_workers_and_says_how_to_go_on(
    command: Command, journal_of: Callable[[Path], list[str]]
) -> None:
    with command.start("sleep=0.05") as process:
        while len(journal_of(command.output)) < 5:
            time.sleep(0.005)
        os.killpg(process.pid, signal.SIGINT)
        _, errors = process.communicate()
    assert process.returncode == 130
    assert "Interrupted. What a run has answered is kept" in errors.decode()
    assert "Traceback" not in errors.decode()
    assert not command.school.living()


@pytest.mark.parametrize(
    ("language", "words"), [("en", "Error: --device cpu,cuda:0"), ("zh", "错误：--device cpu,cuda:0")]
)
def test_a_wrong_list_is_refused_before_anything_is_written(command: Command, language: str, words: str) -> None:
    with command.start(device="cpu,cuda:0", language=language) as process:
        _, errors = process.communicate()
    assert process.returncode == 2
    assert errors.decode().startswith(words)
    assert not command.output.exists()
