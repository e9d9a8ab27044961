"""benchharness, measured from inside (`python -m bench.benchharness_worker`)."""

import gc
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypedDict

import torch

from bench.cases import SEED, Case, load_case
from bench.clock import ModelClock, warm_up
from bench.process_memory import MemoryWatch
from bench.wire import Answer, Measured, Question, TokenPair, serve
from benchharness.backends.base import BackendOptions
from benchharness.backends.transformers.backend import TransformersBackend
from benchharness.errors import BenchharnessError
from benchharness.records import RequestKind, Response
from benchharness.registry.models import resolve_model
from benchharness.runs.execute import QueueSource
from benchharness.runs.plan import Conventions, Plan, PlannedItem, Planner
from benchharness.scorers import choice
from benchharness.scorers.base import Sample
from benchharness.tasks.items import ItemGroup


class Loaded(TypedDict):
    """What is known of a loaded model.

    Attributes:
        name: its registered name, or that of its directory.
        directory: where its files lie.
        body_parameters: numbers that every token is multiplied with: all but the token embeddings and the head.
        head_parameters: numbers of the LM head.
    """

    name: str
    directory: str
    body_parameters: int
    head_parameters: int


class BenchharnessWorker:
    """One model in the `transformers` backend, and the items of the cases."""

    def load(self, *, model: str, dtype: str, device: str, threads: int, shots: int) -> Loaded:
        """Bring a model into memory.

        Args:
            model: as the command line takes it.
            dtype: as the command line takes it.
            device: as the command line takes it.
            threads: that torch may use.
            shots: worked examples before each item.
        """
        torch.set_num_threads(threads)
        self._reference = resolve_model(model)
        self._options = BackendOptions(device=device, dtype=dtype)
        self._conventions = Conventions(
            template="plain", shots=shots, shots_as="text", thinking=False, reasons=False, reasoning_tokens=0
        )
        self._groups: dict[Case, tuple[ItemGroup, ...]] = {}
        self._backend = TransformersBackend(self._reference, self._options)
        self._backend.load()
        network = self._backend.model
        warm_up(network)
        self._clock = ModelClock(network)
        head = network.get_output_embeddings().weight.numel()
        embeddings = network.get_input_embeddings().weight.numel()
        body = sum(parameter.numel() for parameter in network.base_model.parameters()) - embeddings
        return {
            "name": self._reference.spec.name,
            "directory": network.name_or_path,
            "body_parameters": body,
            "head_parameters": head,
        }

    def prepare(
        self, *, case: str, subjects: list[str], counts: list[int], data_root: str | None
    ) -> dict[str, list[Question] | int]:
        """Read the items of a case, leave out those that do not fit the model's context, and return the rest.

        Args:
            case: how items are put.
            subjects: of CMMLU.
            counts: items of each subject.
            data_root: a mirror of the hub.

        Returns:
            ``questions``, and ``too_long``: how many were left out.
        """
        groups = load_case(Case(case), subjects, counts, Path(data_root) if data_root else None)
        plan = self._plan(groups)
        fitting = {_identity(planned) for planned in plan.items if planned.fits}
        self._groups[Case(case)] = tuple(
            group._replace(items=tuple(item for item in group.items if f"{item.category}/{item.id}" in fitting))
            for group in groups
        )
        questions = [_question(planned) for planned in plan.items if planned.fits]
        return {"questions": questions, "too_long": len(plan.items) - len(questions)}

    def measure(self, *, case: str, watch_memory: bool) -> Measured:
        """Evaluate a case once."""
        gc.collect()
        memory = MemoryWatch() if watch_memory else None
        self._clock.reset()
        started = time.perf_counter()
        plan = self._plan(self._groups[Case(case)])
        responses = self._ask(plan)
        scores = [_score(planned, responses[planned.request.key]) for planned in plan.items]
        wall = time.perf_counter() - started
        assert len(scores) == len(plan.items)
        return {
            "wall_seconds": wall,
            "model_seconds": self._clock.seconds(),
            "answers": _answers(plan, responses),
            "computed_tokens": sum(response.computed_tokens for response in responses.values()),
            "memory": memory.read() if memory else None,
        }

    def answer_by_reference(self, *, cases: list[str]) -> dict[str, list[Answer]]:
        """Answer cases by the path that reads every prompt whole. Nothing can be measured afterwards."""
        self._backend.close()
        self._backend = TransformersBackend(
            self._reference, BackendOptions(device=self._options.device, dtype=self._options.dtype, prefix_reuse=False)
        )
        plans = {case: self._plan(self._groups[Case(case)]) for case in cases}
        return {case: _answers(plan, self._ask(plan)) for case, plan in plans.items()}

    def _plan(self, groups: tuple[ItemGroup, ...]) -> Plan:
        planner = Planner(
            self._backend.tokenizer,
            self._conventions,
            identity="bench",
            context_length=self._backend.context_length,
            seed=SEED,
        )
        return planner.plan(groups)

    def _ask(self, plan: Plan) -> dict[str, Response]:
        return {response.key: response for response in self._backend.run(QueueSource(list(plan.requests())))}


def _identity(planned: PlannedItem) -> str:
    return f"{planned.item.category}/{planned.item.id}"


def _question(planned: PlannedItem) -> Question:
    prompt = planned.request.prompt
    context = list(prompt.tokens)
    pairs: list[TokenPair] = [
        {"context": context, "continuation": list(continuation.tokens)}
        for continuation in planned.request.continuations
    ]
    return {
        "id": _identity(planned),
        "prompt": prompt.text,
        "choices": [continuation.text for continuation in planned.request.continuations],
        "target": planned.item.target,
        "pairs": pairs or [{"context": context, "continuation": []}],
    }


def _score(planned: PlannedItem, response: Response) -> float:
    """Mark an answer as the other harness does: the likeliest option, or a text that is the target."""
    if planned.request.kind is RequestKind.GENERATE:
        return float(response.text == planned.item.target)
    return choice.score(Sample(planned.item, response, planned.request.continuations)).value


def _answers(plan: Plan, responses: dict[str, Response]) -> list[Answer]:
    answers: list[Answer] = []
    for planned in plan.items:
        response = responses[planned.request.key]
        answers.append(
            {
                "id": _identity(planned),
                "log_probs": list(response.log_probs),
                "text": response.text,
                "generated_tokens": response.generated_tokens,
            }
        )
    return answers


if __name__ == "__main__":
    worker = BenchharnessWorker()
    calls: dict[str, Callable[..., Any]] = {
        "load": worker.load,
        "prepare": worker.prepare,
        "measure": worker.measure,
        "answer_by_reference": worker.answer_by_reference,
    }
    serve(calls, refused=(BenchharnessError,))
