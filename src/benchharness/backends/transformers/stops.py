"""Stop strings on a stream of tokens: text is decoded only where one may just have been completed."""

from collections.abc import Callable, Sequence
from functools import cache

from benchharness.records import Request
from benchharness.text.reasoning import REASONING_TAGS, opens_reasoning, split_reasoning
from benchharness.text.stops import stop_in_answer

SPARE = 16
"""Tokens decoded beyond the length of a string: it may begin within a token, and special tokens have no text."""

CUT = "\N{REPLACEMENT CHARACTER}"
"""What decoding shows for a part of a character."""

CLOSING_TAGS = tuple(closing for _, closing in REASONING_TAGS)


class TextSearch:
    """Tells whether the last of some tokens completes one of several strings.

    Args:
        strings: what to look for.
        decode: returns the text of tokens.
    """

    def __init__(self, strings: Sequence[str], decode: Callable[[Sequence[int]], str]) -> None:
        self._strings = strings
        self._decode = decode
        self._last_characters = {string[-1:] for string in strings} | {CUT}
        # Every token but a special one holds a byte at least, and may hold no more.
        self._window = max(len(string.encode()) for string in strings) + SPARE
        self._may_complete: dict[int, bool] = {}

    def just_seen(self, tokens: Sequence[int]) -> bool:
        """Tell whether a string stands in the text of ``tokens``, given that none did before the last token."""
        last = tokens[-1]
        may_complete = self._may_complete.get(last)
        if may_complete is None:
            # Twice, since a tokenizer may take the white space off the first token of a text.
            text = self._decode([last, last])
            may_complete = any(character in text for character in self._last_characters)
            self._may_complete[last] = may_complete
        if not may_complete:
            return False
        text = self._decode(tokens[-self._window :])
        return any(string in text for string in self._strings)


class StopFinder:
    """Makes what finds the stop strings of each request; requests share what is learned about tokens.

    Args:
        decode: returns the text of tokens.
    """

    def __init__(self, decode: Callable[[Sequence[int]], str]) -> None:
        self._decode = decode
        self._search = cache(lambda strings: TextSearch(strings, decode))

    def of(self, request: Request) -> "AnswerStops":
        """Return what finds the stop strings of ``request``, whose text has yet to begin."""
        assert request.sampling is not None
        stops = request.sampling.stop
        search = self._search(stops) if stops else None
        return AnswerStops(request, self._decode, search, self._search(CLOSING_TAGS))


class AnswerStops:
    """Tells whether the tokens a request produced hold one of its stop strings, outside its reasoning.

    Args:
        request: with its sampling.
        decode: returns the text of tokens.
        stops: looks for its stop strings; ``None`` if it has none.
        closings: looks for what ends reasoning.
    """

    def __init__(
        self,
        request: Request,
        decode: Callable[[Sequence[int]], str],
        stops: TextSearch | None,
        closings: TextSearch,
    ) -> None:
        assert request.sampling is not None
        self.sampling = request.sampling
        self._decode = decode
        self._opened = opens_reasoning(request.prompt.text)
        self._stops = stops
        self._closings = closings
        # Whether the text is known to stand inside reasoning, which only a closing tag ends.
        self._inside = self._opened

    def reached(self, tokens: Sequence[int]) -> bool:
        """Tell whether a stop string stands anywhere in ``tokens``."""
        return self._stops is not None and self._reached(self._decode(tokens))

    def just_reached(self, tokens: Sequence[int]) -> bool:
        """Tell the same of tokens that had none before the last one.

        To be asked after every token, since it remembers whether the text is inside reasoning.
        """
        if self._stops is None:
            return False
        if self._inside:
            if not self._closings.just_seen(tokens):
                return False
            self._inside = False
        if not self._stops.just_seen(tokens):
            return False
        text = self._decode(tokens)
        if self._reached(text):
            return True
        self._inside = not split_reasoning(text, self._opened).closed
        return False

    def _reached(self, text: str) -> bool:
        return stop_in_answer(text, self.sampling.stop, open_at_start=self._opened) is not None
