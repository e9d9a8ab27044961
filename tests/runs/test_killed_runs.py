"""``benchharness run`` killed again and again: nothing is lost, nothing is asked twice."""

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.runs.conftest import Classroom

SLOW_STUDENT = """
import os, time
from benchharness.backends.base import BackendEntry
from benchharness.backends.scripted import ScriptedBackend

def create(model, options):
    log = os.open(options.extra["log"], os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    def script(request):
        os.write(log, f"{request.key}\\n".encode())
        time.sleep(0.004)
        number = int(request.item_id[1:])
        if request.kind == "choose":
            return "ABCD"[number % (4 if request.language == "zh" else 3)]
        return f"答案：{number + 2}" if number % 3 else "<think>不知道。</think>"
    return ScriptedBackend(script, identity="slow student")

ENTRY = BackendEntry(create=create, title={"en": "slow", "zh": "慢"}, reads_model_files=False)
"""
PROGRAM = """
import signal, sys
# What runs in the background may have been told to ignore it.
signal.signal(signal.SIGINT, signal.default_int_handler)
from benchharness.cli import main
sys.exit(main())
"""
PAIRS = 40
KILLS = 10


class Command:
    """A command line that asks the slow student, and can be killed."""

    def __init__(self, classroom: "Classroom") -> None:
        package = classroom.root / "package"
        info = package / "slow_student-1.dist-info"
        info.mkdir(parents=True)
        (package / "slow_student.py").write_text(SLOW_STUDENT, encoding="utf-8")
        (info / "METADATA").write_text("Metadata-Version: 2.1\nName: slow-student\nVersion: 1\n")
        (info / "entry_points.txt").write_text("[benchharness.backends]\nslow = slow_student:ENTRY\n")
        classroom.sums(PAIRS)
        classroom.colours(PAIRS)
        self.root = classroom.root
        self.environment = {**os.environ, "PYTHONPATH": str(package), "BENCHHARNESS_LANGUAGE": "en"}

    def start(self, output: str) -> "subprocess.Popen[bytes]":
        arguments = ["run", "--model", "anyone", "--backend", "slow", "--tasks", "sums.yaml,colours.yaml"]
        arguments += ["--option", f"log={self.root / output}.log", "--output", output, "--json"]
        return subprocess.Popen(
            [sys.executable, "-c", PROGRAM, *arguments],
            cwd=self.root,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )

    def finish(self, output: str) -> dict[str, Any]:
        with self.start(output) as process:
            printed, errors = process.communicate()
        assert process.returncode == 0, errors.decode()
        summary: dict[str, Any] = json.loads(printed)
        assert summary == json.loads((self.root / output / "summary.json").read_text(encoding="utf-8"))
        return summary

    def journal(self, output: str) -> dict[str, bytes]:
        """Return the whole lines of each responses file."""
        found = {}
        for path in (self.root / output / "journal").glob("*.responses.jsonl"):
            content = path.read_bytes()
            found[path.name] = content[: content.rfind(b"\n") + 1]
        return found

    def asked(self, output: str) -> list[str]:
        log = Path(f"{self.root / output}.log")
        return log.read_text().split() if log.is_file() else []


def keys(journal: Mapping[str, bytes]) -> list[str]:
    return [json.loads(line)["response"]["key"] for content in journal.values() for line in content.splitlines()]


def kill_at_some_moment(command: Command, process: "subprocess.Popen[bytes]", dice: random.Random, turn: int) -> None:
    """Kill while starting, while answering, or while marking and summarising."""
    if turn % 5 == 0:
        time.sleep(dice.uniform(0, 1.5))
    else:
        everything = 4 * PAIRS
        had = len(keys(command.journal("killed")))
        enough = everything if turn % 5 == 4 and turn > KILLS // 2 else min(had + dice.randrange(1, 25), everything)
        while process.poll() is None and len(keys(command.journal("killed"))) < enough:
            time.sleep(0.0005)
        time.sleep(dice.uniform(0, 0.05 if enough == everything else 0.005))
    process.kill()


@pytest.mark.slow
@pytest.mark.parametrize("seed", [20261122])
def test_a_run_killed_at_ten_moments_ends_as_if_it_had_never_been(
    classroom: "Classroom", comparable: Callable[[Mapping[str, Any]], dict[str, Any]], seed: int
) -> None:
    command, dice = Command(classroom), random.Random(seed)
    expected = command.finish("whole")
    manifest = b""
    killed_amid = 0
    for turn in range(KILLS):
        before, asked_before = command.journal("killed"), len(command.asked("killed"))
        with command.start("killed") as process:
            kill_at_some_moment(command, process, dice, turn)
            process.communicate()
        killed_amid += process.returncode == -signal.SIGKILL
        after = command.journal("killed")
        for name, content in before.items():
            assert after[name].startswith(content), f"kill {turn}: lines of {name} changed"
        again = set(command.asked("killed")[asked_before:]) & set(keys(before))
        assert not again, f"kill {turn}: asked what was journaled"
        written = classroom.root / "killed" / "manifest.json"
        assert not manifest or written.read_bytes() == manifest
        manifest = written.read_bytes() if written.is_file() else b""
    assert killed_amid >= KILLS - 1
    summary = command.finish("killed")
    assert comparable(summary) == comparable(expected)
    assert Counter(keys(command.journal("killed"))) == Counter(set(keys(command.journal("whole"))))
    assert (classroom.root / "killed" / "manifest.json").read_bytes() == manifest
    asked = Counter(command.asked("killed"))
    # A kill between asking and journaling may cost that one question, and no other.
    assert sum(asked.values()) <= 4 * PAIRS + KILLS
    assert summary["throughput"]["withheld"]["en"]
    assert expected["throughput"]["withheld"] is None


def test_ctrl_c_says_that_the_same_command_goes_on(classroom: "Classroom") -> None:
    command = Command(classroom)
    with command.start("stopped") as process:
        while process.poll() is None and len(keys(command.journal("stopped"))) < 5:
            time.sleep(0.001)
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate()
    assert process.returncode == 130
    assert "Interrupted. What a run has answered is kept" in errors.decode()
    assert "Traceback" not in errors.decode()
    assert len(keys(command.journal("stopped"))) >= 5


def test_two_commands_on_one_folder_do_not_both_ask(classroom: "Classroom") -> None:
    command = Command(classroom)
    with command.start("shared") as first:
        while first.poll() is None and not command.asked("shared"):
            time.sleep(0.001)
        with command.start("shared") as second:
            _, errors = second.communicate()
        first.communicate()
    assert first.returncode == 0
    # The second is refused, unless it came so late that the first was through and there was nothing to ask.
    assert second.returncode in (0, 1)
    assert second.returncode == 0 or "another process is working on this run" in errors.decode()
    assert max(Counter(command.asked("shared")).values()) == 1
