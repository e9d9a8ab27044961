"""Keys and values of sequences that come and go: each in a slot of its own, with its own length.

A slot holds its sequence without gaps from its first column on, so that the column of a key is its position. What
stands behind a sequence in its slot is left over; the caller's mask keeps it out.
"""

from functools import partial
from typing import Any

import torch
from transformers.cache_utils import Cache, CacheLayerMixin


class _Pass:
    """What all layers do in one forward pass, and the room that they have."""

    def __init__(self) -> None:
        self.slots = self.capacity = 0
        self.first = self.last = self.used = 0
        self._positions = torch.empty(0, dtype=torch.long)
        self._indices: dict[torch.device, tuple[torch.Tensor, torch.Tensor]] = {}

    def aim(self, first: int, last: int, positions: torch.Tensor, used: int) -> None:
        self.first, self.last, self.used = first, last, used
        self._positions = positions
        self._indices = {}

    @property
    def width(self) -> int:
        """Tokens that each sequence gets."""
        return self._positions.shape[1]

    def indices(self, device: torch.device) -> tuple[torch.Tensor, torch.Tensor]:
        """Return slots and columns to write to, as they broadcast; moved to each device once."""
        if device not in self._indices:
            slots = torch.arange(self.first, self.last, device=device)[:, None]
            self._indices[device] = slots, self._positions.to(device)
        return self._indices[device]


class _SlotLayer(CacheLayerMixin):
    """One layer's keys and values, each of shape (slots, heads, capacity, dimension)."""

    def __init__(self, plan: _Pass) -> None:
        super().__init__()
        self._plan = plan
        self._held: list[torch.Tensor] = []

    def lazy_initialization(self, key_states: torch.Tensor, value_states: torch.Tensor) -> None:
        """Make room on the device of what comes in."""
        # Zeros, since what is masked is still multiplied, and nothing times NaN is NaN.
        self._held = [
            states.new_zeros((self._plan.slots, states.shape[1], self._plan.capacity, states.shape[3]))
            for states in (key_states, value_states)
        ]
        self.is_initialized = True

    def resize(self, occupied: int) -> None:
        """Take the room that the plan has now, and keep what the occupied slots hold."""
        old = self._held
        self.lazy_initialization(old[0], old[1])
        for new, kept in zip(self._held, old, strict=True):
            columns = min(kept.shape[2], new.shape[2])
            new[:occupied, :, :columns] = kept[:occupied, :, :columns]

    def fill(self, first: int, last: int, key_states: torch.Tensor, value_states: torch.Tensor) -> None:
        """Put the states of one sequence at the beginning of slots, and clear the rest of them."""
        if not self.is_initialized:
            self.lazy_initialization(key_states, value_states)
        for held, states in zip(self._held, (key_states, value_states), strict=True):
            held[first:last, :, : states.shape[2]] = states
            held[first:last, :, states.shape[2] :] = 0

    def clear(self, first: int, last: int) -> None:
        """Clear slots."""
        for held in self._held:
            held[first:last] = 0

    def move(self, source: int, target: int) -> None:
        """Put what one slot holds into another."""
        for held in self._held:
            held[target] = held[source]

    def update(
        self, key_states: torch.Tensor, value_states: torch.Tensor, *args: Any, **kwargs: Any
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """Write the states of shape (rows, heads, tokens, dimension) where the pass says; return what it reads."""
        if not self.is_initialized:
            self.lazy_initialization(key_states, value_states)
        plan = self._plan
        at = plan.indices(key_states.device)
        for held, states in zip(self._held, (key_states, value_states), strict=True):
            held[at[0], :, at[1]] = states.transpose(1, 2)
        keys, values = (held[plan.first : plan.last, :, : plan.used] for held in self._held)
        return keys, values

    def get_mask_sizes(self, query_length: int) -> tuple[int, int]:
        """Return how many keys a pass reads, and the position of the first."""
        return self._plan.used, 0

    def get_seq_length(self) -> int:
        """Return the position of the first query, where no position is given and all sequences are alike."""
        return self._plan.used - self._plan.width

    def get_max_length(self) -> int:
        """Return -1: there is no maximum."""
        return -1


class SlotCache(Cache):
    """Keys and values for ``transformers``, of which each forward pass writes and reads a range of slots.

    Slots are occupied from the first one on. All methods are to be called in inference mode.
    """

    def __init__(self) -> None:
        self._pass = _Pass()
        super().__init__(layer_class_to_replicate=partial(_SlotLayer, self._pass))  # type: ignore[arg-type]
        self.occupied = 0

    def reserve(self, slots: int, columns: int, *, longest: int, token_budget: int) -> None:
        """Make room.

        Args:
            slots: how many have to be there.
            columns: how many tokens each has to hold; no fewer than an occupied one holds.
            longest: tokens that a sequence may come to; ``slots`` times this is within the budget, or there is
                one slot.
            token_budget: most tokens of all slots. Within it what is too small is doubled, so that it seldom grows.
        """
        room = self._pass
        if slots <= room.slots and columns <= room.capacity:
            return
        capacity = room.capacity if columns <= room.capacity else 2 * room.capacity
        count = room.slots if slots <= room.slots else 2 * room.slots
        # A sequence that was longer than all that are here now may have left more room than is needed.
        room.capacity = max(columns, min(capacity, longest))
        room.slots = max(slots, min(count, token_budget // room.capacity))
        for layer in self._layers:
            layer.resize(self.occupied)

    def occupy(self, rows: int, prefix: Cache | None) -> None:
        """Occupy the next slots, for which there is room, each with the keys and values of ``prefix``.

        Args:
            rows: how many.
            prefix: of a batch of one; ``None`` for an empty one.
        """
        first, last = self.occupied, self.occupied + rows
        self.occupied = last
        if prefix is None:
            for layer in self._layers:
                layer.clear(first, last)
            return
        while len(self.layers) < len(prefix.layers):
            self.layers.append(_SlotLayer(self._pass))
        for layer, shared in zip(self._layers, prefix.layers, strict=True):
            assert isinstance(shared, CacheLayerMixin)
            assert shared.keys is not None
            assert shared.values is not None
            layer.fill(first, last, shared.keys, shared.values)

    def release(self, slot: int) -> None:
        """Give a slot up; the last occupied one takes its place."""
        self.occupied -= 1
        if slot != self.occupied:
            for layer in self._layers:
                layer.move(self.occupied, slot)

    def aim(self, first: int, last: int, positions: torch.Tensor, used: int) -> None:
        """Tell the next forward pass what to write and to read.

        Args:
            first: the first slot.
            last: the one after the last.
            positions: where each token of each slot is written, of shape (slots, tokens), at the most ``used`` - 1.
            used: how many columns are read.
        """
        self._pass.aim(first, last, positions, used)

    @property
    def _layers(self) -> list[_SlotLayer]:
        return self.layers  # type: ignore[return-value]
