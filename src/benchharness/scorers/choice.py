"""Choice: the option whose continuation the model finds most likely."""

import math
from typing import Literal

from benchharness.records import Outcome, Score
from benchharness.scorers.base import Sample


def score(sample: Sample, normalise: Literal["sum", "per_token", "per_character"] = "sum") -> Score:
    """Mark the option with the highest log-probability against the target letter.

    A tie for the highest is no choice and counts as ``unparsed``, and so does a log-probability that is no number;
    peers give both to the earlier letter.

    Args:
        sample: a ``choose`` response; its item's target is the letter of the right option.
        normalise: ``sum`` compares log-probabilities as they are; ``per_token`` and ``per_character`` divide
            each by its continuation's length, white space around it apart.
    """
    lengths = {
        "sum": [1] * len(sample.continuations),
        "per_token": [len(c.tokens) for c in sample.continuations],
        "per_character": [len(c.text.strip()) for c in sample.continuations],
    }[normalise]
    values = [log_prob / length for log_prob, length in zip(sample.response.log_probs, lengths, strict=True)]
    if any(math.isnan(value) for value in values):
        return Score(0.0, Outcome.UNPARSED)
    ranked = sorted(range(len(values)), key=values.__getitem__, reverse=True)
    best, second = ranked[0], ranked[1]
    if values[best] == values[second]:
        return Score(0.0, Outcome.UNPARSED, detail={"margin": 0.0})
    margin = values[best] - values[second]
    chosen = chr(ord("A") + best)
    detail = {"margin": margin} if math.isfinite(margin) else {}
    return Score(float(chosen == sample.item.target), Outcome.SCORED, parsed=chosen, detail=detail)
