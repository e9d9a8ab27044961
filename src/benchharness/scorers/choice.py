"""Choice: the option whose continuation the model finds most likely."""

import math
from typing import Literal, TypeAlias

from benchharness.records import Outcome, Score
from benchharness.scorers.base import Sample

Normalisation: TypeAlias = Literal["sum", "per_token", "per_character", "unconditional"]


def score(sample: Sample, normalise: Normalisation = "sum") -> Score:
    """Mark the option with the highest log-probability against the target letter.

    A tie for the highest is no choice and counts as ``unparsed``, and so does a log-probability that is no number;
    peers give both to the earlier letter.

    Args:
        sample: a ``choose`` response; its item's target is the letter of the right option.
        normalise: what is compared, with log P the summed log-probability of a continuation after the prompt.
            ``sum``: log P. ``per_token``: log P / its tokens. ``per_character``: log P / its characters, white space
            around it apart. ``unconditional``: log P − log Q, with Q its probability where nothing is asked
            (Brown et al. 2020, section 2.4; PMI_DC of Holtzman et al. 2021).

    Raises:
        ValueError: if there are not as many log-probabilities as continuations, or none where nothing is asked.
    """
    values = _normalised(sample, normalise)
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


def _normalised(sample: Sample, normalise: Normalisation) -> list[float]:
    """Return what is compared, for each continuation."""
    log_probs = sample.response.log_probs
    if normalise == "unconditional":
        if sample.unconditional is None:
            raise ValueError("there are no log-probabilities of the options where nothing is asked")
        return [given - alone for given, alone in zip(log_probs, sample.unconditional, strict=True)]
    lengths = {
        "sum": [1] * len(sample.continuations),
        "per_token": [len(c.tokens) for c in sample.continuations],
        "per_character": [len(c.text.strip()) for c in sample.continuations],
    }[normalise]
    return [log_prob / length for log_prob, length in zip(log_probs, lengths, strict=True)]
