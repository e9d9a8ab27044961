"""The loop between source and engine, with an engine of our own that follows a script."""

import math
import time
from collections.abc import Iterator, Sequence
from types import SimpleNamespace
from typing import Any

import pytest

from benchharness.backends.transformers.stops import StopFinder
from benchharness.backends.vllm.choose import Way, make_probes
from benchharness.backends.vllm.jobs import Ask, Choosing, Generating, Job
from benchharness.backends.vllm.loop import AHEAD, Loop, RefusedRequestError
from benchharness.records import (
    Continuation,
    FinishReason,
    Language,
    Prompt,
    Request,
    RequestKind,
    Response,
    Sampling,
    Segment,
)
from benchharness.runs.execute import QueueSource
from benchharness.tokens.tokenizer import ByteTokenizer

TOKENIZER = ByteTokenizer()
END = 0
STEP_SECONDS = 0.002


class ScriptedEngine:
    """Generates what the prompt says before ``|``, a token a step, and holds so many requests at a time."""

    def __init__(self, *, refuses: str = "", fails: str = "") -> None:
        self.at_work: dict[str, tuple[Ask, list[int]]] = {}
        self.most = 0
        self.steps = 0
        self.aborted: list[str] = []
        self._refuses, self._fails = refuses, fails

    def add(self, name: str, ask: Ask) -> None:
        text = TOKENIZER.decode(ask.tokens)
        if self._refuses and self._refuses in text:
            raise RefusedRequestError("no such token")
        self.at_work[name] = (ask, [])
        self.most = max(self.most, len(self.at_work))

    def step(self) -> Sequence[Any]:
        assert self.at_work, "stepped with nothing at work"
        self.steps += 1
        time.sleep(STEP_SECONDS)
        outputs = [self._advance(name) for name in list(self.at_work)]
        return [output for output in outputs if output is not None]

    def _advance(self, name: str) -> Any:
        ask, produced = self.at_work[name]
        text = TOKENIZER.decode(ask.tokens)
        answer = [*text.partition("|")[0].encode(), END]
        token = answer[len(produced) % len(answer)]
        produced.append(token)
        reason = "stop" if token in ask.params.get("stop_token_ids", ()) else None
        reason = reason or ("length" if len(produced) == ask.params["max_tokens"] else None)
        if self._fails and self._fails in text:
            reason = "error"
        if reason is not None:
            del self.at_work[name]
        elif not ask.stream:
            return None
        given = [token] if ask.stream else list(produced)
        wanted = ask.params.get("logprob_token_ids")
        rows = None if wanted is None else [{one: SimpleNamespace(logprob=-float(one)) for one in wanted}]
        return SimpleNamespace(
            request_id=name,
            finished=reason is not None,
            num_cached_tokens=min(2, len(ask.tokens) - 1),
            metrics=SimpleNamespace(first_token_latency=STEP_SECONDS),
            prompt_logprobs=None,
            outputs=[SimpleNamespace(token_ids=given, finish_reason=reason, logprobs=rows)],
        )

    def abort(self, names: Sequence[str]) -> None:
        self.aborted += names
        for name in names:
            self.at_work.pop(name, None)


def prompt(text: str) -> Prompt:
    return Prompt((), (Segment("question", text),), tuple(text.encode()), (0,))


def generate(key: str, text: str, sampling: Sampling) -> Request:
    return Request(key, "t", key, Language.EN, RequestKind.GENERATE, prompt(text), sampling=sampling)


def choose(key: str, text: str, *options: str) -> Request:
    continuations = tuple(Continuation(option, tuple(option.encode())) for option in options)
    return Request(key, "t", key, Language.ZH, RequestKind.CHOOSE, prompt(text), continuations=continuations)


def make_loop(engine: ScriptedEngine, *, each_token: bool = False, context_length: int | None = None) -> Loop:
    finder = StopFinder(TOKENIZER.decode)

    def begin(request: Request, sent: float) -> Job:
        if request.kind is RequestKind.CHOOSE:
            tokens = [continuation.tokens for continuation in request.continuations]
            return Choosing(request, make_probes(request.prompt.tokens, tokens, Way.STEPS))
        assert request.sampling is not None
        return Generating(
            request,
            sent,
            end_tokens=[END],
            thinking_token_budget=None,
            stops=finder.of(request) if request.sampling.stop else None,
            each_token=each_token,
            decode=TOKENIZER.decode,
        )

    return Loop(engine, begin, max_num_seqs=3, context_length=context_length)


def run(engine: ScriptedEngine, *requests: Request, **options: Any) -> dict[str, Response]:
    responses = list(make_loop(engine, **options).run(QueueSource(requests)))
    assert sorted(response.key for response in responses) == sorted(request.key for request in requests)
    assert engine.at_work == {}
    return {response.key: response for response in responses}


def test_each_request_is_answered_once_and_the_engine_is_kept_fed() -> None:
    engine = ScriptedEngine()
    requests = [generate(f"r{number}", f"{'x' * number}|{number}", Sampling(50)) for number in range(20)]
    responses = run(engine, *requests)
    for number in range(20):
        # The byte that ends a text decodes as itself.
        assert responses[f"r{number}"].text.rstrip("\0") == "x" * number
        assert responses[f"r{number}"].finish_reason is FinishReason.STOP
        assert responses[f"r{number}"].cached_tokens == min(2, responses[f"r{number}"].prompt_tokens - 1)
    assert engine.most == AHEAD * 3
    assert max(response.batch_size for response in responses.values()) == 3


