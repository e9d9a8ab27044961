"""Runs over the end of the stack."""

import sys
from functools import cmp_to_key


def total(numbers: list[int]) -> int:
    sys.setrecursionlimit(10**9)

    def compare(a: int, b: int) -> int:
        return len(sorted([1, 2], key=cmp_to_key(compare)))

    return compare(1, 2) and sum(numbers)
