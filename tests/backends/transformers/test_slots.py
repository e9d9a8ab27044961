"""Continuous batching gives each request what it would be given alone, whatever else is in the batch."""

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from typing import Any

import pytest
import torch
import transformers
from hypothesis import given, settings
from hypothesis import strategies as st

from benchharness.backends.transformers.batches import split_into_batches
from benchharness.backends.transformers.generate import Generated, generate_rows
from benchharness.backends.transformers.path_cache import PathCache
from benchharness.backends.transformers.peaks import PeakWatch
from benchharness.backends.transformers.prefixes import SharedPrefix, shared_prefixes
from benchharness.backends.transformers.slot_cache import SlotCache
from benchharness.backends.transformers.slots import Finished, generate_in_slots, room_of
from benchharness.records import Request, Sampling

from .conftest import Direct, generate_request
from .test_families import FAMILIES, TINY, WEIGHT_SPREAD

CPU = torch.device("cpu")
VOCABULARY = 300
END_TOKENS = frozenset(range(20, 40))
RARE_END_TOKENS = frozenset(range(7, 12))
FULL_BUDGET = 8192
CHUNK = 2048
NAMES = (
    "Llama, Yi",
    "Qwen3",
    "Qwen3-MoE",
    "GLM-4",
    "GLM-4-0414",
    "Gemma 2",
    "Gemma 3",
    "Mistral with a window",
    "Qwen2 with a window",
)


@cache
def tiny_model(name: str) -> Any:
    """A random model whose weights are so large that an error in attention changes what it says."""
    config_name, changes, _ = FAMILIES[name]
    torch.manual_seed(0)
    config = getattr(transformers, config_name)(**{**TINY, **changes, "vocab_size": VOCABULARY})
    model = transformers.AutoModelForCausalLM.from_config(config, dtype=torch.float32).eval()
    for module in model.modules():
        if isinstance(module, torch.nn.Linear | torch.nn.Embedding):
            torch.nn.init.normal_(module.weight, std=WEIGHT_SPREAD)
    model.generation_config = transformers.GenerationConfig()
    return model


def words(tokens: Sequence[int]) -> str:
    return "".join(f" {token}" for token in tokens)


def draw(length: int, seed: int) -> list[int]:
    generator = torch.Generator().manual_seed(seed)
    return torch.randint(20, VOCABULARY, (length,), generator=generator).tolist()


def mixed_requests() -> list[Request]:
    """Prompts with shots that most share, a passage that some share and ends of 1 to 40 tokens; limits of 1 to 24."""
    shots, passage = draw(50, 1), draw(40, 2)
    return [
        generate_request(
            str(number),
            [*(shots if number % 5 else []), *(passage if number % 3 == 0 else []), *draw(1 + 7 * number % 40, number)],
            Sampling(
                max_new_tokens=1 + 5 * number % 24,
                temperature=0.8 if number % 4 == 0 else 0.0,
                seed=number,
                stop=(" 77", " 12") if number % 2 else (),
            ),
        )
        for number in range(24)
    ]


@contextmanager
def counted_passes(model: Any) -> Iterator[list[int]]:
    """Count the sequences of each forward pass."""
    rows: list[int] = []
    handle = model.register_forward_pre_hook(
        lambda _, given, inputs: rows.append(len(inputs["input_ids"])), with_kwargs=True
    )
    try:
        yield rows
    finally:
        handle.remove()


def alone(model: Any, request: Request) -> Generated:
    [produced], _ = generate_rows(model, [request], CPU, end_tokens=END_TOKENS, padding=2, decode=words)
    return produced


def in_slots(
    model: Any, requests: Sequence[Request], budget: int, end_tokens: frozenset[int] = END_TOKENS, chunk: int = CHUNK
) -> list[Finished]:
    prefixes = shared_prefixes(model, requests, chunk=chunk)
    return list(
        generate_in_slots(
            model,
            prefixes,
            CPU,
            token_budget=budget,
            chunk=chunk,
            end_tokens=end_tokens,
            decode=words,
            watch=PeakWatch(CPU),
        )
    )


