"""Requests too long to be read beside others: each is read by itself, in place, on top of the prefix it shares.

Nothing is copied: the keys and values of the prefix stay where they are, those of the request go after them, and the
next request writes over these.
"""

import time
from collections.abc import Callable, Sequence
from typing import Any

import torch

from benchharness.backends.transformers.batches import tree_cost
from benchharness.backends.transformers.generate import Generated
from benchharness.backends.transformers.prefixes import SharedPrefix
from benchharness.backends.transformers.reading import read_in_chunks, read_pass
from benchharness.backends.transformers.sampling import SeededDraw
from benchharness.backends.transformers.slots import Finished, room_of
from benchharness.backends.transformers.stops import StopFinder
from benchharness.records import Request


def generates_alone(request: Request, token_budget: int) -> bool:
    """Tell whether a ``generate`` request leaves no room for another in a batch of so many tokens."""
    return 2 * room_of(request) > token_budget


def chooses_alone(request: Request, shared: int, chunk: int, most_scored: int) -> bool:
    """Tell whether a ``choose`` request is too long for a row of a batch.

    Args:
        request: with its continuations.
        shared: tokens of its prefix.
        chunk: most tokens of a pass; 0 for any number.
        most_scored: most positions of a pass whose logits are wanted.
    """
    needed = tree_cost(request)
    return bool(chunk and needed.length - shared > chunk) or needed.scored > most_scored


def room_to_choose(request: Request) -> int:
    """Return the tokens that lie in the cache at a time while a ``choose`` request is scored by ``score_alone``."""
    return len(request.prompt.tokens) + max(len(continuation.tokens) for continuation in request.continuations)


def generate_alone(
    model: Any,
    prefix: SharedPrefix,
    request: Request,
    *,
    chunk: int,
    end_tokens: frozenset[int],
    decode: Callable[[Sequence[int]], str],
) -> Finished:
    """Generate for one request.

    Args:
        model: a causal language model of ``transformers`` in which prefixes can be reused.
        prefix: what its prompt begins with.
        request: with its sampling.
        chunk: most prompt tokens of a pass; 0 for all in one.
        end_tokens: token ids that end a text.
        decode: returns the text of tokens.

    Returns:
        What it produced. ``shared`` is the whole prefix, and ``prefill_seconds`` are without it.
    """
    assert request.sampling is not None
    began = time.perf_counter()
    stops = StopFinder(decode).of(request)
    draw = SeededDraw(request.sampling)
    heeded = frozenset() if request.sampling.ignore_end else end_tokens
    with torch.inference_mode():
        prefix.path.hold(prefix.length, room_of(request))
        logits = read_in_chunks(model, prefix.path, request.prompt.tokens[prefix.length :], chunk, scored=True)
        tokens: list[int] = []
        stamps: list[float] = []
        while True:
            tokens.append(int(draw.scores(logits[0]).argmax()))
            stamps.append(time.perf_counter())
            ended = tokens[-1] in heeded or stops.just_reached(tokens)
            if ended or len(tokens) == request.sampling.max_new_tokens:
                break
            logits = read_pass(model, prefix.path, tokens[-1:], [0])
    produced = Generated(tuple(tokens), ended)
    return Finished(request, prefix.length, produced, 1, tuple(stamps), prefill_seconds=stamps[0] - began)


def score_alone(model: Any, prefix: SharedPrefix, request: Request, *, chunk: int, most_scored: int) -> list[float]:
    """Return the summed log-probability of each continuation of one request.

    The prompt is read once, and each continuation of more than a token after it.

    Args:
        model: a causal language model of ``transformers`` in which prefixes can be reused.
        prefix: what its prompt begins with.
        request: with its continuations.
        chunk: most tokens of a pass; 0 for any number.
        most_scored: most positions of a pass whose logits are wanted.

    Returns:
        Natural logarithms, computed in fp32.
    """
    path, prompt = prefix.path, request.prompt.tokens
    step = min(chunk, most_scored) if chunk else most_scored
    with torch.inference_mode():
        path.hold(prefix.length, room_to_choose(request))
        logits = read_in_chunks(model, path, prompt[prefix.length :], chunk, scored=True)
        first = logits[0].log_softmax(dim=-1)
        sums: list[torch.Tensor] = []
        for continuation in request.continuations:
            tokens = continuation.tokens
            path.hold(len(prompt), room_to_choose(request))
            total = first[tokens[0]].double()
            for begin in range(0, len(tokens) - 1, step):
                given, wanted = tokens[begin : begin + step], tokens[begin + 1 : begin + 1 + step]
                given = given[: len(wanted)]
                logits = read_pass(model, path, given, range(len(given)))
                ids = torch.tensor(wanted, device=logits.device)[:, None]
                total = total + (logits.gather(1, ids)[:, 0] - logits.logsumexp(dim=-1)).double().sum()
            sums.append(total)
        # The only wait for the device.
        values: list[float] = torch.stack(sums).tolist()
    return values
