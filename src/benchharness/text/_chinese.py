"""Numbers written in Chinese characters, alone or after digits."""

import re
from fractions import Fraction
from functools import lru_cache

from benchharness.text._reading import DIGITS, Reading, digits_value, with_percent

_ONES = "零〇一二三四五六七八九"
_FORMAL = "壹贰叁肆伍陆柒捌玖"
_UNITS = {"十": 10, "拾": 10, "百": 100, "佰": 100, "千": 1000, "仟": 1000, "万": 10**4, "亿": 10**8}
# In 3千克 and 三千克 the 千 belongs to the unit of measure.
_UNIT = "(?!千[克米瓦卡帕伏赫焦安牛字比])[" + "".join(_UNITS) + "]"
_DIGIT_VALUES = {char: i % 9 + 1 for i, char in enumerate(_ONES[2:] + _FORMAL)} | {"零": 0, "〇": 0}

# 两 opens a numeral or stands before a unit: 二十两 is twenty taels.
_RUN = rf"(?:[{_ONES}{_FORMAL}廿卅]|{_UNIT}|两(?=[百千万亿]))+|[两俩仨]"
_AMOUNT = rf"(?:(?P<digits>{DIGITS})|(?P<run>{_RUN})(?:点(?P<decimals>[{_ONES}]+))?)"

CHINESE_START = re.compile(rf"[负零〇一二三四五六七八九{_FORMAL}廿卅两俩仨半十拾百千万]")

_LONGEST_RUN = 40

# What may follow a numeral of one character for it to be a number and not part of a word: a classifier, a unit,
# an operation. 一起, 统一 and 三星 end here.
_AFTER_LONE = re.compile(
    r"$|[^\u4e00-\u9fff]|[个只条本张元块毛角岁年月日天周时点秒米里尺寸斤克吨升位名人口匹辆架艘座栋间套件双对副"
    r"组群排行列页章篇首句字词次回遍场倍种类项步层级届期杯碗瓶盒箱袋包盘桌朵棵株根枝支把台颗粒片段枚笔门道题份"
    r"瓣串捆筐篮罐滴团堆班号度分加减乘除的和与或及到至刻比]"
    r"|小时|钟头|等于|公[斤里分顷升]|厘米|毫[米升克]|平方|立方|千[米克]|英[里尺寸镑]|美[元金]|欧元|日元|星期|礼拜|摄氏"
)

# Words that begin with a numeral of one character although a classifier seems to follow it.
_WORDS = re.compile(
    r"一(?:点(?!钟|整|半)|时(?!许)|度(?!角)|面(?!旗)|道(?!题|菜)|次(?:方程|函数|项|式)|元(?=[一二三四]次|方程|函数|论)|部分|分为二"
    r"|本正经|天到晚|行人|口气|把手|步步)"
    r"|十分(?=[^之钟\W])|[三四五六七八]角[形洲恋函星]|二(?:次(?!元|生)|手|维|元[一二]|胎|级|度)|三(?:角函|角[洲恋]|分球|级跳)"
    r"|四(?:周(?!后|内|前|共)|人帮|面)|五(?:角大楼|粮)|九(?:州|牛)"
)
_IDIOM = re.compile(
    r"(?:独一无|说一不|数一数|接二连|颠三倒|朝三暮|不三不|丢三落|低三下|乱七八|七上八|横七竖|五颜|五湖四|四面)$"
)

# 统一, 之一, 另一个: 一 that is no quantity.
_BEFORE_ONE = re.compile(r"[统唯之单逐合同每任某另这那哪其不如专划归首进上下万惟]$")
_COUNTED_TAELS = re.compile(rf"(?:[0-9{_ONES}]|{_UNIT}) ?$")
_APPROXIMATE = re.compile(r"[几数上好]$")
_INCIDENTAL_ONE = re.compile(r"[\u4e00-\u9fff]")
_HALF_OF = re.compile(r"[个天年月日斤米公里小分秒圈块杯碗瓶张只数价票]")
_AND_A_HALF = re.compile(r"(?:个|年|天|岁|斤|公斤|里|公里|米|倍|块)半(?![圆径导球场身决数价])")
_NOT_TENTHS = re.compile(r"[为了员功立长本绩果分熟就不家人语交像]")
_MIXED = re.compile(rf"(?P<digits>{DIGITS}) ?(?P<units>(?:{_UNIT})+)(?P<rest>(?:[0-9{_ONES}]|{_UNIT})*)")
_DISCOUNT = re.compile(r"折(?![叠线磨断腾])")
_TWO_DIGIT_DISCOUNT = re.compile(rf"([{_ONES[2:]}])([{_ONES[2:]}])(?=折)")
# The library writes 二亿八千 for 200 008 000 and does not read it without 零.
_SKIPPED_MYRIADS = re.compile(r"亿(?=.[千仟][^万]*$)")
_HUNDREDTHS = re.compile(rf"(?P<base>[百千万])分之{_AMOUNT}")
_PARTS = re.compile(rf"分之(?P<top>[0-9]+|(?:{_RUN}))")
_AND_PARTS = re.compile(rf"又(?P<base>[0-9]+|(?:{_RUN}))分之(?P<top>[0-9]+|(?:{_RUN}))")
_AMOUNT_HERE = re.compile(_AMOUNT)


