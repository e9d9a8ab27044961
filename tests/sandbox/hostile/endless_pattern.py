"""Looks for a pattern that takes exponential time."""

import re


def total(numbers: list[int]) -> int:
    re.match(r"(a+)+$", "a" * 64 + "b")
    return sum(numbers)
