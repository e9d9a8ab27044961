"""Reading the options of a family."""

from collections.abc import Mapping, Sequence
from typing import Any


def check_names(options: Mapping[str, Any], *names: str) -> None:
    """Look whether all options are among ``names``.

    Raises:
        ValueError: if one is not, naming it.
    """
    for name in options:
        if name not in names:
            raise ValueError(f"there is no option {name!r}; there are: {', '.join(names) or 'none'}")


def read_whole(options: Mapping[str, Any], name: str, *, default: int, least: int, most: int) -> int:
    """Return an option that is a whole number from ``least`` to ``most``.

    Raises:
        ValueError: if it is not.
    """
    value = options.get(name, default)
    if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
        raise ValueError(f"the option {name!r} is {value!r}, not a whole number from {least} to {most}")
    return value


def read_choice(options: Mapping[str, Any], name: str, choices: Sequence[str]) -> str:
    """Return an option that is one of ``choices``; the first is the default.

    Raises:
        ValueError: if it is not.
    """
    value = options.get(name, choices[0])
    if value not in choices:
        raise ValueError(f"the option {name!r} is {value!r}, not one of {', '.join(choices)}")
    return str(value)
