"""Which model types are understood: what their ``config.json`` leaves to the model's code, and which are refused."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Literal

WindowRule = Literal["none", "all", "qwen", "alternating", "listed"]


@dataclass(frozen=True, slots=True)
class Architecture:
    """What a model type's code settles and its ``config.json`` does not say.

    Attributes:
        gated: whether the feed-forward part has three matrices (gate, up, down) or two.
        tied: whether the head is the input embedding, where the configuration does not say.
        mixture: whether layers may be mixtures of experts.
        latent: whether keys and values are compressed (multi-head latent attention).
        shared_gate: whether a vector gates the shared expert.
        positions: whether positions are a table of the model, ``n_positions`` long.
        window: which layers look through a window where ``layer_types`` is absent: none; all if ``sliding_window``
            is set; ``qwen``: those from ``max_window_layers`` if ``use_sliding_window``; ``alternating``: all but
            every n-th, by ``sliding_window_pattern``; ``listed``: by ``layer_types`` alone.
        halved: whether each half of the gated part is half of ``intermediate_size`` wide.
        defaults: values of keys that published configurations leave out.
    """

    gated: bool = True
    tied: bool = False
    mixture: bool = False
    latent: bool = False
    shared_gate: bool = False
    positions: bool = False
    window: WindowRule = "none"
    halved: bool = False
    defaults: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))


_PLAIN = Architecture()
_WINDOWED = Architecture(window="all")
_WINDOWED_UNLESS_NULL = Architecture(window="all", defaults={"sliding_window": 4096})
_QWEN = Architecture(window="qwen")
_MIXTURE = Architecture(mixture=True)
_LATENT_MIXTURE = Architecture(mixture=True, latent=True)
_GEMMA3 = Architecture(
    tied=True,
    window="alternating",
    defaults={
        "vocab_size": 262_208,
        "num_attention_heads": 8,
        "num_key_value_heads": 4,
        "head_dim": 256,
        "sliding_window": 4096,
        "sliding_window_pattern": 6,
    },
)

ARCHITECTURES: Mapping[str, Architecture] = MappingProxyType(
    {
        "apertus": Architecture(gated=False),
        "arcee": Architecture(gated=False),
        "baichuan": _PLAIN,
        "chatglm": _PLAIN,
        "cohere": Architecture(tied=True),
        "cohere2": Architecture(
            tied=True, window="alternating", defaults={"sliding_window": 4096, "sliding_window_pattern": 4}
        ),
        "deepseek": _MIXTURE,
        "deepseek_v2": _LATENT_MIXTURE,
        "deepseek_v3": _LATENT_MIXTURE,
        "dots1": Architecture(mixture=True, window="qwen"),
        "ernie4_5": Architecture(tied=True),
        "exaone4": Architecture(window="alternating", defaults={"sliding_window": 4096, "sliding_window_pattern": 4}),
        "gemma": Architecture(tied=True),
        "gemma2": Architecture(
            tied=True, window="alternating", defaults={"sliding_window": 4096, "sliding_window_pattern": 2}
        ),
        "gemma3_text": _GEMMA3,
        "glm": _PLAIN,
        "glm4": _PLAIN,
        "glm4_moe": _MIXTURE,
        "glm4_moe_lite": _LATENT_MIXTURE,
        "gpt2": Architecture(gated=False, tied=True, positions=True),
        "gpt_neox": Architecture(gated=False),
        "gpt_oss": Architecture(
            mixture=True, window="alternating", defaults={"sliding_window": 128, "sliding_window_pattern": 2}
        ),
        "granite": _PLAIN,
        "granitemoe": _MIXTURE,
        "helium": _PLAIN,
        "hunyuan_v1_dense": _PLAIN,
        "internlm": _PLAIN,
        "internlm2": _PLAIN,
        "internlm3": _PLAIN,
        "kimi_k2": _LATENT_MIXTURE,
        "llama": _PLAIN,
        "minicpm": Architecture(tied=True),
        "minicpm3": Architecture(tied=True, latent=True),
        "minimax_m2": _MIXTURE,
        "ministral": _WINDOWED_UNLESS_NULL,
        "ministral3": _WINDOWED,
        "mistral": _WINDOWED_UNLESS_NULL,
        "mixtral": Architecture(mixture=True, window="all"),
        "nemotron": Architecture(gated=False),
        "olmo": _PLAIN,
        "olmo2": _PLAIN,
        "olmo3": Architecture(window="alternating", defaults={"sliding_window": 4096, "sliding_window_pattern": 4}),
        "olmoe": _MIXTURE,
        "phi": Architecture(gated=False),
        "phi3": _WINDOWED,
        "phimoe": Architecture(mixture=True, window="all"),
        "qwen": Architecture(halved=True),
        "qwen2": _QWEN,
        "qwen2_5_vl_text": _QWEN,
        "qwen2_moe": Architecture(mixture=True, shared_gate=True, window="listed"),
        "qwen2_vl_text": _QWEN,
        "qwen3": _QWEN,
        "qwen3_moe": Architecture(mixture=True, window="listed"),
        "qwen3_vl_moe_text": _MIXTURE,
        "qwen3_vl_text": _PLAIN,
        "seed_oss": _PLAIN,
        "smollm3": Architecture(tied=True, window="listed"),
        "stablelm": _PLAIN,
        "starcoder2": Architecture(gated=False, tied=True, window="all"),
        "xverse": _PLAIN,
    }
)

_RECURRENT = ("layers with a recurrent state", "含有循环状态层")
_LINEAR = ("layers of linear attention", "含有线性注意力层")
_SPARSE = ("attention over keys that an index picks", "注意力只作用于由索引选出的键")
_CHUNKED = ("attention within chunks", "采用分块注意力")
_SHARED_KEYS = ("layers that share keys and values, or inputs of their own", "部分层共用键值或带有逐层输入")

REFUSED: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "bailing_hybrid": _LINEAR,
        "bamba": _RECURRENT,
        "deepseek_v32": _SPARSE,
        "deepseek_v4": _SPARSE,
        "falcon_h1": _RECURRENT,
        "falcon_mamba": _RECURRENT,
        "gemma3n": _SHARED_KEYS,
        "gemma3n_text": _SHARED_KEYS,
        "gemma4": _SHARED_KEYS,
        "gemma4_text": _SHARED_KEYS,
        "glm_moe_dsa": _SPARSE,
        "granitemoehybrid": _RECURRENT,
        "jamba": _RECURRENT,
        "kimi_linear": _LINEAR,
        "lfm2": _RECURRENT,
        "llama4": _CHUNKED,
        "llama4_text": _CHUNKED,
        "mamba": _RECURRENT,
        "mamba2": _RECURRENT,
        "minimax": _LINEAR,
        "nemotron_h": _RECURRENT,
        "qwen3_5": _LINEAR,
        "qwen3_5_moe": _LINEAR,
        "qwen3_5_moe_text": _LINEAR,
        "qwen3_5_text": _LINEAR,
        "qwen3_next": _LINEAR,
        "recurrent_gemma": _RECURRENT,
        "rwkv": _RECURRENT,
        "zamba": _RECURRENT,
        "zamba2": _RECURRENT,
    }
)
"""Model types whose layers the formulas do not describe, and why, in English and in Chinese."""
