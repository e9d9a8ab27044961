"""The elements that a text lists as its answer."""

import json
import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise

from benchharness.records import Extraction
from benchharness.text._declarations import declarations, marks, plain
from benchharness.text._questions import end_of_answer
from benchharness.text.spans import comparable, declines, is_short, readings
from benchharness.text.width import normalise

# ①, ⑴, ⒈, ❶, ㈠ begin an element wherever they stand; folded to plain digits they would run together with it.
_CIRCLED = re.compile(r"[\u2460-\u249b\u2776-\u277f\u3220-\u3229\u3251-\u325f]")
_CIRCLE = "\x01"
_LINE = re.compile(rf"{_CIRCLE}?[^\n{_CIRCLE}]+")
_NUMERAL = r"[一二三四五六七八九十]{1,3}"
# “1、” marks an element unless more of the line is parted so: 5、七路、9路.
_BULLET = re.compile(
    rf"[ \t]*(?:{_CIRCLE}[ \t]*|[-*+•·●○◦▪■–—]+[ \t]+|[•·●○◦▪■]|-(?=[^\W\d])|\d{{1,2}}[.)](?:[ \t]+|(?!\d))|[A-Za-z]\)"
    rf"|\((?:\d{{1,2}}|{_NUMERAL}|[A-Za-z])\)|{_NUMERAL}\.|(?:\d{{1,2}}|{_NUMERAL})、[ \t]*+(?!\d|.*、)"
    rf"|第(?:{_NUMERAL}|\d{{1,2}})[、:,])[ \t]*(?=\S)"
)
# 1. 山道 2. 远帆 on one line
_NUMBERED = re.compile(r"(?:(?<=[\s;,、])|^)(?P<number>\d{1,2})[.、)][ \t]*+(?=[^\W\d]|[《\"“*(])")
_FENCE = re.compile(r"\s*(?:```\w*|[\[\](){}]+)\s*")
_LEAD_IN = re.compile(r":[\s*_]*$")
_LABEL = re.compile(r"^[^,、;]*?:(?=[\s*_]*\S)(?!\d)")
_TITLES = r"(?<=[》」』”])(?=[《「『“])"
_HARD = re.compile(rf"{_TITLES}|[、;]|,(?!\d{{3}}(?!\d))|\t|[ \t]/[ \t]|\|")
_BULLETED_HARD = re.compile(rf"{_TITLES}|[、;]")
_SOFT = re.compile(r"以及|及其|和|与|及|\s+(?:and|&|as well as)\s+|^\s*and\s", re.IGNORECASE)
_HAN_ONLY = re.compile(r"[\u3400-\u9fff《》“”]+(?:[ \t]+[\u3400-\u9fff《》“”]+)+")
_INTRODUCTION = re.compile(
    r"[^、;]*?(?:(?:分别|一共|共)?(?:包括|包含|有|是|为)|\b(?:are|were|is|was|included?|includes|including)\b)\s*",
    re.IGNORECASE,
)
_DENIES = re.compile(
    r"不(?![少同])|没|未|除|排除|取消|\b(?:not|no|never|without|except|exclud\w+|cancell?ed)\b|n't", re.IGNORECASE
)
_HEAD = re.compile(r"(?:\*\*(?P<bold>[^*]+)\*\*|(?P<head>[^:]+?))\s*(?::(?!\d)|\s[-–—]+\s|——)(?P<remark>.*)")
_STOP = re.compile(r"[。!?]|(?<!\b[A-Za-z])(?<!\bM[rs])(?<!\bMrs)(?<!\bDr)\.(?=\s|$)")
_EXPLAINS = re.compile(
    r"\W*(?:注|备注|说明|理由|原因|解析|解释|分析|其中|以上|因为|(?:note|reason|explanation|because|that|these)\b)",
    re.IGNORECASE,
)
_LONGEST_WORDS, _LONGEST_PART = 8, 60
_MOST_JOINTS = 5
_SENTENCE = re.compile(rf"(?P<stated>(?:(?!{_STOP.pattern}).)+)(?P<stop>{_STOP.pattern})?")
_LISTS = re.compile(r"[、;》」』”]")
_EDGES = " \t\r\n\"'“”‘’`*_[]{},;.。、"


@dataclass(frozen=True, slots=True)
class _Line:
    """A line of a folded text.

    Attributes:
        start: index of its first character.
        end: index after its last character.
        text: what it says, without the mark of a list.
        bulleted: whether it had one.
    """

    start: int
    end: int
    text: str
    bulleted: bool

    @property
    def is_lead_in(self) -> bool:
        return not self.bulleted and _LEAD_IN.search(self.text) is not None

    @property
    def is_element(self) -> bool:
        """Whether it can be an element, and is no sentence: short, or a head with a remark behind it."""
        stated = self.text.strip(_EDGES)
        if self.is_lead_in or not stated or _EXPLAINS.match(stated):
            return False
        label = _LABEL.match(stated)
        if label is not None and not self.bulleted and _HARD.search(stated, label.end()):
            return False
        stated = (_head(stated) if self.bulleted else None) or stated
        return is_short(stated) and not _STOP.search(stated)


