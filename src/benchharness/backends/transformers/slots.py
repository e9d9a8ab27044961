"""``generate`` by continuous batching: a sequence that ends leaves its slot at once, and the next one takes it.

The continuous batching of ``transformers`` (5.23) is not used. It knows no stop strings, draws all samples from one
generator, so that a sample depends on its batch, shares prefixes by whole pages and in models without windows only,
and without paged kernels has every sequence of the batch attend, masked, to the keys of all others.
"""

import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import torch

from benchharness.backends.transformers.batches import STEP, cheapest_ranges
from benchharness.backends.transformers.generate import Generated
from benchharness.backends.transformers.head import logits_of_rows
from benchharness.backends.transformers.masks import FULL, layer_kinds, layer_masks
from benchharness.backends.transformers.peaks import PeakWatch
from benchharness.backends.transformers.prefixes import SharedPrefix
from benchharness.backends.transformers.sampling import SeededDraw, drawn_scores
from benchharness.backends.transformers.slot_cache import SlotCache
from benchharness.backends.transformers.stops import AnswerStops, StopFinder
from benchharness.records import Request

REFILL_SHARE = 0.125
"""Slots that have to be free, as a share of those at work, before they are refilled.

A pass that reads one prompt takes about as long as one that reads several short ones, and meanwhile the others wait;
but free slots do nothing. With 12 and with 64 slots, passes were fewest from an eighth to a quarter: refilling at once
took 6 to 22 % more, waiting until half of the slots are free 8 to 12 % more.
"""

PASS_TOKENS = 4096
"""Most prompt tokens of a forward pass that reads several prompts, padding included."""

FIRST_ROOM = 64
"""Columns that a slot has beyond its prompt when it is first filled, so that short answers need not move."""


class Finished(NamedTuple):
    """A request that has been answered.

    Attributes:
        request: which.
        shared: tokens of its prompt that were not computed for it. Of those that share a prefix the first to be read
            carries what the prefix took.
        produced: what it produced.
        together: requests that were at work when it ended, itself included.
        stamps: when each token was there, by ``time.perf_counter``.
        prefill_seconds: what reading its prompt took, together with those that were read beside it; that of the
            prefix counts for the first to be read.
        peak_memory: most bytes while it was at work; ``None`` where it cannot be told.
    """

    request: Request
    shared: int
    produced: Generated
    together: int
    stamps: tuple[float, ...]
    prefill_seconds: float
    peak_memory: int | None = None


@dataclass(slots=True)
class _Row:
    """A request at work in a slot.

    Attributes:
        request: which.
        read: tokens of its prompt whose keys and values were there when it came.
        shared: see ``Finished``.
        draw: draws its tokens.
        stops: finds its stop strings.
        tokens: what it produced so far.
        stamps: when each of them was there.
        prefill_seconds: see ``Finished``; what its prefix took, until its own prompt is read.
        peak_memory: see ``Finished``; so far.
    """

    request: Request
    read: int
    shared: int
    draw: SeededDraw
    stops: AnswerStops
    prefill_seconds: float
    tokens: list[int] = field(default_factory=list)
    stamps: list[float] = field(default_factory=list)
    peak_memory: int | None = None

    @property
    def prompt(self) -> tuple[int, ...]:
        return self.request.prompt.tokens

    @property
    def position(self) -> int:
        """Position of the last token produced, whose keys and values are yet to be computed."""
        return len(self.prompt) + len(self.tokens) - 1

    def add(self, token: int, now: float, end_tokens: frozenset[int]) -> Generated | None:
        """Take the next token; return what it produced if that was the last."""
        self.tokens.append(token)
        self.stamps.append(now)
        sampling = self.stops.sampling
        ended = (token in end_tokens and not sampling.ignore_end) or self.stops.just_reached(self.tokens)
        if not ended and len(self.tokens) < sampling.max_new_tokens:
            return None
        return Generated(tuple(self.tokens), ended)

    def meet(self, peak: int | None) -> None:
        """Take note of a peak of memory while it was at work."""
        if peak is not None:
            self.peak_memory = max(self.peak_memory or 0, peak)

    def finish(self, produced: Generated, together: int) -> Finished:
        """Return what there is in the end."""
        stamps = tuple(self.stamps)
        return Finished(self.request, self.shared, produced, together, stamps, self.prefill_seconds, self.peak_memory)


