"""The option that a text singles out without declaring one."""

import re

from benchharness.text._options_declared import Choice, chosen
from benchharness.text._options_page import Mention, Page
from benchharness.text._options_patterns import pattern
from benchharness.text._options_reasoning import NEGATIVE, Claims, Kind, conclusion
from benchharness.text._options_stance import NOT_MEANT
from benchharness.text._options_verdicts import JUDGED, PREDICATE
from benchharness.text.answers import extract_number, numbers_equal
from benchharness.text.numerals import parse_number

_Found = tuple[Choice, str]

# The most sentences of a text in which the only option named may be taken for the one chosen.
_MOST_SENTENCES = 3
_MOST_SENTENCES_FOR_SHORT_WORDING = 2
_FURTHEST_LOOK_BACK = 40
_LISTED = pattern(r"\s*(?:[0-9]{1,2}[.、)]|[-•*]\s|first|second|third|next|then|首先|其次|再|接着|第[一二三四]|option)")
_NEGATED = pattern(r"不|n't|\bnot\b")
_JUDGED_FIRST = pattern(
    r"\s*(?:[这该此本]|题[目干]?中?的?|上述|原)(?:一|个|种|句|条)*(?:说法|表述|陈述|命题|判断|观点|描述|结论|话)"
    r"(?:显然|明显|完全)?(?:是|为)?\s*",
    r"\s*(?:the|this) (?:statement|claim|assertion|proposition) is\s*",
)
_TURNS = pattern(r"等等|不对|但|然而|不过|其实|应该是", r"\b(?:wait|but|however|actually|though|although|no,)")
_DIGIT = re.compile(r"[0-9]")
_WORD = re.compile(r"[^\W_]")


