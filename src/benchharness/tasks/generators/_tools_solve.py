"""What the calls of a request must be, worked out from its meaning and from the declarations of the tools alone.

Meanings are JSON. ``{"city": key}``; ``{"number": [as said in Chinese, as said in English]}``; ``{"clock": {"half",
"hour", "minute"}}`` on a dial; ``{"choice": [table, Chinese name]}``; ``{"text": {"zh", "en"}}``;
``{"literal": value}`` and ``{"minutes": n}`` as they stand; ``{"list": [...]}``, ``{"object": {...}}`` and
``{"plus": [meaning, n]}`` of other meanings; ``{"after": [date, nights]}``; ``{"month": [which, "first" or "last"]}``,
``which`` being ``{"back": months}`` or ``{"ym": [year, month]}``; and ``{"date": ...}`` with one of

- ``days``, ``weeks``: that many from today;
- ``md``: the next such month and day;
- ``weekday``: [weeks ahead, day of the week from Monday = 0];
- ``month_end``: the last day of the month so many months ahead;
- ``next_month``: that day of next month;
- ``nth``: [which, day of the week] of next month.
"""

import calendar
import datetime
from collections.abc import Mapping
from typing import Any

import jsonschema

from benchharness.tasks.generators._tools_requests import TOOLS
from benchharness.tasks.generators._tools_slots import CHOICES, CITIES
from benchharness.text.numerals import parse_number

_HALVES = {"上午": 0, "下午": 12, "晚上": 12}


def solve_problem(problem: Mapping[str, Any]) -> dict[str, Any]:
    """Return the target: the calls of all that is wanted, or none if a tool or a required argument is missing.

    Raises:
        ValueError: if a meaning is unknown, or a call does not fit the declaration of its tool.
    """
    today = datetime.date.fromisoformat(problem["today"])
    halves = {language: _calls(problem, language, today) for language in ("zh", "en")}
    targets = {language: {"calls": calls, "ordered": False} for language, calls in halves.items()}
    return targets["zh"] if targets["zh"] == targets["en"] else targets


def _calls(problem: Mapping[str, Any], language: str, today: datetime.date) -> list[dict[str, Any]]:
    calls: list[dict[str, Any]] = []
    for wanted in problem["wanted"]:
        if wanted["tool"] not in problem["offered"]:
            return []
        schema = TOOLS[wanted["tool"]].declare(language)["parameters"]
        if not set(schema["required"]) <= wanted["facts"].keys():
            return []
        arguments = {name: resolve(meaning, language, today) for name, meaning in wanted["facts"].items()}
        unknown = arguments.keys() - schema["properties"].keys()
        if unknown:
            raise ValueError(f"{wanted['tool']} has no parameter {', '.join(sorted(unknown))}")
        try:
            jsonschema.validate(arguments, schema, cls=jsonschema.Draft202012Validator)
        except jsonschema.ValidationError as error:
            raise ValueError(f"{wanted['tool']}: {error.message}") from error
        calls.append({"name": wanted["tool"], "arguments": arguments})
    return calls


def resolve(meaning: Mapping[str, Any], language: str, today: datetime.date) -> Any:
    """Return the argument that a meaning stands for.

    Raises:
        ValueError: if the meaning is unknown, or its two halves differ.
    """
    ((kind, said),) = meaning.items()
    if kind in ("literal", "minutes"):
        return said
    if kind in ("date", "after", "month"):
        return _day(kind, said, today).isoformat()
    if kind == "list":
        return [resolve(one, language, today) for one in said]
    if kind == "object":
        return {name: resolve(one, language, today) for name, one in said.items()}
    if kind == "plus":
        return resolve(said[0], language, today) + said[1]
    return _word(kind, said, language)


def _word(kind: str, said: Any, language: str) -> Any:
    match kind:
        case "text":
            return said[language]
        case "city":
            return CITIES[said][language == "en"]
        case "number":
            return _number(*said)
        case "choice":
            table, name = said
            return next(key for key, names in CHOICES[table].items() if names[0] == name)
        case "clock":
            return f"{said['hour'] % 12 + _HALVES[said['half']]:02}:{said['minute']:02}"
    raise ValueError(f"unknown meaning {kind!r}")


def _number(zh: str, en: str) -> int | float:
    first, second = parse_number(zh), parse_number(en)
    if first is None or second is None or first.value != second.value:
        raise ValueError(f"not one number: {zh!r}, {en!r}")
    return int(first.value) if first.value.denominator == 1 else float(first.value)


def _day(kind: str, said: Any, today: datetime.date) -> datetime.date:
    if kind == "after":
        meaning, nights = said
        return _ahead(datetime.date.fromisoformat(resolve(meaning, "en", today)), nights)
    if kind == "month":
        which, end = said
        year, number = which["ym"] if "ym" in which else _month(today, -which["back"])
        return datetime.date(year, number, 1 if end == "first" else calendar.monthrange(year, number)[1])
    return _date(said, today)


def _date(said: Mapping[str, Any], today: datetime.date) -> datetime.date:
    ((kind, value),) = said.items()
    match kind:
        case "days" | "weeks":
            return _ahead(today, value * (7 if kind == "weeks" else 1))
        case "md":
            return next(day for day in _days(today) if [day.month, day.day] == value)
        case "weekday":
            return _weekday(today, *value)
        case "month_end":
            year, number = _month(today, value)
            return datetime.date(year, number, calendar.monthrange(year, number)[1])
        case "next_month":
            return datetime.date(*_month(today, 1), value)
        case "nth":
            which, weekday = value
            year, number = _month(today, 1)
            weeks = calendar.monthcalendar(year, number)
            return datetime.date(year, number, [week[weekday] for week in weeks if week[weekday]][which - 1])
    raise ValueError(f"unknown date {kind!r}")


def _ahead(day: datetime.date, count: int) -> datetime.date:
    return datetime.date.fromordinal(day.toordinal() + count)


def _days(today: datetime.date) -> list[datetime.date]:
    return [_ahead(today, count) for count in range(1, 367)]


def _weekday(today: datetime.date, week: int, weekday: int) -> datetime.date:
    """Walk forward and count Mondays."""
    passed = 0
    for day in [today, *_days(today)]:
        passed += day != today and day.isoweekday() == 1
        if passed == week and day.isoweekday() == weekday + 1:
            return day
    raise ValueError(f"no such day of the week after {today}: {week}, {weekday}")


def _month(today: datetime.date, ahead: int) -> tuple[int, int]:
    year, number = today.year, today.month
    for _ in range(abs(ahead)):
        number += 1 if ahead > 0 else -1
        year, number = year + (number - 1) // 12, (number - 1) % 12 + 1
    return year, number
