"""Aggregation: entries of an account book all over the text, of which something is to be found over all.

The number of entries does not depend on the length, so that with the length only the text between them grows.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from random import Random
from typing import Any

from benchharness.records import Language
from benchharness.tasks.long_context.families._facts import filler, spread
from benchharness.tasks.long_context.families._options import check_names, read_choice, read_whole
from benchharness.tasks.long_context.families._records_figures import (
    DATE_STYLES,
    draw_dates,
    write_amount,
    write_date,
)
from benchharness.tasks.long_context.families._records_targets import people, references, same
from benchharness.tasks.long_context.families._wording import Texts, read_wording, say
from benchharness.tasks.long_context.records import Fact, Problem

__all__ = ["draw", "filler", "solve"]

_WORDING = "_records_ledger.yaml"
_STEP, _LEAST, _MOST = 500, 10_000, 99_500
_THRESHOLDS = range(20_000, 90_000, 5_000)


def draw(rng: Random, depth: float, **options: Any) -> Problem:
    """Return entries that are spread evenly over the text, whatever the depth, and a question about all of them.

    Options: ``ask``: ``most-frequent``, the name that occurs most (the default); ``count``, of the entries of one kind,
    of one person or above an amount; or ``sum``, of the amounts of one kind or of one person; ``records``, how many
    entries, from 4 to 200, 12 by default; ``names``, how many people they are about, from 2 to half of the entries and
    at most 20, 4 by default or as many as there may be.

    Raises:
        ValueError: if an option is wrong, naming it.
    """
    check_names(options, "ask", "records", "names")
    wording = read_wording(_WORDING)
    ask = read_choice(options, "ask", list(wording["questions"]))
    records = read_whole(options, "records", default=12, least=4, most=200)
    names = read_whole(options, "names", default=min(4, records // 2), least=2, most=min(20, records // 2))
    drawn = _draw_records(rng, records, names)
    asked = {"ask": ask} if ask == "most-frequent" else {"ask": ask, **_draw_condition(rng, ask, drawn)}
    dates, in_ten_thousands = rng.choice(DATE_STYLES), rng.random() < 0.5
    facts = []
    for record, place in zip(drawn, spread(rng, records), strict=True):
        values: dict[str, Texts] = {
            "person": people()[record["person"]],
            "amount": write_amount(record["amount"], in_ten_thousands=in_ten_thousands),
            "date": write_date(record["date"], dates),
        }
        text = say(rng.choice(wording["acts"][record["act"]]["wordings"]), **values)
        facts.append(Fact({**record, "date": record["date"].isoformat()}, text, place))
    return Problem(
        facts=tuple(facts),
        question=_question(asked, in_ten_thousands),
        answer=_answer(ask, _matching(drawn, asked)),
        depth=None,
        asked=asked,
        category=ask,
        fields=_candidates(ask, drawn),
    )


def solve(records: Sequence[Mapping[str, Any]], asked: Mapping[str, Any]) -> Mapping[Language, Any]:
    """Return the answer from the entries.

    Raises:
        ValueError: if two names are equally frequent, or no entry is of the kind that is asked for.
    """
    if asked["ask"] == "most-frequent":
        ranked = Counter(record["person"] for record in records).most_common(2)
        if len(ranked) > 1 and ranked[0][1] == ranked[1][1]:
            raise ValueError(f"{ranked[0][0]} and {ranked[1][0]} occur equally often")
        return references([people()[ranked[0][0]]])
    count = total = 0
    for record in records:
        above = asked["by"] == "above" and record["amount"] > asked["value"]
        if above or record.get(asked["by"]) == asked["value"]:
            count, total = count + 1, total + record["amount"]
    if not count:
        raise ValueError(f"no entry has {asked['by']} {asked['value']}")
    return same(str(count if asked["ask"] == "count" else total))


def _draw_records(rng: Random, count: int, names: int) -> list[dict[str, Any]]:
    """Return entries of which one person has more than any other."""
    chosen = rng.sample(list(people()), names)
    frequency = Counter(chosen)
    frequency.update(rng.choices(chosen, k=count - names))
    while len(_leaders(frequency)) > 1:
        # From one of the leaders to another, which parts these two from all others in one step.
        gains, loses = _leaders(frequency)[:2]
        frequency[gains] += 1
        frequency[loses] -= 1
    involved = list(frequency.elements())
    rng.shuffle(involved)
    acts = list(read_wording(_WORDING)["acts"])
    return [
        {"person": person, "act": rng.choice(acts), "amount": rng.randrange(_LEAST, _MOST + 1, _STEP), "date": day}
        for person, day in zip(involved, draw_dates(rng, count), strict=True)
    ]


def _leaders(frequency: Counter[str]) -> list[str]:
    most = max(frequency.values())
    return [name for name, number in frequency.items() if number == most]


def _thresholds(records: Sequence[Mapping[str, Any]]) -> list[int]:
    """Return the amounts above which some entries are, but not all."""
    amounts = [record["amount"] for record in records]
    return [threshold for threshold in _THRESHOLDS if min(amounts) <= threshold < max(amounts)]


def _draw_condition(rng: Random, ask: str, records: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Return which entries count: those of a kind, of a person, or above an amount."""
    thresholds = _thresholds(records)
    by = rng.choice([by for by in read_wording(_WORDING)["questions"][ask] if by != "above" or thresholds])
    values = thresholds if by == "above" else sorted({record[by] for record in records})
    return {"by": by, "value": rng.choice(values)}


def _matching(records: Sequence[Mapping[str, Any]], asked: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    if asked["ask"] == "most-frequent":
        frequency = Counter(record["person"] for record in records)
        return [record for record in records if record["person"] == max(frequency, key=frequency.__getitem__)]
    if asked["by"] == "above":
        return [record for record in records if record["amount"] > asked["value"]]
    return [record for record in records if record[asked["by"]] == asked["value"]]


def _answer(ask: str, matching: Sequence[Mapping[str, Any]]) -> dict[Language, list[list[str]]]:
    if ask == "most-frequent":
        return references([people()[matching[0]["person"]]])
    return same(str(len(matching) if ask == "count" else sum(record["amount"] for record in matching)))


def _question(asked: Mapping[str, Any], in_ten_thousands: bool) -> dict[Language, str]:
    wording = read_wording(_WORDING)
    template = wording["questions"][asked["ask"]]
    if asked["ask"] == "most-frequent":
        return say(template)
    value = asked["value"]
    named: dict[str, Callable[[], Texts]] = {
        "act": lambda: wording["acts"][value]["noun"],
        "person": lambda: people()[value],
        "above": lambda: write_amount(value, in_ten_thousands=in_ten_thousands),
    }
    return say(template[asked["by"]], value=named[asked["by"]]())


def _candidates(ask: str, records: Sequence[Mapping[str, Any]]) -> dict[Language, dict[str, Any]]:
    """Return the names that might be answered; what else is a number can be seen from its form."""
    if ask != "most-frequent":
        return {}
    names = [people()[name] for name in sorted({record["person"] for record in records})]
    return {language: {"candidates": [name[language] for name in names]} for language in Language}
