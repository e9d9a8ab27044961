"""Closes everything, and waits."""

import os
import time


def total(numbers: list[int]) -> int:
    os.closerange(0, 1024)
    time.sleep(3600)
    return sum(numbers)
