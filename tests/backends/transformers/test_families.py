"""Reuse of prefixes gives the reference's numbers for every kind of attention, or is not done at all.

The models are random and of a few thousand parameters; what they say means nothing, that both paths say the same does.
"""

import itertools
import shutil
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
import transformers
from accelerate import dispatch_model

from benchharness.backends.base import BackendOptions
from benchharness.backends.transformers.backend import TransformersBackend
from benchharness.backends.transformers.path_check import check_paths
from benchharness.errors import BenchharnessError
from benchharness.records import Request, Sampling
from benchharness.registry.models import resolve_model

from .conftest import answer, choose_request, generate_request

TINY: Mapping[str, Any] = {
    "vocab_size": 49152,
    "hidden_size": 32,
    "intermediate_size": 48,
    "num_hidden_layers": 4,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
    "head_dim": 8,
    "max_position_embeddings": 512,
    "pad_token_id": 2,
}
WEIGHT_SPREAD = 0.3
EXPERTS = {"num_experts": 4, "num_experts_per_tok": 2, "moe_intermediate_size": 16}
WINDOW = {"sliding_window": 8}
CHUNKS = {"attention_chunk_size": 16, "num_experts_per_tok": 1}
LATENT = {
    "num_key_value_heads": 4,
    "kv_lora_rank": 16,
    "q_lora_rank": 16,
    "qk_rope_head_dim": 8,
    "qk_nope_head_dim": 8,
    "v_head_dim": 8,
}
SPARSE = {"n_routed_experts": 4, "num_experts_per_tok": 2, "n_group": 1, "topk_group": 1, "first_k_dense_replace": 1}
LINEAR = {"linear_num_key_heads": 2, "linear_num_value_heads": 4, "linear_key_head_dim": 8, "linear_value_head_dim": 8}

FAMILIES: Mapping[str, tuple[str, dict[str, Any], bool]] = {
    "Llama, Yi": ("LlamaConfig", {}, True),
    "Qwen2": ("Qwen2Config", {}, True),
    "Qwen3": ("Qwen3Config", {}, True),
    "Qwen3-MoE": ("Qwen3MoeConfig", EXPERTS, True),
    "GLM-4": ("GlmConfig", {}, True),
    "GLM-4-0414": ("Glm4Config", {}, True),
    "Phi-3": ("Phi3Config", {}, True),
    "Gemma": ("GemmaConfig", {}, True),
    "Gemma 2": ("Gemma2Config", {**WINDOW, "query_pre_attn_scalar": 8}, True),
    "Gemma 3": ("Gemma3TextConfig", {**WINDOW, "query_pre_attn_scalar": 8}, True),
    "Mistral with a window": ("MistralConfig", WINDOW, True),
    "Qwen2 with a window": ("Qwen2Config", {**WINDOW, "use_sliding_window": True, "max_window_layers": 2}, True),
    "Cohere, scaled logits": ("CohereConfig", {"logit_scale": 0.5}, True),
    "Granite, scaled logits": ("GraniteConfig", {"logits_scaling": 3.0}, True),
    "DeepSeek-V3, latent attention": ("DeepseekV3Config", {**LATENT, **SPARSE}, True),
    "GPT-OSS, sinks and windows": ("GptOssConfig", {**WINDOW, "num_local_experts": 4, "num_experts_per_tok": 2}, True),
    "Llama 4, chunks": ("Llama4TextConfig", {**CHUNKS, "num_local_experts": 2, "intermediate_size_mlp": 48}, False),
    "Qwen3-Next, linear attention": ("Qwen3NextConfig", {**EXPERTS, **LINEAR}, False),
    "GPT-Neo, local attention": (
        "GPTNeoConfig",
        {"attention_types": [[["global", "local"], 2]], "num_layers": 4},
        False,
    ),
    "Mamba": ("MambaConfig", {"state_size": 4}, False),
    "Falcon-H1, hybrid": ("FalconH1Config", {"mamba_d_ssm": 32, "mamba_n_heads": 4, "mamba_d_head": 8}, False),
}


def open_family(name: str, directory: Path, smollm2: Path) -> tuple[TransformersBackend, TransformersBackend]:
    config_name, changes, _ = FAMILIES[name]
    torch.manual_seed(0)
    config = getattr(transformers, config_name)(**{**TINY, **changes})
    model = transformers.AutoModelForCausalLM.from_config(config)
    for module in model.modules():
        # As they are made, weights are so small that attention hardly matters, and no error in it would show.
        if isinstance(module, torch.nn.Linear | torch.nn.Embedding):
            torch.nn.init.normal_(module.weight, std=WEIGHT_SPREAD)
    model.save_pretrained(directory)
    for file in ("tokenizer.json", "tokenizer_config.json"):
        shutil.copy(smollm2 / file, directory)
    reference = resolve_model(str(directory))
    reuse, whole = (
        TransformersBackend(reference, BackendOptions(device="cpu", dtype="float32", prefix_reuse=wanted))
        for wanted in (True, False)
    )
    return reuse, whole


def tokens(length: int, seed: int) -> list[int]:
    generator = torch.Generator().manual_seed(seed)
    return torch.randint(100, 40000, (length,), generator=generator).tolist()


