"""Where an option stands alone: the whole text, a line or sentence at its beginning or end."""

import re

from benchharness.text._options_declared import Choice, Statement, chosen
from benchharness.text._options_page import Page
from benchharness.text._options_patterns import pattern
from benchharness.text._options_stance import NOT_MEANT
from benchharness.text._options_verdicts import CROSSES

_LINE = re.compile(r"[^\n]+")
_ONLY_AN_OPTION = pattern(r"[^\w@]*(?:[0-9]{1,2}[).、]\s*)?(@+)[^\w@]*")
_ONLY_A_SMALL_LETTER = re.compile(r"\W*([a-h])\W*")
_BEFORE_WORDING = re.compile(r"[^\w\\{(-]*")
_WORD = re.compile(r"\w")
_CROSSED = re.compile(rf"[{CROSSES}]|\[ ?\]")
_SECOND_LABEL = re.compile(r"[^\w\n]*B[^\w\n]*[.)、:]")
# Not from within white space, so that a long run of it is tried once.
_REASON = pattern(r"(?<![\s,]),?\s*(?:\b(?:because|since|as it|as they|for it)\b|因为|由于|理由)")
_SET_OFF = pattern(r"[:—–]\s*(@+)\s*\Z")
_SHORTEST_IN_FULL = 6


def alone(page: Page, cut_off: bool) -> list[Statement]:
    """Find where an option and nothing else stands on the first or last line, or in the first or last sentence.

    Args:
        page: the text.
        cut_off: whether the text was cut off; its last line is then no statement.
    """
    lines = [match.span() for match in _LINE.finditer(page.masked) if match.group().strip()]
    held = [(index, choice) for index, line in enumerate(lines) if (choice := _held(page, *line)) is not None]
    if len({choice.labels for _, choice in held}) > 1:
        return []  # headings, or the options copied out
    found = []
    for index, choice in held:
        if index == 0 and not (cut_off and len(lines) == 1) and not _begins_list(page, lines):
            found.append(Statement(choice, "alone" if len(lines) == 1 else "first_line", True, *lines[index]))
        elif 0 < index == len(lines) - 1 and not cut_off:
            found.append(Statement(choice, "last_line", True, *lines[index]))
    return found or _sentences(page, cut_off)


def set_off(page: Page) -> list[Statement]:
    """Find the sentences that end with a letter and its text after a colon: "the largest of all: C, Jupiter"."""
    found = []
    for low, high in page.sentences:
        match = _SET_OFF.search(page.masked, low, high)
        mention = page.at(match.start(1)) if match else None
        if mention is None or not mention.usable or NOT_MEANT.search(page.masked, low, mention.start):
            continue
        if mention.by_letter and mention.end - mention.start > _SHORTEST_IN_FULL:
            found.append(Statement(chosen(mention), "set_off", False, mention.start, mention.end))
    return found


def _sentences(page: Page, cut_off: bool) -> list[Statement]:
    if cut_off or not page.sentences:
        return []
    found = []
    low, high = page.sentences[0]
    reason = _REASON.search(page.masked, low, high)
    choice = _held(page, low, reason.start() if reason else high)
    if choice is not None and (reason is not None or page.masked[high : high + 1] in tuple("。.!")):
        found.append(Statement(choice, "first_sentence", True, low, high))
    low, high = page.sentences[-1]
    choice = _held(page, low, high) if low else None
    return found + ([Statement(choice, "last_sentence", True, low, high)] if choice else [])


def _begins_list(page: Page, lines: list[tuple[int, int]]) -> bool:
    """Return whether the second line begins with the second label, as in a list of the options."""
    return len(lines) > 1 and _SECOND_LABEL.match(page.plain, *lines[1]) is not None


def _held(page: Page, start: int, end: int) -> Choice | None:
    """Return the option that a stretch consists of, by letter, by text or by both."""
    if _CROSSED.search(page.plain, start, end):
        return None
    only = _ONLY_AN_OPTION.fullmatch(page.masked, start, end)
    if only is not None:
        mention = page.at(only.start(1))
        if mention is None or not mention.usable or mention.end != only.end(1):
            return None
        # The letters one by one, with commas between, are the list of labels; ABCD is a set.
        listed = len(mention.labels) == len(page.labels) < mention.end - mention.start
        return None if listed else chosen(mention)
    small = _ONLY_A_SMALL_LETTER.fullmatch(page.plain, start, end)
    if small is not None and small[1].upper() in page.labels:
        return Choice((small[1].upper(),), *small.span(1))
    place = _BEFORE_WORDING.match(page.plain, start, end)
    wording = page.wordings.at(page.plain, place.end() if place else start)
    if wording is None or wording.end > end or _WORD.search(page.plain, wording.end, end):
        return None
    return Choice((wording.label,), wording.start, wording.end)
