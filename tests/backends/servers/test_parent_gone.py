"""A server does not outlive the process that wanted it, however that ends."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from tests.backends.servers.conftest import gone

from benchharness.registry.models import ModelReference

PARENT = """
import os, sys, time
from pathlib import Path
from benchharness.backends.base import BackendOptions
from benchharness.backends.servers import make_server, managed
from benchharness.registry.models import ModelReference, ModelSpec
managed.GRACE_SECONDS = 1
directory, command, report, then = sys.argv[1:]
model = ModelReference(spec=ModelSpec(name="tiny"), directory=Path(directory))
server = make_server("vllm", model, BackendOptions(extra={"serve.executable": command, "serve.fake_family": "on"}))
server.start()
child = os.fork() if then == "fork" else 1
if child == 0:
    time.sleep(30)
    os._exit(0)
Path(report).write_text(" ".join(str(pid) for pid in (*server.processes(), *([child] if then == "fork" else []))))
if then == "end":
    sys.exit()
if then == "fail":
    raise ValueError
while True:
    time.sleep(1)
"""


def start(model: ModelReference, command: Path, report: Path, then: str) -> tuple[subprocess.Popen[bytes], list[int]]:
    """Start a process that starts a server; return it and the processes of the server."""
    arguments = [str(model.directory), str(command), str(report), then]
    command_line = [sys.executable, "-c", PARENT, *arguments]
    environment = {**os.environ, "TMPDIR": str(report.parent)}
    parent = subprocess.Popen(command_line, env=environment, stderr=subprocess.DEVNULL, start_new_session=True)
    deadline = time.monotonic() + 60
    while not (report.is_file() and report.read_text()) and time.monotonic() < deadline:
        time.sleep(0.05)
    return parent, [int(pid) for pid in report.read_text().split()]


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGINT])
def test_after_a_signal(model: ModelReference, command: Path, tmp_path: Path, number: signal.Signals) -> None:
    parent, processes = start(model, command, tmp_path / "report", "wait")
    assert len(processes) == 3
    # As a terminal does on Ctrl-C: to the whole group, which the server is no part of.
    os.killpg(parent.pid, number)
    parent.wait(60)
    assert gone(tuple(processes))


@pytest.mark.parametrize("then", ["end", "fail"])
def test_after_it_ends_by_itself(model: ModelReference, command: Path, tmp_path: Path, then: str) -> None:
    parent, processes = start(model, command, tmp_path / "report", then)
    parent.wait(60)
    assert gone(tuple(processes))


def test_after_it_is_killed_while_a_fork_of_it_lives_on(model: ModelReference, command: Path, tmp_path: Path) -> None:
    parent, (*processes, fork) = start(model, command, tmp_path / "report", "fork")
    parent.kill()
    parent.wait(60)
    try:
        assert gone(tuple(processes[:1]))
    finally:
        os.kill(fork, signal.SIGKILL)
