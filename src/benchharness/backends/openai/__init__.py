"""The ``openai`` backend: any server with the API of OpenAI."""

from benchharness.backends.base import Backend, BackendEntry, BackendOptions
from benchharness.registry.models import ModelReference


def _create(model: ModelReference, options: BackendOptions) -> Backend:
    from benchharness.backends.openai.backend import create

    return create(model, options)


ENTRY = BackendEntry(
    create=_create,
    title={"en": "any server with the API of OpenAI", "zh": "任何兼容 OpenAI 接口的服务"},
    reads_model_files=False,
    packages=("openai", "tenacity"),
    extra="openai",
)
