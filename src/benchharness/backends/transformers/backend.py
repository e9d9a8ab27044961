"""The backend itself: what is known before loading, loading, and the loop that turns requests into responses."""

import os
from collections.abc import Iterator
from itertools import groupby
from typing import Any

import torch
from transformers import MODEL_FOR_CAUSAL_LM_MAPPING, AutoConfig, GenerationConfig

from benchharness.backends.base import (
    RANDOM_WEIGHTS,
    BackendFacts,
    BackendOptions,
    Capabilities,
    ResourceUse,
    WorkSource,
)
from benchharness.backends.registry import refuse_unknown_options
from benchharness.backends.transformers.chunks import chunk_size
from benchharness.backends.transformers.device import choose_device, choose_dtype, dtype_name
from benchharness.backends.transformers.engine import Engine
from benchharness.backends.transformers.head import is_native
from benchharness.backends.transformers.loading import (
    end_tokens,
    make_model,
    random_fingerprint,
    read_model,
    wants_random_weights,
)
from benchharness.backends.transformers.memory import Budget, answer_within_memory, free_bytes, tokens_that_fit
from benchharness.backends.transformers.path_check import check_paths
from benchharness.backends.transformers.peaks import PeakWatch
from benchharness.backends.transformers.prefixes import why_no_reuse
from benchharness.backends.transformers.rope import OPTION, read_scaling, scale_rope
from benchharness.backends.transformers.weights import ModelFiles, fingerprint_weights, locate
from benchharness.errors import InputError
from benchharness.hardware.memory import peak_process_bytes
from benchharness.records import RequestKind, Response
from benchharness.registry.models import ModelReference
from benchharness.tokens.prefix_tree import WINDOW
from benchharness.tokens.tokenizer import Tokenizer, TransformersTokenizer