def test_stop_strings_end_the_answer_and_what_is_at_work_is_let_go_of() -> None:
    engine = ScriptedEngine()
    responses = run(
        engine,
        generate("answer", "one. two. three|q", Sampling(50, stop=(". ",))),
        generate("reasoning", "a. b.</think> c. d. e|q<think>", Sampling(50, stop=(". ",))),
        generate("never", "one. two|q", Sampling(5, stop=("!",))),
    )
    assert responses["answer"].text == "one"
    assert responses["answer"].generated_tokens == 5
    assert responses["reasoning"].text == " c"
    assert responses["reasoning"].reasoning == "a. b."
    assert responses["never"].finish_reason is FinishReason.LENGTH
    assert len(engine.aborted) == 2


def test_reasoning_is_kept_apart_and_an_end_may_be_ignored() -> None:
    engine = ScriptedEngine()
    responses = run(
        engine,
        generate("thought", "<think>hm</think>yes|q", Sampling(60)),
        generate("ignored", "ab|q", Sampling(7, ignore_end=True)),
    )
    assert (responses["thought"].reasoning, responses["thought"].text.rstrip("\0")) == ("hm", "yes")
    assert responses["ignored"].generated_tokens == 7
    assert responses["ignored"].finish_reason is FinishReason.LENGTH


def test_the_terms_of_all_probes_are_added_up() -> None:
    engine = ScriptedEngine()
    response = run(engine, choose("c", "q", "A", "B", "Ab"))["c"]
    assert response.finish_reason is FinishReason.CHOSEN
    assert response.log_probs == (-65.0, -66.0, -65.0 - 98.0)
    # Two probes, of one and two tokens; the last is always read.
    assert response.computed_tokens == 1 + 1


@pytest.mark.parametrize("each_token", [False, True])
def test_times_are_those_of_the_steps_and_shares_add_up(each_token: bool) -> None:
    engine = ScriptedEngine()
    requests = [generate(f"r{number}", "abcdefgh|", Sampling(6)) for number in range(4)]
    begun = time.perf_counter()
    responses = run(engine, *requests, each_token=each_token)
    wall = time.perf_counter() - begun
    for response in responses.values():
        timing = response.timing
        assert timing is not None
        assert 0 < timing.first <= timing.last <= wall
        assert len(timing.gaps) == (5 if each_token else 0)
        if each_token:
            assert math.isclose(timing.first + sum(timing.gaps), timing.last)
    assert sum(response.seconds or 0 for response in responses.values()) <= wall


def test_what_does_not_fit_is_refused_or_fails_is_answered_as_such() -> None:
    engine = ScriptedEngine(refuses="bad", fails="ill")
    responses = run(
        engine,
        generate("long", "x" * 30, Sampling(5)),
        generate("bad", "|bad", Sampling(5)),
        choose("bad letters", "bad", "A", "Ab"),
        generate("ill", "abc|ill", Sampling(5)),
        choose("ill letters", "ill", "A", "Ab"),
        generate("well", "abc|", Sampling(2)),
        context_length=30,
    )
    assert responses["long"].finish_reason is FinishReason.TOO_LONG
    for key in ("bad", "bad letters", "ill", "ill letters"):
        assert responses[key].finish_reason is FinishReason.ERROR
        assert responses[key].error
    assert responses["well"].text == "ab"


class Trickle:
    """A source that has something only every other time it is asked, and then one request."""

    def __init__(self, requests: Sequence[Request]) -> None:
        self._waiting = list(requests)
        self._turn = False
        self.waited = 0

    def take(self, limit: int, *, wait: bool = True) -> list[Request]:
        self._turn = not self._turn
        self.waited += wait
        if not wait and self._turn:
            return []
        return [self._waiting.pop(0)] if self._waiting else []


def test_work_may_come_at_any_time() -> None:
    engine = ScriptedEngine()
    requests = [generate(f"r{number}", "abcdef|", Sampling(4)) for number in range(6)]
    responses = list(make_loop(engine).run(Trickle(requests)))
    assert len(responses) == 6
    assert engine.most > 1


def test_time_without_work_is_nobodys() -> None:
    class Slow:
        def __init__(self) -> None:
            self._left = 3

        def take(self, limit: int, *, wait: bool = True) -> list[Request]:
            if not wait or not self._left:
                return []
            time.sleep(0.05)
            self._left -= 1
            return [generate(str(self._left), "ab|", Sampling(1))]

    responses = list(make_loop(ScriptedEngine()).run(Slow()))
    assert len(responses) == 3
    assert sum(response.seconds or 0 for response in responses) < 0.1


def test_a_run_that_is_left_lets_go_of_what_is_at_work() -> None:
    engine = ScriptedEngine()
    requests = [generate(f"r{number}", "abcdef|", Sampling(1 + number)) for number in range(4)]
    running: Iterator[Response] = make_loop(engine).run(QueueSource(requests))
    assert next(running).key == "r0"
    running.close()  # type: ignore[attr-defined]
    assert engine.at_work == {}
    assert len(engine.aborted) == 3
