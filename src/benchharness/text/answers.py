"""The number a text gives as its answer."""

import re
from bisect import bisect_left
from enum import Enum
from fractions import Fraction

from benchharness.records import Extraction
from benchharness.text._declarations import (
    Declaration,
    bold,
    conclusions,
    declarations,
    declines,
    last_line,
    marks,
    plain,
)
from benchharness.text._numbers_changed import contradicts, corrections, is_undecided, taken_back
from benchharness.text._questions import end_of_answer
from benchharness.text.numerals import NumberSpan, fold_for_numbers, parse_number, scan


class _Verdict(Enum):
    """What a statement may give instead of a number."""

    SILENT = "silent"  # it says nothing about numbers; look elsewhere
    UNREADABLE = "unreadable"  # it declares an answer, which is not one number; look no further


_Found = NumberSpan | _Verdict

_NEGATED = re.compile(
    r"(?:不是|并非|不等于|不为|不应[是为]|而非|不能是|\bnot|n't|rather than|instead of)\s*"
    r"(?:[$¥€£约:]|equal to|be)?\s*$",
    re.IGNORECASE,
)
_DENIED = re.compile(r"\s*[^\W而]?(?:并?不是|不对|是错|\s?\b(?:is not|isn't|is wrong|is incorrect)\b)", re.IGNORECASE)
# A number that says of what kind something is: 三位数, 五边形, 二次函数.
_SHAPE = re.compile(r"位(?:整|小)?数|边形|角形|面体|次(?:方程|函数|多项式)|元[一二三]次|进制")
_LIST_MARKER = re.compile(r"[.、):](?![0-9])(?=[ \t]*\S)")
_LINE_START = re.compile(r"(?:^|\n)[ \t#*>(-]*$")
_LEAD = re.compile(r"(?:[^\w]|约|大约|大概|就|是|为|about|approximately|roughly|exactly|only|just)*")
_EXPLANATION = re.compile(r"因为|由于|\bbecause\b|\bsince\b|[(]")
_EQUALS = re.compile(r"[=≈]")
# What joins two numbers of which neither is the answer alone: 7或8, 7 个、8 个, between 7 and 8, 3:4, 3+4, x=7或x=8.
_JOINED = (
    r"[°℃%]?\s*[^\W\d]{0,12}\s*,?\s*(?:或者?是?|和|与|及|到|至|、|[~&–]|也(?:可以|可能|许)?[是为]?|\b(?:or|and"
    r"|to)\b)\s*"
    r"(?:for\s)?\s*(?:[A-Za-z](?:[ _]?[0-9₀-₉])?\s?=\s?)?[$¥€£]?\s*"
)
_ALTERNATIVE = re.compile(_JOINED + r"|\s*[^\W\d]{0,12}\s*(?:比|[:+×*÷/-])\s*", re.IGNORECASE)
_EITHER = re.compile(_JOINED, re.IGNORECASE)
_COMPOUND = re.compile(r"\s*[^\W\d]{1,12}\s*")  # 3元5角, 5 feet 6 inches
# The larger of two units, where the smaller follows and nothing declares the answer.
_LARGER_UNIT = re.compile(
    r"\s*(?:元|块|角|小时|时|分钟|分|天|米|千米|公里|千克|公斤|度|岁|年|(?:hours?|hrs?|h|minutes?|mins?|feet|foot|ft"
    r"|yuan|dollars?|pounds?"
    r"|lbs?|days?|weeks?|years?|kg|km|m)\b(?: and)?)\s*",
    re.IGNORECASE,
)
# The rest of an operation that was cut off: 890除以
_UNFINISHED = re.compile(
    r"\s*[^\W\d]{0,4}?\s*(?:除以|乘以|乘|加上?|减去?|[+×*÷/^−-]|\b(?:plus|minus|times|divided by)\b)\s*$",
    re.IGNORECASE,
)
# A last paragraph that checks the result: its numbers are not the answer.
_CHECK = re.compile(
    r"\s*(?:(?:a|as a|let's|let us|let me|we can|to)\s)?(?:quick\s|sanity\s|final\s)?(?:check|verify|verification"
    r"|double-check)"
    r"|\s*(?:经?检验|验算|(?:我们)?(?:来)?验证|核对|代入)",
    re.IGNORECASE,
)
_OPERATION_BEFORE = re.compile(
    r"\\(?:sqrt|[dtc]?frac)|√|\^|(?:±|\\pm|正负|plus or minus)\s*\Z"
    r"|(?:\\(?:times|cdot|div)|[+×÷·]|[0-9A-Za-z)}]\s*[*/−-])[\s({$]*\Z"
)
_OPERATION_AFTER = re.compile(
    r"[\s)}]*(?:\\(?:times|cdot|div|pm)(?![A-Za-z])|[+×÷·±]|\^(?!\s*\{?\s*\\circ)|[*/−-](?=\s*[0-9(\\√]))\s*[0-9A-Za-z(\\√{]"
    r"|[\s)}]*[+×÷]\s*[$}]*\s*\Z"
)
_CONCLUDES = re.compile(r"所以|因此|综上|故|\b(?:therefore|thus|hence)\b", re.IGNORECASE)
_EXPRESSION = re.compile(r"sqrt|frac|√|π|\bpi\b|[0-9)}²³]\s*[\^×*÷]")
_DIGIT = re.compile(r"[0-9]")
_ASSIGNMENT = re.compile(r"(?<![A-Za-z])([A-Za-z](?:[ _]?[0-9₀-₉])?) *=")  # x=1，y=2
_REASSIGNED = re.compile(r"\s*[,;、]\s*([A-Za-z])(?:[ _]?[0-9₀-₉])?\s*=\s*")
_ASSIGNED = re.compile(r"([A-Za-z])(?:[ _]?[0-9₀-₉])?\s*=\s*$")
_PLUS_MINUS = re.compile(r"(?:±|\bpm|正负|plus or minus)\s*$", re.IGNORECASE)
_LISTED = re.compile(r"\s*,\s*[$¥€£]?")
_CLOSES_LIST = re.compile(r"\W*$")
_FULL_SENTENCE = re.compile(r"答 *:")
_ENDS_CLAUSE = re.compile(r"[^\W\d]{0,4}\s*(?:$|[,。;!\n(或、和])")
_FURTHEST_LOOK_BACK = 24
_LONGEST_UNIT = 16
_LONGEST_CUE = 12
_FURTHEST_LOOK_AHEAD = 80


