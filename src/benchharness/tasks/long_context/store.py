"""What was found to fill prompts, kept from one time to the next in the user's cache."""

import hashlib
import json
import os
from contextlib import suppress
from pathlib import Path
from typing import Any

from benchharness.resources import cache_directory
from benchharness.tasks.long_context.passage import Fill


class FillStore:
    """Fills by a name, in one file for everything that decides them.

    What is read is a guess to be checked: a file that is damaged, or cannot be written, costs time alone.

    Args:
        identity: everything that decides a fill, as data that JSON has.
    """

    def __init__(self, identity: Any) -> None:
        text = json.dumps(identity, sort_keys=True, ensure_ascii=False, default=str)
        self._path = cache_directory() / "long_context" / f"{hashlib.sha256(text.encode()).hexdigest()[:24]}.json"
        self._fills = _read(self._path)
        self._new = False

    def get(self, name: str) -> Fill | None:
        """Return the fill that was kept under ``name``."""
        return self._fills.get(name)

    def keep(self, name: str, fill: Fill) -> None:
        """Keep a fill; ``write`` brings it to the disk."""
        self._fills[name] = fill
        self._new = True

    def write(self) -> None:
        """Write what is new."""
        if not self._new:
            return
        with suppress(OSError):
            self._path.parent.mkdir(parents=True, exist_ok=True)
            scratch = self._path.with_name(f".{self._path.name}.{os.getpid()}")
            scratch.write_text(json.dumps({name: [fill.units, fill.closing] for name, fill in self._fills.items()}))
            scratch.replace(self._path)
        self._new = False


def _read(path: Path) -> dict[str, Fill]:
    try:
        document = json.loads(path.read_text())
        return {name: Fill(int(count), tuple(map(int, closing))) for name, (count, closing) in document.items()}
    except (OSError, ValueError, TypeError, AttributeError):
        return {}
