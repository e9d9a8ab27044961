"""What requests are about: facts as people say them in Chinese and in English, with what they mean as arguments."""

import calendar
import datetime
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any, TypeAlias

DAYS = (
    ("一", "Monday"),
    ("二", "Tuesday"),
    ("三", "Wednesday"),
    ("四", "Thursday"),
    ("五", "Friday"),
    ("六", "Saturday"),
    ("日", "Sunday"),
)
MONTHS = tuple(calendar.month_name)[1:]


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing that a request says.

    Attributes:
        meaning: what was said, as data, with dates as relative as they were said; see ``_tools_solve``.
        zh: how it is said in Chinese.
        en: how it is said in English.
        value_zh: the argument it stands for in the Chinese half.
        value_en: the argument in the English half.
    """

    meaning: Any
    zh: str
    en: str
    value_zh: Any
    value_en: Any


Slot: TypeAlias = Callable[[Random, int, datetime.date], Fact]
"""``slot(rng, level, today)``; ``level`` 1 to 3 is how indirectly things are said."""

CITIES = {
    "beijing": ("北京", "Beijing"),
    "shanghai": ("上海", "Shanghai"),
    "hangzhou": ("杭州", "Hangzhou"),
    "chengdu": ("成都", "Chengdu"),
    "xian": ("西安", "Xi'an"),
    "wuhan": ("武汉", "Wuhan"),
    "nanjing": ("南京", "Nanjing"),
    "qingdao": ("青岛", "Qingdao"),
    "changsha": ("长沙", "Changsha"),
    "kunming": ("昆明", "Kunming"),
    "harbin": ("哈尔滨", "Harbin"),
    "guangzhou": ("广州", "Guangzhou"),
    "london": ("伦敦", "London"),
    "paris": ("巴黎", "Paris"),
    "berlin": ("柏林", "Berlin"),
    "tokyo": ("东京", "Tokyo"),
    "sydney": ("悉尼", "Sydney"),
    "chicago": ("芝加哥", "Chicago"),
}
CHINESE_CITIES = tuple(CITIES)[:12]

TEXTS = {
    "title": (
        ("项目周会", "Weekly project meeting"),
        ("预算评审", "Budget review"),
        ("新员工培训", "New staff training"),
        ("客户回访", "Client follow-up"),
        ("产品演示", "Product demo"),
        ("季度总结", "Quarterly review"),
    ),
    "todo": (
        ("交水电费", "Pay the utility bill"),
        ("给绿萝浇水", "Water the plants"),
        ("取干洗的西装", "Collect the suit from the cleaner's"),
        ("给妈妈打电话", "Call Mum"),
        ("吃维生素", "Take vitamins"),
        ("提交报销单", "File the expense claim"),
    ),
    "subject": (
        ("七月销售报告", "July sales report"),
        ("合同终稿", "Final contract"),
        ("会议纪要", "Minutes of the meeting"),
        ("办公室搬迁通知", "Office move"),
        ("年会场地报价", "Venue quote"),
        ("服务器维护通知", "Server maintenance"),
    ),
}

CHOICES: Mapping[str, Mapping[str, tuple[str, str]]] = {
    "currency": {
        "CNY": ("元人民币", "Chinese yuan"),
        "USD": ("美元", "US dollars"),
        "EUR": ("欧元", "euros"),
        "JPY": ("日元", "Japanese yen"),
        "GBP": ("英镑", "British pounds"),
    },
    "room": {
        "living_room": ("客厅", "living room"),
        "bedroom": ("卧室", "bedroom"),
        "kitchen": ("厨房", "kitchen"),
        "study": ("书房", "study"),
        "bathroom": ("卫生间", "bathroom"),
    },
    "door": {"front": ("前门", "front door"), "back": ("后门", "back door"), "garage": ("车库门", "garage door")},
    "reason": {
        "damaged": ("收到时已经损坏", "it arrived damaged"),
        "wrong_item": ("发错了货", "they sent the wrong item"),
        "not_needed": ("不需要了", "I no longer need it"),
    },
    "product": {
        "headphones": ("耳机", "headphones"),
        "keyboard": ("键盘", "keyboards"),
        "backpack": ("双肩包", "backpacks"),
        "kettle": ("电热水壶", "kettles"),
        "desk_lamp": ("台灯", "desk lamps"),
    },
    "part_of_day": {
        "morning": ("上午", "in the morning"),
        "afternoon": ("下午", "in the afternoon"),
        "evening": ("晚上", "in the evening"),
    },
    "place": {
        "pharmacy": ("药店", "pharmacies"),
        "parking": ("停车场", "car parks"),
        "atm": ("自动取款机", "cash machines"),
        "gym": ("健身房", "gyms"),
        "library": ("图书馆", "libraries"),
    },
    "seat_class": {
        "business": ("商务座", "business class"),
        "first": ("一等座", "first class"),
        "second": ("二等座", "second class"),
    },
    "room_type": {"single": ("单人间", "single"), "double": ("双人间", "double"), "family": ("家庭房", "family")},
    "cuisine": {
        "sichuan": ("川菜馆", "Sichuan"),
        "cantonese": ("粤菜馆", "Cantonese"),
        "italian": ("意大利餐厅", "Italian"),
        "japanese": ("日料店", "Japanese"),
        "vegetarian": ("素食餐厅", "vegetarian"),
    },
    "language": {
        "fr": ("法语", "French"),
        "de": ("德语", "German"),
        "ja": ("日语", "Japanese"),
        "ko": ("韩语", "Korean"),
        "es": ("西班牙语", "Spanish"),
        "ru": ("俄语", "Russian"),
    },
    "weight": {"kilogram": ("公斤", "kilograms"), "pound": ("磅", "pounds"), "ounce": ("盎司", "ounces")},
    "length": {"kilometer": ("公里", "kilometres"), "mile": ("英里", "miles"), "foot": ("英尺", "feet")},
    "side": {"buy": ("买入", "buy"), "sell": ("卖出", "sell")},
    "operator": {
        ">=": ("不低于", "at least"),
        ">": ("高于", "above"),
        "<=": ("不超过", "at most"),
        "<": ("低于", "below"),
    },
    "vacuum_mode": {"quiet": ("安静", "quiet"), "strong": ("强力", "strong")},
    "air_mode": {"cool": ("制冷", "cooling"), "heat": ("制热", "heating"), "dry": ("除湿", "drying")},
    "cabin": {"business": ("商务舱", "business class"), "first": ("头等舱", "first class")},
    "interval": {"weekly": ("周线", "weekly"), "monthly": ("月线", "monthly")},
    "avoid": {
        "tolls": ("收费路段", "toll roads"),
        "ferries": ("轮渡", "ferries"),
        "highways": ("高速公路", "highways"),
    },
    "weekday": {
        key: (f"周{zh}", f"{en}s")
        for key, (zh, en) in zip(("mon", "tue", "wed", "thu", "fri", "sat", "sun"), DAYS, strict=True)
    },
    "tone": {"formal": ("正式", "formal"), "informal": ("随意", "informal")},
}

PATTERNS = {
    "order_id": ("SO-#####",),
    "parcel": ("SF##########", "YT##########", "JD##########"),
    "product_id": ("P-####", "P-#####"),
    "address": ("ADDR-##",),
    "event_id": ("EVT-####",),
    "mail_id": ("MSG-#####",),
    "train": ("G###", "D###", "G####"),
    "ticket": ("T#######",),
    "hotel_id": ("HTL-###",),
    "booking": ("BK-######",),
    "restaurant": ("R-####",),
    "account": ("6222-####-####", "6217-####-####"),
}
SYMBOLS = ("AAPL", "MSFT", "NVDA", "TSLA", "BABA", "JD", "PDD", "600519", "000858", "300750")
AIRPORTS = ("PEK", "PVG", "CAN", "CTU", "HKG", "LHR", "JFK", "CDG", "NRT", "SYD", "FRA", "SIN")
FOLDERS = ("/home/work", "/data/reports", "/srv/archive", "/home/photos", "/data/backup")
FILES = ("plan.docx", "sales.xlsx", "trip.jpg", "notes.txt", "budget.pdf", "logo.png", "slides.pptx")
MAILBOXES = ("chen.wei", "li.na", "zhao.min", "sun.tao", "mary.jones", "tom.baker", "anna.koch", "ken.sato")
DOMAINS = ("example.com", "example.org", "example.net")

_SUMS = (
    ("80", "80"),
    ("199", "199"),
    ("250", "250"),
    ("三百", "300"),
    ("560", "560"),
    ("799.5", "799.50"),
    ("1200", "1,200"),
    ("两千五", "2,500"),
    ("三千", "3,000"),
    ("8800", "8,800"),
    ("1.5万", "15,000"),
    ("两万", "20,000"),
)
_SUM_VALUES = (80, 199, 250, 300, 560, 799.5, 1200, 2500, 3000, 8800, 15000, 20000)
_LENGTHS_OF_TIME = (
    (15, "一刻钟", "a quarter of an hour"),
    (25, "25分钟", "25 minutes"),
    (30, "半小时", "half an hour"),
    (45, "三刻钟", "three quarters of an hour"),
    (90, "一个半小时", "an hour and a half"),
    (120, "两小时", "two hours"),
    (150, "两个半小时", "two and a half hours"),
)


def same(value: Any, zh: str, en: str, meaning: Any) -> Fact:
    """Return a fact that is the same argument in both languages."""
    return Fact(meaning, zh, en, value, value)


def join(facts: Sequence[Fact]) -> tuple[str, str]:
    """Return how several facts are enumerated in Chinese and in English."""
    zh, en = [fact.zh for fact in facts], [fact.en for fact in facts]
    if len(facts) == 1:
        return zh[0], en[0]
    return "、".join(zh[:-1]) + "和" + zh[-1], ", ".join(en[:-1]) + " and " + en[-1]


def city(rng: Random, level: int, today: datetime.date) -> Fact:
    """Draw a city."""
    return _city(rng.choice(tuple(CITIES)))


def chinese_city(rng: Random, level: int, today: datetime.date) -> Fact:
    """Draw a city that trains of one network reach."""
    return _city(rng.choice(CHINESE_CITIES))


def _city(key: str) -> Fact:
    zh, en = CITIES[key]
    return Fact({"city": key}, zh, en, zh, en)


def time_of_day(rng: Random, level: int, today: datetime.date) -> Fact:
    """Draw a time between 7 in the morning and 9 in the evening, said with twelve hours."""
    hour = rng.choice([hour for hour in range(7, 22) if hour != 12])
    minute = rng.choice((0, 30) if level == 1 else (0, 5, 15, 20, 30, 40, 45))
    return clock(hour, minute)


def clock(hour: int, minute: int) -> Fact:
    """Return a time of day as it is said with twelve hours."""
    half = "上午" if hour < 12 else "下午" if hour < 18 else "晚上"
    past = {0: "", 15: "一刻", 30: "半", 45: "三刻", 5: "零5分"}.get(minute, f"{minute}分")
    on_dial = hour if hour <= 12 else hour - 12
    en = f"{on_dial}:{minute:02} " if minute else f"{on_dial} "
    suffix = "am" if hour < 12 else "pm"
    words = {"half": half, "hour": on_dial, "minute": minute}
    return same(f"{hour:02}:{minute:02}", f"{half}{on_dial}点{past}", en + suffix, {"clock": words})


def amount(rng: Random, level: int, today: datetime.date) -> Fact:
    """Draw a sum of money, said in figures or, at higher levels, also in Chinese numerals."""
    index = rng.randrange(len(_SUMS)) if level > 1 else rng.choice((0, 1, 2, 4, 6, 9))
    zh, en = _SUMS[index]
    return same(_SUM_VALUES[index], zh, en, {"number": [zh, en]})


def minutes(rng: Random, level: int, today: datetime.date) -> Fact:
    """Draw a length of time that is wanted in minutes."""
    value, zh, en = rng.choice(_LENGTHS_OF_TIME)
    return same(value, zh, en, {"minutes": value})


def whole(low: int, high: int, step: int = 1) -> Slot:
    """Return a slot that draws a whole number."""

    def draw(rng: Random, level: int, today: datetime.date) -> Fact:
        value = rng.randrange(low, high + 1, step)
        return same(value, str(value), str(value), {"number": [str(value), str(value)]})

    return draw


def chosen(table: str) -> Slot:
    """Return a slot that draws one of the choices of a table."""

    def draw(rng: Random, level: int, today: datetime.date) -> Fact:
        key = rng.choice(tuple(CHOICES[table]))
        zh, en = CHOICES[table][key]
        return same(key, zh, en, {"choice": [table, zh]})

    return draw


def coded(pattern: str) -> Slot:
    """Return a slot that draws a code, each ``#`` a digit."""

    def draw(rng: Random, level: int, today: datetime.date) -> Fact:
        form = rng.choice(PATTERNS[pattern])
        first = form.find("#")
        code = "".join(
            char if char != "#" else rng.choice("123456789" if place == first else "0123456789")
            for place, char in enumerate(form)
        )
        return literal(code)

    return draw


