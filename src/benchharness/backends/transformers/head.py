"""The LM head on the rows that are needed only, in fp32."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import torch
from torch.nn import functional

VOCABULARY_PART = 16384
"""Rows of a 16-bit head that are turned into fp32 at once, so that no second head lies in memory."""


def is_native(model_class: type | None) -> bool:
    """Tell whether a model's code is that of ``transformers``, whose heads take hidden states batch first."""
    return model_class is not None and model_class.__module__.startswith("transformers.")


def logits_of_rows(model: Any, rows: torch.Tensor, **inputs: Any) -> torch.Tensor:
    """Run a model and return the logits of some of its positions.

    Whatever a model does to its logits after the head (soft-capping, scales) it does here too. The head of a model
    that comes with its own code is left as it is.

    Args:
        model: a causal language model of ``transformers``.
        rows: indices into the positions of the batch, counted row by row; of shape (needed,).
        **inputs: of the model's ``forward``.

    Returns:
        Logits in fp32, of shape (needed, vocabulary). A 16-bit head is multiplied in fp32: in 16 bits, logits
        of some tens are rounded to eighths, and options that are not equally likely tie.
    """
    if not is_native(type(model)):
        logits: torch.Tensor = model(**inputs).logits
        return logits.reshape(-1, logits.shape[-1])[rows.to(logits.device)].float()
    with _narrowed(model.get_output_embeddings(), rows):
        logits = model(**inputs).logits
    return logits[0].float()


@contextmanager
def _narrowed(head: Any, rows: torch.Tensor) -> Iterator[None]:
    """Let ``head`` see only ``rows`` of what it is given, and compute in fp32 if it is a plain linear layer."""

    def pick(_: torch.nn.Module, given: tuple[torch.Tensor]) -> tuple[torch.Tensor]:
        hidden = given[0]
        return (hidden.reshape(-1, hidden.shape[-1])[rows.to(hidden.device)][None],)

    own = head.__dict__.get("forward")
    handle = head.register_forward_pre_hook(pick)
    plain: bool = type(head) is torch.nn.Linear
    if plain and head.weight.dtype != torch.float32:
        head.forward = lambda hidden: _linear_in_fp32(head, hidden)
    try:
        yield
    finally:
        handle.remove()
        if own is not None:
            head.forward = own
        else:
            head.__dict__.pop("forward", None)


def _linear_in_fp32(head: Any, hidden: torch.Tensor) -> torch.Tensor:
    hidden = hidden.to(head.weight.device).float()
    logits = hidden.new_empty((*hidden.shape[:-1], head.weight.shape[0]))
    begin = 0
    for part in head.weight.split(VOCABULARY_PART):
        logits[..., begin : begin + len(part)] = functional.linear(hidden, part.float())
        begin += len(part)
    return logits if head.bias is None else logits + head.bias.float()
