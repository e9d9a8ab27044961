"""Quantities, dates and times of day as either language writes them out."""

import datetime
from functools import cache

import cn2an

from benchharness.tasks.long_context._prose_words import Entry, plain

_SMALL = (
    *("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"),
    *("thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"),
)
_TENS = ("zero", "ten", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_ORDINALS = {"one": "first", "two": "second", "three": "third", "five": "fifth", "eight": "eighth", "nine": "ninth"}
_ORDINALS |= {"twelve": "twelfth"}
_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
_PARTS_ZH = ((5, "凌晨"), (8, "清晨"), (12, "上午"), (13, "中午"), (18, "下午"), (22, "晚上"), (24, "夜里"))
_PARTS_EN = ((12, "in the morning"), (18, "in the afternoon"), (22, "in the evening"), (24, "at night"))


@cache
def quantity(kind: str, number: int) -> Entry:
    """Return a number as a slot of a template names it.

    Args:
        kind: ``w``: kilograms, in Chinese 斤 of 500 g; ``li``: kilometres, in Chinese 里 of 500 m; ``y``: yuan, whose
            unit the Chinese template has; ``g`` and ``h``: in digits; ``o``: an ordinal; ``t``: how often, without the
            Chinese measure word; any other: a count.
        number: from 2 to 9999.
    """
    if kind == "w":
        return plain(f"{_count(2 * number)}斤", f"{english(number)} kilos")
    if kind == "li":
        return plain(f"{_count(2 * number)}里", f"{english(number)} kilometres")
    if kind == "y":
        return plain(_count(number), f"{english(number)} yuan")
    if kind in ("g", "h"):
        return plain(str(number), str(number))
    if kind == "t":
        return plain(_count(number), "twice" if number == 2 else f"{english(number)} times")
    if kind == "o":
        return plain(chinese(number), _ordinal(number))
    return plain(_count(number), english(number))


@cache
def chinese(number: int) -> str:
    """Return a number from 0 to 9999 in Chinese characters, as it is read: 十二, 一百零五."""
    written: str = cn2an.an2cn(number)
    return written.removeprefix("一") if written.startswith("一十") else written


def english(number: int) -> str:
    """Return a number from 0 to 9999 in English words: a hundred and five."""
    if number < 20:
        return _SMALL[number]
    if number < 100:
        tens, ones = divmod(number, 10)
        return _TENS[tens] + (f"-{_SMALL[ones]}" if ones else "")
    size, name = (1000, "thousand") if number >= 1000 else (100, "hundred")
    many, rest = divmod(number, size)
    head = f"{'a' if many == 1 else _SMALL[many]} {name}"
    if not rest:
        return head
    return (
        f"{head} and {english(rest)}" if rest < 100 else f"{head} {english(rest).replace('a hundred', 'one hundred')}"
    )


@cache
def month_day(month: int, day: int) -> Entry:
    """Return a day of the year: 三月十七日, seventeenth of March."""
    return plain(f"{chinese(month)}月{chinese(day)}日", f"{_ordinal(day)} of {_MONTHS[month - 1]}")


def weekday(date: datetime.date) -> Entry:
    """Return the day of the week: 星期三, Wednesday."""
    return plain("星期" + "一二三四五六日"[date.weekday()], _WEEKDAYS[date.weekday()])


@cache
def time_of_day(minutes: int) -> Entry:
    """Return a time, in minutes from midnight: 上午九点半, half past nine in the morning."""
    hour, minute = divmod(minutes, 60)
    clock = (hour - 1) % 12 + 1
    zh = next(part for until, part in _PARTS_ZH if hour < until) + _hour(clock) + _minute_zh(minute)
    if hour == 12 and minute == 0:
        return plain(zh, "twelve noon")
    part = next(part for until, part in _PARTS_EN if hour < until)
    return plain(zh, f"{_clock_en(clock, minute)} {'at night' if hour < 4 else part}")


@cache
def dial(minutes: int) -> Entry:
    """Return what a clock shows, in minutes from twelve: 九点半, half past nine."""
    hour, minute = divmod(minutes, 60)
    clock = (hour - 1) % 12 + 1
    return plain(_hour(clock) + _minute_zh(minute), _clock_en(clock, minute))


def _count(number: int) -> str:
    """Return a number as it stands before a measure word."""
    return "两" if number == 2 else chinese(number).replace("二百", "两百").replace("二千", "两千")


def _ordinal(number: int) -> str:
    head, hyphen, last = english(number).rpartition("-")
    if last not in _ORDINALS:
        last = f"{last[:-1]}ie" if last.endswith("y") else last
        return f"{head}{hyphen}{last}th"
    return f"{head}{hyphen}{_ORDINALS[last]}"


def _hour(clock: int) -> str:
    return f"{_count(clock)}点"


def _minute_zh(minute: int) -> str:
    if minute in (0, 15, 30, 45):
        return {0: "", 15: "一刻", 30: "半", 45: "三刻"}[minute]
    return f"零{chinese(minute)}分" if minute < 10 else f"{chinese(minute)}分"


def _clock_en(clock: int, minute: int) -> str:
    if minute == 0:
        return f"{english(clock)} o'clock"
    side, gap = ("past", minute) if minute <= 30 else ("to", 60 - minute)
    hour = english(clock if side == "past" else clock % 12 + 1)
    return f"{ {15: 'a quarter', 30: 'half'}.get(gap) or english(gap) } {side} {hour}"
