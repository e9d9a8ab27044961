"""A server's log: its end, and what it says went wrong."""

import os
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

READ_BYTES = 262_144
TAIL_LINES = 12
CAUSES = 4
LINE_CHARACTERS = 400

PREFIX = re.compile(r"(?:\([^()]*pid=\d+\) ?)?(?:(?P<level>[A-Z]+) \d\d-\d\d \d\d:\d\d:\d\d \[[^\]]*\] ?)?")
"""What vLLM puts before a line: which process, how grave, when, where."""

HARMLESS = ("DEBUG", "INFO", "WARNING")
FAILURE = re.compile(r"\b(?:[A-Za-z_][\w.]*(?:Error|Exception)|(?:\w+ )?(?:error|fatal)): \S.*", re.IGNORECASE)
TRACE = "Traceback (most recent call last)"
FRAME = re.compile(r"\s*File \".*\", line \d+")
CODE_INDENT = "    "


def describe_log(path: Path, secret: str) -> str:
    """Return the end of a log, after the first errors in it where the end does not show them.

    The error that brought a server down often lies before all that failed because of it. Python's traces are left out.

    Args:
        path: the log.
        secret: what must not be shown, should the server have printed it.
    """
    lines = list(_without_traces(_lines(path, secret)))
    tail = lines[-TAIL_LINES:]
    causes: dict[str, None] = {}
    for line in lines[:-TAIL_LINES]:
        found = None if _prefix(line)["level"] in HARMLESS else FAILURE.search(line)
        if found is not None:
            causes.setdefault(found[0])
    shown = [cause for cause in list(causes)[:CAUSES] if not any(cause in line for line in tail)]
    return "\n".join(f"  {line}" for line in [*shown, *(["…"] if shown else []), *tail])


def _lines(path: Path, secret: str) -> list[str]:
    with path.open("rb") as stream:
        size = stream.seek(0, os.SEEK_END)
        stream.seek(max(0, size - READ_BYTES))
        text = stream.read().decode(errors="replace")
    text = text.replace(secret, "***")
    # A progress bar rewrites its line.
    lines = (line.rsplit("\r", 1)[-1].rstrip()[:LINE_CHARACTERS] for line in text.replace("\r\n", "\n").split("\n"))
    return [line for line in lines if line]


def _without_traces(lines: Iterable[str]) -> Iterator[str]:
    """Leave out lines that say nothing, and the frames of Python's traces; the errors at their ends stay."""
    in_frame = False
    for line in lines:
        said = line[_prefix(line).end() :]
        in_frame = FRAME.match(said) is not None or (in_frame and said.startswith(CODE_INDENT))
        if said and not in_frame and TRACE not in said:
            yield line


def _prefix(line: str) -> re.Match[str]:
    found = PREFIX.match(line)
    assert found is not None, "all of it is optional"
    return found
