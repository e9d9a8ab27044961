"""Counting the tokens of long texts that have most of their lines in common."""

from collections.abc import Sequence

from benchharness.tokens.tokenizer import Tokenizer

MOST_CHARACTERS = 64_000_000
"""Of the lines whose count is kept; more of them begin anew."""


class TokenCounter:
    """Counts tokens, each line once where the tokenizer can be cut at lines (see ``lines``).

    Args:
        tokenizer: of the model.
        special_tokens: whether the tokenizer adds its own, such as a token for the beginning.
    """

    def __init__(self, tokenizer: Tokenizer, *, special_tokens: bool) -> None:
        self._tokenizer = tokenizer
        self._special_tokens = special_tokens
        self._counts: dict[str, int] = {}
        self._characters = 0

    def count(self, text: str) -> int:
        """Return the tokens of ``text``, exactly."""
        cut = self._tokenizer.line_cut
        if cut is None:
            return self._lengths([text], special_tokens=self._special_tokens)[0]
        first, *rest = cut.split(text)
        self._learn(rest)
        opening = self._lengths([first], special_tokens=self._special_tokens)[0]
        return opening + sum(self._counts[line] for line in rest)

    def count_alone(self, texts: Sequence[str]) -> list[int]:
        """Return the tokens of each of ``texts`` by itself, without special tokens.

        Among others it may come to one or two more or less.
        """
        return self._lengths(texts, special_tokens=False)

    def _learn(self, lines: Sequence[str]) -> None:
        if self._characters > MOST_CHARACTERS:
            self._counts.clear()
            self._characters = 0
        new = [line for line in dict.fromkeys(lines) if line not in self._counts]
        self._counts.update(zip(new, self._lengths(new, special_tokens=False), strict=True))
        self._characters += sum(map(len, new))

    def _lengths(self, texts: Sequence[str], *, special_tokens: bool) -> list[int]:
        return [len(one.tokens) for one in self._tokenizer.encode(texts, special_tokens=special_tokens)]
