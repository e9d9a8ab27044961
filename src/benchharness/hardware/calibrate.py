"""What a device does at best here: matrix products and copies, timed, as ceilings beside the maker's figures."""

import statistics
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from importlib.util import find_spec
from time import perf_counter
from typing import TYPE_CHECKING, Any

from benchharness.errors import InputError, MissingDependencyError

if TYPE_CHECKING:
    import torch

SCHEMA = "benchharness.calibration/1"
FLOATS = ("float32", "tf32", "bfloat16", "float16")
EIGHT_BITS = ("fp8", "int8")


@dataclass(frozen=True, slots=True)
class Effort:
    """How large and how often things are measured.

    Attributes:
        shapes: sizes (m, n, k) of products, square and tall.
        copy_bytes: size of the block that is copied.
        warm_up_seconds: how long each product runs before it counts, so that clocks and libraries have settled.
        repeat_seconds: how long a repeat lasts at least.
        repeats: how many there are.
    """

    shapes: tuple[tuple[int, int, int], ...]
    copy_bytes: int
    warm_up_seconds: float
    repeat_seconds: float
    repeats: int


FULL_ON_ACCELERATOR = Effort(
    ((8192, 8192, 8192), (4096, 4096, 4096), (32768, 4096, 4096), (16384, 8192, 2048)), 1 << 30, 0.1, 0.03, 10
)
FULL_ON_CPU = Effort(((1024, 1024, 1024), (2048, 2048, 2048), (8192, 512, 512)), 1 << 28, 0.1, 0.05, 7)
QUICK = Effort(((256, 256, 256), (1024, 128, 128)), 1 << 24, 0.005, 0.002, 3)


@dataclass(frozen=True, slots=True)
class Ceiling:
    """The best that was reached for one kind of work, over the shapes tried.

    Attributes:
        work: ``gemm`` or ``copy``.
        dtype: in what; empty for a copy.
        shape: the sizes at which it was reached: m, n, k of a product, bytes of a copy.
        per_second: median over repeats: operations a second, a multiplication and an addition being two; for a copy,
            bytes read plus bytes written.
        lowest: the slowest repeat.
        highest: the fastest repeat.
    """

    work: str
    dtype: str
    shape: tuple[int, ...]
    per_second: float
    lowest: float
    highest: float


@dataclass(frozen=True, slots=True)
class NotMeasured:
    """A dtype, or ``copy``, that could not be measured, and why, in English and in Chinese."""

    what: str
    en: str
    zh: str


@dataclass(frozen=True, slots=True)
class Calibration:
    """What a device did at best.

    Attributes:
        device: its name.
        kind: what torch calls it, such as ``cuda:0``.
        torch: version of torch.
        threads: threads that torch used, which matter on a CPU.
        clock: ``device events`` or ``perf_counter``.
        ceilings: products by dtype, then the copy.
        not_measured: what is missing.
    """

    device: str
    kind: str
    torch: str
    threads: int
    clock: str
    ceilings: tuple[Ceiling, ...]
    not_measured: tuple[NotMeasured, ...]

    def document(self) -> dict[str, Any]:
        """Return all of it as plain data."""
        return {"schema": SCHEMA, **asdict(self)}


def calibrate(device: str = "auto", *, quick: bool = False) -> Calibration:
    """Measure what a device does at best: products of matrices in every dtype it has, and copies within its memory.

    Each product runs until clocks have settled and is then timed over repeats, by the device's own events on CUDA.
    It takes some ten seconds on a GPU, and less than a minute on two cores.

    Args:
        device: as torch names it; ``auto`` is the first accelerator, or the CPU where there is none.
        quick: small sizes and few repeats, to see that it works; the figures are then too low.

    Raises:
        InputError: if torch has no such device.
        MissingDependencyError: if torch is not installed.
    """
    _check_torch()
    import torch

    chosen = _device(device)
    effort = QUICK if quick else (FULL_ON_CPU if chosen.type == "cpu" else FULL_ON_ACCELERATOR)
    timed = _by_events if chosen.type == "cuda" else _by_wall_clock
    with torch.inference_mode():
        results = [_best_product(chosen, dtype, effort, timed) for dtype in (*FLOATS, *EIGHT_BITS)]
        results.append(_copy(chosen, effort, timed))
    return Calibration(
        device=_name(chosen),
        kind=str(chosen),
        torch=torch.__version__,
        threads=torch.get_num_threads(),
        clock="device events" if chosen.type == "cuda" else "perf_counter",
        ceilings=tuple(result for result in results if isinstance(result, Ceiling)),
        not_measured=tuple(result for result in results if isinstance(result, NotMeasured)),
    )


_Work = Callable[[], object]
_Timer = Callable[["torch.device", _Work, int], float]
_REFUSALS = (RuntimeError, NotImplementedError, AttributeError)
"""What torch raises where a device has no such product, or no room for it."""


def _check_torch() -> None:
    if find_spec("torch") is None:
        raise MissingDependencyError(
            en="Calibrating needs torch, which is not installed. pip install 'benchharness[transformers]'",
            zh="实测上限需要 torch，但尚未安装。请执行 pip install 'benchharness[transformers]'",
        )