@pytest.mark.parametrize("name", NAMES)
def test_slots_give_what_each_request_gives_alone(name: str) -> None:
    model = tiny_model(name)
    requests = mixed_requests()
    expected = {request.key: alone(model, request) for request in requests}
    assert len({produced.ended for produced in expected.values()}) == 2
    assert {len(produced.tokens) for produced in expected.values()} > {1, 2, 3}
    for budget in (1, 400, FULL_BUDGET):
        finished = in_slots(model, requests, budget)
        assert Counter(end.request.key for end in finished) == Counter(list(expected))
        assert {end.request.key: end.produced for end in finished} == expected


def test_mixed_answers_take_fewer_passes_than_batches_that_wait_for_the_longest() -> None:
    model = tiny_model("Llama, Yi")
    # The limit is the same; only what the model says ends a text.
    requests = [
        generate_request(str(number), draw(20, number), Sampling(max_new_tokens=60, temperature=2.0, seed=number))
        for number in range(32)
    ]
    budget = 8 * 80
    with counted_passes(model) as static:
        for batch in split_into_batches(requests, budget):
            generate_rows(model, batch, CPU, end_tokens=RARE_END_TOKENS, padding=2, decode=words)
    with counted_passes(model) as ours:
        finished = in_slots(model, requests, budget, RARE_END_TOKENS)
    lengths = [len(end.produced.tokens) for end in finished]
    assert min(lengths) < 20
    assert max(lengths) > 40
    assert max(ours) == 8
    # A slot that is free is filled again: seldom are fewer at work.
    generated = sum(lengths)
    assert generated / sum(ours) > 0.9
    assert len(ours) < 0.85 * len(static)


def test_what_is_sampled_does_not_depend_on_the_batch() -> None:
    model = tiny_model("Qwen3")
    warm = [
        generate_request(str(number), draw(9, 3), Sampling(max_new_tokens=12, temperature=1.5, top_p=0.9, seed=number))
        for number in range(6)
    ]
    greedy = generate_request("greedy", draw(9, 3), Sampling(max_new_tokens=12))
    together = {end.request.key: end.produced for end in in_slots(model, [greedy, *warm], FULL_BUDGET)}
    few = {end.request.key: end.produced for end in in_slots(model, [*warm[::-1], greedy], 2 * 21)}
    assert together == few
    assert all(together[request.key] == alone(model, request) for request in [greedy, *warm])
    assert len(set(together.values())) > 4


def test_tokens_of_a_shared_prefix_are_computed_once() -> None:
    model = tiny_model("Llama, Yi")
    shots, first, second = draw(60, 1), draw(40, 2), draw(40, 3)
    prompts = [[*shots, *passage, *draw(5, 10 + n)] for n, passage in enumerate((first, first, second, second))]
    requests = [generate_request(str(n), prompt, Sampling(max_new_tokens=3)) for n, prompt in enumerate(prompts)]
    computed = [len(end.request.prompt.tokens) - end.shared for end in in_slots(model, requests, FULL_BUDGET)]
    assert sum(computed) == 60 + 2 * 40 + 4 * 5
    assert min(computed) == 5


def test_a_request_is_yielded_when_it_ends() -> None:
    model = tiny_model("Llama, Yi")
    requests = [generate_request(str(n), draw(9, n), Sampling(max_new_tokens=limit)) for n, limit in enumerate((30, 2))]
    with counted_passes(model) as passes:
        found = generate_in_slots(
            model,
            [SharedPrefix(0, 0, PathCache(), tuple(requests))],
            CPU,
            token_budget=400,
            chunk=CHUNK,
            end_tokens=frozenset(),
            decode=words,
            watch=PeakWatch(CPU),
        )
        first = next(found)
        assert (first.request.key, first.together) == ("1", 2)
        assert len(passes) == 2
        second = next(found)
        assert (second.request.key, second.together) == ("0", 1)
        assert not list(found)


@pytest.mark.parametrize("name", ["Llama, Yi", "Gemma 3"])
def test_a_long_prompt_is_read_in_parts(name: str) -> None:
    model = tiny_model(name)
    shots = draw(40, 1)
    prompts = [draw(150, 2), draw(32, 3), [*shots, *draw(70, 4)], [*shots, *draw(3, 5)]]
    requests = [generate_request(str(n), prompt, Sampling(max_new_tokens=8)) for n, prompt in enumerate(prompts)]
    found = {end.request.key: end.produced for end in in_slots(model, requests, FULL_BUDGET, chunk=32)}
    assert found == {request.key: alone(model, request) for request in requests}


