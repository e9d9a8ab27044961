"""Set: an answer lists exactly the elements it should, in any order."""

from collections.abc import Mapping, Sequence
from typing import TypeAlias

from benchharness.records import FinishReason, Item, Language, Outcome, Score
from benchharness.scorers.base import Sample
from benchharness.text.lists import element_readings, extract_list
from benchharness.text.spans import comparable

_Elements: TypeAlias = Sequence[Sequence[str]]


def score(sample: Sample) -> Score:
    """Mark an answer right if it lists all elements of the target, each in one of its forms, and nothing else.

    Forms are compared by ``text.spans.comparable``; how a list is read, see ``text.lists``. Listing an element again
    in the same words does no harm, in other words it does: it is then taken for two. Forms of the other language are
    right too.

    ``detail``: ``precision``, ``recall`` and ``f1`` in [0, 1], of the elements listed against those expected;
    ``other_language`` where one is named in the other language.

    Args:
        sample: a ``generate`` response; its item's target has a list of elements under each language, in the same
            order, each a list of accepted forms.

    Raises:
        ValueError: if the target is none such.
    """
    item = sample.item
    targets = _targets(item)
    own = _by_form(targets.pop(item.language))
    other = {form: place for elements in targets.values() for form, place in _by_form(elements).items()}
    cut_off = sample.response.finish_reason is FinishReason.LENGTH
    extraction = extract_list(sample.response.text, own.keys() | other.keys(), cut_off=cut_off)
    if extraction is None:
        return Score(0.0, Outcome.UNPARSED)
    listed: list[str] = extraction.value
    places = [_place(element, own) for element in listed]
    elsewhere = [
        _place(element, other) if place is None else None for element, place in zip(listed, places, strict=True)
    ]
    found = {place for place in (*places, *elsewhere) if place is not None}
    expected = len(set(own.values()))
    precision, recall = len(found) / len(listed), len(found) / expected
    detail = {
        "precision": precision,
        "recall": recall,
        "f1": 2 * precision * recall / (precision + recall) if found else 0.0,
    }
    if any(place is not None for place in elsewhere):
        detail["other_language"] = 1.0
    right = len(listed) == len(found) == expected
    return Score(float(right), Outcome.SCORED, "; ".join(listed), extraction, detail)


def _place(element: str, forms: Mapping[str, int]) -> int | None:
    return next((forms[reading] for reading in element_readings(element) if reading in forms), None)


def check(item: Item) -> None:
    """Look at the target of an item.

    Raises:
        ValueError: if it does not list elements with their forms under the item's language, two elements share a
            form, or the languages have different numbers of elements.
    """
    for elements in _targets(item).values():
        _by_form(elements)


def _targets(item: Item) -> dict[Language, _Elements]:
    target = item.target
    if not isinstance(target, Mapping) or item.language.value not in target:
        raise ValueError(f"no elements under {item.language.value!r}: {target!r}")
    targets = {language: target[language.value] for language in Language if language.value in target}
    for elements in targets.values():
        if not isinstance(elements, list | tuple) or not elements:
            raise ValueError(f"not a list of elements: {elements!r}")
        for forms in elements:
            if not isinstance(forms, list | tuple) or not forms or not all(isinstance(form, str) for form in forms):
                raise ValueError(f"not a list of accepted forms: {forms!r}")
    if len(set(map(len, targets.values()))) > 1:
        raise ValueError(f"the languages have different numbers of elements: {target!r}")
    return targets


def _by_form(elements: _Elements) -> dict[str, int]:
    """Return the place of the element of each form."""
    places: dict[str, int] = {}
    for place, forms in enumerate(elements):
        for form in map(comparable, forms):
            if not form:
                raise ValueError(f"a form has neither words nor digits: {forms!r}")
            if places.setdefault(form, place) != place:
                raise ValueError(f"two elements share a form: {form!r}")
    return places
