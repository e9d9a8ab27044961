"""Models of a real shape without weights: configurations, and a tokenizer of bytes."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tokenizers import Tokenizer, decoders, models, pre_tokenizers
from transformers import PreTrainedTokenizerFast

from benchharness.backends.base import BackendOptions
from benchharness.backends.transformers.backend import TransformersBackend
from benchharness.registry.models import resolve_model

END = "<|end|>"


@dataclass(frozen=True, slots=True)
class Shape:
    """A configuration.

    Attributes:
        name: what it is called in the record.
        config: what differs from the architecture's defaults, as published with the model of that size.
    """

    name: str
    config: Mapping[str, Any]


def _qwen3(hidden: int, intermediate: int, layers: int, heads: int, *, tied: bool) -> dict[str, Any]:
    return {
        "model_type": "qwen3",
        "architectures": ["Qwen3ForCausalLM"],
        "vocab_size": 151936,
        "hidden_size": hidden,
        "intermediate_size": intermediate,
        "num_hidden_layers": layers,
        "num_attention_heads": heads,
        "num_key_value_heads": 8,
        "head_dim": 128,
        "max_position_embeddings": 262144,
        "dtype": "bfloat16",
        "rope_theta": 1000000.0,
        "tie_word_embeddings": tied,
    }


SMALL = Shape("Qwen3-0.6B shape", _qwen3(1024, 3072, 28, 16, tied=True))
MIDDLE = Shape("Qwen3-1.7B shape", _qwen3(2048, 6144, 28, 16, tied=True))
LARGE = Shape("Qwen3-8B shape", _qwen3(4096, 12288, 36, 32, tied=False))

GLM = Shape(
    "GLM-4-9B shape",
    {
        "model_type": "glm",
        "architectures": ["GlmForCausalLM"],
        "vocab_size": 151552,
        "hidden_size": 4096,
        "intermediate_size": 13696,
        "num_hidden_layers": 40,
        "num_attention_heads": 32,
        "num_key_value_heads": 2,
        "head_dim": 128,
        "attention_bias": True,
        "max_position_embeddings": 262144,
        "dtype": "bfloat16",
        "tie_word_embeddings": False,
    },
)
"""Two heads of keys and values: the smallest cache among models of this size."""

TINY = Shape(
    "tiny",
    _qwen3(64, 128, 2, 4, tied=True)
    | {"vocab_size": 512, "num_key_value_heads": 2, "head_dim": 16, "max_position_embeddings": 4096},
)
"""For trying the scripts themselves, on any machine."""

SPREAD = Shape(
    "six layers with weights of spread 0.3",
    _qwen3(128, 256, 6, 8, tied=True)
    | {"vocab_size": 1024, "num_key_value_heads": 2, "head_dim": 16, "initializer_range": 0.3},
)
"""As models are initialised, weights are so small that attention hardly matters, and no error in it would show."""


def write_model(shape: Shape, folder: Path) -> Path:
    """Write a configuration and a tokenizer, and return their directory. There are no weights in it."""
    directory = folder / shape.name.replace(" ", "-")
    directory.mkdir(parents=True, exist_ok=True)
    (directory / "config.json").write_text(json.dumps(shape.config), encoding="utf-8")
    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    bytes_only = Tokenizer(models.BPE(vocab={letter: index for index, letter in enumerate(alphabet)}, merges=[]))
    bytes_only.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    bytes_only.decoder = decoders.ByteLevel()
    fast_tokenizer: Any = PreTrainedTokenizerFast
    tokenizer = fast_tokenizer(tokenizer_object=bytes_only, eos_token=END, pad_token=END)
    tokenizer.save_pretrained(directory)
    return directory


def open_model(directory: Path, device: str, dtype: str, **options: Any) -> TransformersBackend:
    """Return the transformers backend for such a directory, with random weights and not loaded."""
    given = BackendOptions(device=device, dtype=dtype, extra={"weights": "random"}, **options)
    return TransformersBackend(resolve_model(str(directory)), given)
