"""Asking a server in a test."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from benchharness.backends.base import BackendOptions
from benchharness.backends.openai.backend import OpenAIBackend
from benchharness.backends.openai.tokenizer import ChatTokenizer
from benchharness.records import (
    Continuation,
    Language,
    Message,
    Request,
    RequestKind,
    Response,
    Role,
    Sampling,
    Segment,
)
from benchharness.registry.models import ModelReference, ModelSpec
from benchharness.runs.execute import QueueSource
from benchharness.tokens.joined import Rendered, encode_prompts
from benchharness.tokens.rendering import render_segments
from benchharness.tokens.tokenizer import Tokenizer


def question(
    text: str,
    *,
    key: str | None = None,
    task: str = "task",
    language: Language = Language.EN,
    tokenizer: Tokenizer | None = None,
    template: Any = "chat",
    thinking: bool = False,
    prefix: str | None = None,
    options: Sequence[str] = (),
    **sampling: Any,
) -> Request:
    """Return a request, for a text or, with ``options``, for their log-probabilities."""
    tokenizer = tokenizer or ChatTokenizer()
    messages = [Message(Role.USER, (Segment("question", text),))]
    if prefix is not None:
        messages.append(Message(Role.ASSISTANT, (Segment("answer_prefix", prefix),)))
    segments = render_segments(tokenizer, messages, template, thinking=thinking)
    [prompt] = encode_prompts(tokenizer, [Rendered(tuple(messages), segments)], special_tokens=template == "plain")
    return Request(
        key or text.replace(" ", "_"),
        task,
        key or text,
        language,
        RequestKind.CHOOSE if options else RequestKind.GENERATE,
        prompt,
        tuple(Continuation(option, tokenizer.encode([option], special_tokens=False)[0].tokens) for option in options),
        None if options else Sampling(**{"max_new_tokens": 200, **sampling}),
    )


@contextmanager
def backend_at(
    base_url: str, *, name: str = "student", spec: Any = None, budget: str | None = None, **extra: Any
) -> Iterator[OpenAIBackend]:
    """Make a backend that asks the server at ``base_url``, quick to ask again.

    Args:
        base_url: the server.
        name: of a model of which nothing else is known.
        spec: what is known of the model.
        budget: what may be spent.
        extra: options of the backend.
    """
    options = BackendOptions(base_url=base_url, budget=budget, extra={"backoff": "0.01", **extra})
    backend = OpenAIBackend(ModelReference(spec=spec or ModelSpec(name=name)), options)
    try:
        yield backend
    finally:
        backend.close()


def ask(backend: OpenAIBackend, requests: Sequence[Request]) -> dict[str, Response]:
    """Return the responses to requests by key; each has exactly one."""
    responses = list(backend.run(QueueSource(requests)))
    by_key = {response.key: response for response in responses}
    assert len(by_key) == len(responses)
    assert set(by_key) == {request.key for request in requests}
    return by_key
