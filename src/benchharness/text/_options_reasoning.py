"""Which options the reasoning of a text affirms, which it rules out, and what it comes to."""

import re
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from benchharness.text import _options_verdicts as say
from benchharness.text._options_page import Mention, Page
from benchharness.text._options_stance import NOT_MEANT, NUMERALS


class Kind(Enum):
    """What a clause says of an option."""

    NAMED = "named"
    AFFIRMED = "affirmed"
    FITTING = "fitting"  # what the question asks for, right or wrong in itself
    ONLY = "only"  # the only one, or all that is left
    DENIED = "denied"
    RULED_OUT = "ruled out"  # denied outright


_HAN = re.compile(r"[\u3400-\u9fff]")
_WORD = re.compile(r"\w")
_LIKEWISE = re.compile(r" (?:by|for|too|likewise|as well)\b")
_FURTHEST_LOOK_BACK = 40
# What may follow a judgement in a clause that is little else: of English, and a third of it of Chinese.
_LONGEST_REST = 24

NEGATIVE = (Kind.DENIED, Kind.RULED_OUT)


@dataclass(frozen=True, slots=True)
class Claim:
    """What a clause says of the options that one mention names."""

    mention: Mention
    kind: Kind
    place: int


class Claims:
    """What a page says of its options, clause by clause.

    Attributes:
        all: every claim, in order.
        contrasted: the options that it sets against all the others, in order.
    """

    def __init__(self, page: Page) -> None:
        self.page = page
        self.all: list[Claim] = []
        self.contrasted: list[Mention] = []
        self._places: list[int] = []
        self._topic: Mention | None = None
        self._together: list[Mention] = []
        self._chinese = False
        for start, end in page.sentences:
            self._sentence(start, end)

    def latest(self) -> dict[str, Claim]:
        """Return the last judgement of each option that is judged at all."""
        return {label: claim for claim in self.all if claim.kind is not Kind.NAMED for label in claim.mention.labels}

    def within(self, start: int, end: int) -> dict[str, Claim]:
        """Return for each option named or judged in a stretch what it says of it last, a judgement rather than none."""
        found: dict[str, Claim] = {}
        for claim in self.all[bisect_left(self._places, start) : bisect_left(self._places, end)]:
            for label in claim.mention.labels:
                if claim.kind is not Kind.NAMED or label not in found:
                    found[label] = claim
        return found

    def _sentence(self, start: int, end: int) -> None:
        page = self.page
        self._chinese = _HAN.search(page.plain, start, end) is not None
        if "\n\n" in page.masked[max(0, start - 2) : start]:
            self._topic = None
        named = page.between(start, end)
        if self._topic is not None and not named and self._sets_apart(page.masked[start:end]):
            self.contrasted.append(self._topic)
        for number, (low, high) in enumerate(_clauses(page, start, end)):
            self._clause(low, high, begins=number == 0)
        if named:
            self._together = named

    def _sets_apart(self, sentence: str) -> bool:
        """Return whether a sentence that names no option speaks of all but the one named before."""
        counted = say.OTHERS_COUNTED.search(sentence)
        if counted is not None:
            return NUMERALS[(counted["zh"] or counted["en"]).lower()] == len(self.page.labels) - 1
        return say.CONTRAST.search(sentence) is not None

    def _clause(self, low: int, high: int, *, begins: bool) -> None:
        """Note what one clause says, and which option the next one may be about."""
        page = self.page
        mentions = [mention for mention in page.between(low, high) if mention.labels and not mention.contradicts]
        if not mentions:
            self._carried(low, high)
            return
        if say.BARE.fullmatch(page.masked, low, mentions[0].start):
            self._carried(low, mentions[0].start)
        for index, mention in enumerate(mentions):
            following = mentions[index + 1].start if index + 1 < len(mentions) else high
            kind = self._kind(mention, low, following)
            if kind is Kind.NAMED and self.all and self._likewise(low, mention):
                kind = self.all[-1].kind
            self._note(mention, kind, mention.start)
        first = mentions[0]
        if begins or self._topic is None or say.SUBJECT.match(page.masked[low : first.start]):
            self._topic = first

    def _carried(self, low: int, high: int) -> None:
        """Give the judgement of a clause that names no option to the one that was named before."""
        clause = self.page.masked[low:high]
        if self._topic is not None and (say.ONLY_IT.match(clause) or say.TICKED_LAST.search(clause)):
            self._note(self._topic, Kind.ONLY, low)
            return
        if self._topic is not None and say.RIGHT_ALONE.fullmatch(clause):
            self._note(self._topic, Kind.AFFIRMED, low)
            return
        lead = say.JUDGES.match(clause)
        verdict = say.VERDICT.match(clause, lead.end()) if lead else None
        longest = _LONGEST_REST if verdict and verdict.group().isascii() else _LONGEST_REST // 3
        if verdict is None or (verdict.group().isalpha() and len(clause) - verdict.end() > longest):
            return
        if say.PLURAL.match(clause):
            for mention in self._together if say.BOTH.match(clause) else []:
                self._note(mention, verdict_of(clause, self._chinese) or Kind.NAMED, low)
        elif self._topic is not None:
            self._note(self._topic, verdict_of(clause, self._chinese) or Kind.NAMED, low)

    def _likewise(self, low: int, mention: Mention) -> bool:
        """Return whether a clause leaves out the judgement it shares with the one before: "and D by sixty years"."""
        masked = self.page.masked
        joined = masked[low : mention.start].strip() == "and"
        return joined and _LIKEWISE.match(masked, mention.end) is not None

    def _kind(self, mention: Mention, low: int, following: int) -> Kind:
        masked = self.page.masked
        before = masked[max(low, mention.start - _FURTHEST_LOOK_BACK) : mention.start]
        after = masked[mention.end : following]
        denied = say.DENIED_BEFORE.search(before)
        if denied is not None:
            return Kind.RULED_OUT if denied["out"] else Kind.DENIED
        if say.TICKED.search(before):
            return Kind.ONLY
        if say.CROSSED.match(after):
            return Kind.RULED_OUT
        if say.POINTS_TO.search(before):
            return Kind.AFFIRMED
        if mention.usable and (say.ONLY_BEFORE.search(before) or say.ONLY_AFTER.match(after)):
            return Kind.ONLY
        return verdict_of(after, self._chinese) or Kind.NAMED

    def _note(self, mention: Mention, kind: Kind, place: int) -> None:
        self.all.append(Claim(mention, kind, place))
        self._places.append(place)


