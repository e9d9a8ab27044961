"""Text of others shown as it is: a terminal obeys none of it."""

import re

from rich.text import Text

# Control characters but for tab and line feed, marks that turn the direction of writing, and lone surrogates.
OBEYED = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


def inert(text: str) -> str:
    r"""Return ``text`` with whatever a terminal would obey written as an escape, such as ``\x1b``."""
    return OBEYED.sub(_escape, text)


def inert_text(text: str, style: str = "") -> Text:
    """Return ``text`` to be drawn: neither a terminal nor rich reads anything in it as a command."""
    return Text(inert(text), style=style)


def _escape(found: re.Match[str]) -> str:
    code = ord(found.group())
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"
