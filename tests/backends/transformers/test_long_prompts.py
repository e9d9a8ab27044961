"""Long prompts: read in chunks they give what they give when read whole, and nothing of them but the cache is whole."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
import torch
import transformers
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.utils._python_dispatch import TorchDispatchMode

from benchharness.backends.base import BackendOptions
from benchharness.backends.transformers.alone import score_alone
from benchharness.backends.transformers.backend import TransformersBackend
from benchharness.backends.transformers.engine import LOGIT_BYTES, Engine
from benchharness.backends.transformers.path_cache import PathCache
from benchharness.backends.transformers.prefixes import shared_prefixes
from benchharness.backends.transformers.reading import read_in_chunks
from benchharness.errors import InputError
from benchharness.records import FinishReason, Request, Sampling
from benchharness.registry.models import resolve_model

from .conftest import answer, choose_request, generate_request
from .test_families import FAMILIES, open_family, tokens

REUSABLE = [name for name, (_, _, reusable) in FAMILIES.items() if reusable]
TOLERANCE = 1e-3


def open_chunked(directory: Path, chunk: int, **options: Any) -> TransformersBackend:
    given = BackendOptions(device="cpu", dtype="float32", extra={"prefill_chunk": str(chunk)}, **options)
    return TransformersBackend(resolve_model(str(directory)), given)


def long_requests() -> list[Request]:
    """Long prompts alone and on a passage, options of one token, of several and of more than a chunk, and texts."""
    passage = tokens(70, 1)
    prompts = [tokens(101, 2), [*passage, *tokens(50, 3)], [*passage, *tokens(4, 4)], tokens(3, 5)]
    options: dict[str, list[list[int]]] = {
        "letters": [[65], [66], [67]],
        "texts": [tokens(length, 10 + length) for length in (1, 2, 5)],
        "long texts": [tokens(length, 30 + length) for length in (45, 1, 17)],
    }
    chosen = [choose_request(f"{kind} {n}", p, given) for kind, given in options.items() for n, p in enumerate(prompts)]
    return chosen + [generate_request(f"text {n}", p, Sampling(max_new_tokens=6)) for n, p in enumerate(prompts)]


@pytest.mark.parametrize("name", REUSABLE)
def test_chunks_give_what_whole_prompts_give(name: str, tmp_path: Path, smollm2: Path) -> None:
    _, whole = open_family(name, tmp_path, smollm2)
    asked = long_requests()
    expected = answer(whole, asked)
    # With few tokens to a batch every text is generated alone; with many, beside others.
    for batch_tokens in (16, 4096):
        chunked = open_chunked(tmp_path, 16, batch_tokens=batch_tokens)
        assert chunked.facts.numerics["prefill_chunk"] == "16"
        found = answer(chunked, asked)
        for request in asked:
            assert found[request.key].log_probs == pytest.approx(expected[request.key].log_probs, abs=TOLERANCE)
            assert found[request.key].text == expected[request.key].text


@settings(deadline=None, max_examples=25)
@given(
    length=st.integers(1, 90), chunk=st.integers(0, 40), kept=st.integers(0, 40), name=st.sampled_from(["full", "both"])
)
def test_any_chunks_on_any_prefix_give_the_same_logits(length: int, chunk: int, kept: int, name: str) -> None:
    model = MODELS[name]
    prompt = tokens_below(300, length + kept, seed=length)
    with torch.inference_mode():
        expected = model(input_ids=torch.tensor([prompt]), use_cache=False).logits[0, -1]
        path = PathCache()
        if kept:
            path.hold(0, kept + 10)
            # Something else after the prefix, which is dropped.
            read_in_chunks(model, path, [*prompt[:kept], *range(10)], chunk, scored=False)
        path.hold(kept, kept + length)
        found = read_in_chunks(model, path, prompt[kept:], chunk, scored=True)[0]
        assert path.length == kept + length
    torch.testing.assert_close(found, expected, atol=1e-3, rtol=1e-4)


def tokens_below(vocabulary: int, length: int, seed: int) -> list[int]:
    generator = torch.Generator().manual_seed(seed)
    drawn: list[int] = torch.randint(0, vocabulary, (length,), generator=generator).tolist()
    return drawn


def small_model(config: Any, seed: int = 0) -> Any:
    torch.manual_seed(seed)
    model = transformers.AutoModelForCausalLM.from_config(config, dtype=torch.float32).eval()
    for module in model.modules():
        if isinstance(module, torch.nn.Linear | torch.nn.Embedding):
            torch.nn.init.normal_(module.weight, std=0.3)
    return model


SHAPE: dict[str, Any] = {
    "vocab_size": 300,
    "hidden_size": 32,
    "intermediate_size": 48,
    "num_hidden_layers": 4,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
    "head_dim": 8,
    "max_position_embeddings": 16384,
}
MODELS = {
    "full": small_model(transformers.Qwen3Config(**SHAPE)),
    "both": small_model(transformers.Gemma3TextConfig(**SHAPE, sliding_window=8, query_pre_attn_scalar=8)),
}


class LargestTensor(TorchDispatchMode):
    """Notes the largest tensor that any operation makes, views apart."""

    def __init__(self) -> None:
        super().__init__()
        self.bytes: int = 0

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        made = func(*args, **(kwargs or {}))
        for part in made if isinstance(made, tuple | list) else [made]:
            if isinstance(part, torch.Tensor):
                self.bytes = max(self.bytes, part.untyped_storage().nbytes())
        return made


WIDE = {**SHAPE, "vocab_size": 2000, "intermediate_size": 512, "num_hidden_layers": 2}
CHUNK = 64
MODEL = small_model(transformers.LlamaConfig(**WIDE))


def largest_tensor(model: Any, request: Request, chunk: int) -> int:
    class Tokenizer:
        class inner:
            pad_token_id = 0

        @staticmethod
        def decode(tokens: Sequence[int]) -> str:
            return " ".join(map(str, tokens))

    engine = Engine(model, Tokenizer(), frozenset(), reuse=True, chunk=chunk)  # type: ignore[arg-type]
    with LargestTensor() as largest:
        [response] = engine.answer([request], 8192)
    assert response.finish_reason is not FinishReason.ERROR
    found: int = largest.bytes
    return found


@pytest.mark.parametrize("kind", ["choose", "generate"])
@pytest.mark.parametrize("length", [4096, 8192])
def test_only_the_cache_of_a_long_prompt_is_whole(kind: str, length: int) -> None:
    prompt = tokens_below(2000, length, seed=1)
    request = (
        choose_request("long", prompt, [[5, 6, 7], [8, 9]])
        if kind == "choose"
        else generate_request("long", prompt, Sampling(max_new_tokens=3))
    )
    heads, size, inner, vocabulary = 4, 8, WIDE["intermediate_size"], WIDE["vocab_size"]
    embedding = 4 * vocabulary * WIDE["hidden_size"]
    # A layer's keys for all heads, and what a chunk comes to: no more than one of these.
    bound = max(4 * (length + 8) * heads * size, 4 * CHUNK * max(inner, length), embedding)
    chunked = largest_tensor(MODEL, request, CHUNK)
    assert chunked <= bound
    assert chunked < 4 * length * min(inner, vocabulary) / 4
    # As a check of the measure: read whole, the same prompt makes them all at once.
    assert largest_tensor(MODEL, request, 0) >= 4 * length * inner


def test_logits_of_one_giant_request_are_made_in_slices(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = 32
    monkeypatch.setitem(LOGIT_BYTES, "cpu", 4 * WIDE["vocab_size"] * rows)
    request = choose_request("long", tokens_below(2000, 300, 1), [tokens_below(2000, 900, 2), [3]])
    assert largest_tensor(MODEL, request, 0) <= max(4 * 1201 * WIDE["intermediate_size"], 4 * WIDE["vocab_size"] * rows)


def test_options_longer_than_a_chunk_are_scored_as_in_one_pass() -> None:
    request = choose_request("long", tokens_below(2000, 200, 1), [tokens_below(2000, n, n) for n in (130, 1, 3, 64)])
    for chunk, scored in ((0, 10_000), (50, 10_000), (50, 7), (0, 1)):
        [prefix] = shared_prefixes(MODEL, [request], chunk=chunk)
        found = score_alone(MODEL, prefix, request, chunk=chunk, most_scored=scored)
        for value, continuation in zip(found, request.continuations, strict=True):
            row = [*request.prompt.tokens, *continuation.tokens]
            with torch.inference_mode():
                log_probs = MODEL(torch.tensor([row])).logits[0].double().log_softmax(dim=-1)
            begin = len(request.prompt.tokens) - 1
            expected = sum(float(log_probs[begin + n, token]) for n, token in enumerate(continuation.tokens))
            assert value == pytest.approx(expected, abs=TOLERANCE)


def test_the_cache_of_a_prompt_lies_in_memory_once() -> None:
    path = PathCache()
    prompt = tokens_below(2000, 1000, 1)
    with torch.inference_mode():
        path.hold(0, 1010)
        read_in_chunks(MODEL, path, prompt[:900], CHUNK, scored=False)
        first = [layer.keys.data_ptr() for layer in path.layers]  # type: ignore[union-attr]
        read_in_chunks(MODEL, path, prompt[900:], CHUNK, scored=False)
        # A sibling on the same prefix takes the same place.
        path.hold(900, 1010)
        read_in_chunks(MODEL, path, tokens_below(2000, 100, 2), CHUNK, scored=False)
        assert [layer.keys.data_ptr() for layer in path.layers] == first  # type: ignore[union-attr]
        # What an empty path does not need is given back.
        path.hold(0, 20)
        assert all(layer.keys is None for layer in path.layers)  # type: ignore[union-attr]


@pytest.mark.parametrize("chunk", ["-1", "many", "", "1.5"])
def test_a_chunk_that_is_no_number_is_refused(smollm2: Path, chunk: str) -> None:
    with pytest.raises(InputError) as caught:
        TransformersBackend(resolve_model(str(smollm2)), BackendOptions(extra={"prefill_chunk": chunk}))
    assert "prefill_chunk" in caught.value.en
    assert "prefill_chunk" in caught.value.zh


@pytest.mark.parametrize(
    ("extra", "reuse", "said"),
    [({}, True, "2048"), ({"prefill_chunk": "0"}, True, "off: not wanted"), ({}, False, "off: not wanted")],
)
def test_facts_say_whether_prompts_are_chunked(smollm2: Path, extra: dict[str, str], reuse: bool, said: str) -> None:
    options = BackendOptions(device="cpu", prefix_reuse=reuse, extra=extra)
    backend = TransformersBackend(resolve_model(str(smollm2)), options)
    assert backend.facts.numerics["prefill_chunk"] == said


@pytest.mark.parametrize("name", ["Mamba", "Llama 4, chunks"])
def test_models_that_cannot_go_on_from_a_cache_say_so(name: str, tmp_path: Path, smollm2: Path) -> None:
    reuse, _ = open_family(name, tmp_path, smollm2)
    assert reuse.facts.numerics["prefill_chunk"].startswith("off: ")


@pytest.mark.slow
def test_a_real_model_reads_a_long_text_in_chunks(smollm2: Path, direct: Any) -> None:
    sentences = ["The river runs past the old mill. ", "老磨坊在河边，每天都有人来。", "Nobody knew who had built it. "]
    text = "".join(sentences[number % 3] + str(number * 7919 % 1000) for number in range(70))
    prompt = direct.tokenizer(text).input_ids
    options = [direct.tokenizer(f" {word}").input_ids for word in ("mill", "river bank", "nobody at all")]
    asked = [
        choose_request("choose", prompt, options),
        generate_request("generate", prompt, Sampling(max_new_tokens=12)),
    ]
    assert len(prompt) > 4 * 256
    found = answer(open_chunked(smollm2, 256, batch_tokens=1024), asked)
    expected = [direct.log_prob(prompt, option) for option in options]
    assert found["choose"].log_probs == pytest.approx(expected, abs=TOLERANCE)
    greedy = direct.greedy(prompt, 12)
    assert found["generate"].text == direct.tokenizer.decode(greedy, skip_special_tokens=True)
