"""The backend itself: what is known before loading, loading, and the loop that turns requests into responses."""

import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import groupby
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from transformers import MODEL_FOR_CAUSAL_LM_MAPPING, AutoConfig, AutoModelForCausalLM, GenerationConfig

from benchharness.backends.base import BackendFacts, BackendOptions, Capabilities, PeakMemory, WorkSource
from benchharness.backends.registry import refuse_unknown_options
from benchharness.backends.transformers.batches import cost, split_into_batches, suffix_cost
from benchharness.backends.transformers.choose import rows_of, score_rows
from benchharness.backends.transformers.choose_shared import score_batch
from benchharness.backends.transformers.generate import generate_rows
from benchharness.backends.transformers.prefixes import SharedPrefix, shared_prefixes, why_no_reuse
from benchharness.backends.transformers.quiet import quiet_transformers
from benchharness.backends.transformers.reuse_check import check_reuse
from benchharness.backends.transformers.weights import ModelFiles, fingerprint_weights, locate
from benchharness.errors import BenchharnessError, InputError
from benchharness.hardware.memory import peak_process_bytes
from benchharness.records import FinishReason, Request, RequestKind, Response
from benchharness.registry.models import ModelReference
from benchharness.text.reasoning import opens_reasoning, split_reasoning
from benchharness.text.stops import stop_in_answer
from benchharness.tokens.tokenizer import Tokenizer, TransformersTokenizer

DTYPES = {"float32": torch.float32, "bfloat16": torch.bfloat16, "float16": torch.float16}
TOKEN_BUDGETS = {"cpu": 8192, "cuda": 65536}
WINDOW = 256
"""Requests taken from the source at once, among which like lengths are put together."""


