"""What fits into memory, and what becomes of a run that does not."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
import torch
import transformers
from hypothesis import given, settings
from hypothesis import strategies as st

from benchharness.backends.base import BackendOptions
from benchharness.backends.transformers.backend import TransformersBackend
from benchharness.backends.transformers.batches import split_into_batches, tree_cost
from benchharness.backends.transformers.memory import (
    ENOUGH,
    Budget,
    answer_within_memory,
    memory_of_token,
    tokens_that_fit,
)
from benchharness.records import FinishReason, Request, Response, Sampling
from benchharness.registry.models import resolve_model

from .conftest import answer, choose_request, generate_request
from .test_families import open_family, tokens

LLAMA_3_8B = transformers.LlamaConfig(
    hidden_size=4096, intermediate_size=14336, num_hidden_layers=32, num_attention_heads=32, num_key_value_heads=8
)
QWEN2_7B = transformers.Qwen2Config(
    hidden_size=3584, intermediate_size=18944, num_hidden_layers=28, num_attention_heads=28, num_key_value_heads=4
)
DEEPSEEK_V3 = transformers.DeepseekV3Config()


@pytest.mark.parametrize(
    ("config", "cache"),
    [
        # 2 x 32 layers x 8 heads x 128 x 2 bytes: 128 KiB a token, as is commonly said of this model.
        (LLAMA_3_8B, 131072),
        (QWEN2_7B, 57344),
        # 61 layers x 128 heads x (128 + 64 + 128) x 2 bytes: transformers keeps latent attention expanded.
        (DEEPSEEK_V3, 4997120),
    ],
)
def test_keys_and_values_of_known_models(config: Any, cache: int) -> None:
    assert memory_of_token(config, 2).cache == cache
    assert memory_of_token(config, 4).cache == 2 * cache


def test_the_model_of_activations_covers_the_experts_a_token_goes_to() -> None:
    moe = transformers.Qwen3MoeConfig(num_experts_per_tok=8, moe_intermediate_size=4096)
    one = transformers.Qwen3MoeConfig(num_experts_per_tok=1, moe_intermediate_size=4096)
    assert memory_of_token(moe, 2).activations > memory_of_token(one, 2).activations


@given(st.integers(0, 2**38), st.integers(0, 2**38))
def test_more_memory_never_means_fewer_tokens(first: int, second: int) -> None:
    less, more = sorted((first, second))
    assert 1 <= tokens_that_fit(LLAMA_3_8B, 2, less, "cuda") <= tokens_that_fit(LLAMA_3_8B, 2, more, "cuda")
    assert tokens_that_fit(LLAMA_3_8B, 2, more, "cuda") <= ENOUGH["cuda"]


def test_a_large_model_on_a_full_gpu_gets_small_batches() -> None:
    assert tokens_that_fit(LLAMA_3_8B, 2, 2**30, "cuda") < ENOUGH["cuda"] / 4


@settings(max_examples=20, deadline=None)
@given(
    st.lists(st.integers(1, 300), min_size=1, max_size=12), st.integers(1, 2000), st.integers(1, 400), st.integers(0, 3)
)
def test_every_request_is_answered_once_whatever_fits(
    lengths: list[int], first: int, fits: int, answered_before: int
) -> None:
    requests = [choose_request(str(n), [7] * length, [[1], [2]]) for n, length in enumerate(lengths)]
    asked: list[str] = []

    def work(left: Sequence[Request], budget: int) -> Iterator[Response]:
        for batch in split_into_batches(left, budget, cost_of=tree_cost):
            needed = len(batch) * max(tree_cost(request).length for request in batch)
            if needed > fits and len(asked) >= answered_before:
                raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB.")
            for request in batch:
                asked.append(request.key)
                yield Response(request.key, FinishReason.CHOSEN)

    budget = Budget(first)
    responses = list(answer_within_memory(requests, budget, work))
    assert sorted(r.key for r in responses) == sorted(r.key for r in requests)
    assert len(asked) == len(set(asked))
    too_large = {request.key for request in requests if len(request.prompt.tokens) > fits}
    failed = {response.key for response in responses if response.finish_reason is FinishReason.ERROR}
    assert failed <= too_large
    assert answered_before or failed == too_large
    assert budget.first == first
    assert bool(failed) <= bool(budget.out_of_memory or first <= max(lengths))


def test_other_errors_are_not_taken_for_a_lack_of_memory() -> None:
    def work(left: Sequence[Request], budget: int) -> Iterator[Response]:
        raise RuntimeError("expected scalar type Float but found Half")
        yield

    with pytest.raises(RuntimeError, match="scalar type"):
        list(answer_within_memory([choose_request("a", [1], [[1]])], Budget(10), work))


@pytest.mark.parametrize("reuse", [True, False])
def test_a_run_goes_on_with_smaller_batches(tmp_path: Path, smollm2: Path, reuse: bool) -> None:
    open_family("Llama, Yi", tmp_path, smollm2)
    requests: list[Request] = []
    for n in range(12):
        requests.append(choose_request(f"options {n}", tokens(40 + n, n), [tokens(3, 50 + n), tokens(2, 70 + n)]))
        requests.append(generate_request(f"text {n}", tokens(40 + n, n), Sampling(max_new_tokens=4)))
    giant = choose_request("giant", tokens(400, 99), [[1], [2]])

    def open_backend() -> TransformersBackend:
        options = BackendOptions(device="cpu", dtype="float32", prefix_reuse=reuse)
        return TransformersBackend(resolve_model(str(tmp_path)), options)

    expected = answer(open_backend(), requests)
    backend = open_backend()
    model = backend.model
    forward = type(model).forward

    def limited(model: Any, **inputs: Any) -> Any:
        if inputs["input_ids"].numel() > 200:
            # More than any address space holds: the allocator itself refuses it.
            torch.empty(2**60, dtype=torch.uint8)
        return forward(model, **inputs)

    model.forward = limited.__get__(model)
    found = answer(backend, [*requests, giant])
    assert found["giant"].finish_reason is FinishReason.ERROR
    assert "out of memory" in (found["giant"].error or "")
    for request in requests:
        assert found[request.key].log_probs == pytest.approx(expected[request.key].log_probs, abs=1e-3)
        assert found[request.key].text == expected[request.key].text
    memory = backend.resource_use()
    assert memory.out_of_memory >= 2
    assert memory.batch_tokens == ENOUGH["cpu"]
