"""Answers to the questions about a long text, read from its records alone."""

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias, TypeVar

from benchharness.tasks.generators._long_text_events import Event

_T = TypeVar("_T")
_Given: TypeAlias = Mapping[str, Any]
_Events: TypeAlias = list[Event]


def find_answer(problem: Mapping[str, Any]) -> int | None:
    """Return the value that answers a question; ``None`` if the records do not say.

    Args:
        problem: ``events``, ``question``, ``given`` and ``options``, as in a row's ``problem``.

    Raises:
        ValueError: if the question is of an unknown kind, or several values answer it.
    """
    events: _Events = sorted(problem["events"], key=lambda event: event["date"])
    kind = problem["question"]
    if kind not in _SOLVERS:
        raise ValueError(f"no question of the kind {kind!r}")
    return _SOLVERS[kind](events, {**problem["given"], "options": problem["options"]})


def _entry(events: _Events, subject: int) -> Event:
    return _only([event for event in events if event.get("subject") == subject])


def _only(found: list[_T]) -> _T:
    if len(found) != 1:
        raise ValueError(f"not one answer: {found!r}")
    return found[0]


def _person(events: _Events, given: _Given) -> int | None:
    person: int | None = _entry(events, given["subject"])["person"]
    return person


def _place(events: _Events, given: _Given) -> int | None:
    place: int | None = _entry(events, given["subject"])["place"]
    return place


def _amount(events: _Events, given: _Given) -> int | None:
    amount: int | None = _entry(events, given["subject"])["amount"]
    return amount


def _keeper(events: _Events, given: _Given) -> int | None:
    people: set[int] = {
        event["person"] for event in events if event["kind"] == "keeper" and event["place"] == given["place"]
    }
    return _only(list(people)) if people else None


def _place_keeper(events: _Events, given: _Given) -> int | None:
    return _keeper(events, {"place": _place(events, given)})


def _of_person(events: _Events, person: int | None) -> _Events:
    return [event for event in events if event["kind"] == "entry" and event["person"] == person]


def _person_last(events: _Events, given: _Given) -> int | None:
    last: int | None = None
    for event in _of_person(events, _person(events, given)):
        last = event["subject"]
    return last


def _count_place(events: _Events, given: _Given) -> int:
    return sum(1 for event in events if event["kind"] == "entry" and event["place"] == given["place"])


def _count_person(events: _Events, given: _Given) -> int:
    return len(_of_person(events, given["person"]))


def _count_above(events: _Events, given: _Given) -> int:
    return sum(event["amount"] > given["n"] for event in _of_person(events, given["person"]))


def _in_force(events: _Events, given: _Given) -> int | None:
    value: int | None = None
    for event in events:
        adopted = event["kind"] in ("set", "changed") and event["setting"] == given["setting"]
        if adopted and event["date"] <= given.get("date", event["date"]):
            value = event["value"]
    return value


def _first(events: _Events, given: _Given) -> int | None:
    first: int = next(event["subject"] for event in events if event.get("subject") in given["options"])
    return first


def _last(events: _Events, given: _Given) -> int | None:
    return _first(events[::-1], given)


def _next(events: _Events, given: _Given) -> int | None:
    own = [event["subject"] for event in _of_person(events, given["person"])]
    following: int = own[own.index(given["subject"]) + 1]
    return following


def _most(events: _Events, given: _Given) -> int | None:
    amounts: dict[int, int] = {subject: _entry(events, subject)["amount"] for subject in given["options"]}
    return _only([subject for subject, amount in amounts.items() if amount == max(amounts.values())])


def _total(events: _Events, person: int) -> int:
    return sum(event["amount"] for event in _of_person(events, person))


def _person_most(events: _Events, given: _Given) -> int | None:
    totals: dict[int, int] = {person: _total(events, person) for person in given["options"]}
    return _only([person for person, total in totals.items() if total == max(totals.values())])


def _person_total(events: _Events, given: _Given) -> int:
    return _total(events, given["person"])


_SOLVERS: dict[str, Callable[[_Events, _Given], int | None]] = {
    "person": _person,
    "place": _place,
    "amount": _amount,
    "keeper": _keeper,
    "place_keeper": _place_keeper,
    "person_last": _person_last,
    "count_place": _count_place,
    "count_person": _count_person,
    "count_above": _count_above,
    "final": _in_force,
    "in_force": _in_force,
    "first": _first,
    "last": _last,
    "next": _next,
    "most": _most,
    "person_most": _person_most,
    "person_total": _person_total,
}