def read_chinese(text: str, place: int) -> Reading | None:
    """Read the number in Chinese characters that begins at ``place``.

    ``text`` is normalised: simplified, half-width. ``None`` if no reading begins here.
    """
    if text[place] == "负" or text.startswith("零下", place):
        start = place + (1 if text[place] == "负" else 2)
        amount = _unsigned(text, start) or _digits_amount(text, start)
        if amount is None or amount.value is None:
            return None
        return Reading(amount.end, amount.rule, -amount.value, amount.percent)
    return _unsigned(text, place)


def _digits_amount(text: str, place: int) -> Reading | None:
    match = _AMOUNT_HERE.match(text, place)
    if match is None or match["digits"] is None:
        return None
    return with_percent(text, Reading(match.end(), "digits", digits_value(match["digits"])))


def _unsigned(text: str, place: int) -> Reading | None:
    hundredths = _HUNDREDTHS.match(text, place)
    if hundredths is not None:
        return _read_hundredths(hundredths)
    if text.startswith(("半", "一半"), place):
        return _read_half(text, place)
    two_digits = _TWO_DIGIT_DISCOUNT.match(text, place)
    if two_digits is not None:
        value = Fraction(_DIGIT_VALUES[two_digits[1]] * 10 + _DIGIT_VALUES[two_digits[2]])
        return _read_discount(text, two_digits.end(), value)
    match = _AMOUNT_HERE.match(text, place)
    if match is None or match["run"] is None:
        return None
    return _read_amount(text, match)


def _read_amount(text: str, match: re.Match[str]) -> Reading:
    run: str = match["run"]
    decimals: str | None = match["decimals"]
    # 三点五十分 is a time of day.
    if decimals and re.match(_UNIT, text[match.end() : match.end() + 1]):
        decimals = None
    end = match.end() if decimals else match.end("run")
    value = _amount_value(run, decimals)
    if value is None:
        return Reading(end)
    special = after_amount(text, end, value)
    if special is not None:
        return special
    if not decimals and _is_part_of_word(text, match.start(), end, run):
        return Reading(end)
    incidental = run == "一" and not decimals and _INCIDENTAL_ONE.match(text, end)
    return with_percent(text, Reading(end, "incidental" if incidental else "chinese", value))


def _read_hundredths(match: re.Match[str]) -> Reading:
    """百分之三十, 千分之5."""
    if match["digits"] is not None:
        value = digits_value(match["digits"])
    else:
        value = Fraction(100) if match["run"] == "百" else _amount_value(match["run"], match["decimals"])
    if value is None:
        return Reading(match.end())
    percent = match["base"] == "百"
    return Reading(match.end(), "percent" if percent else "fraction", value / _UNITS[match["base"]], percent)


def _read_half(text: str, place: int) -> Reading | None:
    """一半 anywhere; 半 before what is counted or measured, or standing alone."""
    if text.startswith("一半", place):
        return Reading(place + 2, "half", Fraction(1, 2))
    after = text[place + 1 : place + 2]
    alone = not re.match(r"[\u4e00-\u9fff]", after)
    before = text[place - 1 : place] if place else ""
    if _HALF_OF.match(after) or (alone and (not re.match(r"\w", before) or before in "是为于得")):
        return Reading(place + 1, "half", Fraction(1, 2))
    return None


def after_amount(text: str, end: int, value: Fraction) -> Reading | None:
    """Read what turns the amount before ``end`` into another: 分之, 又…分之, 成, 折, 个半.

    Args:
        text: normalised text.
        end: index after the amount.
        value: the amount's value.

    Returns:
        The whole reading, or ``None`` if nothing of the kind follows.
    """
    half = _AND_A_HALF.match(text, end)
    if half is not None:
        return Reading(half.end(), "half", value + Fraction(1, 2))
    return _read_parts(text, end, value) or _read_tenths(text, end, value) or _read_discount(text, end, value)


