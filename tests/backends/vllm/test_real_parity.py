"""VLLM beside the transformers backend on the embedded model in fp32: the same numbers, letters and texts."""

from collections.abc import Sequence
from pathlib import Path

import pytest
import torch
from tests.backends.vllm.conftest import Asker, ask
from tests.backends.vllm.questions import letters, option_texts, prompts

from benchharness.backends.base import Backend
from benchharness.backends.transformers.backend import TransformersBackend
from benchharness.backends.vllm.choose import Way
from benchharness.records import FinishReason, Request, Response, Sampling

pytestmark = [pytest.mark.vllm, pytest.mark.enable_socket]

TOLERANCE = 1e-3
"""Of a sum of log-probabilities in fp32. Both engines add in another order, which moves a logit of some tens by about
1e-5 (2**-24 of it for each of the layers); sums of up to a dozen terms stay two orders below this."""

NEW_TOKENS = 24


@pytest.fixture(scope="module")
def letter_requests(asker: Asker) -> list[Request]:
    return [
        asker.choose(f"letter {number}", question.text, "ABCD", question.language)
        for number, question in enumerate(letters())
    ]


@pytest.fixture(scope="module")
def text_requests(asker: Asker) -> list[Request]:
    return [
        asker.choose(f"text {number}", text, options, language)
        for number, (language, text, options) in enumerate(option_texts())
    ]


def worst(one: dict[str, Response], two: dict[str, Response]) -> float:
    return max(
        abs(first - second) for key in one for first, second in zip(one[key].log_probs, two[key].log_probs, strict=True)
    )


def test_letters_have_the_log_probabilities_of_transformers(
    engine: Backend, plain: TransformersBackend, letter_requests: list[Request]
) -> None:
    mine, theirs = ask(engine, letter_requests), ask(plain, letter_requests)
    assert worst(mine, theirs) < TOLERANCE
    for key, response in theirs.items():
        best, second = sorted(response.log_probs, reverse=True)[:2]
        if best - second > 2 * TOLERANCE:
            assert mine[key].log_probs.index(max(mine[key].log_probs)) == response.log_probs.index(best)


def test_what_five_shot_letters_share_is_read_once(
    engine: Backend, asker: Asker, letter_requests: list[Request]
) -> None:
    # Other texts than in the tests before, so that nothing of them is in the cache yet.
    requests = [
        asker.choose(f"fresh {number}", f"* {question.text}", "ABCD", question.language)
        for number, question in enumerate(letters())
    ]
    shared = {question.language: len(asker.tokens(f"* {question.shared}")) for question in letters()}
    responses = ask(engine, requests)
    reusable = cached = 0
    seen = set()
    for request in requests:
        response = responses[request.key]
        assert response.cached_tokens + response.computed_tokens == response.prompt_tokens
        cached += response.cached_tokens
        # The first of a language finds nothing.
        reusable += shared[request.language] if request.language in seen else 0
        seen.add(request.language)
    assert cached > 0.8 * reusable


def test_option_texts_have_the_log_probabilities_of_transformers_by_each_way(
    engine: Backend, plain: TransformersBackend, text_requests: list[Request]
) -> None:
    theirs, chosen = ask(plain, text_requests), ask(engine, text_requests)
    read = {"chosen": tokens_read(chosen)}
    assert worst(chosen, theirs) < TOLERANCE
    for way in (Way.STEPS, Way.REFERENCE):
        responses = by_way(engine, text_requests, way)
        assert worst(responses, theirs) < TOLERANCE
        read[way] = tokens_read(responses)
    assert read["chosen"] < read[Way.REFERENCE]


def tokens_read(responses: dict[str, Response]) -> int:
    return sum(response.computed_tokens for response in responses.values())


def by_way(backend: Backend, requests: Sequence[Request], way: Way) -> dict[str, Response]:
    from benchharness.backends.vllm.backend import VllmBackend

    assert isinstance(backend, VllmBackend)
    return {response.key: response for response in backend.answer_by(requests, way)}


def test_greedy_texts_are_those_of_transformers_but_for_near_ties(
    engine: Backend, plain: TransformersBackend, asker: Asker
) -> None:
    requests = [
        asker.generate(f"greedy {number}", text, Sampling(NEW_TOKENS), language)
        for number, (language, text) in enumerate(prompts())
    ]
    mine, theirs = ask(engine, requests), ask(plain, requests)
    different = [request for request in requests if mine[request.key].text != theirs[request.key].text]
    assert len(different) <= 0.1 * len(requests)
    for request in different:
        margin = margin_where_they_part(plain, asker, request, mine[request.key].text, theirs[request.key].text)
        assert margin < TOLERANCE


def margin_where_they_part(plain: TransformersBackend, asker: Asker, request: Request, mine: str, theirs: str) -> float:
    """Return by how much the likeliest token is likelier than the next, at the first token that differs."""
    tokens = list(request.prompt.tokens)
    first, second = asker.tokens(mine), asker.tokens(theirs)
    shared = next(index for index in range(NEW_TOKENS) if first[index : index + 1] != second[index : index + 1])
    with torch.inference_mode():
        logits = plain.model(torch.tensor([[*tokens, *first[:shared]]])).logits[0, -1]
    best, next_best = logits.log_softmax(dim=-1).topk(2).values.tolist()
    return float(best - next_best)


def test_tokens_and_ends_are_counted_alike(engine: Backend, plain: TransformersBackend, asker: Asker) -> None:
    requests = [
        asker.generate(f"counted {number}", text, Sampling(8), language)
        for number, (language, text) in enumerate(prompts()[::10])
    ]
    mine, theirs = ask(engine, requests), ask(plain, requests)
    for key, response in theirs.items():
        assert mine[key].text == response.text
        assert mine[key].finish_reason is response.finish_reason
        assert mine[key].generated_tokens == response.generated_tokens
        assert mine[key].prompt_tokens == response.prompt_tokens
    assert {response.finish_reason for response in mine.values()} <= {FinishReason.STOP, FinishReason.LENGTH}


def test_facts_are_those_of_the_same_model_in_transformers(
    engine: Backend, plain: TransformersBackend, smollm2: Path
) -> None:
    assert engine.facts.weights == plain.facts.weights
    assert engine.facts.tokenizer == plain.facts.tokenizer
    assert engine.facts.template == plain.facts.template
    assert str(smollm2.parent) not in str(engine.facts)
