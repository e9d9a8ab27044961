"""Number: the number a text ends in or declares, in Chinese or English numerals, or as an expression with a value."""

import logging
import math
import re
from fractions import Fraction
from functools import cache
from typing import Any

from benchharness.records import Extraction, FinishReason, Item, Outcome, Score
from benchharness.scorers.base import Sample
from benchharness.text.answers import extract_expression, extract_number, numbers_equal
from benchharness.text.numerals import parse_number


def score(sample: Sample) -> Score:
    r"""Mark the number that the answer declares, or else the last one in it, against the target.

    Numbers are compared exactly, as fractions; units and currencies beside them are not looked at. An answer declared
    as an expression (``\sqrt{16}``, ``3\times 4``, ``2^{10}``) is worked out by math-verify; one whose value is
    irrational is wrong. Of an answer that was cut off at the token limit only a declared number counts: the last one
    in a torn sentence is no answer.

    Args:
        sample: a ``generate`` response; its item's target is a number.

    Raises:
        ValueError: if the target is no number.
    """
    check(sample.item)
    target = str(sample.item.target)
    text = sample.response.text
    cut_off = sample.response.finish_reason is FinishReason.LENGTH
    expression = extract_expression(text)
    if expression is not None:
        torn = cut_off and expression.rule == "declared" and not text[expression.end :].strip()
        value = None if torn else _value(expression.value)
        if value is None:
            return Score(0.0, Outcome.UNPARSED)
        extraction = Extraction(str(value), expression.rule, expression.start, expression.end)
        right = isinstance(value, Fraction) and numbers_equal(value, target)
    else:
        found = extract_number(text, fallback=not cut_off)
        if found is None:
            return Score(0.0, Outcome.UNPARSED)
        extraction = found
        right = numbers_equal(extraction.value, target)
    return Score(float(right), Outcome.SCORED, parsed=str(extraction.value), extraction=extraction)


def check(item: Item) -> None:
    """Check that the target of an item is a number.

    Raises:
        ValueError: if it is none.
    """
    if parse_number(str(item.target)) is None:
        raise ValueError(f"not one number: {str(item.target)!r}")


_UNIT = re.compile(
    r"\s*(?:\\(?:text|mathrm|operatorname|mbox)\s*\{[^{}]*\}|[\u4e00-\u9fff]{1,4}|(?<![\\A-Za-z])[a-z]{1,3})\Z"
)
# Digits, operations, roots and fractions.
_EXPRESSION = re.compile(
    r"(?:[0-9]{1,12}+(?:\.[0-9]{1,12}+)?(?![0-9.])|[-+*/×÷·−√π(){}\[\]\s]"
    r"|\\(?:[dtc]?frac|sqrt|times|cdot|div|left|right|pi|,|;|!|\s)(?![A-Za-z])"
    r"|\^\s*(?:\{\s*)?-?[0-9]{1,3}+(?:\s*/\s*[0-9]{1,2})?(?:\s*\})?(?!\s*\^))++"
)
_OPERATION = re.compile(r"[-+*/×÷·−√π^\\]")
_EXPONENT = re.compile(r"\^[\s{-]*([0-9]+)")
_ROOT = re.compile(r"√\s*\(?([0-9]+)\)?")
# Decimals are read as fractions, so that nothing is rounded.
_DECIMAL = re.compile(r"([0-9]+)\.([0-9]+)")
# What stands before the last equals sign of several assignments: x = 4 or x.
_SEVERAL = re.compile(
    r"(?:或者?|和|与|及|、|[,;]|\b(?:or|and)\b)[\s$]*[A-Za-z](?:_?\{?[0-9]\}?|[₀-₉])?\s*\Z", re.IGNORECASE
)
_LONGEST_EXPRESSION = 80
# Powers of powers multiply; beyond these, working one out takes time and space, and is no answer.
_HIGHEST_POWER = 999
_MOST_BITS = 1024
_UNICODE = str.maketrans({"×": r"\times ", "÷": r"\div ", "·": r"\cdot ", "−": "-", "π": r"\pi "})


def _value(statement: str) -> Fraction | str | None:
    """Work out an expression: its exact value, the expression as text if that is irrational, ``None`` if it is none."""
    assigned, _, stated = statement.strip(" .。$*`\n").rpartition("=")
    if _SEVERAL.search(assigned):
        return None
    stated = _UNIT.sub("", stated.strip(" $"))
    if len(stated) > _LONGEST_EXPRESSION or not _EXPRESSION.fullmatch(stated) or stated[-1] in "-+*/×÷·−^":
        return None
    if not re.search(r"[0-9]", stated) or not _OPERATION.search(stated):
        return None
    if math.prod(max(1, int(exponent)) for exponent in _EXPONENT.findall(stated)) > _HIGHEST_POWER:
        return None
    stated = _DECIMAL.sub(lambda match: rf"\frac{{{match[1]}{match[2]}}}{{1{'0' * len(match[2])}}}", stated)
    latex = _ROOT.sub(r"\\sqrt{\1}", stated).translate(_UNICODE)
    parsed = _math_verify()(f"${latex}$", parsing_timeout=None)
    if not parsed or not getattr(parsed[0], "is_number", False):
        return None
    value = parsed[0].doit().simplify()
    if not value.is_finite or not value.is_real:
        return None
    if not value.is_Rational:
        return str(value)
    exact = Fraction(int(value.p), int(value.q))
    return exact if max(abs(exact.numerator), exact.denominator).bit_length() <= _MOST_BITS else None


@cache
def _math_verify() -> Any:
    """Return the parser of math-verify, without its timer: that needs the main thread, and expressions are short."""
    from math_verify import parse

    logging.getLogger("math_verify.parser").setLevel(logging.ERROR)
    return parse
