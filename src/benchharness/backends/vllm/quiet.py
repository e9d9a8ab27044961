"""Keeping what vLLM and its processes print out of our output, and at hand for when something goes wrong."""

import os
import re
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

ESCAPES = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
PREFIX = re.compile(r"^(\([^)]*\)\s*)+")
"""What vLLM puts before each line that one of its processes prints."""
CAUSE = re.compile(r"^(?:[\w.]+\.)?(\w*(?:Error|Exception|Interrupt))\b:? *(.*)")
FOLLOWS = re.compile(
    r"Engine core initialization failed|WorkerProc initialization failed|See (?:root cause|stack trace)"
)
"""In messages that only say that something went wrong before."""

TAIL_BYTES = 65536
TAIL_LINES = 8


@contextmanager
def printing_to(path: Path) -> Iterator[None]:
    """Append to a file what this process prints meanwhile, and what those print that it starts meanwhile."""
    sys.stdout.flush()
    sys.stderr.flush()
    saved = [os.dup(1), os.dup(2)]
    with path.open("ab") as stream:
        os.dup2(stream.fileno(), 1)
        os.dup2(stream.fileno(), 2)
    try:
        yield
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        for number, descriptor in enumerate(saved, start=1):
            os.dup2(descriptor, number)
            os.close(descriptor)


@contextmanager
def environment(variables: Mapping[str, str]) -> Iterator[None]:
    """Set variables of the environment, and put back all of them as they were."""
    before = dict(os.environ)
    os.environ.update(variables)
    try:
        yield
    finally:
        for name in set(os.environ) - set(before):
            del os.environ[name]
        os.environ.update(before)


def read_lines(path: Path) -> list[str]:
    """Return the last lines that were printed to a file, without colours and names of processes."""
    with path.open("rb") as stream:
        stream.seek(max(0, path.stat().st_size - TAIL_BYTES))
        text = ESCAPES.sub("", stream.read().decode(errors="replace"))
    return [line for raw in text.splitlines() if (line := PREFIX.sub("", raw).rstrip())]


def find_cause(lines: list[str]) -> str | None:
    """Return the last error in what was printed that is not just the sign of another; ``None`` if there is none."""
    causes = [line.strip() for line in lines if CAUSE.match(line.strip()) and not FOLLOWS.search(line)]
    return causes[-1] if causes else None
