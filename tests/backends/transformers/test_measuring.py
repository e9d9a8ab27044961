"""What measuring asks of the backend: answers of a given length, their times, what the cache held, any weights."""

import json
import shutil
import sys
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from transformers import AutoConfig

from benchharness.backends.base import RANDOM_WEIGHTS, BackendOptions
from benchharness.backends.transformers.backend import TransformersBackend
from benchharness.backends.transformers.loading import make_model
from benchharness.errors import InputError
from benchharness.records import FinishReason, Sampling
from benchharness.registry.models import resolve_model

from .conftest import Direct, answer, choose_request, generate_request

PROMPTS = ("The capital of France is", "法国的首都是", "2 + 2 =")


def tokens_of(direct: Direct, text: str) -> list[int]:
    ids: list[int] = direct.tokenizer(text).input_ids
    return ids


@pytest.mark.parametrize("path", ["slots", "one by one"])
def test_an_answer_goes_on_after_its_end_only_where_it_is_to(
    direct: Direct, backend: TransformersBackend, reference: TransformersBackend, path: str
) -> None:
    chosen = backend if path == "slots" else reference
    chat = direct.tokenizer.apply_chat_template(
        [{"role": "user", "content": "Say hi."}], add_generation_prompt=True, tokenize=True, return_dict=False
    )
    sampling = Sampling(max_new_tokens=40)
    asked = [
        generate_request("ends", chat, sampling),
        generate_request("goes on", chat, replace(sampling, ignore_end=True)),
    ]
    said = answer(chosen, asked)
    assert said["ends"].finish_reason is FinishReason.STOP
    assert said["ends"].generated_tokens < 40
    assert said["goes on"].finish_reason is FinishReason.LENGTH
    assert said["goes on"].generated_tokens == 40
    assert said["goes on"].text.startswith(said["ends"].text)


def test_times_of_tokens_are_in_order_and_lie_in_the_run(direct: Direct, backend: TransformersBackend) -> None:
    sampling = Sampling(max_new_tokens=6, ignore_end=True)
    requests = [generate_request(text, tokens_of(direct, text), sampling, text) for text in PROMPTS]
    for response in answer(backend, requests).values():
        timing = response.timing
        assert timing is not None
        assert 0 < timing.first < timing.last
        assert len(timing.gaps) == response.generated_tokens - 1
        assert sum(timing.gaps) == pytest.approx(timing.last - timing.first)
        assert min(timing.gaps) > 0


def test_what_came_from_a_cache_and_what_was_read_are_the_prompt(
    direct: Direct, backend: TransformersBackend, reference: TransformersBackend
) -> None:
    shared = tokens_of(direct, "Here is a list of cities in Europe and where they lie. " * 8)
    endings = [tokens_of(direct, text) for text in PROMPTS]
    chosen = [choose_request(f"c{number}", [*shared, *end], [[42], [43]]) for number, end in enumerate(endings)]
    spoken = [
        generate_request(f"g{number}", [*shared, *end], Sampling(max_new_tokens=2))
        for number, end in enumerate(endings)
    ]
    for requests in (chosen, spoken):
        responses = answer(backend, requests)
        cached = sorted(response.cached_tokens for response in responses.values())
        assert cached[0] == 0
        assert all(count >= len(shared) for count in cached[1:])
        for response in responses.values():
            assert response.cached_tokens + response.computed_tokens == response.prompt_tokens
        assert all(response.cached_tokens == 0 for response in answer(reference, requests).values())


@pytest.mark.parametrize("path", ["reuse", "one by one"])
def test_reading_and_the_peak_of_memory_are_told(
    direct: Direct, backend: TransformersBackend, reference: TransformersBackend, path: str
) -> None:
    chosen = backend if path == "reuse" else reference
    spoken = [generate_request(text, tokens_of(direct, text), Sampling(max_new_tokens=4), text) for text in PROMPTS]
    scored = [choose_request(text, tokens_of(direct, text), [[42], [43, 44]]) for text in PROMPTS]
    weights = sum(part.nbytes for part in backend.model.parameters())
    before = backend.resource_use().process
    for requests in (spoken, scored):
        for response in answer(chosen, requests).values():
            assert response.prefill_seconds is not None
            assert response.prefill_seconds > 0
            if response.timing is not None:
                assert response.prefill_seconds <= response.timing.first
            if sys.platform == "linux":
                assert response.peak_memory is not None
                assert response.peak_memory > weights
                assert response.peak_memory <= chosen.resource_use().process
    # What the kernel forgets when it is asked for the peak of an answer is not forgotten here.
    assert backend.resource_use().process >= before


@pytest.fixture
def without_weights(tmp_path: Path, smollm2: Path) -> Path:
    """A directory with all of the embedded model but its weights, and with fewer layers."""
    directory = tmp_path / "hollow"
    directory.mkdir()
    for path in smollm2.iterdir():
        if path.suffix != ".safetensors":
            shutil.copy(path, directory)
    config = json.loads((directory / "config.json").read_text())
    config |= {"num_hidden_layers": 2, "hidden_size": 64, "num_attention_heads": 4, "num_key_value_heads": 2}
    config.pop("head_dim", None)
    (directory / "config.json").write_text(json.dumps(config))
    return directory


def hollow(directory: Path, **options: object) -> TransformersBackend:
    given = BackendOptions(device="cpu", dtype="float32", extra={"weights": "random"}, **options)  # type: ignore[arg-type]
    return TransformersBackend(resolve_model(str(directory)), given)


def test_speed_can_be_measured_without_weights(without_weights: Path) -> None:
    backend = hollow(without_weights)
    assert backend.facts.weights_origin == RANDOM_WEIGHTS
    assert backend.facts.weights == hollow(without_weights).facts.weights
    request = generate_request("a", [1, 2, 3], Sampling(max_new_tokens=5, ignore_end=True))
    said = answer(backend, [request])["a"]
    assert said.generated_tokens == 5
    # The same seed, the same weights.
    assert answer(hollow(without_weights), [request])["a"].text == said.text


def test_random_weights_of_another_shape_have_another_fingerprint(without_weights: Path) -> None:
    before = hollow(without_weights).facts.weights
    config = json.loads((without_weights / "config.json").read_text())
    (without_weights / "config.json").write_text(json.dumps(config | {"num_hidden_layers": 3}))
    assert hollow(without_weights).facts.weights != before


@pytest.mark.parametrize(("weights", "words"), [("radnom", "weights=radnom"), ("", "weights=")])
def test_other_weights_are_refused(without_weights: Path, weights: str, words: str) -> None:
    with pytest.raises(InputError) as caught:
        TransformersBackend(resolve_model(str(without_weights)), BackendOptions(extra={"weights": weights}))
    assert words in caught.value.en
    assert words in caught.value.zh


def test_a_random_model_is_not_spread_over_devices(without_weights: Path) -> None:
    config = AutoConfig.from_pretrained(without_weights)
    with pytest.raises(InputError, match="balanced"):
        make_model(config, torch.float32, torch.device("cpu"), BackendOptions(device="balanced"))
