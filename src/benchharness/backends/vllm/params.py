"""What the engine is told of a request: plain values, of which vLLM's ``SamplingParams`` are made."""

from collections.abc import Iterable
from typing import Any

from benchharness.backends.vllm.choose import Probe, Terms
from benchharness.records import Sampling


def generate_params(sampling: Sampling, end_tokens: Iterable[int], thinking_token_budget: int | None) -> dict[str, Any]:
    """Return the parameters of a ``generate`` request.

    Stop strings are not among them: the engine would stop at one within the reasoning, too. Nor does it end a text by
    what it takes for the end; the tokens that end one are given.

    Args:
        sampling: of the request.
        end_tokens: token ids that end a text.
        thinking_token_budget: most tokens of reasoning; ``None`` for no bound.
    """
    found: dict[str, Any] = {
        "max_tokens": sampling.max_new_tokens,
        "temperature": sampling.temperature,
        "top_p": sampling.top_p,
        "seed": sampling.seed if sampling.temperature > 0 else None,
        "ignore_eos": True,
        "stop_token_ids": [] if sampling.ignore_end else sorted(end_tokens),
        "detokenize": False,
    }
    if thinking_token_budget is not None:
        found["thinking_token_budget"] = thinking_token_budget
    return found


def probe_params(probe: Probe) -> dict[str, Any]:
    """Return the parameters of a probe."""
    found: dict[str, Any] = {"max_tokens": 1, "temperature": 0.0, "ignore_eos": True, "detokenize": False}
    if probe.forced:
        return found | {
            "max_tokens": len(probe.forced),
            "trace_decode_token_ids": list(probe.forced),
            "logprobs": 0,
        }
    found["logprob_token_ids"] = list(probe.wanted)
    if probe.whole:
        found["skip_reading_prefix_cache"] = True
    if probe.rows and probe.before:
        found["prompt_logprobs"] = 0
    return found


def read_terms(probe: Probe, output: Any) -> Terms:
    """Return the terms that a finished probe brings.

    Args:
        probe: what was asked.
        output: vLLM's ``RequestOutput``.

    Raises:
        LookupError: if the engine did not give what was asked.
    """
    given = output.outputs[0]
    if probe.forced:
        if tuple(given.token_ids) != probe.forced:
            raise LookupError(f"the engine generated {list(given.token_ids)} instead of {list(probe.forced)}")
        return {
            (probe.forced[:index], token): given.logprobs[index][token].logprob
            for index, token in enumerate(probe.forced)
        }
    terms: Terms = {(probe.before, token): given.logprobs[0][token].logprob for token in probe.wanted}
    if probe.rows and probe.before:
        rows = output.prompt_logprobs[-len(probe.before) :]
        for index, (token, row) in enumerate(zip(probe.before, rows, strict=True)):
            terms[probe.before[:index], token] = row[token].logprob
    return terms
