"""Where a letter in a text is the label of an option, and not a point, a set, a person, a vitamin or an article."""

import re
from collections.abc import Container
from dataclasses import dataclass
from itertools import pairwise

_FURTHEST_LOOK_BACK = 40
_MOST_BRACKETS = 6
_OPEN = "([<\"'“‘「『《【〈〖"
_CLOSE = ")]>\"'”’」』》】〉〗"
_WORD_BEFORE = re.compile(
    r"(?:选项|选择项|答案选项|\b(?:answer choice|options?|choices?|alternatives?|letters?|statements?|items?|rows?))"
    r"[ \t]*\Z",
    re.IGNORECASE,
)
_WORD_AFTER = re.compile(r"[ \t]*(?:选项|[一这那]项|[一这那]个选项|项(?!目|链)|[一这那]?句(?!子))")
# A letter joined to one that stands for something else does so too: P(A and B).
_AND = re.compile(r"[ \t]*(?:[,、和与及&]|\band\b|\bor\b)[ \t]*")
_SENTENCE_START = re.compile(r"(?:^|[.。!?:\n\"'“‘(])[^\w\n]*\Z")
_BEFORE_ALONE = re.compile(r"(?:^|[\n:]|\b(?:is|answer|be)|答案|[是为选])[ \t]*\Z")
_AFTER_ALONE = re.compile(r"[ \t]*(?:\n|$)")
_BOTH_SIDES = r"(?<![A-Za-z0-9_'’^&∠△°\\])(?<![0-9°] )(?:{})(?![A-Za-z0-9_'’^′#]|[+][+\W]|-[A-Za-z0-9])"


@dataclass(frozen=True, slots=True)
class Unit:
    """One label, or several written together (AC), with its brackets and the word "option".

    Attributes:
        start: index of its first character.
        end: index after its last character.
        letters: the labels, upper case, in the order written.
        outside: whether one of them is no label of this question.
    """

    start: int
    end: int
    letters: str
    outside: bool


@dataclass(frozen=True, slots=True)
class Letters:
    """The letters of a text.

    Attributes:
        labels: those that may be labels, in order.
        others: whether there are letters that look like labels and stand for something else.
    """

    labels: tuple[Unit, ...]
    others: bool


def find_letters(page: str, labels: str, shared: bool, covered: Container[int]) -> Letters:
    """Find the letters that may be labels in a folded and plain text.

    Args:
        page: the text.
        labels: the letters of the question, ``"ABCD"``.
        shared: whether the options themselves hold such letters; a letter in running text is then a label only
            with the word "option", in brackets, or where it begins or ends a line.
        covered: places where it says what an option says; a letter there is part of it.
    """
    known = labels if len(labels) >= 8 else "ABCDEFGH"
    upper = _BOTH_SIDES.format(rf"[{known}]|[{labels}]{{2,{max(2, len(labels))}}}")
    lower = rf"(?<![A-Za-z0-9_])\([{labels.lower()}]\)|(?m:^[ \t]*)[{labels.lower()}]\)"
    found: list[Unit] = []
    last_other = -1
    for match in re.finditer(f"{upper}|{lower}", page):
        letters = match.group().strip(" \t()")
        start = page.index(letters[0], match.start())
        if start in covered or not _rises(letters.upper()):
            continue
        unit = _unit(page, start, letters, labels)
        named = unit.end - unit.start > len(letters)
        joined = last_other >= 0 and _AND.fullmatch(page, last_other, start) is not None
        if not named and _is_word(page, letters, start + len(letters)):
            # Within a sentence, a capital A is no article: "choosing A costs more".
            if not _SENTENCE_START.search(page, max(0, start - _FURTHEST_LOOK_BACK), start):
                last_other = start + len(letters)
            continue
        if not named and (joined or _has_another_role(page, start, letters)):
            last_other = start + len(letters)
        elif named or not shared or _stands_alone(page, unit):
            found.append(unit)
    return Letters(tuple(found), last_other >= 0)


def _rises(letters: str) -> bool:
    return all(one < other for one, other in pairwise(letters))


def _stands_alone(page: str, unit: Unit) -> bool:
    low = max(0, unit.start - _FURTHEST_LOOK_BACK)
    return bool(_BEFORE_ALONE.search(page, low, unit.start) or _AFTER_ALONE.match(page, unit.end))


