"""RoPE scaling that the user asks for: what it makes of a configuration, and of the model."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
import torch
import transformers
from hypothesis import given
from hypothesis import strategies as st

from benchharness.backends.base import BackendOptions
from benchharness.backends.transformers.backend import TransformersBackend
from benchharness.backends.transformers.rope import RopeScaling, read_scaling, rope_kinds, scale_rope
from benchharness.errors import InputError
from benchharness.registry.models import resolve_model

from .conftest import answer, choose_request

LLAMA3 = {
    "rope_type": "llama3",
    "factor": 8.0,
    "low_freq_factor": 1.0,
    "high_freq_factor": 4.0,
    "original_max_position_embeddings": 8192,
}


@pytest.mark.parametrize(
    ("config", "asked", "window"),
    [
        (transformers.LlamaConfig(max_position_embeddings=2048), "yarn:4", 8192),
        (transformers.LlamaConfig(max_position_embeddings=2048), "linear:2", 4096),
        (transformers.LlamaConfig(max_position_embeddings=2048), "dynamic:1.5", 3072),
        (transformers.Qwen2Config(max_position_embeddings=32768), "yarn:4", 131072),
        # The model's own scaling with another factor.
        (transformers.GptOssConfig(), "yarn:64", 262144),
        (transformers.LlamaConfig(max_position_embeddings=131072, rope_parameters=LLAMA3), "llama3:16", 262144),
    ],
)
def test_the_window_grows_and_the_rest_of_the_parameters_stays(config: Any, asked: str, window: int) -> None:
    before = dict(config.rope_parameters)
    scaling = read_scaling(BackendOptions(extra={"rope_scaling": asked}))
    assert scaling is not None
    assert str(scaling) == asked
    assert scale_rope(config, scaling) == window
    after = dict(config.rope_parameters)
    assert (after["rope_type"], after["factor"]) == scaling
    assert {name: after[name] for name in before if name not in ("rope_type", "factor")} == {
        name: value for name, value in before.items() if name not in ("rope_type", "factor")
    }
    config.validate_rope()


def test_yarn_is_that_of_transformers_by_its_own_configuration() -> None:
    ours = transformers.Qwen2Config(max_position_embeddings=1024, hidden_size=64, num_attention_heads=4)
    scale_rope(ours, RopeScaling("yarn", 4.0))
    given = {"rope_type": "yarn", "factor": 4.0, "original_max_position_embeddings": 1024, "rope_theta": 10000.0}
    theirs = transformers.Qwen2Config(
        max_position_embeddings=4096, hidden_size=64, num_attention_heads=4, rope_parameters=given
    )
    make = transformers.modeling_rope_utils.ROPE_INIT_FUNCTIONS["yarn"]
    (found, factor), (expected, expected_factor) = make(ours, "cpu"), make(theirs, "cpu")
    assert torch.equal(found, expected)
    assert factor == expected_factor > 1


def test_layers_with_a_window_keep_their_positions() -> None:
    config = transformers.Gemma3TextConfig(max_position_embeddings=8192)
    assert scale_rope(config, RopeScaling("yarn", 2.0)) == 16384
    parameters: Any = config.rope_parameters
    assert parameters["sliding_attention"]["rope_type"] == "default"
    assert parameters["full_attention"]["factor"] == 2.0
    assert rope_kinds(config) == {"default", "yarn"}


@pytest.mark.parametrize("asked", ["yarn", "yarn:", "yarn:1", "yarn:0.5", "yarn:nan", "yarn:inf", "ntk:4", "", "4"])
def test_what_is_no_scaling_is_refused(smollm2: Path, asked: str) -> None:
    with pytest.raises(InputError) as caught:
        TransformersBackend(resolve_model(str(smollm2)), BackendOptions(extra={"rope_scaling": asked}))
    for message in (caught.value.en, caught.value.zh):
        assert f"rope_scaling={asked}" in message
        assert "yarn:FACTOR" in message


@given(st.text(max_size=12))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        scaling = read_scaling(BackendOptions(extra={"rope_scaling": text}))
    except InputError:
        return
    assert scaling is not None
    assert scaling.factor > 1


@pytest.mark.parametrize("config", [transformers.MambaConfig(), transformers.GPT2Config()])
def test_a_model_without_rope_is_refused(config: Any) -> None:
    with pytest.raises(InputError, match=r"config\.json names no RoPE") as caught:
        scale_rope(config, RopeScaling("yarn", 4.0))
    assert "config.json" in caught.value.zh


@pytest.mark.parametrize(
    ("own", "kind", "hint"),
    [("llama3", "yarn", "llama3:FACTOR"), ("default", "llama3", ""), ("yarn", "linear", "yarn:")],
)
def test_another_kind_than_the_models_own_is_refused(own: str, kind: str, hint: str) -> None:
    parameters: dict[str, Any] = {"llama3": LLAMA3, "default": None}.get(own) or {
        "rope_type": own,
        "factor": 2.0,
        "original_max_position_embeddings": 1024,
    }
    config = transformers.LlamaConfig(
        max_position_embeddings=2048, rope_parameters=None if own == "default" else parameters
    )
    with pytest.raises(InputError) as caught:
        scale_rope(config, RopeScaling(kind, 4.0))
    for message in (caught.value.en, caught.value.zh):
        assert own in message
        assert hint in message


def test_a_scaled_model_answers_otherwise_and_its_facts_say_so(smollm2: Path) -> None:
    def opened(**extra: str) -> TransformersBackend:
        options = BackendOptions(device="cpu", dtype="float32", extra=extra)
        return TransformersBackend(resolve_model(str(smollm2)), options)

    plain, scaled = opened(), opened(rope_scaling="yarn:4")
    assert plain.context_length is not None
    assert scaled.context_length == scaled.facts.context_length == 4 * plain.context_length
    assert scaled.facts.numerics == {**plain.facts.numerics, "rope_scaling": "yarn:4"}
    request = choose_request("a", list(range(100, 160)), [[5], [6]])
    one, other = (answer(backend, [request])["a"].log_probs for backend in (plain, scaled))
    assert max(abs(a - b) for a, b in zip(one, other, strict=True)) > 1e-3
    # As transformers itself computes with such a configuration.
    config = transformers.AutoConfig.from_pretrained(smollm2)
    config.rope_parameters = {
        **config.rope_parameters,
        "rope_type": "yarn",
        "factor": 4.0,
        "original_max_position_embeddings": plain.context_length,
    }
    model = transformers.AutoModelForCausalLM.from_pretrained(smollm2, config=config, dtype=torch.float32).eval()
    with torch.inference_mode():
        log_probs = model(torch.tensor([request.prompt.tokens])).logits[0, -1].log_softmax(dim=-1)
    assert other == pytest.approx([float(log_probs[5]), float(log_probs[6])], abs=1e-3)


@pytest.mark.parametrize("asked", ["dynamic:2", None])
def test_positions_that_change_with_the_length_are_read_whole(smollm2: Path, tmp_path: Path, asked: str | None) -> None:
    for path in smollm2.iterdir():
        shutil.copy(path, tmp_path)
    config = json.loads((tmp_path / "config.json").read_text())
    size = config["hidden_size"] // config["num_attention_heads"] // 2
    if asked is None:
        factors = {"short_factor": [1.0] * size, "long_factor": [2.0] * size, "factor": 4.0}
        config |= {"rope_scaling": {"rope_type": "longrope", "original_max_position_embeddings": 512, **factors}}
        (tmp_path / "config.json").write_text(json.dumps(config))
    options = BackendOptions(device="cpu", extra={} if asked is None else {"rope_scaling": asked})
    numerics = TransformersBackend(resolve_model(str(tmp_path)), options).facts.numerics
    for name in ("prefix_reuse", "prefill_chunk"):
        assert numerics[name].startswith("off: rotary positions that change with the length")
