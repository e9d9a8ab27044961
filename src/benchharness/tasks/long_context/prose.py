"""Prose without end in Chinese and English: the life of a small town, told in paragraphs of one scene each.

A paragraph draws a scene, its people, places and hour, and tells it in sentences that refer to them. Everyone keeps a
trade, and days go by in order. Sentence ``i`` says the same in both languages, and none comes again soon.
"""

import datetime
import re
from collections import deque
from collections.abc import Sequence
from random import Random

from benchharness.records import Language
from benchharness.tasks.long_context import _prose_fine as fine
from benchharness.tasks.long_context._prose_lines import (
    OUTSIDER,
    PEOPLE,
    Line,
    Scene,
    Values,
    draw_entry,
    fill,
    read_anywhere,
    read_scenes,
)
from benchharness.tasks.long_context._prose_numbers import month_day, time_of_day, weekday
from benchharness.tasks.long_context._prose_words import Entry, Person, lexicon, names, person, trades

WINDOW = 24_000
"""Chinese characters within which no sentence comes again, in either language."""

_REDRAWS = 6
_FEWEST = 4
_DISTANCE_OF_SCENES = 7
_SEASONS = ("winter", "spring", "summer", "autumn")
_ENDS = {Language.ZH: re.compile("[。！？”]+"), Language.EN: re.compile(r"[.!?]+")}


def cut(text: str, language: Language) -> list[str]:
    """Return what stands between the ends of sentences, without quotes around it: 。！？” and . ! ?"""
    return [piece for part in _ENDS[language].split(text) if (piece := part.strip(' "“\n'))]


