"""From the wording of a request to what is said and the calls it asks for."""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from random import Random
from typing import Any, NamedTuple

from benchharness.tasks.generators import _tools_slots as slots
from benchharness.tasks.generators._tools_daily import DAILY
from benchharness.tasks.generators._tools_dates import date, later, month, past_day
from benchharness.tasks.generators._tools_schema import Tool
from benchharness.tasks.generators._tools_services import MONEY, SHOPPING, TRAVEL
from benchharness.tasks.generators._tools_slots import Fact, Slot
from benchharness.tasks.generators._wording import Words, fill, read_wording

TOOLS: dict[str, Tool] = {tool.name: tool for tool in (*DAILY, *SHOPPING, *TRAVEL, *MONEY)}

_SLOTS: Mapping[str, Slot] = {
    "city": slots.city,
    "chinese_city": slots.chinese_city,
    "date": date,
    "past_day": past_day,
    "time": slots.time_of_day,
    "amount": slots.amount,
    "minutes": slots.minutes,
    "email": slots.email,
    "path": slots.path,
    "archive": slots.archive,
    "folder": slots.drawn(slots.FOLDERS),
    "airport": slots.drawn(slots.AIRPORTS),
    "symbol": slots.drawn(slots.SYMBOLS),
}
_SENTENCE_ENDS = "。？！.?!"


@dataclass(frozen=True, slots=True)
class Request:
    """One way of wording what a tool is wanted for.

    Attributes:
        tool: the tool.
        say: phrases and sentences, paired; a sentence ends in a mark.
        places: for each name in the wording, what is drawn for it.
        args: how the arguments are made of what was drawn.
        near: similar tools that are not what is asked for.
        lack: similar tools that could not stand in for the right one.
        level: difficulty, where the wording fixes it.
        many: the name that may stand for several, and the wording then.
    """

    tool: str
    say: tuple[Words, ...]
    places: Mapping[str, str]
    args: Mapping[str, Any]
    near: tuple[str, ...] = ()
    lack: tuple[str, ...] = ()
    level: int = 0
    many: tuple[str, tuple[Words, ...]] | None = None


class Call(NamedTuple):
    """A call: what is wanted, as data, and the call itself in either half."""

    wanted: dict[str, Any]
    zh: dict[str, Any]
    en: dict[str, Any]


class Ask(NamedTuple):
    """What is said, and the calls that it asks for; ``said`` is a phrase or a sentence."""

    said: Words
    calls: list[Call]
    facts: list[Fact]


@cache
def read_requests(name: str) -> tuple[Request, ...]:
    """Return the requests of one of the family's wording files."""
    return tuple(_request(entry) for entry in read_wording(name)["requests"])


def _request(entry: Mapping[str, Any]) -> Request:
    places = entry["slots"]
    dropped = entry.get("drop", ())
    many = entry.get("many")
    return Request(
        tool=entry["tool"],
        say=tuple(entry["say"]),
        places=places,
        args=entry.get("args", {name: f"${name}" for name in places if name not in dropped}),
        near=tuple(entry.get("near", ())),
        lack=tuple(entry.get("lack", ())),
        level=entry.get("level", 0),
        many=None if many is None else (many["slot"], tuple(many["say"])),
    )


def is_phrase(said: Words) -> bool:
    """Return whether words are a phrase that needs a sentence around it."""
    return said.en[-1] not in _SENTENCE_ENDS


def ask(request: Request, rng: Random, level: int, today: datetime.date, *, phrase: bool = False) -> Ask:
    """Word a request with facts of its own; with ``phrase``, as a phrase."""
    facts = _draw(request, rng, level, today)
    possible = [said for said in request.say if is_phrase(said)] if phrase else request.say
    said = fill(rng.choice(possible), **{name: Words(fact.zh, fact.en) for name, fact in facts.items()})
    return Ask(said, [_call(request, facts)], list(facts.values()))


def ask_many(request: Request, rng: Random, level: int, today: datetime.date, count: int, *, phrase: bool) -> Ask:
    """Word a request that asks for the same of several things."""
    if request.many is None:
        raise ValueError(f"{request.tool} is worded for one thing only")
    place, sayings = request.many
    facts = _draw(request, rng, level, today)
    several = [facts[place]]
    while len(several) < count:
        fact = _slot(request.places[place])(rng, level, today)
        if all(fact.zh != one.zh for one in (*several, *facts.values())):
            several.append(fact)
    words = {name: Words(fact.zh, fact.en) for name, fact in facts.items()} | {place: Words(*slots.join(several))}
    possible = [said for said in sayings if is_phrase(said)] if phrase else sayings
    calls = [_call(request, {**facts, place: fact}) for fact in several]
    return Ask(fill(rng.choice(possible), **words), calls, [*facts.values(), *several[1:]])


def _draw(request: Request, rng: Random, level: int, today: datetime.date) -> dict[str, Fact]:
    facts: dict[str, Fact] = {}
    for name, spec in request.places.items():
        kind, *options = spec.split()
        if kind == "month":
            facts[name], facts["month_last"] = month(rng, level, today)
        elif kind == "after":
            facts[name] = later(rng, facts[options[0]], rng.randrange(1, 6))
        else:
            taken = {fact.zh for other, fact in facts.items() if request.places.get(other) == spec}
            slot = _slot(spec)
            facts[name] = slot(rng, level, today)
            while facts[name].zh in taken:
                facts[name] = slot(rng, level, today)
    return facts


@cache
def _slot(spec: str) -> Slot:
    kind, *options = spec.split()
    if kind == "choice":
        return slots.chosen(options[0])
    if kind == "code":
        return slots.coded(options[0])
    if kind == "text":
        return slots.text(options[0])
    if kind == "whole":
        return slots.whole(*(int(option) for option in options))
    return _SLOTS[kind]


def _call(request: Request, facts: Mapping[str, Fact]) -> Call:
    shaped = {name: _shape(shape, facts) for name, shape in request.args.items()}
    return Call(
        {"tool": request.tool, "facts": {name: one[0] for name, one in shaped.items()}},
        {"name": request.tool, "arguments": {name: one[1] for name, one in shaped.items()}},
        {"name": request.tool, "arguments": {name: one[2] for name, one in shaped.items()}},
    )


def _shape(shape: Any, facts: Mapping[str, Fact]) -> tuple[Any, Any, Any]:
    """Return the meaning of an argument and its value in either half."""
    if isinstance(shape, str) and shape.startswith("$"):
        fact = facts[shape[1:]]
        return fact.meaning, fact.value_zh, fact.value_en
    if isinstance(shape, list):
        parts = [_shape(one, facts) for one in shape]
        return {"list": [one[0] for one in parts]}, [one[1] for one in parts], [one[2] for one in parts]
    if isinstance(shape, dict) and "plus" in shape:
        meaning, zh, en = _shape(shape["plus"][0], facts)
        more = shape["plus"][1]
        return {"plus": [meaning, more]}, zh + more, en + more
    if isinstance(shape, dict):
        named = {name: _shape(one, facts) for name, one in shape.items()}
        return (
            {"object": {name: one[0] for name, one in named.items()}},
            {name: one[1] for name, one in named.items()},
            {name: one[2] for name, one in named.items()},
        )
    return {"literal": shape}, shape, shape
