"""Makes a file that is huge and empty."""

import os
from pathlib import Path


def total(numbers: list[int]) -> int:
    with Path("/tmp/huge").open("wb") as stream:
        os.ftruncate(stream.fileno(), 2**40)
    return sum(numbers)
