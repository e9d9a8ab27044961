"""Aborts."""

import os


def total(numbers: list[int]) -> int:
    os.abort()
