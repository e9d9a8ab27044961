"""How a text is cut into words, sentences, lines and paragraphs, for instructions that count them."""

import re
from itertools import pairwise

HAN = "\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U000323af"
"""Chinese characters, for use inside a character class; 〇 is one."""

_HAN = re.compile(f"[{HAN}]")
_LETTER_OR_DIGIT = re.compile(r"[^\W_]")
_LIST_MARKER = re.compile(r"\s*(?:[-*+•]\s+|[－·]\s*|\d+(?:[.)](?:\s+|$)|[．、）]\s*))")


_FRAME = re.compile(r"#{1,6}\s|[-*_=]{3,}$|<<.*>>$|〖.*〗$")
_NO_PROSE = re.compile(rf"\s*(?:{_FRAME.pattern}|\||```)")


def han_count(text: str) -> int:
    """Return the number of Chinese characters in ``text``: no punctuation, digits, letters or spaces."""
    return len(_HAN.findall(text))


def lines(text: str) -> list[str]:
    """Return the lines of ``text`` that hold more than white space, without white space at their ends."""
    return [line.strip() for line in text.splitlines() if line.strip()]


def paragraphs(text: str) -> list[str]:
    """Return the paragraphs of ``text``: what stands between blank lines. A single line end does not part them.

    A block that holds nothing but headings, a title in 〖〗 or <<>>, or dividing lines is no paragraph.
    """
    blocks = re.split(r"\n[^\S\n]*(?:\n[^\S\n]*)+", text.strip())
    return [block.strip() for block in blocks if not all(map(_FRAME.match, lines(block)))]


def without_marker(line: str) -> str:
    """Return ``line`` without the marker of a list item at its start (``- ``, ``* ``, ``•``, ``1.``, ``1、`` …)."""
    return _LIST_MARKER.sub("", line, count=1) if _LIST_MARKER.match(line) else line


def words(text: str) -> list[str]:
    """Return the words of an English text as a word processor counts them: what stands between white space.

    Dashes and ellipses part words, hyphens and apostrophes do not (``well-known`` and ``don't`` are one word each),
    nor do slashes and dots inside (``and/or``, ``U.S.``). What holds no letter or digit is no word; nor is the
    marker of a list item. Punctuation stays at the words.
    """
    pieces = [piece for line in text.splitlines() for piece in re.split(r"--+|[\s—–…]+", without_marker(line))]
    return [piece for piece in pieces if _LETTER_OR_DIGIT.search(piece)]


_WORD_OR_CHARACTER = re.compile(rf"[{HAN}]|(?:(?![{HAN}])[^\W_])+(?:['’-](?:(?![{HAN}])[^\W_])+)*")


def units(text: str) -> list[str]:
    """Return what a text begins and ends with: each Chinese character, and each word or number of other scripts."""
    return _WORD_OR_CHARACTER.findall(text)


_CLOSING = r"[”’」』）》】)\]\"'*_]"
_MARKS = "。！？!?."
_END = re.compile(
    rf"(?<![{_MARKS}])[{_MARKS}]*(?:[。！？]|[!?.](?={_CLOSING}*(?:\s|$|[{HAN}“「『（《])))(?P<closing>{_CLOSING}*)"
)
_BEFORE = r"(?:^|[\s(\"'“‘])"
_ABBREVIATION = re.compile(
    rf"{_BEFORE}(?:Mr|Mrs|Ms|Dr|Prof|St|vs|Fig|Jr|Sr|e\.g|i\.e|P\.S|cf|approx|(?-i:[A-HJ-Z]))\.$", re.IGNORECASE
)
_BEFORE_NUMBER = re.compile(rf"{_BEFORE}(?:No|p|pp|ch|vol)\.$", re.IGNORECASE)
_MAYBE_ABBREVIATION = re.compile(rf"{_BEFORE}(?:etc|a\.m|p\.m|U\.S|U\.K|Inc|Ltd|Co)\.$", re.IGNORECASE)


def sentences(text: str) -> list[str]:
    """Return the sentences of ``text``, with their end marks and the closing quotes and brackets after them.

    A sentence ends with 。！？ or ! ? . and at every line end. ASCII marks end one only before white space, a Chinese
    character or the line end, so that 3.5 and example.com stay whole. No end: a full stop after an abbreviation
    (Mr., e.g., an initial; No. before a digit; etc. and a.m. unless a capital follows), or a mark in quotes that a
    lower-case word follows ("Go!" she said). 、，；： and …… do not end a sentence. Headings, titles in 〖〗 or <<>>,
    table rows and dividing lines are no sentences; what holds no letter or digit is none either.
    """
    found = []
    for line in text.splitlines():
        if _NO_PROSE.match(line.rstrip()):
            continue
        content = without_marker(line)
        ends = [0, *(match.end() for match in _END.finditer(content) if _ends_sentence(content, match)), len(content)]
        pieces = (content[start:end].strip() for start, end in pairwise(ends))
        found += [piece for piece in pieces if _LETTER_OR_DIGIT.search(piece)]
    return found


def _ends_sentence(line: str, match: re.Match[str]) -> bool:
    after = line[match.end() :].lstrip()
    before = line[: match.start("closing")]
    if match["closing"].strip("*_") and after[:1].isascii() and after[:1].islower():
        return False
    if not before.endswith(".") or not after:
        return True
    if _ABBREVIATION.search(before) or (after[0].isdigit() and _BEFORE_NUMBER.search(before)):
        return False
    return after[0].isupper() or not _MAYBE_ABBREVIATION.search(before)


def is_question(sentence: str) -> bool:
    """Tell whether a sentence ends with a question mark, be it followed by other marks, quotes or brackets."""
    return bool(re.search(rf"[?？][!！?？]*{_CLOSING}*$", sentence.strip()))


def occurrences(word: str, text: str) -> list[int]:
    """Return where ``word`` stands in ``text``, without overlaps.

    Latin letters match in either case. A word whose end is a Latin letter or a digit must end there in the text too:
    ``art`` is not in ``start``, nor ``bench`` in ``benches``; Chinese text may follow directly.
    """
    left = r"(?<![A-Za-z0-9])" if word[0].isascii() and word[0].isalnum() else ""
    right = r"(?![A-Za-z0-9])" if word[-1].isascii() and word[-1].isalnum() else ""
    return [match.start() for match in re.finditer(left + re.escape(word) + right, text, re.IGNORECASE)]