class TransformersBackend:
    """A causal language model run by ``transformers``.

    Args:
        model: which model.
        options: how to run it.

    Raises:
        BenchharnessError: if the model cannot be had or an option is wrong.
    """

    def __init__(self, model: ModelReference, options: BackendOptions) -> None:
        refuse_unknown_options("transformers", options)
        if model.spec.remote_code and not options.trust_remote_code:
            raise InputError(
                en=f"{model.spec.name} needs Python code from its repository. Read that code, then pass"
                " --trust-remote-code for this run.",
                zh=f"{model.spec.name} 需要执行其仓库中的 Python 代码。"
                "请先审阅代码，再为本次运行加上 --trust-remote-code。",
            )
        self._reference = model
        self._options = options
        self._device = _choose_device(options.device)
        self._model: Any = None
        files = locate(model, with_weights=False, with_code=options.trust_remote_code)
        self._config: Any = AutoConfig.from_pretrained(
            files.directory, trust_remote_code=options.trust_remote_code, local_files_only=True
        )
        self._tokenizer = TransformersTokenizer(files.directory, trust_remote_code=options.trust_remote_code)
        self._dtype = _choose_dtype(options.dtype, self._config, self._device)
        self._no_reuse = self._why_no_reuse()
        self._files: ModelFiles | None = None
        self._facts: BackendFacts | None = None

    @property
    def facts(self) -> BackendFacts:
        """See ``Backend``. Fetches the weights if they are not on this machine, to fingerprint them."""
        if self._facts is None:
            files = self._located()
            self._facts = BackendFacts(
                backend="transformers",
                weights=fingerprint_weights(files.directory),
                weights_origin=files.origin,
                tokenizer=self._tokenizer.fingerprint,
                template=self._tokenizer.template_fingerprint,
                context_length=self.context_length,
                numerics={
                    "dtype": _name(self._dtype),
                    "device": self._device.type,
                    "prefix_reuse": "on" if self._no_reuse is None else f"off: {self._no_reuse}",
                },
                packages=("torch", "transformers", "tokenizers", "accelerate"),
            )
        return self._facts

    @property
    def context_length(self) -> int | None:
        """See ``Backend``; by the model's configuration."""
        text_config = self._config.get_text_config()
        return getattr(text_config, "max_position_embeddings", None)

    @property
    def capabilities(self) -> Capabilities:
        """See ``Backend``."""
        return Capabilities(frozenset(RequestKind))

    @property
    def tokenizer(self) -> Tokenizer:
        """See ``Backend``."""
        return self._tokenizer

    def _why_no_reuse(self) -> str | None:
        if not self._options.prefix_reuse:
            return "not wanted"
        model_class = MODEL_FOR_CAUSAL_LM_MAPPING.get(type(self._config), None)
        if model_class is None:
            return "a model with its own code"
        return why_no_reuse(self._config.get_text_config(), model_class)

    def _located(self) -> ModelFiles:
        if self._files is None:
            self._files = locate(self._reference, with_weights=True, with_code=self._options.trust_remote_code)
        return self._files

    def load(self) -> None:
        """See ``Backend``."""
        if self._model is not None:
            return
        directory: Path = self._located().directory
        spread = {"device_map": "balanced"} if self._options.device == "balanced" else {}
        try:
            with quiet_transformers():
                model: Any = AutoModelForCausalLM.from_pretrained(
                    directory,
                    dtype=self._dtype,
                    use_safetensors=True,
                    trust_remote_code=self._options.trust_remote_code,
                    local_files_only=True,
                    **spread,
                )
        except (OSError, ValueError, SafetensorError) as error:
            raise InputError(
                en=f"{directory}: cannot load the model: {error}", zh=f"{directory}：无法加载模型：{error}"
            ) from error
        if not spread:
            model.to(self._device)
        self._end_tokens = _end_tokens(model, self._tokenizer)
        # The model's own settings (sampling, penalties) would fill whatever a request leaves open.
        model.generation_config = GenerationConfig()
        model.eval()
        if self._no_reuse is None:
            check_reuse(model, model.device)
        self._model = model

    def run(self, source: WorkSource) -> Iterator[Response]:
        """See ``Backend``."""
        self.load()
        budget = self._options.batch_tokens or TOKEN_BUDGETS.get(self._device.type, TOKEN_BUDGETS["cpu"])
        while window := source.take(WINDOW):
            by_part = sorted(window, key=lambda request: (request.kind, request.language))
            for _, part in groupby(by_part, key=lambda request: (request.kind, request.language)):
                yield from self._run_part(list(part), budget)

    def _run_part(self, requests: Sequence[Request], budget: int) -> Iterator[Response]:
        """Answer requests of one kind and language."""
        started = time.perf_counter()
        for prefix in self._prefixes(requests):
            computed = prefix.computed
            once = suffix_cost if self._no_reuse is None else cost
            for batch in split_into_batches(prefix.requests, budget, shared=prefix.length, cost_of=once):
                responses = self._run_batch(prefix, batch, budget)
                # The first of those that share a prefix carries what the prefix took.
                responses[0] = replace(responses[0], computed_tokens=responses[0].computed_tokens + computed)
                computed = 0
                yield from self._share_time(responses, time.perf_counter() - started)
                started = time.perf_counter()

    def _prefixes(self, requests: Sequence[Request]) -> Iterator[SharedPrefix]:
        if self._no_reuse is None:
            return shared_prefixes(self._model, requests, self._model.device)
        return iter([SharedPrefix(0, 0, None, tuple(requests))])

    def _run_batch(self, prefix: SharedPrefix, batch: Sequence[Request], budget: int) -> list[Response]:
        try:
            if batch[0].kind is RequestKind.GENERATE:
                return self._generate(prefix, batch)
            return self._choose(prefix, batch, budget) if self._no_reuse is None else self._choose_apart(batch)
        except torch.OutOfMemoryError as error:
            raise _out_of_memory(len(batch), max(len(request.prompt.tokens) for request in batch)) from error

    @staticmethod
    def _share_time(responses: Sequence[Response], seconds: float) -> list[Response]:
        """Give each response its share of the time of its batch, by the tokens it took."""
        work = [response.computed_tokens + response.generated_tokens for response in responses]
        return [
            replace(response, seconds=seconds * own / sum(work), batch_size=len(responses))
            for response, own in zip(responses, work, strict=True)
        ]

    def _choose(self, prefix: SharedPrefix, batch: Sequence[Request], budget: int) -> list[Response]:
        sums = score_batch(self._model, prefix, batch, self._model.device, budget)
        return [
            Response(
                request.key,
                FinishReason.CHOSEN,
                log_probs=tuple(values),
                prompt_tokens=len(request.prompt.tokens),
                computed_tokens=len(request.prompt.tokens)
                - prefix.length
                + sum(len(continuation.tokens) - 1 for continuation in request.continuations),
            )
            for request, values in zip(batch, sums, strict=True)
        ]

    def _choose_apart(self, batch: Sequence[Request]) -> list[Response]:
        """Read every prompt whole for every continuation: the reference."""
        rows = [rows_of(request) for request in batch]
        flat = [row for of_request in rows for row in of_request]
        sums = iter(score_rows(self._model, flat, self._model.device, self._padding))
        return [
            Response(
                request.key,
                FinishReason.CHOSEN,
                log_probs=tuple(value for _ in of_request for value in next(sums)),
                prompt_tokens=len(request.prompt.tokens),
                computed_tokens=sum(len(row.tokens) for row in of_request),
            )
            for request, of_request in zip(batch, rows, strict=True)
        ]

    def _generate(self, prefix: SharedPrefix, batch: Sequence[Request]) -> list[Response]:
        generated = generate_rows(
            self._model,
            batch,
            self._model.device,
            prefix=prefix,
            end_tokens=self._end_tokens,
            padding=self._padding,
            decode=self._tokenizer.decode,
        )
        return [
            self._speech(request, prefix.length, produced.tokens, produced.ended)
            for request, produced in zip(batch, generated, strict=True)
        ]

    def _speech(self, request: Request, shared: int, tokens: tuple[int, ...], ended: bool) -> Response:
        assert request.sampling is not None
        text = self._tokenizer.decode(tokens)
        opened = opens_reasoning(request.prompt.text)
        cut = stop_in_answer(text, request.sampling.stop, open_at_start=opened)
        split = split_reasoning(text if cut is None else text[:cut], open_at_start=opened)
        return Response(
            request.key,
            FinishReason.STOP if ended else FinishReason.LENGTH,
            text=split.answer,
            reasoning=split.reasoning,
            reasoning_closed=split.closed,
            prompt_tokens=len(request.prompt.tokens),
            computed_tokens=len(request.prompt.tokens) - shared,
            generated_tokens=len(tokens),
        )

    @property
    def _padding(self) -> int:
        # Padding is masked or never looked at, so that any id serves where a tokenizer names none.
        padding: int | None = self._tokenizer.inner.pad_token_id
        return 0 if padding is None else padding

    def peak_memory(self) -> PeakMemory:
        """See ``Backend``."""
        device = None
        if self._device.type == "cuda":
            device = sum(torch.cuda.max_memory_allocated(index) for index in range(torch.cuda.device_count()))
        return PeakMemory(peak_process_bytes(), device)

    def close(self) -> None:
        """See ``Backend``."""
        self._model = None
        if self._device.type == "cuda":
            torch.cuda.empty_cache()