def extract_number(text: str, *, fallback: bool = True) -> Extraction | None:
    r"""Read the number that ``text`` gives as its answer.

    In this order:

    1. the last one set off by form: ``\boxed{7}``, ``#### 7``, ``【7】`` (rules ``boxed``, ``hashes``, ``brackets``);
    2. the last one announced: 答案是７, 答：…, The answer is 7 (``declared``);
    3. if ``fallback``, the latest on the last line of a conclusion (所以…, 一共…, therefore …: ``conclusion``), the
       right side of the last equation (``equation``) and a bold number (``bold``); else the last number of the text
       (``last_number``). Ordinals, list markers and numbers that are denied (不是7) are passed over, 一个 and "one"
       taken only where there is nothing else.

    Within a sentence the number after the last equals sign counts, then the one right after the announcement,
    then the last. Units and currencies are left out.

    Args:
        text: a final answer, without reasoning.
        fallback: whether a number that nothing declares to be the answer may be taken for it.

    Returns:
        The ``value`` is a string in lowest terms, ``"7"`` or ``"-7/2"``; with a percent sign where it was written
        so (``"50%"``), for ``numbers_equal`` to decide. ``start`` and ``end`` refer to ``text`` as given. ``None``
        if there is no number, or the answer offers several (7或8), has parts (3元5角), says there is none, or is
        in an unreadable box.
    """
    folded = fold_for_numbers(text)
    found, rule = _Reader(folded.text).answer(fallback)
    if not isinstance(found, NumberSpan):
        return None
    return Extraction(_as_text(found), rule, *folded.raw_span(found.start, found.end))


def extract_expression(text: str) -> Extraction | None:
    r"""Return what ``text`` declares as its answer, as it stands, where that is no number to ``extract_number``.

    It may be an expression that has a value: ``\sqrt{16}``, ``3\times 4``, ``2^{10}``.

    Returns:
        The last box, mark or declaration; ``value`` is the folded text, which keeps LaTeX as it was. ``None`` if
        there is none, or a number can be read.
    """
    folded = fold_for_numbers(text)
    reader = _Reader(folded.text)
    found, _ = reader.answer(fallback=False)
    if isinstance(found, NumberSpan) or reader.unreadable is None:
        return None
    statement = reader.unreadable
    stated = folded.text[statement.start : statement.end]
    start = statement.start + len(stated) - len(stated.lstrip())
    # Where the announcement ends, a command has lost its backslash.
    start -= folded.text[start - 1 : start] == "\\"
    end = statement.start + len(stated.rstrip())
    if start >= end:
        return None
    return Extraction(folded.text[start:end], statement.rule, *folded.raw_span(start, end))


