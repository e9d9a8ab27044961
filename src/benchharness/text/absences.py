"""Where an answer says that the text does not state what was asked for."""

import re

_SAID = (
    "提到|提及|提供|说明|给出|写明|写出|写到|记载|记录|记述|交代|出现|指出|列出|涉及|包含|包括|告诉|告知|注明|标明|述及|谈到|谈及"
    "|介绍|显示|描述|透露|公布|明说|说过|说起|讲到|讲明|载明|体现|标注|写|说|提"
)
_SAID_EN = (
    "stated?|mention(?:s|ed)?|given?|specif(?:y|ies|ied)|provided?|said|say|included?|list(?:ed)?|contain(?:ed)?"
    "|appears?|present|available|recorded|disclosed?|indicated?|tell|told|described?|exist|found|find|named?|known|know"
    "|reveal(?:ed)?|identif(?:y|ied)|refer(?:enced)?|supplied|record|report(?:ed)?|shown?"
)
_ABSENT = re.compile(
    rf"(?:没有?|未|并无|从未|未曾|不曾)(?:在[^。\n,]{{1,12}}?)?[曾有能被再]{{0,2}}"
    rf"(?P<directly>直接|明确|明文|清楚|具体|明显)?地?(?:{_SAID}|找到|发现|查到|看到|见到|见)(?!没有)"
    r"|[无难](?:法|从|以)(?:直接|根据[^。\n]{0,10}|从[^。\n]{0,10})?(?:得知|得出|确定|判断|知道|知晓|知悉|回答|作答|找到|推断|推出"
    r"|获知|获得|查到|查找|给出|提供|确认|得到|了解|说明)"
    r"|不(?:知道|清楚|详|得而知|能确定|确定|存在|可知)|找不[到出]|查不到|看不出|查无|无此|未知|待考|阙如"
    r"|没有(?:任何|相关|关于|这[样个一条]|该|此|对应|对此|答案|有关|他的|她的|它的)|无(?:相关|答案|记载|法可知|有关)"
    r"|没有[“\"'「『《]|文[中章本](?:里|当中)?(?:都|也|均|并)?[没无]有?[\W_]*$|信息不足|资料不足|缺乏[^。\n]{0,12}信息|^[\W_]*[没无]有?[\W_]*$",
    re.MULTILINE,
)
_ABSENT_EN = re.compile(
    rf"(?:\bnot|n['’]t|\bnever)\s+(?:(?:been|be|have|actually|ever|even|seem to|appear to|anywhere)\s+)*"
    rf"(?:(?P<directly>explicitly|directly|specifically|clearly|expressly)\s+)?"
    rf"(?:been\s+)?(?:{_SAID_EN}|in the (?:text|passage|document|context|given text)|there)\b"
    r"(?P<after>\s+(?:explicitly|directly|outright|in so many words))?"
    r"|\b(?:has|have|is|are|was|contains?|gives?|provides?|makes?|with|there['’]s|find|found|see|say[s]?)\s+"
    r"(?:absolutely\s+)?no\s+(?:such|mention|information|record|number|reference|answer|value|data|indication|details?|statement"
    r"|explicit|specific|entry|trace|evidence|clue)\b"
    r"|^[\W_]*no\s+(?:such|mention|information|record|reference|answer|value|data|indication|number)\b"
    r"|\b(?:can\s?not|can['’]t|could\s?n['’]t|could not|unable to|impossible to|not possible to)\s+(?:be\s+)?"
    r"(?:determined?|find|found|know|known|answer(?:ed)?|tell|told|locate[d]?|identif(?:y|ied)|inferred|infer|establish(?:ed)?"
    r"|provide|give|say|see|deduced?|derived?)\b"
    r"|\b(?:unknown|unspecified|unstated|undisclosed|undetermined|indeterminate|absent from|missing from|nowhere)\b"
    r"|\b(?:insufficient|not enough) information\b|\bomits?\b|\bleaves? (?:it|that|this) (?:out|open)\b|\bis silent\b"
    r"|\b(?:don['’]t|do not|does\s?n['’]t|does not) (?:know|say|tell)\b(?! (?:explicitly|directly|outright))"
    r"|^[\W_]*(?:none|n/a|nothing|no)[\W_]*$|\bnone\b[\W_]*$|\bnone (?:is|was|given|stated|mentioned|of)\b",
    re.IGNORECASE | re.MULTILINE,
)
# “No other number is mentioned” says something of the rest.
_OF_THE_REST = re.compile(
    r"其他|其它|其余|别的|另外|更多|用途|原因|\b(?:other|further|else|additional|another|more)\b", re.IGNORECASE
)
_SENTENCE = re.compile(r"[^。!?;\n]+")
_LONGEST_SENTENCE = 400
_SENTENCE_STOP = re.compile(r"[。!?;\n]|\.(?=\s|$)")
_GUESS = re.compile(
    r"可能|也许|或许|大概|估计|猜|应该?[是为]|推测|觉得|恐怕|假设|答案[是为:]|推断|看来"
    r"|\b(?:may|might|maybe|perhaps|probably|possibly|guess|likely|presumably|assum\w+|suppose|should be|could be"
    r"|would be|answer is|best estimate)\b",
    re.IGNORECASE,
)
_OF_ANOTHER = re.compile(
    r"只|仅|其他|其它|另一|另有|别的|而是|接近|相近|类似|提[到及]|给出|记载|列出|写到"
    r"|\b(?:only|other|another|closest|nearest|similar|different|instead|mentions?|mentioned|gives|given|lists?|states|refers?|belongs?|whereas)\b",
    re.IGNORECASE,
)


