"""How much time our vllm backend adds to vLLM's own ``generate``, and how near its numbers are to transformers'.

Both ask one engine the same prompts, in turn and ABBA; the prefix cache is emptied before each. Needs an environment
with vLLM: see `make test-vllm`.

    python scripts/vllm_parity.py --rounds 6 --output parity.json
"""

import argparse
import json
import statistics
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any
from unittest import mock

from benchharness.backends.base import Backend, BackendOptions
from benchharness.backends.transformers import embedded
from benchharness.backends.transformers.backend import TransformersBackend
from benchharness.backends.vllm.backend import VllmBackend
from benchharness.backends.vllm.choose import Way, make_probes
from benchharness.backends.vllm.params import generate_params, probe_params
from benchharness.records import Continuation, Language, Prompt, Request, RequestKind, Response, Sampling, Segment
from benchharness.registry.models import resolve_model
from benchharness.runs.execute import QueueSource
from benchharness.tokens.tokenizer import Tokenizer

CONTEXT = 2048
NEW_TOKENS = (16, 32, 48, 64)
SENTENCES = (
    "The harbour was quiet in the morning, and the boats lay still.",
    "清晨的港口很安静，船只一动不动。",
    "She counted the steps to the lighthouse and wrote the number down.",
    "她数了数通往灯塔的台阶，把数字记了下来。",
)
LABELS = ("A", "B", "C", "D")


def make_requests(tokenizer: Tokenizer, round_number: int, count: int) -> list[Request]:
    """Return requests of a round: half letters after shared examples, half texts of several lengths."""
    requests = []
    for number in range(count):
        language = Language.ZH if number % 2 else Language.EN
        sentence = SENTENCES[number % len(SENTENCES)]
        if number < count // 2:
            options = "\nA. 1\nB. 2\nC. 3\nD. 4\nAnswer: "
            shots = "".join(f"{shot}. {SENTENCES[number % 2]}{options}B\n\n" for shot in range(5))
            text = f"[{round_number}] {shots}{number}. {sentence}{options}"
            requests.append(_choose(tokenizer, f"{round_number}:{number}", text, language))
        else:
            text = f"[{round_number}:{number}] {sentence * (1 + number % 5)}"
            sampling = Sampling(NEW_TOKENS[number % len(NEW_TOKENS)], stop=("\n\n",) if number % 3 == 0 else ())
            requests.append(_generate(tokenizer, f"{round_number}:{number}", text, language, sampling))
    return requests


def _prompt(tokenizer: Tokenizer, text: str) -> Prompt:
    tokens = tokenizer.encode([text], special_tokens=False)[0].tokens
    return Prompt((), (Segment("question", text),), tokens, (0,))


def _choose(tokenizer: Tokenizer, key: str, text: str, language: Language) -> Request:
    labels = tuple(Continuation(label, tokenizer.encode([label], special_tokens=False)[0].tokens) for label in LABELS)
    prompt = _prompt(tokenizer, text)
    return Request(key, "parity", key, language, RequestKind.CHOOSE, prompt, continuations=labels)


def _generate(tokenizer: Tokenizer, key: str, text: str, language: Language, sampling: Sampling) -> Request:
    return Request(key, "parity", key, language, RequestKind.GENERATE, _prompt(tokenizer, text), sampling=sampling)


class Own:
    """VLLM's ``LLM`` on top of the engine that our backend uses, without statistics, as it is by itself.

    Args:
        backend: ours, loaded.
    """

    def __init__(self, backend: VllmBackend) -> None:
        from vllm import LLM, LLMEngine

        self._inner = backend.inner
        with mock.patch.object(LLMEngine, "from_engine_args", return_value=self._inner):
            self._llm = LLM(**backend.engine_arguments())
        self._end_tokens = backend.end_tokens

    def __call__(self, requests: Sequence[Request]) -> int:
        """Answer requests by ``generate``; return the tokens generated."""
        from vllm import SamplingParams, TokensPrompt

        prompts = [TokensPrompt(prompt_token_ids=list(request.prompt.tokens)) for request in requests]
        params = [SamplingParams(**self._params(request)) for request in requests]
        with (
            mock.patch.object(self._inner, "log_stats", False),
            mock.patch.object(self._inner.output_processor, "log_stats", False),
            mock.patch.object(self._inner, "logger_manager", None),
        ):
            outputs = self._llm.generate(prompts, params, use_tqdm=False)
        return sum(len(output.outputs[0].token_ids) for output in outputs)

    def _params(self, request: Request) -> dict[str, Any]:
        if request.sampling is None:
            tokens = [continuation.tokens for continuation in request.continuations]
            (probe,) = make_probes(request.prompt.tokens, tokens, Way.STEPS)
            return probe_params(probe)
        params = generate_params(request.sampling, self._end_tokens, None)
        return params | {"detokenize": True, "stop": list(request.sampling.stop)}


