"""What verbs share: consoles, and printing for a program."""

import json
import sys
from typing import Any

from rich.console import Console


def console() -> Console:
    """Return the console for results."""
    return Console(highlight=False)


def messages() -> Console:
    """Return the console for progress and notes; results alone go to standard output."""
    return Console(stderr=True, highlight=False)


def print_json(document: Any) -> None:
    """Print a document for a program to read."""
    json.dump(document, sys.stdout, ensure_ascii=False, indent=2)
    sys.stdout.write("\n")