def _out_of_memory(requests: int, longest: int) -> BenchharnessError:
    return BenchharnessError(
        en=f"Out of memory in a batch of {requests} requests, the longest of {longest} tokens. What was answered is"
        " kept: the same command with a smaller --batch-tokens goes on from there.",
        zh=f"显存或内存不足：该批次含 {requests} 个请求，最长 {longest} 个词元。已完成的结果均已保存："
        "减小 --batch-tokens 后再次执行同一命令即可继续。",
    )


def _choose_device(name: str) -> torch.device:
    if name in ("auto", "balanced"):
        if torch.cuda.is_available():
            return torch.device("cuda")
        if name == "balanced":
            raise InputError(
                en="--device balanced spreads a model over GPUs, and torch sees none.",
                zh="--device balanced 用于把模型分布到多块 GPU 上，但 torch 未检测到 GPU。",
            )
        return torch.device("cpu")
    try:
        device = torch.device(name)
        torch.empty(0, device=device)
    except (RuntimeError, AssertionError) as error:
        raise InputError(
            en=f"--device {name}: torch cannot use it: {str(error).splitlines()[0]}",
            zh=f"--device {name}：torch 无法使用该设备：{str(error).splitlines()[0]}",
        ) from error
    return device


def _choose_dtype(name: str, config: Any, device: torch.device) -> torch.dtype:
    if name in DTYPES:
        return DTYPES[name]
    if name != "auto":
        names = ", ".join(DTYPES)
        raise InputError(
            en=f"--dtype {name}: expected auto, {names}.",
            zh=f"--dtype {name}：应为 auto、{names.replace(', ', '、')} 之一。",
        )
    stored = getattr(config, "dtype", None)
    # Few CPUs compute in 16 bits; fp32 is the type in which all of them agree.
    return stored if device.type != "cpu" and isinstance(stored, torch.dtype) else torch.float32


def _name(dtype: torch.dtype) -> str:
    return str(dtype).removeprefix("torch.")


def _end_tokens(model: Any, tokenizer: TransformersTokenizer) -> frozenset[int]:
    """Return the tokens that end a text: those of the generation settings, the model and the tokenizer."""
    found: set[int] = set()
    for ids in (model.generation_config.eos_token_id, model.config.eos_token_id, tokenizer.inner.eos_token_id):
        if ids is not None:
            found.update([ids] if isinstance(ids, int) else ids)
    return frozenset(found)
