"""Programs that try to break out, to use more than they may, or to be marked right without being right.

Each is a solution of a small problem which gives the right answers only if its trick worked. So a trick that works is
a score, and every score must be 0.
"""

import contextlib
import re
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import psutil
import pytest

from benchharness.sandbox.boxes import SandboxKind
from benchharness.sandbox.calls import run_calls
from benchharness.sandbox.conversation import CallResult
from benchharness.sandbox.limits import MIB, Limits
from benchharness.scorers.code import share_passed

from .conftest import PROBLEMS, Problem

pytestmark = [pytest.mark.enable_socket, pytest.mark.usefixtures("left")]

PROGRAMS = sorted(Path(__file__).with_name("hostile").glob("*.py"))
SMALL = Limits(cpu_seconds=1, wall_factor=2, memory=128 * MIB, scratch=4 * MIB, output=MIB // 4, threads=4, restarts=1)
AT_ONCE = 4
HARMLESS = [
    *("calls_of_the_kernel", "memory_in_a_file", "reads_accounts", "reads_descriptors", "reads_memory_of_others"),
    *("reads_processes", "reads_the_canary", "reads_the_environment", "reads_the_machine", "shell", "shell_of_libc"),
]
"""Programs that do no harm without a sandbox, and need no privilege."""
TIME_TO_ACT = 1.5
"""Seconds in which whatever a program left behind would have acted."""


@dataclass(frozen=True)
class Outside:
    """What must not be reached.

    Attributes:
        folder: of the canary, a file that everybody may write to.
        servers: sockets by where they listen.
    """

    folder: Path
    servers: dict[str, socket.socket] = field(default_factory=dict)

    @property
    def canary(self) -> Path:
        return self.folder / "canary"

    def aim(self, program: str) -> str:
        """Put in a program's text where to aim."""
        aims = {
            "CANARY": self.canary,
            "SOCKET": self.folder / "socket",
            "ABSTRACT": self.folder.name,
            "PORT": self.servers["stream"].getsockname()[1],
        }
        return re.sub("@([A-Z]+)@", lambda match: str(aims[match[1]]), program)

    def reached(self) -> list[str]:
        """Return what was reached."""
        found = []
        for name, server in self.servers.items():
            with contextlib.suppress(BlockingIOError):
                server.recv(1) if server.type == socket.SOCK_DGRAM else server.accept()[0].close()
                found.append(name)
        if self.canary.read_text() != "alive" or {path.name for path in self.folder.iterdir()} != {"canary", "socket"}:
            found.append("canary")
        return found


@dataclass(frozen=True)
class Fate:
    """What became of a program, and of an honest solution after it."""

    share: float
    honest: float
    results: list[CallResult]


@pytest.fixture(scope="module")
def outside(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Outside]:
    folder = tmp_path_factory.mktemp("outside")
    folder.chmod(0o777)
    found = Outside(folder)
    found.canary.write_text("alive")
    found.canary.chmod(0o666)
    with contextlib.ExitStack() as stack:
        addresses: dict[str, tuple[int, int, Any]] = {
            "stream": (socket.AF_INET, socket.SOCK_STREAM, ("127.0.0.1", 0)),
            "path": (socket.AF_UNIX, socket.SOCK_STREAM, str(folder / "socket")),
            "name": (socket.AF_UNIX, socket.SOCK_STREAM, "\0" + folder.name),
        }
        for name, (family, kind, address) in addresses.items():
            server = stack.enter_context(socket.socket(family, kind))
            server.bind(address)
            server.listen()
            found.servers[name] = server
        datagrams = stack.enter_context(socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
        datagrams.bind(found.servers["stream"].getsockname())
        found.servers["datagram"] = datagrams
        for server in found.servers.values():
            server.setblocking(False)
        yield found


@pytest.fixture(scope="module")
def fates(kind: SandboxKind, outside: Outside) -> dict[Path, Fate]:
    """Run all programs, a few at a time, each followed by an honest solution of its problem."""

    def run(program: Path) -> Fate:
        code = program.read_text(encoding="utf-8")
        problem = problem_of(code)
        results = run_calls(kind, outside.aim(code), problem.function, problem.calls, SMALL)
        honest = run_calls(kind, problem.honest, problem.function, problem.calls)
        return Fate(share_passed(results, problem.expected), share_passed(honest, problem.expected), results)

    with ThreadPoolExecutor(AT_ONCE) as pool:
        return dict(zip(PROGRAMS, pool.map(run, PROGRAMS), strict=True))


def problem_of(code: str) -> Problem:
    return next(PROBLEMS[name] for name in re.findall(r"^def (\w+)", code, re.MULTILINE) if name in PROBLEMS)


def test_there_are_many_tricks() -> None:
    assert len(PROGRAMS) >= 40


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda program: program.stem)
def test_a_trick_does_not_work_where_an_honest_solution_does(fates: dict[Path, Fate], program: Path) -> None:
    fate = fates[program]
    assert fate.share < 1, fate.results
    assert fate.honest == 1


@pytest.mark.parametrize("name", HARMLESS)
def test_a_trick_works_where_nothing_holds_it_back(name: str, outside: Outside, tmp_path: Path) -> None:
    """Or it would prove nothing that it fails in a sandbox."""
    aimed = replace(outside, folder=tmp_path)
    aimed.canary.write_text("alive")
    code = aimed.aim(Path(__file__).with_name("hostile").joinpath(f"{name}.py").read_text(encoding="utf-8"))
    command = [sys.executable, "-c", f"{code}\nprint(total([1, 2, 3]))"]
    with aimed.canary.open() as left_open:
        done = subprocess.run(command, stdin=left_open, capture_output=True, text=True)
    assert done.stdout == "6\n", done.stderr


def test_nothing_is_reached_and_nothing_is_left(
    left: Callable[[], set[psutil.Process]], fates: dict[Path, Fate], outside: Outside
) -> None:
    assert fates
    assert not left()
    time.sleep(TIME_TO_ACT)
    assert outside.reached() == []
