"""Punctuation of Chinese text."""

import re

# Full-width forms are what Chinese is written with; an ASCII mark or a space right after a Chinese character or a
# full-width mark is a slip. A stop between digits, or a line end, is none.
_SLIP = re.compile(r"[\u3400-\u9fff\uff01-\uff0f\uff1a-\uff20\u3001-\u303f][ ,.;:?!()](?!\d)")


def find_ascii_slip(text: str) -> str | None:
    """Return the first place where ASCII punctuation or a space follows Chinese text, or ``None``."""
    found = _SLIP.search(text)
    return None if found is None else found.group()
