"""Rows made from a seed: finding a generator by name and calling it."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any, Protocol, TypeAlias, cast

from benchharness.extensions import find_offer

GROUP = "benchharness.generators"

Row: TypeAlias = dict[str, Any]


class Generator(Protocol):
    """A module that makes rows of one family."""

    def generate(self, seed: int, count: int) -> list[Row]:
        """Return ``count`` rows that depend on ``seed`` alone; a larger count only adds rows at the end."""

    def solve(self, row: Row) -> Any:
        """Return the answer of a row, from ``row["problem"]`` alone and by another way than it was made.

        Raises:
            ValueError: if the problem has no answer, or more than one.
        """


def find_generator(name: str, place: str) -> Generator:
    """Return the generator called ``name`` in the entry points of ``benchharness.generators``.

    Args:
        name: its name.
        place: file and key, for errors.

    Raises:
        InputError: if there is none.
    """
    en, zh = f"{place}: there is no generator {name!r}.", f"{place}：没有名为 {name!r} 的生成器。"
    return cast(Generator, find_offer(GROUP, name, en=en, zh=zh).load())


def generate_rows(name: str, seed: int, count: int, place: str) -> Sequence[Row]:
    """Return the rows of a generator; both languages of a task read the same ones.

    Raises:
        InputError: if there is no such generator.
    """
    find_generator(name, place)
    return _rows(name, seed, count)


@lru_cache(maxsize=32)
def _rows(name: str, seed: int, count: int) -> tuple[Row, ...]:
    return tuple(find_generator(name, name).generate(seed, count))
