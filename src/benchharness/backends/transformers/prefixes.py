"""Prefix reuse: keys and values of a shared prefix, computed once and expanded over a batch."""

import inspect
from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

import torch
from transformers.cache_utils import Cache, DynamicLayer

from benchharness.backends.transformers.masks import FULL, SLIDING, layer_kinds
from benchharness.backends.transformers.path_cache import PathCache
from benchharness.backends.transformers.reading import read_in_chunks
from benchharness.backends.transformers.rope import rope_kinds
from benchharness.records import Request
from benchharness.tokens.prefix_tree import group_by_prefix

MOVING_ROPE = frozenset(["dynamic", "longrope"])
"""Kinds of RoPE scaling by which a key is turned otherwise in a longer text."""


class SharedPrefix(NamedTuple):
    """Requests whose prompts go on from one prefix.

    Attributes:
        length: tokens of the prefix; 0 where nothing is shared.
        computed: tokens that were computed since the prefix before it, for this one and those that it begins with.
        path: holds its keys and values until the next prefix is asked for; a request may be read on top of them, if
            what it adds is dropped before the next one.
        requests: the requests, whose prompts are longer than the prefix.
    """

    length: int
    computed: int
    path: PathCache
    requests: tuple[Request, ...]

    @property
    def cache(self) -> PathCache | None:
        """Its keys and values, for a batch of one; ``None`` where nothing is shared."""
        return self.path if self.length else None


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
    moving = rope_kinds(config) & MOVING_ROPE
    if moving:
        return f"rotary positions that change with the length ({', '.join(sorted(moving))})"
    parameters = inspect.signature(model_class.forward).parameters
    missing = [name for name in ("past_key_values", "position_ids") if name not in parameters]
    return f"the model takes no {', '.join(missing)}" if missing else None


def shared_prefixes(
    model: Any, requests: Sequence[Request], *, chunk: int, room: Callable[[Request], int] | None = None
) -> Iterator[SharedPrefix]:
    """Yield the requests by the prefixes they share, each prefix computed when it is reached.

    Args:
        model: a causal language model of ``transformers``.
        requests: any.
        chunk: most tokens that are read in one pass; 0 for any number.
        room: returns the tokens that there is to be room for where a request is read on top of its prefix;
            ``None`` where none is.
    """
    groups = group_by_prefix([request.prompt.tokens for request in requests])
    reach = [
        max([len(group.tokens), *(room(requests[index]) for index in group.members if room is not None)])
        for group in groups
    ]
    # A group stands after its parent, and after all that stands below the groups beside it that come before.
    for number in range(len(groups) - 1, 0, -1):
        parent = groups[number].parent
        # Each of those that hang on the root begins anew, with room of its own.
        if parent:
            reach[parent] = max(reach[parent], reach[number])
    path = PathCache()
    computed = 0
    for number, group in enumerate(groups):
        parent = group.parent or 0
        begin = len(groups[parent].tokens)
        with torch.inference_mode():
            path.hold(begin, max(reach[number], reach[parent] if parent else 0))
        if group.tokens:
            computed += len(group.tokens) - begin
            # The keys and values are wanted alone.
            read_in_chunks(model, path, group.tokens[begin:], chunk, scored=False)
        if group.members:
            members = tuple(requests[index] for index in group.members)
            yield SharedPrefix(len(group.tokens), computed, path, members)
            # What a prefix without members of its own took is carried by the next one that has some.
            computed = 0


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
