"""Span: a short answer in words, one of the forms that are accepted."""

from collections.abc import Mapping

from benchharness.records import FinishReason, Item, Language, Outcome, Score
from benchharness.scorers.base import Sample
from benchharness.text.spans import comparable, extract_span, overlap, readings


def score(sample: Sample) -> Score:
    """Mark an answer right if it is one of the accepted forms, after ``text.spans.comparable``.

    What is read of a text and what of a sentence around the answer may stand there, see ``text.spans.extract_span``
    and ``readings``. A form of the other language is right too.

    ``detail``: ``f1`` in [0, 1], the best overlap with a form, by character in Chinese and by word in English;
    ``other_language`` where the form is one of the other language.

    Args:
        sample: a ``generate`` response; its item's target has a list of accepted forms under each language.

    Raises:
        ValueError: if the target is none such.
    """
    item = sample.item
    forms = _forms(item)
    cut_off = sample.response.finish_reason is FinishReason.LENGTH
    extraction = extract_span(sample.response.text, cut_off=cut_off)
    if extraction is None:
        return Score(0.0, Outcome.UNPARSED)
    read = readings(extraction.value)
    matching = {language for language in forms for form in forms[language] if comparable(form) in read}
    detail = {
        "f1": max(
            overlap(one, form, language)
            for one in (*read, extraction.value)
            for language in forms
            for form in forms[language]
        )
    }
    if matching and item.language not in matching:
        detail["other_language"] = 1.0
    return Score(float(bool(matching)), Outcome.SCORED, extraction.value, extraction, detail)


def check(item: Item) -> None:
    """Look at the target of an item.

    Raises:
        ValueError: if it does not list accepted forms under the item's language, or one of them is empty.
    """
    _forms(item)


def _forms(item: Item) -> dict[Language, list[str]]:
    target = item.target
    if not isinstance(target, Mapping) or item.language.value not in target:
        raise ValueError(f"no accepted forms under {item.language.value!r}: {target!r}")
    forms = {language: target[language.value] for language in Language if language.value in target}
    for accepted in forms.values():
        if not isinstance(accepted, list | tuple) or not accepted:
            raise ValueError(f"not a list of accepted forms: {accepted!r}")
        for form in accepted:
            if not isinstance(form, str) or not comparable(form):
                raise ValueError(f"not a form in words or digits: {form!r}")
    return forms
