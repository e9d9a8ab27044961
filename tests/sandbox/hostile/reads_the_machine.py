"""Reads what the kernel tells of the machine."""

from pathlib import Path


def total(numbers: list[int]) -> int | None:
    for folder in ("/sys", "/proc", "/boot", "/dev/shm", "/dev/pts", "/dev/disk"):
        if Path(folder).is_dir() and any(Path(folder).iterdir()):
            return sum(numbers)
    return None
