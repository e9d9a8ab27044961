"""Traditional characters for what an item names and its example answer says."""

from collections.abc import Callable
from functools import cache


def to_traditional(text: str) -> str:
    """Return a simplified text in traditional characters as written in Taiwan."""
    return _converter()(text)


@cache
def _converter() -> Callable[[str], str]:
    import opencc

    convert: Callable[[str], str] = opencc.OpenCC("s2tw").convert
    return convert