@settings(deadline=None, max_examples=30)
@given(
    asked=st.lists(st.tuples(st.integers(0, 2), st.integers(1, 40), st.integers(1, 12)), min_size=1, max_size=12),
    budget=st.integers(1, 600),
)
def test_every_request_is_answered_once_as_if_it_were_alone(asked: list[tuple[int, int, int]], budget: int) -> None:
    model = tiny_model("Mistral with a window")
    requests = [
        generate_request(
            str(number),
            [*draw(35, 1)[: 35 * min(shared, 1)], *draw(35, 2)[: 35 * (shared // 2)], *draw(length, 9 + number)],
            Sampling(max_new_tokens=limit),
        )
        for number, (shared, length, limit) in enumerate(asked)
    ]
    with counted_passes(model) as rows:
        finished = in_slots(model, requests, budget)
    assert Counter(end.request.key for end in finished) == Counter(request.key for request in requests)
    assert max(rows) <= max(1, budget // min(map(room_of, requests)))
    for end in finished:
        assert end.produced == alone(model, end.request)


@settings(deadline=None)
@given(st.data())
def test_room_for_keys_and_values_keeps_to_the_budget(data: st.DataObject) -> None:
    budget = 1000
    kept = SlotCache()
    held: list[float] = []
    with torch.inference_mode():
        for mark in range(1, data.draw(st.integers(1, 8)) + 1):
            longest = data.draw(st.integers(20, 400))
            rows = data.draw(st.integers(1, max(1, budget // longest)))
            while held and (len(held) + rows) * longest > budget:
                slot = data.draw(st.integers(0, len(held) - 1))
                kept.release(slot)
                held[slot] = held[-1]
                held.pop()
            kept.reserve(len(held) + rows, data.draw(st.integers(10, 20)), longest=longest, token_budget=budget)
            states = torch.full((1, 2, 10, 4), float(mark))
            kept.occupy(rows, transformers.DynamicCache([(states, states)]))
            held += [float(mark)] * rows
            kept.aim(0, len(held), torch.full((len(held), 1), 9), 10)
            new = torch.tensor(held)[:, None, None, None].expand(-1, 2, 1, 4)
            keys, values = kept.update(new, -new, 0)
            assert keys[:, 0, :, 0].tolist() == [[mark] * 10 for mark in held]
            assert values[:, 0, :, 0].tolist() == [[*[mark] * 9, -mark] for mark in held]
            layer: Any = kept.layers[0]
            assert layer._held[0].shape[0] * layer._held[0].shape[2] <= max(budget, longest)
            values.copy_(keys)


@pytest.mark.parametrize("texts", [["从前有一只小狗。小狗", "中国的首都是"], ["Once upon a time", "The capital of"]])
def test_a_real_model_says_what_it_says_alone(direct: Direct, texts: list[str]) -> None:
    def decode(tokens: Sequence[int]) -> str:
        decoded: str = direct.tokenizer.decode(list(tokens), skip_special_tokens=True)
        return decoded

    prompts = [direct.tokenizer(text).input_ids for text in texts]
    requests = [
        generate_request(f"{n} {limit}", prompt, Sampling(max_new_tokens=limit))
        for n, prompt in enumerate(prompts)
        for limit in (2, 8)
    ]
    end_tokens = frozenset([direct.tokenizer.eos_token_id])
    with torch.inference_mode():
        prefixes = shared_prefixes(direct.model, requests, chunk=CHUNK)
        found = list(
            generate_in_slots(
                direct.model,
                prefixes,
                CPU,
                token_budget=40,
                chunk=CHUNK,
                end_tokens=end_tokens,
                decode=decode,
                watch=PeakWatch(CPU),
            )
        )
    assert len(found) == len(requests)
    for end in found:
        assert end.request.sampling is not None
        expected = direct.greedy(end.request.prompt.tokens, end.request.sampling.max_new_tokens)
        assert list(end.produced.tokens) == expected