def measure_overhead(backend: VllmBackend, rounds: int, count: int) -> dict[str, Any]:
    """Return the seconds of each round for both, and the ratios."""
    own = Own(backend)

    def ours(requests: Sequence[Request]) -> None:
        responses = list(backend.run(QueueSource(requests)))
        assert len(responses) == len(requests)

    seconds: dict[str, list[float]] = {"ours": [], "generate": []}
    processor: dict[str, list[float]] = {"ours": [], "generate": []}
    sides: list[tuple[str, Callable[[Sequence[Request]], Any]]] = [("ours", ours), ("generate", own)]
    for number in range(-1, rounds):
        requests = make_requests(backend.tokenizer, number, count)
        for name, ask in sides if number % 2 else reversed(sides):
            backend.inner.reset_prefix_cache()
            begun, used = time.perf_counter(), time.process_time()
            ask(requests)
            # The first round warms up.
            if number >= 0:
                seconds[name].append(time.perf_counter() - begun)
                processor[name].append(time.process_time() - used)
    return {
        "seconds": seconds,
        "processor_seconds_of_this_process": processor,
        "wall": _compare(seconds),
        "processor": _compare(processor),
    }


def _compare(sides: dict[str, list[float]]) -> dict[str, float]:
    ratios = [one / two for one, two in zip(sides["ours"], sides["generate"], strict=True)]
    return {
        "median_ratio": statistics.median(ratios),
        "lowest_ratio": min(ratios),
        "highest_ratio": max(ratios),
        "ratio_of_medians": statistics.median(sides["ours"]) / statistics.median(sides["generate"]),
        "median_difference_seconds": statistics.median(sides["ours"]) - statistics.median(sides["generate"]),
    }


def compare_numbers(backend: Backend, reference: Backend, count: int) -> dict[str, Any]:
    """Return how far the log-probabilities are apart, and how many letters and texts are the same."""
    requests = make_requests(backend.tokenizer, 0, count)
    mine, theirs = ({response.key: response for response in _answers(one, requests)} for one in (backend, reference))
    pairs = [(mine[key], theirs[key]) for key in theirs]
    letters = [(one.log_probs, two.log_probs) for one, two in pairs if two.log_probs]
    texts = [(one.text, two.text) for one, two in pairs if not two.log_probs]
    differences = [abs(a - b) for one, two in letters for a, b in zip(one, two, strict=True)]
    return {
        "log_probs": len(differences),
        "largest_difference": max(differences),
        "median_difference": statistics.median(differences),
        "letters_equal": sum(_best(one) == _best(two) for one, two in letters) / len(letters),
        "texts_equal": sum(one == two for one, two in texts) / len(texts),
        "cached_share_of_letters": _cached(mine[request.key] for request in requests if not request.sampling),
    }


def _answers(backend: Backend, requests: Sequence[Request]) -> list[Response]:
    return list(backend.run(QueueSource(requests)))


def _best(values: Sequence[float]) -> int:
    return max(range(len(values)), key=values.__getitem__)


def _cached(responses: Any) -> float:
    found: list[Response] = list(responses)
    return sum(one.cached_tokens for one in found) / sum(one.prompt_tokens for one in found)


def main() -> None:
    """Measure, and print what was found as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=6)
    parser.add_argument("--requests", type=int, default=80)
    parser.add_argument("--dtype", default="float32")
    parser.add_argument("--option", action="append", default=[], metavar="KEY=VALUE")
    parser.add_argument("--output", type=Path)
    arguments = parser.parse_args()
    model = resolve_model(str(embedded.directory()))
    extra = {"kv_cache_gib": "1", "max_model_len": str(CONTEXT)} | dict(pair.split("=", 1) for pair in arguments.option)
    options = BackendOptions(device="cpu", dtype=arguments.dtype, extra=extra)
    backend = VllmBackend(model, options)
    backend.load()
    try:
        found = {"numerics": dict(backend.facts.numerics), "engine": dict(backend.facts.engine)}
        reference = TransformersBackend(model, BackendOptions(device="cpu", dtype=arguments.dtype))
        found["numbers"] = compare_numbers(backend, reference, arguments.requests)
        reference.close()
        found["overhead"] = measure_overhead(backend, arguments.rounds, arguments.requests)
    finally:
        backend.close()
    text = json.dumps(found, indent=2, ensure_ascii=False)
    print(text)
    if arguments.output:
        arguments.output.write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
