"""Where a generated text reaches the first of its stop strings."""

from collections.abc import Sequence

from benchharness.text.reasoning import split_reasoning


def first_stop(text: str, stops: Sequence[str]) -> int | None:
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


def stop_in_answer(text: str, stops: Sequence[str], *, open_at_start: bool) -> int | None:
    """Return the index at which a stop string ends the answer in ``text``, or ``None``.

    A stop string within the reasoning ends nothing, nor does one in the white space right after it.

    Args:
        text: the text produced so far, reasoning included.
        stops: the stop strings, in any order.
        open_at_start: whether the text begins inside the reasoning.
    """
    split = split_reasoning(text, open_at_start)
    if not split.closed:
        return None
    begin = 0
    if split.reasoning is not None:
        answer = split.parts[-1].text if split.parts[-1].kind == "answer" else ""
        begin = len(text) - len(answer.lstrip())
    stop = first_stop(text[begin:], stops)
    return None if stop is None else begin + stop
