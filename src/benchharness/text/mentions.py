"""The values and names that a text states."""

import re
from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from itertools import pairwise

from benchharness.text.numerals import NumberSpan, scan
from benchharness.text.width import normalise

_HAN = r"\u3400-\u4dbf\u4e00-\u9fff"
_MARKS = r"\s*_`\"'“”‘’「」『』《》‐‑‒–—―-"
_PIECE = re.compile(rf"[{_HAN}]+|[^{_MARKS}{_HAN}]+")
_MARKDOWN = re.compile(r"[*`]|(?<![0-9A-Za-z])_+|_+(?![0-9A-Za-z])")
# “No.” before a number is no word and no decimal point.
_NUMBER_SIGN = re.compile(r"(?<![A-Za-z])no\.(?=[0-9])", re.IGNORECASE)
# Two long numbers with a slash between are two numbers.
_SLASH = re.compile(r"(?<=[0-9]{4})/(?=[0-9]{4})")
_DENIED = re.compile(
    r"(?:不是|不再[是为]|并非|不为|不叫|而非|不等于|不应[是为]|排除|\bno longer|\bnot|n't|\brather than|\binstead of)"
    r"\s*(?:equal to|the|an?|:)?[\s\"'“‘*(《「]*$",
    re.IGNORECASE,
)
_DENIED_AFTER = re.compile(
    r"[\s\"'”’*)》」]*(?:已经?|均已|都已)?(?:作废|失效|不再有效|不再适用|无效|过时|被取代|被替换|不对|不算|是错)"
    r"|[\s\"'”’*)]*(?:is|was|has been)\s+(?:now\s+)?"
    r"(?:outdated|obsolete|no longer|invalid|superseded|wrong|incorrect|replaced|void)",
    re.IGNORECASE,
)
_EARLIER = re.compile(
    r"原先|原来|原本|之前|此前|先前|起初|最初|前文|早先|早前|较早|前面|旧|曾|一开始|原(?=[号数代])"
    r"|\b(?:earlier|previous(?:ly)?|original(?:ly)?|initial(?:ly)?|at first|former(?:ly)?|old|outdated|prior|before)\b",
    re.IGNORECASE,
)
_CLAUSE = re.compile(r"[,;。!?\n]|\.\s")
_SPELT = ("chinese", "english", "incidental", "digits")
_FEWEST_SPELT = 5
_MOST_SPELT = 20
_LONGEST_CLAUSE = 100


@dataclass(frozen=True, slots=True)
class Mention:
    """A value or a name where a text states it.

    Attributes:
        key: a number's value; a name's form as it was looked for.
        start: index of its first character.
        end: index after its last character.
    """

    key: Fraction | str
    start: int
    end: int


def as_number(form: str) -> Fraction | None:
    """Return the value of a form that is a number and nothing else, in either script; otherwise ``None``."""
    folded = normalise(form).text.strip()
    spans = scan(folded)
    whole = len(spans) == 1 and (spans[0].start, spans[0].end) == (0, len(folded))
    return spans[0].as_written if whole and not spans[0].percent else None


def number_mentions(text: str, *, fewest_digits: int, signed: bool = False) -> list[Mention]:
    """Find the numbers of a folded text that have so many digits before the decimal point, in order.

    Digits that are spelt one by one (四 八 二 一 九, four eight two one nine, 4 8 2 1 9) are one number if they are
    five to twenty.

    Args:
        text: as ``numerals.fold_for_numbers`` folds it.
        fewest_digits: at least 1.
        signed: whether a minus belongs to the number; otherwise it is a dash.
    """
    bare = _SLASH.sub("、", _NUMBER_SIGN.sub("   ", _MARKDOWN.sub(lambda match: " " * len(match.group()), text)))
    least = 10 ** (fewest_digits - 1) if fewest_digits > 1 else 0
    spans = [span for span in _spelt_together(bare, scan(bare)) if not span.percent]
    found = (Mention(span.value if signed else abs(span.value), span.start, span.end) for span in spans)
    return [one for one in found if isinstance(one.key, Fraction) and abs(one.key) >= least]


def _spelt_together(text: str, spans: Sequence[NumberSpan]) -> Iterable[NumberSpan]:
    run: list[NumberSpan] = []
    for span in spans:
        digit = 0 <= span.value <= 9 and span.value.denominator == 1 and span.rule in _SPELT
        joined = bool(run) and text[run[-1].end : span.start] in (" ", "-", ", ") and span.rule in _alike(run[-1].rule)
        if run and not (digit and joined):
            yield from _together(run)
            run = []
        if digit:
            run.append(span)
        else:
            yield span
    yield from _together(run)


def _alike(rule: str) -> tuple[str, ...]:
    return ("digits",) if rule == "digits" else ("chinese", "english", "incidental")


def _together(run: Sequence[NumberSpan]) -> Sequence[NumberSpan]:
    if not _FEWEST_SPELT <= len(run) <= _MOST_SPELT:
        return run
    value = Fraction(int("".join(str(span.value) for span in run)))
    return [NumberSpan(value, run[0].start, run[-1].end, "spelt")]


def name_mentions(text: str, names: Mapping[str, str]) -> list[Mention]:
    """Find names in a folded text, in order; where several overlap, the longest.

    Case, quotation marks, Markdown, and hyphens and spaces between words make no difference. A name that begins or
    ends with a Latin letter or a digit stands at a border there: ``otter`` is not in ``otters``.

    Args:
        text: folded text.
        names: form → what it stands for, which is the key of the mention.
    """
    places = [
        (match.start(), match.end(), key) for form, key in names.items() for match in _pattern(form).finditer(text)
    ]
    taken: list[Mention] = []
    for start, end, key in sorted(places, key=lambda place: (place[0] - place[1], place[0])):
        at = bisect_left(taken, start, key=lambda one: one.start)
        free = (at == 0 or taken[at - 1].end <= start) and (at == len(taken) or taken[at].start >= end)
        if free:
            taken.insert(at, Mention(key, start, end))
    return taken


@lru_cache(maxsize=1 << 12)
def _pattern(form: str) -> re.Pattern[str]:
    pieces = _PIECE.findall(normalise(form).text)
    if not pieces:
        raise ValueError(f"a form has neither words nor digits: {form!r}")
    body = re.escape(pieces[0])
    for before, after in pairwise(pieces):
        least = 0 if re.search(f"[{_HAN}]", before[-1] + after[0]) else 1
        body += rf"[{_MARKS}]{{{least},4}}" + re.escape(after)
    first = r"(?<![0-9A-Za-z])(?<![0-9A-Za-z]_)" if re.match("[0-9A-Za-z]", pieces[0]) else ""
    last = r"(?![0-9A-Za-z]|_[0-9A-Za-z])" if re.search("[0-9A-Za-z]$", pieces[-1]) else ""
    return re.compile(first + body + last, re.IGNORECASE)


def is_denied(text: str, mention: Mention) -> bool:
    """Return whether a folded text says right beside a mention that it is not that one.

    Not 4821937, 不是琥珀水獭, rather than …; … is outdated, …已作废.
    """
    before = _DENIED.search(text, max(0, mention.start - 20), mention.start)
    return before is not None or _DENIED_AFTER.match(text, mention.end) is not None


def is_earlier(text: str, mention: Mention) -> bool:
    """Return whether the clause of a mention says that it held before (the earlier value was …, 原先是…)."""
    begin = max(0, mention.start - _LONGEST_CLAUSE)
    clauses = [begin, *(stop.end() for stop in _CLAUSE.finditer(text, begin, mention.start))]
    return _EARLIER.search(text, clauses[-1], mention.start) is not None