class TransformersBackend:
    """A causal language model run by ``transformers``.

    Args:
        model: which model.
        options: how to run it.

    Raises:
        BenchharnessError: if the model cannot be had or an option is wrong.
    """

    def __init__(self, model: ModelReference, options: BackendOptions) -> None:
        refuse_unknown_options("transformers", options, ("weights", "prefill_chunk", OPTION))
        self._random = wants_random_weights(options)
        self._chunk = chunk_size(options)
        self._scaling = read_scaling(options)
        if model.spec.remote_code and not options.trust_remote_code:
            raise InputError(
                en=f"{model.spec.name} needs Python code from its repository. Read that code, then pass"
                " --trust-remote-code for this run.",
                zh=f"{model.spec.name} 需要执行其仓库中的 Python 代码。"
                "请先审阅代码，再为本次运行加上 --trust-remote-code。",
            )
        self._reference = model
        self._options = options
        self._device = choose_device(options.device)
        self._engine: Engine | None = None
        self._budget: Budget | None = None
        files = locate(model, with_weights=False, with_code=options.trust_remote_code)
        self._config: Any = AutoConfig.from_pretrained(
            files.directory, trust_remote_code=options.trust_remote_code, local_files_only=True
        )
        self._window = self._read_window()
        self._tokenizer = TransformersTokenizer(files.directory, trust_remote_code=options.trust_remote_code)
        self._dtype = choose_dtype(options.dtype, self._config, self._device)
        # A model that comes with its own code is in no list of transformers'.
        self._model_class: Any = MODEL_FOR_CAUSAL_LM_MAPPING.get(type(self._config), None)
        self._no_reuse = self._why_no_reuse()
        self._files: ModelFiles | None = None
        self._facts: BackendFacts | None = None

    @property
    def facts(self) -> BackendFacts:
        """See ``Backend``. Fetches the weights if they are not on this machine, to fingerprint them."""
        if self._facts is None:
            weights, origin = self._identify_weights()
            self._facts = BackendFacts(
                backend="transformers",
                weights=weights,
                weights_origin=origin,
                tokenizer=self._tokenizer.fingerprint,
                template=self._tokenizer.template_fingerprint,
                context_length=self.context_length,
                numerics=self._numerics(),
                engine={
                    "batch_tokens": str(self._options.batch_tokens or "what fits"),
                    "spread": "balanced" if self._options.device == "balanced" else "one device",
                },
                packages=("torch", "transformers", "tokenizers", "accelerate"),
            )
        return self._facts

    @property
    def context_length(self) -> int | None:
        """See ``Backend``; by the model's configuration, or by the scaling of RoPE that the user asks for."""
        return self._window

    @property
    def capabilities(self) -> Capabilities:
        """See ``Backend``."""
        return Capabilities(frozenset(RequestKind), ignores_end=True)

    @property
    def tokenizer(self) -> Tokenizer:
        """See ``Backend``."""
        return self._tokenizer

    def _read_window(self) -> int | None:
        text_config = self._config.get_text_config()
        if self._scaling is not None:
            return scale_rope(text_config, self._scaling)
        return getattr(text_config, "max_position_embeddings", None)

    def _numerics(self) -> dict[str, str]:
        chunk = str(self._chunk) if self._chunk else "off: not wanted"
        found = {
            "dtype": dtype_name(self._dtype),
            "device": self._device.type,
            "lm_head": "float32" if is_native(self._model_class) else dtype_name(self._dtype),
            "prefix_reuse": "on" if self._no_reuse is None else f"off: {self._no_reuse}",
            "prefill_chunk": chunk if self._no_reuse is None else f"off: {self._no_reuse}",
        }
        return found | ({} if self._scaling is None else {OPTION: str(self._scaling)})

    def _why_no_reuse(self) -> str | None:
        if not self._options.prefix_reuse:
            return "not wanted"
        if self._model_class is None:
            return "a model with its own code"
        return why_no_reuse(self._config.get_text_config(), self._model_class)

    def _identify_weights(self) -> tuple[str, str]:
        if self._random:
            return random_fingerprint(self._config), RANDOM_WEIGHTS
        files = self._located()
        return fingerprint_weights(files.directory), files.origin

    def _located(self) -> ModelFiles:
        if self._files is None:
            self._files = locate(self._reference, with_weights=True, with_code=self._options.trust_remote_code)
        return self._files

    @property
    def model(self) -> Any:
        """The model itself, loaded if need be: for measuring what goes on in it."""
        self.load()
        assert self._engine is not None
        return self._engine.model

    def load(self) -> None:
        """See ``Backend``."""
        if self._engine is not None:
            return
        if self._random:
            model = make_model(self._config, self._dtype, self._device, self._options)
        else:
            model = read_model(self._located().directory, self._config, self._dtype, self._options)
            if self._options.device != "balanced":
                model.to(self._device)
        ends = end_tokens(model, self._tokenizer)
        # The model's own settings (sampling, penalties) would fill whatever a request leaves open.
        model.generation_config = GenerationConfig()
        model.eval()
        check_paths(model, model.device, reuse=self._no_reuse is None, chunk=self._chunk)
        config, element_bytes = model.config.get_text_config(), self._dtype.itemsize
        fitting = tokens_that_fit(config, element_bytes, free_bytes(model.device), model.device.type)
        self._budget = Budget(self._options.batch_tokens or fitting)
        self._engine = Engine(model, self._tokenizer, ends, reuse=self._no_reuse is None, chunk=self._chunk)

    def run(self, source: WorkSource) -> Iterator[Response]:
        """See ``Backend``."""
        self.load()
        assert self._engine is not None
        assert self._budget is not None
        while window := source.take(WINDOW):
            by_part = sorted(window, key=lambda request: (request.kind, request.language))
            for _, part in groupby(by_part, key=lambda request: (request.kind, request.language)):
                yield from answer_within_memory(list(part), self._budget, self._engine.answer)

    def resource_use(self) -> ResourceUse:
        """See ``Backend``."""
        budget, engine = self._budget, self._engine
        if budget is None or engine is None:
            return ResourceUse(peak_process_bytes(), PeakWatch(self._device).highest_on_device())
        device = engine.watch.highest_on_device()
        weights = sum(part.nbytes for part in engine.model.parameters())
        return ResourceUse(
            peak_process_bytes(),
            device,
            budget.first,
            budget.out_of_memory,
            device_parts={} if device is None else {"weights": weights},
        )

    def processes(self) -> tuple[int, ...]:
        """Return this process; see ``Backend``."""
        return (os.getpid(),)

    def close(self) -> None:
        """See ``Backend``."""
        self._engine = None
        if self._device.type == "cuda":
            torch.cuda.empty_cache()
