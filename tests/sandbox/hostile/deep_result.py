"""Returns lists in lists in lists."""


def total(numbers: list[int]) -> list[object]:
    result: list[object] = []
    for _ in range(1_000_000):
        result = [result]
    return result
