"""Prefix reuse: keys and values of a shared prefix, computed once and expanded over a batch."""

import inspect
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import torch
from transformers import DynamicCache

from benchharness.records import Request
from benchharness.tokens.prefix_tree import group_by_prefix

WORTH = 32
"""Tokens that a prefix must save to be computed apart: about what a step of its own costs."""


class SharedPrefix(NamedTuple):
    """Requests whose prompts go on from one prefix.

    Attributes:
        length: tokens of the prefix; 0 where nothing is shared.
        computed: tokens that were computed since the prefix before it, for this one and those that it begins with.
        cache: its keys and values, for a batch of one; ``None`` where nothing is shared.
        requests: the requests, whose prompts are longer than the prefix.
    """

    length: int
    computed: int
    cache: Any
    requests: tuple[Request, ...]


def why_no_reuse(config: Any, model_class: Any) -> str | None:
    """Return why the keys and values of a prefix cannot be reused exactly, or ``None`` if they can.

    Reuse is exact where every layer attends to all that came before, by position ids that can be given. A window
    that slides, or a state that is updated, would take padding between prefix and suffix for text.

    Args:
        config: the configuration of the text model.
        model_class: the class that runs it.
    """
    kinds = set(getattr(config, "layer_types", None) or ())
    if kinds - {"full_attention"}:
        return f"layers of the kinds {', '.join(sorted(kinds))}"
    if set(getattr(config, "attention_layers", None) or ()) - {"global"}:
        return "local attention"
    if not kinds and getattr(config, "sliding_window", None) and getattr(config, "use_sliding_window", True):
        return "sliding window"
    if getattr(model_class, "_is_stateful", False):
        return "recurrent state"
    parameters = inspect.signature(model_class.forward).parameters
    missing = [name for name in ("past_key_values", "position_ids", "logits_to_keep") if name not in parameters]
    return f"the model takes no {', '.join(missing)}" if missing else None


def shared_prefixes(model: Any, requests: Sequence[Request], device: torch.device) -> Iterator[SharedPrefix]:
    """Yield the requests by the prefixes they share, each prefix computed when it is reached.

    Args:
        model: a causal language model of ``transformers``.
        requests: any.
        device: where the model takes its input.
    """
    groups = group_by_prefix([request.prompt.tokens for request in requests], WORTH)
    last_use = {group.parent: number for number, group in enumerate(groups) if group.parent is not None}
    caches: dict[int, DynamicCache] = {}
    computed = 0
    for number, group in enumerate(groups):
        if group.tokens:
            parent = group.parent or 0
            begin = len(groups[parent].tokens)
            computed += len(group.tokens) - begin
            caches[number] = _extend(model, caches.get(parent), begin, group.tokens, device)
        if group.members:
            members = tuple(requests[index] for index in group.members)
            yield SharedPrefix(len(group.tokens), computed, caches.get(number), members)
            # What a prefix without members of its own took is carried by the next one that has some.
            computed = 0
        # A prefix is kept while a longer one is still to be built on it.
        caches = {index: cache for index, cache in caches.items() if last_use.get(index, -1) > number}


def _extend(
    model: Any, parent: DynamicCache | None, begin: int, tokens: Sequence[int], device: torch.device
) -> DynamicCache:
    """Return the keys and values of ``tokens``, of which the first ``begin`` are those of ``parent``."""
    cache = DynamicCache() if parent is None else expand(parent, 1)
    new = torch.tensor([tokens[begin:]], device=device)
    with torch.inference_mode():
        model(
            input_ids=new,
            attention_mask=torch.ones((1, len(tokens)), dtype=torch.long, device=device),
            position_ids=torch.arange(begin, len(tokens), device=device)[None],
            past_key_values=cache,
            use_cache=True,
            logits_to_keep=1,
        )
    return cache


def expand(cache: DynamicCache, rows: int) -> DynamicCache:
    """Return the keys and values of one sequence for ``rows`` sequences, to be grown; the original stays as it is."""
    # A view until the cache first grows, which makes a tensor of its own.
    return DynamicCache(
        [(layer.keys.expand(rows, -1, -1, -1), layer.values.expand(rows, -1, -1, -1)) for layer in _layers(cache)]
    )


def select(cache: DynamicCache, rows: Sequence[int]) -> DynamicCache:
    """Return the keys and values of the given rows, each as often as it is named; the original stays as it is."""
    index = torch.tensor(rows)
    # Layers may lie on different devices.
    return DynamicCache(
        [
            (
                layer.keys.index_select(0, index.to(layer.keys.device)),
                layer.values.index_select(0, index.to(layer.keys.device)),
            )
            for layer in _layers(cache)
        ]
    )


def _layers(cache: DynamicCache) -> list[Any]:
    layers: list[Any] = cache.layers
    return layers
