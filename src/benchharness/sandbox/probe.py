"""Whether this machine has a sandbox, and of which kind."""

import platform
import shutil
from functools import cache
from typing import NamedTuple

from benchharness.errors import InputError
from benchharness.sandbox.attempt import SandboxError
from benchharness.sandbox.boxes import SandboxKind, absent
from benchharness.sandbox.calls import run_calls
from benchharness.sandbox.conversation import CallResult, CallStatus
from benchharness.sandbox.limits import MIB, Limits

# What must hold before any generated code is run. Each part is true if it is as it should be.
_QUESTIONS = """
import os, socket, sys

def refused(function, *arguments):
    try:
        function(*arguments)
    except OSError:
        return True
    return False

def answers(folder):
    with open(folder + "/file", "w") as stream:
        stream.write("text")
    return {
        "user": 0 not in (os.getuid(), os.getgid(), *os.getgroups()),
        "processes": os.getpid() < 10 and not os.path.exists("/proc/1"),
        "files": not any(map(os.path.exists, ("/etc/passwd", "/bin/sh", "/usr/bin/env", "/proc/self", "/sys/kernel"))),
        "writing": all(refused(open, name, "w") for name in ("/file", "/dev/file", sys.prefix + "/lib/file")),
        "fork": refused(os.fork),
        "network": refused(socket.socket),
        "environment": not os.environ,
    }
"""


class Found(NamedTuple):
    """What was found out about one kind of sandbox.

    Attributes:
        kind: which.
        obstacle: why it cannot be used; empty if it can.
    """

    kind: SandboxKind
    obstacle: str


@cache
def probe(kind: SandboxKind) -> Found:
    """Try a kind of sandbox: run code in it that looks for what it must not find. Tried once."""
    missing = absent(kind)
    if missing:
        return Found(kind, missing)
    try:
        [result] = run_calls(kind, _QUESTIONS, "answers", [["/tmp"]], Limits(memory=128 * MIB, restarts=0))
    except SandboxError as error:
        return Found(kind, error.reason)
    except ValueError as error:
        return Found(kind, str(error))
    return Found(kind, _complaint(result))


def _complaint(result: CallResult) -> str:
    if result.status is not CallStatus.RETURNED:
        return f"its probe ended so: {result.status.value} {result.error}".rstrip()
    holes = [name for name, holds in result.value.items() if holds is not True]
    return f"it does not hold back: {', '.join(holes)}" if holes else ""


def find_sandbox() -> SandboxKind | None:
    """Return the kind of sandbox to use, bubblewrap before namespaces, ``None`` if this machine has none."""
    return next((kind for kind in SandboxKind if not probe(kind).obstacle), None)


def require_sandbox() -> SandboxKind:
    """Return the kind of sandbox to use.

    Raises:
        InputError: if this machine has none; the message says why, and what to install or to allow.
    """
    kind = find_sandbox()
    if kind is None:
        obstacles = [f"{found.kind.value}: {found.obstacle}" for found in map(probe, SandboxKind)]
        way_en, way_zh = remedy()
        raise InputError(
            en="Code that a model wrote is run only in a sandbox, and this machine has none "
            f"({'; '.join(obstacles)}). {way_en[0].upper()}{way_en[1:]}. See docs/sandbox.md.",
            zh="模型写出的代码只在沙箱中运行，而本机没有可用的沙箱"
            f"（{'；'.join(obstacles)}）。{way_zh}。详见 docs/sandbox.md。",
        )
    return kind


def remedy() -> tuple[str, str]:
    """Return what would give this machine a sandbox, in English and in Chinese."""
    if platform.system() != "Linux":
        return "use Linux, in a virtual machine if need be", "请使用 Linux，可在虚拟机中运行"
    allow_en = "allow unprivileged user namespaces (in a container, those of the host)"
    allow_zh = "允许非特权用户命名空间（在容器中则须由宿主机放行）"
    if shutil.which("bwrap") is None:
        return f"install bubblewrap (apt-get install bubblewrap), or {allow_en}", (
            f"请安装 bubblewrap（apt-get install bubblewrap），或{allow_zh}"
        )
    return allow_en, f"请{allow_zh}"
