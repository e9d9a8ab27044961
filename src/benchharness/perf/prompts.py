"""Prompts of exact length, no two of which begin alike, so that nothing that was computed for one serves another."""

import json
import random
import string
from collections.abc import Iterator, Sequence
from functools import cache
from importlib.resources import files
from typing import Any, NamedTuple

from benchharness.perf.request import CellPlan, TextKind
from benchharness.records import Language, Message, Prompt, Request, RequestKind, Role, Sampling, Segment
from benchharness.tokens.rendering import TEMPLATE_SEGMENT
from benchharness.tokens.tokenizer import Tokenizer

_MARKS = {Language.ZH: "{number}号材料。", Language.EN: "{number} is the number of this file. "}
_CHARACTERS_PER_TOKEN = {Language.ZH: 2, Language.EN: 5}
"""More than most tokenizers put into a token, so that a first guess at the length of a text is rarely too short."""


class ParallelSentence(NamedTuple):
    """A sentence that says the same in both languages."""

    zh: str
    en: str

    def joined(self, language: Language) -> str:
        """Return it as it stands before another one."""
        return self.zh if language is Language.ZH else f"{self.en} "


@cache
def parallel_text() -> tuple[ParallelSentence, ...]:
    """Return the sentences of the parallel text that comes with benchharness."""
    lines = files("benchharness.perf").joinpath("parallel_text.jsonl").read_text(encoding="utf-8").splitlines()
    return tuple(ParallelSentence(**json.loads(line)) for line in lines)


class PromptMaker:
    """Makes the requests of passes.

    Args:
        tokenizer: of the model.
        seed: the same seed draws the same prompts.
    """

    def __init__(self, tokenizer: Tokenizer, seed: int) -> None:
        self._tokenizer = tokenizer
        self._seed = seed
        self._ordinary: Sequence[int] = ()
        self._sentence_tokens: dict[Language, list[int]] = {}

    def make(self, cell: CellPlan, count: int, pass_name: str) -> list[Request]:
        """Return ``count`` requests for one pass of a cell.

        Args:
            cell: lengths, text and load.
            count: how many.
            pass_name: tells the passes of a cell apart; each has prompts of its own.
        """
        return [self._request(cell, pass_name, number) for number in range(count)]

    def _request(self, cell: CellPlan, pass_name: str, number: int) -> Request:
        # Not the language: prompts of equal content say the same in both.
        name = f"{self._seed} {cell.lengths} {cell.matched} {cell.load} {pass_name} {number}"
        generator = random.Random(name)
        language = Language.EN if cell.text is TextKind.RANDOM else Language(cell.text.value)
        if cell.text is TextKind.RANDOM:
            prompt = self._random_ids(generator, cell.lengths.input)
        elif cell.matched == "tokens":
            prompt = self._cut_text(generator, language, cell.lengths.input)
        else:
            prompt = self._whole_sentences(generator, language, cell.lengths.input)
        return Request(
            key=f"{cell.text} {name}",
            task="perf",
            item_id=str(number),
            language=language,
            kind=RequestKind.GENERATE,
            prompt=prompt,
            sampling=Sampling(max_new_tokens=cell.lengths.output, ignore_end=True),
        )

    def _random_ids(self, generator: random.Random, length: int) -> Prompt:
        self._ordinary = self._ordinary or ordinary_ids(self._tokenizer)
        tokens = tuple(generator.choices(self._ordinary, k=length))
        return _prompt(self._tokenizer.decode(tokens), tokens)

    def _cut_text(self, generator: random.Random, language: Language, length: int) -> Prompt:
        """Return text of exactly ``length`` tokens: a token more may stand for less than a character."""
        text = _mark(generator, language)
        order = _endless_order(generator)
        wanted = _CHARACTERS_PER_TOKEN[language] * length
        while True:
            while len(text) < wanted:
                text += parallel_text()[next(order)].joined(language)
            [encoding] = self._tokenizer.encode([text], special_tokens=False)
            if len(encoding.tokens) > length:
                break
            wanted *= 2
        tokens = encoding.tokens[:length]
        if encoding.offsets is None:
            return _prompt(self._tokenizer.decode(tokens), tokens)
        return _prompt(text[: encoding.offsets[length]], tokens)

    def _whole_sentences(self, generator: random.Random, language: Language, length: int) -> Prompt:
        """Return whole sentences, as many as ``length`` tokens hold in the language that takes more of them."""
        text = _mark(generator, language)
        left = dict.fromkeys(Language, length)
        for number, index in enumerate(_endless_order(generator)):
            for each in Language:
                left[each] -= self._tokens_of_sentences(each)[index]
            if number and min(left.values()) < 0:
                break
            text += parallel_text()[index].joined(language)
        [encoding] = self._tokenizer.encode([text], special_tokens=False)
        return _prompt(text, encoding.tokens)

    def _tokens_of_sentences(self, language: Language) -> list[int]:
        if language not in self._sentence_tokens:
            texts = [sentence.joined(language) for sentence in parallel_text()]
            encodings = self._tokenizer.encode(texts, special_tokens=False)
            self._sentence_tokens[language] = [len(encoding.tokens) for encoding in encodings]
        return self._sentence_tokens[language]


def ordinary_ids(tokenizer: Tokenizer) -> list[int]:
    """Return the token ids of a vocabulary that stand for text: all but special and added ones.

    Where a tokenizer does not tell its vocabulary, the tokens of ASCII letters and digits.
    """
    inner: Any = tokenizer
    while not hasattr(inner, "get_vocab"):
        if not hasattr(inner, "inner"):
            encodings = tokenizer.encode(list(string.digits + string.ascii_letters), special_tokens=False)
            return sorted({token for encoding in encodings for token in encoding.tokens})
        inner = inner.inner
    special = {*inner.all_special_ids, *inner.added_tokens_decoder}
    return sorted(set(inner.get_vocab().values()) - special)


def _mark(generator: random.Random, language: Language) -> str:
    """Return a first sentence that no other prompt begins with."""
    return _MARKS[language].format(number=generator.randrange(10**9, 10**10))


def _endless_order(generator: random.Random) -> Iterator[int]:
    """Yield indices of sentences, all of them in one random order after the other."""
    indices = list(range(len(parallel_text())))
    while True:
        generator.shuffle(indices)
        yield from indices


def _prompt(text: str, tokens: Sequence[int]) -> Prompt:
    segment = Segment("passage", text)
    # A server that takes nothing but chats renders one of this message; all others read the tokens or the text.
    chat = Segment(TEMPLATE_SEGMENT, "")
    return Prompt((Message(Role.USER, (segment,)),), (segment, chat), tuple(tokens), (0, len(tokens)))