def _unit(page: str, start: int, letters: str, labels: str) -> Unit:
    """Widen a letter to its brackets and the word "option" beside it."""
    end = start + len(letters)
    left, right = start, end
    while left > max(0, start - _MOST_BRACKETS) and page[left - 1] in _OPEN + " ":
        left -= 1
    while right < min(len(page), end + _MOST_BRACKETS) and page[right] in _CLOSE + " ":
        right += 1
    opened, closed = page[left:start].strip(), page[end:right].strip()
    if opened and closed:
        start -= len(page[left:start].lstrip())
        end += len(page[end:right].rstrip())
    elif closed.startswith(")") and not _is_open(page, start):
        end = page.index(")", end) + 1
    before = _WORD_BEFORE.search(page, max(0, start - _FURTHEST_LOOK_BACK), start)
    if before is not None:
        start = before.start()
    after = _WORD_AFTER.match(page, end)
    if after is not None:
        end = after.end()
    return Unit(start, end, letters.upper(), any(letter not in labels for letter in letters.upper()))


def _is_open(page: str, place: int) -> bool:
    """Return whether a bracket opened before ``place`` is still open there: the "B)" of "(A or B)" is no label."""
    before = page[max(0, place - _FURTHEST_LOOK_BACK) : place]
    return before.count("(") > before.count(")")