def verdict_of(clause: str, chinese: bool) -> Kind | None:
    """Return the judgement in a clause, the last one in Chinese; in English a negation decides."""
    clause = say.QUOTED.sub(" ", clause)
    if say.RIGHT_ALONE.fullmatch(clause):
        return Kind.AFFIRMED
    mark = say.MARKED.match(clause)
    if mark is not None:
        return Kind.ONLY if mark[1] in say.TICKS else Kind.RULED_OUT
    found: Kind | None = None
    for match in say.VERDICT.finditer(clause):
        kind = Kind[match.lastgroup or ""]
        if kind in NEGATIVE and match.group().isascii() and not chinese:
            return kind
        if not (chinese and match.group().isascii()):
            found = kind
    return found


def _clauses(page: Page, start: int, end: int) -> Iterator[tuple[int, int]]:
    low = start
    for match in say.TURN.finditer(page.masked, start, end):
        if page.masked[low : match.end()].strip():
            yield low, match.end()
        low = match.end()
    if page.masked[low:end].strip():
        yield low, end


def conclusion(page: Page, claims: Claims) -> Mention | None:
    """Return what the text comes to, if it is one and nothing later says otherwise.

    The last sentence that concludes (所以, therefore) or ends the text with an option counts. Without one, what the
    text states in the form "it is B", as long as it states nothing else in this form.
    """
    stated: list[Mention] = []
    concluded: Mention | None = None
    end = len(page.masked.rstrip()) - 1
    for low, high in page.sentences:
        cue = say.CONCLUDES.search(page.masked[low:high])
        mention, predicate = _stated(page, claims, low, high, low + cue.start() if cue else low)
        last = high >= end
        opens = cue is not None and last and not _WORD.search(page.masked, low, low + cue.start())
        if mention is None or (len(mention.labels) > 1 and not predicate and not opens):
            concluded = None if cue is not None and predicate else concluded
        elif cue is not None or (
            last and (predicate or _stands_apart(page, mention, low, high)) and _all_name(stated, mention)
        ):
            concluded = mention
        elif predicate and _all_name(page.between(low, high), mention):
            stated.append(mention)
    if concluded is not None:
        later = [mention for mention in stated if mention.start > concluded.start]
        return concluded if concluded.usable and _all_name(later, concluded) else None
    return stated[-1] if stated and stated[-1].usable and _all_name(stated, stated[-1]) else None


def _all_name(mentions: list[Mention], mention: Mention) -> bool:
    return all(other.labels == mention.labels for other in mentions)


def _stands_apart(page: Page, mention: Mention, low: int, high: int) -> bool:
    """Return whether a sentence ends with an option set off by a comma or a colon, or is nothing else."""
    return _ends(page, mention, high) and say.SET_APART.search(page.masked[low : mention.start]) is not None


def _ends(page: Page, mention: Mention, high: int) -> bool:
    return say.ENDS.fullmatch(page.masked, mention.start, high) is not None


def _stated(page: Page, claims: Claims, low: int, high: int, cue: int) -> tuple[Mention | None, bool]:
    """Return the one option that a sentence states, and whether it does so in the form "it is B".

    Where it offers several, there is none, and the second is true.
    """
    sentence = page.masked[low:high]
    if page.masked[high : high + 1] == "?" or say.UNSURE.search(sentence) or NOT_MEANT.search(sentence):
        return None, False
    said = claims.within(low, high)
    only = [claim.mention for claim in said.values() if claim.kind in (Kind.ONLY, Kind.FITTING)]
    if len({mention.labels for mention in only}) == 1:
        return only[-1], len(only[-1].labels) == 1
    named = [
        mention
        for mention in page.between(low, high)
        if mention.labels and not any(said[label].kind in NEGATIVE for label in mention.labels if label in said)
    ]
    if not named:
        return None, False
    last = named[-1]
    if _ends(page, last, high) and say.PREDICATE.search(
        page.masked, max(low, last.start - _FURTHEST_LOOK_BACK), last.start
    ):
        return last, True
    begins = _WORD.search(page.masked, low, cue) is None
    after = [mention for mention in named if mention.start > cue]
    if not after and not begins:
        after = [mention for mention in named if any(said[label].kind is Kind.AFFIRMED for label in mention.labels)]
    if len({mention.labels for mention in after}) != 1:
        return None, len(after) > 1
    return after[-1], False
