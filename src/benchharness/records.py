"""The typed records that travel from plan to report. Plain data: this module imports nothing of ours.

Field types are validated where records enter from a file (see ``runs.journal``), not on construction.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class Language(StrEnum):
    """The language an item is asked in."""

    ZH = "zh"
    EN = "en"


class RequestKind(StrEnum):
    """What is asked of a backend: free text, or the log-likelihood of given continuations."""

    GENERATE = "generate"
    CHOOSE = "choose"


class Outcome(StrEnum):
    """What became of one item. Everything but ``scored`` counts 0 in the strict score."""

    SCORED = "scored"
    UNPARSED = "unparsed"
    TRUNCATED = "truncated"
    REFUSED = "refused"
    EMPTY = "empty"
    TOO_LONG = "too_long"
    ERROR = "error"


class FinishReason(StrEnum):
    """Why a backend stopped working on a request; ``filtered`` where a filter of the vendor kept the answer back."""

    STOP = "stop"
    LENGTH = "length"
    CHOSEN = "chosen"
    TOO_LONG = "too_long"
    FILTERED = "filtered"
    ERROR = "error"


class Role(StrEnum):
    """Who speaks in a chat message."""

    SYSTEM = "system"
    USER = "user"
    ASSISTANT = "assistant"


@dataclass(frozen=True, slots=True)
class Item:
    """One question in one language.

    Attributes:
        id: unique within its task and language.
        language: the language it is asked in.
        target: the right answer, as the scorer of the task reads it (an option label, a number, a text).
        category: the ability, subject or subset under which it is reported.
        fields: what prompt templates may use, by name.
        options: option texts in order; labelled A, B, C … by position.
        pair_id: shared with the item that asks the same thing in the other language.
        cluster: the passage or dialogue it shares with other items, if any.
        solution: an answer that deserves full marks, where the target alone is none.
    """

    id: str
    language: Language
    target: Any
    category: str
    fields: Mapping[str, Any]
    options: tuple[str, ...] = ()
    pair_id: str | None = None
    cluster: str | None = None
    solution: str | None = None


@dataclass(frozen=True, slots=True)
class Segment:
    """A named piece of a prompt: ``system``, ``instruction``, ``shot 1``, ``passage``, ``question``, ``option A``,
    ``answer_prefix``; ``template`` is what the chat template puts between them.
    """  # noqa: D205

    name: str
    text: str


@dataclass(frozen=True, slots=True)
class Message:
    """One chat message, as the segments it is made of."""

    role: Role
    segments: tuple[Segment, ...]

    @property
    def content(self) -> str:
        """The message as one string."""
        return "".join(segment.text for segment in self.segments)


@dataclass(frozen=True, slots=True)
class Prompt:
    """A rendered prompt: the map from segment to text to tokens.

    Attributes:
        messages: what was said, before the chat template.
        segments: the whole text in order; ``"".join(s.text for s in segments)`` is the text the model reads.
        tokens: the prompt as token ids of the model's tokenizer.
        starts: for each segment, the index of its first token. A token that spans two segments belongs
            to the one in which it begins; an empty segment starts where the next one does.
    """

    messages: tuple[Message, ...]
    segments: tuple[Segment, ...]
    tokens: tuple[int, ...]
    starts: tuple[int, ...]

    @property
    def text(self) -> str:
        """The text the model reads."""
        return "".join(segment.text for segment in self.segments)


@dataclass(frozen=True, slots=True)
class Continuation:
    """A text whose log-likelihood after the prompt is asked for.

    Attributes:
        text: the continuation, with the delimiter that separates it from the prompt.
        tokens: its token ids as they stand after the prompt's.
    """

    text: str
    tokens: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Sampling:
    """How text is generated.

    Attributes:
        max_new_tokens: the most tokens to generate.
        temperature: 0 for greedy decoding.
        top_p: nucleus; 1 keeps the whole vocabulary.
        seed: the seed of this request alone, so that results do not depend on the batch.
        stop: strings at the first of which the text ends; they are not part of the text.
        ignore_end: whether generation goes on after a token that ends a text, so that each answer has exactly
            ``max_new_tokens`` tokens: for measuring speed.
    """

    max_new_tokens: int
    temperature: float = 0.0
    top_p: float = 1.0
    seed: int = 0
    stop: tuple[str, ...] = ()
    ignore_end: bool = False


@dataclass(frozen=True, slots=True)
class Request:
    """What is asked of a backend.

    Attributes:
        key: a hash of everything that could change the content of the response, and of nothing else.
        task: name of the task.
        item_id: id of the item within task and language.
        language: language of the item.
        kind: ``generate`` or ``choose``.
        prompt: the rendered prompt.
        continuations: for ``choose``, what to score, in option order.
        sampling: for ``generate``, how.
        repetition: 0 for the first asking of an item, 1 for the second, …
    """

    key: str
    task: str
    item_id: str
    language: Language
    kind: RequestKind
    prompt: Prompt
    continuations: tuple[Continuation, ...] = ()
    sampling: Sampling | None = None
    repetition: int = 0


@dataclass(frozen=True, slots=True)
class Timing:
    """When an answer came, as whoever asked saw it.

    Attributes:
        sent: when the request was handed to the engine or the server, by ``time.perf_counter`` of this process.
        first: seconds from there to the first token or, from a server, to the first chunk with text or reasoning.
        last: seconds to the last one.
        gaps: seconds between each token or chunk and the next; empty where only the first and the last are known.
    """

    sent: float
    first: float
    last: float
    gaps: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class Response:
    """What came back for one request.

    Attributes:
        key: the request's key.
        finish_reason: why the backend stopped.
        text: for ``generate``, the answer as produced, without its reasoning.
        reasoning: what the model thought before answering (``<think>``), as produced; ``None`` if it did not.
        reasoning_closed: whether the reasoning ended before the tokens did.
        log_probs: for ``choose``, the summed log-probability (natural logarithm) of each continuation.
        prompt_tokens: tokens of the prompt.
        computed_tokens: prompt and continuation tokens the model really read for this request;
            tokens served from a cache do not count, nor does padding.
        cached_tokens: prompt tokens that need not be read, since a cache had what they come to.
        generated_tokens: tokens produced.
        seconds: this request's share of the time that its batch took, so that the shares add up to the time of the
            whole; not its latency. ``None`` where the backend cannot tell.
        batch_size: number of requests that ran together.
        timing: when the answer came; ``None`` where the backend does not tell.
        prefill_seconds: what reading the prompt took, from its first token to the first one generated or scored, for
            all requests that were read together; ``None`` where the backend does not tell.
        peak_memory: most bytes on the device, or of the process where there is none, while it was answered; ``None``
            where the backend does not tell.
        error: what went wrong, when ``finish_reason`` is ``error``.
    """

    key: str
    finish_reason: FinishReason
    text: str = ""
    reasoning: str | None = None
    reasoning_closed: bool = True
    log_probs: tuple[float, ...] = ()
    prompt_tokens: int = 0
    computed_tokens: int = 0
    cached_tokens: int = 0
    generated_tokens: int = 0
    seconds: float | None = None
    batch_size: int = 1
    timing: Timing | None = None
    prefill_seconds: float | None = None
    peak_memory: int | None = None
    error: str | None = None


@dataclass(frozen=True, slots=True)
class Extraction:
    """An answer read out of a text.

    Attributes:
        value: the answer in the form the scorer compares.
        rule: the name of the rule that found it.
        start: index of its first character in the text that was searched.
        end: index after its last character.
    """

    value: Any
    rule: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Score:
    """The mark of one response.

    Attributes:
        value: in [0, 1]; 0 unless the outcome is ``scored``.
        outcome: what became of the item.
        parsed: the answer that was read, for people to see; ``None`` if none was.
        extraction: where and by which rule it was read.
        detail: further figures a scorer wants to keep, by name.
        other_language: whether the answer is in the other of our languages than the question; it is counted beside
            the score and does not change it.
    """

    value: float
    outcome: Outcome
    parsed: str | None = None
    extraction: Extraction | None = None
    detail: Mapping[str, float] = field(default_factory=dict)
    other_language: bool = False
