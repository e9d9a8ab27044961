"""Tokenizers: what benchharness asks of one, that of a model's files, and one of bytes."""

import hashlib
import itertools
import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple, Protocol

from benchharness.errors import InputError, MissingDependencyError
from benchharness.tokens.lines import AFTER_LINE_END, find_line_cut


class Encoding(NamedTuple):
    """A text as tokens.

    Attributes:
        tokens: token ids.
        offsets: for each token, the index of its first character in the text; ``None`` where the tokenizer
            cannot tell. Special tokens put before the text have offset 0.
    """

    tokens: tuple[int, ...]
    offsets: tuple[int, ...] | None


class Tokenizer(Protocol):
    """What is asked of a tokenizer."""

    @property
    def fingerprint(self) -> str:
        """Hash of everything that decides how a text becomes tokens."""

    @property
    def template_fingerprint(self) -> str | None:
        """Hash of the chat template; ``None`` without one."""

    @property
    def line_cut(self) -> re.Pattern[str] | None:
        """Matches, with length 0, where a text can be cut: its parts, encoded apart, are the tokens of the whole.

        Special tokens belong to the first part alone. ``None`` if a text cannot be cut.
        """

    def encode(self, texts: Sequence[str], *, special_tokens: bool) -> list[Encoding]:
        """Encode texts, with the tokens that the tokenizer puts before a text if ``special_tokens``."""

    def decode(self, tokens: Sequence[int]) -> str:
        """Return the text of tokens, without special tokens."""

    def render_chat(self, messages: Sequence[Mapping[str, str]], *, thinking: bool) -> str:
        """Return the chat as one text that ends where the assistant's turn begins."""


def _keep_spaces_in_offsets(post_processor: Any) -> None:
    """Let the offsets of a token cover the white space in it, which some byte-level tokenizers leave out.

    Args:
        post_processor: of a ``tokenizers.Tokenizer``, or ``None``; changed in place. The tokens stay the same.
    """
    from tokenizers import processors

    if isinstance(post_processor, processors.ByteLevel):
        post_processor.trim_offsets = False
    elif isinstance(post_processor, processors.Sequence):
        for position in itertools.count():
            try:
                _keep_spaces_in_offsets(post_processor[position])
            except IndexError:
                break


