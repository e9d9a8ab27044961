"""A text in which every place that names an option is known: by letter, by its own text, or by both."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from benchharness.text._options_letters import Unit, find_letters
from benchharness.text._options_own import own_part
from benchharness.text._options_patterns import MASK
from benchharness.text._options_wording import Wording, Wordings
from benchharness.text.width import NormalisedText, normalise

_PRIVATE = re.compile("[\ue000-\uf8ff]")
_CIRCLED = "\ue010"


def _protected() -> dict[int, str]:
    """Keep circled numbers from becoming digits, and make letters of the letter emoji."""
    table = {start + n: chr(ord(_CIRCLED) + n) for start in (0x2460, 0x2474, 0x2776) for n in range(8)}
    table |= {start + n: chr(ord("A") + n) for start in (0x1F150, 0x1F170) for n in range(26)}
    table[0xFE0F] = " "
    return table


_PROTECTED = _protected()

_STRUCK = re.compile(r"~~[^~\n]{1,200}~~")
_MARKS = re.compile(
    r"[*`$]|(?m:^[ \t]*[#>|]+)|(?<![A-Za-z0-9])_+|_+(?![A-Za-z0-9])|</?(?:b|i|u|em|strong|br|p|span|center)\s*/?>"
    r"|\\(?:boxed|fbox|textbf|text|mathrm|mathbf|mathsf|mathit|displaystyle|left|right|quad|qquad)(?![A-Za-z])"
    r"|\\[()\[\],;:! ]|\\(?![{}])"
)


_SENTENCE_END = re.compile(r"[。!?\n;]|(?<!\.)\.(?=[\s\"')\]”’]|$)")
_ABBREVIATION = re.compile(
    r"(?:\b(?:e\.g|i\.e|vs|cf|Dr|Mr|Mrs|Ms|St|Art|Fig|eq|approx|ca|etc)|\b[a-z]\.[a-z])$",
    re.IGNORECASE,
)

_LONGEST_LIST = 26
_SET_JOINT = r"[ \t]*(?:、|和|与|及|以及|跟|同|&|\+|,?[ \t]*\band\b)[ \t]*"
_WEAK_JOINT = r"[ \t]*,[ \t]*|[ \t]+"
_OR_JOINT = r"[ \t]*(?:,?[ \t]*(?:或者?|抑或|还是|\bor\b)|/)[ \t]*(?:者|是|选)?[ \t]*"
_JOINT = re.compile(rf"(?P<or>{_OR_JOINT})|(?P<set>{_SET_JOINT})|(?P<weak>{_WEAK_JOINT})")
# What must follow letters that only commas join, for them to be a list: "A, C" ends, "A, C are", "A, C 都".
_CLOSES_LIST = re.compile(
    r"[ \t]*(?:$|[\n。.;)\]】」』”\"'!]|都|均|皆|全|两|三|四|这|等|项|选项|共|\b(?:are|were|both|all)\b)"
)
_QUOTED = re.compile(r"[“‘「『《\"'(\[].+[”’」』》\"')\]]", re.DOTALL)
_BESIDE = re.compile(r"[ \t).:、,—–=|\"'“”「」\[\]-]{0,8}")
_TEXT_THEN_LETTER = re.compile(
    r"[\s\"'”」』》]{0,3}(?:[,(\[（-]|—{1,2}|即|也就是|对应的?|i\.e\.,?)?[\s(]{0,3}(?:选项)?",
)
_LABEL_GAP = re.compile(r"\s*[).:、]\s*|[ \t]+")
_ENDS = re.compile(r"\s*(?:$|[\n。.,;)!])")


def fold(text: str) -> NormalisedText:
    """Return ``text`` in the one form options are read in, with the way back to the raw positions."""
    return normalise(_PRIVATE.sub(" ", text).translate(_PROTECTED))


def plain(text: str) -> str:
    """Return a folded text with Markdown and LaTeX marks and struck-out words blanked, position by position."""
    text = _STRUCK.sub(lambda match: " " * len(match.group()), text)
    return _MARKS.sub(lambda match: " " * len(match.group()), text)


@dataclass(frozen=True, slots=True)
class Mention:
    """A place where one option, or several joined by "and" or "or", are named.

    Attributes:
        start: index of its first character in the folded text, brackets and the word "option" included.
        end: index after its last character.
        labels: the letters it names, in order; empty if one of them is no label of this question.
        alternatives: whether they are joined by "or".
        contradicts: whether a letter stands beside the text of another option.
        by_letter: whether a letter is part of it.
    """

    start: int
    end: int
    labels: tuple[str, ...]
    alternatives: bool = False
    contradicts: bool = False
    by_letter: bool = True

    @property
    def usable(self) -> bool:
        """Whether it names options of this question, without alternatives or contradiction."""
        return bool(self.labels) and not self.alternatives and not self.contradicts


class Page:
    """A text to be searched for the option it chooses.

    Attributes:
        folded: the text in one form, with the way back.
        plain: the same without marks, every position kept.
        masked: the same with each mention replaced by ``MASK`` characters, so that patterns need not know its form.
        sentences: where its sentences begin and end, in order, blank ones left out.
        mentions: where options are named, in order, without overlaps.
        other_letters: whether letters that look like labels stand for something else in it: points, sets, persons.
        labels: the letters of the question, ``"ABCD"``.
        wordings: what the options say.
    """

    def __init__(self, text: str, labels: str, options: Sequence[str]) -> None:
        self.folded = fold(text)
        self.labels = labels
        self.wordings = Wordings([plain(fold(option).text) for option in options], labels)
        self.plain = own_part(plain(self.folded.text), labels, self.wordings)
        texts = self.wordings.find(self.plain)
        covered = {place for text in texts for place in range(text.start, text.end)}
        letters = find_letters(self.plain, labels, self.wordings.hold_letters, covered)
        self.other_letters = letters.others
        self.mentions = _mentions(self.plain, letters.labels, texts, self.wordings)
        self._starts = [mention.start for mention in self.mentions]
        masked = list(self.plain)
        for mention in self.mentions:
            masked[mention.start : mention.end] = MASK * (mention.end - mention.start)
        self.masked = "".join(masked)
        self.sentences = list(self._sentences())
        self._sentence_ends = [end for _, end in self.sentences]

    def _sentences(self) -> Iterator[tuple[int, int]]:
        """Cut the text into sentences; the full stop of a list label, "A. …", ends none."""
        start = 0
        for match in _SENTENCE_END.finditer(self.masked):
            place = match.start()
            if match.group() == "." and self._is_no_end(start, place):
                continue
            if self.masked[start:place].strip():
                yield start, place
            start = match.end()
        if self.masked[start:].strip():
            yield start, len(self.masked)

    def _is_no_end(self, start: int, place: int) -> bool:
        """Return whether a full stop belongs to a list label or an abbreviation."""
        last = self.at(place - 1)
        is_label = last is not None and not self.masked[start : last.start].strip(" -*•\t>")
        goes_on = self.masked[place + 1 : place + 2] not in ("", "\n")
        return (is_label and goes_on) or _ABBREVIATION.search(self.masked, max(0, place - 8), place) is not None

    def at(self, place: int) -> Mention | None:
        """Return the mention that covers ``place``."""
        index = bisect_right(self._starts, place) - 1
        if index >= 0 and self.mentions[index].end > place:
            return self.mentions[index]
        return None

    def sentence_after(self, place: int) -> tuple[int, int]:
        """Return the first sentence that ends after ``place``; the end of the text where there is none."""
        index = bisect_right(self._sentence_ends, place)
        return self.sentences[index] if index < len(self.sentences) else (len(self.masked), len(self.masked))

    def between(self, start: int, end: int) -> list[Mention]:
        """Return the mentions that begin in a stretch."""
        return self.mentions[bisect_left(self._starts, start) : bisect_left(self._starts, end)]


def _mentions(page: str, letters: Sequence[Unit], texts: list[Wording], wordings: Wordings) -> list[Mention]:
    singles = _beside_their_texts(page, letters, wordings)
    taken = {place for single in singles for place in range(single.start, single.end)}
    for text in texts:
        if text.start not in taken:
            quoted = _QUOTED.match(page, max(0, text.start - 1), text.end + 1)
            low, high = quoted.span() if quoted and quoted.end() == text.end + 1 else (text.start, text.end)
            singles.append(Mention(low, high, (text.label,), by_letter=False))
    singles.sort(key=lambda single: single.start)
    return _joined(page, _merged(page, singles))


def _beside_their_texts(page: str, letters: Sequence[Unit], wordings: Wordings) -> list[Mention]:
    """Take the text of an option into the mention of its letter: ``B. 光合作用``."""
    found: list[Mention] = []
    for unit in letters:
        labels = tuple(unit.letters) if not unit.outside else ()
        mention = Mention(unit.start, unit.end, labels)
        if len(unit.letters) == 1 and labels:
            gap = _BESIDE.match(page, unit.end)
            place = gap.end() if gap else unit.end
            beside = wordings.at(page, place)
            if beside is not None and beside.label in labels:
                mention = replace(mention, end=beside.end)
            elif beside is not None and _LABEL_GAP.fullmatch(page, unit.end, place) and _ENDS.match(page, beside.end):
                mention = replace(mention, end=beside.end, contradicts=True)
        if not found or found[-1].end <= mention.start:
            found.append(mention)
    return found


def _merged(page: str, singles: list[Mention]) -> list[Mention]:
    """Make one mention of an option's text and the letter after it: "the spleen (B)", 脑干，也就是D."""
    found: list[Mention] = []
    for single in singles:
        last = found[-1] if found else None
        if (
            last is not None
            and not last.by_letter
            and single.by_letter
            and last.labels == single.labels
            and _TEXT_THEN_LETTER.fullmatch(page, last.end, single.start)
        ):
            found[-1] = replace(last, end=single.end, by_letter=True)
        else:
            found.append(single)
    return found


