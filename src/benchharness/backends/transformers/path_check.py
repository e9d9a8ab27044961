"""A look, when a model is loaded, at whether each path gives what the model gives by itself.

The configuration tells most models in which a prefix cannot be reused (see ``prefixes.why_no_reuse``). This finds those
that it does not tell, in a few short passes, before any number is made.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import torch

from benchharness.backends.transformers.alone import room_to_choose, score_alone
from benchharness.backends.transformers.choose import Row, rows_of, score_rows
from benchharness.backends.transformers.choose_shared import score_batch
from benchharness.backends.transformers.prefixes import shared_prefixes
from benchharness.errors import BenchharnessError
from benchharness.records import Continuation, Language, Prompt, Request, RequestKind
from benchharness.tokens.prefix_tree import WORTH

TOLERANCES = {torch.float32: 0.02}
COARSE_TOLERANCE = 2.0
"""For 16-bit types, whose rounding alone moves a sum of a few log-probabilities by some tenths. A position or a mask
that is wrong moves it by more."""

CHUNK_OF_CHECK = 5
LENGTHS = (3, 7, 12)
CONTINUATIONS = (1, 2, 4)


def check_paths(model: Any, device: torch.device, *, reuse: bool, chunk: int) -> None:
    """Compare log-probabilities of random tokens by the reference, and by reuse of prefixes, with the model's own.

    Args:
        model: a causal language model of ``transformers``.
        device: where the model takes its input.
        reuse: whether prefixes are to be reused.
        chunk: whether, and by how many tokens, long prompts are to be read in chunks; 0 for whole. Without reuse it
            does not count.

    Raises:
        BenchharnessError: if they differ by more than rounding.
    """
    requests = _requests(model.config.get_text_config().vocab_size)
    rows = [row for request in requests for row in rows_of(request)]
    own = [value for row in rows for value in _by_itself(model, row, device)]
    whole = [value for values in score_rows(model, rows, device, 0) for value in values]
    _refuse_difference(own, whole, model.dtype, "", "")
    if not reuse:
        return
    again: dict[str, list[float]] = {}
    for prefix in shared_prefixes(model, requests, chunk=chunk, room=room_to_choose):
        sums = score_batch(model, prefix, prefix.requests, device)
        again |= {request.key: values for request, values in zip(prefix.requests, sums, strict=True)}
    _refuse_difference(
        own, _in_order(requests, again), model.dtype, " Pass --no-prefix-reuse.", "请加上 --no-prefix-reuse。"
    )
    if not chunk:
        return
    chunked = {
        request.key: score_alone(model, prefix, request, chunk=CHUNK_OF_CHECK, most_scored=CHUNK_OF_CHECK)
        for prefix in shared_prefixes(model, requests, chunk=CHUNK_OF_CHECK, room=room_to_choose)
        for request in prefix.requests
    }
    hint_en, hint_zh = " Pass --option prefill_chunk=0.", "请加上 --option prefill_chunk=0。"
    _refuse_difference(own, _in_order(requests, chunked), model.dtype, hint_en, hint_zh)


def _in_order(requests: Sequence[Request], found: Mapping[str, Sequence[float]]) -> list[float]:
    return [value for request in requests for value in found[request.key]]


def _by_itself(model: Any, row: Row, device: torch.device) -> list[float]:
    """Return the sums of ``score_rows`` for one row, by nothing but the model's forward."""
    with torch.inference_mode():
        logits = model(input_ids=torch.tensor([row.tokens], device=device), use_cache=False).logits[0]
        log_probs = logits[-len(row.scored) :].float().log_softmax(dim=-1)
        sums: list[float] = log_probs.gather(1, torch.tensor(row.scored, device=logits.device)).sum(dim=0).tolist()
    return sums


def _refuse_difference(
    own: Sequence[float], found: Sequence[float], dtype: torch.dtype, hint_en: str, hint_zh: str
) -> None:
    worst = max(abs(one - two) for one, two in zip(own, found, strict=True))
    # Not a number is no agreement either.
    if not worst <= TOLERANCES.get(dtype, COARSE_TOLERANCE):
        raise BenchharnessError(
            en=f"This model's log-probabilities cannot be had exactly this way: one differs by {worst:.2g} from what"
            f" the model gives by itself.{hint_en}",
            zh=f"无法以这种方式准确获得该模型的对数概率：与模型直接计算的结果相差 {worst:.2g}。{hint_zh}",
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
