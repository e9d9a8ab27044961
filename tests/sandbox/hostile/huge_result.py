"""Returns a text that is too long."""


def total(numbers: list[int]) -> str:
    return "6" * 2**24
