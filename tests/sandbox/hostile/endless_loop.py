"""Never ends."""


def total(numbers: list[int]) -> int:
    while True:
        pass