# Words after which an English text names an option by its letter alone; after any other it names something else:
# "bulb B", "vitamin C", "Plan A".
_MAY_PRECEDE = re.compile(
    r"(?:is|are|was|were|be|been|being|isn't|aren't|wasn't|it's|that's|answer|answers|answer's|its|choose"
    r"|chooses|chose|choosing|choice|pick|picks|picked|picking|select|selects|selected|selecting|mark"
    r"|circle|tick|with|for|not|only|just|and|or|nor|but|so|thus|therefore|hence|because|since|then|than"
    r"|that|which|why|to|on|by|like|both|either|neither|eliminate|eliminates|eliminated|eliminating|leaves"
    r"|leave|leaving|out|exclude|excludes|excluding|reject|rejects|rejecting|discard|discarding|say|said"
    r"|means|gives|give|go|although|though|while|whereas|if|as|between|except|also|still|again|actually"
    r"|clearly|definitely|probably|likely|maybe|perhaps|surely|exactly|namely|no|yes|over|match|matches"
    r"|matching|fit|fits|supports|favours|favors|toward|towards|call|in|until|unless|without|versus|vs"
    r"|when|where|does|did|do|can|could|would|should|must|will|have|has|describe|describes|mean|make|makes"
    r"|making|remains|remaining|remain|rule|rules)",
    re.IGNORECASE,
)
_LAST_WORD = re.compile(r"([A-Za-z]{2,}(?:['’][a-z]+)?)[ \t]+\Z")
# What follows the letter A where it is no article.
_AFTER_A = re.compile(
    r"[ \t]+(?:is|was|isn't|wasn't|are|were|and|or|nor|it|but|because|since|as|would|wouldn't|does|doesn't|did|didn't"
    r"|do|has|hasn't|had|can|can't|cannot|could|couldn't|may|might|must|should|will|won't|seems?|looks?|appears?|fails?"
    r"|fits?|matches|works|holds|says?|states?|describes|refers|gives|gets|means|mentions|contains|includes|requires"
    r"|remains|correctly|incorrectly|also|only|alone|too|here|not|never|which|that|while|whereas|if|for|from|in|to|with"
    r"|by|then|therefore|so|than|stands|stays|makes|applies|confuses|ignores|contradicts|satisfies|violates|reverses"
    r"|either|again|instead|out|over|rather|lists?|falls|belongs|misses|lacks)\b"
    r"|[ \t]*(?:[^A-Za-z0-9 \t]|$)|[ \t]+(?:[^A-Za-z0-9\s]|[B-H]\b)",
    re.IGNORECASE,
)
_AFTER_PRONOUN = re.compile(r"[ \t]+(?!is\b|was\b|because\b|since\b|and\b|or\b)[a-z]")
_LIST = r"(?:[A-Z]['′]?[0-9]?[ \t]*(?:、|,|和|与|或|及|到|至|->|\band\b|\bor\b|\bto\b|&)[ \t]*){0,6}"
_ROLE_BEFORE = re.compile(
    r"(?:(?<![观要优缺特])点|集合?|子集|向量|矩阵|事件|直线|线段|射线|平面|圆|角形?|边|变量|函数|命题|高度|距离|长度?"
    r"|维生素|血型|抗|因子|肝炎|型|元素|物质|气体|溶液|试管|烧杯|基因|抗原|抗体|病毒|细胞|小?球|物体|物块|木块|滑块"
    r"|容器|电路|灯泡?|开关|曲线|图线|计划|等级|进程|节点|数组|类|接口|对象|字母|音名|城市?|国家?|村庄?|区域|车站?"
    r"|港口?|码头|公司|商店|超市|机器|设备|产品|商品|品牌|方案|账户|房间|箱子?|盒子?|袋子?|瓶子?|班级?|小?组|学生"
    r"|同学|工人|从|设|令|已知|在"
    r"|(?:符号|化学式|分子式|缩写|简称|代号|音名)(?:就|便|则)?"
    r"(?:是|为|叫|写[作为成]|记[作为]|用|:)?[ \t]*[\"'“「(]?"
    r"|\bsymbol(?: for \w+| of \w+)?(?:,| is| being| of)?[ \t]*[\"'“(]?"
    r"|\b(?:vitamins?|points?|sets?|hepatitis|plans?|grades?|bulbs?|figure|triangle|line|segment|angle)\b)"
    rf"[ \t]*{_LIST}\Z",
    re.IGNORECASE,
)
_ROLE_AFTER = re.compile(
    r"[ \t]*(?:(?:[、,和与及到至]|->)[ \t]*[A-Z][0-9]?[ \t]*){0,6}"
    r"(?:[两二三四]?(?:点(?![明出到评])|地(?![位理方])|城|市(?!场)|国|省|县|区(?![别分])|村|镇|岛|港|站|厂|校|班"
    r"|组(?![成织合])|队|人(?!为)|型|级(?!别)|超|轴|座|栋|楼|车|船|球|袋|盒|箱|瓶|杯|股)"
    r"|元素|原子(?!弹)|单质|离子|同位素"
    r"|同学|先生|老师|医生|经理|教授|选手|师傅|公司|语言|细胞|淋巴|病毒|抗原|抗体|血清|族|集合|事件|大调|小调|罩杯"
    r"|中的|里的|说[:\"“]|的(?:子集|真子集|补集|元素|坐标|概率|速度|质量|体积|年龄)|是[A-Z]的"
    r"|\b(?:cells?|lymphocytes?|blood|major|minor|flat|sharp)\b)"
    r"|[ \t]*(?:[=+×÷∩∪∈⊂⊆≠≤≥]|[<>][ \t]*[0-9A-Z])|['′²³₀-₉]"
)
_MATHS_BEFORE = re.compile(
    rf"(?:[+×÷∩∪∈⊂⊆≠≤≥^√|\\]|(?<![^\W\d_])[A-Za-z0-9)}}][ \t]*[=<>])[ \t]*\Z|[A-Za-z]\([ \t]*{_LIST}\Z"
)
_RUN_BEFORE = re.compile(
    r"(?:选择?了?|答案[^\n。,;]{0,8}|排除了?|正解:?|【"
    r"|\b(?:answers?|options?|choose|select|pick|eliminate)\b[^.\n]{0,12})"
    r"[ \t]*[:\"'(\[{“]*[ \t]*\Z",
    re.IGNORECASE,
)
_LINE_START = re.compile(r"(?:^|\n)[^\w\n]*\Z")
_LINE_END = re.compile(r"[^\w\n]*(?:\n|$)")
_RUN_AFTER = re.compile(r"[ \t]*(?:[两二三四]?项|[两二三四]个|选项|都|均|皆|错|不正?[确对符]|正确|\bare\b)")


def _is_word(page: str, letters: str, end: int) -> bool:
    """Return whether a letter is the article A or the pronoun I."""
    return (letters == "A" and _AFTER_A.match(page, end) is None) or (
        letters == "I" and _AFTER_PRONOUN.match(page, end) is not None
    )


def _has_another_role(page: str, start: int, letters: str) -> bool:
    """Return whether what stands around a letter says that it names something other than an option."""
    end = start + len(letters)
    low = max(0, start - _FURTHEST_LOOK_BACK)
    if _MATHS_BEFORE.search(page, low, start) or _ROLE_AFTER.match(page, end) or _ROLE_BEFORE.search(page, low, start):
        return True
    if len(letters) > 1:
        alone = _LINE_START.search(page, low, start) and _LINE_END.match(page, end)
        return not (alone or _RUN_BEFORE.search(page, low, start) or _RUN_AFTER.match(page, end))
    word = _LAST_WORD.search(page, low, start)
    return word is not None and _MAY_PRECEDE.fullmatch(word[1].replace("’", "'")) is None