def generate_in_slots(
    model: Any,
    prefixes: Iterable[SharedPrefix],
    device: torch.device,
    *,
    token_budget: int,
    chunk: int,
    end_tokens: frozenset[int],
    decode: Callable[[Sequence[int]], str],
    watch: PeakWatch,
) -> Iterator[Finished]:
    """Generate for requests, each of which is yielded when it ends.

    Args:
        model: a causal language model of ``transformers`` in which prefixes can be reused, see
            ``prefixes.why_no_reuse``.
        prefixes: the requests by what their prompts begin with; the next is taken when there is room.
        device: where the model takes its input.
        token_budget: most tokens at work: slots times the longest prompt with room for its answer. A request that is
            larger by itself runs alone.
        chunk: most tokens of a prompt that are read in one pass; 0 for any number.
        end_tokens: token ids that end a text.
        decode: returns the text of tokens.
        watch: tells the peaks of memory.
    """
    slots = _Slots(model, device, token_budget, chunk, end_tokens, watch)
    waiting = _Waiting(prefixes, StopFinder(decode))
    while True:
        if slots.worth_refilling(waiting):
            yield from slots.refill(waiting)
        elif not slots.rows:
            return
        else:
            yield from slots.step()


def room_of(request: Request) -> int:
    """Return the tokens that a request may come to: its prompt and its longest answer."""
    assert request.sampling is not None
    return len(request.prompt.tokens) + request.sampling.max_new_tokens


class _Waiting:
    """Requests that wait for a slot, in order of their prefixes and longest first among those that share one."""

    def __init__(self, prefixes: Iterable[SharedPrefix], finder: StopFinder) -> None:
        self._prefixes = iter(prefixes)
        self._finder = finder
        self._requests: deque[Request] = deque()
        self._unpaid = 0
        self._seconds = 0.0
        self.prefix: SharedPrefix | None = None

    @property
    def left(self) -> int:
        """How many of those that share the present prefix still wait."""
        return len(self._requests)

    def next_room(self) -> int | None:
        """Return the room that the next request takes, or ``None`` if there is none."""
        while not self._requests:
            began = time.perf_counter()
            self.prefix = next(self._prefixes, None)
            self._seconds = time.perf_counter() - began
            if self.prefix is None:
                return None
            self._unpaid = self.prefix.computed
            self._requests.extend(sorted(self.prefix.requests, key=room_of, reverse=True))
        return room_of(self._requests[0])

    def take(self) -> _Row:
        """Take the next request, of which there is one."""
        assert self.prefix is not None
        request = self._requests.popleft()
        assert request.sampling is not None
        shared = self.prefix.length - self._unpaid
        seconds = self._seconds if self._unpaid else 0.0
        self._unpaid = 0
        stops = self._finder.of(request)
        return _Row(request, self.prefix.length, shared, SeededDraw(request.sampling), stops, seconds)


