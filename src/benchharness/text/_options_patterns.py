"""How the patterns that read options are written."""

import re

MASK = "\ue000"
"""Stands for each character of a mention in a masked text."""


def pattern(*alternatives: str) -> re.Pattern[str]:
    """Compile alternatives, in either case; ``@`` stands for a character of a mention."""
    return re.compile("|".join(alternatives).replace("@", MASK), re.IGNORECASE)


def english(alternatives: str) -> str:
    """Return a pattern of whole English words or phrases, given with ``|`` between them."""
    return rf"\b(?:{alternatives})\b"
