"""Tokenizers for models of which only a server is known."""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from benchharness.backends.transformers.weights import locate
from benchharness.records import Prompt
from benchharness.registry.models import resolve_model
from benchharness.tokens.rendering import TEMPLATE_SEGMENT
from benchharness.tokens.tokenizer import ByteTokenizer, Encoding, Tokenizer, TransformersTokenizer

THINKING = "<assistant, thinking>\n"
ANSWERING = "<assistant>\n"


class ChatTokenizer:
    """Stands for the tokenizer of a server that renders chats itself.

    A chat is shown as lines that begin with the role. The model reads what the server makes of the messages.

    Args:
        inner: the model's tokenizer, where it is known; otherwise every byte counts as a token.
    """

    def __init__(self, inner: Tokenizer | None = None) -> None:
        self.inner: Tokenizer = inner or ByteTokenizer()
        self.counts = inner is not None

    @property
    def fingerprint(self) -> str:
        """That of the model's tokenizer, or of bytes."""
        return self.inner.fingerprint

    @property
    def template_fingerprint(self) -> str | None:
        """Says that the server renders, and what is known of its template."""
        known = self.inner.template_fingerprint if self.counts else None
        return "the server's" if known is None else f"the server's; in the files {known}"

    @property
    def line_cut(self) -> re.Pattern[str] | None:
        """See ``Tokenizer``."""
        return self.inner.line_cut

    def encode(self, texts: Sequence[str], *, special_tokens: bool) -> list[Encoding]:
        """See ``Tokenizer``."""
        return self.inner.encode(texts, special_tokens=special_tokens)

    def decode(self, tokens: Sequence[int]) -> str:
        """See ``Tokenizer``."""
        return self.inner.decode(tokens)

    def render_chat(self, messages: Sequence[Mapping[str, str]], *, thinking: bool) -> str:
        """Return the chat as lines, of which the last says whether the model is to reason first."""
        turns = "".join(f"<{message['role']}>\n{message['content']}\n" for message in messages)
        return f"{turns}{THINKING if thinking else ANSWERING}"


class PlainTokenizer(ByteTokenizer):
    """Stands for the tokenizer of a server that is sent texts and renders nothing: there is no chat template."""

    @property
    def template_fingerprint(self) -> str | None:
        """There is none."""
        return None


def is_chat(prompt: Prompt) -> bool:
    """Tell whether a prompt was rendered as a chat."""
    return any(segment.name == TEMPLATE_SEGMENT for segment in prompt.segments)


def is_thinking(prompt: Prompt) -> bool:
    """Tell whether a chat that ``ChatTokenizer`` rendered asks the model to reason first."""
    return any(s.name == TEMPLATE_SEGMENT and s.text.endswith(THINKING) for s in prompt.segments)


def load_tokenizer(name: str, *, trust_remote_code: bool) -> TransformersTokenizer:
    """Return the tokenizer of a directory, a registered model or a hub id.

    Raises:
        BenchharnessError: if it cannot be had.
    """
    directory = Path(name).expanduser()
    if not directory.is_dir():
        directory = locate(resolve_model(name), with_weights=False, with_code=trust_remote_code).directory
    return TransformersTokenizer(directory, trust_remote_code=trust_remote_code)
