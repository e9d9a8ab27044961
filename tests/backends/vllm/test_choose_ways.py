"""Which probes score continuations: every way brings every term once, and the cheapest is taken."""

import math
import random
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchharness.backends.vllm.check import exact_ways
from benchharness.backends.vllm.choose import (
    MOST_WANTED,
    Probe,
    Terms,
    Tokens,
    Way,
    add_up,
    choose_way,
    make_probes,
)
from benchharness.backends.vllm.params import probe_params, read_terms
from benchharness.records import Request

CONTINUATIONS = st.lists(st.lists(st.integers(0, 5), min_size=1, max_size=6).map(tuple), min_size=1, max_size=6)
PROMPTS = st.lists(st.integers(0, 5), min_size=1, max_size=40).map(tuple)


def log_prob(before: Tokens, token: int) -> float:
    """Return what the model of these tests says: some number that all that came before decides."""
    return -random.Random(repr((before, token))).uniform(0.1, 9)


class Model:
    """Answers probes as vLLM does."""

    def __call__(self, probe: Probe) -> Any:
        params = probe_params(probe)
        completion = SimpleNamespace(token_ids=[0], logprobs=None)
        if probe.forced:
            assert params["max_tokens"] == len(probe.forced)
            completion.token_ids = list(probe.forced)
            completion.logprobs = [
                self._row(probe.tokens + probe.forced[:index], [token]) for index, token in enumerate(probe.forced)
            ]
        else:
            assert len(params["logprob_token_ids"]) <= MOST_WANTED
            completion.logprobs = [self._row(probe.tokens, params["logprob_token_ids"])]
        rows = None
        if "prompt_logprobs" in params:
            rows = [
                None,
                *(self._row(probe.tokens[:index], [probe.tokens[index]]) for index in range(1, len(probe.tokens))),
            ]
        return SimpleNamespace(outputs=[completion], prompt_logprobs=rows)

    @staticmethod
    def _row(before: Tokens, wanted: Any) -> dict[int, Any]:
        return {token: SimpleNamespace(logprob=log_prob(before, token)) for token in wanted}


@given(PROMPTS, CONTINUATIONS, st.sampled_from(Way))
def test_every_way_brings_what_the_model_says(prompt: Tokens, continuations: list[Tokens], way: Way) -> None:
    terms: Terms = {}
    for probe in make_probes(prompt, continuations, way):
        terms |= read_terms(probe, Model()(probe))
    for tokens, total in zip(continuations, add_up(terms, continuations), strict=True):
        wanted = sum(log_prob(prompt + tokens[:index], token) for index, token in enumerate(tokens))
        assert math.isclose(total, wanted)


@given(PROMPTS, CONTINUATIONS)
def test_no_place_is_asked_twice_and_the_reference_needs_no_cache(prompt: Tokens, continuations: list[Tokens]) -> None:
    steps = make_probes(prompt, continuations, Way.STEPS)
    assert len({probe.tokens for probe in steps}) == len(steps)
    assert not any(probe.whole for probe in steps)
    assert [len(probe.tokens) for probe in steps] == sorted(len(probe.tokens) for probe in steps)
    for way in (Way.REFERENCE, Way.WHOLE):
        assert all(probe.whole for probe in make_probes(prompt, continuations, way))
    # Prompt and continuation may fill the context to its last token.
    for way in Way:
        for probe in make_probes(prompt, continuations, way):
            generated = max(1, len(probe.forced))
            assert len(probe.tokens) + generated <= len(prompt) + max(map(len, continuations))


def test_letters_are_one_probe_whatever_the_prompt() -> None:
    letters: list[Tokens] = [(32,), (33,), (34,), (32,)]
    way = choose_way(1000, letters, reference=Way.REFERENCE, block=16, replays=True)
    (probe,) = make_probes((1, 2, 3), letters, way)
    assert probe == Probe((1, 2, 3), wanted=(32, 33, 34))
    assert probe_params(probe)["max_tokens"] == 1


def test_more_options_than_vllm_tells_at_once_are_asked_in_parts() -> None:
    many: list[Tokens] = [(number,) for number in range(2 * MOST_WANTED + 1)]
    assert [len(probe.wanted) for probe in make_probes((9,), many, Way.STEPS)] == [MOST_WANTED, MOST_WANTED, 1]


@pytest.mark.parametrize(
    ("prompt", "lengths", "block", "replays", "way"),
    [
        # A long prompt is not to be read again for each of a few short texts.
        (2000, (4, 5, 6, 4), 16, False, Way.STEPS),
        # A short one costs less than a request for each token.
        (30, (12, 14, 11, 16), 16, False, Way.REFERENCE),
        # Being made to generate costs a request for each text, and no prompt is read twice.
        (2000, (12, 14, 11, 16), 16, True, Way.REPLAY),
        (2000, (4, 5, 6, 4), None, True, Way.REFERENCE),
    ],
)
def test_the_way_that_reads_least_is_taken(
    prompt: int, lengths: tuple[int, ...], block: int | None, replays: bool, way: Way
) -> None:
    continuations = [tuple(range(number, number + length)) for number, length in enumerate(lengths)]
    assert choose_way(prompt, continuations, reference=Way.REFERENCE, block=block, replays=replays) is way


def test_what_the_engine_did_not_generate_is_noticed() -> None:
    probe = Probe((1,), forced=(2, 3))
    output = Model()(probe)
    output.outputs[0].token_ids = [2, 4]
    with pytest.raises(LookupError, match="instead of"):
        read_terms(probe, output)


def test_a_way_that_gives_other_numbers_is_left_out() -> None:
    def score(request: Request, way: Way) -> list[float]:
        assert len(request.prompt.tokens) == 48
        values = [-1.0, -2.0, -3.0]
        if way is Way.REPLAY:
            return [-1.0, -2.5, -3.0]
        return values if way is Way.REFERENCE else [-1.001, -2.0, -3.0]

    def exact(dtype: str) -> list[Way]:
        ways = [Way.STEPS, Way.REPLAY]
        return exact_ways(score, Way.REFERENCE, ways, dtype=dtype, vocabulary=100, prompt=48)

    assert exact("float32") == [Way.STEPS]
    assert exact("bfloat16") == [Way.STEPS, Way.REPLAY]
    assert exact_ways(lambda *_: [], Way.REFERENCE, [], dtype="float32", vocabulary=9, prompt=8) == []


@pytest.mark.parametrize("values", [[], [math.nan, 0.0, 0.0]])
def test_numbers_that_are_missing_or_none_are_no_agreement(values: list[float]) -> None:
    def score(_: Request, way: Way) -> list[float]:
        return [0.0, 0.0, 0.0] if way is Way.REFERENCE else values

    assert exact_ways(score, Way.REFERENCE, [Way.STEPS], dtype="float32", vocabulary=9, prompt=8) == []
