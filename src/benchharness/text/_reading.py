"""What the readers of numbers share: a reading, and the ways a number is written in digits."""

import re
from dataclasses import dataclass, replace
from fractions import Fraction

# Longer runs of digits are data, not quantities, and converting them takes time that grows with their square.
_MOST_DIGITS = 60

# 1,234 and LaTeX's 1{,}234 and 1\,234; .5 but not the end of an ellipsis.
DIGITS = r"(?:(?:[0-9]{1,3}(?:(?:,|\{,\}|\\,)[0-9]{3})+(?![0-9])|[0-9]+)(?:\.[0-9]+)?|(?<![.0-9])\.[0-9]+)"

PERCENT = re.compile(r" {0,2}%| ?per ?cent\b(?!age)")


@dataclass(frozen=True, slots=True)
class Reading:
    """What a reader made of the text at some place.

    Attributes:
        end: index after the last character it understood.
        rule: the name of the way the number is written.
        value: the number; ``None`` if what stands there is no number and must not be read in parts either.
        percent: whether it was written as so many per cent.
    """

    end: int
    rule: str = "skipped"
    value: Fraction | None = None
    percent: bool = False


def digits_value(digits: str) -> Fraction | None:
    """Return the exact value of a match of ``DIGITS``, or ``None`` if it is too long to be a quantity."""
    if len(digits) > _MOST_DIGITS:
        return None
    if digits.isdecimal():
        return Fraction(int(digits))
    return Fraction(re.sub(r"[,{}\\]", "", digits))


def with_percent(text: str, reading: Reading) -> Reading:
    """Return ``reading`` as per cent if a percent sign or word follows it in ``text``."""
    sign = PERCENT.match(text, reading.end)
    if sign is None or reading.value is None:
        return reading
    return replace(reading, end=sign.end(), rule="percent", value=reading.value / 100, percent=True)
