"""``benchharness run --serve``: what goes wrong with a server is one message, and Ctrl-C ends it too."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest
from tests.backends.servers.conftest import gone

from benchharness.cli import main

pytestmark = pytest.mark.enable_socket


def arguments(smollm2: Path, command: Path, folder: Path, *options: str) -> list[str]:
    given = [word for option in (f"executable={command}", *options) for word in ("--option", f"serve.{option}")]
    command_line = ["run", "--serve", "vllm", "--model", str(smollm2), "--tasks", "arithmetic", "--limit", "1"]
    return [*command_line, "--device", "cpu", "--output", str(folder), *given]


@pytest.mark.parametrize(
    ("option", "code", "words"),
    [
        ("fake_dies=start", 1, "The vllm server ended with exit code 3"),
        ("tensor_parallel_size=two", 2, "--option serve.tensor_parallel_size=two"),
        ("executable=/nowhere", 2, "there is no such program"),
    ],
)
def test_what_is_wrong_is_one_message(
    smollm2: Path, command: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], option: str, code: int, words: str
) -> None:
    assert main(arguments(smollm2, command, tmp_path / "run", option)) == code
    told = capsys.readouterr().err
    assert words in told
    assert "Traceback" not in told


def test_the_plan_is_shown_without_starting_anything(
    smollm2: Path, command: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*arguments(smollm2, command, tmp_path / "run", "fake_dies=start"), "--dry-run"]) == 0
    assert "arithmetic" in capsys.readouterr().out


def test_interrupted_once_while_it_waits(smollm2: Path, command: Path, tmp_path: Path) -> None:
    log = tmp_path / "server.log"
    line = arguments(smollm2, command, tmp_path / "run", "fake_hangs=on", f"log={log}")
    started = subprocess.Popen(
        [sys.executable, "-m", "benchharness", *line],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        env={**os.environ, "BENCHHARNESS_LANGUAGE": "en", "HF_HUB_OFFLINE": "1"},
        start_new_session=True,
    )
    deadline = time.monotonic() + 120
    while not (log.is_file() and "arguments:" in log.read_text()) and time.monotonic() < deadline:
        time.sleep(0.1)
    family = tuple(process.pid for process in psutil.Process(started.pid).children(recursive=True))
    assert len(family) >= 2
    os.killpg(started.pid, signal.SIGINT)
    told = started.communicate(timeout=60)[1].decode()
    assert started.returncode == 130
    assert "Traceback" not in told
    assert gone(family)
