"""The option a text chooses."""

import re
from collections.abc import Sequence

from benchharness.records import Extraction
from benchharness.text._declarations import Declaration, marks
from benchharness.text._options_alone import alone, set_off
from benchharness.text._options_declared import Choice, Declared, Reading, Statement, Verdict
from benchharness.text._options_page import Page
from benchharness.text._options_patterns import pattern
from benchharness.text._options_stance import NOT_MEANT, cannot_choose, none_fits
from benchharness.text._options_undeclared import Undeclared

ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
"""The labels of options, by position."""

# In a text that was cut off, what follows a choice must be at least so long, or end its sentence.
_LONGEST_TORN = 12
_SHORTEST_EXPLANATION = 40

_SENTENCE_END = re.compile(r"[。.!?\n;]")
_WORDS_IN_MARK = pattern(r"[^\w]|答案|选项?|是|为|answer|the|is|final")
_TAKES_BACK = pattern(
    r"[^\w@]*+(?:哦|嗯|啊|hmm+|oh)?[\s,.。!]*+"
    r"(?:等等|等一下|慢着|不对[,。!]|更正|订正|(?:刚才|上面|前面|我)[^。,\n]{0,8}[弄算搞记看说写想]错"
    r"|(?:but )?wait\b|no[,.] |correction\b|scratch that|on second thought|oops|let me (?:re|correct|double)"
    r"|(?:actually,? )?(?:I made an? (?:mistake|error)|I (?:need|have) to correct|that(?:'s| is) (?:wrong|not right)))"
)
# In the same sentence, right after the option: 选B……不，我再想想; "I'd say B - no, wait".
_TAKES_BACK_AT_ONCE = pattern(
    r"[ \t\"'”’)]*[,(.…—–-]++\s*+(?:(?:哦|嗯|啊|呃|hmm+|oh|ah)[\s,.…]++)?"
    r"(?:等等|等一下|慢着|且慢|不对?[,。!]|错了|(?:but )?wait\b|no,? (?:wait|let me|that|scratch)|scratch that)"
)
_VOIDS = pattern(r"\s*(?:这个(?:选项|答案))?(?:就|应|应该|只能|得)?(?:作废|撤回|收回|不算数?)")
_EXPLAINS_CHANGE = pattern(
    r"等等|等一下|慢着|不对|说错|更正|改为|修正|纠正|订正|重新|再看|再想|仔细|哦|其实|实际上|应该是|不过|但|然而|作废|后来",
    r"\b(?:wait|no|actually|correction|sorry|hmm|let me|mistake|scratch that|on second thought|instead|rather|oops"
    r"|however|but|re-?read|correct(?:ed|ing)?)\b",
)


def extract_option(text: str, labels: int, options: Sequence[str] = (), *, cut_off: bool = False) -> Extraction | None:
    r"""Read the option, or the set of options, that ``text`` chooses.

    An option is named by its letter in any script and bracket, by its text, or by both. In this order:

    1. what the text declares: set off by form (``\boxed{B}``, 【B】, ``#### B``: rules ``boxed``, ``brackets``,
       ``hashes``), announced (答案是B, 故选B, the answer is B: ``declared``), or alone as the text, its first or last
       line or sentence (``alone``, ``first_line``, ``last_line``, ``first_sentence``, ``last_sentence``). The last
       declaration counts, unless one before it says otherwise and nothing explains the change;
    2. what it says more loosely: 符合题意的是B, 不正确的是B (``declared``), 除B外都对 (``all_but``), a letter with its
       text after a colon (``set_off``);
    3. what its reasoning singles out: what it comes to (``concluded``), the only one or all that is left (``only``),
       the one set against all the others (``contrasted``), the only one not ruled out (``eliminated``), the only one
       affirmed (``affirmed``), the one the last paragraph is about (``closing``), the only one named (``named``), the
       result of a calculation (``number``).

    Letters that stand for points, sets, persons, vitamins, units and the like are no options. In doubt nothing is
    read.

    Args:
        text: a final answer, without reasoning.
        labels: how many options there are, 2 to 26; their labels are A, B, C …
        options: what the options say, in order; may be empty.
        cut_off: whether the text was cut off at the token limit. Then only what is declared, and complete, counts.

    Returns:
        The ``value`` is a letter, or a list of letters in order for a set. ``start`` and ``end`` refer to ``text`` as
        given. ``None`` if the text chooses nothing, offers alternatives (A或B), contradicts itself, says that none
        fits, or names a letter that is no label.

    Raises:
        ValueError: the number of labels is out of range, or is not the number of options.
    """
    if not 2 <= labels <= len(ALPHABET):
        raise ValueError(f"a question has 2 to {len(ALPHABET)} options, not {labels}")
    if options and len(options) != labels:
        raise ValueError(f"{labels} labels, but {len(options)} options")
    page = Page(text, ALPHABET[:labels], options)
    found = _Reader(page).answer(cut_off)
    if found is None:
        return None
    choice, rule = found
    value = choice.labels[0] if len(choice.labels) == 1 else list(choice.labels)
    return Extraction(value, rule, *page.folded.raw_span(choice.start, choice.end))


