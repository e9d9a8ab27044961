"""What a measuring process and its worker processes say to each other: one JSON object a line.

Workers run in environments of their own, so that this module imports the standard library only.
"""

import json
import os
import sys
from collections.abc import Callable, Mapping
from typing import Any, TypedDict

BATCH_SIZE = 8
"""Rows of a batch of lm-eval."""


class TokenPair(TypedDict):
    """A sequence as a harness reads it: token ids of the prompt, and of the option after it (none to generate)."""

    context: list[int]
    continuation: list[int]


class Question(TypedDict):
    """One item as it is asked.

    Attributes:
        id: unique within its case.
        prompt: the whole text before the answer, worked examples included.
        choices: the continuations to be scored; none to generate.
        target: the letter of the right option.
        pairs: the tokens of each choice with its prompt; the prompt alone to generate.
    """

    id: str
    prompt: str
    choices: list[str]
    target: str
    pairs: list[TokenPair]


class Answer(TypedDict):
    """What a harness answered.

    Attributes:
        id: the question's.
        log_probs: the log-probability (natural logarithm) of each choice; none to generate.
        text: the generated text; empty for choices.
        generated_tokens: how many tokens it took, where the harness tells; else 0.
    """

    id: str
    log_probs: list[float]
    text: str
    generated_tokens: int


class Memory(TypedDict):
    """Resident memory of a worker in bytes: when a measurement began, and at its highest during it."""

    before: int
    peak: int


class Measured(TypedDict):
    """One evaluation of a case by one harness.

    Attributes:
        wall_seconds: from the first tokenisation to the last score.
        model_seconds: of these, in forward passes of the model.
        answers: one for each question.
        computed_tokens: prompt and option tokens the model read, padding left out; ``None`` where the harness
            does not tell.
        memory: ``None`` unless it was asked for and the system tells.
    """

    wall_seconds: float
    model_seconds: float
    answers: list[Answer]
    computed_tokens: int | None
    memory: Memory | None


def serve(calls: Mapping[str, Callable[..., Any]], refused: tuple[type[Any], ...] = ()) -> None:
    """Answer calls from standard input until it ends. Whatever a library prints goes to standard error.

    Args:
        calls: what may be called, by name, with keyword arguments and a result that are JSON.
        refused: errors with a message in two languages (``en``, ``zh``) and an ``exit_code``, which are told to the
            caller. Any other one ends this process.
    """
    with os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="utf-8") as answers:
        os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
        for line in sys.stdin:
            call = json.loads(line)
            try:
                said = {"result": calls[call["call"]](**call["arguments"])}
            except refused as error:
                said = {"error": {"en": error.en, "zh": error.zh, "exit_code": error.exit_code}}
            answers.write(json.dumps(said, ensure_ascii=False) + "\n")
            answers.flush()
