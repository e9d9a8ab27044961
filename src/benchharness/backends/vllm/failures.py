"""What vLLM finds wrong, as one message that says what to do."""

import re
from typing import NamedTuple

from benchharness.errors import BenchharnessError, InputError


class Advice(NamedTuple):
    """What to do about an error of vLLM.

    Attributes:
        pattern: found in its message.
        en: what to do, in English.
        zh: the same in Chinese.
    """

    pattern: re.Pattern[str]
    en: str
    zh: str


def _advice(pattern: str, en: str, zh: str) -> Advice:
    return Advice(re.compile(pattern, re.IGNORECASE), en, zh)


ADVICE = (
    _advice(
        r"architectures? .*(not supported|failed to be inspected)|no vLLM implementation|unsupported architecture",
        "vLLM does not know this architecture; use --backend transformers.",
        "vLLM 不支持该模型架构，请改用 --backend transformers。",
    ),
    _advice(
        r"KV cache is needed|available KV cache memory|No available memory for the cache|larger than the maximum number"
        r" of tokens that can be stored",
        "The memory for keys and values does not hold one request of full length. Lower --option max_model_len=N, or"
        " give more by --option gpu_memory_utilization or kv_cache_gib, --option kv_cache_dtype=fp8, or more GPUs by"
        " --option tensor_parallel_size=N.",
        "KV 缓存放不下一条满长度的请求。请用 --option max_model_len=N 减小上下文长度；"
        "或用 --option gpu_memory_utilization、kv_cache_gib 增大缓存，用 --option kv_cache_dtype=fp8 压缩缓存，"
        "或用 --option tensor_parallel_size=N 使用更多 GPU。",
    ),
    _advice(
        r"out of memory|OutOfMemory|Free memory on device|not enough memory|Available memory on node",
        "The model and what it needs do not fit the memory that is free. End what else uses the device, lower --option"
        " gpu_memory_utilization or kv_cache_gib, or spread the model by --option tensor_parallel_size=N.",
        "空闲内存（显存）放不下模型及其运行所需。请结束占用设备的其他程序，调低 --option gpu_memory_utilization 或"
        " kv_cache_gib，或用 --option tensor_parallel_size=N 把模型切分到多块 GPU。",
    ),
    _advice(
        r"greater than the derived max_model_len",
        "Lower --option max_model_len=N to what the model was made for.",
        "请把 --option max_model_len=N 降到模型支持的长度。",
    ),
    _advice(
        r"must be divisible by tensor parallel|tensor_parallel_size|World size .* is larger than|number of GPUs",
        "Choose another --option tensor_parallel_size=N: it has to divide the attention heads, and there have to be as"
        " many GPUs.",
        "请更换 --option tensor_parallel_size=N：它须整除注意力头数，且不超过可用 GPU 数。",
    ),
    _advice(
        r"quantization|kv_cache_dtype|fp8|attention.backend|block.size",
        "Check --option quantization, kv_cache_dtype, attention_backend and block_size against what this device and"
        " this version of vLLM can do.",
        "请核对 --option quantization、kv_cache_dtype、attention_backend、block_size"
        " 是否为该设备与该 vLLM 版本所支持。",
    ),
)


def cannot_start(model: str, cause: str, log: str) -> InputError:
    """Return the error for an engine that did not start.

    Args:
        model: the model, as a person would name it.
        cause: vLLM's message.
        log: the last lines that it printed; shown where no advice fits.
    """
    advice = _find(cause)
    if advice is None:
        return InputError(
            en=f"vLLM cannot run {model}: {cause}" + (f"\nThe end of its log:\n{log}" if log else ""),
            zh=f"vLLM 无法运行 {model}：{cause}" + (f"\n其日志末尾：\n{log}" if log else ""),
        )
    return InputError(
        en=f"vLLM cannot run {model}. {advice.en} It says: {cause}",
        zh=f"vLLM 无法运行 {model}。{advice.zh}vLLM 的提示：{cause}",
    )


def has_died(cause: str, log: str) -> BenchharnessError:
    """Return the error for an engine that died at work.

    Args:
        cause: what it printed as the cause; empty if it printed none.
        log: the last lines that it printed.
    """
    advice = _find(cause)
    en = advice.en if advice else "If this comes again, run with --option enforce_eager=on, or --backend transformers."
    zh = advice.zh if advice else "若再次出现，请加上 --option enforce_eager=on，或改用 --backend transformers。"
    tail = f"\n{log}" if log else ""
    return BenchharnessError(
        en=f"vLLM's engine died. What it had answered is kept: run the same command again to go on. {en}"
        f" The end of its log:{tail or ' (empty)'}",
        zh=f"vLLM 引擎意外退出。已有回答均已保存，重新执行同一命令即可续跑。{zh}其日志末尾：{tail or '（空）'}",
    )


def _find(cause: str) -> Advice | None:
    return next((advice for advice in ADVICE if advice.pattern.search(cause)), None)
