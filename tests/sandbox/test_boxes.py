"""The box alone: what holds even for a program that every system call is open to."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil
import pytest

from benchharness.sandbox import boxes
from benchharness.sandbox.boxes import SandboxKind
from benchharness.sandbox.limits import MIB
from benchharness.sandbox.namespaces import NOBODY
from benchharness.sandbox.view import SCRATCH, interpreter_view

pytestmark = pytest.mark.enable_socket


def run(kind: SandboxKind, program: str) -> Any:
    """Run a program in a box and return what it prints, which must be JSON."""
    process = boxes.start(kind, f"import ctypes, json, os, sys\n{program}", MIB, subprocess.DEVNULL)
    out, err = process.communicate()
    assert process.returncode == 0, err.decode()
    return json.loads(out)


def test_it_is_nobody_and_can_become_nobody_else(kind: SandboxKind) -> None:
    program = """
libc = ctypes.CDLL(None)
capabilities = (ctypes.c_uint32 * 6)()
libc.capget((ctypes.c_uint32 * 2)(0x20080522, 0), capabilities)
PR_GET_NO_NEW_PRIVS, PR_CAPBSET_READ = 39, 23
print(json.dumps([os.getresuid(), os.getresgid(), list(capabilities), libc.prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0)]))
"""
    nobody = [NOBODY] * 3
    assert run(kind, program) == [nobody, nobody, [0] * 6, 1]


def test_to_the_machine_it_is_not_root(kind: SandboxKind) -> None:
    process = boxes.start(kind, "import time; print(flush=True); time.sleep(60)", MIB, subprocess.DEVNULL)
    assert process.stdout is not None
    assert process.stdout.readline() == b"\n"
    inside = psutil.Process(process.pid).children(recursive=True)[-1]
    assert inside.uids().real == (os.getuid() or NOBODY)
    assert inside.environ().keys() <= {*boxes.ENVIRONMENT, "PWD"}
    boxes.end(process)


def test_it_sees_the_interpreter_and_nothing_else(kind: SandboxKind) -> None:
    program = "print(json.dumps([sorted(os.listdir('/')), sorted(os.listdir('/dev')), os.listdir('.'), os.getcwd()]))"
    root, devices, own, place = run(kind, program)
    view = interpreter_view()
    shown = {Path(path).parts[1] for path in (*view.read_only, *dict(view.links), SCRATCH, "/dev")}
    assert set(root) == shown
    assert devices == ["null", "random", "urandom", "zero"]
    assert (own, place) == ([], SCRATCH)


def test_packages_beside_the_interpreter_are_hidden(kind: SandboxKind) -> None:
    hidden = interpreter_view().hidden
    assert hidden
    assert run(kind, f"print(json.dumps([os.listdir(path) for path in {hidden!r}]))") == [[]] * len(hidden)


def test_it_writes_to_its_own_folder_alone_and_not_without_end(kind: SandboxKind) -> None:
    program = """
def refused(path):
    try:
        with open(path, "wb") as stream:
            for _ in range(4):
                stream.write(b"x" * 2**20)
                stream.flush()
    except OSError as error:
        return error.errno
folders = ("/", "/dev", sys.prefix, sys.prefix + "/lib", "/usr/lib", "/etc")
print(json.dumps([[refused(path + "/written") for path in folders if os.path.isdir(path)], refused("small")]))
"""
    elsewhere, own = run(kind, program)
    assert set(elsewhere) <= {1, 13, 30}, "EPERM, EACCES or EROFS"
    assert own == 28, "ENOSPC"
    assert not Path(SCRATCH, "small").exists()


def test_nothing_is_kept_from_one_box_to_the_next(kind: SandboxKind) -> None:
    assert run(kind, "open('kept', 'w').close(); print(json.dumps(os.listdir('.')))") == ["kept"]
    assert run(kind, "print(json.dumps(os.listdir('.')))") == []


def test_it_has_no_network(kind: SandboxKind) -> None:
    program = """
import socket
def tried(address):
    with socket.socket() as client:
        client.settimeout(1)
        return client.connect_ex(address)
print(json.dumps([[name for _, name in socket.if_nameindex()], tried(("127.0.0.1", PORT)), tried(("192.0.2.1", 80))]))
"""
    with socket.create_server(("127.0.0.1", 0)) as server:
        interfaces, here, elsewhere = run(kind, program.replace("PORT", str(server.getsockname()[1])))
        server.setblocking(False)
        with pytest.raises(BlockingIOError):
            server.accept()
    assert interfaces == ["lo"]
    assert here != 0
    assert elsewhere != 0


def test_it_has_a_name_and_processes_of_its_own(kind: SandboxKind) -> None:
    name, number, parent = run(kind, "print(json.dumps([os.uname().nodename, os.getpid(), os.getppid()]))")
    assert (name, parent) == ("sandbox", 1)
    assert number < 10


def test_queues_and_shared_memory_of_others_are_not_there(kind: SandboxKind) -> None:
    assert run(kind, "print(json.dumps(os.path.exists('/dev/shm') or os.path.exists('/proc')))") is False


ORPHANS = """
import os, signal, time
for number in signal.valid_signals() - {signal.SIGKILL, signal.SIGSTOP, 32, 33}:
    signal.signal(number, signal.SIG_IGN)
