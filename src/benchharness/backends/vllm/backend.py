"""The backend itself: what is known before loading, loading, and how requests become jobs of the engine."""

import logging
import os
from collections import deque
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from transformers import AutoConfig, GenerationConfig

from benchharness.backends.base import BackendFacts, BackendOptions, Capabilities, ResourceUse, WorkSource
from benchharness.backends.transformers.device import choose_dtype, dtype_name
from benchharness.backends.transformers.stops import StopFinder
from benchharness.backends.transformers.weights import ModelFiles, fingerprint_weights, locate
from benchharness.backends.vllm.check import exact_ways, inexact
from benchharness.backends.vllm.choose import Way, choose_way, make_probes
from benchharness.backends.vllm.devices import find_place
from benchharness.backends.vllm.engine import Engine, ModelArguments, engine_arguments
from benchharness.backends.vllm.jobs import Choosing, Generating, Job
from benchharness.backends.vllm.loop import Loop
from benchharness.backends.vllm.lora import read_adapter
from benchharness.backends.vllm.settings import read_settings
from benchharness.backends.vllm.version import find_vllm
from benchharness.errors import InputError, bilingual
from benchharness.hardware.memory import peak_process_bytes
from benchharness.records import Request, RequestKind, Response
from benchharness.registry.models import ModelReference
from benchharness.text.reasoning import REASONING_TAGS
from benchharness.tokens.tokenizer import Tokenizer, TransformersTokenizer

SPARE_TOKENS = 16
"""What the prompt of the check has beyond a block of the prefix cache."""

log = logging.getLogger(__name__)


