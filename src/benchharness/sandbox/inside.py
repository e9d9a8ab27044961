"""The only part of benchharness that shares a process with generated code.

Started in the sandbox as ``python -c`` with this text, so it imports the standard library alone. It reads one request
from standard input, gives up what it could still do, runs the code, calls the function once for each list of
arguments, and writes each result to the channel, a line of JSON each. It knows no right answer and decides nothing:
whoever takes it over can only say what the code may say anyway.
"""

import ctypes
import json
import math
import os
import resource
import sys
import types
from typing import Any

PR_SET_NO_NEW_PRIVS = 38
PR_SET_SECCOMP = 22
SECCOMP_MODE_FILTER = 2
LINUX_CAPABILITY_VERSION_3 = 0x20080522


class _Filter(ctypes.Structure):
    """``struct sock_fprog``."""

    _fields_ = (("length", ctypes.c_ushort), ("instructions", ctypes.c_char_p))


def limit_resources(limits: dict[str, int]) -> None:
    """Set the limits of this process for good, soft and hard alike, or leave those that are lower already."""
    for name, most in limits.items():
        kind = getattr(resource, name)
        hard = resource.getrlimit(kind)[1]
        lowest = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(kind, (lowest, lowest))


def give_up(program: bytes) -> None:
    """Take this process the right to gain rights, and the system calls that the filter refuses.

    Raises:
        OSError: if the kernel does not do so, or if it left this process any power.
    """
    libc = ctypes.CDLL(None, use_errno=True)
    # As soon as the filter stands, nothing more can be asked; so see first that there is nothing to lose.
    header = (ctypes.c_uint32 * 2)(LINUX_CAPABILITY_VERSION_3, 0)
    capabilities = (ctypes.c_uint32 * 6)()
    if libc.capget(header, capabilities) or any(capabilities) or 0 in (os.getuid(), os.geteuid()):
        raise OSError("the sandbox left the process privileges")
    if libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0):
        raise OSError(ctypes.get_errno(), "no_new_privs")
    filter_ = _Filter(len(program) // 8, program)
    if libc.prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, ctypes.byref(filter_), 0, 0):
        raise OSError(ctypes.get_errno(), "seccomp")


def plain(value: Any) -> Any:
    """Return a result as plain JSON data: tuples as lists, subclasses as what they are made of.

    Raises:
        TypeError: if it is none: a set, a generator, an object, a mapping with keys that are no strings.
    """
    if value is None or value is True or value is False:
        return value
    if isinstance(value, str):
        return str.__str__(value)
    if isinstance(value, int):
        return int.__int__(value)
    if isinstance(value, float):
        return float.__float__(value)
    if isinstance(value, list | tuple):
        return [plain(element) for element in value]
    if isinstance(value, dict) and all(isinstance(key, str) for key in value):
        return {str.__str__(key): plain(element) for key, element in value.items()}
    raise TypeError("not JSON")


class Channel:
    """The way out: lines of JSON that begin with the nonce.

    Args:
        descriptor: where they are written to.
        nonce: tells them from anything else that is written there.
    """

    def __init__(self, descriptor: int, nonce: str) -> None:
        self._descriptor = descriptor
        self._nonce = nonce

    def send(self, *message: Any) -> None:
        """Write one message."""
        rest = json.dumps([self._nonce, *message], allow_nan=False).encode() + b"\n"
        while rest:
            rest = rest[os.write(self._descriptor, rest) :]


def load(code: str, function: str) -> Any:
    """Run the code as a module, not as the main program, and return its function."""
    module = types.ModuleType("solution")
    sys.modules["solution"] = module
    exec(compile(code, "solution.py", "exec", dont_inherit=True), module.__dict__)
    found = module.__dict__[function]
    if not callable(found):
        raise TypeError(f"{function} is no function")
    return found


def call(function: Any, arguments: list[Any], index: int, channel: Channel) -> None:
    """Call the function once and send what came of it."""
    try:
        result = function(*arguments)
    except BaseException as error:  # noqa: BLE001 - whatever the code raises, SystemExit too, is its result
        channel.send(index, "raised", type(error).__name__)
        return
    try:
        channel.send(index, "returned", plain(result))
    except (TypeError, ValueError, RecursionError, MemoryError):
        channel.send(index, "unreadable")


def limit_call(seconds: int) -> None:
    """Let the next call take so much processor time: at the end of it SIGXCPU ends the process."""
    used = sum(resource.getrusage(resource.RUSAGE_SELF)[:2])
    most = resource.getrlimit(resource.RLIMIT_CPU)[1]
    resource.setrlimit(resource.RLIMIT_CPU, (min(most, math.ceil(used + seconds)), most))


def main() -> None:
    """Serve the one request on standard input."""
    request = json.load(sys.stdin.buffer)
    # What the code prints must not reach the channel, and what it reads must not be the request.
    channel = Channel(os.dup(1), request["nonce"])
    os.dup2(2, 1)
    null = os.open("/dev/null", os.O_RDONLY)
    os.dup2(null, 0)
    os.close(null)
    os.environ.clear()
    limit_resources(request["limits"])
    give_up(bytes.fromhex(request["filter"]))
    channel.send("ready")
    seconds: int = request["call_seconds"]
    limit_call(seconds)
    try:
        function = load(request["code"], request["function"])
    except BaseException as error:  # noqa: BLE001 - as above
        channel.send("failed", type(error).__name__)
        return
    channel.send("loaded")
    for index, arguments in enumerate(request["calls"]):
        limit_call(seconds)
        call(function, arguments, index, channel)


if __name__ == "__main__":
    main()
