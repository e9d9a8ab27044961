"""Calling a function of generated code in a sandbox. Right answers are not known here, and never go in."""

from collections.abc import Sequence
from typing import Any

from benchharness.sandbox.attempt import attempt
from benchharness.sandbox.boxes import SandboxKind
from benchharness.sandbox.conversation import CallResult, CallStatus
from benchharness.sandbox.limits import Limits


def run_calls(
    kind: SandboxKind, code: str, function: str, calls: Sequence[Sequence[Any]], limits: Limits | None = None
) -> list[CallResult]:
    """Run code in a sandbox and call a function of it once for each list of arguments.

    One process makes all calls, in order. If it dies in one of them, another goes on with the next, within what is
    left of the limits. The code is loaded as a module called ``solution``, so that what is under
    ``if __name__ == "__main__"`` does not run.

    Args:
        kind: the sandbox to use; see ``find_sandbox``.
        code: Python, from anywhere.
        function: the function's name.
        calls: positional arguments of each call, JSON values.
        limits: what all of it may use; ``Limits()`` if none are given.

    Returns:
        One result a call.

    Raises:
        ValueError: if the arguments are no JSON values, or nothing is known of this machine's system calls.
        SandboxError: if no sandbox could be made.
    """
    limits = limits or Limits()
    results: list[CallResult] = []
    cpu_left = limits.cpu_seconds
    wall_left = limits.cpu_seconds * limits.wall_factor
    for _ in range(1 + limits.restarts):
        done = attempt(kind, code, function, calls[len(results) :], limits, cpu_left, wall_left)
        results += done.results
        cpu_left -= done.cpu_seconds
        wall_left -= done.wall_seconds
        if len(results) == len(calls) or cpu_left < 1 or wall_left <= 0:
            break
    return results + [CallResult(CallStatus.NO_RESULT)] * (len(calls) - len(results))
