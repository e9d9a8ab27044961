"""The embedded model, loaded once, beside the plainest code that could give its numbers."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
import torch
from transformers import AutoModelForCausalLM, AutoTokenizer

from benchharness.backends.base import BackendOptions
from benchharness.backends.transformers.backend import TransformersBackend
from benchharness.records import Continuation, Language, Prompt, Request, RequestKind, Response, Sampling, Segment
from benchharness.registry.models import resolve_model
from benchharness.runs.execute import QueueSource


class Direct:
    """The model without batches, padding, caches or anything of ours."""

    def __init__(self, directory: Path) -> None:
        self.tokenizer: Any = AutoTokenizer.from_pretrained(directory)
        self.model: Any = AutoModelForCausalLM.from_pretrained(directory, dtype=torch.float32).eval()

    def log_prob(self, prompt: Sequence[int], continuation: Sequence[int]) -> float:
        """Sum the log-probabilities of a continuation from one forward pass over the whole text."""
        with torch.inference_mode():
            logits = self.model(torch.tensor([[*prompt, *continuation]])).logits[0].double()
        log_probs = logits.log_softmax(dim=-1)
        return sum(float(log_probs[len(prompt) - 1 + step, token]) for step, token in enumerate(continuation))

    def greedy(self, prompt: Sequence[int], limit: int) -> list[int]:
        """Generate greedily by a forward pass over the whole text for every token."""
        tokens = list(prompt)
        with torch.inference_mode():
            for _ in range(limit):
                tokens.append(int(self.model(torch.tensor([tokens]), logits_to_keep=1).logits[0, -1].argmax()))
                if tokens[-1] == self.tokenizer.eos_token_id:
                    break
        return tokens[len(prompt) :]


@pytest.fixture(scope="session")
def direct(smollm2: Path) -> Direct:
    return Direct(smollm2)


@pytest.fixture(scope="session")
def backend(smollm2: Path) -> TransformersBackend:
    loaded = TransformersBackend(resolve_model(str(smollm2)), BackendOptions(device="cpu", dtype="float32"))
    loaded.load()
    return loaded


@pytest.fixture(scope="session")
def reference(smollm2: Path) -> TransformersBackend:
    """The same without reuse of prefixes, and every request in a batch of its own."""
    options = BackendOptions(device="cpu", dtype="float32", prefix_reuse=False, batch_tokens=1)
    loaded = TransformersBackend(resolve_model(str(smollm2)), options)
    loaded.load()
    return loaded


def make_prompt(tokens: Sequence[int], text: str) -> Prompt:
    return Prompt(messages=(), segments=(Segment("question", text),), tokens=tuple(tokens), starts=(0,))


def choose_request(key: str, prompt: Sequence[int], continuations: Sequence[Sequence[int]]) -> Request:
    return Request(
        key=key,
        task="test",
        item_id=key,
        language=Language.EN,
        kind=RequestKind.CHOOSE,
        prompt=make_prompt(prompt, key),
        continuations=tuple(Continuation(str(tokens), tuple(tokens)) for tokens in continuations),
    )


def generate_request(key: str, tokens: Sequence[int], sampling: Sampling, text: str = "") -> Request:
    return Request(
        key=key,
        task="test",
        item_id=key,
        language=Language.EN,
        kind=RequestKind.GENERATE,
        prompt=make_prompt(tokens, text),
        sampling=sampling,
    )


def answer(backend: TransformersBackend, requests: Sequence[Request]) -> dict[str, Response]:
    return {response.key: response for response in backend.run(QueueSource(requests))}
