"""What a backend is: it pulls requests from a source when it has room and yields responses as they finish."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from benchharness.records import Request, RequestKind, Response
from benchharness.registry.models import ModelReference
from benchharness.tokens.tokenizer import Tokenizer

RANDOM_WEIGHTS = "random weights"
"""The origin of weights that were drawn: such a model has a true speed, and no score."""


ELSEWHERE = "the server's"
"""The device of a model that runs on a server of which nothing is known here."""


class WorkSource(Protocol):
    """Where a backend gets its work. That is all a backend knows of the outside.

    The source may grow while responses are consumed, and may end early.
    """

    def take(self, limit: int, *, wait: bool = True) -> list[Request]:
        """Return up to ``limit`` requests, in the order in which they share prefixes.

        Args:
            limit: most requests to return, at least 1.
            wait: whether to wait until there is a request or no more will come. With ``wait``, an empty list
                means that the work is over; without, that there is nothing at the moment.
        """


@dataclass(frozen=True, slots=True)
class BackendOptions:
    """What the user may say of any backend.

    Attributes:
        device: ``auto``, a device in torch's notation, or ``balanced`` to spread a model over all GPUs.
        dtype: ``auto``, ``float32``, ``bfloat16`` or ``float16``.
        batch_tokens: most tokens of a batch, padding and room for the answer included; ``None`` leaves it to
            the backend.
        prefix_reuse: whether what several prompts begin with may be computed once; without, every prompt is read
            whole, which is the reference that reuse must agree with.
        trust_remote_code: whether Python code that comes with the model may run.
        base_url: where a server is; ``None`` for one that is not asked, or the one the model registry names.
        serve: which server to start on this machine and ask, such as ``vllm``; ``None`` for none.
        budget: most that a server may charge, a number and a currency such as ``5 USD``; ``None`` for no bound.
        extra: options of one backend only, by name.
    """

    device: str = "auto"
    dtype: str = "auto"
    batch_tokens: int | None = None
    prefix_reuse: bool = True
    trust_remote_code: bool = False
    base_url: str | None = None
    serve: str | None = None
    budget: str | None = None
    extra: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class BackendFacts:
    """What is fixed before a model is loaded and could change a number.

    Attributes:
        backend: name of the backend.
        weights: fingerprint of the weights.
        weights_origin: where they come from: a hub id with its commit, or a package; never a path of this machine.
        tokenizer: fingerprint of the tokenizer.
        template: fingerprint of the chat template, ``None`` without one.
        context_length: most tokens of prompt and answer together; ``None`` if unlimited.
        numerics: settings that may change low bits of a result, by name.
        engine: settings that change how fast it works or how much memory it takes, and no result, by name.
        packages: the Python packages that compute, which are named in the manifest with their versions.
    """

    backend: str
    weights: str
    weights_origin: str
    tokenizer: str
    template: str | None
    context_length: int | None
    numerics: Mapping[str, str]
    engine: Mapping[str, str] = field(default_factory=dict)
    packages: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What a backend can do.

    Attributes:
        kinds: the kinds of requests it answers.
        polls: whether it takes further requests while it works on others, so that requests may come at any time;
            otherwise it takes some, and no more before all of them are answered.
        ignores_end: whether it heeds ``Sampling.ignore_end``.
    """

    kinds: frozenset[RequestKind]
    polls: bool = False
    ignores_end: bool = False


@dataclass(frozen=True, slots=True)
class ResourceUse:
    """What a backend has used so far.

    Attributes:
        process: most bytes resident in the process.
        device: most bytes on the accelerator; ``None`` where there is none.
        batch_tokens: most tokens of a batch, as it was at first; ``None`` where the backend sets no such limit.
        out_of_memory: how often memory ran out, each time halving the tokens of a batch.
        workers: processes that answer requests beside each other.
        worker_deaths: how often one of them died.
        device_parts: bytes on the accelerator by what they are for, as far as the backend knows: ``weights``,
            ``cache`` (keys and values: all that is set aside for them) and ``cache_used`` (most that was in use).
        preemptions: how often the engine put a request off that it had begun, for lack of memory.
        costs: what servers charge for what was asked, by currency.
    """

    process: int
    device: int | None
    batch_tokens: int | None = None
    out_of_memory: int = 0
    workers: int = 1
    worker_deaths: int = 0
    device_parts: Mapping[str, int] = field(default_factory=dict)
    preemptions: int = 0
    costs: Mapping[str, float] = field(default_factory=dict)


class Backend(Protocol):
    """A model that answers requests.

    Making one is cheap: it finds files, loads the tokenizer and checks what can be checked.
    ``load`` brings the weights.
    """

    @property
    def facts(self) -> BackendFacts:
        """What is fixed before a model is loaded; the weights are fetched for it, if need be."""

    @property
    def capabilities(self) -> Capabilities:
        """What it can do."""

    @property
    def tokenizer(self) -> Tokenizer:
        """The model's tokenizer."""

    @property
    def context_length(self) -> int | None:
        """Most tokens of prompt and answer together; ``None`` if unlimited. Known without the weights."""

    def load(self) -> None:
        """Bring the model into memory. Nothing happens if it is there."""

    def run(self, source: WorkSource) -> Iterator[Response]:
        """Answer all requests of ``source``, each exactly once, in any order, as they finish.

        Raises:
            BudgetSpentError: if no more may be asked. What was taken from the source and not asked gets no response.
        """

    def resource_use(self) -> ResourceUse:
        """Return what it has used so far."""

    def processes(self) -> tuple[int, ...]:
        """Return the processes of this machine that do the work; what they start counts with them.

        Empty where the model runs on another machine.
        """

    def close(self) -> None:
        """Free the model."""


@dataclass(frozen=True, slots=True)
class BackendEntry:
    """What an entry point of the group ``benchharness.backends`` names. Importing it loads no heavy library.

    Attributes:
        create: returns the backend for a model, not yet loaded; raises ``ImportError`` without the packages it
            needs and ``BenchharnessError`` if the model cannot be had or an option is wrong.
        title: what it is, for people, by interface language.
        reads_model_files: whether a model is files (a registered name, a hub id, a directory), or any name.
        packages: the packages it needs beyond those of benchharness.
        extra: the extra of benchharness that brings them.
    """

    create: Callable[[ModelReference, BackendOptions], Backend]
    title: Mapping[str, str]
    reads_model_files: bool
    packages: tuple[str, ...] = ()
    extra: str | None = None
