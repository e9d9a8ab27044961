"""A long text, written from its events: the same sentences in both languages, with others of the theme between them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from random import Random

from benchharness.tasks.generators._long_text_events import Event, Theme, named_day
from benchharness.tasks.generators._wording import Words, fill
from benchharness.text.script import character_count


@dataclass(frozen=True, slots=True)
class _Sentence:
    """A sentence; ``event`` is the number of the event that it states, ``None`` if it states none."""

    words: Words
    date: str
    event: int | None


@dataclass(frozen=True, slots=True)
class Document:
    """A text in both languages.

    Attributes:
        text: the text.
        places: for each event, where in the text its sentence begins, as a share of the length in [0, 1); by language.
    """

    text: Words
    places: tuple[tuple[float, ...], tuple[float, ...]]


def write_document(rng: Random, theme: Theme, events: Sequence[Event], characters: int) -> Document:
    """Write a text of about as many Chinese characters, none of its sentences twice.

    Events stand in their order, in paragraphs by day. Between them stand sentences that say nothing of people, places,
    subjects or settings; as many as are needed for the length, spread evenly.
    """
    title = rng.choice(theme.words["title"])
    stated = [_Sentence(_stated(rng, theme, events, number), one["date"], number) for number, one in enumerate(events)]
    missing = characters - character_count(title.zh) - sum(character_count(one.words.zh) for one in stated)
    missing -= sum(character_count(named_day(day).zh) for day in {one.date for one in stated})
    filler = _fillers(rng, theme, missing)
    paragraphs = [(day, list(rest)) for day, rest in groupby(_spread(rng, stated, filler), key=lambda one: one.date)]
    halves = [_written(title, paragraphs, language) for language in (0, 1)]
    return Document(Words(halves[0][0], halves[1][0]), (halves[0][1], halves[1][1]))


def _fillers(rng: Random, theme: Theme, characters: int) -> list[Words]:
    bank: list[Words] = [*theme.words["filler"], *theme.shared["filler"]]
    chosen: list[Words] = []
    for sentence in rng.sample(bank, len(bank)):
        if characters < character_count(sentence.zh) / 2:
            break
        chosen.append(sentence)
        characters -= character_count(sentence.zh)
    return chosen


def _spread(rng: Random, stated: Sequence[_Sentence], filler: Sequence[Words]) -> Iterator[_Sentence]:
    """Mix two series evenly, each in its order; a filler takes the day of the event before it."""
    placed: list[tuple[float, _Sentence | Words]] = []
    placed += [((number + rng.random()) / len(stated), one) for number, one in enumerate(stated)]
    placed += [((number + rng.random()) / len(filler), one) for number, one in enumerate(filler)]
    date = stated[0].date
    for _, one in sorted(placed, key=lambda pair: pair[0]):
        if isinstance(one, _Sentence):
            date = one.date
            yield one
        else:
            yield _Sentence(one, date, None)


def _written(
    title: Words, paragraphs: Sequence[tuple[str, Sequence[_Sentence]]], language: int
) -> tuple[str, tuple[float, ...]]:
    text = title[language]
    starts: dict[int, int] = {}
    for day, sentences in paragraphs:
        text += f"\n\n{named_day(day)[language]}\n"
        for number, sentence in enumerate(sentences):
            text += " " if language and number else ""
            if sentence.event is not None:
                starts[sentence.event] = len(text)
            text += sentence.words[language]
    return text, tuple(starts[number] / len(text) for number in sorted(starts))


def _stated(rng: Random, theme: Theme, events: Sequence[Event], number: int) -> Words:
    """Return the sentence that states an event."""
    event = events[number]
    kind = event["kind"]
    if kind in ("entry", "keeper"):
        left_out = next((field for field in ("person", "amount") if event.get(field, 0) is None), None)
        templates = theme.words[f"{kind}_without_{left_out}" if left_out else kind]
        names = {field: theme.named(field, event[field]) for field in ("person", "place")}
        if kind == "entry":
            names["subject"] = theme.named("subject", event["subject"])
        words = fill(rng.choice(templates), **names, n=event.get("amount"))
    else:
        setting = event["setting"]
        of_it = [one for one in events[:number] if one.get("setting") == setting and one["kind"] != "rejected"]
        values = {"value": theme.named(f"setting {setting}", event["value"])}
        if of_it:
            values["old"] = theme.named(f"setting {setting}", of_it[-1]["value"])
        name = theme.words["settings"][setting]["name"]
        words = fill(rng.choice(theme.words.get(kind, theme.shared[kind])), setting=name, **values)
    return Words(words.zh, words.en[0].upper() + words.en[1:])