class TransformersTokenizer:
    """The tokenizer of a model's files, through ``transformers``.

    Args:
        directory: where ``tokenizer.json`` or its like lies.
        trust_remote_code: whether Python code from the directory may run.

    Raises:
        MissingDependencyError: without ``transformers``.
        InputError: if the directory holds no tokenizer.
    """

    def __init__(self, directory: Path, *, trust_remote_code: bool = False) -> None:
        try:
            from transformers import AutoTokenizer
        except ImportError as error:
            raise MissingDependencyError(
                en="This needs transformers, which is not installed: pip install 'benchharness[transformers]'",
                zh="此功能需要 transformers，但尚未安装。请执行：pip install 'benchharness[transformers]'",
            ) from error
        try:
            self.inner: Any = AutoTokenizer.from_pretrained(
                directory, trust_remote_code=trust_remote_code, local_files_only=True
            )
        except (OSError, ValueError) as error:
            raise InputError(
                en=f"{directory}: cannot load a tokenizer: {error}", zh=f"{directory}：无法加载分词器：{error}"
            ) from error
        self._directory = directory
        self._appends_end = self.inner("a").input_ids[-1] == self.inner.eos_token_id
        if self.inner.is_fast:
            _keep_spaces_in_offsets(self.inner.backend_tokenizer.post_processor)
        self._line_cut = self._find_line_cut()

    def _find_line_cut(self) -> re.Pattern[str] | None:
        # A class that comes with a model may do to a text whatever its author chose.
        known = type(self.inner).__module__.startswith("transformers.")
        if not self.inner.is_fast or not known:
            return None
        alone, among = (self.encode(["a"], special_tokens=wanted)[0].tokens for wanted in (False, True))
        # Tokens after a text would stand between its parts.
        return find_line_cut(self.inner.backend_tokenizer) if among[-len(alone) :] == alone else None

    @property
    def fingerprint(self) -> str:
        """Hash of the tokenizer's vocabulary, merges, normalisation and special tokens."""
        if self.inner.is_fast:
            state = self.inner.backend_tokenizer.to_str()
        else:
            state = json.dumps(self.inner.get_vocab(), sort_keys=True)
        added = json.dumps(self.inner.special_tokens_map, sort_keys=True, default=str)
        bos = [self.inner.build_inputs_with_special_tokens([0]) if not self.inner.is_fast else self.inner("").input_ids]
        return hashlib.sha256(f"{state}{added}{bos}".encode()).hexdigest()[:16]

    @property
    def template_fingerprint(self) -> str | None:
        """Hash of the chat template; ``None`` without one."""
        template = self.inner.chat_template
        if not template:
            return None
        return hashlib.sha256(json.dumps(template, sort_keys=True).encode()).hexdigest()[:16]

    @property
    def line_cut(self) -> re.Pattern[str] | None:
        """See ``Tokenizer`` and ``lines``."""
        return self._line_cut

    def encode(self, texts: Sequence[str], *, special_tokens: bool) -> list[Encoding]:
        """Encode texts; see ``Tokenizer``."""
        if not texts:
            return []
        fast = bool(self.inner.is_fast)
        encoded = self.inner(
            list(texts),
            add_special_tokens=special_tokens,
            return_offsets_mapping=fast,
            return_attention_mask=False,
            verbose=False,
        )
        # What some tokenizers put after a text would end it before the answer.
        kept = slice(None, -1) if special_tokens and self._appends_end else slice(None)
        tokens = [tuple(ids[kept]) for ids in encoded["input_ids"]]
        if not fast:
            return [Encoding(ids, None) for ids in tokens]
        starts = [tuple(start for start, _ in offsets[kept]) for offsets in encoded["offset_mapping"]]
        return [Encoding(ids, offsets) for ids, offsets in zip(tokens, starts, strict=True)]

    def decode(self, tokens: Sequence[int]) -> str:
        """Return the text of tokens, without special tokens; see ``Tokenizer``."""
        text: str = self.inner.decode(list(tokens), skip_special_tokens=True, clean_up_tokenization_spaces=False)
        return text

    def render_chat(self, messages: Sequence[Mapping[str, str]], *, thinking: bool) -> str:
        """Return the chat as one text; see ``Tokenizer``.

        Raises:
            InputError: if there is no chat template, or it refuses the messages.
        """
        if not self.inner.chat_template:
            raise InputError(
                en=f"{self._directory}: the tokenizer has no chat template. Use --template plain, or a chat model.",
                zh=f"{self._directory}：该分词器没有对话模板。请使用 --template plain，或换用对话模型。",
            )
        try:
            text: str = self.inner.apply_chat_template(
                [dict(message) for message in messages],
                tokenize=False,
                add_generation_prompt=True,
                enable_thinking=thinking,
            )
        except Exception as error:  # a template raises whatever its author chose
            raise InputError(
                en=f"{self._directory}: the chat template refuses the messages: {error}. Use --template plain,"
                " or leave out what it does not take (often a system message).",
                zh=f"{self._directory}：对话模板拒绝了这些消息：{error}。请使用 --template plain，"
                "或去掉模板不支持的部分（通常是 system 消息）。",
            ) from error
        return text


class ByteTokenizer:
    """One token a UTF-8 byte: for backends that have no tokenizer of their own."""

    @property
    def fingerprint(self) -> str:
        """The same for every instance."""
        return "utf-8-bytes"

    @property
    def template_fingerprint(self) -> str | None:
        """The same for every instance."""
        return "role-lines"

    @property
    def line_cut(self) -> re.Pattern[str] | None:
        """Every byte is a token of its own, so that a text can be cut before any line."""
        return AFTER_LINE_END

    def encode(self, texts: Sequence[str], *, special_tokens: bool) -> list[Encoding]:
        """Encode texts as bytes; there are no special tokens."""
        return [self._encode(text) for text in texts]

    @staticmethod
    def _encode(text: str) -> Encoding:
        offsets = tuple(index for index, character in enumerate(text) for _ in character.encode())
        return Encoding(tuple(text.encode()), offsets)

    def decode(self, tokens: Sequence[int]) -> str:
        """Return the text of bytes; a character that is cut shows as U+FFFD."""
        return bytes(tokens).decode(errors="replace")

    def render_chat(self, messages: Sequence[Mapping[str, str]], *, thinking: bool) -> str:
        """Return the chat as lines that begin with the role."""
        turns = "".join(f"<{message['role']}>\n{message['content']}\n" for message in messages)
        return f"{turns}<assistant>\n"
