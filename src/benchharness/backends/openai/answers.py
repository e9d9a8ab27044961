"""From a request to its answer: the text, cut where it ends, its reasoning apart, its tokens counted."""

from collections.abc import Callable

from benchharness.backends.openai.bodies import Asking
from benchharness.backends.openai.connection import Connection, Watch
from benchharness.backends.openai.failures import Failure, Meaning
from benchharness.backends.openai.hearing import Heard, Hearing, Usage, failed
from benchharness.records import FinishReason, Request, Response
from benchharness.text.reasoning import REASONING_TAGS, opens_reasoning, split_reasoning
from benchharness.text.stops import stop_in_answer
from benchharness.tokens.tokenizer import Tokenizer

CLOSING_TAGS = tuple(closing for _, closing in REASONING_TAGS)

Charge = Callable[[Usage], None]
"""Told of the tokens of every answer that is paid for."""


class TextAsker:
    """Asks for texts.

    Args:
        connection: to the server.
        asking: how requests are put.
        tokenizer: counts tokens where the server does not; ``None`` if the model's is not known.
        charge: is told of the tokens.
    """

    def __init__(self, connection: Connection, asking: Asking, tokenizer: Tokenizer | None, charge: Charge) -> None:
        self._connection = connection
        self._asking = asking
        self._tokenizer = tokenizer
        self._charge = charge
        # Until a server refuses it.
        self._asks_usage = True

    async def answer(self, request: Request) -> Response:
        """Return the answer to a request of kind ``generate``.

        Raises:
            Failure: if there is none.
            Closed: if nothing more is asked.
        """
        opened = self._asking.api == "completions" and opens_reasoning(request.prompt.text)
        watch = self._watch(request, opened=opened)
        heard = await self._ask(request, watch)
        response = self._settle(request, heard, opened=opened)
        self._charge(Usage(response.prompt_tokens, response.cached_tokens, response.generated_tokens))
        return response

    async def _ask(self, request: Request, watch: Watch | None) -> Heard:
        kind = (request.task, request.language)
        asks = self._asks_usage
        body = self._asking.generate(request, stream=self._asking.stream, usage=asks)
        try:
            return await self._connection.ask(self._asking.path, body, request.key, kind=kind, watch=watch)
        except Failure as failure:
            if not (asks and failure.meaning is Meaning.WRONG and "stream_options" in failure.message):
                raise
        self._asks_usage = False
        body = self._asking.generate(request, stream=True, usage=False)
        return await self._connection.ask(self._asking.path, body, request.key, kind=kind, watch=watch)

    def _watch(self, request: Request, *, opened: bool) -> Watch | None:
        """Return what tells that an answer has reached a stop string, so that no more of it need be generated."""
        assert request.sampling is not None
        stops = request.sampling.stop
        if not stops:
            return None
        longest = max(map(len, stops))
        seen = 0
        # Reasoning that opens without a tag is told from the answer only by the tag that closes it.
        unmarked = self._asking.api == "chat" and self._asking.may_reason(request) and self._asking.thinking is not None

        def reached(hearing: Hearing) -> bool:
            nonlocal seen
            text = hearing.text
            tail, seen = text[max(seen - longest + 1, 0) :], len(text)
            closes = any(tag in text for tag in CLOSING_TAGS) if unmarked or opened else False
            if not closes and not any(stop in tail for stop in stops):
                return False
            if unmarked and not (closes or hearing.reasons):
                return False
            return stop_in_answer(text, stops, open_at_start=opened) is not None

        return reached

    def _settle(self, request: Request, heard: Heard, *, opened: bool) -> Response:
        assert request.sampling is not None
        cut = stop_in_answer(heard.text, request.sampling.stop, open_at_start=opened)
        split = split_reasoning(heard.text if cut is None else heard.text[:cut], opened)
        thought = [part for part in (heard.reasoning, split.reasoning) if part is not None]
        ended = heard.finish_reason
        if cut is not None and ended is FinishReason.LENGTH:
            ended = FinishReason.STOP
        # What the server marks as reasoning has no tag; it is open if the tokens ended before an answer began.
        marked_open = heard.reasoning is not None and not split.answer.strip() and ended is FinishReason.LENGTH
        prompt, cached, generated = self._counts(request, heard)
        return Response(
            request.key,
            ended,
            text=split.answer,
            reasoning="".join(thought) if thought else None,
            reasoning_closed=split.closed and not marked_open,
            prompt_tokens=prompt,
            computed_tokens=prompt - cached,
            cached_tokens=cached,
            generated_tokens=generated,
            timing=heard.timing,
        )

    def _counts(self, request: Request, heard: Heard) -> tuple[int, int, int]:
        """Return the tokens of the prompt, those cached, and those generated.

        The server's own count comes first. Where it cannot be right, or there is none, the model's tokenizer counts,
        and where that is not known, the chunks do, each of which holds a token at least.
        """
        assert request.sampling is not None
        usage, text = heard.usage, heard.text + (heard.reasoning or "")
        if usage.prompt is None or usage.generated is None:
            self._connection.tally.no_usage += 1
        prompt = usage.prompt or (len(request.prompt.tokens) if self._tokenizer is not None else 0)
        if self._asking.api == "completions" and self._asking.tokens:
            # What was sent is known better than any count of it.
            prompt = len(request.prompt.tokens)
        generated = usage.generated
        above = generated is not None and heard.reasoning is None and generated > request.sampling.max_new_tokens
        if generated is None or above or (generated == 0 and text):
            counted = len(self._tokenizer.encode([text], special_tokens=False)[0].tokens) if self._tokenizer else 0
            generated = counted or heard.pieces
        return prompt, min(usage.cached or 0, prompt), generated


def without_text(request: Request, failure: Failure) -> Response:
    """Return the response to a request that got no answer, with the reason."""
    reason = failed(failure)
    return Response(request.key, reason, error=failure.message if reason is FinishReason.ERROR else None)
