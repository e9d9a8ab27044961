"""Takes more memory than there is for it."""


def total(numbers: list[int]) -> int:
    held = [bytearray(2**20) for _ in range(1024)]
    return sum(numbers) if len(held) == 1024 else 0