def requests() -> list[Request]:
    """Shots shared by all, a passage shared by some, and options of one token and of several."""
    shots, passage = tokens(60, 1), tokens(40, 2)
    letters = [[65], [66], [67]]
    texts = [tokens(length, 10 + length) for length in (1, 2, 5)]
    prompts = [
        [*shots, *middle, *tokens(3 + n, 20 + n)] for n, middle in enumerate(([], [], passage, passage, passage))
    ]
    chosen = [
        choose_request(f"{kind} {n}", prompt, options)
        for (kind, options), (n, prompt) in itertools.product(
            (("letters", letters), ("texts", texts)), enumerate(prompts)
        )
    ]
    return chosen + [generate_request(f"text {n}", p, Sampling(max_new_tokens=6)) for n, p in enumerate(prompts)]


@pytest.mark.parametrize("name", FAMILIES)
def test_reuse_agrees_with_the_reference_or_is_refused(name: str, tmp_path: Path, smollm2: Path) -> None:
    reuse, whole = open_family(name, tmp_path, smollm2)
    reusable = FAMILIES[name][2]
    assert (reuse.facts.numerics["prefix_reuse"] == "on") is reusable
    assert whole.facts.numerics["prefix_reuse"] == "off: not wanted"
    asked = requests()
    ours, theirs = answer(reuse, asked), answer(whole, asked)
    computed = [sum(response.computed_tokens for response in side.values()) for side in (ours, theirs)]
    assert (computed[0] < computed[1] / 3) is reusable
    for request in asked:
        assert ours[request.key].log_probs == pytest.approx(theirs[request.key].log_probs, abs=1e-3)
        assert ours[request.key].text == theirs[request.key].text


@pytest.mark.parametrize("name", FAMILIES)
def test_the_reference_reads_every_row_as_if_it_were_alone(name: str, tmp_path: Path, smollm2: Path) -> None:
    _, whole = open_family(name, tmp_path, smollm2)
    asked = [request for request in requests() if request.continuations]
    together = answer(whole, asked)
    model = whole.model
    for request in asked[::3]:
        for value, continuation in zip(together[request.key].log_probs, request.continuations, strict=True):
            with torch.inference_mode():
                row = torch.tensor([[*request.prompt.tokens, *continuation.tokens]])
                log_probs = model(row).logits[0].log_softmax(dim=-1)
            begin = len(request.prompt.tokens) - 1
            expected = sum(float(log_probs[begin + n, token]) for n, token in enumerate(continuation.tokens))
            assert value == pytest.approx(expected, abs=1e-3)


@pytest.mark.parametrize("name", ["Llama, Yi", "Gemma 3"])
def test_a_model_that_accelerate_spreads_gives_the_same(name: str, tmp_path: Path, smollm2: Path) -> None:
    reuse, _ = open_family(name, tmp_path, smollm2)
    asked = requests()
    expected = answer(reuse, asked)
    model = reuse.model
    places = {"model.embed_tokens": "cpu", "model.norm": "cpu", "model.rotary_emb": "cpu", "lm_head": "cpu"}
    places |= {f"model.layers.{number}": "cpu" for number in range(TINY["num_hidden_layers"])}
    # As over several GPUs: every part is wrapped, and takes its inputs to where it lies.
    dispatch_model(model, places, main_device="cpu", force_hooks=True)
    assert "forward" in model.get_output_embeddings().__dict__
    wrapped = model.get_output_embeddings().forward
    found = answer(reuse, asked)
    assert model.get_output_embeddings().forward is wrapped
    for request in asked:
        assert found[request.key].log_probs == pytest.approx(expected[request.key].log_probs, abs=1e-5)
        assert found[request.key].text == expected[request.key].text


def test_the_tokens_of_every_prefix_are_counted(tmp_path: Path, smollm2: Path) -> None:
    reuse, _ = open_family("Llama, Yi", tmp_path, smollm2)
    shots, first, second = tokens(60, 1), tokens(40, 2), tokens(40, 3)
    prompts = [[*shots, *passage, *tokens(5, n)] for n, passage in enumerate((first, first, second, second))]
    asked = [choose_request(str(n), prompt, [[65], [66]]) for n, prompt in enumerate(prompts)]
    computed = sum(response.computed_tokens for response in answer(reuse, asked).values())
    assert computed == 60 + 2 * 40 + 4 * 5


def test_a_wrong_position_or_mask_would_be_seen(tmp_path: Path, smollm2: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    reuse, whole = open_family("Llama, Yi", tmp_path, smollm2)
    asked = [request for request in requests() if request.continuations]
    expected = answer(whole, asked)
    model = reuse.model
    forward = type(model).forward

    def shifted(model: Any, **inputs: Any) -> Any:
        doubled = {"position_ids": inputs["position_ids"] * 2} if "position_ids" in inputs else {}
        return forward(model, **{**inputs, **doubled})

    def unmasked(model: Any, **inputs: Any) -> Any:
        mask = inputs.get("attention_mask")
        # The reference masks padding alone, by a mask of two dimensions.
        seen = {"attention_mask": torch.zeros_like(mask)} if mask is not None and mask.ndim == 4 else {}
        return forward(model, **{**inputs, **seen})

    for broken in (shifted, unmasked):
        monkeypatch.setattr(model, "forward", broken.__get__(model))
        found = answer(reuse, [replace(request) for request in asked])
        worst = max(
            abs(one - two)
            for request in asked
            for one, two in zip(found[request.key].log_probs, expected[request.key].log_probs, strict=True)
        )
        assert worst > 0.1
        with pytest.raises(BenchharnessError, match="--no-prefix-reuse"):
            check_paths(model, model.device, reuse=True, chunk=0)
