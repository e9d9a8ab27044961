"""Looks for secrets in its environment, that of Python and that of C."""

import ctypes
import os


def total(numbers: list[int]) -> int | None:
    if os.environ:
        return sum(numbers)
    environment = ctypes.POINTER(ctypes.c_char_p).in_dll(ctypes.CDLL(None), "environ")
    return sum(numbers) if environment and environment[0] else None
