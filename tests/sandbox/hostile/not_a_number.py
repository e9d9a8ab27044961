"""Returns what is equal to nothing."""


def total(numbers: list[int]) -> float:
    return float("nan")
