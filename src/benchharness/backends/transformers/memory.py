"""How many tokens fit: a model of what a batch takes in memory, and smaller batches where it was wrong."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

import psutil
import torch
from accelerate.utils.memory import clear_device_cache, should_reduce_batch_size

from benchharness.records import FinishReason, Request, Response

USED = 0.8
"""Share of the free memory that a batch may take; the rest is for what the model of memory leaves out."""

ENOUGH = {"cpu": 8192, "cuda": 65536}
"""Tokens of a batch that keep a device busy: with more it hardly gets faster."""


class TokenMemory(NamedTuple):
    """What one token of a batch takes, in bytes.

    Attributes:
        cache: its keys and values in all layers.
        activations: the most that is alive at a time while a layer is computed.
    """

    cache: int
    activations: int


def memory_of_token(config: Any, element_bytes: int) -> TokenMemory:
    """Return what one token takes by a model's configuration.

    Keys and values: 2 x layers x key-value heads x head size; with latent attention (DeepSeek), which transformers
    caches expanded, layers x heads x (key size + value size). Activations: the residual stream and its norm, queries,
    keys and values repeated for all heads, and the gate, the projection and their product in the MLP, that of all the
    experts a token is sent to.

    Args:
        config: the text configuration.
        element_bytes: bytes of a number.
    """
    heads = config.num_attention_heads
    head_size = getattr(config, "head_dim", None) or config.hidden_size // heads
    key_value_heads = getattr(config, "num_key_value_heads", None) or heads
    pair = 2 * key_value_heads * head_size
    if getattr(config, "kv_lora_rank", None):
        pair = heads * (config.qk_nope_head_dim + config.qk_rope_head_dim + config.v_head_dim)
    inner = getattr(config, "intermediate_size", None) or 4 * config.hidden_size
    experts = (getattr(config, "num_experts_per_tok", None) or 0) * (
        getattr(config, "moe_intermediate_size", None) or 0
    )
    attention = 4 * heads * head_size + pair
    return TokenMemory(
        cache=config.num_hidden_layers * pair * element_bytes,
        activations=(3 * config.hidden_size + max(attention, 3 * max(inner, experts))) * element_bytes,
    )


def free_bytes(device: torch.device) -> int:
    """Return the memory that is free on a device, or on the machine for a CPU; with several GPUs, the least of them."""
    if device.type != "cuda":
        return psutil.virtual_memory().available
    return min(torch.cuda.mem_get_info(index)[0] for index in range(torch.cuda.device_count()))


def tokens_that_fit(config: Any, element_bytes: int, free: int, device_type: str) -> int:
    """Return the most tokens of a batch: what fits, and no more than makes a device faster.

    Args:
        config: the text configuration.
        element_bytes: bytes of a number.
        free: bytes free once the weights are loaded.
        device_type: ``cpu``, ``cuda``, …
    """
    memory = memory_of_token(config, element_bytes)
    fitting = int(USED * free) // (memory.cache + memory.activations)
    return max(1, min(fitting, ENOUGH.get(device_type, ENOUGH["cpu"])))


class Budget:
    """The most tokens of a batch, which is halved when memory runs out.

    Args:
        tokens: to begin with.

    Attributes:
        first: as it was at first.
        tokens: as it is now.
        out_of_memory: how often memory ran out.
    """

    def __init__(self, tokens: int) -> None:
        self.first = self.tokens = tokens
        self.out_of_memory = 0

    def reduce(self, largest: int) -> None:
        """Halve it, or begin with what the largest request takes where that is less."""
        self.out_of_memory += 1
        self.tokens = max(1, min(self.tokens, 2 * largest) // 2)


Work = Callable[[Sequence[Request], int], Iterator[Response]]
"""Answers requests by batches of no more than some tokens."""


def answer_within_memory(requests: Sequence[Request], budget: Budget, work: Work) -> Iterator[Response]:
    """Answer requests, with smaller batches whenever memory runs out; what has been answered is not asked again.

    A request that does not even fit alone is answered with an error, and the others go on.

    Args:
        requests: of one kind.
        budget: most tokens of a batch; reduced when memory runs out.
        work: answers requests; it may be stopped in the middle and called again with those that are left.
    """
    left = {request.key: request for request in requests}
    before = budget.tokens
    while left:
        try:
            for response in work(list(left.values()), budget.tokens):
                del left[response.key]
                yield response
        except (RuntimeError, MemoryError) as error:
            if not _out_of_memory(error):
                raise
            clear_device_cache(garbage_collection=True)
            sizes = [_size(request) for request in left.values()]
            if len(sizes) == 1 and budget.tokens <= sizes[0]:
                yield _too_large(next(iter(left.values())))
                # What fits beside others was not in question.
                budget.tokens = before
                return
            if budget.tokens <= min(sizes):
                # Every batch holds one request by now; which of them does not fit is found one by one.
                for request in list(left.values()):
                    yield from answer_within_memory([request], budget, work)
                return
            budget.reduce(max(sizes))


def _out_of_memory(error: Exception) -> bool:
    return isinstance(error, MemoryError | torch.OutOfMemoryError) or should_reduce_batch_size(error)


def _size(request: Request) -> int:
    new = request.sampling.max_new_tokens if request.sampling else 0
    return len(request.prompt.tokens) + new + sum(len(continuation.tokens) for continuation in request.continuations)


def _too_large(request: Request) -> Response:
    return Response(
        request.key,
        FinishReason.ERROR,
        prompt_tokens=len(request.prompt.tokens),
        error=f"out of memory with this request alone ({_size(request)} tokens)",
    )
