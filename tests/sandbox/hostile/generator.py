"""Returns a generator that never ends, for whoever would make a list of it."""

from collections.abc import Iterator


def total(numbers: list[int]) -> Iterator[int]:
    while True:
        yield sum(numbers)