def extract_list(text: str, whole: Collection[str] = (), *, cut_off: bool = False) -> Extraction | None:
    r"""Read the elements that ``text`` lists.

    Of what it declares (答案：…, ``\boxed``), or else of all of it, in this order: the last JSON list (rule ``json``);
    the last lines with bullets or numbers (``bullets``); the last run of short lines (``lines``); one line or sentence
    parted by 、 , ; 和 and (``inline``). A line or label that ends in a colon introduces a list; one that denies
    (不包括：, not played:) introduces none that is read.

    Args:
        text: a final answer, without reasoning.
        whole: ``comparable`` forms that are not to be parted, for elements that hold “和” or a comma.
        cut_off: whether the answer ended at the token limit. Then only a JSON list counts, and what the text goes on
            after, as further elements could have followed anything else.

    Returns:
        The ``value`` is a list of texts, each once, without the marks around them. ``None`` if there is no list, or
        the text says that it gives none.
    """
    folded = normalise(_CIRCLED.sub(_CIRCLE, text))
    content = folded.text[: end_of_answer(folded.text)]
    torn = cut_off and len(content) == len(folded.text)
    start, end = _stretch(content)
    found = _Reader(content[:end], start, whole, torn=torn and end == len(content)).read()
    if found is None or not found.value:
        return None
    if found.rule == "inline" and declines(content):
        return None
    return Extraction(found.value, found.rule, *folded.raw_span(found.start, found.end))


def element_readings(element: str) -> tuple[str, ...]:
    """Return what an element of a list may name, each ``comparable``, the most literal first.

    Beside the ``spans.readings``: the head of ``**山道**：开场曲目`` and ``Swallow - sold as Swift``, unless the remark
    denies it.
    """
    head = _head(normalise(element).text)
    return tuple(dict.fromkeys([*readings(element), *(readings(head) if head else ())]))


def _head(element: str) -> str | None:
    found = _HEAD.match(element)
    if found is None or _denies(found["remark"]):
        return None
    head: str = found["bold"] or found["head"]
    return head.strip(_EDGES)


def _stretch(text: str) -> tuple[int, int]:
    """Return where the declared list stands: from the last declaration on, or within the last box."""
    boxes = [mark for mark in marks(text) if mark.rule == "boxed"]
    if boxes:
        return boxes[-1].start, boxes[-1].end
    declared = [one for one in declarations(plain(text)) if not _DENIES.search(text, one.announced, one.start)]
    starts = [one.start for one in declared if text[one.start :].strip(_EDGES)]
    if not starts:
        return 0, len(text)
    # The bullet of the first line is among the Markdown that a declaration is read without.
    line = text.rfind("\n", 0, starts[-1]) + 1
    return (starts[-1] if text[line : starts[-1]].strip(" \t*_`#>") else line), len(text)


