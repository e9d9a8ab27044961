"""The kinds of sandbox, and how a program is started in one."""

import contextlib
import json
import os
import platform
import select
import shutil
import signal
import subprocess
from dataclasses import dataclass
from enum import StrEnum
from importlib.resources import files
from typing import IO

import psutil

from benchharness.sandbox.namespaces import NOBODY
from benchharness.sandbox.view import DEVICES, SCRATCH, interpreter_view

# The hash seed is fixed so that sets have the same order, and a score is the same, each time.
ENVIRONMENT = {"PYTHONHASHSEED": "0"}
# Isolated as with -I, but for that one variable.
_PYTHON = ("-P", "-s", "-S", "-B", "-X", "utf8")
_DYING = 10.0
"""Seconds that all within may take to die when they are killed."""


class SandboxKind(StrEnum):
    """What the sandbox is made with."""

    BUBBLEWRAP = "bubblewrap"
    NAMESPACES = "namespaces"


def absent(kind: SandboxKind) -> str | None:
    """Return what this machine lacks for a kind, ``None`` if nothing is known to be missing."""
    if platform.system() != "Linux":
        return f"{platform.system()} is not Linux"
    if kind is SandboxKind.BUBBLEWRAP and shutil.which("bwrap") is None:
        return "bwrap is not installed"
    return None


def start(kind: SandboxKind, program: str, scratch: int, stdin: int | IO[bytes]) -> "subprocess.Popen[bytes]":
    """Start a Python program in a new sandbox.

    It sees `interpreter_view` and an empty folder to write to, and has no network, no privileges and no environment.
    Its processor time, memory and output are not limited here; see ``inside``.

    Args:
        kind: what to make the sandbox with.
        program: its text, which may import the standard library.
        scratch: most bytes in the folder it may write to.
        stdin: what it reads.

    Returns:
        The process that holds the sandbox, with pipes for standard output and error. See `end`.

    Raises:
        OSError: if it cannot be started.
    """
    inner = [interpreter_view().interpreter, *_PYTHON, "-c", text_of("first"), program]
    is_root = os.geteuid() == 0
    drops = kind is SandboxKind.BUBBLEWRAP and is_root
    return subprocess.Popen(
        _bubblewrap(inner, scratch) if kind is SandboxKind.BUBBLEWRAP else _namespaces(inner, scratch),
        stdin=stdin,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd="/",
        env=ENVIRONMENT,
        start_new_session=True,
        # Limits on processes do not bind root. With namespaces it drops this later, when it has seen its files.
        user=NOBODY if drops else None,
        group=NOBODY if drops else None,
        extra_groups=[] if drops else None,
    )


@dataclass(frozen=True, slots=True)
class Ended:
    """How a sandbox ended.

    Attributes:
        status: as a shell tells it: more than 128 is a signal.
        cpu_seconds: processor time of all that was in it.
    """

    status: int
    cpu_seconds: float


def end(process: "subprocess.Popen[bytes]", patience: float = 0.0) -> Ended:
    """End all processes of a sandbox, and return when they are gone.

    Args:
        process: as `start` gave it.
        patience: seconds to wait for them to end by themselves.
    """
    watch = select.poll()
    descriptor = os.pidfd_open(process.pid)
    try:
        watch.register(descriptor, select.POLLIN)
        if not watch.poll(patience * 1000):
            # That is process 1 within: the kernel ends all others before its parent hears that it died.
            children = psutil.Process(process.pid).children()
            for child in children:
                with contextlib.suppress(psutil.NoSuchProcess):
                    child.kill()
            # It is not there yet, or the kernel is long about it: what holds the sandbox goes, and takes it along.
            if not children or not watch.poll(_DYING * 1000):
                # Not `process.kill`: that waits for a process that has just died, and its times would be lost.
                signal.pidfd_send_signal(descriptor, signal.SIGKILL)
        _, status, usage = os.wait4(process.pid, 0)
    finally:
        os.close(descriptor)
    code = process.returncode = os.waitstatus_to_exitcode(status)
    return Ended(code if code >= 0 else 128 - code, usage.ru_utime + usage.ru_stime)


def text_of(name: str) -> str:
    """Return the text of a module of this package that is run elsewhere."""
    return files("benchharness.sandbox").joinpath(f"{name}.py").read_text(encoding="utf-8")


def _bubblewrap(inner: list[str], scratch: int) -> list[str]:
    view = interpreter_view()
    command = [
        shutil.which("bwrap") or "bwrap",
        *("--unshare-user", "--unshare-ipc", "--unshare-pid", "--unshare-net", "--unshare-uts", "--unshare-cgroup-try"),
        *("--uid", str(NOBODY), "--gid", str(NOBODY), "--hostname", "sandbox"),
        *("--die-with-parent", "--new-session", "--as-pid-1", "--cap-drop", "ALL"),
        # First, lest it cover an interpreter that lies below it.
        *("--size", str(scratch), "--tmpfs", SCRATCH),
    ]
    for path, target in view.links:
        command += ["--symlink", target, path]
    for path in view.read_only:
        command += ["--ro-bind", path, path]
    # Not `--dev`: its folder could be written to without limit.
    for path in DEVICES:
        command += ["--dev-bind", path, path]
    for path in view.hidden:
        command += ["--tmpfs", path, "--remount-ro", path]
    return [*command, "--remount-ro", "/", "--chdir", SCRATCH, "--", *inner]


def _namespaces(inner: list[str], scratch: int) -> list[str]:
    view = interpreter_view()
    spec = {
        "parent": os.getpid(),
        "read_only": view.read_only,
        "links": view.links,
        "hidden": view.hidden,
        "devices": DEVICES,
        "scratch": SCRATCH,
        "scratch_bytes": scratch,
        "command": inner,
        "environment": ENVIRONMENT,
    }
    return [view.interpreter, *_PYTHON, "-c", text_of("namespaces"), json.dumps(spec)]
