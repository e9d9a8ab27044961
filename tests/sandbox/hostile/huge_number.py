"""Returns a number that takes long to write down."""


def total(numbers: list[int]) -> int:
    return 1 << 50_000_000
