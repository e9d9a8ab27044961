"""Short answers in words: one form for what means the same, and where a text gives its answer."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from fractions import Fraction
from functools import lru_cache

from benchharness.records import Extraction, Language
from benchharness.text._declarations import Declaration, bold, conclusions, declarations, last_line, marks, plain
from benchharness.text._questions import end_of_answer
from benchharness.text.numerals import NumberSpan, fold_for_numbers, scan
from benchharness.text.refusals import find_refusal
from benchharness.text.script import dominant_language
from benchharness.text.width import normalise

LONGEST = {Language.ZH: 30, Language.EN: 12}
"""Chinese characters or English words that a text may have to be an answer though nothing declares it to be one."""

_HAN = r"\u3400-\u4dbf\u4e00-\u9fff"
_QUOTES = re.compile(r"[\"'“”‘’„‟«»《》〈〉「」『』`*]")
_DASHES = re.compile(r"[‐‑‒–—―−]")
_HAN_SPACE = re.compile(rf"(?<=[{_HAN}])\s+|\s+(?=[{_HAN}])")
# “A” within a text is a name (Block A); “a” is an article.
_ARTICLE = re.compile(r"^\W*(?:[Aa]n?|[Tt]he|THE)\s+(?=\w)|(?<=[\s(])(?:an?|the)\s+(?=\w)")
_LATEX_TEXT = re.compile(r"\\(?:text|mathrm|mathbf|textbf)\s*(?=\{)")
_CODE = re.compile(r"0[0-9]{2,}")
_ABBREVIATION = re.compile(r"\b[a-z](?:\.[a-z]\b)+\.?")
_TOKEN = re.compile(rf"(?:(?<!\w)-)?[0-9]+(?:[.:/][0-9]+)*%?|[{_HAN}]+|[^\W\d_{_HAN}]+|[+#%°$¥€£&<>=^√²³]")
_DECIMALS = 6
_MOST_DECLARED = 20

_ABBREVIATED = r"(?<!\bMr)(?<!\bMrs)(?<!\bMs)(?<!\bDr)(?<!\bSt)(?<!\bNo)(?<!\bProf)(?<!\b[A-Za-z])"
_STATEMENT_END = re.compile(rf"[。!?\n]|{_ABBREVIATED}\.(?=\s|$)")

_REMARK = re.compile(r"\s*[(\[【](?P<inside>[^()\[\]【】]*)[)\]】][\s.。]*$")
_DENIAL = re.compile(
    r"[不未没无非]|取消|除外|排除|\b(?:not|no|never|without|except|cancelled|canceled|excluded|dropped|removed)\b|n't",
    re.IGNORECASE,
)
_REASON = re.compile(
    r"[,;。!:]\s*(?:因为|由于|理由|原因|即|也就是|而不是|而非|不是)|[。;!?]|\s+(?:because|since)\s"
    rf"|[,;:]\s*(?:because|since|as|for|not|rather than|which|who|i\.e\.)\s|{_ABBREVIATED}\.\s",
    re.IGNORECASE,
)
_COPULA = re.compile(
    r"(?<![不非没未])(?:而是|是|应为|(?<=[名称])为|叫做?)\s*[,:]?|\b(?:is|are|was|were)\b(?!\s+not\b)\s*:?",
    re.IGNORECASE,
)
_PLACE = re.compile(r"^(?:在|于|(?:in|at|on)\s)", re.IGNORECASE)
_LABEL = re.compile(r"^\W*(?:回答|最终答案|答案|答|final answer|response|answer|a)\s*[*_]*:\s*", re.IGNORECASE)

_CONTRAST = re.compile(r"而是|应该?是|\bbut\b|\bit (?:is|was)\b", re.IGNORECASE)
_DENIED = re.compile(r"不[是为等]|\bnot\b|n't", re.IGNORECASE)
_NO_ANSWER = re.compile(
    r"不知道|不清楚|无法|不能确定|没有?(?:提[到及供]|说明|给出|写明)|\bunable to\b|\bcan(?:not|'t)\b"
    r"|\bnot (?:mentioned|stated|given|specified|provided)\b|\bdo(?:es)?(?:n't| not) (?:know|say|mention|state)\b",
    re.IGNORECASE,
)
# What begins an argument or a courtesy is no answer, however short.
_OPENING = re.compile(
    r"\W*(?:首先|让我|我们|我来|根据|分析|推理|思路|步骤|好的|当然|从文|由文|文中|要回答|解析?|问题"
    r"|(?:first|let|we|i|based|according|sure|okay|ok|to|step|analysis|reasoning|explanation|looking|here|from)\b)",
    re.IGNORECASE,
)
_EDGE = re.compile(r"(?:[\s*_`#>•]|[-–—](?=\s))*")
_LIST_ITEM = re.compile(r"\s*(?:[-*•+]\s|\d{1,2}[.)、]\s?|#)")
_SENTENCE = re.compile(r"[。!?:]|[.;]\s*$")
_CLAUSES = re.compile(r",.*[。.]$")


def comparable(text: str) -> str:
    """Return the form in which short answers are compared: two texts with the same form say the same.

    Width, script (traditional to simplified), case, quotation marks, Markdown, punctuation, the articles a, an and
    the, and spaces beside Chinese characters and numbers make no difference; nor does how a number is written
    (三百元, 300元), but that codes such as 007 keep their zeros. Signs within numbers and times stay.
    """
    joined, before = "", ""
    for token in _tokens(text):
        kind = _kind(token)
        joined += f" {token}" if kind and kind == before else token
        before = kind
    return joined


def _kind(token: str) -> str:
    """Return ``number`` or ``word`` for what must not run into another of its kind; nothing for Chinese and signs."""
    if token.lstrip("-")[0].isdigit():
        return "number"
    return "word" if token[0].isalpha() and not re.match(f"[{_HAN}]", token) else ""


@lru_cache(maxsize=1 << 12)
def _tokens(text: str) -> tuple[str, ...]:
    """Return the words, numbers and Chinese stretches of a text in their common form."""
    folded = _DASHES.sub("-", _QUOTES.sub("", fold_for_numbers(_LATEX_TEXT.sub(" ", text)).text))
    folded = _ARTICLE.sub("", _HAN_SPACE.sub("", folded.strip()))
    folded = _with_values(folded).casefold()
    folded = _ABBREVIATION.sub(lambda match: match.group().replace(".", ""), folded)
    return tuple(_TOKEN.findall(folded))


def _with_values(text: str) -> str:
    """Write every number in digits."""
    pieces: list[str] = []
    place = 0
    for number in scan(text):
        if not _CODE.fullmatch(text, number.start, number.end):
            pieces += [text[place : number.start], _digits(number)]
            place = number.end
    return "".join([*pieces, text[place:]])


def _digits(number: NumberSpan) -> str:
    """Write a number as a decimal if that is exact and short, otherwise as a fraction."""
    value: Fraction = number.as_written
    scaled = value * 10**_DECIMALS
    written = str(value)
    if scaled.denominator == 1:
        digits = str(abs(scaled.numerator)).zfill(_DECIMALS + 1)
        written = f"{'-' if value < 0 else ''}{digits[:-_DECIMALS]}.{digits[-_DECIMALS:]}".rstrip("0").rstrip(".")
    return written + ("%" if number.percent else "")


def overlap(answer: str, form: str, language: Language) -> float:
    """Return the F1 of two texts, in [0, 1]: of their characters in Chinese, of their words in English.

    Tokens are counted as bags after ``comparable``'s normalisation, as in the evaluation of SQuAD (Rajpurkar et al.
    2016, arXiv 1606.05250) and, by character, of CMRC 2018 (Cui et al. 2019, arXiv 1810.07366).
    """
    bags = [Counter(_units(text, language)) for text in (answer, form)]
    shared = (bags[0] & bags[1]).total()
    return 2 * shared / (bags[0].total() + bags[1].total()) if shared else 0.0


def _units(text: str, language: Language) -> Sequence[str]:
    tokens = _tokens(text)
    return "".join(tokens) if language is Language.ZH else tokens


def without_remark(text: str) -> str:
    """Return ``text`` without a remark in brackets at its end, unless the remark denies something."""
    remark = _REMARK.search(text)
    if remark is None or not text[: remark.start()].strip() or _DENIAL.search(remark["inside"]):
        return text
    return text[: remark.start()]


def readings(answer: str) -> tuple[str, ...]:
    """Return what an answer may say, each ``comparable``, the most literal first.

    After the whole of it: without a remark in brackets or a reason at its end (X（…）, X，因为…), what a sentence says
    that something is (担任裁判的是X, The judge was X), and without 在, in, at, on before it.
    """
    literal = normalise(answer).text.strip()
    found = [literal, without_remark(literal)]
    reason = _REASON.search(literal)
    if reason is not None and reason.start():
        found.append(literal[: reason.start()])
        found.append(without_remark(found[-1]))
    for text in tuple(found):
        copulas = list(_COPULA.finditer(text))
        if copulas and copulas[-1].end() < len(text):
            found.append(text[copulas[-1].end() :])
    found += [_PLACE.sub("", text.strip()) for text in found]
    return tuple(dict.fromkeys(form for form in map(comparable, found) if form))


def declines(text: str) -> bool:
    """Return whether a text refuses to answer, or is short and says that it has no answer (我不知道, not stated)."""
    if find_refusal(text) is not None:
        return True
    line = last_line(text)
    return is_short(text) and _NO_ANSWER.search(text, line.start, line.stop) is not None


def extract_span(text: str, *, cut_off: bool = False) -> Extraction | None:
    r"""Read the words that ``text`` gives as its answer.

    In this order:

    1. the last ones set off by form: ``\boxed{…}``, ``#### …`` (rules ``boxed``, ``hashes``);
    2. the last ones announced: 答案：…, 答：…, The answer is … (``declared``), to the end of the sentence;
    3. the text, if it is one line of at most 30 Chinese characters or 12 English words (``whole``);
    4. what the last line sets in bold or concludes with: 所以…, therefore … (``bold``, ``conclusion``);
    5. a first line that is short and no sentence, with an explanation below it (``first_line``).

    Args:
        text: a final answer, without reasoning.
        cut_off: whether it ended at the token limit. Then only what is complete counts: a statement that the text
            goes on after.

    Returns:
        The ``value`` is folded as by ``width.normalise``; ``start`` and ``end`` refer to ``text`` as given. ``None``
        if the text gives no answer, says that it has none, or leaves in doubt which words it is.
    """
    folded = normalise(text)
    content = folded.text[: end_of_answer(folded.text)]
    reader = _Reader(content, torn=cut_off and len(content) == len(folded.text))
    for found in reader.candidates():
        start, end = _trimmed(content, found)
        if start < end:
            return Extraction(content[start:end], found.rule, *folded.raw_span(start, end))
    return None


def _trimmed(text: str, found: Declaration) -> tuple[int, int]:
    """Return a stretch without the space, bullet, Markdown and stops around it."""
    edge = _EDGE.match(text, found.start, found.end)
    start = edge.end() if edge else found.start
    return start, max(start, found.start + len(text[found.start : found.end].rstrip(" \t\r\n*_`.。!,;")))


class _Reader:
    """A folded text, and what may be its answer."""

    def __init__(self, folded: str, *, torn: bool) -> None:
        self.folded = folded
        self.plain = plain(folded)
        self.torn = torn

    def candidates(self) -> Iterator[Declaration]:
        """Yield the stretches that may be the answer, the surest first."""
        yield from (mark for mark in reversed(marks(self.folded)) if mark.rule in ("boxed", "hashes"))
        declared = declarations(self.plain)[-_MOST_DECLARED:]
        yield from filter(None, map(self._declared, reversed(declared)))
        if self.torn and declared:
            return
        if declines(self.folded):
            return
        if not self.torn:
            yield from self._undeclared()
        yield from self._first_line()

    def _declared(self, announced: Declaration) -> Declaration | None:
        """Return the statement of a declaration to its end, unless it is torn, denied or the text below a heading."""
        stop = _STATEMENT_END.search(self.folded, announced.start)
        end = stop.start() if stop else len(self.folded)
        start = announced.start
        announcement = self.plain[announced.announced : start]
        if self.torn and end == len(self.folded):
            return None
        if _DENIED.search(announcement):
            contrast = _CONTRAST.search(self.folded, start, end)
            if contrast is None:
                return None
            start = contrast.end()
        if "\n" in announcement and not is_short(self.folded[start:end]):
            return None
        return Declaration("declared", start, end, announced.announced)

    def _undeclared(self) -> Iterator[Declaration]:
        lines = self._lines()
        if len(lines) == 1 and is_short(self.folded[lines[0].start : lines[0].stop]):
            label = _LABEL.match(self.folded, lines[0].start, lines[0].stop)
            start = label.end() if label else lines[0].start
            yield Declaration("whole", start, lines[0].stop, start)
            return
        emphasised = bold(self.folded)
        if len(emphasised) == 1 and not self.folded[emphasised[0].start : emphasised[0].end].rstrip().endswith(":"):
            yield emphasised[0]
        for conclusion in reversed(conclusions(self.plain)):
            if is_short(self.folded[conclusion.start : conclusion.end]):
                yield conclusion

    def _first_line(self) -> Iterator[Declaration]:
        lines = self._lines()
        if len(lines) < 2:
            return
        first, *rest = [self.folded[line.start : line.stop] for line in lines]
        explained = any(_SENTENCE.search(line) or not is_short(line) for line in rest)
        if not is_short(first) or not explained or _OPENING.match(first) or _LIST_ITEM.match(first):
            return
        stated = first.rstrip(" *_")
        if not _CLAUSES.search(stated) and not _SENTENCE.search(stated.rstrip("。.")):
            yield Declaration("first_line", lines[0].start, lines[0].stop, lines[0].start)

    def _lines(self) -> list[range]:
        """Return the lines that are neither blank nor a remark in brackets."""
        found: list[range] = []
        for match in re.finditer(r"[^\n]+", self.folded):
            line = match.group().strip(" \t*_`")
            if line and not (found and line[0] in "(【[" and line[-1] in ")】].。"):
                found.append(range(*match.span()))
        return found


def is_short(text: str) -> bool:
    """Return whether a text is no longer than an undeclared answer may be; its language is the one of most words."""
    if dominant_language(text) is Language.ZH:
        return len(re.sub(r"\s", "", text)) <= LONGEST[Language.ZH]
    return len(text.split()) <= LONGEST[Language.EN]
