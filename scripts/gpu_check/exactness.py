"""Whether reuse of prefixes and continuous batching give what a request gives alone, in fp32 and in bf16."""

from pathlib import Path
from typing import Any

from benchharness.records import Request, Response
from benchharness.runs.execute import QueueSource
from gpu_check.models import SPREAD, open_model, write_model
from gpu_check.requests import choose_request, generate_request, random_tokens

FP32_TOLERANCE = 1e-3
"""Of a log-probability; the bound of the project's own tests."""

BF16_FACTOR = 3.0
"""Reuse may be this much further from fp32 than the reference is: both round in bf16, at different places."""


def check_exactness(folder: Path, device: str, items: int, shots: int) -> dict[str, Any]:
    """Compare the fast paths of the transformers backend with its reference.

    Args:
        folder: where to write a configuration.
        device: such as ``cuda:0``.
        items: requests of either kind.
        shots: tokens that all prompts begin with.

    Returns:
        For each dtype the largest differences, and whether they are within bounds.
    """
    directory = write_model(SPREAD, folder)
    vocabulary = int(SPREAD.config["vocab_size"])
    shared = random_tokens(shots, vocabulary, "shots")
    letters = [random_tokens(1, vocabulary, f"letter {number}") for number in range(4)]
    texts = [random_tokens(3 + number, vocabulary, f"text {number}") for number in range(4)]
    chosen, spoken = [], []
    for number in range(items):
        prompt = shared + random_tokens(10 + 7 * number % 50, vocabulary, f"question {number}")
        chosen.append(choose_request(f"choose {number}", prompt, letters if number % 2 else texts))
        spoken.append(generate_request(f"generate {number}", prompt, 24))
    truth = _answer(directory, device, "float32", [*chosen, *spoken], prefix_reuse=False, batch_tokens=1)
    rows = []
    for dtype in ("float32", "bfloat16"):
        fast = _answer(directory, device, dtype, [*chosen, *spoken])
        alone = truth
        if dtype != "float32":
            alone = _answer(directory, device, dtype, [*chosen, *spoken], prefix_reuse=False, batch_tokens=1)
        rows.append(_compare(dtype, chosen, spoken, fast, alone, truth))
    return {"model": SPREAD.name, "items": items, "rows": rows, "passed": all(row["passed"] for row in rows)}


def _answer(directory: Path, device: str, dtype: str, requests: list[Request], **options: Any) -> dict[str, Response]:
    backend = open_model(directory, device, dtype, **options)
    try:
        return {response.key: response for response in backend.run(QueueSource(requests))}
    finally:
        backend.close()


def _compare(
    dtype: str,
    chosen: list[Request],
    spoken: list[Request],
    fast: dict[str, Response],
    alone: dict[str, Response],
    truth: dict[str, Response],
) -> dict[str, Any]:
    keys = [request.key for request in chosen]
    between = max(_distance(fast[key], alone[key]) for key in keys)
    fast_error = max(_distance(fast[key], truth[key]) for key in keys)
    alone_error = max(_distance(alone[key], truth[key]) for key in keys)
    same_choice = sum(_best(fast[key]) == _best(truth[key]) for key in keys)
    same_text = sum(fast[request.key].text == alone[request.key].text for request in spoken)
    if dtype == "float32":
        passed = between < FP32_TOLERANCE and same_choice == len(keys) and same_text == len(spoken)
    else:
        passed = fast_error <= BF16_FACTOR * alone_error
    return {
        "dtype": dtype,
        "fast_against_reference": between,
        "fast_against_fp32": fast_error,
        "reference_against_fp32": alone_error,
        "same_choice_as_fp32": f"{same_choice}/{len(keys)}",
        "same_text_as_reference": f"{same_text}/{len(spoken)}",
        "passed": passed,
    }


def _distance(one: Response, other: Response) -> float:
    return max(abs(a - b) for a, b in zip(one.log_probs, other.log_probs, strict=True))


def _best(response: Response) -> int:
    return max(range(len(response.log_probs)), key=lambda index: response.log_probs[index])
