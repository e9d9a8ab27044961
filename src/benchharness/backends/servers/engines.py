"""The servers that benchharness can start: what each is called, takes, and says of itself."""

from collections.abc import Mapping
from dataclasses import dataclass, field

MODEL = "{model}"
"""Stands for the directory of the model in a command."""


@dataclass(frozen=True, slots=True)
class Engine:
    """A server program.

    Attributes:
        name: what ``--serve`` calls it; also its command.
        package: the Python package that brings it.
        oldest: the oldest version that has all that is asked of it.
        variable: the environment variable that names its command, for one that lives in an environment of its own.
        command: arguments of its command that serve a model.
        module: arguments of a Python interpreter that do the same.
        fixed: arguments that it always gets.
        prefix_reuse: arguments with reuse of prefixes and without.
        key_variable: the environment variable from which it takes the key that its clients must show; ``None`` if it
            would take one only from its command line, which every user of the machine may read.
        environment: what is always set in its environment, without effect on a result.
        prefix: how the environment variables begin that configure it.
        health: path that answers 200 when it can be asked.
        version: path that tells its version; ``None`` if there is none.
        metrics: its name of a counter → ours.
        switches_off: whether ``--no-X`` undoes ``--X``.
        whole: options that are whole numbers of at least 1.
        shares: options above 0, of at most 1.
        switches: options that are on or off.
        parallel: options that each multiply the number of devices it needs.
        context: the option for most tokens of prompt and answer together.
        instead: options that another flag of benchharness sets, or that make no sense here → what to use, or why not.
        speed: options and environment variables that change speed or memory and no result.
    """

    name: str
    package: str
    oldest: str
    variable: str
    command: tuple[str, ...]
    module: tuple[str, ...]
    fixed: tuple[str, ...]
    prefix_reuse: tuple[tuple[str, ...], tuple[str, ...]]
    key_variable: str | None
    environment: Mapping[str, str]
    prefix: str
    health: str
    version: str | None
    metrics: Mapping[str, str]
    switches_off: bool
    whole: tuple[str, ...]
    shares: tuple[str, ...]
    switches: tuple[str, ...]
    parallel: tuple[str, ...]
    context: str
    instead: Mapping[str, str]
    speed: frozenset[str] = field(default_factory=frozenset)

    @property
    def known(self) -> tuple[str, ...]:
        """The options that are checked; others are passed on as they are."""
        return (*self.whole, *self.shares, *self.switches)


INSTEAD = {
    "model": "--model",
    "served_model_name": "--model",
    "tokenizer": "--model",
    "revision": "--revision",
    "dtype": "--dtype",
    "trust_remote_code": "--trust-remote-code",
    "host": "",
    "api_key": "",
    "config": "",
}
"""Options that no server may be given: another flag of benchharness sets them, or (empty) nobody does."""

VLLM = Engine(
    name="vllm",
    package="vllm",
    oldest="0.24",
    variable="BENCHHARNESS_VLLM",
    command=("serve", MODEL),
    module=("-m", "vllm.entrypoints.openai.api_server", "--model", MODEL),
    # Otherwise a file that comes with the model changes how its answers are drawn, and no usage tells cached tokens.
    fixed=("--generation-config", "vllm", "--enable-prompt-tokens-details", "--disable-uvicorn-access-log"),
    prefix_reuse=(("--enable-prefix-caching",), ("--no-enable-prefix-caching",)),
    key_variable="VLLM_API_KEY",
    environment={"VLLM_NO_USAGE_STATS": "1", "VLLM_LOGGING_COLOR": "0"},
    prefix="VLLM_",
    health="/health",
    version="/version",
    metrics={
        "vllm:kv_cache_usage_perc": "cache_usage",
        "vllm:prefix_cache_queries_total": "prefix_queries",
        "vllm:prefix_cache_hits_total": "prefix_hits",
        "vllm:num_preemptions_total": "preemptions",
        "vllm:num_requests_running": "running",
        "vllm:num_requests_waiting": "waiting",
        "vllm:prompt_tokens_total": "prompt_tokens",
        "vllm:generation_tokens_total": "generated_tokens",
    },
    switches_off=True,
    whole=(
        "tensor_parallel_size",
        "pipeline_parallel_size",
        "data_parallel_size",
        "max_model_len",
        "max_num_seqs",
        "max_num_batched_tokens",
        "max_logprobs",
        "block_size",
    ),
    shares=("gpu_memory_utilization",),
    switches=("enforce_eager", "enable_chunked_prefill", "async_scheduling"),
    parallel=("tensor_parallel_size", "pipeline_parallel_size", "data_parallel_size"),
    context="max_model_len",
    instead={**INSTEAD, "enable_prefix_caching": "--no-prefix-reuse", "uds": "", "hf_token": "", "headless": ""},
    speed=frozenset(
        {
            "api_server_count",
            "async_scheduling",
            "cpu_offload_gb",
            "data_parallel_size",
            "disable_log_stats",
            "gpu_memory_utilization",
            "kv_cache_memory_bytes",
            "max_num_batched_tokens",
            "max_num_seqs",
            "stream_interval",
            "uvicorn_log_level",
            "VLLM_CPU_KVCACHE_SPACE",
            "VLLM_CPU_OMP_THREADS_BIND",
            "VLLM_LOGGING_LEVEL",
            "VLLM_WORKER_MULTIPROC_METHOD",
        }
    ),
)

SGLANG = Engine(
    name="sglang",
    package="sglang",
    oldest="0.5",
    variable="BENCHHARNESS_SGLANG",
    command=("serve", "--model-path", MODEL),
    module=("-m", "sglang.launch_server", "--model-path", MODEL),
    fixed=("--sampling-defaults", "openai", "--enable-metrics", "--enable-cache-report"),
    prefix_reuse=((), ("--disable-radix-cache",)),
    key_variable=None,
    environment={},
    prefix="SGLANG_",
    health="/health",
    version=None,
    metrics={
        "sglang:token_usage": "cache_usage",
        "sglang:num_running_reqs": "running",
        "sglang:num_queue_reqs": "waiting",
        "sglang:prompt_tokens_total": "prompt_tokens",
        "sglang:generation_tokens_total": "generated_tokens",
    },
    switches_off=False,
    whole=("tp_size", "pp_size", "dp_size", "context_length", "max_running_requests", "chunked_prefill_size"),
    shares=("mem_fraction_static",),
    switches=("disable_cuda_graph", "enable_deterministic_inference"),
    parallel=("tp_size", "pp_size", "dp_size"),
    context="context_length",
    instead={
        **INSTEAD,
        "model_path": "--model",
        "tokenizer_path": "--model",
        "disable_radix_cache": "--no-prefix-reuse",
    },
    speed=frozenset({"dp_size", "max_running_requests", "mem_fraction_static", "stream_interval", "log_level"}),
)

ENGINES = {engine.name: engine for engine in (VLLM, SGLANG)}
