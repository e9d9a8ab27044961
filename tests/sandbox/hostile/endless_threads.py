"""Is busy in several threads, and lets no signal end it."""

import signal
import threading


def spin() -> None:
    while True:
        pass


def total(numbers: list[int]) -> int:
    for number in signal.valid_signals() - {signal.SIGKILL, signal.SIGSTOP, 32, 33}:
        signal.signal(number, signal.SIG_IGN)
    for _ in range(3):
        threading.Thread(target=spin).start()
    spin()
    return sum(numbers)
