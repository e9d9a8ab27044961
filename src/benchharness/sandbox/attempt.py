"""One process in the sandbox, at work on some calls."""

import fcntl
import json
import math
import os
import platform
import secrets
import signal
import subprocess
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import IO, Any, cast

from benchharness.errors import BenchharnessError
from benchharness.sandbox import boxes
from benchharness.sandbox.boxes import SandboxKind
from benchharness.sandbox.conversation import CallResult, CallStatus, Conversation, End
from benchharness.sandbox.limits import Limits
from benchharness.sandbox.syscalls import syscall_filter

_LAST_WORDS = 1.0
"""Seconds that a process may take to end when it has closed its output."""


class SandboxError(BenchharnessError):
    """A sandbox could not be made at a time when it was needed.

    Args:
        kind: of which kind.
        reason: why, as far as was said.
    """

    def __init__(self, kind: SandboxKind, reason: str) -> None:
        self.reason = " ".join(reason.split()) or "it ended without a word"
        super().__init__(
            en=f"The sandbox ({kind.value}) could not be made: {self.reason}. See docs/sandbox.md.",
            zh=f"无法建立沙箱（{kind.value}）：{self.reason}。详见 docs/sandbox.md。",
        )


@dataclass(frozen=True, slots=True)
class Attempt:
    """What one process came to.

    Attributes:
        results: of the first calls, in order; of all, if another process would fare no better.
        cpu_seconds: processor time it took.
        wall_seconds: time it took by the wall clock, once the sandbox stood.
    """

    results: list[CallResult]
    cpu_seconds: float
    wall_seconds: float


def attempt(
    kind: SandboxKind,
    code: str,
    function: str,
    calls: Sequence[Sequence[Any]],
    limits: Limits,
    cpu_seconds: float,
    wall_seconds: float,
) -> Attempt:
    """Make calls in one process until all are done, or one of them ends it.

    Args:
        kind: the sandbox to use.
        code: Python, from anywhere.
        function: the name of the function in it.
        calls: positional arguments of each call.
        limits: what the process may use.
        cpu_seconds: processor time left to it.
        wall_seconds: time left to it by the wall clock.

    Raises:
        ValueError: if the arguments are no JSON values, or nothing is known of this machine's system calls.
        SandboxError: if the sandbox could not be made.
    """
    call_seconds = math.ceil(limits.cpu_seconds / 2)
    most = math.ceil(cpu_seconds)
    nonce = secrets.token_hex(16)
    request = {
        "nonce": nonce,
        "limits": _resource_limits(limits, most),
        "filter": syscall_filter(platform.machine()).hex(),
        "call_seconds": call_seconds,
        "code": code,
        "function": function,
        "calls": calls,
    }
    conversation = Conversation(nonce, len(calls), limits.output, wall_seconds, call_seconds * limits.wall_factor)
    process = _start(kind, request, limits)
    end = None
    try:
        with cast(IO[bytes], process.stdout) as channel, cast(IO[bytes], process.stderr) as printed:
            end = conversation.hold(channel, printed)
    finally:
        ended = boxes.end(process, _LAST_WORDS if end is End.CLOSED else 0.0)
    if conversation.began is None:
        raise SandboxError(kind, conversation.printed.decode(errors="replace"))
    results = conversation.results
    if len(results) < len(calls):
        last = CallResult(_status(end, ended, most))
        results = [*results, last] if conversation.loaded else [last] * len(calls)
    return Attempt(results, ended.cpu_seconds, time.monotonic() - conversation.began)


def _resource_limits(limits: Limits, cpu_seconds: int) -> dict[str, int]:
    """Limits by their names in the module ``resource``."""
    return {
        # A second after the signal that ends a call comes the one that cannot be ignored.
        "RLIMIT_CPU": cpu_seconds + 1,
        "RLIMIT_AS": limits.memory,
        "RLIMIT_FSIZE": limits.scratch,
        "RLIMIT_NOFILE": limits.open_files,
        # Two are there already: process 1 of the sandbox, and the one that runs the code.
        "RLIMIT_NPROC": limits.threads + 2,
        "RLIMIT_CORE": 0,
        "RLIMIT_MEMLOCK": 0,
        "RLIMIT_MSGQUEUE": 0,
        "RLIMIT_RTPRIO": 0,
    }


def _start(kind: SandboxKind, request: dict[str, Any], limits: Limits) -> "subprocess.Popen[bytes]":
    """Start a process with the request as its input: a file in memory that nobody can write to any more."""
    text = json.dumps(request, allow_nan=False).encode()
    descriptor = os.memfd_create("request", os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING)
    with os.fdopen(descriptor, "wb") as stream:
        stream.write(text)
        stream.flush()
        seals = fcntl.F_SEAL_WRITE | fcntl.F_SEAL_GROW | fcntl.F_SEAL_SHRINK | fcntl.F_SEAL_SEAL
        fcntl.fcntl(stream, fcntl.F_ADD_SEALS, seals)
        os.lseek(descriptor, 0, os.SEEK_SET)
        try:
            return boxes.start(kind, boxes.text_of("inside"), limits.scratch, stream)
        except OSError as error:
            raise SandboxError(kind, str(error)) from error


def _status(end: End | None, ended: boxes.Ended, cpu_seconds: int) -> CallStatus:
    """What to call it that a process did not do all calls."""
    if end is End.TOO_LONG or ended.status == 128 + signal.SIGXCPU or ended.cpu_seconds >= cpu_seconds + 1:
        return CallStatus.TIMED_OUT
    if end is End.TOO_MUCH or (end is End.CLOSED and ended.status > 128):
        return CallStatus.KILLED
    return CallStatus.NO_RESULT
