"""Reading a prompt in chunks on top of what is cached.

Nothing of a long prompt but its cache is whole in memory. Activations and masks are those of a chunk, and
logits are made only for the positions that are wanted.
"""

from collections.abc import Sequence
from typing import Any

import torch

from benchharness.backends.transformers.chunk_attention import chunk_attention
from benchharness.backends.transformers.head import logits_of_rows
from benchharness.backends.transformers.path_cache import PathCache


@torch.inference_mode()
def read_pass(model: Any, path: PathCache, tokens: Sequence[int], rows: Sequence[int]) -> torch.Tensor:
    """Read tokens after those that ``path`` holds, which then holds them too, in one pass.

    Args:
        model: a causal language model of ``transformers`` in which prefixes can be reused.
        path: with room for the tokens.
        tokens: at least one.
        rows: for which of them logits are wanted, by index.

    Returns:
        Logits in fp32, of shape (rows, vocabulary).
    """
    begin = path.length
    positions = torch.arange(begin, begin + len(tokens), device=model.device)[None]
    with chunk_attention(model, begin, positions) as mask:
        return logits_of_rows(
            model,
            torch.tensor(rows, dtype=torch.long, device=model.device),
            input_ids=torch.tensor([tokens], device=model.device),
            attention_mask=mask,
            position_ids=positions,
            past_key_values=path,
            use_cache=True,
        )


def read_in_chunks(model: Any, path: PathCache, tokens: Sequence[int], chunk: int, *, scored: bool) -> torch.Tensor:
    """Read tokens after those that ``path`` holds, which then holds them too.

    Args:
        model: a causal language model of ``transformers`` in which prefixes can be reused.
        path: with room for the tokens.
        tokens: at least one.
        chunk: most tokens of a pass; 0 for all in one.
        scored: whether the logits after the last token are wanted.

    Returns:
        Logits in fp32, of shape (1, vocabulary), or (0, vocabulary) if they are not wanted.
    """
    step = chunk or len(tokens)
    # The last pass reads the rest, which is one token at least.
    last = (len(tokens) - 1) // step * step
    for begin in range(0, last, step):
        read_pass(model, path, tokens[begin : begin + step], [])
    rest = tokens[last:]
    return read_pass(model, path, rest, [len(rest) - 1] if scored else [])
