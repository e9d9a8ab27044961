"""Leaves a process behind that forks twice, has a session of its own, and writes later."""

import os
import time
from pathlib import Path


def total(numbers: list[int]) -> int:
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            time.sleep(1)
            Path("@CANARY@").write_text("reached")
        os._exit(0)
    return sum(numbers)
