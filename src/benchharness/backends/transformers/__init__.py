"""The transformers backend: a causal language model run by PyTorch through ``transformers``."""

from benchharness.backends.base import Backend, BackendOptions
from benchharness.registry.models import ModelReference


def create(model: ModelReference, options: BackendOptions) -> Backend:
    """Return the backend for ``model``, not yet loaded; see ``backends.base.BackendFactory``.

    Raises:
        ImportError: without torch and transformers.
        BenchharnessError: if the model cannot be had or an option is wrong.
    """
    from benchharness.backends.transformers.backend import TransformersBackend

    return TransformersBackend(model, options)
