"""What happens in a long text: dated entries, who looks after each place, and settings that change.

Events are JSON values, as they stand in ``row["problem"]``. People, places, subjects and settings are numbers: their
places in the wording of the theme.

- ``entry``: ``person`` did something with ``subject`` in ``place``, ``amount`` of it; each subject once. ``person`` or
  ``amount`` may be null, where the text does not state it.
- ``keeper``: ``person`` looks after ``place``.
- ``set``, ``changed``: ``setting`` has the ``value`` from that day on. ``rejected``: it was proposed and not adopted.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from random import Random
from typing import Any, NamedTuple, TypeAlias

from benchharness.tasks.generators._wording import Words, fill, read_wording

Event: TypeAlias = dict[str, Any]

THEMES = ("museum", "maintenance", "library", "travel", "farm", "meetings")


class Size(NamedTuple):
    """How much a text of one difficulty holds.

    Attributes:
        characters: its length in Chinese characters.
        entries: number of entries.
        people: number of people who make them; as many places.
        changes: how often each setting changes.
        rejected: how many further values are proposed for each.
        days: number of days.
    """

    characters: int
    entries: int
    people: int
    changes: int
    rejected: int
    days: int


SIZES = {1: Size(900, 9, 4, 3, 0, 4), 2: Size(2000, 20, 5, 3, 1, 9), 3: Size(4000, 47, 6, 4, 2, 16)}


@dataclass(frozen=True)
class Theme:
    """The wording of one kind of document.

    Attributes:
        name: one of ``THEMES``.
    """

    name: str

    @cached_property
    def words(self) -> dict[str, Any]:
        """Its own wording."""
        return read_wording(f"long_text_{self.name}")

    @cached_property
    def shared(self) -> dict[str, Any]:
        """The wording of all themes."""
        return read_wording("long_text")

    def named(self, kind: str, value: int | None) -> Words:
        """Return how a value is written.

        Args:
            kind: ``person``, ``place``, ``subject``, ``amount``, ``number``, or ``setting 0`` for a value of the first.
            value: a number that stands for it, or is it; ``None`` if the text does not say.
        """
        words: Words
        if value is None:
            words = self.shared["not_stated"]
        elif kind == "person":
            words = self.shared["people"][value]
        elif kind in ("place", "subject"):
            words = self.words[f"{kind}s"][value]
        elif kind == "number":
            words = Words(str(value), str(value))
        else:
            unit = self.words["unit"] if kind == "amount" else self.words["settings"][int(kind.split()[1])]["unit"]
            words = fill(unit, n=value)
        return words


def draw_events(rng: Random, theme: Theme, size: Size, last_change: float | None) -> list[Event]:
    """Draw the events of a text, in order, without their days.

    Args:
        rng: decides about everything.
        theme: where names and values are from.
        size: how many there are.
        last_change: where in the text the first setting changes for the last time, in (0, 1); anywhere if ``None``.
    """
    people = rng.sample(range(len(theme.shared["people"])), 2 * size.people)
    places = rng.sample(range(len(theme.words["places"])), size.people)
    placed = [*_entries(rng, theme, size, people[: size.people], places)]
    for place, person in zip(places, people[size.people :], strict=True):
        placed.append((rng.random(), {"kind": "keeper", "place": place, "person": person}))
    for setting in range(len(theme.words["settings"])):
        placed += _settings(rng, theme, size, setting, last_change if setting == 0 else None)
    return [event for _, event in sorted(placed, key=lambda one: one[0])]


def _entries(
    rng: Random, theme: Theme, size: Size, people: list[int], places: list[int]
) -> Iterator[tuple[float, Event]]:
    amounts = theme.words["amounts"]
    subjects = rng.sample(range(len(theme.words["subjects"])), size.entries)
    values = rng.sample(range(amounts["low"], amounts["high"] + 1), size.entries)
    for number, (subject, amount) in enumerate(zip(subjects, values, strict=True)):
        # Everyone and every place comes up once before the draw is free.
        person = people[number] if number < len(people) else rng.choice(people)
        place = places[-1 - number] if number < len(places) else rng.choice(places)
        position = (number + rng.random()) / size.entries
        entry = {"kind": "entry", "person": person, "subject": subject, "place": place, "amount": amount}
        yield position, entry


def _settings(
    rng: Random, theme: Theme, size: Size, setting: int, last_change: float | None
) -> Iterator[tuple[float, Event]]:
    bounds = theme.words["settings"][setting]["values"]
    possible = range(bounds["low"], bounds["high"] + 1, bounds["step"])
    values = rng.sample(possible, 1 + size.changes + size.rejected)
    last = rng.uniform(0.5, 1) if last_change is None else last_change
    positions = [last * (number + rng.uniform(0, 0.6)) / size.changes for number in range(size.changes)] + [last]
    for number, position in enumerate(positions):
        yield position, {"kind": "changed" if number else "set", "setting": setting, "value": values[number]}
    for value in values[1 + size.changes :]:
        yield rng.uniform(positions[0], 1), {"kind": "rejected", "setting": setting, "value": value}


def with_days(rng: Random, events: list[Event], days: int) -> list[Event]:
    """Give each event its date, an ISO text; every day has some."""
    cuts = sorted(rng.sample(range(1, len(events)), days - 1))
    day = date(2023, 3, 1) + timedelta(days=rng.randrange(180))
    dated: list[Event] = []
    for first, last in zip([0, *cuts], [*cuts, len(events)], strict=True):
        dated += [{**event, "date": day.isoformat()} for event in events[first:last]]
        day += timedelta(days=rng.randint(1, 3))
    return dated


_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)


def named_day(iso: str) -> Words:
    """Return how a date is written in a heading."""
    day = date.fromisoformat(iso)
    return Words(f"{day.month}月{day.day}日", f"{day.day} {_MONTHS[day.month - 1]}")
