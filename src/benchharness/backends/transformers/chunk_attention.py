"""Attention of a chunk of one prompt to all that stands before it, without a mask of chunk times prompt.

``transformers`` gives a chunk on a cache a mask of all of its queries and keys, and repeats the keys for grouped heads
since there is a mask. Where a model computes attention by PyTorch's SDPA, this takes its place while a chunk is read.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import torch
from torch.backends.cuda import SDPAParams, can_use_flash_attention
from torch.nn import functional
from torch.nn.attention.bias import causal_lower_right
from transformers import AttentionInterface
from transformers.integrations.sdpa_attention import repeat_kv

from benchharness.backends.transformers.masks import FULL, SLIDING, layer_kinds, layer_masks, window_of

NAME = "benchharness_chunk"

QUERIES = 256
"""Queries that are masked at a time where a kernel needs a mask."""


@contextmanager
def chunk_attention(model: Any, begin: int, positions: torch.Tensor) -> Iterator[Any]:
    """Make ``model`` ready to read a chunk; yields what to pass as ``attention_mask``.

    Args:
        model: a causal language model of ``transformers`` whose prefixes can be reused.
        begin: tokens that its cache holds.
        positions: of the chunk, ``begin`` and what follows; of shape (1, tokens).
    """
    config = model.config.get_text_config()
    if config._attn_implementation != "sdpa":
        keys = torch.arange(begin + positions.shape[1], device=positions.device)[None]
        yield layer_masks(config, keys[:, None, :] <= positions[:, :, None], positions, keys, model.dtype)
        return
    config._attn_implementation = NAME
    try:
        yield _windows(config, positions.device)
    finally:
        config._attn_implementation = "sdpa"


def _windows(config: Any, device: torch.device) -> Any:
    """Return masks that hold no number: their last dimension is the window, 0 for none.

    A mask of four dimensions reaches attention as it is, for each kind of layer its own.
    """
    sizes = {FULL: 0, SLIDING: window_of(config) or 0}
    masks = {kind: torch.empty((1, 1, 0, sizes[kind]), device=device) for kind in layer_kinds(config)}
    return masks if len(masks) > 1 else next(iter(masks.values()))


def _has_flash(query: torch.Tensor, key: torch.Tensor, value: torch.Tensor, grouped: bool) -> bool:
    parameters = SDPAParams(query, key, value, None, 0.0, False, grouped)
    return can_use_flash_attention(parameters)


def _attend(
    module: torch.nn.Module,
    query: torch.Tensor,
    key: torch.Tensor,
    value: torch.Tensor,
    attention_mask: torch.Tensor,
    scaling: float | None = None,
    **_: Any,
) -> tuple[torch.Tensor, None]:
    """Attend as ``transformers`` asks it of attention; the last query stands at the last key."""
    window = attention_mask.shape[-1]
    length, seen = query.shape[2], key.shape[2]
    unbounded = not 0 < window < seen
    groups = query.shape[1] // key.shape[1]
    if unbounded and query.is_cuda and _has_flash(query, key, value, groups > 1):
        # Flash attention puts the last query at the last key by itself, and needs neither mask nor repeated keys.
        bias = causal_lower_right(length, seen)
        found = functional.scaled_dot_product_attention(
            query, key, value, attn_mask=bias, scale=scaling, enable_gqa=groups > 1
        )
        return found.transpose(1, 2).contiguous(), None
    key, value = repeat_kv(key, groups), repeat_kv(value, groups)
    if unbounded and length == seen:
        found = functional.scaled_dot_product_attention(query, key, value, is_causal=True, scale=scaling)
        return found.transpose(1, 2).contiguous(), None
    found = query.new_empty((*query.shape[:3], value.shape[-1]))
    for begin in range(0, length, QUERIES):
        part = slice(begin, begin + QUERIES)
        rows = torch.arange(seen - length + begin, seen - length + min(part.stop, length), device=query.device)
        first = 0 if unbounded else max(0, seen - length + begin - window + 1)
        last = seen - length + min(part.stop, length)
        columns = torch.arange(first, last, device=query.device)
        mask = columns <= rows[:, None]
        if not unbounded:
            mask &= columns > rows[:, None] - window
        found[:, :, part] = functional.scaled_dot_product_attention(
            query[:, :, part], key[:, :, first:last], value[:, :, first:last], attn_mask=mask, scale=scaling
        )
    return found.transpose(1, 2).contiguous(), None


AttentionInterface.register(NAME, _attend)
