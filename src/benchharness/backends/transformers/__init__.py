"""The transformers backend: a causal language model run by PyTorch through ``transformers``."""

from benchharness.backends.base import Backend, BackendEntry, BackendOptions
from benchharness.registry.models import ModelReference


def create(model: ModelReference, options: BackendOptions) -> Backend:
    """Return the backend for ``model``, not yet loaded; see ``backends.base.BackendEntry``."""
    from benchharness.backends.transformers.backend import TransformersBackend

    return TransformersBackend(model, options)


ENTRY = BackendEntry(
    create=create,
    title={
        "en": "PyTorch through transformers, on CPU or GPU",
        "zh": "通过 transformers 使用 PyTorch，支持 CPU 与 GPU",
    },
    reads_model_files=True,
    packages=("torch", "transformers", "accelerate", "safetensors"),
    extra="transformers",
)
