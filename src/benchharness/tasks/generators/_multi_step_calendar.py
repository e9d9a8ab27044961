"""Multi-step reasoning, calendar arithmetic and number codes."""

import datetime
from random import Random

from benchharness.tasks.generators._multi_step_rules import ordinal
from benchharness.tasks.generators._numeric_rows import Draft, Kind, Number, Problem, unique
from benchharness.tasks.generators._wording import Words, draw_people, fill, joined, listed, read_wording

_WORDING = read_wording("multi_step_reasoning")


def _say(date: datetime.date) -> Words:
    wording = _WORDING["calendar"]
    return fill(wording["date"], y=date.year, month=wording["months"][date.month - 1], d=date.day)


def _draw_date(rng: Random) -> datetime.date:
    return datetime.date(rng.randint(2019, 2032), rng.choice([1, 1, 2, 2, 10, 11, 12]), rng.randint(1, 28))


def _calendar(rng: Random, level: int) -> Draft | None:
    wording = _WORDING["calendar"]
    (one,) = draw_people(rng, 1)
    start, note = _draw_date(rng), rng.randint(12, 60)
    if level == 1:
        scene = rng.choice(wording["repeated"])
        k, n = rng.randint(4, 12), rng.randint(12, 26)
        end = start + datetime.timedelta(days=k * (n - 1))
        text = fill(scene, one=one, note=note, date=_say(start), k=k, n=n, nth=ordinal(n))
        problem = {"form": "integer", "start": start.isoformat(), "every": k, "times": n}
        why = f"{k} × {n - 1} = {k * (n - 1)} days later it is {end.isoformat()}."
        return Draft(problem, end.day, why, text, scene.en)
    days = rng.randint(35, 150)
    last = start + datetime.timedelta(days=days - 1)
    given = {"x": rng.randint(12, 90), "w": rng.randint(3, 30)}
    problem = {"form": "integer", "start": start.isoformat(), "end": last.isoformat()}
    span = {"first": _say(start), "last": _say(last), "one": one, "note": note}
    if level == 2:
        scene = rng.choice(wording["span"])
        given["c"] = c = rng.randint(3, 12)
        if given["w"] >= given["x"]:
            return None
        answer = c * given["w"] + (days - c) * given["x"]
        why = f"{days} days: {c} × {given['w']} + {days - c} × {given['x']}."
        return Draft(problem | given, answer, why, fill(scene, **span, **given), scene.en)
    scene = rng.choice(wording["weekly"])
    closed, special = rng.sample(range(7), 2)
    given |= {"x": rng.randint(20, 90), "w": rng.randint(5, 40)}
    if "圈" in scene.zh:
        given |= {"x": rng.randint(4, 12), "w": rng.randint(2, 6)}

    def times(weekday: int) -> int:
        """Return how often a day of the week comes up: once a full week, and perhaps once in the rest."""
        return days // 7 + ((weekday - start.weekday()) % 7 < days % 7)

    answer = (days - times(closed)) * given["x"] + times(special) * given["w"]
    names = wording["weekdays"]
    shown = {"weekday": names[start.weekday()], "closed": names[closed], "special": names[special]}
    text = fill(scene, **span, **given, **shown)
    why = f"{days} days, closed on {times(closed)}, special on {times(special)}."
    return Draft(problem | given | {"closed": closed, "special": special}, answer, why, text, scene.en)


def _days_from(start: str) -> "_Days":
    year, month, day = map(int, start.split("-"))
    return _Days(year, month, day)


class _Days:
    """A date that moves on day by day, by the rules of the Gregorian calendar."""

    def __init__(self, year: int, month: int, day: int) -> None:
        self.year, self.month, self.day = year, month, day

    def step(self) -> None:
        leap = self.year % 4 == 0 and (self.year % 100 != 0 or self.year % 400 == 0)
        length = (31, 29 if leap else 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)[self.month - 1]
        self.day += 1
        if self.day > length:
            self.day, self.month = 1, self.month + 1
        if self.month > 12:
            self.month, self.year = 1, self.year + 1

    def weekday(self) -> int:
        """Return the day of the week by Zeller's congruence, 0 for Monday."""
        month, year = (self.month + 12, self.year - 1) if self.month < 3 else (self.month, self.year)
        code = self.day + 13 * (month + 1) // 5 + year + year // 4 - year // 100 + year // 400
        return (code + 5) % 7


def _solve_calendar(problem: Problem) -> Number:
    date = _days_from(problem["start"])
    if "every" in problem:
        for _ in range(problem["every"] * (problem["times"] - 1)):
            date.step()
        return date.day
    total, number = 0, 0
    last = _days_from(problem["end"])
    last.step()
    while (date.year, date.month, date.day) != (last.year, last.month, last.day):
        number += 1
        if "c" in problem:
            total += problem["w"] if number <= problem["c"] else problem["x"]
        elif date.weekday() != problem["closed"]:
            total += problem["x"] + (problem["w"] if date.weekday() == problem["special"] else 0)
        date.step()
    return int(total)


def _encode(number: int, letters: str, *, lowest_first: bool, shift: int) -> str:
    """Write a number in the numerals of a problem."""
    base, digits = len(letters), []
    while number:
        number, digit = divmod(number, base)
        digits.append(letters[(digit + shift) % base])
    return "".join(digits if lowest_first else reversed(digits))


def _codes(rng: Random, level: int) -> Draft | None:
    wording = _WORDING["codes"]
    scene = rng.choice(wording["scenes"])
    base = rng.randint(5, 8)
    letters = "".join(rng.sample("BCDFGHJKLMNPQRTVWX", base))
    shift = rng.randint(2, base - 2) if level == 3 else 0
    numbers = [rng.randint(base**2, base**3 - 1), rng.randint(base**2, base ** (3 + (level > 1)) - 1)]
    codes = [_encode(number, letters, lowest_first=level > 1, shift=shift) for number in numbers]
    ask = rng.choice(["sum", "difference"])
    answer = sum(numbers) if ask == "sum" else abs(numbers[0] - numbers[1])
    table = fill(wording["table"], letters=listed(letters), digits=listed(range(base)), base=base)
    parts = [fill(scene, table=table, note=rng.randint(9, 40)), wording["reversed" if level > 1 else "plain"]]
    if level == 3:
        parts.append(fill(wording["shifted"], k=shift))
    parts.append(fill(wording[ask], one=codes[0], two=codes[1]))
    problem = {"form": "integer", "letters": letters, "codes": codes, "ask": ask, "lowest_first": level > 1}
    why = f"They mean {numbers[0]} and {numbers[1]}."
    return Draft(problem | {"shift": shift}, answer, why, joined(*parts), scene.en) if answer else None


def _solve_codes(problem: Problem) -> Number:
    """Read each code place by place, and make sure that no other number is written so."""
    letters, base = problem["letters"], len(problem["letters"])
    values = []
    for code in problem["codes"]:
        places = code if problem["lowest_first"] else code[::-1]
        value = sum(
            (letters.index(letter) - problem["shift"]) % base * base**place for place, letter in enumerate(places)
        )
        written = [
            number
            for number in range(1, base**4)
            if _encode(number, letters, lowest_first=problem["lowest_first"], shift=problem["shift"]) == code
        ]
        if unique(written) != value:
            raise ValueError(f"{code} is not {value}")
        values.append(value)
    return int(sum(values) if problem["ask"] == "sum" else abs(values[0] - values[1]))


KINDS = (
    Kind("calendar", "calendar_and_codes", _calendar, _solve_calendar),
    Kind("codes", "calendar_and_codes", _codes, _solve_codes),
)