class _Reader:
    """Weighs what the statements of a page say against each other."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def answer(self, cut_off: bool) -> tuple[Choice, str] | None:
        """Return the choice, and the rule by which it is read."""
        statements = self._statements(cut_off)
        if cut_off:
            statements = [statement for statement in statements if self._is_complete(statement)]
        statements = [statement for statement in statements if statement.firm] or statements
        taken_back = 0
        if statements:
            last = statements[-1]
            if not isinstance(last.reading, Choice) or self._contradicts_itself(statements) or self._declines(last.end):
                return None
            place = self._taken_back(last.end, last.reading)
            if place is None:
                return last.reading, last.rule
            taken_back = place
        if cut_off or self._declines(taken_back):
            return None
        found = Undeclared(self.page).choice()
        return found if found is not None and found[0].start >= taken_back else None

    def _statements(self, cut_off: bool) -> list[Statement]:
        declared = Declared(self.page)
        found = declared.statements() + set_off(self.page)
        marked: list[Statement] = []
        for mark in marks(self.page.folded.text):
            reading: Reading = Verdict.UNREADABLE if mark.rule == "unclosed" else declared.read(mark.start, mark.end)
            if mark.rule == "unclosed" or (isinstance(reading, Choice) and self._is_bare(mark, reading)):
                marked.append(Statement(reading, mark.rule, True, mark.announced, mark.end))
        for statement in alone(self.page, cut_off):
            if not any(mark.start < statement.end and statement.start < mark.end for mark in marked):
                found.append(statement)
        return sorted(found + marked, key=lambda statement: (statement.end, statement.start))

    def _is_bare(self, mark: Declaration, choice: Choice) -> bool:
        """Return whether a mark holds an option and little else: 【解析】 and "#### Option A" are headings."""
        if mark.rule == "boxed":
            return True
        rest = self.page.plain[mark.start : choice.start] + self.page.plain[choice.end : mark.end]
        return not _WORDS_IN_MARK.sub("", rest)

    def _is_complete(self, statement: Statement) -> bool:
        """Return whether a text that was cut off went on after a statement; else its letter may begin a list."""
        rest = self.page.plain[statement.end :]
        return _SENTENCE_END.search(rest) is not None or len(rest.strip()) >= _LONGEST_TORN

    def _contradicts_itself(self, statements: list[Statement]) -> bool:
        """Return whether the last statement says other than the one before, and nothing between explains the change."""
        last = statements[-1].reading
        for statement in reversed(statements[:-1]):
            reading = statement.reading
            if not isinstance(reading, Choice) or not isinstance(last, Choice) or reading.labels == last.labels:
                continue
            between = self.page.masked[statement.end : last.start]
            if _EXPLAINS_CHANGE.search(between):
                return False
            return statement.rule.startswith("first") or len(between.strip()) < _SHORTEST_EXPLANATION
        return False

    def _taken_back(self, after: int, choice: Choice) -> int | None:
        """Return where the text takes back what it declared, if it does."""
        at_once = _TAKES_BACK_AT_ONCE.match(self.page.masked, after)
        if at_once is not None:
            return at_once.end()
        for mention in self.page.between(after, len(self.page.masked)):
            if mention.labels == choice.labels and _VOIDS.match(self.page.masked, mention.end):
                return mention.end
        for low, high in self.page.sentences:
            match = _TAKES_BACK.match(self.page.masked, max(low, after), high) if high > after else None
            if match is not None:
                return match.end()
        return None

    def _declines(self, after: int) -> bool:
        """Return whether the text ends by saying that it does not choose, or that nothing fits."""
        closing = [self.page.masked[low:high] for low, high in self.page.sentences[-2:] if low >= after]
        return any(
            (cannot_choose(sentence) or none_fits(sentence, len(self.page.labels))) and not NOT_MEANT.search(sentence)
            for sentence in closing
        )
