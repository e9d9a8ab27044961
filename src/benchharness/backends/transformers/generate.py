"""``generate``: text, batched and padded on the left, each row with its own length, stop strings and seed."""

from bisect import bisect_left
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import torch
from transformers import GenerationConfig, LogitsProcessor, LogitsProcessorList, StoppingCriteria, StoppingCriteriaList

from benchharness.backends.transformers.prefixes import SharedPrefix, expand
from benchharness.records import Request, Sampling
from benchharness.text.reasoning import opens_reasoning
from benchharness.text.stops import first_stop, stop_in_answer

STOP_WINDOW = 16
"""Tokens beyond the length of a stop string that are decoded to look for it: it may begin within a token."""


class Generated(NamedTuple):
    """What one row produced.

    Attributes:
        tokens: produced tokens, the one that ends the text included.
        ended: whether an end token or a stop string ended it, and not the limit.
    """

    tokens: tuple[int, ...]
    ended: bool


class AnswerStops:
    """Tells whether the tokens a row produced hold one of its stop strings, outside its reasoning.

    Args:
        request: the row's request.
        decode: returns the text of tokens.
    """

    def __init__(self, request: Request, decode: Callable[[Sequence[int]], str]) -> None:
        assert request.sampling is not None
        self.sampling = request.sampling
        self._opened = opens_reasoning(request.prompt.text)
        self._decode = decode
        self._window = max(map(len, self.sampling.stop), default=0) + STOP_WINDOW

    def reached(self, tokens: Sequence[int]) -> bool:
        """Tell whether a stop string stands anywhere in ``tokens``."""
        stops = self.sampling.stop
        return bool(stops) and stop_in_answer(self._decode(tokens), stops, open_at_start=self._opened) is not None

    def just_reached(self, tokens: Sequence[int]) -> bool:
        """Tell the same of tokens that had none before the last one; most often by a look at the end alone."""
        stops = self.sampling.stop
        seen = bool(stops) and first_stop(self._decode(tokens[-self._window :]), stops) is not None
        return seen and self.reached(tokens)


class SeededSampling(LogitsProcessor):
    """Makes greedy search sample, each row by its own generator, so that a row does not depend on its batch.

    The largest of logits plus Gumbel noise is an exact draw from their softmax (Gumbel 1954; Maddison, Tarlow and
    Minka 2014). Rows with temperature 0 are left as they are.
    """

    def __init__(self, samplings: Sequence[Sampling]) -> None:
        self._samplings = samplings
        self._generators = [torch.Generator().manual_seed(sampling.seed) for sampling in samplings]

    def __call__(self, input_ids: torch.LongTensor, scores: torch.FloatTensor) -> torch.FloatTensor:
        """Return the scores whose largest is the token drawn; see ``transformers.LogitsProcessor``."""
        drawn = scores.float().clone()
        for row, (sampling, generator) in enumerate(zip(self._samplings, self._generators, strict=True)):
            if sampling.temperature > 0:
                logits = _nucleus(drawn[row] / sampling.temperature, sampling.top_p)
                exponential = torch.empty(logits.shape).exponential_(generator=generator)
                drawn[row] = logits - exponential.log().to(logits.device)
        return drawn  # type: ignore[return-value]


def _nucleus(logits: torch.Tensor, top_p: float) -> torch.Tensor:
    """Keep the most likely tokens whose probabilities first add up to ``top_p``."""
    if top_p >= 1:
        return logits
    ordered, indices = logits.sort(descending=True)
    probabilities = ordered.softmax(dim=-1)
    # A token stays if those before it do not reach top_p yet; so at least one stays.
    dropped = probabilities.cumsum(dim=-1) - probabilities >= top_p
    return logits.masked_fill(torch.zeros_like(dropped).scatter(0, indices, dropped), float("-inf"))


class RowEnds(StoppingCriteria):
    """Ends each row by itself: at its token limit, or at a stop string."""

    def __init__(self, stops: Sequence[AnswerStops], prompt_length: int) -> None:
        self._stops = stops
        self._prompt_length = prompt_length
        self._done = [False] * len(stops)

    def __call__(self, input_ids: torch.LongTensor, scores: Any, **_: Any) -> torch.BoolTensor:
        """Tell which rows are done; see ``transformers.StoppingCriteria``."""
        produced = input_ids.shape[1] - self._prompt_length
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
    prefix: SharedPrefix | None = None,
    end_tokens: frozenset[int],
    padding: int,
    decode: Callable[[Sequence[int]], str],
) -> list[Generated]:
    """Generate for a batch of requests.

    Args:
        model: a causal language model of ``transformers``.
        requests: the batch, each with its sampling.
        device: where the model takes its input.
        prefix: what the prompts begin with, if that has been computed.
        end_tokens: token ids that end a text.
        padding: a token id to pad with.
        decode: returns the text of tokens.

    Returns:
        What each request produced, in the order given.
    """
    stops = [AnswerStops(request, decode) for request in requests]
    samplings = [of_row.sampling for of_row in stops]
    shared = prefix.length if prefix is not None else 0
    longest = max(len(request.prompt.tokens) for request in requests)
    tokens = torch.full((len(requests), longest), padding, dtype=torch.long)
    mask = torch.zeros((len(requests), longest), dtype=torch.long)
    for row, request in enumerate(requests):
        # Padding stands between the shared prefix and the rest.
        begin = longest - len(request.prompt.tokens) + shared
        tokens[row, :shared] = torch.tensor(request.prompt.tokens[:shared])
        tokens[row, begin:] = torch.tensor(request.prompt.tokens[shared:])
        mask[row, :shared] = 1
        mask[row, begin:] = 1
    reused = {"past_key_values": expand(prefix.cache, len(requests))} if prefix is not None and shared else {}
    samples = any(sampling.temperature > 0 for sampling in samplings)
    config = GenerationConfig(
        do_sample=False,
        max_new_tokens=max(sampling.max_new_tokens for sampling in samplings),
        eos_token_id=sorted(end_tokens) or None,
        pad_token_id=padding,
        use_cache=True,
    )
    with torch.inference_mode():
        produced = model.generate(
            input_ids=tokens.to(device),
            attention_mask=mask.to(device),
            generation_config=config,
            logits_processor=LogitsProcessorList([SeededSampling(samplings)] if samples else []),
            stopping_criteria=StoppingCriteriaList([RowEnds(stops, longest)]),
            **reused,
        )
    rows = produced[:, longest:].tolist()
    return [_end_row(row, of_row, end_tokens) for row, of_row in zip(rows, stops, strict=True)]


def _end_row(tokens: list[int], stops: AnswerStops, end_tokens: frozenset[int]) -> Generated:
    """Cut off what the batch produced for a row after its own end."""
    tokens = tokens[: stops.sampling.max_new_tokens]
    end = next((index for index, token in enumerate(tokens) if token in end_tokens), None)
    if end is not None:
        tokens = tokens[: end + 1]
    if stops.reached(tokens):
        # The shortest beginning that holds a stop string: it stays there in all longer ones.
        shortest = bisect_left(range(len(tokens)), True, key=lambda length: stops.reached(tokens[:length]))
        return Generated(tuple(tokens[:shortest]), ended=True)
    return Generated(tuple(tokens), ended=end is not None)
