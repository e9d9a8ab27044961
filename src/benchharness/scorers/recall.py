"""Recall: the values or names that a long text states are in the answer."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations, groupby
from typing import Any, Literal, TypeAlias, get_args

from benchharness.records import Extraction, FinishReason, Item, Language, Outcome, Score
from benchharness.scorers.base import Sample
from benchharness.text.absences import find_absence, is_of_another, outweighs
from benchharness.text.mentions import Mention, as_number, is_denied, is_earlier, name_mentions, number_mentions
from benchharness.text.recall import find_answer, fold_answer

Match: TypeAlias = Literal["all", "any", "exact", "order"]

CANDIDATES = "candidates"
"""The field of an item that lists other names of the kind asked for; each a text or a list of accepted forms."""

_LONG_NUMBER = 5
_LEAST_MOST = 4
_MOST_PER_REFERENCE = 4
_HAS_DIGIT = re.compile(r"[0-9]")


@dataclass(frozen=True, slots=True)
class _Sought:
    """What an item asks for.

    Attributes:
        count: number of references.
        numbers: value → places of the references that have it.
        names: form → key of a name; references and candidates.
        places: key of a name → the place of its reference; candidates have none.
        other: the keys or values that only the other language's forms have.
        fewest_digits: of a number of the kind asked for; 0 where no number is.
    """

    count: int
    numbers: Mapping[Fraction, int]
    names: Mapping[str, str]
    places: Mapping[str, int]
    other: frozenset[Fraction | str]
    fewest_digits: int


def score(sample: Sample, *, match: Match = "all", most: int | None = None) -> Score:
    """Mark the share of the references that the answer states; or, as ``match`` asks, something stricter.

    Where the answer stands in a text see ``text.recall.find_answer``; a text without an announced answer is searched
    whole. Numbers count by value, in digits or words of either language, and stand alone: 12345 is not in 9123456.
    Names are found by ``text.mentions.name_mentions``. What is denied (不是…, not …) is not stated, and forms of the
    other language are right too. An item without references asks for what the text does not state: right is an answer
    that says so and states no value; an answer that says so of what is stated scores 0.

    ``match``: ``all`` is the share of references found (the measure of RULER, Hsieh et al. 2024, arXiv 2404.06654, on
    normalised text); ``any`` is 1 if one is; ``exact`` is 1 if all are and no other value of the kind is stated,
    unless it is said to have held before; ``order`` is 1 if all are, in the order of the references, each once.

    ``detail``: ``found`` and ``references``, counts; ``exact``, 0 or 1; ``stated``, how many different values of the
    kind the answer states: numbers of at least five digits (fewer if a reference has fewer), references and
    candidates; ``dumped`` where they were more than ``most``; ``not_stated`` where the answer says so; ``pairs`` in
    [0, 1] for ``order``, the share of pairs of references in the right order; ``other_language`` where a form was
    one of the other language.

    Args:
        sample: a ``generate`` response; its item's target has a list of references under each language, in the same
            order, each a list of accepted forms. A field ``candidates`` may list other names.
        match: see above.
        most: how many different values may be stated before an answer counts as a dump and scores 0; by default four
            for each reference.

    Raises:
        ValueError: if the target is none such, or an option is wrong, naming it.
    """
    _check_options(match, most)
    sought = _sought(sample.item)
    folded, text = fold_answer(sample.response.text)
    torn = sample.response.finish_reason is FinishReason.LENGTH and len(text) == len(folded.text)
    mentions = _mentions(text, sought, torn=torn)
    where = find_answer(text, mentions, sought.count, alone=match == "exact")
    stated = [one for one in mentions if where.start <= one.start and one.end <= where.end and not is_denied(text, one)]
    absence = find_absence(text[: where.end], where.announced, valued=bool(stated))
    if absence is None and not stated and (torn or _is_silent(text[where.start : where.end], sought)):
        return Score(0.0, Outcome.UNPARSED)
    if sought.count == 0:
        value, detail = _absent(text, stated, absence)
    else:
        value, detail = _present(text, stated, sought, match, most)
        if absence is not None and not any(outweighs(text, one.start, one.end, absence) for one in stated):
            value, detail["not_stated"] = 0.0, 1.0
    shown = "; ".join(dict.fromkeys(text[one.start : one.end] for one in stated))
    shown = shown or (absence.group() if absence else text[where.start : where.end].strip())
    extraction = Extraction(shown, where.rule, *folded.raw_span(where.start, where.end))
    return Score(value, Outcome.SCORED, shown, extraction, detail)


def _mentions(text: str, sought: _Sought, *, torn: bool) -> list[Mention]:
    found = name_mentions(text, sought.names)
    if sought.fewest_digits:
        signed = any(number < 0 for number in sought.numbers)
        numbers = number_mentions(text, fewest_digits=sought.fewest_digits, signed=signed)
        found += [n for n in numbers if not any(name.start < n.end and n.start < name.end for name in found)]
    # What a torn text ends in may go on.
    return sorted((one for one in found if not torn or one.end < len(text)), key=lambda one: one.start)


def _absent(text: str, stated: Sequence[Mention], absence: re.Match[str] | None) -> tuple[float, dict[str, float]]:
    detail = {"found": 0.0, "references": 0.0, "exact": 0.0, "stated": float(len({one.key for one in stated}))}
    if absence is None:
        return 0.0, detail
    right = float(all(is_of_another(text, one.start, one.end, absence) for one in stated))
    return right, detail | {"exact": right, "not_stated": 1.0}


def _present(
    text: str, stated: Sequence[Mention], sought: _Sought, match: Match, most: int | None
) -> tuple[float, dict[str, float]]:
    places = [_place(one, sought) for one in stated]
    found = {place for place in places if place is not None}
    others = [one for one, place in zip(stated, places, strict=True) if place is None and not is_earlier(text, one)]
    exact = len(found) == sought.count and not others
    count = len({one.key for one, place in zip(stated, places, strict=True) if place is None}) + len(found)
    detail = {
        "found": float(len(found)),
        "references": float(sought.count),
        "exact": float(exact),
        "stated": float(count),
    }
    if any(one.key in sought.other for one in stated):
        detail["other_language"] = 1.0
    order = [place for place, _ in groupby(place for place in places if place is not None)]
    if match == "order":
        detail["pairs"] = _pairs_in_order(order, sought.count)
    if count > (most if most is not None else max(_LEAST_MOST, _MOST_PER_REFERENCE * sought.count)):
        return 0.0, detail | {"dumped": 1.0}
    values = {
        "all": len(found) / sought.count,
        "any": float(bool(found)),
        "exact": float(exact),
        "order": float(order == list(range(sought.count))),
    }
    return values[match], detail


def _pairs_in_order(order: Sequence[int], count: int) -> float:
    """Return the share of all pairs of references of which the first stands before the second."""
    if count < 2:
        return float(bool(order))
    first = {place: order.index(place) for place in set(order)}
    pairs = list(combinations(range(count), 2))
    return sum(first[a] < first[b] for a, b in pairs if a in first and b in first) / len(pairs)


def _place(mention: Mention, sought: _Sought) -> int | None:
    if isinstance(mention.key, Fraction):
        return sought.numbers.get(mention.key)
    return sought.places.get(mention.key)


def _is_silent(answer: str, sought: _Sought) -> bool:
    """Return whether an answer has nothing that could be one of the kind asked for."""
    by_name = bool(sought.places)
    return not any(char.isalnum() for char in answer) if by_name else not _HAS_DIGIT.search(answer)


def check(item: Item) -> None:
    """Look at the target of an item.

    Raises:
        ValueError: if it has no list of references under the item's language, the languages have different numbers of
            them, one has no form with words or digits, two share one, or the candidates are no list.
    """
    _sought(item)


def _check_options(match: str, most: int | None) -> None:
    if match not in get_args(Match):
        raise ValueError(f"match: {match!r} is none of {', '.join(get_args(Match))}")
    if most is not None and most < 1:
        raise ValueError(f"most: {most} is below 1")


def _sought(item: Item) -> _Sought:
    targets = _targets(item)
    own = targets.pop(item.language)
    numbers: dict[Fraction, int] = {}
    names: dict[str, str] = {}
    places: dict[str, int] = {}
    foreign: set[Fraction | str] = set()
    for references in (own, *targets.values()):
        for place, forms in enumerate(references):
            for form in forms:
                key = _key(form)
                known: dict[Any, int] = numbers if isinstance(key, Fraction) else places
                if references is not own and key not in known:
                    foreign.add(key)
                if known.setdefault(key, place) != place:
                    raise ValueError(f"two references share a form: {form!r}")
                if isinstance(key, str):
                    names[form] = key
    for candidate in _candidates(item):
        key = _key(candidate[0])
        for form in candidate:
            if isinstance(key, str) and _key(form) not in places and form not in names:
                names[form] = key
    shortest = min((len(str(abs(int(number)))) for number in numbers), default=_LONG_NUMBER)
    of_numbers = bool(numbers) or not own
    digits = min(_LONG_NUMBER, shortest) if of_numbers else 0
    return _Sought(len(own), numbers, names, places, frozenset(foreign), digits)


def _key(form: str) -> Fraction | str:
    number = as_number(form)
    return number if number is not None else " ".join(form.casefold().split())


def _targets(item: Item) -> dict[Language, Sequence[Sequence[str]]]:
    target = item.target
    if not isinstance(target, Mapping) or item.language.value not in target:
        raise ValueError(f"no references under {item.language.value!r}: {target!r}")
    targets = {language: target[language.value] for language in Language if language.value in target}
    for references in targets.values():
        if not isinstance(references, list | tuple):
            raise ValueError(f"not a list of references: {references!r}")
        for forms in references:
            _check_forms(forms)
    if len(set(map(len, targets.values()))) > 1:
        raise ValueError(f"the languages have different numbers of references: {target!r}")
    return targets


def _candidates(item: Item) -> list[Sequence[str]]:
    candidates = item.fields.get(CANDIDATES, ())
    if not isinstance(candidates, list | tuple):
        raise ValueError(f"{CANDIDATES}: not a list of names: {candidates!r}")
    listed = [[one] if isinstance(one, str) else one for one in candidates]
    for forms in listed:
        _check_forms(forms)
    return listed


def _check_forms(forms: object) -> None:
    if not isinstance(forms, list | tuple) or not forms:
        raise ValueError(f"not a list of accepted forms: {forms!r}")
    for form in forms:
        if not isinstance(form, str) or not any(char.isalnum() for char in form):
            raise ValueError(f"a form has neither words nor digits: {form!r}")
