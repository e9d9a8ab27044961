"""Finding a family by name, and calling it."""

import inspect
from collections.abc import Callable, Mapping
from typing import Any, TypeVar, cast

from benchharness.errors import InputError
from benchharness.extensions import find_offer
from benchharness.tasks.long_context.records import Family

GROUP = "benchharness.long_context"

T = TypeVar("T")


def find_family(name: str, place: str) -> Family:
    """Return the family called ``name`` in the entry points of ``benchharness.long_context``.

    Args:
        name: its name.
        place: file and key, for errors.

    Raises:
        InputError: if there is none.
    """
    en, zh = f"{place}: there is no family {name!r}.", f"{place}：没有名为 {name!r} 的题目族。"
    return cast(Family, find_offer(GROUP, name, en=en, zh=zh).load())


def call_family(function: Callable[..., T], options: Mapping[str, Any], place: str) -> T:
    """Call what a family offers with the options of a task.

    Args:
        function: with its other arguments bound.
        options: by name.
        place: file and key, for errors.

    Raises:
        InputError: if it takes no such option, or one is out of range.
    """
    try:
        inspect.signature(function).bind(**options)
    except TypeError as error:
        raise _wrong_options(place, options, error) from error
    try:
        return function(**options)
    except ValueError as error:
        raise _wrong_options(place, options, error) from error


def _wrong_options(place: str, options: Mapping[str, Any], error: Exception) -> InputError:
    given = ", ".join(f"{key}: {value}" for key, value in options.items() if key != "rows") or "none"
    return InputError(en=f"{place}: options ({given}): {error}.", zh=f"{place}：options（{given}）有误：{error}。")
