"""A look, when a model is loaded, at whether reuse of prefixes gives what reading whole gives.

The configuration tells most models in which it cannot (see ``prefixes.why_no_reuse``). This finds those that it does
not tell, in a few short passes, before any number is made.
"""

from typing import Any

import torch

from benchharness.backends.transformers.choose import rows_of, score_rows
from benchharness.backends.transformers.choose_shared import score_batch
from benchharness.backends.transformers.prefixes import WORTH, shared_prefixes
from benchharness.errors import BenchharnessError
from benchharness.records import Continuation, Language, Prompt, Request, RequestKind

TOLERANCES = {torch.float32: 0.02}
COARSE_TOLERANCE = 1.0
"""For 16-bit types, whose rounding alone moves a sum of a few log-probabilities by some tenths."""

LENGTHS = (3, 7, 12)
CONTINUATIONS = (1, 2, 4)


def check_reuse(model: Any, device: torch.device) -> None:
    """Compare log-probabilities of random tokens by both paths.

    Args:
        model: a causal language model of ``transformers``.
        device: where the model takes its input.

    Raises:
        BenchharnessError: if they differ by more than rounding.
    """
    requests = _requests(model.config.get_text_config().vocab_size)
    reused: dict[str, list[float]] = {}
    for prefix in shared_prefixes(model, requests, device):
        sums = score_batch(model, prefix, prefix.requests, device, token_budget=4096)
        reused |= {request.key: values for request, values in zip(prefix.requests, sums, strict=True)}
    worst = 0.0
    for request in requests:
        whole = [value for row in score_rows(model, rows_of(request), device, 0) for value in row]
        worst = max(worst, *(abs(one - two) for one, two in zip(reused[request.key], whole, strict=True)))
    if not worst <= TOLERANCES.get(model.dtype, COARSE_TOLERANCE):
        raise BenchharnessError(
            en=f"Reuse of prefixes is not exact for this model: a log-probability differs by {worst:.2g}."
            " Pass --no-prefix-reuse.",
            zh=f"该模型复用前缀的结果不准确：对数概率相差 {worst:.2g}。请加上 --no-prefix-reuse。",
        )


def _requests(vocabulary: int) -> list[Request]:
    generator = torch.Generator().manual_seed(0)

    def draw(length: int) -> tuple[int, ...]:
        tokens: list[int] = torch.randint(0, vocabulary, (length,), generator=generator).tolist()
        return tuple(tokens)

    shared = draw(WORTH)
    return [
        Request(
            key=str(length),
            task="",
            item_id="",
            language=Language.EN,
            kind=RequestKind.CHOOSE,
            prompt=Prompt((), (), (*shared, *draw(length)), ()),
            continuations=tuple(Continuation("", draw(size)) for size in CONTINUATIONS),
        )
        for length in LENGTHS
    ]