def _device(name: str) -> "torch.device":
    import torch

    if name == "auto":
        accelerator = torch.accelerator.current_accelerator() if torch.accelerator.is_available() else None
        return torch.device("cpu") if accelerator is None else torch.device(accelerator.type, 0)
    try:
        device = torch.device(name)
        torch.empty(0, device=device)
    except (RuntimeError, AssertionError) as error:
        reason = str(error).splitlines()[0]
        raise InputError(
            en=f"--device {name}: torch cannot use it: {reason}", zh=f"--device {name}：torch 无法使用该设备：{reason}"
        ) from error
    return device


def _name(device: "torch.device") -> str:
    import torch

    if device.type == "cpu":
        from benchharness.hardware.environment import processor

        return processor()
    module = torch.get_device_module(device)
    return str(module.get_device_name(device)) if hasattr(module, "get_device_name") else device.type


def _best_product(device: "torch.device", dtype: str, effort: Effort, timed: _Timer) -> Ceiling | NotMeasured:
    if dtype in ("tf32", *EIGHT_BITS) and device.type != "cuda":
        return NotMeasured(
            dtype, f"torch offers {dtype} products on CUDA alone", f"torch 仅在 CUDA 设备上提供 {dtype} 矩阵乘"
        )
    results: list[Ceiling] = []
    refusal: Exception | None = None
    for m, n, k in effort.shapes:
        try:
            with _tf32(dtype == "tf32"):
                rates = _rates(device, _product(device, dtype, m, n, k), 2.0 * m * n * k, effort, timed)
        except _REFUSALS as error:
            # Another size may do: large ones do not fit everywhere, and 8-bit products have rules of their own.
            refusal = error
        else:
            results.append(_ceiling("gemm", dtype, (m, n, k), rates))
    return max(results, key=lambda ceiling: ceiling.per_second) if results else _refused(dtype, refusal)


def _ceiling(work: str, dtype: str, shape: tuple[int, ...], rates: list[float]) -> Ceiling:
    return Ceiling(work, dtype, shape, statistics.median(rates), min(rates), max(rates))


def _refused(what: str, error: Exception | None) -> NotMeasured:
    reason = str(error).splitlines()[0] if str(error) else type(error).__name__
    return NotMeasured(what, f"torch refused: {reason}", f"torch 报错：{reason}")


def _product(device: "torch.device", dtype: str, m: int, n: int, k: int) -> _Work:
    """Return a product of an m×k and a k×n matrix of random numbers: zeros draw less power, and clock higher."""
    import torch

    if dtype == "int8":
        left = torch.randint(-128, 128, (m, k), dtype=torch.int8, device=device)
        right = torch.randint(-128, 128, (n, k), dtype=torch.int8, device=device).t()
        return lambda: torch._int_mm(left, right)
    kind = getattr(torch, "float32" if dtype in ("tf32", "fp8") else dtype)
    left, right = torch.randn(m, k, dtype=kind, device=device), torch.randn(n, k, dtype=kind, device=device).t()
    if dtype == "fp8":
        one = torch.ones((), device=device)
        left, right = left.to(torch.float8_e4m3fn), right.to(torch.float8_e4m3fn)
        return lambda: torch._scaled_mm(left, right, scale_a=one, scale_b=one, out_dtype=torch.bfloat16)
    out = torch.empty(m, n, dtype=kind, device=device)
    return lambda: torch.mm(left, right, out=out)


@contextmanager
def _tf32(wanted: bool) -> Iterator[None]:
    """Let products of float32 be rounded to tf32, or not; afterwards as it was."""
    import torch

    before = torch.get_float32_matmul_precision()
    torch.set_float32_matmul_precision("high" if wanted else "highest")
    try:
        yield
    finally:
        torch.set_float32_matmul_precision(before)


def _copy(device: "torch.device", effort: Effort, timed: _Timer) -> Ceiling | NotMeasured:
    import torch

    size = effort.copy_bytes
    try:
        # Random, so that a memory that packs zeros has nothing to pack.
        source = torch.randint(0, 256, (size,), dtype=torch.uint8, device=device)
        target = torch.empty_like(source)
        return _ceiling("copy", "", (size,), _rates(device, lambda: target.copy_(source), 2.0 * size, effort, timed))
    except _REFUSALS as error:
        return _refused("copy", error)


def _rates(device: "torch.device", work: _Work, amount: float, effort: Effort, timed: _Timer) -> list[float]:
    """Return the rate of each repeat, each long enough for the clock and for the queue to be filled."""
    times = 1
    seconds = timed(device, work, 1)
    spent = seconds
    while spent < effort.warm_up_seconds or seconds < effort.repeat_seconds:
        times = max(times + 1, min(times * 10, round(times * 1.1 * effort.repeat_seconds / max(seconds, 1e-9))))
        seconds = timed(device, work, times)
        spent += seconds
    return [amount * times / timed(device, work, times) for _ in range(effort.repeats)]


def _by_events(device: "torch.device", work: _Work, times: int) -> float:
    import torch

    event: Any = torch.cuda.Event
    with torch.cuda.device(device):
        start, end = event(enable_timing=True), event(enable_timing=True)
        start.record()
        for _ in range(times):
            work()
        end.record()
        end.synchronize()
    return float(start.elapsed_time(end)) / 1e3


def _by_wall_clock(device: "torch.device", work: _Work, times: int) -> float:
    import torch

    synchronize = (lambda: None) if device.type == "cpu" else torch.get_device_module(device).synchronize
    synchronize()
    start = perf_counter()
    for _ in range(times):
        work()
    synchronize()
    return perf_counter() - start
