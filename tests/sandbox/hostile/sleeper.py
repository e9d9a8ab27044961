"""Sleeps, using no processor time."""

import time


def total(numbers: list[int]) -> int:
    time.sleep(3600)
    return sum(numbers)
