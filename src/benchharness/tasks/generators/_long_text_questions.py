"""Questions about a long text: what is asked, which option is right and which facts of the same text are wrong."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from random import Random
from typing import Any

from benchharness.tasks.generators._long_text_events import Event, Theme, named_day


@dataclass(frozen=True, slots=True)
class Question:
    """A question about events.

    Attributes:
        kind: its wording, and how it is solved.
        given: what it names, by the names of the wording: numbers of people and things, and a date.
        options: what the options are: ``person``, ``place``, ``subject``, ``amount``, ``number`` or ``setting <i>``.
        right: the right option; ``None`` if the text does not say.
        wrong: three others.
        evidence: the events on which the answer rests, by number.
        why: what proves the answer.
        events: the events, where the question needed one of them otherwise than it was drawn.
    """

    kind: str
    given: dict[str, Any]
    options: str
    right: int | None
    wrong: tuple[int | None, ...]
    evidence: tuple[int, ...]
    why: str
    events: list[Event]


class Asker:
    """Draws a question about one text.

    Args:
        rng: decides about everything that is free.
        theme: for the names in explanations.
        events: the events with their dates, in order.
        level: the difficulty, 1 to 3.
        depth: where in the text the fact that matters is to stand, in [0, 1).
    """

    def __init__(self, rng: Random, theme: Theme, events: list[Event], level: int, depth: float) -> None:
        self.rng = rng
        self.theme = theme
        self.events = events
        self.level = level
        self.depth = depth
        self.entries = [number for number, event in enumerate(events) if event["kind"] == "entry"]

    def retrieval(self) -> Question | None:
        """One fact of one entry."""
        key = self._near(self.depth)
        field = self.rng.choice(("person", "place", "amount"))
        given = {"subject": self.events[key]["subject"]}
        wrong = (*self._others(field, key, 2), None)
        why = f"The entry on {self._subject(key)} of {self._day(key)} says so."
        return self._question(field, given, field, self.events[key][field], wrong, (key,), why)

    def two_hop(self) -> Question | None:
        """From an entry to the keeper of its place, or to the last entry of its person."""
        key = self._near(self.depth * 0.85)
        event = self.events[key]
        if self.level == 1 or (self.level == 2 and self.rng.random() < 0.5):
            keepers = self._keepers()
            hop = keepers[event["place"]]
            right = self.events[hop]["person"]
            wrong = self._sample([self.events[one]["person"] for one in keepers.values()], right, 2)
            place = self.theme.named("place", event["place"]).en
            why = (
                f"{self._subject(key)}: {place}; the text names {self.theme.named('person', right).en} for that place."
            )
            return self._question(
                "place_keeper", {"subject": event["subject"]}, "person", right, (*wrong, None), (key, hop), why
            )
        own = self._by("person", event["person"])
        if own[-1] == key or len(own) < 3:
            return None
        right = self.events[own[-1]]["subject"]
        lasts = [self.events[self._by("person", one)[-1]]["subject"] for one in self._all("person")]
        another = self.rng.choice([self.events[one]["subject"] for one in own[:-1] if one != key])
        wrong = [another, *self._sample(lasts, right, 1)]
        last = f"{self._subject(own[-1])}, of {self._day(own[-1])}"
        why = f"{self._subject(key)}: {self._person(key)}, whose last entry is {last}."
        return self._question(
            "person_last", {"subject": event["subject"]}, "subject", right, (*wrong, None), (key, own[-1]), why
        )

    def counting(self) -> Question | None:
        """How many entries are of a place, of a person, or of a person and above an amount."""
        if self.level < 3:
            field = "place" if self.level == 1 else "person"
            counts = Counter(self.events[one][field] for one in self.entries)
            asked = self.rng.choice(sorted(counts))
            found = self._by(field, asked)
            others = list(counts.values())
            kind, given = f"count_{field}", {field: asked}
        else:
            asked = self.rng.choice(self._all("person"))
            own = self._by("person", asked)
            amounts = sorted(self.events[one]["amount"] for one in own)
            if len(own) < 5:
                return None
            above = self.rng.choice(amounts[len(amounts) // 3 : -(len(amounts) // 3)]) // 5 * 5
            found = [one for one in own if self.events[one]["amount"] > above]
            others = [len(own)]
            for one in self._all("person"):
                others.append(sum(self.events[entry]["amount"] > above for entry in self._by("person", one)))
            kind, given = "count_above", {"person": asked, "n": above}
        right = len(found)
        near = [right + step for step in (-2, -1, 1, 2, 3) if right + step > 0]
        wrong = self._sample([one for one in others if one > 0], right, 3)
        wrong += self._sample(near, right, 5)
        wrong = list(dict.fromkeys(wrong))[:3]
        why = "Counted: " + ", ".join(self._subject(one) for one in found) + "."
        return self._question(kind, given, "number", right, tuple(wrong), tuple(found), why) if found else None

    def latest_value(self) -> Question | None:
        """The value that a setting has in the end or, sometimes at the third level, at the end of a day."""
        stated = [one for one, event in enumerate(self.events) if event.get("setting") == 0]
        adopted = [one for one in stated if self.events[one]["kind"] != "rejected"]
        key = adopted[-1]
        kind = "final"
        given: dict[str, Any] = {"setting": 0}
        if self.level == 3 and self.rng.random() < 0.5:
            days = sorted({event["date"] for event in self.events})
            spans = [
                (one, day)
                for one, after in pairwise(adopted[1:])
                for day in days
                if self.events[one]["date"] <= day < self.events[after]["date"]
            ]
            if not spans:
                return None
            key, day = self.rng.choice(spans)
            kind, given = "in_force", {"setting": 0, "date": day}
        right = self.events[key]["value"]
        decoys = [self.events[one]["value"] for one in stated if self.events[one]["kind"] == "rejected"]
        wrong = decoys[: self.level - 1]
        wrong += self._sample([self.events[one]["value"] for one in adopted], right, 3 - len(wrong))
        value = self.theme.named("setting 0", right).en
        why = f"Last adopted by then: {value}, on {self._day(key)}; what was only proposed does not count."
        return self._question(kind, given, "setting 0", right, tuple(wrong), (key,), why)

    def ordering(self) -> Question | None:
        """Which of four entries is the first or the last, or which one of a person follows another."""
        if self.level == 3:
            return self._next()
        key = self._near(self.depth * 0.6 + (0.4 if self.level == 2 else 0))
        if self.level == 1:
            rest = [one for one in self.entries if one > key]
        else:
            rest = [one for one in self.entries if one < key]
        if len(rest) < 3:
            return None
        others = self.rng.sample(rest, 3)
        kind = "first" if self.level == 1 else "last"
        order = sorted([key, *others])
        why = "In the order of the text: " + ", ".join(self._subject(one) for one in order) + "."
        wrong = tuple(self.events[one]["subject"] for one in others)
        return self._question(kind, {}, "subject", self.events[key]["subject"], wrong, (key, *others), why)

    def _next(self) -> Question | None:
        key = self._near(self.depth * 0.85)
        person = self.events[key]["person"]
        own = self._by("person", person)
        place = own.index(key)
        if place + 2 >= len(own) or key + 1 == own[place + 1]:
            return None
        following = next(one for one in self.entries if one > key)
        others = [own[place + 2], following, *(own[place - 1 : place] if place else own[place + 3 : place + 4])]
        if following == own[place + 1] or len(others) < 3:
            return None
        why = (
            f"The entries of {self._person(key)}, in order: {', '.join(self._subject(one) for one in own)}."
            f" Between them stand those of others."
        )
        right = self.events[own[place + 1]]["subject"]
        wrong = tuple(self.events[one]["subject"] for one in others)
        given = {"person": person, "subject": self.events[key]["subject"]}
        return self._question("next", given, "subject", right, wrong, (key, own[place + 1]), why)

    def aggregation(self) -> Question | None:
        """The entry with the largest amount, the person with the largest total, or the total of a person."""
        if self.level == 1:
            chosen = [self._near(self.depth)]
            chosen += self.rng.sample([one for one in self.entries if one not in chosen], 3)
            best = max(chosen, key=lambda one: int(self.events[one]["amount"]))
            wrong = tuple(self.events[one]["subject"] for one in chosen if one != best)
            why = "Amounts: " + ", ".join(f"{self._subject(one)} {self.events[one]['amount']}" for one in chosen) + "."
            return self._question("most", {}, "subject", self.events[best]["subject"], wrong, tuple(chosen), why)
        totals: Counter[int] = Counter()
        for one in self.entries:
            totals[self.events[one]["person"]] += self.events[one]["amount"]
        people = self.rng.sample(sorted(totals), 4)
        why = "Totals: " + ", ".join(f"{self.theme.named('person', one).en} {totals[one]}" for one in people) + "."
        if len({totals[one] for one in people}) < 4:
            return None
        ranked = sorted(people, key=lambda one: -totals[one])
        if self.level == 2:
            evidence = tuple(one for one in self.entries if self.events[one]["person"] in people)
            return self._question("person_most", {}, "person", ranked[0], tuple(ranked[1:]), evidence, why)
        right, *rest = people
        own = tuple(self._by("person", right))
        wrong = tuple(totals[one] for one in rest)
        return self._question("person_total", {"person": right}, "amount", totals[right], wrong, own, why)

    def absent(self) -> Question | None:
        """One fact that is left out: the person or the amount of an entry, or the keeper of a place."""
        key = self._near(self.depth)
        event = self.events[key]
        given = {"subject": event["subject"]}
        missing = self.rng.choice(("person", "amount", "keeper"))
        if missing == "keeper":
            keepers = self._keepers()
            left_out = keepers.pop(event["place"])
            wrong = self._sample([self.events[one]["person"] for one in keepers.values()], None, 3)
            place = self.theme.named("place", event["place"]).en
            why = f"The text names a person for other places, none for {place}."
            rest = self.events[:left_out] + self.events[left_out + 1 :]
            key -= left_out < key
            direct = self.level == 1 or self.rng.random() < 0.5
            kind = "keeper" if direct else "place_keeper"
            named = {"place": event["place"]} if direct else given
            return Question(kind, named, "person", None, tuple(wrong), (key,), why, rest)
        why = f"The entry on {self._subject(key)} of {self._day(key)} leaves it out."
        wrong = self._others(missing, key, 3)
        changed = [{**one, missing: None} if number == key else one for number, one in enumerate(self.events)]
        return replace(self._question(missing, given, missing, None, wrong, (key,), why), events=changed)

    def _question(
        self,
        kind: str,
        given: dict[str, Any],
        options: str,
        right: int | None,
        wrong: Sequence[int | None],
        evidence: tuple[int, ...],
        why: str,
    ) -> Question:
        return Question(kind, given, options, right, tuple(wrong), evidence, why, self.events)

    def _near(self, depth: float) -> int:
        """Return the number of the entry nearest to a depth."""
        return min(self.entries, key=lambda one: abs((one + 0.5) / len(self.events) - depth))

    def _by(self, field: str, value: int) -> list[int]:
        return [one for one in self.entries if self.events[one][field] == value]

    def _all(self, field: str) -> list[int]:
        return sorted({self.events[one][field] for one in self.entries})

    def _keepers(self) -> dict[int, int]:
        """Return the number of the event that names the keeper of each place."""
        return {event["place"]: number for number, event in enumerate(self.events) if event["kind"] == "keeper"}

    def _others(self, field: str, key: int, count: int) -> list[int]:
        return self._sample([self.events[one][field] for one in self.entries], self.events[key][field], count)

    def _sample(self, values: Sequence[int], right: int | None, count: int) -> list[int]:
        """Draw different values other than the right one; fewer where there are no more."""
        possible = sorted(set(values) - {right})
        return self.rng.sample(possible, min(count, len(possible)))

    def _subject(self, number: int) -> str:
        return self.theme.named("subject", self.events[number]["subject"]).en

    def _person(self, number: int) -> str:
        return self.theme.named("person", self.events[number]["person"]).en

    def _day(self, number: int) -> str:
        return named_day(self.events[number]["date"]).en


CATEGORIES: dict[str, Callable[[Asker], Question | None]] = {
    "retrieval": Asker.retrieval,
    "two_hop": Asker.two_hop,
    "counting": Asker.counting,
    "latest_value": Asker.latest_value,
    "ordering": Asker.ordering,
    "aggregation": Asker.aggregation,
    "absent": Asker.absent,
}
