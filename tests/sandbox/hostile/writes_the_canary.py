"""Writes to a file outside: by its path, by a link, and by a rename."""

import contextlib
from pathlib import Path


def total(numbers: list[int]) -> int | None:
    link = Path("/tmp/link")
    with contextlib.suppress(OSError):
        link.symlink_to("@CANARY@")
    own = Path("/tmp/own")
    own.write_text("reached")
    for write in (
        lambda: Path("@CANARY@").write_text("reached"),
        lambda: link.write_text("reached"),
        lambda: own.rename("@CANARY@"),
        lambda: Path("/tmp/hard").hardlink_to("@CANARY@"),
    ):
        with contextlib.suppress(OSError):
            write()
            return sum(numbers)
    return None
