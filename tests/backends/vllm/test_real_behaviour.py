"""What requests ask of vLLM beside log-probabilities: stops, seeds, limits, times, and work that comes at any time."""

import math
import os
import time

import psutil
import pytest
from tests.backends.vllm.conftest import CONTEXT, Asker, ask

from benchharness.backends.base import Backend
from benchharness.backends.transformers.backend import TransformersBackend
from benchharness.records import FinishReason, Prompt, Request, Response, Sampling
from benchharness.runs.execute import QueueSource

pytestmark = [pytest.mark.vllm, pytest.mark.enable_socket]

STORY = "Once upon a time, in a village by the sea,"
COUNT = "One, two, three, four, five, six, seven, eight, nine, ten. One, two, three, four,"


def test_a_stop_string_ends_the_text_and_is_no_part_of_it(
    engine: Backend, plain: TransformersBackend, asker: Asker
) -> None:
    requests = [
        asker.generate("one", COUNT, Sampling(24, stop=(" seven",))),
        asker.generate(
            "two",
            COUNT,
            Sampling(24, stop=("no such text", ".")),
        ),
        asker.generate("none", COUNT, Sampling(24, stop=("no such text",))),
        asker.generate("within", COUNT, Sampling(24, stop=("eve",))),
        asker.generate("zh", "一、二、三、四、五、六、七。一、二、三、四、", Sampling(24, stop=("六", "。"))),
    ]
    mine, theirs = ask(engine, requests), ask(plain, requests)
    for key, response in theirs.items():
        assert (mine[key].text, mine[key].finish_reason) == (response.text, response.finish_reason)
        assert mine[key].generated_tokens == response.generated_tokens
    assert mine["one"].text == " five, six,"
    assert mine["one"].finish_reason is FinishReason.STOP
    assert mine["none"].finish_reason is FinishReason.LENGTH


def test_a_stop_string_inside_reasoning_ends_nothing(engine: Backend, plain: TransformersBackend, asker: Asker) -> None:
    # The model counts on inside what its prompt has opened as reasoning.
    request = asker.generate("thought", f"{COUNT}<think>", Sampling(16, stop=(",", " ")))
    mine, theirs = ask(engine, [request])["thought"], ask(plain, [request])["thought"]
    assert (mine.text, mine.reasoning, mine.reasoning_closed) == (
        theirs.text,
        theirs.reasoning,
        theirs.reasoning_closed,
    )
    assert mine.finish_reason is FinishReason.LENGTH
    assert mine.generated_tokens == 16
    assert not mine.reasoning_closed


def test_a_seed_decides_the_text_whatever_runs_beside_it(engine: Backend, asker: Asker) -> None:
    drawn = [
        asker.generate(f"seed {seed}", STORY, Sampling(16, temperature=1.0, top_p=0.95, seed=seed))
        for seed in (1, 2, 3)
    ]
    others = [asker.generate(f"other {number}", f"{COUNT} {number}", Sampling(16)) for number in range(12)]
    alone = {key: response for request in drawn for key, response in ask(engine, [request]).items()}
    among = ask(engine, [*others[:6], *drawn, *others[6:]])
    texts = [alone[request.key].text for request in drawn]
    assert texts == [among[request.key].text for request in drawn]
    assert len(set(texts)) == 3
    assert ask(engine, [asker.generate("greedy", STORY, Sampling(16, seed=1))])["greedy"].text == (
        ask(engine, [asker.generate("greedy", STORY, Sampling(16, seed=2))])["greedy"].text
    )


def test_an_end_that_is_to_be_ignored_ends_nothing_and_each_token_is_timed(engine: Backend, asker: Asker) -> None:
    # A chat turn that is answered in a few tokens.
    chat = asker.tokenizer.render_chat([{"role": "user", "content": "What is the capital of France?"}], thinking=False)
    heeded, ignored = (
        asker.generate(name, chat, Sampling(48, ignore_end=ignore))
        for name, ignore in (("heeded", False), ("ignored", True))
    )
    responses = ask(engine, [heeded, ignored])
    assert responses["heeded"].finish_reason is FinishReason.STOP
    assert responses["heeded"].generated_tokens < 48
    assert responses["ignored"].finish_reason is FinishReason.LENGTH
    assert responses["ignored"].generated_tokens == 48
    each, ends = responses["ignored"].timing, responses["heeded"].timing
    assert each is not None
    assert ends is not None
    assert len(each.gaps) == 47
    assert math.isclose(each.first + sum(each.gaps), each.last, abs_tol=1e-6)
    assert ends.gaps == ()
    assert 0 < ends.first < ends.last