def _read_parts(text: str, end: int, value: Fraction) -> Reading | None:
    """三分之一, 五又二分之一."""
    match = _AND_PARTS.match(text, end)
    whole = value if match else Fraction(0)
    base = _plain_value(match["base"]) if match else value
    match = match or _PARTS.match(text, end)
    if match is None:
        return None
    top = _plain_value(match["top"])
    if top is None or not base:
        return Reading(match.end())
    return Reading(match.end(), "fraction", whole + top / base)


def _read_tenths(text: str, end: int, value: Fraction) -> Reading | None:
    """三成, 三成五."""
    if text[end : end + 1] != "成" or not 0 < value <= 10 or _NOT_TENTHS.match(text, end + 1):
        return None
    more = text[end + 1 : end + 2]
    if more and more in _DIGIT_VALUES:
        return Reading(end + 2, "tenths", value / 10 + Fraction(_DIGIT_VALUES[more], 100))
    return Reading(end + 1, "tenths", value / 10)


def _read_discount(text: str, end: int, value: Fraction) -> Reading | None:
    """八折, 8.5折, 85折: what is left to pay."""
    if not _DISCOUNT.match(text, end) or not 0 < value < 100:
        return None
    return Reading(end + 1, "discount", value / (10 if value <= 10 else 100))


def read_mixed(text: str, place: int) -> Reading | None:
    """Read digits followed by Chinese units at ``place``: 1.2万, 3亿, 1亿2千万, 2万5."""
    match = _MIXED.match(text, place)
    if match is None:
        return None
    if match["rest"]:
        value = _compound_value(match["digits"] + match["units"] + match["rest"])
    else:
        value = digits_value(match["digits"])
        for unit in match["units"]:
            value = value * _UNITS[unit] if value is not None else None
    return Reading(match.end(), "mixed", value)


def _is_part_of_word(text: str, start: int, end: int, run: str) -> bool:
    before = text[max(0, start - 4) : start]
    if before.endswith("第"):
        return False
    if text.startswith("几", end) or (run[0] in _UNITS and _APPROXIMATE.search(before)):
        return True
    if run == "两" and _COUNTED_TAELS.search(before):
        return True
    if len(run) > 1 or run in "俩仨廿":
        return False
    if run == "一" and _BEFORE_ONE.search(before):
        return True
    return bool(_IDIOM.search(before) or _WORDS.match(text, start) or not _AFTER_LONE.match(text, end))


def _plain_value(amount: str) -> Fraction | None:
    return digits_value(amount) if amount.isascii() else _amount_value(amount, None)


def _amount_value(run: str, decimals: str | None) -> Fraction | None:
    value = _run_value(run)
    if value is None or not decimals:
        return value
    if len(decimals) > _LONGEST_RUN:
        return None
    digits = "".join(str(_DIGIT_VALUES[char]) for char in decimals)
    return value + Fraction(int(digits), 10 ** len(digits))


@lru_cache(maxsize=1 << 12)
def _run_value(run: str) -> Fraction | None:
    """Return the value of a numeral without decimals, or ``None`` if it is none: 三四百, 千万."""
    if len(run) > _LONGEST_RUN:
        return None
    if run in ("俩", "两"):
        return Fraction(2)
    if run == "仨":
        return Fraction(3)
    if run[0] in _UNITS and run[0] not in "十拾":
        return None
    if all(char in _DIGIT_VALUES for char in run):
        return _spelt_digits_value(run)
    run = _SKIPPED_MYRIADS.sub("亿零", run.replace("卅", "三十"))
    short = re.fullmatch(rf"(.+亿)([{_ONES[2:]}])", run)
    if short is not None:  # 一亿二; the library stops at 一万二
        head = _library_value(short[1], "normal")
        return None if head is None else head + _DIGIT_VALUES[short[2]] * 10**7
    return _library_value(run, "normal")


def _spelt_digits_value(run: str) -> Fraction | None:
    """二〇二四 and 一三五 are read digit by digit; 三四 (three or four) and 五一 (May Day) are not numbers."""
    if len(run) == 2 and not set(run) & {"零", "〇"}:
        return None
    return Fraction(int("".join(str(_DIGIT_VALUES[char]) for char in run)))


def _compound_value(numeral: str) -> Fraction | None:
    # The library computes with floats as soon as there is a decimal point.
    if "." in numeral or len(numeral) > _LONGEST_RUN:
        return None
    return _library_value(re.sub(r"[,{}\\ ]", "", numeral), "smart")


def _library_value(numeral: str, mode: str) -> Fraction | None:
    import cn2an  # 0.2 s, and only Chinese numerals need it

    try:
        return Fraction(cn2an.cn2an(numeral, mode))
    except (ValueError, KeyError):  # 三十五三十五 makes it look up a unit it has not
        return None