told, tell = os.pipe()
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        os.write(tell, b"x")
    time.sleep(3600)
os.read(told, 1)
print(flush=True)
time.sleep(3600 if LEADER_STAYS else 0)
"""
"""Leaves processes behind that no signal but one ends, in a session of their own."""


@pytest.mark.parametrize("leader_stays", [True, False])
def test_with_the_box_end_all_that_are_in_it(
    kind: SandboxKind, leader_stays: bool, left: Callable[[], set[psutil.Process]]
) -> None:
    program = ORPHANS.replace("LEADER_STAYS", str(leader_stays))
    process = boxes.start(kind, program, MIB, subprocess.DEVNULL)
    assert process.stdout is not None
    assert process.stdout.readline() == b"\n"
    inside = psutil.Process(process.pid).children(recursive=True) if leader_stays else []
    assert len(inside) == (4 if leader_stays else 0)
    boxes.end(process, patience=0 if leader_stays else 60)
    assert not any(one.is_running() for one in inside)
    assert not left()


def test_a_box_can_be_ended_before_it_stands(kind: SandboxKind, left: Callable[[], set[psutil.Process]]) -> None:
    for _ in range(20):
        boxes.end(boxes.start(kind, "import time; time.sleep(3600)", MIB, subprocess.DEVNULL))
    while left():
        time.sleep(0.05)


def test_a_box_ends_with_the_program_that_made_it(kind: SandboxKind, tmp_path: Path) -> None:
    """Even one that is killed, and can end nothing itself."""
    program = f"""
import subprocess, sys, time
from benchharness.sandbox import boxes
orphans = {ORPHANS.replace("LEADER_STAYS", "True")!r}
box = boxes.start(boxes.SandboxKind({kind.value!r}), orphans, 2**20, subprocess.DEVNULL)
box.stdout.readline()
print(flush=True)
time.sleep(3600)
"""
    maker = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE)
    assert maker.stdout is not None
    with maker.stdout as said:
        assert said.readline() == b"\n"
    inside = psutil.Process(maker.pid).children(recursive=True)
    assert len(inside) == 5
    maker.send_signal(signal.SIGKILL)
    maker.wait()
    while any(one.is_running() and one.status() != psutil.STATUS_ZOMBIE for one in inside):
        time.sleep(0.05)


def test_how_it_ended_is_told_as_by_a_shell(kind: SandboxKind) -> None:
    for program, status in (("import sys; sys.exit(7)", 7), ("import os; os.kill(os.getpid(), 9)", 137)):
        process = boxes.start(kind, program, MIB, subprocess.DEVNULL)
        assert boxes.end(process, patience=60).status == status


def test_a_box_that_dies_just_before_it_is_killed_is_told_of_as_any_other(monkeypatch: pytest.MonkeyPatch) -> None:
    class Slow(psutil.Process):
        """Takes so long to look for children that the process has ended meanwhile."""

        def children(self, recursive: bool = False) -> list[psutil.Process]:
            os.waitid(os.P_PID, self.pid, os.WEXITED | os.WNOWAIT)
            return []

    monkeypatch.setattr("benchharness.sandbox.boxes.psutil.Process", Slow)
    process = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(0.2)"])
    assert boxes.end(process).status == 0


def test_processor_time_is_that_of_all_within(kind: SandboxKind) -> None:
    program = """
import os, time
if os.fork():
    os.wait()
while time.process_time() < 0.5:
    pass
"""
    assert boxes.end(boxes.start(kind, program, MIB, subprocess.DEVNULL), patience=60).cpu_seconds >= 1


def test_what_keeps_a_box_from_being_made_is_said(kind: SandboxKind, monkeypatch: pytest.MonkeyPatch) -> None:
    view = interpreter_view()
    lacking = type(view)(view.interpreter, (*view.read_only, "/no/such/folder"), view.links, view.hidden)
    monkeypatch.setattr(boxes, "interpreter_view", lambda: lacking)
    process = boxes.start(kind, "print()", MIB, subprocess.DEVNULL)
    out, err = process.communicate()
    assert process.returncode != 0
    assert out == b""
    assert b"/no/such/folder" in err
