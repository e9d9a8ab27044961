"""Prefix reuse: keys and values of a shared prefix, computed once and expanded over a batch."""

import inspect
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import torch
from transformers import DynamicCache
from transformers.cache_utils import Cache, DynamicLayer

from benchharness.backends.transformers.head import logits_of_rows
from benchharness.backends.transformers.masks import FULL, SLIDING, layer_kinds, layer_masks
from benchharness.records import Request
from benchharness.tokens.prefix_tree import group_by_prefix

PREFILL = 2048
"""Most tokens of a prefix that are read in one pass."""


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
    kinds = layer_kinds(config)
    if kinds - {FULL, SLIDING}:
        return f"layers of the kinds {', '.join(sorted(kinds))}"
    if set(getattr(config, "attention_layers", None) or ()) - {"global"}:
        return "local attention"
    if getattr(model_class, "_is_stateful", False):
        return "recurrent state"
    parameters = inspect.signature(model_class.forward).parameters
    missing = [name for name in ("past_key_values", "position_ids") if name not in parameters]
    return f"the model takes no {', '.join(missing)}" if missing else None


def shared_prefixes(model: Any, requests: Sequence[Request], device: torch.device) -> Iterator[SharedPrefix]:
    """Yield the requests by the prefixes they share, each prefix computed when it is reached.

    Args:
        model: a causal language model of ``transformers``.
        requests: any.
        device: where the model takes its input.
    """
    groups = group_by_prefix([request.prompt.tokens for request in requests])
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


def _extend(model: Any, parent: Cache | None, begin: int, tokens: Sequence[int], device: torch.device) -> DynamicCache:
    """Return the keys and values of ``tokens``, of which the first ``begin`` are those of ``parent``."""
    cache = DynamicCache() if parent is None else expand(parent, 1)
    config = model.config.get_text_config()
    positions = torch.arange(len(tokens), device=device)[None]
    with torch.inference_mode():
        # In parts, so that neither the mask nor the activations of a long passage have to fit at once.
        for start in range(begin, len(tokens), PREFILL):
            end = min(start + PREFILL, len(tokens))
            new, seen = positions[:, start:end], positions[:, :end]
            causal = start == 0 and layer_kinds(config) == {FULL}
            logits_of_rows(
                model,
                # The keys and values are wanted alone.
                torch.zeros(0, dtype=torch.long, device=device),
                input_ids=torch.tensor([tokens[start:end]], device=device),
                attention_mask=None
                if causal
                else layer_masks(config, seen[:, None, :] <= new[:, :, None], new, seen, model.dtype),
                position_ids=new,
                past_key_values=cache,
                use_cache=True,
            )
    return cache


def expand(cache: Cache, rows: int) -> DynamicCache:
    """Return the keys and values of one sequence for ``rows`` sequences, to be grown; the original stays as it is."""
    # A view until the cache first grows, which makes a tensor of its own.
    return DynamicCache(
        [(layer.keys.expand(rows, -1, -1, -1), layer.values.expand(rows, -1, -1, -1)) for layer in _layers(cache)]
    )


class _ReadingLayer(DynamicLayer):
    """The keys and values of a prefix, which a batch reads together with its own; nothing is kept of the batch's."""

    def __init__(self, keys: torch.Tensor, values: torch.Tensor, rows: int) -> None:
        super().__init__()
        self.lazy_initialization(keys, values)
        self.keys, self.values = keys.expand(rows, -1, -1, -1), values.expand(rows, -1, -1, -1)

    def update(
        self, key_states: torch.Tensor, value_states: torch.Tensor, *args: Any, **kwargs: Any
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """Return the prefix's keys and values with those of the batch after them."""
        keys: Any = self.keys
        values: Any = self.values
        return torch.cat([keys, key_states], dim=-2), torch.cat([values, value_states], dim=-2)


def reading_cache(cache: Cache | None, rows: int) -> Cache | None:
    """Return a cache for one forward pass of ``rows`` rows on top of a prefix; ``None`` without one.

    Only one layer's keys and values are there for the whole batch at any time.
    """
    if cache is None:
        return None
    return Cache([_ReadingLayer(layer.keys, layer.values, rows) for layer in _layers(cache)])


def _layers(cache: Cache) -> list[Any]:
    layers: list[Any] = cache.layers
    return layers
