"""The arithmetic of a comparison. Pure: it takes what was measured and asks nothing of a model."""

import math
import statistics
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from bench.wire import Answer, Question, TokenPair
from benchharness.errors import BenchharnessError

TOLERANCE = 1e-3
"""What two exact computations of one log-probability in fp32 may differ by."""


class Ratio(NamedTuple):
    """Ratios of rounds: their median, the lowest and the highest."""

    median: float
    lowest: float
    highest: float


def ratio_of_rounds(theirs: Sequence[float], ours: Sequence[float]) -> Ratio:
    """Return how many times longer ``theirs`` took than ``ours``, round by round.

    Args:
        theirs: seconds, one for each round.
        ours: seconds of the same rounds.
    """
    ratios = [one / other for one, other in zip(theirs, ours, strict=True)]
    return Ratio(statistics.median(ratios), min(ratios), max(ratios))


class Work(NamedTuple):
    """What a model computes: tokens through its body, and hidden rows through its LM head. Padding is no part of it."""

    tokens: int
    head_rows: int

    def multiplications(self, body_parameters: int, head_parameters: int) -> int:
        """Return the multiplications by weights: one for each parameter of body and head and each token or row.

        Attention between tokens is left out.
        """
        return self.tokens * body_parameters + self.head_rows * head_parameters


def ratio_limit(theirs: Work, ours: Work, *, body_parameters: int, head_parameters: int) -> float:
    """Return the ratio that the token counts allow, if both computed equally fast and nothing else took time."""
    whole = theirs.multiplications(body_parameters, head_parameters)
    return whole / ours.multiplications(body_parameters, head_parameters)


def choose_work(questions: Iterable[Question], computed_tokens: int) -> Work:
    """Return the work of benchharness on questions with choices.

    The first token of every choice is read off one row, that after the prompt; each later one off a row of its own.

    Args:
        questions: as asked.
        computed_tokens: prompt and option tokens that the model read.
    """
    rows = sum(1 + sum(len(pair["continuation"]) - 1 for pair in question["pairs"]) for question in questions)
    return Work(computed_tokens, rows)


def lm_eval_choose_work(pairs: Iterable[TokenPair], context_length: int) -> Work:
    """Return the work of lm-eval's `hf` backend on choices (`HFLM._loglikelihood_tokens`, 0.4.13).

    It reads prompt and choice without its last token, cut from the left to the context; choices that are equal so far
    are read once (`logits_cache`). The head is computed at every position that is read.

    Args:
        pairs: all choices of all questions.
        context_length: of the model, in tokens.
    """
    read = {tuple(pair["context"] + pair["continuation"][:-1]) for pair in pairs}
    tokens = sum(min(len(sequence), context_length) for sequence in read)
    return Work(tokens, tokens)


def generate_work(prompt_tokens: int, generated: Iterable[int]) -> Work:
    """Return the work of generating: the last token of a text is not read, and each is drawn from a row of its own.

    Rows that a batch goes on computing after their end are left out, as padding is.

    Args:
        prompt_tokens: prompt tokens that the model read.
        generated: tokens of each text, at least 1.
    """
    counts = list(generated)
    return Work(prompt_tokens + sum(counts) - len(counts), sum(counts))


class TokenDifferences(NamedTuple):
    """How two harnesses read the same texts differently.

    Attributes:
        sequences: prompts with their choice whose tokens differ.
        boundaries: of the others, those where the choice begins at another token, so that its log-probability is that
            of other tokens.
    """

    sequences: int
    boundaries: int


def token_differences(questions: Iterable[Question], theirs: Mapping[str, Sequence[TokenPair]]) -> TokenDifferences:
    """Compare the tokens of two harnesses.

    Args:
        questions: as benchharness reads them.
        theirs: how the other one does, by the question's id.
    """
    sequences = boundaries = 0
    for question in questions:
        for own, other in zip(question["pairs"], theirs[question["id"]], strict=True):
            if own["context"] + own["continuation"] != other["context"] + other["continuation"]:
                sequences += 1
            elif own["context"] != other["context"]:
                boundaries += 1
    return TokenDifferences(sequences, boundaries)


class Comparison(NamedTuple):
    """How the answers of two computations differ.

    Attributes:
        max_abs_difference: the largest difference of a log-probability; ``None`` for texts.
        disagreements: questions with another best choice, although on one of the two sides it is ahead of the next by
            more than both may be off together; for texts, those that differ.
        near_ties: questions with another best choice by less than that.
    """

    max_abs_difference: float | None
    disagreements: int
    near_ties: int


def compare_choices(first: Iterable[Answer], second: Iterable[Answer]) -> Comparison:
    """Compare log-probabilities, and the choices that follow from them.

    Raises:
        BenchharnessError: if a log-probability is not finite, so that nothing can be said of it.
    """
    largest = 0.0
    disagreements = near_ties = 0
    for one, other in _paired(first, second):
        if not all(map(math.isfinite, one["log_probs"] + other["log_probs"])):
            raise BenchharnessError(
                en=f"{one['id']}: a log-probability is not finite. Use --dtype float32 or bfloat16.",
                zh=f"{one['id']}：对数概率不是有限数。请使用 --dtype float32 或 bfloat16。",
            )
        largest = max(largest, *(abs(a - b) for a, b in zip(one["log_probs"], other["log_probs"], strict=True)))
        if _best(one["log_probs"]) == _best(other["log_probs"]):
            continue
        if max(_margin(one["log_probs"]), _margin(other["log_probs"])) > 2 * TOLERANCE:
            disagreements += 1
        else:
            near_ties += 1
    return Comparison(largest, disagreements, near_ties)


def compare_texts(first: Iterable[Answer], second: Iterable[Answer]) -> Comparison:
    """Count the texts that differ."""
    return Comparison(None, sum(one["text"] != other["text"] for one, other in _paired(first, second)), 0)


def worst(comparisons: Sequence[Comparison]) -> Comparison:
    """Return the largest of each figure."""
    differences = [c.max_abs_difference for c in comparisons if c.max_abs_difference is not None]
    return Comparison(
        max(differences, default=None),
        max(comparison.disagreements for comparison in comparisons),
        max(comparison.near_ties for comparison in comparisons),
    )


def _paired(first: Iterable[Answer], second: Iterable[Answer]) -> list[tuple[Answer, Answer]]:
    one = {answer["id"]: answer for answer in first}
    other = {answer["id"]: answer for answer in second}
    if one.keys() != other.keys():
        raise ValueError(f"answered by one side only: {sorted(one.keys() ^ other.keys())}")
    return [(answer, other[question]) for question, answer in one.items()]


def _best(log_probs: Sequence[float]) -> int:
    return max(range(len(log_probs)), key=log_probs.__getitem__)


def _margin(log_probs: Sequence[float]) -> float:
    best, second = sorted(log_probs, reverse=True)[:2]
    return best - second
