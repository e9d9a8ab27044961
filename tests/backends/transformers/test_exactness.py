"""The backend gives the numbers that the model gives without it, in both languages."""

from dataclasses import replace

import pytest

from benchharness.backends.transformers.backend import TransformersBackend
from benchharness.backends.transformers.batches import cost, split_into_batches, tree_cost
from benchharness.records import FinishReason, Language, Request
from benchharness.registry.catalogue import select_task
from benchharness.runs.execute import QueueSource
from benchharness.runs.plan import Conventions, Planner
from benchharness.tasks.items import load_groups

from .conftest import Direct, answer

TOLERANCE = 1e-3


def smoke_requests(backend: TransformersBackend, task: str, limit: int, *, shots: int = 0) -> list[Request]:
    conventions = Conventions("chat", shots=shots, shots_as="turns", thinking=False, reasons=False, reasoning_tokens=0)
    planner = Planner(backend.tokenizer, conventions, identity="test", context_length=None, seed=0)
    groups = load_groups([select_task(task)], tuple(Language), limit=limit, seed=0, data_root=None)
    return list(planner.plan(groups).requests())


@pytest.mark.parametrize(("task", "limit"), [("knowledge", 12), ("completion", 8)])
def test_batched_log_probs_equal_those_of_a_direct_pass(
    backend: TransformersBackend, direct: Direct, task: str, limit: int
) -> None:
    requests = smoke_requests(backend, task, limit)
    assert {request.language for request in requests} == set(Language)
    responses = answer(backend, requests)
    assert len(responses) == 2 * limit
    for request in requests:
        prompt = request.prompt.tokens
        expected = [direct.log_prob(prompt, continuation.tokens) for continuation in request.continuations]
        assert responses[request.key].log_probs == pytest.approx(expected, abs=TOLERANCE)
        assert responses[request.key].finish_reason is FinishReason.CHOSEN


def test_log_probs_do_not_depend_on_the_batch(backend: TransformersBackend, reference: TransformersBackend) -> None:
    requests = smoke_requests(backend, "completion", 5) + smoke_requests(backend, "knowledge", 5, shots=2)
    batched = answer(backend, requests)
    for response in reference.run(QueueSource(requests)):
        assert response.batch_size == 1
        assert batched[response.key].log_probs == pytest.approx(response.log_probs, abs=TOLERANCE)


def test_batched_generation_gives_the_same_text_as_one_by_one(
    backend: TransformersBackend, reference: TransformersBackend, direct: Direct
) -> None:
    requests = [
        replace(request, sampling=replace(request.sampling, max_new_tokens=24, stop=()))
        for request in smoke_requests(backend, "arithmetic", 20)
        if request.sampling is not None
    ]
    assert len(requests) == 40
    batched = answer(backend, requests)
    assert max(response.batch_size for response in batched.values()) > 8
    for response in reference.run(QueueSource(requests)):
        assert response.batch_size == 1
        assert batched[response.key].text == response.text
        assert batched[response.key].generated_tokens == response.generated_tokens
    for request in requests[::8]:
        tokens = direct.greedy(request.prompt.tokens, 24)
        assert batched[request.key].text == direct.tokenizer.decode(tokens, skip_special_tokens=True)


def test_computed_tokens_leave_padding_out(backend: TransformersBackend, reference: TransformersBackend) -> None:
    letters = smoke_requests(backend, "knowledge", 3)
    for request in letters:
        response = answer(reference, [request])[request.key]
        assert response.computed_tokens == len(request.prompt.tokens) == response.prompt_tokens
    texts = smoke_requests(backend, "completion", 1)[0]
    rows = [len(texts.prompt.tokens) + len(continuation.tokens) - 1 for continuation in texts.continuations]
    assert answer(reference, [texts])[texts.key].computed_tokens == sum(rows)
    tails = sum(len(continuation.tokens) - 1 for continuation in texts.continuations)
    assert answer(backend, [texts])[texts.key].computed_tokens == len(texts.prompt.tokens) + tails


def test_what_prompts_begin_with_is_computed_once(backend: TransformersBackend) -> None:
    for task in ("knowledge", "arithmetic"):
        requests = [r for r in smoke_requests(backend, task, 6, shots=1) if r.language is Language.ZH][:6]
        prompts = [request.prompt.tokens for request in requests]
        shared = next(n for n, column in enumerate(zip(*prompts, strict=False)) if len(set(column)) > 1)
        computed = sum(response.computed_tokens for response in answer(backend, requests).values())
        assert computed <= shared + sum(len(prompt) - shared for prompt in prompts)
        assert computed < sum(map(len, prompts)) / 2


@pytest.mark.parametrize("budget", [1, 300, 1000, 100_000])
@pytest.mark.parametrize("task", ["completion", "arithmetic", "knowledge"])
def test_batches_hold_every_request_once_and_keep_to_the_budget(
    backend: TransformersBackend, task: str, budget: int
) -> None:
    requests = smoke_requests(backend, task, 4)
    for cost_of in (cost, tree_cost):
        batches = list(split_into_batches(requests, budget, cost_of=cost_of, most_scored=40))
        assert sorted(r.key for batch in batches for r in batch) == sorted(r.key for r in requests)
        for batch in batches:
            costs = [cost_of(request) for request in batch]
            lengths = [of_request.length for of_request in costs]
            if len(batch) > 1:
                assert sum(of_request.rows for of_request in costs) * max(lengths) <= budget
                assert sum(of_request.scored for of_request in costs) <= 40
        if budget == 1:
            assert all(len(batch) == 1 for batch in batches)


def test_what_a_request_takes_in_a_batch(backend: TransformersBackend) -> None:
    texts = smoke_requests(backend, "completion", 1)[0]
    prompt = len(texts.prompt.tokens)
    lengths = [len(continuation.tokens) for continuation in texts.continuations]
    assert max(lengths) > 1
    assert cost(texts) == (len(lengths), prompt + max(lengths) - 1, len(lengths) * max(lengths))
    after_first = sum(lengths) - len(lengths)
    assert tree_cost(texts) == (1, prompt + after_first, 1 + after_first)
    letters = smoke_requests(backend, "knowledge", 1)[0]
    assert cost(letters) == tree_cost(letters) == (1, len(letters.prompt.tokens), 1)