class VllmBackend:
    """A causal language model run by vLLM's offline engine.

    Args:
        model: which model.
        options: how to run it.

    Raises:
        ImportError: if vLLM is not installed.
        BenchharnessError: if its version is not supported, the model cannot be had, or an option is wrong.
    """

    def __init__(self, model: ModelReference, options: BackendOptions) -> None:
        self._installed = find_vllm()
        if model.spec.remote_code and not options.trust_remote_code:
            raise InputError(
                en=f"{model.spec.name} needs Python code from its repository. Read that code, then pass"
                " --trust-remote-code for this run.",
                zh=f"{model.spec.name} 需要执行其仓库中的 Python 代码。"
                "请先审阅代码，再为本次运行加上 --trust-remote-code。",
            )
        self._reference, self._options = model, options
        self._place = find_place(options.device)
        directory = locate(model, with_weights=False, with_code=options.trust_remote_code).directory
        self._config: Any = AutoConfig.from_pretrained(
            directory, trust_remote_code=options.trust_remote_code, local_files_only=True
        )
        dtype = dtype_name(choose_dtype(options.dtype, self._config, self._place.device))
        self.settings = read_settings(options, device=self._place.type, dtype=dtype)
        self._refuse_one_device_for_several()
        self._refuse_longer_context()
        self._tokenizer = TransformersTokenizer(directory, trust_remote_code=options.trust_remote_code)
        self.end_tokens = _end_tokens(directory, self._config, self._tokenizer)
        self._adapter = None if self.settings.lora is None else read_adapter(self.settings.lora)
        self._tags = None if self.settings.thinking_token_budget is None else _reasoning_tags(self._tokenizer)
        self._stops = StopFinder(self._tokenizer.decode)
        self._files: ModelFiles | None = None
        self._facts: BackendFacts | None = None
        self._engine: Engine | None = None
        self._replays = False
        self._use: ResourceUse | None = None

    def _refuse_one_device_for_several(self) -> None:
        wanted = self.settings.tensor_parallel_size * self.settings.pipeline_parallel_size
        if wanted > 1 and self._place.visible:
            raise InputError(
                en=f"--device {self._options.device} names one device, and tensor_parallel_size and"
                f" pipeline_parallel_size want {wanted}. Leave out --device; CUDA_VISIBLE_DEVICES says which may be"
                " used.",
                zh=f"--device {self._options.device} 只指定了一个设备，"
                f"而 tensor_parallel_size 与 pipeline_parallel_size 共需要 {wanted} 个。"
                "请去掉 --device，改用 CUDA_VISIBLE_DEVICES 指定可用设备。",
            )

    def _refuse_longer_context(self) -> None:
        known = self._known_context_length
        if known is not None and (self.settings.max_model_len or 0) > known:
            raise InputError(
                en=f"--option max_model_len={self.settings.max_model_len}: the model was made for {known} tokens.",
                zh=f"--option max_model_len={self.settings.max_model_len}：该模型的上下文长度为 {known} 个 token。",
            )

    @property
    def facts(self) -> BackendFacts:
        """See ``Backend``. Fetches the weights if they are not on this machine, to fingerprint them."""
        if self._facts is None:
            files = self._located()
            weights, origin = fingerprint_weights(files.directory), files.origin
            if self._adapter is not None:
                weights = f"{weights}+lora:{self._adapter.fingerprint}"
                origin = f"{origin} + LoRA {self._adapter.directory.name}"
            stored = getattr(self._config, "quantization_config", None) or {}
            method = stored.get("quant_method") if isinstance(stored, dict) else getattr(stored, "quant_method", None)
            self._facts = BackendFacts(
                backend="vllm",
                weights=weights,
                weights_origin=origin,
                tokenizer=self._tokenizer.fingerprint,
                template=self._tokenizer.template_fingerprint,
                context_length=self.context_length,
                numerics=self.settings.numerics(None if method is None else str(method)),
                engine=self.settings.engine(),
                packages=(self._installed.distribution, "torch", "transformers", "tokenizers"),
            )
        return self._facts

    @property
    def _known_context_length(self) -> int | None:
        return getattr(self._config.get_text_config(), "max_position_embeddings", None)

    @property
    def context_length(self) -> int | None:
        """See ``Backend``; by ``--option max_model_len``, or else by the model's configuration."""
        return self.settings.max_model_len or self._known_context_length

    @property
    def capabilities(self) -> Capabilities:
        """See ``Backend``."""
        return Capabilities(frozenset(RequestKind), polls=True, ignores_end=True)

    @property
    def tokenizer(self) -> Tokenizer:
        """See ``Backend``."""
        return self._tokenizer

    def _located(self) -> ModelFiles:
        if self._files is None:
            self._files = locate(self._reference, with_weights=True, with_code=self._options.trust_remote_code)
        return self._files

    def load(self) -> None:
        """Start the engine; see ``Backend``.

        Raises:
            InputError: if vLLM cannot run the model this way.
            BenchharnessError: if its prefix cache changes log-probabilities.
        """
        if self._engine is not None:
            return
        self._engine = Engine(self._model_arguments(), self.settings, self._place.visible)
        checked = False
        try:
            self._check_ways(self._engine)
            checked = True
        finally:
            if not checked:
                self.close()

    def _model_arguments(self) -> ModelArguments:
        return ModelArguments(
            self._reference.spec.name,
            self._located().directory,
            self.context_length,
            self._options.trust_remote_code,
            self._adapter,
            self._tags,
        )

    def engine_arguments(self) -> dict[str, Any]:
        """Return the arguments that vLLM's engine is started with: for comparing with it alone."""
        return engine_arguments(self._model_arguments(), self.settings)

    def _check_ways(self, engine: Engine) -> None:
        if engine.block is None or self.settings.choose == "reference":
            return
        ways = [Way.STEPS, *([Way.REPLAY] if engine.replays else [])]

        def score(request: Request, way: Way) -> Sequence[float]:
            (response,) = self._loop(engine, way).run(_Given([request]))
            return response.log_probs

        exact = exact_ways(
            score,
            self._reference_way,
            ways,
            dtype=self.settings.dtype,
            vocabulary=self._config.get_text_config().vocab_size,
            prompt=min(engine.block + SPARE_TOKENS, (self.context_length or 2 * SPARE_TOKENS) - SPARE_TOKENS),
        )
        if Way.STEPS not in exact:
            raise inexact()
        self._replays = Way.REPLAY in exact
        if engine.replays and not self._replays:
            log.warning(
                bilingual(
                    "vLLM's trace replay does not give this model's log-probabilities; it is not used.",
                    "vLLM 的轨迹重放无法准确给出该模型的对数概率，已改用其他方式。",
                )
            )

    def run(self, source: WorkSource) -> Iterator[Response]:
        """See ``Backend``.

        Raises:
            BenchharnessError: if the engine dies. All that it answered has been yielded.
        """
        self.load()
        assert self._engine is not None
        yield from self._loop(self._engine).run(source)
        self._engine.look_at_memory()

    def answer_by(self, requests: Sequence[Request], way: Way) -> list[Response]:
        """Score the continuations of ``choose`` requests by one way alone: for comparing ways."""
        self.load()
        assert self._engine is not None
        return list(self._loop(self._engine, way).run(_Given(requests)))

    def _loop(self, engine: Engine, way: Way | None = None) -> Loop:
        def begin(request: Request, sent: float) -> Job:
            if request.kind is RequestKind.CHOOSE:
                return self._choosing(engine, request, way)
            return self._generating(request, sent)

        return Loop(engine, begin, max_num_seqs=self.settings.max_num_seqs, context_length=engine.context_length)

    @property
    def _reference_way(self) -> Way:
        # With an adapter, vLLM counts the rows of a prompt's log-probabilities wrong, and its engine may die of it.
        return Way.REFERENCE if self._adapter is None else Way.WHOLE

    def _choosing(self, engine: Engine, request: Request, way: Way | None) -> Job:
        continuations = [continuation.tokens for continuation in request.continuations]
        if way is None:
            way = self._reference_way
            if self.settings.choose == "fast":
                length = len(request.prompt.tokens)
                way = choose_way(length, continuations, reference=way, block=engine.block, replays=self._replays)
        return Choosing(request, make_probes(request.prompt.tokens, continuations, way))

    def _generating(self, request: Request, sent: float) -> Job:
        assert request.sampling is not None
        timing = self.settings.timing
        return Generating(
            request,
            sent,
            end_tokens=self.end_tokens,
            thinking_token_budget=self.settings.thinking_token_budget,
            stops=self._stops.of(request) if request.sampling.stop else None,
            each_token=timing == "tokens" or (timing == "auto" and request.sampling.ignore_end),
            decode=self._tokenizer.decode,
        )

    def resource_use(self) -> ResourceUse:
        """See ``Backend``. Memory counts this process and the engine's."""
        engine = self._engine
        if engine is None:
            return self._use or ResourceUse(peak_process_bytes(), None)
        parts: dict[str, int] = {}
        device = None
        if self._place.type != "cpu":
            told = [name for name in ("weights", "cache") if all(name in worker for worker in engine.memory)]
            parts = {name: sum(worker[name] for worker in engine.memory) for name in told}
            if "cache" in parts:
                parts["cache_used"] = round(parts["cache"] * engine.counters.cache_usage)
            device = sum(worker.get("peak", 0) for worker in engine.memory) or None
        self._use = ResourceUse(
            peak_process_bytes() + engine.peak_process_bytes(),
            device,
            batch_tokens=self.settings.max_num_batched_tokens,
            device_parts=parts,
            preemptions=engine.counters.preemptions,
        )
        return self._use

    @property
    def inner(self) -> Any:
        """VLLM's own engine, loaded if need be: for measuring what goes on in it."""
        self.load()
        assert self._engine is not None
        return self._engine.inner

    def engine_memory(self) -> list[dict[str, int]]:
        """Return what each of the engine's workers said of its memory, in bytes; empty if it is not loaded."""
        return [] if self._engine is None else self._engine.memory

    def processes(self) -> tuple[int, ...]:
        """Return this process, which started those of the engine; see ``Backend``."""
        return (os.getpid(),)

    def close(self) -> None:
        """End the engine; see ``Backend``."""
        if self._engine is not None:
            self.resource_use()
            engine, self._engine = self._engine, None
            engine.close()


