"""Logits of the rows that are needed: the model's own, in fp32, whatever it does to them after its head."""

from pathlib import Path
from typing import Any

import pytest
import torch

from benchharness.backends.base import BackendOptions
from benchharness.backends.transformers.backend import TransformersBackend
from benchharness.backends.transformers.head import VOCABULARY_PART, logits_of_rows
from benchharness.registry.models import resolve_model

from .test_families import FAMILIES, open_family, tokens

ROWS = [3, 11, 12, 19]
"""Of two rows of ten positions each."""


def logits(model: Any, dtype: torch.dtype) -> tuple[torch.Tensor, torch.Tensor]:
    """Return the logits of ``ROWS`` by ``logits_of_rows``, and all logits by the model's own forward."""
    batch = torch.tensor([tokens(10, 1), tokens(10, 2)])
    with torch.inference_mode():
        found = logits_of_rows(model, torch.tensor(ROWS), input_ids=batch, use_cache=False)
        own = model(input_ids=batch, use_cache=False).logits.reshape(20, -1)
    assert own.dtype is dtype
    return found, own


@pytest.mark.parametrize("name", FAMILIES)
def test_the_rows_are_those_of_the_whole(name: str, tmp_path: Path, smollm2: Path) -> None:
    reuse, _ = open_family(name, tmp_path, smollm2)
    found, own = logits(reuse.model, torch.float32)
    torch.testing.assert_close(found, own[ROWS], atol=1e-4, rtol=1e-4)
    # The head is left as it was.
    assert "forward" not in reuse.model.get_output_embeddings().__dict__
    assert not reuse.model.get_output_embeddings()._forward_pre_hooks


@pytest.mark.parametrize("name", ["Llama, Yi", "Gemma 2", "Granite, scaled logits", "Cohere, scaled logits"])
def test_a_16_bit_head_is_multiplied_in_fp32(name: str, tmp_path: Path, smollm2: Path) -> None:
    open_family(name, tmp_path, smollm2)
    backend = TransformersBackend(resolve_model(str(tmp_path)), BackendOptions(device="cpu", dtype="bfloat16"))
    assert backend.facts.numerics["lm_head"] == "float32"
    model = backend.model
    head = model.get_output_embeddings()
    assert head.weight.shape[0] > 2 * VOCABULARY_PART
    seen: list[torch.Tensor] = []
    handle = head.register_forward_pre_hook(lambda _, given: seen.append(given[0].float()))
    found, own = logits(model, torch.bfloat16)
    handle.remove()
    assert found.dtype is torch.float32
    # What the family does after its head is elementwise and keeps order, so that ranks can be compared exactly.
    exact = seen[-1].reshape(20, -1)[ROWS] @ head.weight.float().T
    assert (found.argsort(dim=-1) != exact.argsort(dim=-1)).float().mean() < 0.01
    torch.testing.assert_close(found, own[ROWS].float(), atol=0.2, rtol=0.02)
    # In 16 bits many of 49,152 logits are the same; in fp32 hardly any.
    assert own[0].unique().numel() < own.shape[1] / 4
    assert found[0].unique().numel() > own.shape[1] * 0.9
