"""Where a generated text reaches the first of its stop strings."""

from collections.abc import Iterable


def first_stop(text: str, stops: Iterable[str]) -> int | None:
    """Return the earliest index at which a stop string begins in ``text``.

    Args:
        text: the text produced so far.
        stops: the stop strings, in any order.

    Returns:
        An index in ``[0, len(text))``, or ``None`` if no stop string occurs.

    Raises:
        ValueError: a stop string is empty; it would stop every text before its first character.
    """
    found: list[int] = []
    for stop in stops:
        if not stop:
            raise ValueError("a stop string must not be empty")
        index = text.find(stop)
        if index >= 0:
            found.append(index)
    return min(found, default=None)
