"""The ``vllm`` backend: vLLM's offline engine."""

from benchharness.backends.base import Backend, BackendEntry, BackendOptions
from benchharness.registry.models import ModelReference


def _create(model: ModelReference, options: BackendOptions) -> Backend:
    from benchharness.backends.vllm.backend import VllmBackend

    return VllmBackend(model, options)


ENTRY = BackendEntry(
    create=_create,
    title={"en": "causal language models with vLLM's offline engine", "zh": "用 vLLM 离线引擎运行因果语言模型"},
    reads_model_files=True,
    packages=("vllm", "torch", "transformers"),
    extra="vllm",
)
