"""Reading a prompt in chunks on top of what is cached.

Nothing of a long prompt but its cache is whole in memory. Activations and masks are those of a chunk, and
logits are made only for the positions that are wanted.
"""

from collections.abc import Sequence
from typing import Any

import torch

from benchharness.backends.base import BackendOptions
from benchharness.backends.transformers.chunk_attention import chunk_attention
from benchharness.backends.transformers.head import logits_of_rows
from benchharness.backends.transformers.path_cache import PathCache
from benchharness.errors import InputError

CHUNK = 2048
"""Tokens of a chunk, unless the user says otherwise: enough to keep a device busy."""


def chunk_size(options: BackendOptions) -> int:
    """Return the most tokens of a prompt that are read at once; 0 if it is to be read whole.

    Raises:
        InputError: if ``--option prefill_chunk`` is no such number.
    """
    given = options.extra.get("prefill_chunk", str(CHUNK))
    if not (given.isascii() and given.isdecimal()):
        raise InputError(
            en=f"--option prefill_chunk={given}: expected a number of tokens, or 0 to read every prompt whole.",
            zh=f"--option prefill_chunk={given}：应为 token 数，或 0（不分块，一次读入整个提示词）。",
        )
    return int(given)


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
