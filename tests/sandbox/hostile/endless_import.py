"""Never ends being loaded."""

while True:
    pass


def total(numbers: list[int]) -> int:
    return sum(numbers)
