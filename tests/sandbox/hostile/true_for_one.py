"""Returns True where the answer is 1."""


def is_first(numbers: list[int]) -> bool:
    return bool(numbers)