class Prose:
    """Fills with prose that depends on the seed alone.

    Args:
        seed: two seeds tell of the same town, with other trades, scenes and words.
    """

    def __init__(self, seed: int) -> None:
        self._rng = Random(f"prose {seed}")
        self._units: dict[Language, list[str]] = {language: [] for language in Language}
        self._said = _Said()
        shops = self._rng.sample(trades(), len(trades()))
        everyone = self._rng.sample(names(), len(names()))
        self._people = [person(name, shops[place % len(shops)]) for place, name in enumerate(everyone)]
        self._date = datetime.date(2001, 1, 1) + datetime.timedelta(self._rng.randrange(365))
        self._recent: deque[Scene] = deque(maxlen=_DISTANCE_OF_SCENES)

    def units(self, language: Language, count: int) -> Sequence[str]:
        """Return the first ``count`` sentences or more; a larger count only adds.

        Each ends with what separates it from the next: nothing in Chinese, a space in English, a line end where a
        paragraph ends.
        """
        while len(self._units[language]) < count:
            self._write_paragraph()
        return self._units[language]

    def fine_units(self, language: Language) -> Sequence[str]:
        """Return some 300 short sentences of many lengths, from 3 to 30 Chinese characters; none is among ``units``."""
        return fine.sentences()[language]

    def _write_paragraph(self) -> None:
        rng = self._rng
        self._date += datetime.timedelta(int(rng.random() * 3))
        scene = self._draw_scene()
        start = 5 * rng.randrange(scene.hours[0] * 12, scene.hours[1] * 12 + 12)
        paragraph = _Paragraph(self._people, scene, self._circumstances(scene, start), self._said, rng)
        if not paragraph.say_one_of(scene.opening):
            return
        for line in _plan(scene, start, rng):
            paragraph.say(line)
        if rng.random() < 0.75:
            paragraph.say_one_of(scene.closing)
        while len(paragraph.sentences) < _FEWEST:
            paragraph.say(rng.choice(read_anywhere("alone")))
        for place, pair in enumerate(paragraph.sentences, 1):
            ends = ("\n", "\n") if place == len(paragraph.sentences) else ("", " ")
            for language, text, end in zip(Language, pair, ends, strict=True):
                self._units[language].append(text + end)

    def _draw_scene(self) -> Scene:
        fitting = [scene for scene in read_scenes() if self._date.month in scene.months and scene not in self._recent]
        scene = fitting[int(self._rng.random() * len(fitting))]
        self._recent.append(scene)
        return scene

    def _circumstances(self, scene: Scene, start: int) -> dict[str, Entry]:
        """Draw where and when a scene is that begins so many minutes after midnight, and what it keeps to."""
        rng = self._rng
        soon = self._date + datetime.timedelta(rng.randrange(3, 40))
        sky = _SEASONS[self._date.month % 12 // 3] if _is_day(start) else "night_sky"
        places = rng.sample(lexicon()["place"], 2)
        values = Values({"p": places[0], "q": places[1]}, rng.random)
        values |= {
            "date": month_day(self._date.month, self._date.day),
            "day": weekday(self._date),
            "time": time_of_day(start),
            "later": time_of_day(min(start + 5 * rng.randrange(6, 31), 24 * 60 - 5)),
            "soon": month_day(soon.month, soon.day),
            "sky": draw_entry(sky, rng.random),
        }
        for name, category in scene.keep.items():
            values[name] = values[category]
            del values[category]
        return dict(values)


class _Paragraph:
    """The sentences of one scene; it knows whom they have named."""

    def __init__(
        self, everyone: Sequence[Person], scene: Scene, values: dict[str, Entry], said: "_Said", rng: Random
    ) -> None:
        self.sentences: list[tuple[str, str]] = []
        self._everyone = everyone
        people = {
            name: rng.choice([one for one in everyone if one.trade == trade]) for name, trade in scene.trades.items()
        }
        others = rng.sample(everyone, len(PEOPLE) + len(people))
        for name in PEOPLE:
            while name not in people:
                other = others.pop()
                people |= {} if other in people.values() else {name: other}
        self._people = people
        self._values = values | {name: someone.new for name, someone in people.items()}
        self._known: set[str] = set()
        self._said = said
        self._rng = rng

    def say_one_of(self, lines: Sequence[Line]) -> bool:
        """Say one of the lines; return whether one was new."""
        return any(self.say(line) for line in self._rng.sample(lines, len(lines)))

    def say(self, line: Line) -> bool:
        """Say it in words that were not used lately, if there are any; return whether there were."""
        if not line.pronouns <= self._known:
            return False
        for _ in range(_REDRAWS):
            if OUTSIDER in line.named:
                self._values[OUTSIDER] = self._draw_outsider()
            pair = fill(line, Values(self._values, self._rng.random), self._rng)
            if self._said.is_new(*pair):
                self.sentences.append(pair)
                new = line.named - self._known - {OUTSIDER}
                self._values |= {name: self._people[name].known for name in new}
                self._known |= new
                return True
        return False

    def _draw_outsider(self) -> Entry:
        while (someone := self._rng.choice(self._everyone)) in self._people.values():
            pass
        return someone.new


class _Said:
    """What was said within the window, cut at the ends of sentences."""

    def __init__(self) -> None:
        self._place = 0
        self._order: deque[tuple[int, str]] = deque()
        self._pieces: set[str] = set()

    def is_new(self, zh: str, en: str) -> bool:
        """Return whether nothing of it was said lately; if so it has been said now."""
        pieces = cut(zh, Language.ZH) + cut(en, Language.EN)
        distinct = set(pieces)
        if len(distinct) < len(pieces) or not distinct.isdisjoint(self._pieces):
            return False
        self._pieces |= distinct
        self._order.extend((self._place, piece) for piece in pieces)
        self._place += len(zh)
        while self._order[0][0] < self._place - WINDOW:
            self._pieces.remove(self._order.popleft()[1])
        return True


def _plan(scene: Scene, start: int, rng: Random) -> list[Line]:
    """Return what to tell between beginning and end: parts of the scene in their order, and what may stand anywhere."""
    count = 2 + int(rng.random() * (len(scene.body) - 2))
    lines = [scene.body[place] for place in sorted(rng.sample(range(len(scene.body)), count))]
    kinds = ["alone", *(["day"] if _is_day(start) else []), *([] if scene.apart else ["talk"])]
    for kind in rng.sample(kinds, int(rng.random() * len(kinds))):
        lines.insert(1 + int(rng.random() * len(lines)), rng.choice(read_anywhere(kind)))
    return lines[:7]


def _is_day(minutes: int) -> bool:
    return 6 * 60 <= minutes < 18 * 60 + 30