def literal(value: Any) -> Fact:
    """Return a fact that is said as it is meant."""
    return same(value, str(value), str(value), {"literal": value})


def drawn(values: Sequence[str]) -> Slot:
    """Return a slot that draws one of several codes."""

    def draw(rng: Random, level: int, today: datetime.date) -> Fact:
        return literal(rng.choice(values))

    return draw


def text(table: str) -> Slot:
    """Return a slot that draws a text that is quoted."""

    def draw(rng: Random, level: int, today: datetime.date) -> Fact:
        zh, en = rng.choice(TEXTS[table])
        return Fact({"text": {"zh": zh, "en": en}}, f"“{zh}”", f'"{en}"', zh, en)

    return draw


def email(rng: Random, level: int, today: datetime.date) -> Fact:
    """Draw an e-mail address of a domain kept for examples."""
    return literal(f"{rng.choice(MAILBOXES)}@{rng.choice(DOMAINS)}")


def path(rng: Random, level: int, today: datetime.date) -> Fact:
    """Draw the path of a file."""
    return literal(f"{rng.choice(FOLDERS)}/{rng.choice(FILES)}")


def archive(rng: Random, level: int, today: datetime.date) -> Fact:
    """Draw the path of an archive, without a suffix that would say its format."""
    return literal(f"{rng.choice(FOLDERS)}/bundle{rng.randrange(10, 100)}")
