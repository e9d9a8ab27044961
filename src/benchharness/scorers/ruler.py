"""RULER: the share of references that stand in an answer, or whether one of them does."""

import re
from collections.abc import Mapping, Sequence
from typing import Literal

from benchharness.records import Extraction, Item, Outcome, Score
from benchharness.scorers.base import Sample

_CONTROL = re.compile("[\x00-\x1f]")
RULE = "substring"


def score(sample: Sample, *, match: Literal["all", "part"] = "all") -> Score:
    """Mark an answer by the references that it has as substrings, whatever their case.

    ``all`` is RULER's ``string_match_all``: the references found, divided by all of them. ``part`` is its
    ``string_match_part``: 1 if one is found. A task's score is the mean over its items, times 100. [Hsieh et al. 2024]

    Nothing else is asked of the answer: it may state other values too, and a reference may be part of a longer word.

    ``detail``: ``found`` and ``references``, how many there are of each.

    Args:
        sample: a ``generate`` response; its item's target has a list of references under the item's language, each a
            list of accepted forms, any of which will do.
        match: ``all`` or ``part``.

    Raises:
        ValueError: if the target is none such, or ``match`` is neither.
    """
    if match not in ("all", "part"):
        raise ValueError(f"match is {match!r}; expected 'all' or 'part'")
    references = _references(sample.item)
    # Length stays, so that places in it are places in the text; but for letters whose lower case is longer.
    text = _CONTROL.sub("\n", sample.response.text).lower()
    found = [form for form in (_found(forms, text) for forms in references) if form is not None]
    share = len(found) / len(references)
    value = float(bool(found)) if match == "part" else share
    detail = {"found": float(len(found)), "references": float(len(references))}
    extraction = _extraction(found, text, sample.response.text)
    return Score(value, Outcome.SCORED, "; ".join(found) or None, extraction, detail)


def check(item: Item) -> None:
    """Look at the target of an item.

    Raises:
        ValueError: if it has no references under the item's language, or one of them is empty.
    """
    _references(item)


def _found(forms: Sequence[str], text: str) -> str | None:
    return next((form for form in forms if form.lower() in text), None)


def _extraction(found: Sequence[str], lower: str, text: str) -> Extraction | None:
    """Return the place from the first reference found to the last."""
    if not found or len(lower) != len(text):
        return None
    places = [(lower.index(form.lower()), len(form.lower())) for form in found]
    end = max(start + length for start, length in places)
    return Extraction("; ".join(found), RULE, min(places)[0], end)


def _references(item: Item) -> list[Sequence[str]]:
    target = item.target
    if not isinstance(target, Mapping) or item.language.value not in target:
        raise ValueError(f"no references under {item.language.value!r}: {target!r}")
    references = target[item.language.value]
    if not isinstance(references, list | tuple) or not references:
        raise ValueError(f"not a list of references: {references!r}")
    for forms in references:
        if (
            not isinstance(forms, list | tuple)
            or not forms
            or not all(isinstance(form, str) and form for form in forms)
        ):
            raise ValueError(f"not a form: {forms!r}")
    return list(references)
