"""Which lengths are asked, in what unit, and where the evidence stands."""

import re
from dataclasses import dataclass
from pathlib import Path

from benchharness.errors import InputError
from benchharness.tasks.long_context.records import Arm

KILO = 1024
WAN = 10_000
MULTIPLES = {"": 1, "K": KILO, "M": KILO * KILO, "万": WAN}
LONGEST = 2 * MULTIPLES["M"]
DEFAULT_LENGTHS = tuple(KILO << power for power in range(8))
"""1K to 128K; those that the model's context has room for, unless the user names lengths."""

DEFAULT_DEPTHS = (0.0, 0.25, 0.5, 0.75, 1.0)
MOST_DEPTHS = 101
_LENGTH = re.compile(r"(\d+(?:\.\d+)?)\s*([KM万]?)字?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Sweep:
    """What a run varies in tasks with long contexts.

    Attributes:
        lengths: each length, answer included, in the unit of the arm; ``None`` takes those of ``DEFAULT_LENGTHS``
            that the model's context has room for.
        arms: what is equal between the languages.
        depths: where the evidence stands, in [0, 1]; items go through them in turn, and those between one round of
            depths and the next share their haystack.
        haystack: a directory with the user's own text, instead of the prose that comes with benchharness.
    """

    lengths: tuple[int, ...] | None = None
    arms: tuple[Arm, ...] = (Arm.TOKENS,)
    depths: tuple[float, ...] = DEFAULT_DEPTHS
    haystack: Path | None = None

    def lengths_for(self, context_length: int | None) -> tuple[int, ...]:
        """Return the lengths asked for a model with room for ``context_length`` tokens, ascending."""
        if self.lengths is not None:
            return self.lengths
        fitting = tuple(length for length in DEFAULT_LENGTHS if context_length is None or length <= context_length)
        return fitting or (context_length or KILO,)


def unit_of(arm: Arm) -> str:
    """Return what an arm counts lengths in: ``tokens`` or ``characters``."""
    return "characters" if arm is Arm.CHARACTERS else "tokens"


def length_label(length: int, arm: Arm) -> str:
    """Return a length for people: ``8K`` is 8192 tokens, ``1万字`` 10,000 characters.

    >>> length_label(8192, Arm.TOKENS), length_label(1048576, Arm.INFORMATION), length_label(20000, Arm.CHARACTERS)
    ('8K', '1M', '2万字')
    """
    if arm is Arm.CHARACTERS:
        return f"{length // WAN}万字" if length % WAN == 0 else f"{length}字"
    for name in ("M", "K"):
        if length % MULTIPLES[name] == 0:
            return f"{length // MULTIPLES[name]}{name}"
    return str(length)


def parse_lengths(text: str, option: str = "--lengths") -> tuple[int, ...]:
    """Read ``1K,8K,1.5M`` or ``1万,20万字``, ascending: K is 1,024, M is 1,024², 万 is 10,000.

    Raises:
        InputError: if one is no length, or none is given.
    """
    lengths = {_parse_length(part.strip(), option) for part in re.split("[,，、]", text) if part.strip()}
    if not lengths:
        raise InputError(
            en=f"{option} is empty; expected lengths such as 1K,8K,128K or 1万,20万.",
            zh=f"{option} 为空，应为 1K,8K,128K 或 1万,20万 这样的长度。",
        )
    return tuple(sorted(lengths))


def _parse_length(text: str, option: str) -> int:
    match = _LENGTH.fullmatch(text)
    length = float(match[1]) * MULTIPLES[match[2].upper()] if match else 0.0
    if not 1 <= length <= LONGEST or length != int(length):
        raise InputError(
            en=f"{option}: {text!r} is no length; expected a whole number up to {LONGEST}, with K (1,024), M (1,024²)"
            " or 万 (10,000), such as 8K or 20万.",
            zh=f"{option}：{text!r} 不是长度，应为不超过 {LONGEST} 的整数，可带 K（1,024）、M（1,024²）或万，"
            "如 8K 或 20万。",
        )
    return int(length)


def parse_arms(text: str) -> tuple[Arm, ...]:
    """Read ``tokens,information,characters``.

    Raises:
        InputError: if one is not known, or none is given.
    """
    names = [part.strip() for part in text.split(",") if part.strip()]
    unknown = [name for name in names if name not in tuple(Arm)]
    if unknown or not names:
        known = ", ".join(Arm)
        raise InputError(
            en=f"--arms {text}: expected one or more of {known}.", zh=f"--arms {text}：应为 {known} 中的一个或多个。"
        )
    return tuple(arm for arm in Arm if arm.value in names)


def parse_depths(text: str) -> tuple[float, ...]:
    """Read a number of depths, spread evenly over the text, or the depths themselves, such as ``0,0.5,1``.

    Raises:
        InputError: if it is neither, or a depth is not in [0, 1].
    """
    try:
        values = [float(part) for part in text.split(",") if part.strip()]
        whole = int(text) if text.strip().isdecimal() else None
    except ValueError:
        values, whole = [], None
    if whole is not None and 2 <= whole <= MOST_DEPTHS:
        return _spread(whole)
    if not values or not all(0 <= value <= 1 for value in values) or len(values) > MOST_DEPTHS:
        raise InputError(
            en=f"--depths {text}: expected a number of depths from 2 to {MOST_DEPTHS}, or depths from 0 to 1 such as"
            " 0,0.5,1.",
            zh=f"--depths {text}：应为深度的个数（2 至 {MOST_DEPTHS}），或 0 至 1 之间的深度，如 0,0.5,1。",
        )
    return tuple(sorted(set(values)))


def _spread(count: int) -> tuple[float, ...]:
    return tuple(round(step / (count - 1), 6) for step in range(count))