class _Reader:
    """A stretch of a folded text, and the list in it."""

    def __init__(self, text: str, start: int, whole: Collection[str], *, torn: bool) -> None:
        self.text = text
        self.start = start
        self.whole = whole
        self.torn = torn
        self.lines = [line for line in _lines(text, start) if not _FENCE.fullmatch(line.text)]
        self.denied = set(self._denied())

    def read(self) -> Extraction | None:
        """Return the list, by the first rule that finds one."""
        runs = [run for run in self._runs() if len(run) > 1]
        if (found := self._json()) is not None:
            return found
        if not runs:
            return self._inline()
        run = runs[-1]
        if not self._goes_on_after(run[-1]):
            return None
        parts = [part for line in run for part in self._parts(line.text, bulleted=line.bulleted)]
        return Extraction(_distinct(parts), "bullets" if run[0].bulleted else "lines", run[0].start, run[-1].end)

    def _denied(self) -> Iterator[int]:
        """Yield where the lines begin that stand below one such as “不包括：”, up to the next that ends in a colon."""
        denied = False
        for line in self.lines:
            if line.is_lead_in:
                denied = _denies(line.text)
            elif denied:
                yield line.start

    def _runs(self) -> Iterator[list[_Line]]:
        """Yield the runs of lines that can be elements, those with bullets and those without apart."""
        run: list[_Line] = []
        for line in self.lines:
            fits = line.is_element and line.start not in self.denied
            if run and (not fits or line.bulleted != run[0].bulleted):
                yield run
                run = []
            if fits:
                run.append(line)
        if run:
            yield run

    def _json(self) -> Extraction | None:
        found: Extraction | None = None
        place = self.start
        while (opening := self.text.find("[", place)) >= 0:
            try:
                value, place = json.JSONDecoder().raw_decode(self.text, opening)
            except (ValueError, RecursionError):
                place = opening + 1
                continue
            if _is_plain_list(value) and not re.search(r"[\w)]\Z", self.text[self.start : opening]):
                found = Extraction(_distinct(map(str, value)), "json", opening, place)
        return found

    def _inline(self) -> Extraction | None:
        """Read the only line, or else the last that holds one list; one that is no sentence comes first."""
        lines = [line for line in self.lines if not line.is_lead_in and line.start not in self.denied]
        found: list[tuple[bool, Extraction]] = []
        for line in lines:
            sentences = [one for one in _SENTENCE.finditer(line.text) if one["stated"].strip(_EDGES)]
            alone = len(lines) == len(sentences) == 1
            whole = [one for one in sentences if one["stop"] or self._goes_on_after(line)]
            listed = [parts for one in whole if (parts := self._listed(one, alone=alone))]
            if len(listed) == 1:
                elements = Extraction(_distinct(listed[0]), "inline", line.start, line.end)
                found.append((not any(one["stop"] for one in sentences), elements))
        return max(found, key=lambda one: (one[0], one[1].start))[1] if found else None

    def _listed(self, sentence: re.Match[str], *, alone: bool) -> Sequence[str]:
        """Return the elements of a sentence; none if it is prose."""
        stated = sentence["stated"]
        for introduction in (_LABEL, _INTRODUCTION):
            if comparable(stated) in self.whole:
                return [stated]
            found = introduction.match(stated)
            if found is not None and stated[found.end() :].strip(_EDGES):
                if _denies(found.group()):
                    return []
                stated = stated[found.end() :]
        parts = [part for part in self._parts(stated, joined=True) if part.strip(_EDGES)]
        if not all(len(part.split()) <= _LONGEST_WORDS and len(part) <= _LONGEST_PART for part in parts):
            return []
        # Commas part clauses too.
        is_list = len(parts) > 1 and (not sentence["stop"] or _LISTS.search(stated) or _SOFT.search(stated))
        return parts if alone or is_list else []

    def _parts(self, stated: str, *, bulleted: bool = False, joined: bool = False) -> Sequence[str]:
        """Part a line into elements: by separators, and ``joined`` ones by “and”; after a bullet by 、 and ; alone."""
        if comparable(stated) in self.whole or (bulleted and _head(stated)):
            return [stated]
        parts = (_BULLETED_HARD if bulleted else _HARD).split(stated)
        if not joined:
            return parts
        if len(parts) == 1 and _HAN_ONLY.fullmatch(stated.strip(_EDGES)):
            return stated.split()
        return [piece for part in parts for piece in self._parted_by_and(part)]

    def _parted_by_and(self, stated: str) -> Sequence[str]:
        """Part at 和, “and” and the like, so that as many pieces as can be are known and there are many pieces."""
        joints = list(_SOFT.finditer(stated))[:_MOST_JOINTS]
        ways: list[list[str]] = []
        for count in range(len(joints), -1, -1):
            for chosen in combinations(joints, count):
                edges = [0, *(edge for joint in chosen for edge in joint.span()), len(stated)]
                ways.append([stated[first:last] for first, last in zip(edges[::2], edges[1::2], strict=True)])
        return max(ways, key=lambda way: sum(comparable(piece) in self.whole for piece in way))

    def _goes_on_after(self, line: _Line) -> bool:
        """Return whether the list is complete with this line."""
        return not self.torn or bool(self.text[line.end :].strip())


def _distinct(elements: Iterable[str]) -> list[str]:
    """Return each element once, without the marks around it."""
    found: dict[str, str] = {}
    for element in elements:
        found.setdefault(comparable(element), element.strip(_EDGES))
    return [element for form, element in found.items() if form]


def _lines(text: str, start: int) -> Iterator[_Line]:
    """Yield the lines of a text from ``start`` on; numbers within a line, 1. … 2. …, begin lines of their own."""
    for match in _LINE.finditer(text, start):
        numbered = list(_NUMBERED.finditer(match.group()))
        if len(numbered) < 2 or [int(one["number"]) for one in numbered] != list(range(1, len(numbered) + 1)):
            numbered = []
        inner = [match.start() + one.start() for one in numbered if one.start()]
        for first, last in pairwise([match.start(), *inner, match.end()]):
            bullet = _BULLET.match(text, first, last)
            stated = text[bullet.end() if bullet else first : last].strip(" \t\r" + _CIRCLE)
            if stated:
                yield _Line(first, last, stated, bullet is not None)


def _is_plain_list(value: object) -> bool:
    return (
        isinstance(value, list)
        and bool(value)
        and all(isinstance(one, str | int | float) and not isinstance(one, bool) for one in value)
    )


def _denies(text: str) -> bool:
    return _DENIES.search(text) is not None
