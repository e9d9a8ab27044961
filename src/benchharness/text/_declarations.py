"""Where a text says that what follows is its answer, and how far the saying goes."""

import re
from dataclasses import dataclass

# Positions stay when Markdown and mathematics lose their marks, so patterns need not allow for **答案**：**7**.
_MARKS = str.maketrans(dict.fromkeys("*`_$>", " "))
# The backslash of a fraction is where its number begins.
_BACKSLASH = re.compile(r"\\(?![dt]?frac)")

_BRACE = re.compile(r"(?P<escaped>\\[{}])|\\(?:boxed|fbox)\s*\{|[{}]")
_HASHES = re.compile(r"^[ \t]*#### *(?P<inside>\S.*)$", re.MULTILINE)
_BRACKETS = re.compile(r"【(?P<inside>[^【】\n]{1,60})】")

_DECLARED = re.compile(
    r"(?:答案|得数)[应该当就便则即并也都只可能确实大约\s]{0,6}(?:\([^()\n]{0,20}\))?"
    r"(?:(?:更正|修正|纠正|订正|改正?|变更?)[成到]|(?:更正|修正|纠正|订正|改正?|变更?)?(?:不?是|不?为|不?等于|:|=)+)"
    r"|答案(?=是?(?:无法|不能|不确定|不存在))"
    r"|(?:答案|得数) *[】\]]\s*[是为:]?"
    r"|(?:^|(?<=[\s。;,(]))答 *:"
    r"|\banswer\b(?:[^.\n=:?]{0,40}?\b(?:is|was|be|equals|becomes)\b(?: not\b|n't)?\s*:?"
    r"|(?: ?\([^()\n]{0,30}\))?\s{0,3}[:=])",
    re.IGNORECASE,
)
_HEADING = re.compile(r"^[# \t]*(?:(?:the )?final answer|answer|最终答案|答案)[ \t:]*\n", re.IGNORECASE | re.MULTILINE)

_CONCLUSION = re.compile(
    r"所以|因此|因而|综上|总之|总而言之|(?:^|(?<=[\s,。;:]))故(?![事障意乡宫])|可得|结果[是为:]|一共|总共|共计|合计|也就是|即(?=[\s\d])"
    r"|\b(?:therefore|thus|hence|consequently|in total|altogether|in conclusion)\b"
    r"|\bi\.e\.|\bthat is,"
    r"|\bthe (?:total|result|sum) (?:is\b|was\b|=)"
    r"|(?:^|(?<=[\s,.;]))so\b(?! (?:that|many|much|far))",
    re.IGNORECASE | re.MULTILINE,
)
_BOLD = re.compile(r"\*\*(?P<inside>[^*\n]{1,40})\*\*")

_SENTENCE_END = re.compile(r"[。!?\n]|\.(?=\s|$)")
_NO_ANSWER = re.compile(
    r"无法(?:确定|计算|得出|判断|求)|不能确定|不确定|无解|不存在|条件不足|cannot be determined|can't be determined"
    r"|no solution|undefined|not enough information|impossible to",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Declaration:
    """A stretch of text that states an answer.

    Attributes:
        rule: how the text says so.
        start: index of the first character of the statement, after the words that announce it.
        end: index after the statement.
        announced: index of the first of the words that announce it; ``start`` where there are none.
    """

    rule: str
    start: int
    end: int
    announced: int


def plain(text: str) -> str:
    """Return ``text`` with Markdown and mathematics marks blanked, position by position."""
    return _BACKSLASH.sub(" ", text).translate(_MARKS)


def marks(text: str) -> list[Declaration]:
    r"""Find the answers set off by form, in order: ``\boxed{7}``, ``#### 7``, ``【7】``.

    A box that is never closed has the rule ``unclosed``. Empty boxes, which quote the instruction, are left out.
    """
    found = _boxes(text)
    found += [_inside("hashes", match) for match in _HASHES.finditer(text)]
    found += [_inside("brackets", match) for match in _BRACKETS.finditer(text)]
    return sorted((d for d in found if text[d.start : d.end].strip(" .")), key=lambda d: d.start)


def _inside(rule: str, match: re.Match[str]) -> Declaration:
    return Declaration(rule, *match.span("inside"), match.start("inside"))


def _boxes(text: str) -> list[Declaration]:
    found: list[Declaration] = []
    open_braces: list[tuple[bool, int]] = []
    for match in _BRACE.finditer(text):
        if match.group() == "}" and open_braces:
            is_box, start = open_braces.pop()
            if is_box:
                found.append(Declaration("boxed", start, match.start(), start))
        elif match.group().endswith("{") and not match["escaped"]:
            open_braces.append((match.group() != "{", match.end()))
    unclosed = [start for is_box, start in open_braces if is_box]
    return found + [Declaration("unclosed", start, len(text), start) for start in unclosed[-1:]]


def declarations(text: str) -> list[Declaration]:
    """Find where a ``plain`` text announces its answer in words, in order."""
    found = [*_DECLARED.finditer(text), *_HEADING.finditer(text)]
    return _statements(text, "declared", sorted(found, key=lambda match: match.end()))


def conclusions(text: str) -> list[Declaration]:
    """Find the sentences of the last line of a ``plain`` text that conclude: 所以, 一共, therefore, so."""
    line = last_line(text)
    return _statements(text, "conclusion", list(_CONCLUSION.finditer(text, line.start, line.stop)))


def bold(text: str) -> list[Declaration]:
    """Find what is set in bold on the last line, in order; ``text`` must still have its marks."""
    line = last_line(text)
    return [_inside("bold", match) for match in _BOLD.finditer(text, line.start, line.stop)]


def last_line(text: str) -> range:
    """Return the positions of the last line that is not blank."""
    end = len(text.rstrip())
    return range(text.rfind("\n", 0, end) + 1, end)


def declines(statement: str) -> bool:
    """Return whether a statement says that there is no answer."""
    return _NO_ANSWER.search(statement) is not None


def _statements(text: str, rule: str, announcements: list[re.Match[str]]) -> list[Declaration]:
    """Give each announcement the text after it, to the end of the sentence or the next announcement."""
    found: list[Declaration] = []
    limit = len(text)
    for match in reversed(announcements):
        start = match.end()
        while start < limit and text[start].isspace():
            start += 1
        stop = _SENTENCE_END.search(text, start, limit)
        if not found or start < found[-1].start:
            found.append(Declaration(rule, start, stop.start() if stop else limit, match.start()))
        limit = min(limit, match.start())
    return found[::-1]
