"""The measurement: both harnesses evaluate the same questions in turn, each alone on the machine."""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bench.cases import MAX_NEW_TOKENS, STOP, Case, spread_evenly
from bench.wire import Answer, Measured, Question, TokenPair
from bench.workers import Worker


@dataclass(frozen=True, slots=True)
class Settings:
    """What is measured.

    Attributes:
        model: as the command line of benchharness takes it.
        dtype: of the model, in torch's notation.
        device: in torch's notation.
        threads: that each harness may use.
        shots: worked examples before each item.
        subjects: of CMMLU.
        items: by case, how many in all; spread evenly over the subjects.
        data_root: a mirror of the hub.
    """

    model: str
    dtype: str
    device: str
    threads: int
    shots: int
    subjects: tuple[str, ...]
    items: dict[Case, int]
    data_root: Path | None


@dataclass(slots=True)
class CaseResult:
    """What is known of a case so far.

    Attributes:
        questions: as benchharness reads them.
        too_long: items left out, as they do not fit the model's context.
        their_pairs: the tokens of the questions as lm-eval reads them, by id.
        ours: measurements of benchharness, one a round.
        theirs: measurements of lm-eval, one a round.
        reference: answers of the path of benchharness that reads every prompt whole, if it was asked.
    """

    questions: list[Question]
    too_long: int
    their_pairs: dict[str, list[TokenPair]]
    ours: list[Measured] = field(default_factory=list)
    theirs: list[Measured] = field(default_factory=list)
    reference: list[Answer] | None = None


@dataclass(frozen=True, slots=True)
class ModelFacts:
    """What is known of the model.

    Attributes:
        name: its registered name, or that of its directory.
        body_parameters: numbers that every token is multiplied with.
        head_parameters: numbers of the LM head.
        context_length: tokens, as lm-eval reads it.
    """

    name: str
    body_parameters: int
    head_parameters: int
    context_length: int


class Measurement:
    """Two harnesses with one model loaded in each, and the questions they are asked.

    Args:
        settings: what is measured.
        ours: the process of benchharness.
        theirs: the process of lm-eval.
        scratch: a directory for the questions.
    """

    def __init__(self, settings: Settings, ours: Worker, theirs: Worker, scratch: Path) -> None:
        self._ours = ours
        self._theirs = theirs
        common = {"dtype": settings.dtype, "device": settings.device, "threads": settings.threads}
        own: dict[str, Any] = ours.ask("load", model=settings.model, shots=settings.shots, **common)
        self.results = {case: self._ask_for_questions(settings, case) for case in settings.items}
        other: dict[str, int] = theirs.ask("load", directory=own["directory"], **common)
        self.model = ModelFacts(own["name"], own["body_parameters"], own["head_parameters"], other["context_length"])
        for case, result in self.results.items():
            result.their_pairs = self._hand_over(case, result.questions, scratch / f"{case}.jsonl")

    def _ask_for_questions(self, settings: Settings, case: Case) -> CaseResult:
        prepared = self._ours.ask(
            "prepare",
            case=case,
            subjects=settings.subjects,
            counts=spread_evenly(settings.items[case], len(settings.subjects)),
            data_root=str(settings.data_root) if settings.data_root else None,
        )
        return CaseResult(prepared["questions"], prepared["too_long"], {})

    def _hand_over(self, case: Case, questions: Sequence[Question], path: Path) -> dict[str, list[TokenPair]]:
        generates = case is Case.GENERATE
        with path.open("w", encoding="utf-8") as lines:
            for question in questions:
                target = question["target"] if generates else ord(question["target"]) - ord("A")
                row = {key: question[key] for key in ("id", "prompt", "choices")} | {"target": target}
                lines.write(json.dumps(row, ensure_ascii=False) + "\n")
        pairs: dict[str, list[TokenPair]] = self._theirs.ask(
            "prepare",
            case=case,
            path=str(path),
            kind="generate_until" if generates else "multiple_choice",
            stop=STOP,
            max_new_tokens=MAX_NEW_TOKENS,
        )
        return pairs

    def run_round(self, number: int, note: Callable[[Case, str, Measured], None]) -> Iterator[Case]:
        """Measure every case once with both harnesses, and yield each as it is done.

        Args:
            number: of the round, from 0. In rounds of even number benchharness goes first. Memory is watched in round
                0 while letters are asked.
            note: is told of each measurement: the case, the harness, what was measured.
        """
        for case, result in self.results.items():
            sides = [("benchharness", self._ours, result.ours), ("lm-eval", self._theirs, result.theirs)]
            for name, worker, measured in sides if number % 2 == 0 else reversed(sides):
                watch_memory = number == 0 and case is Case.LETTERS
                measured.append(worker.ask("measure", case=case, watch_memory=watch_memory))
                note(case, name, measured[-1])
            yield case

    def ask_reference(self) -> None:
        """Answer all questions once more, every prompt read whole; nothing can be measured afterwards."""
        answers = self._ours.ask("answer_by_reference", cases=list(self.results))
        for case, result in self.results.items():
            result.reference = answers[case]
