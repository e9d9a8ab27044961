"""Where a text that declared a number changes its mind, or declares another beside it."""

import re

_CUE = (
    r"(?:等等|等一下|慢着|且慢|不对(?=[\s,。!;:])|不(?=[,。!])|错了|[算弄写看搞]错了"
    r"|(?:刚才|上面|前面|我)[^。,\n]{0,8}[弄算搞记看写]错"
    r"|更正|订正|修正|纠正|(?:but )?wait\b(?=[\s,.!:—–-])|no[,.] |correction\b|scratch that|on second thought|oops"
    r"|sorry,"
    r"|(?:actually,? )?(?:I (?:just )?(?:made an? (?:mistake|error)|(?:need|have) to correct|miscalculated|misread)"
    r"|that(?:'s| is| was) (?:wrong|not right|incorrect))"
    r"|(?:actually|其实|实际上),? ?(?:it|that|是|应该?是|应为)(?:'s| is| should be)?(?=[^\d\n.。]{0,8}[0-9]))"
)
_TAKEN_BACK = re.compile(
    rf"[。!?\n.…;][\s\"'”’)\]]{{0,6}}(?:(?:哦|嗯|啊|呃|hm{{1,9}}|oh|ah)[\s,.。!…—]{{1,6}})?{_CUE}", re.IGNORECASE
)
_TAKEN_BACK_AT_ONCE = re.compile(rf"[^\W\d]{{0,6}}\s*[,(…—–-]+\s*{_CUE}", re.IGNORECASE)
_CONFIRMED = re.compile(
    r"没错|没有错|没问题|无误|不变|依然|仍|还是|对得上"
    r"|\b(?:still|indeed|stands|checks out|holds|unchanged|(?:is|was|it's|that's) (?:correct|right|fine|all right))\b",
    re.IGNORECASE,
)
_CORRECTED = re.compile(
    r"(?:应该?|应当|更正|改正?|修正|纠正|订正|正确的?(?:结果|得数|数字)?)(?:就|才)?(?:是|为|成|:)+"
    r"|(?:其实|实际上|而)是"
    r"|\bshould (?:be|have been|read)\b|\bmake (?:that|it)\b|\bcorrection\s*[:,—–-]"
    r"|\b(?:it|that)(?:'s| is)(?! not\b)|\bcorrect(?:ed)? (?:result|value|number|figure|total) (?:is|:)",
    re.IGNORECASE,
)
_EXPLAINS = re.compile(
    r"更正|改|修正|纠正|订正|不对|等等|重新|再|其实|实际上|应该是|不过|但|然而|所以|因此|故|最终|最后|综上|于是|则|步|错"
    r"|\b(?:wait|no|actually|correction|sorry|hmm|mistake|scratch that|instead|rather|oops|however|but"
    r"|correct(?:ed|ing)?|so|thus|therefore|hence|then|final|finally|overall|step|now|next)\b",
    re.IGNORECASE,
)
_POSSIBLE = re.compile(
    r"也(?:有)?(?:可能|可以|许)|或许|或者?|\bor\b|\b(?:could|might|may|can)(?: also)? be\b|\balso\b", re.IGNORECASE
)
_UNDECIDED = re.compile(
    r"(?:不知道|不清楚|不确定|无法(?:确定|判断|断定)|说不清|说不准|分不清|难以判断)[^。,\n]{0,8}(?:哪|谁)"
    r"|没有最终(?:的)?答案|给不出最终"
    r"|\b(?:don't|do not|can't|cannot|not sure|unsure|unable to)(?: \w+)? ?(?:know|say|tell|decide|determine|choose)? ?"
    r"(?:of )?which (?:of|one|is|answer|figure|number|result)\b|\b(?:no|any) final answer\b",
    re.IGNORECASE,
)
_LONGEST_GAP = 40


def taken_back(text: str, after: int) -> int | None:
    """Return where a ``plain`` text has taken back what it declared up to ``after``, and not confirmed it again."""
    found = _TAKEN_BACK_AT_ONCE.match(text, after) or _TAKEN_BACK.search(text, after)
    return None if found is None or _CONFIRMED.search(text, found.end()) else found.end()


def corrections(text: str, after: int) -> list[int]:
    """Return the places after ``after`` where words such as 应为 or "should be" put something right, in order."""
    return [match.end() for match in _CORRECTED.finditer(text, max(0, after))]


def contradicts(between: str) -> bool:
    """Return whether a declaration contradicts the one before it: what stands ``between`` explains no change."""
    if _POSSIBLE.search(between):
        return True
    return len(between.strip()) < _LONGEST_GAP and _EXPLAINS.search(between) is None


def is_undecided(text: str, after: int) -> bool:
    """Return whether a text says after ``after`` that it does not know which of its answers is right."""
    return _UNDECIDED.search(text, after) is not None