class _Given:
    """A source of some requests."""

    def __init__(self, requests: Sequence[Request]) -> None:
        self._waiting = deque(requests)

    def take(self, limit: int, *, wait: bool = True) -> list[Request]:
        return [self._waiting.popleft() for _ in range(min(limit, len(self._waiting)))]


def _end_tokens(directory: Path, config: Any, tokenizer: TransformersTokenizer) -> frozenset[int]:
    """Return the tokens that end a text: those of the generation settings, the model and the tokenizer."""
    settings: Any = GenerationConfig
    settings = settings()
    if (directory / "generation_config.json").is_file():
        settings = GenerationConfig.from_pretrained(directory, local_files_only=True)
    found: set[int] = set()
    for ids in (settings.eos_token_id, config.get_text_config().eos_token_id, tokenizer.inner.eos_token_id):
        if ids is not None:
            found.update([ids] if isinstance(ids, int) else ids)
    return frozenset(found)


def _reasoning_tags(tokenizer: TransformersTokenizer) -> tuple[str, str]:
    """Return the tags that this model's reasoning stands between.

    Raises:
        InputError: if nothing of the model tells.
    """
    template, vocabulary = tokenizer.inner.chat_template or "", tokenizer.inner.get_vocab()
    for opening, closing in REASONING_TAGS:
        if closing in vocabulary or closing in str(template):
            return opening, closing
    raise InputError(
        en="--option thinking_token_budget: neither the chat template nor the vocabulary of this model has a tag that"
        " ends reasoning, such as </think>. Leave the option out.",
        zh="--option thinking_token_budget：该模型的对话模板与词表中都没有结束思考的标记（如 </think>），"
        "请去掉此选项。",
    )