def _joined(page: str, singles: list[Mention]) -> list[Mention]:
    """Make one mention of options that are listed: A、C和D; A, C and D; B or C."""
    found: list[Mention] = []
    index = 0
    while index < len(singles):
        run = [singles[index]]
        joints: list[str] = []
        while index + len(run) < len(singles) and len(run) < _LONGEST_LIST:
            following = singles[index + len(run)]
            joint = _JOINT.fullmatch(page, run[-1].end, following.start)
            if joint is None or (joint.lastgroup == "weak" and not (run[-1].by_letter and following.by_letter)):
                break
            run.append(following)
            joints.append(joint.lastgroup or "")
        if "weak" in joints and joints[-1] == "weak" and not _CLOSES_LIST.match(page, run[-1].end):
            del run[joints.index("weak") + 1 :]
            joints = joints[: len(run) - 1]
        found.append(_group(run, joints))
        index += len(run)
    return found


def _group(run: list[Mention], joints: list[str]) -> Mention:
    if len(run) == 1:
        return run[0]
    known = all(single.labels for single in run)
    labels = sorted({label for single in run for label in single.labels}) if known else []
    return Mention(
        run[0].start,
        run[-1].end,
        tuple(labels),
        alternatives="or" in joints and len(labels) > 1,
        contradicts=any(single.contradicts for single in run),
        by_letter=any(single.by_letter for single in run),
    )
