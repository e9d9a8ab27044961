"""Reads where there is nothing."""

import ctypes


def total(numbers: list[int]) -> int:
    ctypes.string_at(8)
    return sum(numbers)
