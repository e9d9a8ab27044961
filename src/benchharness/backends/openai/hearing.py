"""What is heard of one answer: its chunks, put together and timed."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, NamedTuple

from benchharness.backends.openai.address import Address
from benchharness.backends.openai.failures import Failure, Meaning, TornAnswerError, at_minimax, of_document
from benchharness.records import FinishReason, Timing

FINISH_REASONS = {
    "length": FinishReason.LENGTH,
    "max_tokens": FinishReason.LENGTH,  # gateways to Claude and Gemini
    "model_length": FinishReason.LENGTH,  # Mistral
    "content_filter": FinishReason.FILTERED,
    "sensitive": FinishReason.FILTERED,  # GLM, Hunyuan
    "safety": FinishReason.FILTERED,  # gateways to Gemini
    "refusal": FinishReason.FILTERED,  # gateways to Claude: stopped by a classifier
}
"""By what servers call them; any other but those of ``BROKEN_OFF`` is a natural end."""

BROKEN_OFF = {"abort", "error", "network_error", "insufficient_system_resource", "engine_overloaded"}
"""Reasons for which a server gave up: vLLM, OpenRouter, GLM, DeepSeek, Moonshot."""


class Usage(NamedTuple):
    """Tokens as the server counted them; ``None`` where it did not, or impossibly.

    Attributes:
        prompt: of the prompt.
        cached: those of them that it had cached.
        generated: generated, reasoning included.
    """

    prompt: int | None = None
    cached: int | None = None
    generated: int | None = None


class Piece(NamedTuple):
    """A chunk that brought text.

    Attributes:
        answer: text of the answer.
        reasoning: text that the server marked as reasoning.
        at: when it came, by ``time.perf_counter``.
        repeats: whether the chunk is the one before it once more, to the last character.
    """

    answer: str
    reasoning: str
    at: float
    repeats: bool


@dataclass(slots=True)
class Heard:
    """One answer as it came.

    Attributes:
        text: the answer, with whatever reasoning stands in it between tags.
        reasoning: what the server marked as reasoning; ``None`` if nothing.
        finish_reason: why it ended.
        usage: tokens as the server counted them.
        pieces: chunks that brought text.
        log_probs: of the choice, as the server gave them.
        timing: when its tokens came; ``None`` if they came all at once.
        sent: when it was asked for, by ``time.perf_counter``.
        ended: when its last byte was there.
    """

    text: str
    reasoning: str | None
    finish_reason: FinishReason
    usage: Usage
    pieces: int
    log_probs: Any
    timing: Timing | None
    sent: float
    ended: float


class Hearing:
    """Puts the chunks of one answer together.

    Args:
        address: the server.
        sent: when the request was sent, by ``time.perf_counter``.
    """

    def __init__(self, address: Address, sent: float) -> None:
        self._address = address
        self.sent = sent
        self._pieces: list[Piece] = []
        self._before: object = None
        self._finish: FinishReason | None = None
        self._usage = Usage()
        self._log_probs: Any = None
        self.text = ""
        self.cut = False

    @property
    def reasons(self) -> bool:
        """Whether the server marked something as reasoning."""
        return any(piece.reasoning for piece in self._pieces)

    def feed(self, chunk: object) -> bool:
        """Take in a chunk, or an answer that comes whole; return whether it brought text of the answer.

        Raises:
            Failure: if it is an error.
            TornAnswerError: if it is none of an answer, or the server broke off.
        """
        now = time.perf_counter()
        if not isinstance(chunk, dict):
            raise TornAnswerError("what came is no object")
        if chunk.get("error"):
            raise of_document(chunk["error"], self._address)
        if isinstance(chunk.get("base_resp"), dict):
            failure = at_minimax(chunk["base_resp"], self._address)
            if failure is not None:
                raise failure
        repeats, self._before = chunk == self._before, chunk
        self._count(chunk.get("usage"))
        choices = chunk.get("choices")
        choice = choices[0] if isinstance(choices, list) and choices else None
        # After the end nothing belongs to the answer, such as an ending that comes twice.
        if not isinstance(choice, dict) or self._finish is not None:
            return False
        self._count(choice.get("usage"))
        if choice.get("logprobs"):
            self._log_probs = choice["logprobs"]
        piece = _piece(choice, now, repeats=repeats)
        if piece.answer or piece.reasoning:
            self._pieces.append(piece)
            self.text += piece.answer
        self._end(choice.get("finish_reason"))
        return bool(piece.answer)

    def _count(self, usage: object) -> None:
        if isinstance(usage, dict):
            self._usage = _usage(usage)

    def _end(self, reason: object) -> None:
        if not isinstance(reason, str) or not reason:
            return
        name = reason.casefold()
        if name in BROKEN_OFF:
            raise TornAnswerError(f"the server broke off: {reason}")
        self._finish = FINISH_REASONS.get(name, FinishReason.STOP)

    def heard(self, *, streamed: bool) -> Heard:
        """Return the answer.

        Args:
            streamed: whether it came in chunks.

        Raises:
            TornAnswerError: if it did not come to its end.
        """
        if self._finish is None and not self.cut:
            raise TornAnswerError("the answer ended without a finish_reason")
        pieces = _without_repeats(self._pieces, self._usage.generated)
        reasoning = "".join(piece.reasoning for piece in pieces)
        return Heard(
            text=_mended("".join(piece.answer for piece in pieces)),
            reasoning=_mended(reasoning) if reasoning else None,
            finish_reason=self._finish or FinishReason.STOP,
            usage=self._usage,
            pieces=len(pieces),
            log_probs=self._log_probs,
            timing=self._timing([piece.at for piece in pieces]) if streamed else None,
            sent=self.sent,
            ended=time.perf_counter(),
        )

    def _timing(self, times: list[float]) -> Timing | None:
        if not times:
            return None
        gaps = tuple(after - before for before, after in pairwise(times))
        return Timing(self.sent, times[0] - self.sent, times[-1] - self.sent, gaps)


def _piece(choice: Mapping[str, Any], now: float, *, repeats: bool) -> Piece:
    part = next((choice[name] for name in ("delta", "message") if isinstance(choice.get(name), dict)), choice)
    answer, reasoning = _contents(part.get("content"))
    answer += _text(part.get("text")) + _text(part.get("refusal"))
    # Servers name it either way, and some in both.
    reasoning += _text(part.get("reasoning_content")) or _text(part.get("reasoning"))
    return Piece(answer, reasoning, now, repeats)


def _contents(content: object) -> tuple[str, str]:
    """Return answer and reasoning of a content, which is a text or a list of typed parts."""
    if not isinstance(content, list):
        return _text(content), ""
    answer = reasoning = ""
    for part in content:
        if isinstance(part, dict):
            answer += _text(part.get("text"))
            inner = part.get("thinking")
            reasoning += _contents(inner)[0] if isinstance(inner, list) else _text(inner)
    return answer, reasoning


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _usage(usage: Mapping[str, Any]) -> Usage:
    details = usage.get("prompt_tokens_details")
    cached = details.get("cached_tokens") if isinstance(details, dict) else None
    # Moonshot and DeepSeek tell it beside the others.
    cached = next((n for n in (cached, usage.get("cached_tokens"), usage.get("prompt_cache_hit_tokens")) if n), cached)
    return Usage(_count(usage.get("prompt_tokens")), _count(cached), _count(usage.get("completion_tokens")))


def _count(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None


def _without_repeats(pieces: list[Piece], generated: int | None) -> list[Piece]:
    """Leave out chunks that came twice, where the number of tokens proves that they did.

    A chunk holds a token at least. Should there be more chunks than tokens, and without those that are like the one
    before them no longer, these came twice. Two equal tokens in a row look the same, and stay.
    """
    if generated is None or len(pieces) <= generated:
        return pieces
    once = [piece for piece in pieces if not piece.repeats]
    return once if 0 < len(once) <= generated else pieces


def _mended(text: str) -> str:
    """Join the halves of characters that came in two chunks; a half that stands alone cannot be written down."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text


def failed(failure: Failure) -> FinishReason:
    """Return what an answer is said to end with that never came."""
    reasons = {Meaning.FILTERED: FinishReason.FILTERED, Meaning.TOO_LONG: FinishReason.TOO_LONG}
    return reasons.get(failure.meaning, FinishReason.ERROR)
