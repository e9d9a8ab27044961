"""How much of a prompt is read at once; known without torch, so that a plan can be costed."""

from benchharness.backends.base import BackendOptions
from benchharness.errors import InputError

CHUNK = 2048
"""Tokens of a chunk, unless the user says otherwise: enough to keep a device busy."""


def chunk_size(options: BackendOptions) -> int:
    """Return the most tokens of a prompt that are read at once; 0 if it is to be read whole.

    Raises:
        InputError: if ``--option prefill_chunk`` is no such number.
    """
    given = options.extra.get("prefill_chunk", str(CHUNK))
    if not (given.isascii() and given.isdecimal()):
        raise InputError(
            en=f"--option prefill_chunk={given}: expected a number of tokens, or 0 to read every prompt whole.",
            zh=f"--option prefill_chunk={given}：应为 token 数，或 0（不分块，一次读入整个提示词）。",
        )
    return int(given)
