"""Attention masks given by hand: which key each query sees, for every kind of layer of a model.

Where reuse puts keys of several prompts, paddings or options beside each other, neither the place of a key in the cache
nor a mask of padding alone says what may be seen. These masks do, and they are additive, which every implementation
of attention in ``transformers`` takes.
"""

from typing import Any

import torch

FULL = "full_attention"
SLIDING = "sliding_attention"


def layer_kinds(config: Any) -> frozenset[str]:
    """Return the kinds of attention layers a configuration names, in the words of ``transformers``."""
    declared = frozenset(getattr(config, "layer_types", None) or ())
    if declared:
        return declared
    return frozenset([FULL if window_of(config) is None else SLIDING])


def window_of(config: Any) -> int | None:
    """Return how many positions back, its own included, a query of a sliding layer sees; ``None`` without a window."""
    window: int | None = getattr(config, "sliding_window", None)
    return window if window and getattr(config, "use_sliding_window", True) else None


def layer_masks(
    config: Any,
    visible: torch.Tensor,
    query_positions: torch.Tensor,
    key_positions: torch.Tensor,
    dtype: torch.dtype,
) -> torch.Tensor | dict[str, torch.Tensor]:
    """Return what to pass to a model as ``attention_mask``.

    Args:
        config: the text configuration of a model whose layers are of the kinds ``full_attention`` and
            ``sliding_attention``.
        visible: whether a query sees a key, windows apart; bool of shape (batch, queries, keys).
            Every query sees a key at its own position.
        query_positions: positions of the queries, of shape (batch, queries).
        key_positions: positions of the keys, of shape (batch, keys) or one that broadcasts to it.
        dtype: that the model computes in.

    Returns:
        An additive mask of shape (batch, 1, queries, keys), or one for each kind of layer where a model has both.
    """
    kinds = layer_kinds(config)
    masks: dict[str, torch.Tensor] = {}
    if FULL in kinds:
        masks[FULL] = _additive(visible, dtype)
    if SLIDING in kinds:
        window = window_of(config)
        assert window is not None, "a sliding layer has a window"
        near = key_positions[:, None, :] > (query_positions - window)[:, :, None]
        masks[SLIDING] = _additive(visible & near, dtype)
    return masks if len(masks) > 1 else next(iter(masks.values()))


def _additive(visible: torch.Tensor, dtype: torch.dtype) -> torch.Tensor:
    mask = torch.zeros(visible.shape, dtype=dtype, device=visible.device)
    return mask.masked_fill_(~visible, torch.finfo(dtype).min)[:, None]
