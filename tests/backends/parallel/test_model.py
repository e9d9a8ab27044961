"""A real model in several workers gives what one process gives."""

from dataclasses import replace
from pathlib import Path

import pytest

from benchharness.backends.base import Backend, BackendOptions
from benchharness.backends.registry import create_backend
from benchharness.records import Language, Request
from benchharness.registry.catalogue import select_task
from benchharness.registry.models import resolve_model
from benchharness.runs.execute import QueueSource
from benchharness.runs.plan import Conventions, Planner
from benchharness.tasks.items import load_groups

TOLERANCE = 1e-3


def make(directory: Path, device: str) -> Backend:
    options = BackendOptions(device=device, dtype="float32")
    return create_backend("transformers", resolve_model(str(directory)), options)


def questions(backend: Backend, task: str, limit: int) -> list[Request]:
    conventions = Conventions("chat", shots=0, shots_as="turns", thinking=False, reasons=False, reasoning_tokens=0)
    planner = Planner(backend.tokenizer, conventions, identity="test", context_length=None, seed=0)
    groups = load_groups([select_task(task)], tuple(Language), limit=limit, seed=0, data_root=None)
    return list(planner.plan(groups).requests())


@pytest.mark.slow
def test_two_workers_give_the_numbers_and_texts_of_one_process(smollm2: Path) -> None:
    one, two = make(smollm2, "cpu"), make(smollm2, "cpu,cpu")
    assert replace(two.facts, engine={}) == replace(one.facts, engine={})
    asked = [
        *questions(one, "knowledge", 5),
        *questions(one, "completion", 2),
        *(
            replace(request, sampling=replace(request.sampling, max_new_tokens=8))
            for request in questions(one, "arithmetic", 3)
            if request.sampling is not None
        ),
    ]
    expected = {response.key: response for response in one.run(QueueSource(asked))}
    got = list(two.run(QueueSource(asked)))
    memory = two.resource_use()
    two.close()
    one.close()
    assert sorted(response.key for response in got) == sorted(request.key for request in asked)
    for response in got:
        alone = expected[response.key]
        assert response.log_probs == pytest.approx(alone.log_probs, abs=TOLERANCE)
        assert response.text == alone.text
        assert response.finish_reason is alone.finish_reason
        assert response.seconds is not None
    # Each worker holds the whole model: 135 million parameters of 4 bytes.
    assert memory.process > 2 * 135e6 * 4
