"""Number: the number a text ends in or declares, in Chinese or English numerals."""

from benchharness.records import FinishReason, Outcome, Score
from benchharness.scorers.base import Sample
from benchharness.text.answers import extract_number, numbers_equal
from benchharness.text.numerals import parse_number


def score(sample: Sample) -> Score:
    """Mark the number that the answer declares, or else the last one in it, against the target.

    Numbers are compared exactly, as fractions; units and currencies beside them are not looked at. Of an answer
    that was cut off at the token limit only a declared number counts: the last one in a torn sentence is no answer.

    Args:
        sample: a ``generate`` response; its item's target is a number.

    Raises:
        ValueError: if the target is no number.
    """
    target = str(sample.item.target)
    if parse_number(target) is None:
        raise ValueError(f"not one number: {target!r}")
    cut_off = sample.response.finish_reason is FinishReason.LENGTH
    extraction = extract_number(sample.response.text, fallback=not cut_off)
    if extraction is None:
        return Score(0.0, Outcome.UNPARSED)
    right = numbers_equal(extraction.value, target)
    return Score(float(right), Outcome.SCORED, parsed=str(extraction.value), extraction=extraction)
