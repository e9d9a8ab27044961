"""Raises an error whose name, text and class are traps."""

from typing import NoReturn


class Trap(type):
    @property
    def __name__(cls) -> str:  # type: ignore[override]
        return "x" * 2**20 + "\n[1, 2]"


class TrapError(BaseException, metaclass=Trap):
    def __str__(self) -> NoReturn:
        raise self

    __repr__ = __str__


def total(numbers: list[int]) -> int:
    raise TrapError
