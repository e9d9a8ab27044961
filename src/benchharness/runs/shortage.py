"""What cannot fit into memory is refused before a model is loaded, with the largest length that does."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from benchharness.errors import InputError
from benchharness.records import Request
from benchharness.runs.machine import Machine
from benchharness.runs.memory_need import MemoryNeed, nice_length
from benchharness.runs.plan import Plan, size_of
from benchharness.runs.prospect import Prospect
from benchharness.text.script import character_count

GIB = 2**30


@dataclass(frozen=True, slots=True)
class Shortage:
    """A request that does not fit.

    Attributes:
        request: the longest of a plan.
        machine: where it was to be answered.
        need: what the model takes.
        memory: bytes there are.
        largest: tokens of the longest request that does fit, answer included, rounded down; 0 if none does.
    """

    request: Request
    machine: Machine
    need: MemoryNeed
    memory: int
    largest: int

    @property
    def tokens(self) -> int:
        """Tokens of the request, answer included."""
        return size_of(self.request)

    @property
    def largest_characters(self) -> int:
        """Characters of a prompt like this one that does fit, to two digits; 0 if none does."""
        prompt = len(self.request.prompt.tokens)
        left = self.largest - (self.tokens - prompt)
        characters = max(0, left) * character_count(self.request.prompt.text) // prompt
        step: int = 10 ** max(0, len(str(characters)) - 2)
        return characters // step * step


def find_shortage(plan: Plan, prospect: Prospect) -> Shortage | None:
    """Return the longest request of a plan if it cannot fit; ``None`` if it can, or if that is not known."""
    machine, need, longest = prospect.machine, prospect.need, prospect.longest
    request = max(plan.requests(), key=size_of, default=None)
    if machine is None or machine.memory is None or need is None or longest is None or request is None:
        return None
    if size_of(request) <= longest:
        return None
    return Shortage(request, machine, need, machine.memory, nice_length(longest))


def refuse_shortage(prospect: Prospect, window: int | None, make: Callable[[], Plan]) -> None:
    """Refuse a run of which a request cannot fit.

    Args:
        prospect: what is known of model and machine.
        window: most tokens of prompt and answer that are asked; ``None`` if unlimited.
        make: returns the plan; it is made only where the window itself does not fit.

    Raises:
        InputError: naming what is asked, what it takes and what is there, and the largest length that fits.
    """
    longest = prospect.longest
    if longest is None or (window is not None and window <= longest):
        return
    shortage = find_shortage(make(), prospect)
    if shortage is not None:
        raise refusal(shortage)


def refusal(shortage: Shortage) -> InputError:
    """Return the error that refuses a run: what is asked, needed and there, and what would help."""
    need, tokens, request = shortage.need, shortage.tokens, shortage.request
    sizes = [need.total(tokens), need.weights, need.cache(tokens), need.activations(tokens)]
    whole, weights, cache, activations = (_gib(size) for size in sizes)
    has_en, has_zh = _has(shortage)
    fits_en, fits_zh = _fits(shortage)
    helps = list(_helps(shortage))
    return InputError(
        en=f"{request.task}: item {request.item_id} ({request.language.value}) comes to {tokens:,} tokens with its"
        f" answer and needs at least {whole} GiB: weights {weights}, keys and values {cache}, activations"
        f" {activations}. {has_en} {fits_en}{''.join(f' {en}' for en, _ in helps)}",
        zh=f"{request.task}：题目 {request.item_id}（{request.language.value}）连同回答共 {tokens:,} 个词元，"
        f"至少需要 {whole} GiB：权重 {weights}，KV 缓存 {cache}，激活 {activations}。"
        f"{has_zh}{fits_zh}{''.join(zh for _, zh in helps)}",
    )


def _has(shortage: Shortage) -> tuple[str, str]:
    """Return what is there."""
    machine, there = shortage.machine, _gib(shortage.memory)
    if machine.kind == "cpu":
        en, zh = f"This machine has {there} GiB of memory free", f"本机可用内存为 {there} GiB"
    else:
        several = f"{machine.devices} × {machine.device}" if machine.devices > 1 else machine.device
        # Of makers that do not tell what is free, the whole counts.
        part_en = "available" if machine.share is None else f"for vLLM (gpu_memory_utilization {machine.share:g})"
        part_zh = "可用" if machine.share is None else f"可供 vLLM 使用（gpu_memory_utilization 为 {machine.share:g}）"
        en, zh = f"On {several}, {there} GiB are {part_en}", f"{several} 有 {there} GiB {part_zh}"
    if machine.cache is None:
        return f"{en}.", f"{zh}。"
    kept = _gib(machine.cache)
    return f"{en}, {kept} GiB of it for keys and values.", f"{zh}，其中 KV 缓存为 {kept} GiB。"


def _fits(shortage: Shortage) -> tuple[str, str]:
    if not shortage.largest:
        if shortage.need.weights > shortage.memory:
            return "No length fits: the weights alone take more.", "任何长度都放不下：仅权重就已超出。"
        return "No length fits.", "任何长度都放不下。"
    characters = shortage.largest_characters
    return (
        f"The largest length that fits is {shortage.largest:,} tokens (about {characters:,} characters of this text).",
        f"能容纳的最大长度为 {shortage.largest:,} 个词元（按该文本约 {_wan(characters)}字）。",
    )


def _helps(shortage: Shortage) -> Iterator[tuple[str, str]]:
    """Yield what else would help, a sentence each in English and Chinese."""
    machine, need, memory = shortage.machine, shortage.need, shortage.memory
    if need.total(shortage.tokens) <= memory:
        # Only what is set aside for keys and values is too little.
        wanted = -(-need.cache(shortage.tokens) // GIB)
        yield (
            f"--option kv_cache_gib={wanted:.0f} sets enough aside for keys and values.",
            f"可用 --option kv_cache_gib={wanted:.0f} 为 KV 缓存留出足够空间。",
        )
        return
    if machine.kind == "gpu":
        count = -(-need.total(shortage.tokens) * machine.devices // memory) if memory > 0 else 0
        flag = "--option tensor_parallel_size=N" if machine.backend == "vllm" else "--device balanced"
        if count > machine.devices:
            yield (
                f"It takes at least {count:.0f} such GPUs ({flag}).",
                f"至少需要 {count:.0f} 块这样的 GPU（{flag}）。",
            )
    smaller = _smaller_numbers(shortage)
    if smaller is not None:
        flag, other = smaller
        largest = nice_length(other.longest(memory, machine.cache))
        if largest > shortage.largest:
            yield f"{flag} makes room for {largest:,} tokens.", f"{flag} 可容纳 {largest:,} 个词元。"


def _smaller_numbers(shortage: Shortage) -> tuple[str, MemoryNeed] | None:
    """Return a flag by which numbers take less, and the need with it."""
    machine, need = shortage.machine, shortage.need
    if machine.backend == "vllm" and need.storage.cache_bytes > 1:
        return "--option kv_cache_dtype=fp8", replace(need, storage=replace(need.storage, cache_bytes=1.0))
    if machine.backend == "transformers" and need.storage.dtype == "float32":
        half = replace(need.storage, dtype="bfloat16", weight_bytes=need.storage.weight_bytes / 2, cache_bytes=2.0)
        return "--dtype bfloat16", replace(need, storage=half)
    return None


def _gib(size: float) -> str:
    return f"{size / GIB:,.1f}" if size < 100 * GIB else f"{size / GIB:,.0f}"


def _wan(characters: int) -> str:
    return f"{characters / 10_000:g} 万" if characters >= 10_000 else f"{characters:,} "
