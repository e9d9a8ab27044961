"""Work: what the responses of a run come to, summed over tasks and languages.

Tokens are counted as the hardware sees them: prompt and continuation tokens that were really computed, plus tokens
generated. Characters are counted as a reader sees them: every prompt once, its continuations, and what was said.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from benchharness.records import FinishReason, Language, RequestKind, Response, Segment
from benchharness.runs.flight import Span
from benchharness.runs.folder import RunFolder
from benchharness.runs.journal import AskedItem, read_responses
from benchharness.runs.latency import Latency, latency_of
from benchharness.text.script import character_count


@dataclass(slots=True)
class Work:
    """Sums over responses.

    Attributes:
        items: items asked; of several that ask the very same, the first.
        prompt_tokens: tokens of their prompts.
        computed_tokens: prompt and continuation tokens that were read.
        cached_tokens: prompt tokens that a cache served.
        generated_tokens: tokens produced.
        characters: of prompts, continuations, answers and reasoning.
        seconds: the responses' shares of time, added up; ``None`` if the backend does not tell one of them.
        latencies: of the answers whose backend tells when they came.
        spans: when each request was in flight; ``None`` if the backend does not tell of one of them.
    """

    items: int = 0
    prompt_tokens: int = 0
    computed_tokens: int = 0
    cached_tokens: int = 0
    generated_tokens: int = 0
    characters: int = 0
    seconds: float | None = 0.0
    latencies: list[Latency] = field(default_factory=list)
    spans: list[Span] | None = field(default_factory=list)

    def add(self, asked: AskedItem, response: Response, segments: Iterable[Segment], *, items: int) -> None:
        """Add a response."""
        self.items += items
        self.prompt_tokens += response.prompt_tokens
        self.computed_tokens += response.computed_tokens
        # A prompt that is read once for each option may be served more than once.
        self.cached_tokens += min(response.cached_tokens, response.prompt_tokens)
        self.generated_tokens += response.generated_tokens
        texts = (*(s.text for s in segments), *(c.text for c in asked.continuations), response.text)
        self.characters += sum(map(character_count, (*texts, response.reasoning or "")))
        latency = latency_of(response)
        if latency is not None:
            self.latencies.append(latency)
        timing = response.timing
        if timing is not None and self.spans is not None:
            self.spans.append((timing.sent, timing.sent + timing.last))
        elif response.finish_reason is not FinishReason.ERROR:
            self.spans = None
        known = self.seconds is not None and response.seconds is not None
        self.seconds = self.seconds + response.seconds if known else None  # type: ignore[operator]

    def merge(self, other: "Work") -> None:
        """Add the sums of another."""
        for name in ("items", "prompt_tokens", "computed_tokens", "cached_tokens", "generated_tokens", "characters"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        known = self.seconds is not None and other.seconds is not None
        self.seconds = self.seconds + other.seconds if known else None  # type: ignore[operator]
        self.latencies.extend(other.latencies)
        self.spans = None if self.spans is None or other.spans is None else [*self.spans, *other.spans]

    def counts(self) -> dict[str, Any]:
        """Return the sums as plain data."""
        return {
            "items": self.items,
            "prompt_tokens": self.prompt_tokens,
            "computed_tokens": self.computed_tokens,
            "cached_tokens": self.cached_tokens,
            "cached_share": self.cached_tokens / self.prompt_tokens if self.prompt_tokens else None,
            "generated_tokens": self.generated_tokens,
            "characters": self.characters,
        }

    def rates(self, seconds: float | None) -> dict[str, Any]:
        """Return the sums by seconds; nothing but null where these are not known."""
        tokens = self.computed_tokens + self.generated_tokens
        return {
            "tokens_per_second": tokens / seconds if seconds else None,
            "characters_per_second": self.characters / seconds if seconds else None,
            "items_per_second": self.items / seconds if seconds else None,
        }


@dataclass(slots=True)
class RunWork:
    """The work of a run.

    Attributes:
        parts: by task and language.
        sessions: the sessions that the responses come from.
        served: prompt tokens of ``generate`` requests that a cache served.
    """

    parts: dict[tuple[str, Language], Work] = field(default_factory=dict)
    sessions: set[int] = field(default_factory=set)
    served: int = 0

    def total(self, language: Language | None = None) -> Work:
        """Return the sum over a language, or over all."""
        total = Work()
        for (_, tongue), work in self.parts.items():
            if language in (None, tongue):
                total.merge(work)
        return total

    @property
    def languages(self) -> list[Language]:
        """The languages in which something was answered."""
        return [language for language in Language if any(tongue is language for _, tongue in self.parts)]


def read_work(folder: RunFolder, tasks: Iterable[tuple[str, Sequence[AskedItem]]]) -> RunWork:
    """Return the work of a run, by its journal; two items that ask the very same are asked, and counted, once."""
    done = RunWork()
    counted: set[str] = set()
    responses = read_responses(folder)
    for task, asked_items in tasks:
        for asked in asked_items:
            asks = [(asked.key, asked.segments)]
            if asked.unconditional is not None:
                asks.append((asked.unconditional.key, asked.unconditional.segments))
            for number, (key, segments) in enumerate(asks):
                line = responses.get(key)
                if line is None or key in counted:
                    continue
                counted.add(key)
                done.sessions.add(line.session)
                if asked.kind is RequestKind.GENERATE:
                    done.served += line.response.cached_tokens
                work = done.parts.setdefault((task, asked.item.language), Work())
                work.add(asked, line.response, segments, items=int(number == 0))
    return done
