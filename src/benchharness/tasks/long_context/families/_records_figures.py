"""Dates and amounts of money as each language writes them."""

from datetime import date
from random import Random
from typing import Literal

from benchharness.records import Language

DateStyle = Literal["digits", "characters"]
DATE_STYLES: tuple[DateStyle, ...] = ("digits", "characters")

_FIRST, _LAST = date(1951, 1, 1), date(1998, 12, 31)
_DIGITS = "〇一二三四五六七八九"
_MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
_TEN_THOUSAND = 10_000


def draw_dates(rng: Random, count: int) -> list[date]:
    """Return different days of the years 1951 to 1998, in no order."""
    days = range(_FIRST.toordinal(), _LAST.toordinal() + 1)
    return [date.fromordinal(day) for day in rng.sample(days, count)]


def write_date(day: date, style: DateStyle) -> dict[Language, str]:
    """Return a day as 1987年3月5日 or 一九八七年三月五日, and as 5 March 1987."""
    english = f"{day.day} {_MONTHS[day.month - 1]} {day.year}"
    if style == "digits":
        chinese = f"{day.year}年{day.month}月{day.day}日"
    else:
        year = "".join(_DIGITS[int(digit)] for digit in str(day.year))
        chinese = f"{year}年{_below_hundred(day.month)}月{_below_hundred(day.day)}日"
    return {Language.ZH: chinese, Language.EN: english}


def write_amount(yuan: int, *, in_ten_thousands: bool) -> dict[Language, str]:
    """Return an amount as 32500元 or 3.25万元, and as 32,500 yuan."""
    chinese = f"{yuan / _TEN_THOUSAND:g}万元" if in_ten_thousands else f"{yuan}元"
    return {Language.ZH: chinese, Language.EN: f"{yuan:,} yuan"}


def _below_hundred(number: int) -> str:
    tens, ones = divmod(number, 10)
    before = "" if tens == 0 else "十" if tens == 1 else f"{_DIGITS[tens]}十"
    return before + (_DIGITS[ones] if ones else "")