class _Slots:
    """The requests at work and their keys and values; slot and row have the same index."""

    def __init__(
        self,
        model: Any,
        device: torch.device,
        token_budget: int,
        chunk: int,
        end_tokens: frozenset[int],
        watch: PeakWatch,
    ) -> None:
        self._model = model
        self._config = model.config.get_text_config()
        self._device = device
        self._token_budget = token_budget
        self._chunk = chunk
        self._end_tokens = end_tokens
        self._watch = watch
        self._step = STEP.get(device.type, STEP["cpu"])
        self._cache = SlotCache()
        self.rows: list[_Row] = []

    def _free(self, room: int) -> int:
        """Return how many requests that take ``room`` fit beside those at work; one always fits alone."""
        longest = max([room, *(room_of(row.request) for row in self.rows)])
        return max(self._token_budget // longest, 1) - len(self.rows)

    def worth_refilling(self, waiting: _Waiting) -> bool:
        """Tell whether there are requests waiting, and enough room for them to be read together."""
        room = waiting.next_room()
        return room is not None and self._free(room) >= max(1, REFILL_SHARE * len(self.rows))

    @torch.inference_mode()
    def refill(self, waiting: _Waiting) -> list[Finished]:
        """Fill free slots and read the prompts; return the requests that end with their first token."""
        begin = len(self.rows)
        peak = self._watch.look()
        for row in self.rows:
            row.meet(peak)
        while (room := waiting.next_room()) is not None and self._free(room) > 0:
            self._place(waiting)
        rows = self.rows[begin:]
        tokens: list[int] = []
        for first, last in _passes([len(row.prompt) - row.read for row in rows], self._step, self._chunk):
            began = time.perf_counter()
            logits = self._read(begin + first, begin + last)
            tokens += self._choose(logits, rows[first:last])
            seconds = time.perf_counter() - began + sum(row.prefill_seconds for row in rows[first:last])
            for row in rows[first:last]:
                if row.prefill_seconds:
                    # What its prefix took was taken before.
                    row.meet(peak)
                row.prefill_seconds = seconds
        return self._add(begin, tokens)

    def _place(self, waiting: _Waiting) -> None:
        """Give slots to as many of the requests that share the next prefix as there is room for."""
        prefix, begin = waiting.prefix, len(self.rows)
        assert prefix is not None
        while waiting.left and self._free(waiting.next_room() or 0) > 0:
            self.rows.append(waiting.take())
        self._reserve(
            max(min(len(row.prompt) + max(len(row.tokens), FIRST_ROOM), room_of(row.request)) for row in self.rows)
        )
        self._cache.occupy(len(self.rows) - begin, prefix.cache)

    def _reserve(self, columns: int) -> None:
        longest = max(room_of(row.request) for row in self.rows)
        self._cache.reserve(len(self.rows), columns, longest=longest, token_budget=self._token_budget)

    def _read(self, first: int, last: int) -> torch.Tensor:
        """Read the prompts of rows from where their prefixes end; return the logits after each."""
        rows = self.rows[first:last]
        suffixes = [row.prompt[row.read :] for row in rows]
        width = max(map(len, suffixes))
        tokens = torch.tensor([[*suffix, *([0] * (width - len(suffix)))] for suffix in suffixes], device=self._device)
        starts = torch.tensor([row.read for row in rows])
        order = (starts[:, None] + torch.arange(width)).to(self._device)
        # Padding is written where the first token of the answer will be, and so goes by itself.
        positions = order.minimum(torch.tensor([[len(row.prompt)] for row in rows], device=self._device))
        # Rows that begin at the same place see the same; what padding sees does not matter.
        queries = order[:1] if (starts == starts[0]).all() else positions
        logits = torch.empty(0)
        step = self._chunk or width
        # Only a long prompt that is read alone takes several parts; its end stands in the last.
        for begin in range(0, width, step):
            part = slice(begin, begin + step)
            used = max(min(row.read + begin + step, len(row.prompt)) for row in rows)
            causal = begin == 0 and not starts.any() and layer_kinds(self._config) == {FULL}
            in_last = begin + step >= width
            ends = [row * width + len(suffix) - 1 - begin for row, suffix in enumerate(suffixes)] if in_last else []
            self._cache.aim(first, last, positions[:, part], used)
            logits = logits_of_rows(
                self._model,
                torch.tensor(ends, dtype=torch.long, device=self._device),
                input_ids=tokens[:, part],
                attention_mask=None if causal else self._mask(queries[:, part], used),
                position_ids=positions[:, part],
                past_key_values=self._cache,
                use_cache=True,
            )
        return logits

    @torch.inference_mode()
    def step(self) -> list[Finished]:
        """Generate a token for every row; return the requests that end with it."""
        used = max(row.position for row in self.rows) + 1
        self._reserve(used)
        # One transfer for both.
        given = torch.tensor([[row.tokens[-1] for row in self.rows], [row.position for row in self.rows]])
        tokens, positions = given.to(self._device)[:, :, None]
        self._cache.aim(0, len(self.rows), positions, used)
        logits = self._model(
            input_ids=tokens,
            attention_mask=self._mask(positions, used),
            position_ids=positions,
            past_key_values=self._cache,
            use_cache=True,
        ).logits[:, -1]
        return self._add(0, self._choose(logits, self.rows))

    def _mask(self, positions: torch.Tensor, used: int) -> Any:
        """Return the mask of a pass whose queries stand at ``positions``, and that reads ``used`` columns."""
        keys = torch.arange(used, device=self._device)[None]
        visible = keys[:, None, :] <= positions[:, :, None]
        return layer_masks(self._config, visible, positions, keys, self._model.dtype)

    def _choose(self, logits: torch.Tensor, rows: Sequence[_Row]) -> list[int]:
        """Return the next token of each row: the only wait for the device."""
        tokens: list[int] = drawn_scores([row.draw for row in rows], logits.float()).argmax(dim=-1).tolist()
        return tokens

    def _add(self, begin: int, tokens: Sequence[int]) -> list[Finished]:
        """Give the rows from ``begin`` on their next tokens; take those that end out of their slots."""
        together = len(self.rows)
        now = time.perf_counter()
        given = enumerate(zip(self.rows[begin:], tokens, strict=True), start=begin)
        produced = [(slot, row.add(token, now, self._end_tokens)) for slot, (row, token) in given]
        ended = [(slot, end) for slot, end in produced if end is not None]
        if not ended:
            return []
        peak = self._watch.look()
        for row in self.rows:
            row.meet(peak)
        finished = [self.rows[slot].finish(end, together) for slot, end in ended]
        for slot, _ in reversed(ended):
            self._cache.release(slot)
            # The last one takes its place, as in the cache.
            self.rows[slot] = self.rows[-1]
            self.rows.pop()
        return finished


def _passes(lengths: Sequence[int], step: int, chunk: int) -> list[tuple[int, int]]:
    """Split rows into ranges that are read together: of like length, few enough for one pass, and none of chunks."""

    def fits(begin: int, end: int) -> bool:
        longest = max(lengths[begin:end])
        return longest * (end - begin) <= PASS_TOKENS and (end - begin == 1 or not 0 < chunk < longest)

    return cheapest_ranges([(length, 1) for length in lengths], step, fits)
