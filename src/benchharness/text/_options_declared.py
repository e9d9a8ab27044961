"""Where a text declares the option it chooses, and which one that is."""

import re
from dataclasses import dataclass, replace
from enum import Enum

from benchharness.text import _options_announcements as say
from benchharness.text._options_page import Mention, Page
from benchharness.text._options_patterns import MASK, pattern
from benchharness.text._options_stance import CONDITION, cannot_choose, is_set_aside, none_fits

# A statement is read no further than this, so that a text of one endless sentence takes no endless time.
_LONGEST_STATEMENT = 300
_LONGEST_LOOSE_STATEMENT = 200
_FURTHEST_LOOK_BACK = 60
_ENDS_LINE = pattern(r"[^\w\n@]*(?:\n|$)")
_CIRCLED = "".join(map(chr, range(0xE010, 0xE018)))


class Verdict(Enum):
    """What a statement may give instead of an option."""

    SILENT = "silent"  # it names no option; look elsewhere
    UNREADABLE = "unreadable"  # it offers several, or says that none fits; look no further


@dataclass(frozen=True, slots=True)
class Choice:
    """The options a statement chooses, and where it names them in the folded text."""

    labels: tuple[str, ...]
    start: int
    end: int


Reading = Choice | Verdict


@dataclass(frozen=True, slots=True)
class Statement:
    """A stretch of text that says which option is chosen.

    Attributes:
        reading: what it chooses.
        rule: how it says so.
        firm: whether it says outright that this is the answer; another kind counts only where none is firm.
        start: index of the first character, of the words that announce it where there are any.
        end: index after its last character.
    """

    reading: Reading
    rule: str
    firm: bool
    start: int
    end: int


def chosen(mention: Mention) -> Choice:
    """Return the choice of what a mention names."""
    return Choice(mention.labels, mention.start, mention.end)


