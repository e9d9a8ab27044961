"""Requests at work: what the engine is asked for each, and the response that comes of what it gives."""

from collections.abc import Callable, Iterable, Sequence
from itertools import pairwise
from typing import Any, NamedTuple, Protocol

from benchharness.backends.transformers.stops import AnswerStops
from benchharness.backends.vllm.choose import Probe, Terms, Tokens, add_up
from benchharness.backends.vllm.params import generate_params, probe_params, read_terms
from benchharness.records import FinishReason, Request, Response, Timing
from benchharness.text.reasoning import opens_reasoning, split_reasoning
from benchharness.text.stops import stop_in_answer

FAILED = ("abort", "error")
"""Finish reasons of vLLM with which an answer is not whole."""


class Ask(NamedTuple):
    """One request to the engine.

    Attributes:
        tokens: the prompt.
        params: of it; see ``params``.
        stream: whether each token is wanted when it is there, or all of them at the end.
        least: fewest tokens that are to be generated.
    """

    tokens: Tokens
    params: dict[str, Any]
    stream: bool = False
    least: int = 1

    @property
    def room(self) -> int:
        """Tokens that it takes at least."""
        return len(self.tokens) + self.least


class Job(Protocol):
    """A request of ours at work."""

    request: Request

    @property
    def asks(self) -> Sequence[Ask]:
        """What the engine is asked."""

    def take(self, number: int, output: Any, now: float) -> Response | None:
        """Take what the engine gave for the ask of that number; return the response once it is certain.

        Args:
            number: index among ``asks``.
            output: vLLM's ``RequestOutput``.
            now: by ``time.perf_counter``.
        """


class Generating:
    """A ``generate`` request at work.

    Args:
        request: with its sampling.
        sent: when it is handed over, by ``time.perf_counter``.
        end_tokens: token ids that end a text.
        thinking_token_budget: most tokens of reasoning; ``None`` for no bound.
        stops: finds its stop strings; ``None`` if it has none.
        each_token: whether the time of each token is wanted.
        decode: returns the text of tokens.
    """

    def __init__(
        self,
        request: Request,
        sent: float,
        *,
        end_tokens: Iterable[int],
        thinking_token_budget: int | None,
        stops: AnswerStops | None,
        each_token: bool,
        decode: Callable[[Sequence[int]], str],
    ) -> None:
        assert request.sampling is not None
        self.request = request
        self._sent = sent
        self._stops = stops
        self._each_token = each_token
        self._decode = decode
        params = generate_params(request.sampling, end_tokens, thinking_token_budget)
        self._ask = Ask(request.prompt.tokens, params, stream=each_token or stops is not None)
        self._tokens: list[int] = []
        self._stamps: list[float] = []
        self._cached = 0

    @property
    def asks(self) -> Sequence[Ask]:
        """See ``Job``."""
        return (self._ask,)

    def take(self, number: int, output: Any, now: float) -> Response | None:
        """See ``Job``."""
        given = output.outputs[0]
        self._cached = output.num_cached_tokens or 0
        if given.finish_reason in FAILED:
            return failed(self.request, f"vLLM ended it with {given.finish_reason!r}")
        for token in given.token_ids:
            self._tokens.append(token)
            self._stamps.append(now)
            if self._stops is not None and self._stops.just_reached(self._tokens):
                return self._response(output, now, ended=True)
        if not output.finished:
            return None
        return self._response(output, now, ended=given.finish_reason == "stop")

    def _response(self, output: Any, now: float, *, ended: bool) -> Response:
        request, sampling = self.request, self.request.sampling
        assert sampling is not None
        text = self._decode(self._tokens)
        opened = opens_reasoning(request.prompt.text)
        cut = stop_in_answer(text, sampling.stop, open_at_start=opened)
        split = split_reasoning(text if cut is None else text[:cut], open_at_start=opened)
        return Response(
            request.key,
            FinishReason.STOP if ended else FinishReason.LENGTH,
            text=split.answer,
            reasoning=split.reasoning,
            reasoning_closed=split.closed,
            prompt_tokens=len(request.prompt.tokens),
            computed_tokens=len(request.prompt.tokens) - self._cached,
            cached_tokens=self._cached,
            generated_tokens=len(self._tokens),
            timing=self._timing(output, now),
            prefill_seconds=prefill_seconds(output.metrics),
        )

    def _timing(self, output: Any, now: float) -> Timing | None:
        if self._ask.stream:
            gaps = tuple(after - before for before, after in pairwise(self._stamps)) if self._each_token else ()
            return Timing(self._sent, self._stamps[0] - self._sent, self._stamps[-1] - self._sent, gaps)
        latency: float | None = getattr(output.metrics, "first_token_latency", None)
        last = now - self._sent
        return None if latency is None else Timing(self._sent, min(latency, last), last)


def prefill_seconds(metrics: Any) -> float | None:
    """Return the seconds from the first work on a request to its first token, without the time it waited for its turn.

    Args:
        metrics: vLLM's ``RequestStateStats``, whose times of one clock are 0 until they are known; or ``None``.
    """
    scheduled: float = getattr(metrics, "scheduled_ts", 0.0)
    first: float = getattr(metrics, "first_token_ts", 0.0)
    return first - scheduled if 0 < scheduled <= first else None


class Choosing:
    """A ``choose`` request at work.

    Args:
        request: with its continuations.
        probes: what brings the terms of their log-likelihoods.
    """

    def __init__(self, request: Request, probes: Sequence[Probe]) -> None:
        self.request = request
        self._probes = probes
        self._asks = [Ask(probe.tokens, probe_params(probe), least=max(1, len(probe.forced))) for probe in probes]
        self._terms: Terms = {}
        self._left = len(probes)
        self._computed = 0
        self._cached = len(request.prompt.tokens)

    @property
    def asks(self) -> Sequence[Ask]:
        """See ``Job``."""
        return self._asks

    def take(self, number: int, output: Any, now: float) -> Response | None:
        """See ``Job``."""
        if not output.finished:
            return None
        if output.outputs[0].finish_reason in FAILED:
            return failed(self.request, f"vLLM ended it with {output.outputs[0].finish_reason!r}")
        probe = self._probes[number]
        try:
            self._terms |= read_terms(probe, output)
        except LookupError as error:
            return failed(self.request, f"vLLM gave no log-probability of {error}")
        cached = output.num_cached_tokens or 0
        # The last token that is generated is not read.
        self._computed += len(probe.tokens) - cached + max(0, len(probe.forced) - 1)
        self._cached = min(self._cached, cached)
        self._left -= 1
        return None if self._left else self._response()

    def _response(self) -> Response:
        return Response(
            self.request.key,
            FinishReason.CHOSEN,
            log_probs=add_up(self._terms, [continuation.tokens for continuation in self.request.continuations]),
            prompt_tokens=len(self.request.prompt.tokens),
            computed_tokens=self._computed,
            cached_tokens=self._cached,
        )


def failed(request: Request, why: str) -> Response:
    """Return the response to a request that the engine did not answer."""
    return Response(request.key, FinishReason.ERROR, prompt_tokens=len(request.prompt.tokens), error=why)


def too_long(request: Request) -> Response:
    """Return the response to a request that does not fit the context."""
    return Response(request.key, FinishReason.TOO_LONG, prompt_tokens=len(request.prompt.tokens))
