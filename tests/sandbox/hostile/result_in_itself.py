"""Returns a list that holds itself."""


def total(numbers: list[int]) -> list[object]:
    result: list[object] = []
    result.append(result)
    return result
