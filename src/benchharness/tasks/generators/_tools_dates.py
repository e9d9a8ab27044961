"""Dates as people say them, relative to today."""

import datetime
from random import Random
from typing import Any

from benchharness.tasks.generators._tools_slots import DAYS, MONTHS, Fact, same

_NTH = (("第一个", "first"), ("第二个", "second"), ("第三个", "third"))
_NUMERALS = ("零", "一", "两", "三", "四", "五", "六")
_ENGLISH = ("zero", "one", "two", "three", "four", "five", "six")


def today_line(today: datetime.date) -> tuple[str, str]:
    """Return the sentence that tells which day it is, in Chinese and in English."""
    zh, en = DAYS[today.weekday()]
    return (
        f"今天是{today.year}年{today.month}月{today.day}日，星期{zh}；一周从星期一算起。",
        f"Today is {en}, {today.day} {MONTHS[today.month - 1]} {today.year}; weeks start on Monday.",
    )


def date(rng: Random, level: int, today: datetime.date) -> Fact:
    """Draw a date from tomorrow on; the higher the level, the more there is to work out."""
    if level == 1:
        return rng.choice((_in_days, _on_day))(rng, today)
    if level == 2:
        return rng.choice((_in_days_far, _on_weekday))(rng, today)
    return rng.choice((_month_end, _day_of_next_month, _nth_weekday, _in_weeks, _on_weekday))(rng, today)


def past_day(rng: Random, level: int, today: datetime.date) -> Fact:
    """Draw a date before today."""
    count = rng.randrange(1, 4)
    words = (("昨天", "yesterday"), ("前天", "the day before yesterday"), ("大前天", "three days ago"))[count - 1]
    return _fact(today - datetime.timedelta(days=count), {"days": -count}, *words)


def later(rng: Random, first: Fact, nights: int) -> Fact:
    """Return the date ``nights`` after another one, said by the number of nights."""
    day = datetime.date.fromisoformat(first.value_en) + datetime.timedelta(days=nights)
    en = "one night" if nights == 1 else f"{_ENGLISH[nights]} nights"
    zh = f"{'一' if nights == 1 else _NUMERALS[nights]}晚"
    return same(day.isoformat(), zh, en, {"after": [first.meaning, nights]})


def month(rng: Random, level: int, today: datetime.date) -> tuple[Fact, Fact]:
    """Draw a whole month of the past, as its first and its last day; both are said by the first."""
    back = rng.randrange(1, 4)
    year, number = divmod(today.year * 12 + today.month - 1 - back, 12)
    first = datetime.date(year, number + 1, 1)
    last = (first + datetime.timedelta(days=31)).replace(day=1) - datetime.timedelta(days=1)
    zh = "上个月" if back == 1 else f"{year}年{number + 1}月"
    en = "last month" if back == 1 else f"{MONTHS[number]} {year}"
    said = {"back": 1} if back == 1 else {"ym": [year, number + 1]}
    return (
        same(first.isoformat(), zh, en, {"month": [said, "first"]}),
        same(last.isoformat(), zh, f"the last day of {en}", {"month": [said, "last"]}),
    )


def _fact(day: datetime.date, meaning: Any, zh: str, en: str) -> Fact:
    return same(day.isoformat(), zh, en, {"date": meaning})


def _in_days(rng: Random, today: datetime.date) -> Fact:
    count = rng.randrange(1, 3)
    words = (("明天", "tomorrow"), ("后天", "the day after tomorrow"))[count - 1]
    return _fact(today + datetime.timedelta(days=count), {"days": count}, *words)


def _in_days_far(rng: Random, today: datetime.date) -> Fact:
    count = rng.randrange(3, 13)
    return _fact(today + datetime.timedelta(days=count), {"days": count}, f"{count}天后", f"{count} days from now")


def _on_day(rng: Random, today: datetime.date) -> Fact:
    day = today + datetime.timedelta(days=rng.randrange(8, 60))
    en = f"on {day.day} {MONTHS[day.month - 1]}"
    if day.year == today.year:
        return _fact(day, {"md": [day.month, day.day]}, f"{day.month}月{day.day}日", en)
    return _fact(day, {"md": [day.month, day.day]}, f"明年{day.month}月{day.day}日", en + " next year")


def _on_weekday(rng: Random, today: datetime.date) -> Fact:
    week = rng.randrange(3)
    possible = [day for day in range(7) if week or day > today.weekday()]
    if not possible:
        week, possible = 1, list(range(7))
    weekday = rng.choice(possible)
    monday = today - datetime.timedelta(days=today.weekday())
    day = monday + datetime.timedelta(days=7 * week + weekday)
    zh, en = DAYS[weekday]
    prefix = ("本周", "下周", "下下周")[week]
    suffix = ("this week", "next week", "the week after next")[week]
    return _fact(day, {"weekday": [week, weekday]}, prefix + zh, f"on {en} of {suffix}")


def _first_of_month(today: datetime.date, ahead: int) -> datetime.date:
    year, number = divmod(today.year * 12 + today.month - 1 + ahead, 12)
    return datetime.date(year, number + 1, 1)


def _month_end(rng: Random, today: datetime.date) -> Fact:
    ahead = rng.randrange(2)
    day = _first_of_month(today, ahead + 1) - datetime.timedelta(days=1)
    if day <= today:
        ahead, day = 1, _first_of_month(today, 2) - datetime.timedelta(days=1)
    zh = ("本月最后一天", "下个月最后一天")[ahead]
    en = ("on the last day of this month", "on the last day of next month")[ahead]
    return _fact(day, {"month_end": ahead}, zh, en)


def _day_of_next_month(rng: Random, today: datetime.date) -> Fact:
    number = rng.randrange(1, 29)
    day = _first_of_month(today, 1).replace(day=number)
    ending = "th" if 10 < number < 20 else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return _fact(day, {"next_month": number}, f"下个月{number}号", f"on the {number}{ending} of next month")


def _nth_weekday(rng: Random, today: datetime.date) -> Fact:
    nth, weekday = rng.randrange(3), rng.randrange(7)
    first = _first_of_month(today, 1)
    day = first + datetime.timedelta(days=(weekday - first.weekday()) % 7 + 7 * nth)
    zh, en = DAYS[weekday]
    return _fact(
        day, {"nth": [nth + 1, weekday]}, f"下个月的{_NTH[nth][0]}星期{zh}", f"on the {_NTH[nth][1]} {en} of next month"
    )


def _in_weeks(rng: Random, today: datetime.date) -> Fact:
    count = rng.randrange(2, 7)
    day = today + datetime.timedelta(weeks=count)
    return _fact(day, {"weeks": count}, f"{_NUMERALS[count]}周后的今天", f"{_ENGLISH[count]} weeks from today")
