"""What ``--option`` may say of the engine: each option is read and checked before anything is loaded."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

from benchharness.errors import InputError
from benchharness.registry.documents import did_you_mean

NumberT = TypeVar("NumberT", int, float)

SWITCH = {"on": True, "true": True, "1": True, "off": False, "false": False, "0": False}


class Kind(NamedTuple):
    """How the value of an option is read.

    Attributes:
        read: returns the value of a text; raises ``ValueError`` if it is none.
        en: what is expected, in English.
        zh: the same in Chinese.
    """

    read: Callable[[str], Any]
    en: str
    zh: str


def _number(kind: type[NumberT], least: NumberT, most: NumberT | None = None) -> Callable[[str], NumberT]:
    def read(text: str) -> NumberT:
        value = kind(text)
        # What is not a number compares as false.
        if not value >= least or (most is not None and not value <= most):
            raise ValueError(text)
        return value

    return read


def _switch(text: str) -> bool:
    if text.lower() not in SWITCH:
        raise ValueError(text)
    return SWITCH[text.lower()]


def _word(text: str) -> str:
    if not text.strip():
        raise ValueError(text)
    return text.strip()


def _one_of(*words: str) -> Kind:
    def read(text: str) -> str:
        if text not in words:
            raise ValueError(text)
        return text

    return Kind(read, " or ".join(words), "、".join(words) + " 之一")


COUNT = Kind(_number(int, 1), "a whole number of at least 1", "不小于 1 的整数")
ON_OFF = Kind(_switch, "on or off", "on 或 off")
NAME = Kind(_word, "a name", "一个名称")

OPTIONS: Mapping[str, Kind] = {
    "attention_backend": NAME,
    "batch_invariant": ON_OFF,
    "block_size": COUNT,
    "choose": _one_of("fast", "reference"),
    "enforce_eager": ON_OFF,
    "gpu_memory_utilization": Kind(_number(float, 0.01, 1.0), "a share from 0.01 to 1", "0.01 到 1 之间的比例"),
    "kv_cache_dtype": NAME,
    "kv_cache_gib": Kind(_number(float, 0.01, 1e6), "a number of GiB above 0", "大于 0 的 GiB 数"),
    "lora": Kind(lambda text: Path(_word(text)).expanduser(), "a directory", "一个目录"),
    "max_model_len": COUNT,
    "max_num_batched_tokens": COUNT,
    "max_num_seqs": COUNT,
    "pipeline_parallel_size": COUNT,
    "quantization": NAME,
    "tensor_parallel_size": COUNT,
    "thinking_token_budget": Kind(_number(int, 0), "a whole number of at least 0", "不小于 0 的整数"),
    "timing": _one_of("auto", "tokens", "ends"),
}


def read_options(extra: Mapping[str, str]) -> dict[str, Any]:
    """Return the values of the options given, by name.

    Raises:
        InputError: if there is no such option, or its value is none.
    """
    values: dict[str, Any] = {}
    for name, text in extra.items():
        if name not in OPTIONS:
            hint_en, hint_zh = did_you_mean(name, OPTIONS)
            names = ", ".join(OPTIONS)
            raise InputError(
                en=f"--option {name}: the backend vllm has no such option.{hint_en} There are: {names}.",
                zh=f"--option {name}：后端 vllm 没有此选项。{hint_zh}可用的有：{names.replace(', ', '、')}。",
            )
        kind = OPTIONS[name]
        try:
            values[name] = kind.read(text)
        except ValueError as error:
            raise InputError(
                en=f"--option {name}={text}: expected {kind.en}.", zh=f"--option {name}={text}：应为{kind.zh}。"
            ) from error
    return values
