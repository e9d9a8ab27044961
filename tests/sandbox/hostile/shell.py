"""Runs a shell."""

import subprocess


def total(numbers: list[int]) -> int:
    subprocess.run(["/bin/sh", "-c", "echo reached > @CANARY@"], check=True)
    return sum(numbers)
