"""Stops itself, so that it can do nothing, not even die of a limit."""

import os
import signal


def total(numbers: list[int]) -> int:
    os.kill(os.getpid(), signal.SIGSTOP)
    return sum(numbers)
