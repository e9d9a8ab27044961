"""From requests to responses: which path answers them, in which batches, and what each took."""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from itertools import pairwise
from typing import Any

from benchharness.backends.transformers.alone import (
    chooses_alone,
    generate_alone,
    generates_alone,
    room_to_choose,
    score_alone,
)
from benchharness.backends.transformers.batches import STEP, split_into_batches, tree_cost
from benchharness.backends.transformers.choose import rows_of, score_rows
from benchharness.backends.transformers.choose_shared import score_batch
from benchharness.backends.transformers.generate import Generated, generate_rows
from benchharness.backends.transformers.peaks import PeakWatch
from benchharness.backends.transformers.prefixes import SharedPrefix, shared_prefixes
from benchharness.backends.transformers.slots import Finished, generate_in_slots, room_of
from benchharness.records import FinishReason, Request, RequestKind, Response, Timing
from benchharness.text.reasoning import opens_reasoning, split_reasoning
from benchharness.text.stops import stop_in_answer
from benchharness.tokens.tokenizer import TransformersTokenizer

LOGIT_BYTES = {"cpu": 2**28, "cuda": 2**31}
"""Most memory for the logits of a batch, in fp32; as much again is taken for their normalisation."""


class Engine:
    """Answers requests with a model that is loaded.

    Args:
        model: a causal language model of ``transformers``.
        tokenizer: its tokenizer.
        end_tokens: token ids that end a text.
        reuse: whether prefixes are reused; without, every prompt is read whole, the reference.
        chunk: most tokens of a prompt that are read in one pass; 0 for any number. Without reuse it does not count.
    """

    def __init__(
        self, model: Any, tokenizer: TransformersTokenizer, end_tokens: frozenset[int], *, reuse: bool, chunk: int
    ) -> None:
        self.model = model
        self.watch = PeakWatch(model.device)
        self._chunk = chunk
        self._tokenizer = tokenizer
        self._end_tokens = end_tokens
        self._reuse = reuse
        padding: int | None = tokenizer.inner.pad_token_id
        # Padding is masked or never looked at, so that any id serves where a tokenizer names none.
        self._padding = 0 if padding is None else padding
        logit_bytes = LOGIT_BYTES.get(model.device.type, LOGIT_BYTES["cpu"])
        self._step = STEP.get(model.device.type, STEP["cpu"])
        self._most_scored = max(1, logit_bytes // (4 * model.config.get_text_config().vocab_size))

    def answer(self, requests: Sequence[Request], token_budget: int) -> Iterator[Response]:
        """Answer requests of one kind and one language, so that the time they take is that language's alone.

        Args:
            requests: the requests.
            token_budget: most tokens of a batch.

        Returns:
            The responses as they finish. Their ``seconds`` add up to the time spent here; with continuous batching,
            a response carries the time since the one before it.
        """
        started = time.perf_counter()
        for responses in self._answer(requests, token_budget):
            yield from _share_time(responses, time.perf_counter() - started)
            started = time.perf_counter()

    def _answer(self, requests: Sequence[Request], token_budget: int) -> Iterator[list[Response]]:
        generates = requests[0].kind is RequestKind.GENERATE
        self.watch.look()
        if not self._reuse:
            for batch in split_into_batches(requests, token_budget, step=self._step, most_scored=self._most_scored):
                yield self._generate_whole(batch) if generates else self._choose_whole(batch)
        elif generates:
            alone = [request for request in requests if generates_alone(request, token_budget)]
            together = [request for request in requests if not generates_alone(request, token_budget)]
            yield from self._generate_together(together, token_budget)
            yield from self._generate_alone(alone)
        else:
            yield from self._choose(requests, token_budget)

    def _choose(self, requests: Sequence[Request], token_budget: int) -> Iterator[list[Response]]:
        began = time.perf_counter()
        for prefix in shared_prefixes(self.model, requests, chunk=self._chunk, room=room_to_choose):
            # The first of those that share a prefix carries what the prefix took.
            computed = prefix.computed
            for batch, score in self._choose_batches(prefix, token_budget):
                sums = score()
                seconds, peak = time.perf_counter() - began, self.watch.look()
                responses = []
                for request, log_probs in zip(batch, sums, strict=True):
                    cached = prefix.length - computed
                    computed += tree_cost(request).length - prefix.length
                    responses.append(_chosen(request, log_probs, computed, cached, seconds, peak))
                    computed = 0
                yield responses
                began = time.perf_counter()

    def _choose_batches(
        self, prefix: SharedPrefix, token_budget: int
    ) -> Iterator[tuple[Sequence[Request], Callable[[], list[list[float]]]]]:
        """Yield the batches of a prefix, those that are too long for one at the end, each with what scores it."""
        alone: list[Request] = []
        together: list[Request] = []
        for request in prefix.requests:
            long = chooses_alone(request, prefix.length, self._chunk, self._most_scored)
            (alone if long else together).append(request)
        for batch in split_into_batches(
            together,
            token_budget,
            shared=prefix.length,
            step=self._step,
            most_scored=self._most_scored,
            cost_of=tree_cost,
        ):
            yield batch, partial(score_batch, self.model, prefix, batch, self.model.device)
        for request in alone:
            yield [request], partial(self._score_alone, prefix, request)

    def _score_alone(self, prefix: SharedPrefix, request: Request) -> list[list[float]]:
        return [score_alone(self.model, prefix, request, chunk=self._chunk, most_scored=self._most_scored)]

    def _choose_whole(self, batch: Sequence[Request]) -> list[Response]:
        began = time.perf_counter()
        rows = [rows_of(request) for request in batch]
        flat = [row for of_request in rows for row in of_request]
        sums = iter(score_rows(self.model, flat, self.model.device, self._padding))
        seconds, peak = time.perf_counter() - began, self.watch.look()
        responses = []
        for request, of_request in zip(batch, rows, strict=True):
            log_probs = [value for _ in of_request for value in next(sums)]
            computed = sum(len(row.tokens) for row in of_request)
            responses.append(_chosen(request, log_probs, computed, 0, seconds, peak))
        return responses

    def _generate_together(self, requests: Sequence[Request], token_budget: int) -> Iterator[list[Response]]:
        sent = time.perf_counter()
        for finished in generate_in_slots(
            self.model,
            shared_prefixes(self.model, requests, chunk=self._chunk),
            self.model.device,
            token_budget=token_budget,
            chunk=self._chunk,
            end_tokens=self._end_tokens,
            decode=self._tokenizer.decode,
            watch=self.watch,
        ):
            yield [self._told(finished, sent)]

    def _generate_alone(self, requests: Sequence[Request]) -> Iterator[list[Response]]:
        began = time.perf_counter()
        for prefix in shared_prefixes(self.model, requests, chunk=self._chunk, room=room_of):
            computed = prefix.computed
            for request in prefix.requests:
                finished = generate_alone(
                    self.model,
                    prefix,
                    request,
                    chunk=self._chunk,
                    end_tokens=self._end_tokens,
                    decode=self._tokenizer.decode,
                )
                told = finished._replace(
                    shared=prefix.length - computed,
                    prefill_seconds=finished.stamps[0] - began,
                    peak_memory=self.watch.look(),
                )
                computed = 0
                yield [self._told(told, began)]
                began = time.perf_counter()

    def _told(self, finished: Finished, sent: float) -> Response:
        return replace(
            self._speech(finished.request, finished.shared, finished.produced),
            batch_size=finished.together,
            timing=_timing(sent, finished.stamps),
            prefill_seconds=finished.prefill_seconds,
            peak_memory=finished.peak_memory,
        )

    def _generate_whole(self, batch: Sequence[Request]) -> list[Response]:
        generated, seconds = generate_rows(
            self.model,
            batch,
            self.model.device,
            end_tokens=self._end_tokens,
            padding=self._padding,
            decode=self._tokenizer.decode,
        )
        peak = self.watch.look()
        return [
            replace(self._speech(request, 0, produced), prefill_seconds=seconds, peak_memory=peak)
            for request, produced in zip(batch, generated, strict=True)
        ]

    def _speech(self, request: Request, shared: int, produced: Generated) -> Response:
        assert request.sampling is not None
        text = self._tokenizer.decode(produced.tokens)
        opened = opens_reasoning(request.prompt.text)
        cut = stop_in_answer(text, request.sampling.stop, open_at_start=opened)
        split = split_reasoning(text if cut is None else text[:cut], open_at_start=opened)
        return Response(
            request.key,
            FinishReason.STOP if produced.ended else FinishReason.LENGTH,
            text=split.answer,
            reasoning=split.reasoning,
            reasoning_closed=split.closed,
            prompt_tokens=len(request.prompt.tokens),
            computed_tokens=len(request.prompt.tokens) - shared,
            cached_tokens=shared,
            generated_tokens=len(produced.tokens),
        )


def _timing(sent: float, stamps: Sequence[float]) -> Timing:
    gaps = tuple(after - before for before, after in pairwise(stamps))
    return Timing(sent, stamps[0] - sent, stamps[-1] - sent, gaps)


def _chosen(
    request: Request, log_probs: Sequence[float], computed: int, cached: int, seconds: float, peak: int | None
) -> Response:
    return Response(
        request.key,
        FinishReason.CHOSEN,
        log_probs=tuple(log_probs),
        prompt_tokens=len(request.prompt.tokens),
        computed_tokens=computed,
        cached_tokens=cached,
        prefill_seconds=seconds,
        peak_memory=peak,
    )


def _share_time(responses: Sequence[Response], seconds: float) -> list[Response]:
    """Give each response of a batch its share of the time, by the tokens it took."""
    work = [response.computed_tokens + response.generated_tokens for response in responses]
    return [
        replace(response, seconds=seconds * own / sum(work), batch_size=max(response.batch_size, len(responses)))
        for response, own in zip(responses, work, strict=True)
    ]
