"""Where an answer that recalls values or names states them."""

import re
from collections.abc import Sequence

from benchharness.text._declarations import Declaration, conclusions, declarations, marks, plain
from benchharness.text._questions import end_of_answer
from benchharness.text.mentions import Mention, is_denied
from benchharness.text.numerals import fold_for_numbers
from benchharness.text.width import NormalisedText

# What holds of several statements: it was changed to …, the later one is …, 以…为准.
_HOLDS = re.compile(
    r"(?:改|变更|更新|更正|修正|修改|调整|换|修订|替换)(?:成|为|至|到)了?"
    r"|(?:后来|之后|最后|最终|最新|最近|较晚|后面|后文|后者|稍后|现在|目前|当前|更正后|更新后|修改后|实际|正确)"
    r"[^。\n,;:]{0,16}?(?:是|为|:)"
    r"|(?:以|(?:后|较晚|最后)[^。\n,0-9]{0,6}的)(?=[^。\n,]{1,24}为准)|为准,?|\b(?:holds|prevails|applies|counts|stands)\b,?"
    r"|\b(?:changed|updated|corrected|revised|amended|altered|replaced|superseded|reset)\b"
    r"(?: [\w,]+){0,4}? (?:to|by|with)\b"
    r"|\b(?:later|latest|last|latter|final|finally|current|currently|newer|newest|updated|corrected|correct"
    r"|most recent|now|new|actual)\b[^.\n,;:]{0,48}?"
    r"(?:\bis\b|\bwas\b|\bsays\b|\bstates\b|\bgives\b|\breads\b|\bbecame\b|:)"
    r"|(?:相加|加起来|累计|总额|总和|总数|之和|合计|共计|总计)[^。\n,;:0-9]{0,12}?(?:是|为|得到?|等于|:)"
    r"|\b(?:sum|total|adds? up|amounts?|comes?)\b[^.\n,;:0-9]{0,48}?(?:\bis\b|\bto\b|:)"
    r"|=(?=\s*[0-9][0-9,.]*\s*(?![-+×*/÷0-9.,]))",
    re.IGNORECASE,
)
# A full-width comma parts numbers, unless they are full-width too.
_PARTING_COMMA = re.compile(r"(?<=[0-9])，(?=[0-9])")
_WORD = re.compile(r"\w")
_BLANK_LINE = re.compile(r"\n[ \t]*\n\s*")
_LIST_LINE = re.compile(r"[-*•+]\s|[(]?[0-9]{1,2}[.)、](?![0-9])|[^A-Za-z\u3400-\u9fff\n]+(?:\n|$)")
_STOP = re.compile(
    r"[。!?;(]|\.(?=\s|$)|\n(?=[^\n]*[A-Za-z\u3400-\u9fff])"
    r"|,\s*(?:因为|由于|理由|而非|而不是|不是|(?:as|since|because|for|which|not|rather|replacing|superseding)\s)",
    re.IGNORECASE,
)
_CLAUSE_STOP = re.compile(r"[,。!?;:(\n]|\.(?=\s|$)")
_OPENING = re.compile(r"[\W_]*")


def fold_answer(text: str) -> tuple[NormalisedText, str]:
    """Return an answer in the form that the readers of this package take, with the way back to it, and what to read.

    What to read ends where the text goes on to a question of its own.
    """
    folded = fold_for_numbers(_PARTING_COMMA.sub("、", text))
    return folded, folded.text[: end_of_answer(folded.text)]


def find_answer(text: str, mentions: Sequence[Mention], wanted: int, *, alone: bool) -> Declaration:
    r"""Return the stretch of a folded text in which it gives its answer.

    In this order:

    1. what is set off by form or announced, the last one: ``\boxed{…}``, ``#### …``, 答案：…, The answer is … (rules
       ``boxed``, ``hashes``, ``declared``), to the end of the paragraph or of the list below it;
    2. what is said to hold, or concluded, the last one: 改为…, 以…为准, the later one is …, therefore … (``holds``),
       if it states as many values or names as are wanted;
    3. a value or name at the beginning with an explanation after it (``first``), if it is wanted ``alone``;
    4. the whole text (``whole``).

    Args:
        text: as ``fold_answer`` returns it.
        mentions: the values and names in it, in order.
        wanted: how many the answer should have.
        alone: whether what is said beside a single one, in the next sentence or in brackets, is no part of the answer.

    Returns:
        The stretch without the space around it.
    """
    found = _find(text, mentions, wanted, alone=alone)
    said = text[found.start : found.end]
    start = found.start + len(said) - len(said.lstrip())
    return Declaration(found.rule, start, max(start, found.start + len(said.rstrip())), found.announced)


def _find(text: str, mentions: Sequence[Mention], wanted: int, *, alone: bool) -> Declaration:
    alone = alone and wanted == 1
    bare = plain(text)
    declared = _declared(text, bare, wanted)
    if declared is not None:
        return _cut(text, declared, mentions, _STOP) if alone else declared
    for found in reversed(_held(text, bare)):
        cut = _cut(text, found, mentions, _CLAUSE_STOP) if wanted == 1 else found
        keys = {one.key for one in _within(cut, mentions) if not is_denied(text, one)}
        if 0 < wanted <= len(keys):
            return cut
    whole = Declaration("whole", 0, len(text), 0)
    if alone and mentions and _OPENING.fullmatch(text, 0, mentions[0].start):
        first = _cut(text, whole, mentions, _STOP)
        return Declaration("first", 0, first.end, 0) if first.end < len(text.rstrip()) else whole
    return whole


def _declared(text: str, bare: str, wanted: int) -> Declaration | None:
    formal = [mark for mark in marks(text) if mark.rule in ("boxed", "hashes")]
    if formal:
        boxes = [mark for mark in formal if mark.rule == formal[-1].rule]
        first = boxes[0] if wanted > 1 else boxes[-1]
        return Declaration(boxes[-1].rule, first.start, boxes[-1].end, first.announced)
    for found in reversed(declarations(bare)):
        end = _end_of_list(text, found.start)
        if _WORD.search(text, found.start, end):
            return Declaration("declared", found.start, end, found.announced)
    return None


def _held(text: str, bare: str) -> list[Declaration]:
    found = [Declaration("holds", match.end(), len(text), match.start()) for match in _HOLDS.finditer(bare)]
    found += [Declaration("holds", one.start, len(text), one.announced) for one in conclusions(bare)]
    return sorted(found, key=lambda one: one.start)


def _end_of_list(text: str, start: int) -> int:
    """Return where the paragraph ends, and the list below it if there is one."""
    for blank in _BLANK_LINE.finditer(text, start):
        said = text[start : blank.start()].rstrip(" *_")
        if said and said[-1] != ":" and not _LIST_LINE.match(text, blank.end()):
            return blank.start()
    return len(text)


def _cut(text: str, found: Declaration, mentions: Sequence[Mention], stop: re.Pattern[str]) -> Declaration:
    """Return a stretch up to the first stop after the first mention in it."""
    stated = _within(found, mentions)
    end = stop.search(text, stated[0].end, found.end) if stated else None
    return found if end is None else Declaration(found.rule, found.start, end.start(), found.announced)


def _within(found: Declaration, mentions: Sequence[Mention]) -> list[Mention]:
    return [one for one in mentions if found.start <= one.start and one.end <= found.end]
