"""The engine's settings: pinned here, so that a version or a machine does not choose them, and told in the facts."""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from benchharness.backends.base import BackendOptions
from benchharness.backends.vllm.options import read_options
from benchharness.errors import InputError

GIB = 2**30

ACCELERATOR_SEQUENCES, ACCELERATOR_TOKENS = 512, 16384
"""Sequences and tokens of a step on accelerators; vLLM's own choice differs by device and version."""
CPU_SEQUENCES, CPU_TOKENS = 256, 4096
CPU_CACHE_GIB = 4.0
"""Keys and values on a CPU, where they are taken from the memory of the machine."""
CPU_BLOCK = 32
"""Tokens that the prefix cache keeps together on a CPU: a quarter of vLLM's choice, so that more of a prefix is reused
than is lost at its end (half the tokens read on 5-shot letters), and still what its kernels are made for."""

CHOSEN = "vLLM's choice"

OUTSIDE_NUMERICS = ("VLLM_USE_V2_MODEL_RUNNER", "VLLM_ATTENTION_BACKEND", "VLLM_USE_FLASHINFER_SAMPLER")
OUTSIDE_ENGINE = ("VLLM_CPU_OMP_THREADS_BIND", "VLLM_CPU_NUM_OF_RESERVED_CPU", "VLLM_CPU_KVCACHE_SPACE")
"""Variables of the environment by which a user may change how vLLM computes, and how fast."""


@dataclass(frozen=True, slots=True)
class Settings:
    """How the engine runs. Attributes have the names of vLLM's arguments, where there is one.

    Attributes:
        kv_cache_gib: memory for keys and values, in GiB; ``None`` for what ``gpu_memory_utilization`` leaves.
        max_model_len: most tokens of prompt and answer; ``None`` for what the model's configuration says.
        lora: directory of a LoRA adapter.
        choose: ``fast`` scores options by the cheapest exact way; ``reference`` reads each with its whole prompt.
        timing: ``tokens`` for the time of each token, ``ends`` for the first and the last only; ``auto`` for
            ``tokens`` where requests ignore the end of a text, which is done to measure speed.
    """

    device: str
    dtype: str
    prefix_reuse: bool
    max_num_seqs: int
    max_num_batched_tokens: int
    enforce_eager: bool
    kv_cache_gib: float | None = None
    gpu_memory_utilization: float = 0.9
    tensor_parallel_size: int = 1
    pipeline_parallel_size: int = 1
    max_model_len: int | None = None
    block_size: int | None = None
    quantization: str | None = None
    kv_cache_dtype: str = "auto"
    attention_backend: str | None = None
    batch_invariant: bool = False
    thinking_token_budget: int | None = None
    lora: Path | None = None
    choose: Literal["fast", "reference"] = "fast"
    timing: Literal["auto", "tokens", "ends"] = "auto"

    def numerics(self, stored_quantization: str | None) -> dict[str, str]:
        """Return what may change low bits of a result, by name.

        Args:
            stored_quantization: how the weights are quantised in their files; ``None`` if they are not.
        """
        found = {
            "dtype": self.dtype,
            "device": self.device,
            "quantization": self.quantization or stored_quantization or "none",
            "kv_cache_dtype": self.kv_cache_dtype,
            "attention_backend": self.attention_backend or CHOSEN,
            "prefix_reuse": "on" if self.prefix_reuse else "off",
            "chunked_prefill": "on",
            "enforce_eager": _on_off(self.enforce_eager),
            "batch_invariant": _on_off(self.batch_invariant),
            "tensor_parallel_size": str(self.tensor_parallel_size),
            "choose": self.choose,
        }
        if self.thinking_token_budget is not None:
            found["thinking_token_budget"] = str(self.thinking_token_budget)
        return found | _given(OUTSIDE_NUMERICS)

    def engine(self) -> dict[str, str]:
        """Return what changes speed or memory and no result, by name."""
        cache = f"{self.kv_cache_gib:g} GiB" if self.kv_cache_gib else f"{self.gpu_memory_utilization:g} of the device"
        found = {
            "max_num_seqs": str(self.max_num_seqs),
            "max_num_batched_tokens": str(self.max_num_batched_tokens),
            "cache": cache,
            "block_size": str(self.block_size or CHOSEN),
            "pipeline_parallel_size": str(self.pipeline_parallel_size),
            "timing": self.timing,
        }
        return found | _given(OUTSIDE_ENGINE)

    def environment(self) -> dict[str, str]:
        """Return the variables of the environment that the engine is to start with."""
        return {
            # A forked process would have the locks of this one's threads, and maybe its hold on the GPU.
            "VLLM_WORKER_MULTIPROC_METHOD": "spawn",
            "VLLM_ENABLE_V1_MULTIPROCESSING": "1",
            # Its log goes where this process's does, and nothing is told to its makers.
            "VLLM_CONFIGURE_LOGGING": "0",
            "VLLM_NO_USAGE_STATS": "1",
            "VLLM_BATCH_INVARIANT": "1" if self.batch_invariant else "0",
        }

    def arguments(self) -> dict[str, Any]:
        """Return the engine's arguments, those that follow from the model's files left out."""
        return {
            "dtype": self.dtype,
            "max_num_seqs": self.max_num_seqs,
            "max_num_batched_tokens": self.max_num_batched_tokens,
            "enforce_eager": self.enforce_eager,
            "kv_cache_memory_bytes": int(self.kv_cache_gib * GIB) if self.kv_cache_gib else None,
            "gpu_memory_utilization": self.gpu_memory_utilization,
            "tensor_parallel_size": self.tensor_parallel_size,
            "pipeline_parallel_size": self.pipeline_parallel_size,
            "block_size": self.block_size,
            "quantization": self.quantization,
            "kv_cache_dtype": self.kv_cache_dtype,
            "attention_backend": self.attention_backend,
            "enable_prefix_caching": self.prefix_reuse,
            "enable_chunked_prefill": True,
            "disable_log_stats": False,
            # What a request leaves open is not to be filled by the model's own settings.
            "generation_config": "vllm",
            "logprobs_mode": "raw_logprobs",
            "seed": 0,
            "language_model_only": True,
        }