def test_times_are_within_the_time_that_passed_and_shares_add_up_to_it(engine: Backend, asker: Asker) -> None:
    requests = [asker.generate(f"timed {number}", f"{STORY} {number}", Sampling(6)) for number in range(8)]
    begun = time.perf_counter()
    responses = ask(engine, requests)
    ended = time.perf_counter()
    for response in responses.values():
        assert response.timing is not None
        assert begun <= response.timing.sent
        assert response.timing.sent + response.timing.last <= ended
    shares = sum(response.seconds or math.inf for response in responses.values())
    assert 0.8 * (ended - begun) <= shares <= ended - begun


def test_what_does_not_fit_the_context_is_told_and_the_rest_is_answered(engine: Backend, asker: Asker) -> None:
    def repeated(length: int) -> Prompt:
        return Prompt((), (), asker.tokens(" sea") * length, ())

    def generate(key: str, length: int) -> Request:
        made = asker.generate(key, STORY, Sampling(4))
        return Request(key, "test", key, made.language, made.kind, repeated(length), sampling=made.sampling)

    responses = ask(
        engine, [generate("long", CONTEXT), generate("fits", CONTEXT - 1), asker.choose("letters", STORY, "AB")]
    )
    assert responses["long"].finish_reason is FinishReason.TOO_LONG
    assert responses["fits"].finish_reason is FinishReason.LENGTH
    assert responses["fits"].generated_tokens == 1
    assert responses["letters"].finish_reason is FinishReason.CHOSEN


def test_a_request_that_vllm_refuses_is_an_error_of_its_own(engine: Backend, asker: Asker) -> None:
    broken = asker.generate("broken", STORY, Sampling(4))
    broken = Request(
        "broken", "test", "b", broken.language, broken.kind, Prompt((), (), (10**7,), ()), sampling=broken.sampling
    )
    responses = ask(engine, [broken, asker.generate("whole", STORY, Sampling(4))])
    assert responses["broken"].finish_reason is FinishReason.ERROR
    assert responses["broken"].error
    assert responses["whole"].finish_reason is FinishReason.LENGTH


class Later:
    """A source whose requests come while others are at work."""

    def __init__(self, requests: list[Request]) -> None:
        self._waiting = requests
        self._empty_handed = False
        self.asked_at_work = 0

    def take(self, limit: int, *, wait: bool = True) -> list[Request]:
        self.asked_at_work += not wait
        if not wait and not self._empty_handed:
            self._empty_handed = True
            return []
        self._empty_handed = False
        taken, self._waiting = self._waiting[:1], self._waiting[1:]
        return taken


def test_work_is_taken_while_other_work_is_done(engine: Backend, asker: Asker) -> None:
    source = Later([asker.generate(f"later {number}", f"{STORY} {number}", Sampling(12)) for number in range(5)])
    responses: list[Response] = list(engine.run(source))
    assert sorted(response.key for response in responses) == [f"later {number}" for number in range(5)]
    assert source.asked_at_work > 5
    assert max(response.batch_size for response in responses) > 1
    assert engine.capabilities.polls


def test_a_run_that_is_left_leaves_nothing_at_work(engine: Backend, asker: Asker) -> None:
    requests = [asker.generate(f"left {number}", f"{STORY} {number}", Sampling(4 + 40 * number)) for number in range(4)]
    running = engine.run(QueueSource(requests))
    assert next(iter(running)).key == "left 0"
    running.close()  # type: ignore[attr-defined]
    again = asker.generate("again", STORY, Sampling(2))
    assert list(ask(engine, [again])) == ["again"]


def test_memory_is_read_where_the_work_is_done(engine: Backend) -> None:
    from benchharness.backends.vllm.backend import VllmBackend

    assert isinstance(engine, VllmBackend)
    use = engine.resource_use()
    children = psutil.Process().children(recursive=True)
    assert use.process > sum(child.memory_info().rss for child in children if child.is_running()) / 2
    # There is no accelerator here, so nothing is said of one.
    assert use.device is None
    assert use.device_parts == {}
    assert engine.processes() == (os.getpid(),)
    assert engine.engine_memory()[0]["cache"] == pytest.approx(2**30, rel=0.01)
