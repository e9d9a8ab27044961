"""Bringing a model into memory: from its files, or with random weights where only speed is wanted."""

import hashlib
import json
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from transformers import AutoModelForCausalLM, GenerationConfig

from benchharness.backends.base import BackendOptions
from benchharness.backends.transformers.quiet import quiet_transformers
from benchharness.errors import InputError
from benchharness.tokens.tokenizer import TransformersTokenizer

RANDOM_SEED = 0


def wants_random_weights(options: BackendOptions) -> bool:
    """Tell whether ``--option weights=random`` is given.

    Raises:
        InputError: if it says anything else.
    """
    wanted = options.extra.get("weights", "files")
    if wanted not in ("files", "random"):
        raise InputError(
            en=f"--option weights={wanted}: expected files, or random to measure speed without the weights.",
            zh=f"--option weights={wanted}：应为 files，或 random（不下载权重，仅测速度）。",
        )
    return wanted == "random"


def read_model(directory: Path, config: Any, dtype: torch.dtype, options: BackendOptions) -> Any:
    """Return the model whose files lie in ``directory``, with the configuration as given.

    Raises:
        InputError: if it cannot be loaded.
    """
    spread = {"device_map": "balanced"} if options.device == "balanced" else {}
    try:
        with quiet_transformers():
            return AutoModelForCausalLM.from_pretrained(
                directory,
                config=config,
                dtype=dtype,
                use_safetensors=True,
                trust_remote_code=options.trust_remote_code,
                local_files_only=True,
                **spread,
            )
    except (OSError, ValueError, SafetensorError) as error:
        raise InputError(
            en=f"{directory}: cannot load the model: {error}", zh=f"{directory}：无法加载模型：{error}"
        ) from error


def make_model(config: Any, dtype: torch.dtype, device: torch.device, options: BackendOptions) -> Any:
    """Return a model of this configuration with random weights, made where it will run.

    Raises:
        InputError: if it is to be spread over several devices.
    """
    if options.device == "balanced":
        raise InputError(
            en="--option weights=random makes the model on one device; leave out --device balanced.",
            zh="--option weights=random 只在单个设备上生成模型，请去掉 --device balanced。",
        )
    torch.manual_seed(RANDOM_SEED)
    with quiet_transformers(), torch.device(device):
        return AutoModelForCausalLM.from_config(config, dtype=dtype, trust_remote_code=options.trust_remote_code)


def random_fingerprint(config: Any) -> str:
    """Return what stands for the fingerprint of random weights of this configuration."""
    settings = json.dumps(config.to_dict(), sort_keys=True, default=str)
    return f"random:{RANDOM_SEED}:{hashlib.sha256(settings.encode()).hexdigest()[:16]}"


def end_tokens(model: Any, tokenizer: TransformersTokenizer) -> frozenset[int]:
    """Return the tokens that end a text: those of the generation settings, the model and the tokenizer."""
    settings: GenerationConfig = model.generation_config
    found: set[int] = set()
    for ids in (settings.eos_token_id, model.config.eos_token_id, tokenizer.inner.eos_token_id):
        if ids is not None:
            found.update([ids] if isinstance(ids, int) else ids)
    return frozenset(found)