def read_settings(options: BackendOptions, *, device: str, dtype: str) -> Settings:
    """Return the settings that a user asks for, with ours for the rest.

    Args:
        options: as given.
        device: type of the device, such as ``cuda`` or ``cpu``.
        dtype: in which it computes, such as ``bfloat16``.

    Raises:
        InputError: if an option is wrong, or two contradict each other.
    """
    given = read_options(options.extra)
    if options.batch_tokens is not None and given.setdefault("max_num_batched_tokens", options.batch_tokens) != (
        options.batch_tokens
    ):
        raise InputError(
            en="--batch-tokens and --option max_num_batched_tokens say the same thing differently; give one.",
            zh="--batch-tokens 与 --option max_num_batched_tokens 含义相同但取值不同，请只保留一个。",
        )
    cpu = device == "cpu"
    defaults: dict[str, Any] = {
        "max_num_seqs": CPU_SEQUENCES if cpu else ACCELERATOR_SEQUENCES,
        "max_num_batched_tokens": CPU_TOKENS if cpu else ACCELERATOR_TOKENS,
        # Compiling pays on a GPU; on a CPU it takes longer than what it saves.
        "enforce_eager": cpu,
        "kv_cache_gib": CPU_CACHE_GIB if cpu else None,
        "block_size": CPU_BLOCK if cpu else None,
    }
    settings = Settings(device=device, dtype=dtype, prefix_reuse=options.prefix_reuse, **(defaults | given))
    if settings.max_num_batched_tokens < settings.max_num_seqs:
        raise InputError(
            en=f"A step of {settings.max_num_batched_tokens} tokens (--batch-tokens) has no room for"
            f" {settings.max_num_seqs} sequences (--option max_num_seqs). Raise the one or lower the other.",
            zh=f"每步 {settings.max_num_batched_tokens} 个 token（--batch-tokens）容不下"
            f" {settings.max_num_seqs} 个序列（--option max_num_seqs），请调大前者或调小后者。",
        )
    return settings


def _given(names: tuple[str, ...]) -> dict[str, str]:
    return {name: os.environ[name] for name in names if name in os.environ}


def _on_off(value: bool) -> str:
    return "on" if value else "off"
