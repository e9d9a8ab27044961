"""Whether a statement is meant: not a condition, a slip or what others think, and not that nothing fits."""

from benchharness.text._options_patterns import english, pattern

CONDITION = pattern(r"如果|假如|倘若|要是|若(?=[^干])", english("if|unless"))
NOT_MEANT = pattern(
    CONDITION.pattern,
    r"假设|否则|之前说|有些?的?人|(?:许多|很多|不少|大多数|部分|有的|有些|一些|有)(?:人|同学|考生|学生)",
    r"容易(?:误|错|把|想|选|以为)|误以为|误认为|常见的?错误",
    r"一开始|起初|乍看|最初|刚开始|原本|原以为|本来以为|第一反应|第一眼|直觉",
    english(
        "suppose|otherwise|earlier|originally|at first|initial(?:ly)?|tempt(?:ing|ed)|common (?:mistake|error)|please"
    ),
    r"\bfirst (?:instinct|thought|guess|impression|reaction|reading|glance)\b",
    r"\b(?:some|many|most) (?:people|students|readers|candidates)\b",
    r"\b(?:some|others)(?: would| might)? (?:say|think|believe|argue|claim)\b",
    r"\b(?:might|may|could) (?:think|be tempted|say|seem|look|appear)\b",
    r"\b(?:student|friend|teacher|colleague|another|someone|somebody|people) (?:\w+ ){0,3}"
    r"(?:said|says|say|told|claims?|thinks?|thought|argues?)\b",
    r"\b(?:students|people|readers|candidates|those)(?: who)? (?:choose|pick|select|go for)\b",
)
_TURNS_BACK = pattern(
    r"但|然而|不过|所以|因此|其实|实际上|应选|故", english("but|so|however|actually|therefore|thus|in fact")
)
_TURNS_FROM_CONDITION = pattern(r"但|然而|不过", english("but|however"))

NUMERALS = {"两": 2, "三": 3, "四": 4, "五": 5, "two": 2, "three": 3, "four": 4, "five": 5}
_CANNOT_CHOOSE = pattern(
    r"无法(?:确定|判断|选择|回答|作答|得出|给出|提供)|不能(?:确定|判断|提供|回答)|难以(?:确定|判断|抉择)|不确定"
    r"|没有最终(?:的)?答案|给不出最终",
    r"(?:请你?您?|需要你?您?)再?(?:提供|补充|告诉|说明)",
    r"\b(?:cannot|can't|unable to|impossible to) (?:be determined|help|provide|answer|tell|decide|determine|say|choose"
    r"|assist)\b",
    english("hard to say|not (?:enough|sufficient) information|not (?:sure|certain)|don't know|no final answer"),
    r"\bdepend(?:s|ing)? on (?:whether|which|what|how)\b",
    r"\bplease (?:tell|provide|specify|clarify|give|send|share|let me)\b",
)
_NONE_FITS = pattern(
    r"(?:以上|上述|所有|所给|给出的?|列出的?|各|这?(?P<zh>[两三四五])[个座种项位句者]?)的?(?:给出|列出|所给)?的?"
    r"[^。!?;\n,都均全]{0,8}(?:都|均|全)(?:不(?:是|对|正确|符合|成立|在)|错|没有|无)",
    r"没有(?:任何)?[一哪]个[^。,;\n]{0,6}(?:正确|对的|符合)",
    r"没有(?:一个|任何)?(?:给出|列出)?的?(?:正确|合适|对应|匹配|符合[^。,;\n]{0,6})的?(?:答案|选项)|无正确(?:答案|选项)",
    r"(?:并?不|没有?|未)(?:出现)?(?:包含)?在(?:所给|给出|上述|备选|这四|这些|四个|选项|列)",
    r"\bnone of (?:the|these) (?:given |listed |above |provided |(?P<en>four|five|three|two) )?"
    r"(?:options|choices|answers|statements|above)\b",
    r"\bnone of (?:these|them)\b|\bno (?:correct|right|suitable|valid|matching) (?:option|answer|choice)\b",
    r"(?:\bnot|n't) (?:be )?(?:\w+ )?(?:among|one of|any of|in|on) (?:the |these |this )?"
    r"(?:given |listed |provided |four )?(?:options|choices|answers|list)\b",
)
_OTHERS = pattern(r"其他|其它|其余|另外|余下|剩下", english("others?|remaining|rest"))


def none_fits(sentence: str, labels: int) -> bool:
    """Return whether a masked sentence says that none of ``labels`` options is right."""
    if _OTHERS.search(sentence):
        return False
    numerals = ((match["zh"] or match["en"] or "").lower() for match in _NONE_FITS.finditer(sentence))
    return any(NUMERALS.get(numeral, labels) == labels for numeral in numerals)


def cannot_choose(sentence: str) -> bool:
    """Return whether a masked sentence says that no choice can be made."""
    return _CANNOT_CHOOSE.search(sentence) is not None


def is_set_aside(before: str) -> bool:
    """Return whether the part of a sentence before a statement takes its meaning away, with no turn after it."""
    cues = list(NOT_MEANT.finditer(before))
    if not cues:
        return False
    turn = _TURNS_FROM_CONDITION if CONDITION.search(before) else _TURNS_BACK
    return turn.search(before, cues[-1].end()) is None
