"""The embedded model in vLLM and in transformers, each loaded once, and questions for both."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import pytest
import torch

from benchharness.backends.base import Backend, BackendOptions
from benchharness.backends.transformers.backend import TransformersBackend
from benchharness.records import (
    Continuation,
    Language,
    Prompt,
    Request,
    RequestKind,
    Response,
    Sampling,
    Segment,
)
from benchharness.registry.models import resolve_model
from benchharness.runs.execute import QueueSource
from benchharness.tokens.tokenizer import Tokenizer

CONTEXT = 2048
SMALL = {"kv_cache_gib": "1", "max_model_len": str(CONTEXT), "max_num_seqs": "64"}
"""What keeps the engine small enough for any machine that runs the tests."""


class Asker:
    """Makes requests of texts and asks them.

    Args:
        tokenizer: of the model.
    """

    def __init__(self, tokenizer: Tokenizer) -> None:
        self.tokenizer = tokenizer

    def tokens(self, text: str) -> tuple[int, ...]:
        return self.tokenizer.encode([text], special_tokens=False)[0].tokens

    def prompt(self, text: str) -> Prompt:
        return Prompt(messages=(), segments=(Segment("question", text),), tokens=self.tokens(text), starts=(0,))

    def choose(self, key: str, text: str, continuations: Sequence[str], language: Language = Language.EN) -> Request:
        return Request(
            key,
            "test",
            key,
            language,
            RequestKind.CHOOSE,
            self.prompt(text),
            continuations=tuple(Continuation(part, self.tokens(part)) for part in continuations),
        )

    def generate(self, key: str, text: str, sampling: Sampling, language: Language = Language.EN) -> Request:
        return Request(key, "test", key, language, RequestKind.GENERATE, self.prompt(text), sampling=sampling)


def ask(backend: Backend, requests: Sequence[Request]) -> dict[str, Response]:
    """Return the responses by key, of which there is exactly one for each request."""
    responses = list(backend.run(QueueSource(requests)))
    found = {response.key: response for response in responses}
    assert sorted(found) == sorted(request.key for request in requests)
    assert len(found) == len(responses)
    return found


def make_vllm(directory: Path, extra: Mapping[str, str] | None = None, **options: str | bool) -> Backend:
    """Return the backend, not loaded."""
    from benchharness.backends.vllm.backend import VllmBackend

    given = {"device": "cpu", "dtype": "float32"} | options
    return VllmBackend(
        resolve_model(str(directory)),
        BackendOptions(extra=SMALL | dict(extra or {}), **given),  # type: ignore[arg-type]
    )


@pytest.fixture(scope="session")
def engine(smollm2: Path) -> Iterator[Backend]:
    """VLLM in fp32."""
    backend = make_vllm(smollm2)
    backend.load()
    yield backend
    backend.close()


@pytest.fixture(scope="session")
def plain(smollm2: Path) -> TransformersBackend:
    """The transformers backend in fp32, on one core: two that wait for each other lose much where others work, too."""
    torch.set_num_threads(1)
    backend = TransformersBackend(resolve_model(str(smollm2)), BackendOptions(device="cpu", dtype="float32"))
    backend.load()
    return backend


@pytest.fixture(scope="session")
def asker(plain: TransformersBackend) -> Asker:
    return Asker(plain.tokenizer)
