"""JSON: an object has the right value in every field."""

import json
import re
from collections.abc import Mapping
from enum import Enum
from typing import Any

from benchharness.records import Item, Language, Outcome, Score
from benchharness.scorers.base import Sample
from benchharness.text.json_blocks import extract_object
from benchharness.text.spans import comparable
from benchharness.text.width import normalise

# Dates and times are asked for in one form, so that another one is wrong.
_DATE_OR_TIME = re.compile(r"[0-9]{4}-[0-9]{2}(?:-[0-9]{2})?|[0-9]{2}:[0-9]{2}(?::[0-9]{2})?")


class _Match(Enum):
    """How well a value fits its target."""

    RIGHT = "right"
    OTHER_TYPE = "other type"  # 507 for "507", "12" for 12
    WRONG = "wrong"


def score(sample: Sample) -> Score:
    """Mark an answer right if its JSON object has all fields of the target, each with the right value.

    Texts are compared by ``text.spans.comparable``, dates (2024-05-18) and times (08:30) to the letter but for width;
    numbers by value; lists in any order; a missing field is not null. A number, boolean or null in quotation marks
    (``"12"``) is right too and so is a number for a text of digits; other fields do no harm. The right text in the
    item's other language is right.

    ``detail``: ``fields``, the share of the target's fields that are right, in [0, 1]; ``type_errors``, the number of
    those that are right but of another type; ``extra_keys``, the number of fields that were not asked for;
    ``other_language`` where a text is that of the other language.

    Args:
        sample: a ``generate`` response; its item's target has an object of texts, numbers, booleans, nulls and lists
            of texts and numbers under each language.

    Raises:
        ValueError: if the target is none such.
    """
    item = sample.item
    targets = _targets(item)
    extraction = extract_object(sample.response.text)
    if extraction is None:
        return Score(0.0, Outcome.UNPARSED)
    given: dict[str, Any] = extraction.value
    own = targets.pop(item.language)
    right, type_errors, elsewhere = 0, 0, False
    for key, target in own.items():
        match = _compare(given[key], target) if key in given else _Match.WRONG
        if match is _Match.WRONG and key in given:
            match = next(
                (m for o in targets.values() if (m := _compare(given[key], o[key])) is not _Match.WRONG), match
            )
            elsewhere |= match is not _Match.WRONG
        right += match is not _Match.WRONG
        type_errors += match is _Match.OTHER_TYPE
    detail = {
        "fields": right / len(own),
        "type_errors": float(type_errors),
        "extra_keys": float(len(given.keys() - own.keys())),
    }
    if elsewhere:
        detail["other_language"] = 1.0
    parsed = json.dumps(given, ensure_ascii=False)
    return Score(float(right == len(own)), Outcome.SCORED, parsed, extraction, detail)


def check(item: Item) -> None:
    """Look at the target of an item.

    Raises:
        ValueError: if it is not an object with the same fields under each language, or a value is nested.
    """
    _targets(item)


def _targets(item: Item) -> dict[Language, Mapping[str, Any]]:
    target = item.target
    if not isinstance(target, Mapping) or item.language.value not in target:
        raise ValueError(f"no object under {item.language.value!r}: {target!r}")
    targets = {language: target[language.value] for language in Language if language.value in target}
    for fields in targets.values():
        if not isinstance(fields, Mapping) or not fields:
            raise ValueError(f"not an object with fields: {fields!r}")
        if fields.keys() != targets[item.language].keys():
            raise ValueError(f"other fields than in {item.language.value}: {sorted(fields)}")
        for value in fields.values():
            if not all(map(_is_scalar, value if isinstance(value, list | tuple) else [value])):
                raise ValueError(f"not a text, number, boolean, null or list of such: {value!r}")
    return targets


def _is_scalar(value: object) -> bool:
    return value is None or isinstance(value, str | int | float)


def _compare(given: Any, target: Any) -> _Match:
    if isinstance(target, list | tuple):
        return _compare_lists(given, target) if isinstance(given, list) else _Match.WRONG
    if isinstance(target, str):
        if isinstance(given, str):
            return _Match.RIGHT if _same_text(given, target) else _Match.WRONG
        is_number = isinstance(given, int | float) and not isinstance(given, bool)
        return _Match.OTHER_TYPE if is_number and _same_text(json.dumps(given), target) else _Match.WRONG
    if isinstance(given, str):
        unquoted = _unquoted(given)
        return _Match.OTHER_TYPE if not isinstance(unquoted, str) and _same(unquoted, target) else _Match.WRONG
    return _Match.RIGHT if _same(given, target) else _Match.WRONG


def _same(given: Any, target: Any) -> bool:
    """Compare values that are no texts; in Python true is 1."""
    return isinstance(given, bool) == isinstance(target, bool) and bool(given == target)


def _same_text(given: str, target: str) -> bool:
    if _DATE_OR_TIME.fullmatch(target):
        return normalise(given).text.strip() == target
    return comparable(given) == comparable(target)


def _unquoted(text: str) -> Any:
    """Return the number, boolean or null that a text holds as JSON, the text if it holds none."""
    try:
        value = json.loads(normalise(text).text.strip().casefold())
    except (ValueError, RecursionError):
        return text
    return value if _is_scalar(value) else text


def _compare_lists(given: list[Any], target: list[Any] | tuple[Any, ...]) -> _Match:
    """Compare two lists as multisets; what fits exactly is taken first."""
    left = list(given)
    loose = False
    for wanted in target:
        matches = [_compare(one, wanted) for one in left]
        best = next((match for match in (_Match.RIGHT, _Match.OTHER_TYPE) if match in matches), None)
        if best is None:
            return _Match.WRONG
        loose |= best is _Match.OTHER_TYPE
        del left[matches.index(best)]
    if left:
        return _Match.WRONG
    return _Match.OTHER_TYPE if loose else _Match.RIGHT