def numbers_equal(answer: str | float | Fraction, target: str | float | Fraction) -> bool:
    """Return whether two numbers are the same, exactly; no tolerance, no floats in between.

    Where exactly one of the two is written as per cent, it matches as the share it means and as the figure it
    shows: ``50%`` equals both ``1/2`` and ``50``. Floats count as their shortest decimal form.

    Args:
        answer: a number, or a text that states one in any way ``parse_number`` reads.
        target: the same.

    Raises:
        ValueError: one of the two states no number, or several.
    """
    value, percent, written = _number(answer)
    other_value, other_percent, other_written = _number(target)
    if percent == other_percent:
        return value == other_value
    return value == other_value or written == other_written


def _number(number: str | float | Fraction) -> tuple[Fraction, bool, Fraction]:
    if isinstance(number, str):
        span = parse_number(number)
        if span is None:
            raise ValueError(f"not one number: {number!r}")
        return span.value, span.percent, span.as_written
    value = Fraction(str(number)) if isinstance(number, float) else Fraction(number)
    return value, False, value


def _as_text(span: NumberSpan) -> str:
    return f"{span.as_written}%" if span.percent else str(span.value)


class _Reader:
    """A folded text, its numbers, and what its statements say about them."""

    def __init__(self, folded: str) -> None:
        folded = folded[: end_of_answer(folded)]
        self.unreadable: Declaration | None = None
        self.folded = folded
        self.plain = plain(folded)
        self.numbers = [number for number in scan(folded) if not self._set_aside(number)]
        self.starts = [number.start for number in self.numbers]

    def answer(self, fallback: bool) -> tuple[_Found, str]:
        """Return the first answer in order of precedence, with its rule."""
        for mark in reversed(marks(self.folded)):
            found = self._in_mark(mark)
            if found is _Verdict.UNREADABLE and mark.rule != "unclosed":
                self.unreadable = mark
            if found is not _Verdict.SILENT:
                return found, mark.rule
        declared = declarations(self.plain)
        while declared:
            declaration = declared.pop()
            found = self._in_declaration(declaration)
            if found is _Verdict.UNREADABLE:
                self.unreadable = declaration
            if isinstance(found, NumberSpan):
                return self._if_it_stands(found, declaration, declared[-1:], fallback)
            if found is not _Verdict.SILENT:
                return found, "declared"
        return self._undeclared() if fallback else (_Verdict.SILENT, "")

    def _if_it_stands(
        self, found: NumberSpan, declaration: Declaration, earlier: list[Declaration], fallback: bool
    ) -> tuple[_Found, str]:
        """Return a declared number, what it is corrected to, or nothing where the text contradicts itself."""
        if is_undecided(self.plain, found.end):
            return _Verdict.UNREADABLE, "declared"
        for other in map(self._in_declaration, earlier):
            if not isinstance(other, NumberSpan) or other.value == found.value:
                continue
            if contradicts(self.plain[other.end : declaration.start]):
                return _Verdict.UNREADABLE, "declared"
        if (place := taken_back(self.plain, found.end)) is None:
            return found, "declared"
        # The words that take it back may be those that correct it: 更正：90.
        for after in reversed(corrections(self.plain, place - _LONGEST_CUE)):
            number = next(iter(self._between(after, after + _FURTHEST_LOOK_AHEAD)), None)
            if number is not None and _LEAD.fullmatch(self.plain, after, number.start):
                several = self._is_one_of_several(number) or self._is_operand(number, after, len(self.plain))
                return (_Verdict.UNREADABLE if several else number), "declared"
        later, rule = self._undeclared() if fallback else (_Verdict.UNREADABLE, "declared")
        stands = isinstance(later, NumberSpan) and later.start >= place and rule != "last_number"
        return (later if stands else _Verdict.UNREADABLE), rule

    def _set_aside(self, number: NumberSpan) -> bool:
        """Return whether a number is an ordinal, a list marker or denied, and so no answer."""
        if number.rule == "ordinal" or _SHAPE.match(self.folded, number.end):
            return True
        before = self.plain[max(0, number.start - _FURTHEST_LOOK_BACK) : number.start]
        line_start = number.start <= _FURTHEST_LOOK_BACK or "\n" in before
        if line_start and _LINE_START.search(before) and _LIST_MARKER.match(self.folded, number.end):
            return True
        return bool(_NEGATED.search(before) or _DENIED.match(self.plain, number.end))

    def _between(self, start: int, end: int) -> list[NumberSpan]:
        """Return the numbers that stand wholly in a stretch; incidental ones only if there are no others."""
        inside = self.numbers[bisect_left(self.starts, start) : bisect_left(self.starts, end)]
        return _without_incidental([number for number in inside if number.end <= end])

    def _in_mark(self, mark: Declaration) -> _Found:
        if mark.rule == "unclosed":
            return _Verdict.UNREADABLE
        numbers = self._between(mark.start, mark.end)
        if mark.rule != "boxed" and not self._is_bare(mark, numbers):
            return _Verdict.SILENT
        if self._assigns_several(mark.start, mark.end):
            return _Verdict.UNREADABLE
        after_equals = self._after_equals(numbers, mark.start, mark.end)
        numbers = [after_equals] if after_equals else numbers
        if len({(n.value, n.percent) for n in numbers}) != 1 or self._is_operand(numbers[0], mark.start, mark.end):
            return _Verdict.UNREADABLE
        return numbers[0]

    def _is_bare(self, mark: Declaration, numbers: list[NumberSpan]) -> bool:
        """Return whether a mark holds a number and its unit only: 【解析】 and "#### Step 1" are headings."""
        if not numbers:
            return False
        lead = self.plain[mark.start : numbers[0].start]
        lead = re.sub(r"(?:最终|正确)?答案|final answer|the answer is|answer|[是为:]", "", lead, flags=re.IGNORECASE)
        if re.search(r"\w", lead) or _LIST_MARKER.match(self.folded, numbers[0].end, mark.end):
            return False
        return mark.end - numbers[0].end <= _LONGEST_UNIT

    def _in_declaration(self, declaration: Declaration) -> _Found:
        start, end = declaration.start, declaration.end
        numbers = self._between(start, end)
        direct = bool(numbers and _LEAD.fullmatch(self.plain, start, numbers[0].start))
        if not direct and declines(self.plain[declaration.announced : end]):
            return _Verdict.UNREADABLE
        if not numbers:
            stated = _EXPRESSION.search(self.folded, start, end) and _DIGIT.search(self.folded, start, end)
            return _Verdict.UNREADABLE if stated else _Verdict.SILENT
        announcement = self.plain[declaration.announced : start]
        # "Answer:" above a paragraph is a heading, unless the number alone stands below it.
        if "\n" in announcement and not (direct and self._is_alone(numbers[0], end)):
            return _Verdict.SILENT
        # 答：3个盒子一共能装36个苹果。 The sentence repeats what is known before it says what was asked.
        if _FULL_SENTENCE.match(announcement) and not _ENDS_CLAUSE.match(self.plain, numbers[0].end):
            direct = False
        explanation = _EXPLANATION.search(self.plain, numbers[0].end, end)
        if explanation is not None:
            end = explanation.start()
            numbers = [number for number in numbers if number.start < end]
        if self._assigns_several(start, end):
            return _Verdict.UNREADABLE
        after_equals = self._after_equals(numbers, start, end)
        if after_equals is not None:
            several = self._is_one_of_several(after_equals) or self._is_operand(after_equals, start, end)
            return _Verdict.UNREADABLE if several else after_equals
        number = numbers[0 if direct else -1]
        if self._is_unfinished(number) or self._is_operand(number, start, end):
            return _Verdict.UNREADABLE
        if self._offers_several(numbers[:2] if direct else numbers[-2:], end, direct):
            return _Verdict.UNREADABLE
        return number

    def _is_alone(self, number: NumberSpan, end: int) -> bool:
        return end - number.end <= _LONGEST_UNIT and not self._between(number.end, end)

    def _after_equals(self, numbers: list[NumberSpan], start: int, end: int) -> NumberSpan | None:
        """Return the number right after the last equals sign of a stretch, if there is one."""
        signs = list(_EQUALS.finditer(self.plain, start, end))
        if not signs:
            return None
        following = [number for number in numbers if number.start >= signs[-1].end()]
        if not following or not _LEAD.fullmatch(self.plain, signs[-1].end(), following[0].start):
            return None
        return following[0]

    def _assigns_several(self, start: int, end: int) -> bool:
        return len({match[1] for match in _ASSIGNMENT.finditer(self.plain, start, end)}) > 1

    def _offers_several(self, numbers: list[NumberSpan], end: int, direct: bool) -> bool:
        if len(numbers) < 2 or (numbers[0].value, numbers[0].percent) == (numbers[1].value, numbers[1].percent):
            return False
        gap = self.plain[numbers[0].end : numbers[1].start]
        if _LISTED.fullmatch(gap):
            return bool(_CLOSES_LIST.match(self.plain[numbers[-1].end : end]))
        return bool(_ALTERNATIVE.fullmatch(gap) or (direct and _COMPOUND.fullmatch(gap)))

    def _is_operand(self, number: NumberSpan, start: int, end: int) -> bool:
        """Return whether a number of a statement is part of an expression, to be worked out: 3 + 4, x + 1, √2 / 2."""
        equals = max(self.folded.rfind(sign, start, number.start) for sign in "=≈")
        before = self.folded[max(start, equals + 1) : number.start]
        return bool(_OPERATION_BEFORE.search(before) or _OPERATION_AFTER.match(self.folded, number.end, end))

    def _is_unfinished(self, number: NumberSpan) -> bool:
        return _UNFINISHED.fullmatch(self.plain, number.end) is not None

    def _is_one_of_several(self, number: NumberSpan) -> bool:
        """Return whether a number is joined to another, or is the smaller part of one: 3或5, 12 to 15, 2小时5分钟."""
        index = bisect_left(self.starts, number.start)
        for one, other in ((index - 1, index), (index, index + 1)):
            if not 0 <= one < other < len(self.numbers):
                continue
            first, second = self.numbers[one], self.numbers[other]
            if (first.value, first.percent) == (second.value, second.percent):
                continue
            gap = self.plain[first.end : second.start]
            if _EITHER.fullmatch(gap) or _LARGER_UNIT.fullmatch(gap) or self._is_assigned_again(first, gap):
                return True
        return False

    def _is_assigned_again(self, first: NumberSpan, gap: str) -> bool:
        """Return whether a variable is given a second value: x = 4, x = 6."""
        again = _REASSIGNED.fullmatch(gap)
        before = _ASSIGNED.search(self.plain[max(0, first.start - _FURTHEST_LOOK_BACK) : first.start])
        return again is not None and before is not None and again[1] == before[1]

    def _undeclared(self) -> tuple[_Found, str]:
        line = last_line(self.plain)
        checked = _CHECK.match(self.plain, line.start) and not _CONCLUDES.search(self.plain, line.start)
        if checked and bisect_left(self.starts, line.start) > 0:
            return _Reader(self.folded[: line.start])._undeclared()
        candidates = [(found, "conclusion") for found in map(self._in_conclusion, conclusions(self.plain)) if found]
        result = self._after_equals(self._between(line.start, line.stop), line.start, line.stop)
        if result is not None:
            candidates.append((result, "equation"))
        for emphasis in bold(self.folded):
            numbers = self._between(emphasis.start, emphasis.end)
            if len(numbers) == 1 and self._is_bare(emphasis, numbers):
                candidates.append((numbers[0], "bold"))
        numbers = _without_incidental(self.numbers)
        if not candidates and not numbers:
            return _Verdict.SILENT, ""
        if not candidates:
            candidates.append((numbers[-1], "last_number"))
        found, rule = max(candidates, key=lambda candidate: candidate[0].start)
        signed = _PLUS_MINUS.search(self.plain[max(0, found.start - _FURTHEST_LOOK_BACK) : found.start])
        return (_Verdict.UNREADABLE, rule) if signed or self._is_one_of_several(found) else (found, rule)

    def _in_conclusion(self, conclusion: Declaration) -> NumberSpan | None:
        numbers = self._between(conclusion.start, conclusion.end)
        if not numbers:
            return None
        return self._after_equals(numbers, conclusion.start, conclusion.end) or numbers[-1]


def _without_incidental(numbers: list[NumberSpan]) -> list[NumberSpan]:
    return [number for number in numbers if number.rule != "incidental"] or numbers
