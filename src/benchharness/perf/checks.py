"""What can be known to be impossible before anything is loaded."""

from benchharness.backends.base import Backend
from benchharness.errors import InputError
from benchharness.perf.request import PerfRequest, Scenario
from benchharness.records import RequestKind


def check_request(backend: Backend, request: PerfRequest) -> None:
    """Refuse what a backend cannot be measured for.

    Raises:
        InputError: if it does not generate, takes no requests while it works though they are to come at random, or a
            cell does not fit its context.
    """
    if RequestKind.GENERATE not in backend.capabilities.kinds:
        name = backend.facts.backend
        raise InputError(
            en=f"The backend {name} generates no text, so that there is nothing to measure.",
            zh=f"后端 {name} 不生成文本，无法测量。",
        )
    if Scenario.SERVER in request.scenarios and not backend.capabilities.polls:
        name = backend.facts.backend
        raise InputError(
            en=f"--rate: the backend {name} takes no requests while it works on others, so that they cannot arrive at"
            " random times. Use --backend vllm, --serve vllm or --base-url; or --concurrency.",
            zh=f"--rate：后端 {name} 在处理请求期间不接收新请求，无法模拟随机到达。"
            "请使用 --backend vllm、--serve vllm 或 --base-url，或改用 --concurrency。",
        )
    limit = backend.context_length
    for lengths in request.grid:
        if limit is not None and lengths.input + lengths.output > limit:
            raise InputError(
                en=f"--grid {lengths}: {lengths.input + lengths.output} tokens do not fit the model's context of"
                f" {limit}. Make one of the two shorter.",
                zh=f"--grid {lengths}：共 {lengths.input + lengths.output} 个词元，超出模型的上下文长度 {limit}。"
                "请缩短输入或输出。",
            )
