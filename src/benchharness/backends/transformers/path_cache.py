"""Keys and values of one sequence at a time: room for it is made once, and what it begins with stays for the next.

The cache of ``transformers`` grows by copying itself with every pass, so that a long prompt would lie in memory twice.
"""

from functools import partial
from typing import Any

import torch
from transformers.cache_utils import Cache, CacheLayerMixin


class _Room:
    """How many tokens every layer is to hold."""

    def __init__(self) -> None:
        self.capacity = 0


class _PathLayer(CacheLayerMixin):
    """One layer's keys and values, each of shape (1, heads, capacity, dimension); ``keys`` and ``values`` are views."""

    def __init__(self, room: _Room) -> None:
        super().__init__()
        self._room = room
        self._held: list[torch.Tensor] = []
        self._length = 0

    def lazy_initialization(self, key_states: torch.Tensor, value_states: torch.Tensor) -> None:
        """Make room on the device of what comes in."""
        self._held = [
            states.new_empty((1, states.shape[1], self._room.capacity, states.shape[3]))
            for states in (key_states, value_states)
        ]
        self.is_initialized = True

    def hold(self, length: int) -> None:
        """Keep the first tokens, and have the room that is wanted now; a room twice as large is given back if empty."""
        capacity = self._held[0].shape[2] if self._held else 0
        if length == 0 and not self._room.capacity <= capacity <= 2 * self._room.capacity:
            self._held, self.keys, self.values = [], None, None
            self.is_initialized = False
        elif capacity < self._room.capacity:
            for number, old in enumerate(self._held):
                new = old.new_empty((1, old.shape[1], self._room.capacity, old.shape[3]))
                new[:, :, :length] = old[:, :, :length]
                self._held[number] = new
        self._see(length)

    def update(
        self, key_states: torch.Tensor, value_states: torch.Tensor, *args: Any, **kwargs: Any
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """Put states of shape (1, heads, tokens, dimension) after what is held; return all."""
        if not self.is_initialized:
            self.lazy_initialization(key_states, value_states)
        end = self._length + key_states.shape[2]
        for held, states in zip(self._held, (key_states, value_states), strict=True):
            held[:, :, self._length : end] = states
        self._see(end)
        assert self.keys is not None
        assert self.values is not None
        return self.keys, self.values

    def _see(self, length: int) -> None:
        self._length = length
        if self._held:
            self.keys, self.values = (held[:, :, :length] for held in self._held)

    def get_mask_sizes(self, query_length: int) -> tuple[int, int]:
        """Return how many keys a pass reads, and the position of the first."""
        return self._length + query_length, 0

    def get_seq_length(self) -> int:
        """Return how many tokens are held."""
        return self._length

    def get_max_length(self) -> int:
        """Return -1: there is no maximum."""
        return -1


class PathCache(Cache):
    """Keys and values for ``transformers`` of a path in a tree of prefixes. To be used in inference mode."""

    def __init__(self) -> None:
        self._room = _Room()
        super().__init__(layer_class_to_replicate=partial(_PathLayer, self._room))  # type: ignore[arg-type]

    def hold(self, length: int, capacity: int) -> None:
        """Keep the first ``length`` tokens of those held, and have room for ``capacity`` in all."""
        self._room.capacity = capacity
        layers: list[Any] = self.layers
        for layer in layers:
            layer.hold(length)

    @property
    def length(self) -> int:
        """How many tokens are held."""
        return self.get_seq_length() if self.layers else 0
