"""Numbers in Chinese and English text: where they stand and what they are worth, exactly."""

import re
from dataclasses import dataclass
from fractions import Fraction

from benchharness.text._chinese import CHINESE_START, read_chinese
from benchharness.text._digits import LETTERS, read_digits
from benchharness.text._english import read_english
from benchharness.text._reading import Reading
from benchharness.text.width import NormalisedText, normalise


@dataclass(frozen=True, slots=True)
class NumberSpan:
    """A number in a text.

    Attributes:
        value: its exact value; 1/2 for ``50%``.
        start: index of its first character.
        end: index after its last character; units and currencies stay outside, a percent sign is inside.
        rule: how it is written. ``digits``, ``chinese``, ``english`` (words), ``mixed`` (1.2万, 1.5 million),
            ``scientific``, ``fraction``, ``percent``, ``half``, ``tenths`` (三成), ``discount`` (八折);
            ``ordinal`` for a place in a row (第三, 3rd, Step 3, 星期三); ``incidental`` for what may be no more than
            an article or part of a description (一个, one book, a 12-year-old).
        percent: whether it was written as so many per cent.
    """

    value: Fraction
    start: int
    end: int
    rule: str
    percent: bool = False

    @property
    def as_written(self) -> Fraction:
        """The number before its percent sign: 50 for ``50%``; otherwise the value."""
        return self.value * 100 if self.percent else self.value


def find_numbers(text: str) -> list[NumberSpan]:
    """Find the numbers in a raw text, in order, without overlaps; spans refer to ``text`` as given.

    Not read, on purpose: numerals inside words (一起, 统一, 十分高兴, someone) and names (A4, COVID-19, x2, 7B),
    factors of an expression (2x, √2, 2^3), dates with slashes, version numbers, circled numbers, approximations
    without a figure (几十, 三四个, dozens), and digits of other scripts. Parts of a compound quantity (3元5角,
    2 hours 30 minutes) are separate numbers.
    """
    folded = fold_for_numbers(text)
    return [
        NumberSpan(span.value, *folded.raw_span(span.start, span.end), span.rule, span.percent)
        for span in scan(folded.text)
    ]


def parse_number(text: str) -> NumberSpan | None:
    """Return the number that ``text`` states, whatever units stand around it.

    Returns:
        ``None`` if there is no number, or there are several of different value.
    """
    spans = find_numbers(text)
    if len({(span.value, span.percent) for span in spans}) != 1:
        return None
    return spans[-1]


# ①, ⑴, ⒈, ❶, ㈠ mark places in a list. Folded to plain digits they would run together with their neighbours.
_MARKERS = dict.fromkeys(
    [
        *range(0x2460, 0x2500),
        *range(0x2776, 0x2794),
        *range(0x3220, 0x322A),
        *range(0x3251, 0x3260),
        *range(0x3280, 0x328A),
        *range(0x32B1, 0x32C0),
    ],
    " ",
)


def fold_for_numbers(text: str) -> NormalisedText:
    """Return ``text`` in the form ``scan`` reads, with the way back to the raw positions."""
    return normalise(text.translate(_MARKERS))


_START = re.compile(
    r"[-−+](?=(?: ?[$¥€£] ?)?(?:\.?[0-9]|\\[dtc]?frac))|[0-9]|(?<![.0-9])\.(?=[0-9])|\\[dtc]?frac"
    rf"|(?P<chinese>{CHINESE_START.pattern})|(?P<word>[{LETTERS}]+)"
)

# A4, COVID-19, x_2, x^2, Qwen2.5-72B: a name or a variable, to be left whole.
_NAME = re.compile(
    rf"[{LETTERS}]++[-_^]?\{{?[0-9][0-9{LETTERS}]*+\}}?(?:[-_^./]?\{{?[0-9][0-9{LETTERS}]*+\}}?)*+"
    r"|(?:sqrt|log|ln|sin|cos|tan|[fgh])\([^()]{1,40}\)"
)
_CURRENCY = re.compile(r"(?:US|USD|RMB|CNY|EUR|GBP|HKD|JPY|Rs)(?=[0-9])")

_LABEL = re.compile(
    r"(?:第 ?|步骤 ?|例题? ?|题目 ?|图 ?|表 ?|方法 ?|情况 ?|情形 ?|方案 ?|式 ?|(?<!#)# ?"
    r"|\b(?:steps?|case|example|question|problem|part|option|figure|fig\.|table|equation|eq\.|chapter|section|method"
    r"|no\.) ?)\(?$",
    re.IGNORECASE,
)
_WEEK = re.compile(r"(?:(?<!每)(?:星期|礼拜)|(?<![每一两几三四])周)$")
_LONGEST_LABEL = 12


def scan(text: str) -> list[NumberSpan]:
    """Find the numbers in a text that ``fold_for_numbers`` made; spans refer to that text."""
    masked = _without_latex(text)
    spans: list[NumberSpan] = []
    place = 0
    while (match := _START.search(masked, place)) is not None:
        reading = _read(masked, match)
        if reading is None:
            place = match.end()
            continue
        if reading.value is not None:
            rule = "ordinal" if _is_label(masked, match.start(), reading) else reading.rule
            spans.append(NumberSpan(reading.value, match.start(), reading.end, rule, reading.percent))
        place = reading.end
    return spans


def _read(text: str, match: re.Match[str]) -> Reading | None:
    if match["chinese"]:
        return read_chinese(text, match.start())
    if not match["word"]:
        return read_digits(text, match.start())
    name = None if _CURRENCY.match(text, match.start()) else _NAME.match(text, match.start())
    if name is not None:
        return Reading(name.end())
    return read_english(text, match.start())


def _is_label(text: str, start: int, reading: Reading) -> bool:
    if reading.rule not in ("digits", "chinese", "english", "incidental"):
        return False
    before = text[max(0, start - _LONGEST_LABEL) : start]
    weekday = text[start] in "一二三四五六" and reading.end == start + 1
    return bool(_LABEL.search(before) or (weekday and _WEEK.search(before)))


_LATEX = re.compile(
    r"(?P<kept>\\[dtc]?frac(?![A-Za-z])|(?<=[0-9])\\,(?=[0-9]{3}))"
    r"|(?P<times>\\(?:times|cdot)(?![A-Za-z]))"
    r"|(?P<escaped>\\[$%#&])"
    r"|(?P<empty>\^ ?\{? ?\\circ ?\}?|\\(?:text|mathrm|mathbf|textbf|mathit|mbox|hbox|operatorname) ?\{"
    r"|\\(?:left|right|quad|qquad|displaystyle|degree|approx|div|pm|mp|Rightarrow|rightarrow|implies|therefore|because"
    r"|dots|ldots|cdots|leq?|geq?|neq?|boxed|fbox|begin|end|to|in|big|Big|hline|item)(?![A-Za-z])"
    r"|\\[^A-Za-z0-9])"
    r"|(?P<other>\\[A-Za-z]+)"
)


def _without_latex(text: str) -> str:
    """Blank LaTeX commands, keeping every position; what is left of an unknown one reads as a variable."""
    return _LATEX.sub(_blank, text) if "\\" in text else text


def _blank(match: re.Match[str]) -> str:
    found = match.group()
    if match["kept"]:
        return found
    if match["times"]:
        return "×".ljust(len(found))
    if match["escaped"]:
        return " " + found[1]
    return ("x" if match["other"] else " ") * len(found)
