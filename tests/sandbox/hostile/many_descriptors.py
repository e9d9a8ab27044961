"""Opens files without closing them."""

import os


def total(numbers: list[int]) -> int:
    held = [os.open("/dev/null", os.O_RDONLY) for _ in range(5000)]
    return sum(numbers) if held else 0