class Undeclared:
    """Reads the reasoning of a page, where it singles out one choice."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.claims = Claims(page)
        self.latest = self.claims.latest()
        self.denied = [label for label in page.labels if label in self.latest and self.latest[label].kind in NEGATIVE]

    def choice(self) -> _Found | None:
        """Return what is chosen, and by which rule it is read.

        In this order: what the text comes to (``concluded``), calls the only one (``only``) or sets against all others
        (``contrasted``); what is left (``eliminated``); the only one affirmed (``affirmed``); the last paragraph's
        (``closing``); the only one named (``named``); the result of a calculation (``number``).
        """
        left = [label for label in self.page.labels if label not in self.denied]
        alone = left[0] if len(left) == 1 and len(self.page.labels) > 2 else None
        firmly = sum(self.latest[label].kind is Kind.RULED_OUT for label in self.denied)
        outright = firmly == len(self.denied)
        said = self._said()
        if said is not None and not (outright and alone is not None and said[0].labels != (alone,)):
            return self._unless_denied_later(*said)
        if alone is not None and (outright or (2 * firmly >= len(self.denied) and self._is_named_last(alone))):
            return self._where_last_named(alone), "eliminated"
        return (
            self._affirmed()
            or self._closing()
            or self._stated_shortly()
            or self._judged_first()
            or self._only_named()
            or self._number()
        )

    def _said(self) -> tuple[Mention, str] | None:
        """Return what the text comes to or calls the only one, the later of the two."""
        concluded = conclusion(self.page, self.claims)
        only = [
            claim.mention
            for claim in self.claims.all
            if claim.kind in (Kind.ONLY, Kind.FITTING) and claim.mention.usable and len(claim.mention.labels) == 1
        ]
        if len({mention.labels for mention in only}) > 1:
            only = [] if concluded is None else [mention for mention in only if mention.labels == concluded.labels]
        if concluded is not None and (not only or concluded.start >= only[-1].start):
            return concluded, "concluded"
        if only:
            return only[-1], "only"
        return (self.claims.contrasted[-1], "contrasted") if self.claims.contrasted else None

    def _unless_denied_later(self, mention: Mention, rule: str) -> _Found | None:
        later = (self.latest[label].place > mention.start for label in mention.labels if label in self.denied)
        if any(later) or len(mention.labels) == len(self.page.labels):
            return None
        return chosen(mention), rule

    def _affirmed(self) -> _Found | None:
        affirmed = [label for label, claim in self.latest.items() if claim.kind is Kind.AFFIRMED]
        if len(affirmed) != 1 or 2 * len(self.denied) < len(self.page.labels) - 1:
            return None
        return self._where_last_named(affirmed[0]), "affirmed"

    def _closing(self) -> _Found | None:
        """Return the one option of the last paragraph, where those before it are ruled out but for one at most."""
        page = self.page
        start = page.masked.rstrip().rfind("\n\n")
        last = page.between(max(0, start), len(page.masked))
        if start < 0 or len({mention.labels for mention in last}) != 1:
            return None
        mention = last[-1]
        if not mention.usable or len(mention.labels) > 1 or mention.by_letter or mention.labels[0] in self.denied:
            return None
        label = mention.labels[0]
        affirmed = any(claim.kind is Kind.AFFIRMED and other != label for other, claim in self.latest.items())
        silent = {other for mention in page.mentions for other in mention.labels} - {label, *self.denied}
        if affirmed or len(silent) > 1 or len(silent) >= len(self.denied):
            return None
        if _LISTED.match(page.masked, start) or NOT_MEANT.search(page.masked, start, mention.start):
            return None
        return chosen(mention), "closing"

    def _stated_shortly(self) -> _Found | None:
        """Read a number, a yes or a no that ends the text in the form "it is 34"."""
        page = self.page
        if not page.sentences:
            return None
        low, high = page.sentences[-1]
        for wording in page.wordings.find_all(page.plain[:high]):
            after = page.plain[wording.end : high].removeprefix("的")
            if wording.start < low or _WORD.search(after):
                continue
            before = page.masked[max(low, wording.start - _FURTHEST_LOOK_BACK) : wording.start]
            if (PREDICATE.search(before) or JUDGED.search(before)) and not _NEGATED.search(before):
                return Choice((wording.label,), wording.start, wording.end), "concluded"
        return None

    def _judged_first(self) -> _Found | None:
        """Read a first sentence that only judges: 这个说法是错误的, "the statement is false"."""
        page = self.page
        if len(page.sentences) < 2 or _TURNS.search(page.plain, page.sentences[0][1]):
            return None
        low, high = page.sentences[0]
        lead = _JUDGED_FIRST.match(page.plain, low, high)
        wording = page.wordings.at(page.plain, lead.end()) if lead else None
        if wording is None or page.plain[wording.end : high].strip() not in ("", "的"):
            return None
        return Choice((wording.label,), wording.start, wording.end), "concluded"

    def _only_named(self) -> _Found | None:
        """Return the only option that the text names, if it is short or ends with it."""
        page = self.page
        if not page.mentions:
            return self._only_short_wording()
        mention = page.mentions[-1]
        if len({named.labels for named in page.mentions}) != 1 or self.denied or not mention.usable:
            return None
        low, high = page.sentence_after(mention.start)
        ends = mention.end > page.sentences[-1][0] and not mention.by_letter
        if mention.by_letter and page.other_letters:
            return None
        if len(mention.labels) > 1 or not (ends or len(page.sentences) <= _MOST_SENTENCES):
            return None
        if page.masked[high : high + 1] == "?" or NOT_MEANT.search(page.masked, low, mention.start):
            return None
        return chosen(mention), "named"

    def _only_short_wording(self) -> _Found | None:
        page = self.page
        said = page.wordings.find_all(page.plain, judgements=False)
        if len({wording.label for wording in said}) != 1 or len(page.sentences) > _MOST_SENTENCES_FOR_SHORT_WORDING:
            return None
        return Choice((said[-1].label,), said[-1].start, said[-1].end), "named"

    def _is_named_last(self, label: str) -> bool:
        return bool(self.page.mentions) and self.page.mentions[-1].labels == (label,)

    def _where_last_named(self, label: str) -> Choice:
        for mention in reversed(self.page.mentions):
            if mention.labels == (label,):
                return chosen(mention)
        end = len(self.page.plain.rstrip())
        return Choice((label,), end, end)

    def _number(self) -> _Found | None:
        """Read the result of a calculation, where most options are numbers."""
        labelled = zip(self.page.labels, self.page.wordings.texts, strict=False)
        numbers = {label: text for label, text in labelled if parse_number(text) is not None}
        if 2 * len(numbers) < len(self.page.labels):
            return None
        found = extract_number(self.page.plain)
        if found is None or found.rule == "last_number" or _DIGIT.search(self.page.plain, found.end):
            return None
        same = [label for label, text in numbers.items() if numbers_equal(found.value, text)]
        return (Choice((same[0],), found.start, found.end), "number") if len(same) == 1 else None
