"""Where a text says what an option says."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

# What may stand between the words of an option without making it another: spaces, quotation marks, brackets.
_GAP = r"[\s\"'“”‘’「」『』《》〈〉(){}\[\]\\,.;:·*-]{0,3}"
_TOKEN = re.compile(
    r"[A-Za-z\u00c0-\u024f]+|[0-9]+|[\u3400-\u9fff]|[^\s\w\"'“”‘’「」『』《》〈〉(){}\[\]\\,.;:·*。!?、-]"
    r"|(?<![\w)])-(?=[0-9])",
)
_SET_TOKEN = re.compile(rf"[{{}}()\[\],]|{_TOKEN.pattern}")
_SET = re.compile(r"\s*\\?(?:\{.*\}|\[.*\]|\([^()]*,[^()]*\))\s*")
_ARTICLE = re.compile(r"[ \t]*(?:an?|the)[ \t]+(?=\S)", re.IGNORECASE)
_IN_BRACKETS = re.compile(r"\s*\([^()]*\)\s*$")
_DECIMAL = re.compile(r"(?<=[0-9])[.,:](?=[0-9])")
_HEAVENLY_STEMS = "甲乙丙丁戊己庚辛"
# Words of judgement: as the text of an option they are read only where an answer is declared.
_JUDGEMENTS = re.compile(
    r"[对错是否真假]|正确|错误|不对|不正确|有|没有|无|能|不能|可以|不可以|会|不会|有效|无效|相同|不同|增大|减小|不变"
    r"|true|false|yes|no|correct|incorrect|right|wrong|both|neither|none|all|always|never|sometimes|not given"
    r"|it|he|she|they|this|that|in|on|at|for|to|is|are|was|were|be|will|would|can|and|or|but|with|as|so",
    re.IGNORECASE,
)


class _Weight(Enum):
    """How readily a text says what an option says without meaning it."""

    STANDS_OUT = "stands out"
    SHORT = "short"  # a number, a letter
    JUDGES = "judges"  # yes, no, right, wrong


@dataclass(frozen=True, slots=True)
class Wording:
    """A place where a text says what an option says."""

    start: int
    end: int
    label: str


class Wordings:
    """The texts of a question's options, folded and plain, ready to be found.

    Attributes:
        texts: the texts themselves.
        hold_letters: whether a label stands as a letter inside an option, as in "A and C only", so that a letter
            in the reasoning need not be a label.
    """

    def __init__(self, texts: Sequence[str], labels: str) -> None:
        self.texts = [text.strip() for text in texts]
        self._patterns: list[tuple[str, re.Pattern[str], _Weight]] = []
        letter = re.compile(rf"(?<![A-Za-z0-9])[{labels}]{{1,4}}(?![A-Za-z0-9])")
        self.hold_letters = False
        forms = [_forms(text) for text in self.texts]
        for own, short in zip(forms, _short_forms(self.texts), strict=True):
            own += [form for form in short if form not in own]
        for label, own in zip(labels, forms, strict=False):
            others = {form for other in forms if other is not own for form in other}
            self._patterns += [(label, _pattern(form), _weight(form)) for form in own if form not in others]
        for label, text in zip(labels, self.texts, strict=False):
            articles = _ARTICLE.sub("", text)
            self.hold_letters |= text != label and letter.search(articles) is not None

    def find(self, page: str) -> list[Wording]:
        """Find where options that stand out (no numbers, no yes and no) are said, in order; the longer wins."""
        return self._find(page, (_Weight.STANDS_OUT,))

    def find_all(self, page: str, *, judgements: bool = True) -> list[Wording]:
        """Find where options of any kind, or any but yes and no, are said, in order; the longer wins."""
        return self._find(page, tuple(weight for weight in _Weight if judgements or weight is not _Weight.JUDGES))

    def _find(self, page: str, weights: tuple[_Weight, ...]) -> list[Wording]:
        found = [
            Wording(*match.span(), label)
            for label, pattern, weight in self._patterns
            if weight in weights
            for match in pattern.finditer(page)
        ]
        found.sort(key=lambda wording: (wording.start - wording.end, wording.start))
        taken: set[int] = set()
        kept: list[Wording] = []
        for wording in found:
            places = range(wording.start, wording.end)
            if taken.isdisjoint(places):
                taken.update(places)
                kept.append(wording)
        return sorted(kept, key=lambda wording: wording.start)

    def at(self, page: str, place: int) -> Wording | None:
        """Return the option that a text says at ``place``, of any kind; the longest, ``None`` if two are as long."""
        article = _ARTICLE.match(page, place)
        starts = [place] + ([article.end()] if article else [])
        found = [
            Wording(place, match.end(), label)
            for label, pattern, _ in self._patterns
            for start in starts
            if (match := pattern.match(page, start)) is not None
        ]
        longest = [wording for wording in found if wording.end == max(other.end for other in found)]
        return longest[0] if len({wording.label for wording in longest}) == 1 else None


def _forms(text: str) -> list[str]:
    """Return the ways to say an option: in full, and without what it adds in brackets."""
    bare = _IN_BRACKETS.sub("", text).strip()
    return [form for form in dict.fromkeys([text, bare]) if _tokens(form)]


def _short_forms(texts: Sequence[str]) -> list[list[str]]:
    """Return for each option what is left without what all share, and the last word of a name: Monet."""
    found: list[list[str]] = [[] for _ in texts]
    if len(texts) < 2:
        return found
    front = next((n for n, chars in enumerate(zip(*texts, strict=False)) if len(set(chars)) > 1), 0)
    words = [re.findall(r"\w+", text.lower()) for text in texts]
    for index, text in enumerate(texts):
        rest = text[front:].strip(" 《》\"'")
        if front and re.fullmatch(r"[\u3400-\u9fff]{2,}", rest):
            found[index].append(rest)
        last = words[index][-1] if words[index] else ""
        elsewhere = any(last in other for number, other in enumerate(words) if number != index)
        if re.fullmatch(r"(?:[A-Z][\w.-]+ ){1,2}[A-Z][\w-]{3,}", text) and not elsewhere:
            found[index].append(text.split()[-1])
    return found


def _tokens(text: str) -> list[str]:
    text = _ARTICLE.sub("", text, count=1) if _ARTICLE.match(text) else text
    return (_SET_TOKEN if _SET.fullmatch(text) else _TOKEN).findall(_DECIMAL.sub(_keep, text))


def _keep(match: re.Match[str]) -> str:
    # Marks between digits belong to the number; the private form keeps them from being taken for a gap.
    return {".": "\ue020", ",": "\ue021", ":": "\ue022"}[match.group()]


_KEPT = {"\ue020": r"\.", "\ue021": r"\s?,\s?", "\ue022": r"\s?:\s?"}


def _pattern(form: str) -> re.Pattern[str]:
    tokens = _tokens(form)
    pieces = [_KEPT.get(token) or re.escape(token) for token in tokens]
    first, last = tokens[0], tokens[-1]
    if last.isascii() and last.isalpha() and len(last) > 3:
        pieces[-1] = re.escape(last.removesuffix("s")) + "(?:e?s)?"
    before, after = "", ""
    if first[0].isdigit():
        before = r"(?<![0-9A-Za-z])(?<![0-9][.,:/])(?<![-−√^])"
    elif first[0].isascii() and first[0].isalpha():
        before = r"(?<![A-Za-z0-9])"
    elif first[0] == "-":
        before = r"(?<![0-9A-Za-z)])"
    elif not first[0].isascii():
        before = r"(?<![不非无未])"
    if last[-1].isdigit():
        after = r"(?![0-9A-Za-z%^]|[.,:/][0-9])"
    elif last[-1].isascii() and last[-1].isalpha():
        after = r"(?![A-Za-z0-9])"
    elif last in _HEAVENLY_STEMS:
        after = r"(?![醇醛烷烯炔酸苯肝状级等型酮醚基])"
    gaps = "".join(
        piece if n == 0 or pieces[n] in _KEPT.values() or pieces[n - 1] in _KEPT.values() else _GAP + piece
        for n, piece in enumerate(pieces)
    )
    return re.compile(before + gaps + after, re.IGNORECASE if len(form) > 1 else 0)


def _weight(form: str) -> _Weight:
    """Return how readily a text says what an option says without meaning it."""
    tokens = _tokens(form)
    words = "".join(tokens)
    if _JUDGEMENTS.fullmatch(words):
        return _Weight.JUDGES
    if words in _HEAVENLY_STEMS:
        return _Weight.STANDS_OUT
    if any(token.isalpha() for token in tokens):
        return _Weight.STANDS_OUT if len(words) >= 2 else _Weight.SHORT
    circled = len(tokens) == 2 and all("\ue010" <= token <= "\ue017" for token in tokens)
    return _Weight.STANDS_OUT if len(tokens) >= 3 or len(words) >= 4 or circled else _Weight.SHORT