def find_absence(text: str, place: int = 0, *, valued: bool = False) -> re.Match[str] | None:
    """Return the first place in a folded text where it says that something is not stated, or ``None``.

    Args:
        text: text as ``width.normalise`` folds it.
        place: where to begin.
        valued: whether the text states a value too. “Not directly stated” then says nothing, for what follows may
            be what the text implies.
    """
    for sentence in _SENTENCE.finditer(text, place):
        found = [p.search(text, sentence.start(), sentence.end()) for p in (_ABSENT, _ABSENT_EN)]
        for match in filter(None, found):
            rest = text[max(sentence.start(), match.start() - 12) : min(sentence.end(), match.end() + 12)]
            if _OF_THE_REST.search(rest) is None and not (valued and _is_indirect(match)):
                return match
    return None


def _is_indirect(match: re.Match[str]) -> bool:
    groups = match.groupdict()
    return bool(groups.get("directly") or groups.get("after"))


def is_of_another(text: str, start: int, end: int, absence: re.Match[str]) -> bool:
    """Return whether a value beside “not stated” is stated of something else, and is no guess.

    Args:
        text: folded text.
        start: index of the first character of the value.
        end: index after it.
        absence: where the text says “not stated”; its words count for nothing here.
    """
    before, after = _sentence_around(text, start, end)
    if before <= absence.start() < start:
        before = min(absence.end(), start)
    around = text[before:after]
    return _GUESS.search(around) is None and _OF_ANOTHER.search(around) is not None


def outweighs(text: str, start: int, end: int, absence: re.Match[str]) -> bool:
    """Return whether a value stands although “not stated” is said: before it, or in a later sentence as no guess.

    Args:
        text: folded text.
        start: index of the first character of the value.
        end: index after it.
        absence: where the text says “not stated”.
    """
    if end <= absence.start():
        return True
    before, after = _sentence_around(text, start, end)
    return absence.end() <= before and _GUESS.search(text, before, after) is None


def _sentence_around(text: str, start: int, end: int) -> tuple[int, int]:
    begin = max(0, start - _LONGEST_SENTENCE)
    stops = [begin, *(found.end() for found in _SENTENCE_STOP.finditer(text, begin, start))]
    following = _SENTENCE_STOP.search(text, end)
    return stops[-1], following.start() if following else len(text)
