"""``choose`` on a shared prefix: each prompt is one row, which reads the prompt once and all of its options after it.

The options of a row do not see each other: every one of them stands where it would stand alone after the prompt, by its
positions and by the mask. So a row is a small tree, and one forward pass scores a batch of them.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

import torch

from benchharness.backends.transformers.head import logits_of_rows
from benchharness.backends.transformers.masks import FULL, layer_kinds, layer_masks
from benchharness.backends.transformers.prefixes import SharedPrefix, reading_cache
from benchharness.records import Request

TRUNK = 0
"""Branch of the tokens that all options of a row go on from."""


class _Tree(NamedTuple):
    """A prompt after the shared prefix, and its options.

    Attributes:
        tokens: the rest of the prompt, then each option without its last token, which is never read.
        branches: for each token, ``TRUNK`` or the number of its option, from 1.
        depths: for each token, how many tokens stand between it and the prefix.
        places: for each option, the tokens from which its log-probabilities are read, as indices into ``tokens``.
    """

    tokens: list[int]
    branches: list[int]
    depths: list[int]
    places: list[list[int]]


def score_batch(model: Any, prefix: SharedPrefix, batch: Sequence[Request], device: torch.device) -> list[list[float]]:
    """Return for each request the summed log-probability of each of its continuations.

    Args:
        model: a causal language model of ``transformers``.
        prefix: what the prompts of the batch begin with.
        batch: the requests.
        device: where the model takes its input.

    Returns:
        Natural logarithms, computed in fp32.
    """
    trees = [_plant(request, prefix.length) for request in batch]
    width = max(len(tree.tokens) for tree in trees)
    tokens = _pad([tree.tokens for tree in trees], width, device)
    branches = _pad([tree.branches for tree in trees], width, device)
    depths = _pad([tree.depths for tree in trees], width, device)
    # Each place is read once, whatever number of options begin there.
    needed = sorted({row * width + place for row, tree in enumerate(trees) for at in tree.places for place in at})
    index = {place: number for number, place in enumerate(needed)}
    read = [
        (index[row * width + place], token)
        for row, (tree, request) in enumerate(zip(trees, batch, strict=True))
        for at, continuation in zip(tree.places, request.continuations, strict=True)
        for place, token in zip(at, continuation.tokens, strict=True)
    ]
    with torch.inference_mode():
        logits = logits_of_rows(
            model,
            torch.tensor(needed, device=device),
            input_ids=tokens,
            attention_mask=_mask(model, prefix.length, branches, depths),
            position_ids=prefix.length + depths,
            past_key_values=reading_cache(prefix.cache, len(batch)),
            use_cache=prefix.cache is not None,
        )
        places, ids = torch.tensor(read, device=logits.device).T
        # The only wait for the device.
        values = iter((logits[places, ids] - logits.logsumexp(dim=-1)[places]).tolist())
    return [[sum(next(values) for _ in continuation.tokens) for continuation in r.continuations] for r in batch]


def _plant(request: Request, shared: int) -> _Tree:
    trunk = list(request.prompt.tokens[shared:])
    tree = _Tree(trunk, [TRUNK] * len(trunk), list(range(len(trunk))), [])
    end = len(trunk) - 1
    for number, continuation in enumerate(request.continuations, start=1):
        begin, read = len(tree.tokens), len(continuation.tokens) - 1
        tree.tokens.extend(continuation.tokens[:read])
        tree.branches.extend([number] * read)
        tree.depths.extend(range(end + 1, end + 1 + read))
        tree.places.append([end, *range(begin, begin + read)])
    return tree


def _pad(rows: Sequence[Sequence[int]], width: int, device: torch.device) -> torch.Tensor:
    # Padding stands at the end, where nothing that is read looks, so that any value serves.
    return torch.tensor([[*row, *([0] * (width - len(row)))] for row in rows], device=device)


def _mask(model: Any, shared: int, branches: torch.Tensor, depths: torch.Tensor) -> Any:
    """Return the attention mask of a batch of trees on a prefix; ``None`` where plain causal attention is the same."""
    config = model.config.get_text_config()
    if shared == 0 and layer_kinds(config) == {FULL} and not branches.any():
        return None
    rows, width = branches.shape
    order = torch.arange(width, device=branches.device)
    same = (branches[:, None, :] == branches[:, :, None]) | (branches[:, None, :] == TRUNK)
    own = same & (order[None, :] <= order[:, None])
    visible = torch.cat([own.new_ones((rows, width, shared)), own], dim=2)
    before = torch.arange(shared, device=branches.device).expand(rows, -1)
    positions = shared + depths
    return layer_masks(config, visible, positions, torch.cat([before, positions], dim=1), model.dtype)
