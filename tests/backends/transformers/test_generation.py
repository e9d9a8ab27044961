"""What ends a text, what is sampled, what is reasoning."""

import math
from dataclasses import replace
from typing import Any

import pytest
import torch

from benchharness.backends.transformers.backend import TransformersBackend
from benchharness.backends.transformers.sampling import SeededSampling
from benchharness.records import FinishReason, Sampling

from .conftest import Direct, answer, generate_request

UNTIMED: Any = {"seconds": None, "timing": None, "prefill_seconds": None, "peak_memory": None}
STORY = "Once upon a time there was a little dog. The little dog"
STORY_ZH = "从前有一只小狗。小狗"


def tokens_of(direct: Direct, text: str) -> list[int]:
    tokens: list[int] = direct.tokenizer(text).input_ids
    return tokens


@pytest.mark.parametrize("text", [STORY, STORY_ZH])
def test_a_stop_string_ends_the_text_and_is_not_part_of_it(
    backend: TransformersBackend, direct: Direct, text: str
) -> None:
    tokens = tokens_of(direct, text)
    free = answer(backend, [generate_request("free", tokens, Sampling(max_new_tokens=24))])["free"]
    middle = len(free.text) // 2
    stop = free.text[middle : middle + 3]
    cut = free.text.index(stop)
    request = generate_request("cut", tokens, Sampling(max_new_tokens=24, stop=("\x00never", stop)))
    response = answer(backend, [request])["cut"]
    assert response.text == free.text[:cut]
    assert response.finish_reason is FinishReason.STOP
    assert response.generated_tokens < free.generated_tokens
    assert free.finish_reason is FinishReason.LENGTH
    assert free.generated_tokens == 24


def test_rows_of_a_batch_end_by_their_own_limits_and_stops(backend: TransformersBackend, direct: Direct) -> None:
    tokens = tokens_of(direct, STORY)
    samplings = {
        "short": Sampling(max_new_tokens=3),
        "long": Sampling(max_new_tokens=20),
        "stopped": Sampling(max_new_tokens=20, stop=(" ",)),
    }
    requests = [generate_request(key, tokens, sampling) for key, sampling in samplings.items()]
    together = answer(backend, requests)
    for request in requests:
        alone = answer(backend, [request])[request.key]
        beside_others = replace(together[request.key], batch_size=1, **UNTIMED)
        assert beside_others == replace(alone, **UNTIMED)
    assert together["short"].generated_tokens == 3
    assert together["long"].generated_tokens == 20
    assert together["long"].text.startswith(together["short"].text)


def test_the_end_token_ends_a_text_and_counts_as_generated(backend: TransformersBackend, direct: Direct) -> None:
    chat = direct.tokenizer.apply_chat_template(
        [{"role": "user", "content": "Reply with the single word: yes"}], tokenize=False, add_generation_prompt=True
    )
    request = generate_request("chat", tokens_of(direct, chat), Sampling(max_new_tokens=64))
    response = answer(backend, [request])["chat"]
    expected = direct.greedy(request.prompt.tokens, 64)
    assert expected[-1] == direct.tokenizer.eos_token_id
    assert response.finish_reason is FinishReason.STOP
    assert response.generated_tokens == len(expected)
    assert response.text == direct.tokenizer.decode(expected, skip_special_tokens=True)


def test_a_sample_depends_on_its_seed_and_not_on_its_batch(backend: TransformersBackend, direct: Direct) -> None:
    tokens = tokens_of(direct, STORY)
    warm = Sampling(max_new_tokens=12, temperature=1.0, seed=7)
    requests = [
        generate_request("seven", tokens, warm),
        generate_request("eight", tokens, replace(warm, seed=8)),
        generate_request("greedy", tokens, Sampling(max_new_tokens=12)),
    ]
    together = answer(backend, requests)
    alone = answer(backend, requests[:1])
    assert together["seven"].text == alone["seven"].text
    assert together["seven"].text != together["eight"].text
    assert together["greedy"].text == answer(backend, requests[2:])["greedy"].text


def draw(logits: torch.Tensor, sampling: Sampling, times: int) -> torch.Tensor:
    processor = SeededSampling([sampling])
    scores: Any = logits.expand(1, -1)
    return torch.stack([processor(scores, scores)[0].argmax() for _ in range(times)])


def test_samples_follow_the_softmax_of_the_logits() -> None:
    logits = torch.tensor([0.0, 1.0, 2.0, -1.0])
    times = 4000
    for temperature in (0.5, 1.0, 2.0):
        drawn = draw(logits, Sampling(max_new_tokens=1, temperature=temperature, seed=3), times)
        shares = torch.bincount(drawn, minlength=4) / times
        for share, probability in zip(shares, (logits / temperature).softmax(0), strict=True):
            spread = math.sqrt(float(probability) * (1 - float(probability)) / times)
            assert float(share) == pytest.approx(float(probability), abs=5 * spread)


def test_the_nucleus_keeps_the_fewest_tokens_that_reach_top_p() -> None:
    logits = torch.tensor([0.5, 0.3, 0.15, 0.05]).log()
    kept = {
        top_p: set(draw(logits, Sampling(max_new_tokens=1, temperature=1.0, top_p=top_p, seed=1), 400).tolist())
        for top_p in (0.01, 0.5, 0.7, 0.9, 1.0)
    }
    assert kept == {0.01: {0}, 0.5: {0}, 0.7: {0, 1}, 0.9: {0, 1, 2}, 1.0: {0, 1, 2, 3}}


def test_reasoning_opened_by_the_template_is_kept_apart(backend: TransformersBackend, direct: Direct) -> None:
    tokens = tokens_of(direct, STORY)
    request = generate_request("open", tokens, Sampling(max_new_tokens=6), text=f"{STORY}<think>\n")
    response = answer(backend, [request])["open"]
    assert response.text == ""
    assert response.reasoning
    assert not response.reasoning_closed


def test_a_stop_string_within_the_reasoning_ends_nothing(backend: TransformersBackend, direct: Direct) -> None:
    tokens = tokens_of(direct, STORY)
    stopping = Sampling(max_new_tokens=12, stop=(" ",))
    plain = answer(backend, [generate_request("plain", tokens, stopping, text=STORY)])["plain"]
    thinking = answer(backend, [generate_request("think", tokens, stopping, text=f"{STORY}<think>\n")])["think"]
    assert plain.generated_tokens < 12
    assert thinking.generated_tokens == 12
    assert thinking.reasoning is not None
    assert " " in thinking.reasoning
