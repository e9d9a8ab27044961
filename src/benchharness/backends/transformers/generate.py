"""``generate`` by the search of ``transformers``, a batch at a time.

It is the reference for ``slots``, and serves models in which keys of several prompts cannot lie beside each other.
"""

import time
from bisect import bisect_left
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import torch
from transformers import GenerationConfig, LogitsProcessorList, StoppingCriteria, StoppingCriteriaList

from benchharness.backends.transformers.sampling import SeededSampling
from benchharness.backends.transformers.stops import AnswerStops, StopFinder
from benchharness.records import Request


class Generated(NamedTuple):
    """What one row produced.

    Attributes:
        tokens: produced tokens, the one that ends the text included.
        ended: whether an end token or a stop string ended it, and not the limit.
    """

    tokens: tuple[int, ...]
    ended: bool


class RowEnds(StoppingCriteria):
    """Ends each row by itself: at its token limit, or at a stop string.

    Attributes:
        first: when the first tokens were there, by ``time.perf_counter``.
    """

    def __init__(self, stops: Sequence[AnswerStops], prompt_length: int) -> None:
        self._stops = stops
        self._prompt_length = prompt_length
        self._done = [False] * len(stops)
        self.first: float | None = None

    def __call__(self, input_ids: torch.LongTensor, scores: Any, **_: Any) -> torch.BoolTensor:
        """Tell which rows are done; see ``transformers.StoppingCriteria``."""
        produced = input_ids.shape[1] - self._prompt_length
        if self.first is None:
            if input_ids.is_cuda:
                torch.cuda.synchronize(input_ids.device)
            self.first = time.perf_counter()
        for row, stops in enumerate(self._stops):
            if self._done[row]:
                continue
            if produced >= stops.sampling.max_new_tokens:
                self._done[row] = True
            elif stops.sampling.stop:
                self._done[row] = stops.just_reached(input_ids[row, self._prompt_length :].tolist())
        return torch.tensor(self._done, device=input_ids.device)  # type: ignore[return-value]


def generate_rows(
    model: Any,
    requests: Sequence[Request],
    device: torch.device,
    *,
    end_tokens: frozenset[int],
    padding: int,
    decode: Callable[[Sequence[int]], str],
) -> tuple[list[Generated], float]:
    """Generate for a batch of requests.

    Args:
        model: a causal language model of ``transformers``.
        requests: the batch, each with its sampling.
        device: where the model takes its input.
        end_tokens: token ids that end a text.
        padding: a token id to pad with.
        decode: returns the text of tokens.

    Returns:
        What each request produced, in the order given, and the seconds to the first token of all.
    """
    began = time.perf_counter()
    finder = StopFinder(decode)
    stops = [finder.of(request) for request in requests]
    samplings = [of_row.sampling for of_row in stops]
    longest = max(len(request.prompt.tokens) for request in requests)
    tokens = torch.full((len(requests), longest), padding, dtype=torch.long)
    mask = torch.zeros((len(requests), longest), dtype=torch.long)
    for row, request in enumerate(requests):
        # Padding stands on the left: all rows go on from the same place.
        begin = longest - len(request.prompt.tokens)
        tokens[row, begin:] = torch.tensor(request.prompt.tokens)
        mask[row, begin:] = 1
    # An end token ends the rows that heed it when all is done.
    to_the_limit = any(sampling.ignore_end for sampling in samplings)
    samples = any(sampling.temperature > 0 for sampling in samplings)
    config = GenerationConfig(
        do_sample=False,
        max_new_tokens=max(sampling.max_new_tokens for sampling in samplings),
        eos_token_id=None if to_the_limit else sorted(end_tokens) or None,
        pad_token_id=padding,
        use_cache=True,
    )
    ends = RowEnds(stops, longest)
    with torch.inference_mode():
        produced = model.generate(
            input_ids=tokens.to(device),
            attention_mask=mask.to(device),
            generation_config=config,
            logits_processor=LogitsProcessorList([SeededSampling(samplings)] if samples else []),
            stopping_criteria=StoppingCriteriaList([ends]),
        )
    rows = produced[:, longest:].tolist()
    assert ends.first is not None
    generated = [_end_row(row, of_row, end_tokens) for row, of_row in zip(rows, stops, strict=True)]
    return generated, ends.first - began


def _end_row(tokens: list[int], stops: AnswerStops, end_tokens: frozenset[int]) -> Generated:
    """Cut off what the batch produced for a row after its own end."""
    tokens = tokens[: stops.sampling.max_new_tokens]
    heeded = frozenset() if stops.sampling.ignore_end else end_tokens
    end = next((index for index, token in enumerate(tokens) if token in heeded), None)
    if end is not None:
        tokens = tokens[: end + 1]
    if stops.reached(tokens):
        # The shortest beginning that holds a stop string: it stays there in all longer ones.
        shortest = bisect_left(range(len(tokens)), True, key=lambda length: stops.reached(tokens[:length]))
        return Generated(tuple(tokens[:shortest]), ended=True)
    return Generated(tuple(tokens), ended=end is not None)