class Declared:
    """Finds the statements of a page that announce a choice."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self._offered: set[tuple[str, ...]] = set()
        self._denied: list[tuple[int, tuple[str, ...]]] = []

    def statements(self) -> list[Statement]:
        """Return what the text declares, in order."""
        found: list[Statement] = []
        for kind, announcement in (say.FIRM | say.LOOSE).items():
            for match in announcement.finditer(self.page.masked):
                found += self._announced(kind, match)
        for match in say.REVERSE.finditer(self.page.masked):
            mention = self.page.at(match.start())
            if mention is not None and mention.usable and not self._is_set_aside(mention.start):
                found.append(Statement(chosen(mention), "declared", True, match.start(), match.end()))
        found += self._all_but_one() + self._placed() + self._denied_again(found)
        if len(self._offered) > 1:
            found.append(Statement(Verdict.UNREADABLE, "declared", False, 0, 0))
        return _without_repeats(sorted(found, key=lambda statement: (statement.start, -statement.end)))

    def _all_but_one(self) -> list[Statement]:
        found = []
        for match in say.ALL_BUT.finditer(self.page.masked):
            mention = self.page.at(match.start("zh" if match["zh"] else "en"))
            if mention is None or not mention.usable or self._is_set_aside(match.start()):
                continue
            others = tuple(label for label in self.page.labels if label not in mention.labels)
            labels = others if match["right"] or match["true"] else mention.labels
            found.append(Statement(Choice(labels, *match.span()), "all_but", False, *match.span()))
        return found

    def _placed(self) -> list[Statement]:
        """Read which option is called right by its place, where no other is too."""
        page = self.page
        found = []
        for match in say.PLACED.finditer(page.masked):
            ordinal = next(group for group in match.groups() if group is not None).lower()
            if match["last"] or match["final"] or ordinal == "last":
                index = len(page.labels) - 1
            elif ordinal in say.ORDINAL_WORDS:
                index = say.ORDINAL_WORDS.index(ordinal)
            else:
                index = int(ordinal) - 1 if ordinal.isdigit() else say.ORDINALS.index(ordinal)
            asked = page.masked[page.sentence_after(match.end() - 1)[1] :][:1] == "?"
            if index < len(page.labels) and not asked and not self._is_set_aside(match.start()):
                found.append(Statement(Choice((page.labels[index],), *match.span()), "declared", False, *match.span()))
        readings = {statement.reading.labels for statement in found if isinstance(statement.reading, Choice)}
        return found if len(readings) == 1 else []

    def _denied_again(self, statements: list[Statement]) -> list[Statement]:
        """Return where the text says that what it declared before is not the answer."""
        first: dict[tuple[str, ...], int] = {}
        for statement in statements:
            if isinstance(statement.reading, Choice):
                labels = statement.reading.labels
                first[labels] = min(statement.end, first.get(labels, statement.end))
        return [
            Statement(Verdict.UNREADABLE, "declared", True, place, place + 1)
            for place, labels in self._denied
            if first.get(labels, place + 1) <= place
        ]

    def _announced(self, kind: str, match: re.Match[str]) -> list[Statement]:
        """Read what follows an announcement, unless it is a question, a condition or what others choose."""
        masked, start = self.page.masked, match.end()
        end = self._statement_end(start)
        if kind == "choose" and say.REFUSED.search(masked, max(0, match.start() - 20), match.start()):
            return []
        set_aside = self._is_set_aside(match.start())
        if masked[end : end + 1] == "?" or (set_aside and not self._is_conditional(match.start())):
            return []
        denied = say.NOT_BEFORE.search(masked, match.start(), max(match.start(), start - 1)) is not None
        reading = self.read(start, end, direct_only=kind in say.DIRECT_ONLY, denied=denied)
        if reading is Verdict.SILENT:
            if kind == "answer" and not set_aside:
                self._note_denial(match.start(), start, end, denied)
            return []
        if set_aside:
            self._offered |= {reading.labels} if isinstance(reading, Choice) else set()
            return []
        end = reading.end if isinstance(reading, Choice) else end
        return [Statement(reading, "declared", kind in say.FIRM, match.start(), end)]

    def _note_denial(self, announced: int, start: int, end: int, denied: bool) -> None:
        """Note which option "the answer is not C" denies."""
        lead = say.LEAD.match(self.page.masked, start, end)
        place = lead.end() if lead else start
        negation = say.NOT_LEAD.match(self.page.masked, place, end)
        mention = self.page.at(negation.end() if negation else place)
        if (denied or negation) and mention is not None and mention.usable:
            self._denied.append((announced, mention.labels))

    def _statement_end(self, place: int) -> int:
        """Return where the sentence at ``place`` ends, or the next line where a heading or colon ends this one."""
        masked = self.page.masked
        if masked[place : place + 1] in tuple("。.!?;"):
            return place
        rest = say.AFTER_ANNOUNCEMENT.match(masked, place)
        start = rest.end() if rest else place
        low, high = self.page.sentence_after(start)
        end = high if low <= start or "\n" not in masked[place:low] else max(place, high)
        return min(end, start + _LONGEST_STATEMENT)

    def _is_set_aside(self, place: int) -> bool:
        """Return whether the sentence before ``place`` makes of this a condition, a slip or what others think."""
        masked = self.page.masked
        low = max(0, place - _FURTHEST_LOOK_BACK)
        start = max(masked.rfind(mark, low, place) for mark in "。!?\n;")
        stop = masked.rfind(". ", low, place)
        return is_set_aside(masked[max(low, start + 1, stop + 1) : place])

    def _is_conditional(self, place: int) -> bool:
        masked = self.page.masked
        start = max(masked.rfind(mark, max(0, place - _FURTHEST_LOOK_BACK), place) for mark in "。!?\n;")
        return CONDITION.search(masked, max(0, start), place) is not None

    def read(self, start: int, end: int, *, direct_only: bool = False, denied: bool = False) -> Reading:
        """Return which options the statement in ``start:end`` chooses.

        Args:
            start: index of its first character.
            end: index after its last character.
            direct_only: whether only what it begins with counts.
            denied: whether the announcement says that this is not chosen.
        """
        masked = self.page.masked
        lead = say.LEAD.match(masked, start, end)
        place = lead.end() if lead else start
        negation = say.NOT_LEAD.match(masked, place, end)
        if denied or (negation and masked[negation.end() : negation.end() + 1] == MASK):
            return self._instead(negation.end() if negation else place, end)
        mention = self.page.at(place) if place < end else None
        if mention is not None:
            # "Answer:" above a line that goes on after the letter is a heading.
            if "\n" in masked[start:place] and not _ENDS_LINE.match(masked, mention.end):
                return Verdict.SILENT
            return self._direct(mention, end)
        other = self._otherwise(start, place, end)
        if other is not Verdict.SILENT or direct_only:
            return other
        statement = masked[start:end]
        if cannot_choose(statement) or none_fits(statement, len(self.page.labels)):
            return Verdict.UNREADABLE
        return Verdict.SILENT if "\n" in masked[start:place] else self._anywhere(place, end)

    def _direct(self, mention: Mention, end: int) -> Reading:
        masked = self.page.masked
        if not mention.usable:
            return Verdict.UNREADABLE
        if say.DENIED_AFTER.match(masked, mention.end, end) or say.GOES_ON.match(masked, mention.end, end):
            return Verdict.SILENT
        other = say.OR_ELSE.match(masked, mention.end, end)
        following = self.page.at(other.end() - 1) if other else None
        if following is not None and following.labels != mention.labels:
            return Verdict.UNREADABLE
        return chosen(mention)

    def _instead(self, place: int, end: int) -> Reading:
        """Read "not A but B": the option after the turn, if there is one."""
        masked = self.page.masked
        for turn in say.INSTEAD.finditer(masked, place, end):
            lead = say.LEAD.match(masked, turn.end(), end)
            mention = self.page.at(lead.end()) if lead and lead.end() < end else None
            if mention is not None:
                return self._direct(mention, end)
        return Verdict.SILENT

    def _otherwise(self, start: int, place: int, end: int) -> Reading:
        """Read an option that is named by its text, a lower-case letter, its place or a label of another kind."""
        page = self.page
        # The lead may have taken in a bracket or a sign that belongs to the option's text: {1, 2}, -3.
        for low in range(place, max(start, place - 3) - 1, -1):
            wording = page.wordings.at(page.plain, low)
            if wording is not None and say.AFTER_WORDING.match(page.plain, wording.end):
                return Choice((wording.label,), low, wording.end)
        lower = say.LOWER_CASE.match(page.plain, place, end)
        if lower is not None and lower[1].upper() in page.labels and not (lower[1] == "a" and lower.end() < end - 1):
            return Choice((lower[1].upper(),), place, lower.end())
        return self._by_place(place, end)

    def _by_place(self, place: int, end: int) -> Reading:
        """Read 乙, ②, 第二项, "the second option": where the options themselves hold no such labels."""
        page = self.page
        match = say.OTHER_LABELS.match(page.plain, place, end)
        if match is None:
            return Verdict.SILENT
        kind = match.lastgroup or ""
        found = match[kind].lower()
        series = {"stem": say.STEMS, "circled": _CIRCLED, "digit": "123456789"}.get(kind, "")
        options = "".join(page.wordings.texts)
        if any(char in options for char in series) or (kind == "digit" and not options):
            return Verdict.SILENT
        if kind == "word":
            index = len(page.labels) - 1 if found == "last" else say.ORDINAL_WORDS.index(found)
        elif series:
            index = series.index(found)
        else:
            index = int(found) - 1 if found.isdigit() else say.ORDINALS.index(found)
        if index >= len(page.labels):
            return Verdict.UNREADABLE
        return Choice((page.labels[index],), match.start(), match.end())

    def _anywhere(self, place: int, end: int) -> Reading:
        """Take the only option that the statement names, wherever in it."""
        mentions = [mention for mention in self.page.between(place, end) if not self._is_denied(mention, place, end)]
        if not mentions:
            return Verdict.SILENT
        if any(mention.alternatives for mention in mentions):
            return Verdict.UNREADABLE
        same = len({mention.labels for mention in mentions}) == 1
        return (
            chosen(mentions[0])
            if same and mentions[0].usable and end - place < _LONGEST_LOOSE_STATEMENT
            else Verdict.SILENT
        )

    def _is_denied(self, mention: Mention, start: int, end: int) -> bool:
        masked = self.page.masked
        low = max(start, mention.start - _FURTHEST_LOOK_BACK)
        before = say.DENIED_HERE.search(masked, low, mention.start)
        return bool(before or say.DENIED_AFTER.match(masked, mention.end, end))


def _without_repeats(statements: list[Statement]) -> list[Statement]:
    """Leave out a statement that says the same about the same place as the one before it."""
    kept: list[Statement] = []
    for statement in statements:
        last = kept[-1] if kept else None
        if last is not None and isinstance(statement.reading, Choice) and statement.reading == last.reading:
            kept[-1] = replace(last, firm=last.firm or statement.firm)
        else:
            kept.append(statement)
    return kept
