"""What is believed of what a process in the sandbox says."""

import json
import os
import selectors
import time
from dataclasses import dataclass, field
from enum import Enum, StrEnum
from typing import IO, Any, NoReturn

_CHUNK = 2**16
_STARTING = 60.0
"""Seconds that making a sandbox may take; the code's own time begins when it stands."""
_LONGEST_NAME = 80


class CallStatus(StrEnum):
    """What became of one call."""

    RETURNED = "returned"
    RAISED = "raised"
    TIMED_OUT = "timed_out"
    KILLED = "killed"
    NO_RESULT = "no_result"


@dataclass(frozen=True, slots=True)
class CallResult:
    """What came of one call.

    Attributes:
        status: ``raised`` also where the code could not be loaded; ``killed`` where the process died of a signal or
            printed too much; ``no_result`` where it returned what is no JSON value, went away, or was not called.
        value: what it returned, as plain JSON data: tuples are lists.
        error: the name of what was raised.
    """

    status: CallStatus
    value: Any = None
    error: str = ""


class End(Enum):
    """Why a conversation ended."""

    DONE = "all results are there"
    CLOSED = "the process closed its end"
    TOO_MUCH = "it said too much"
    TOO_LONG = "it took too long"
    NONSENSE = "it said what has no place there"


@dataclass(slots=True)
class Conversation:
    """What a process says, line by line; anything out of order ends it.

    Attributes:
        nonce: what each line begins with.
        wanted: number of calls.
        most: most bytes that are read, results and what is printed together.
        seconds: how long it may last, from when the sandbox stands.
        call_seconds: how long one call may.
        began: when the sandbox stood, by ``time.monotonic``; before that no generated code has run.
        loaded: whether the code was loaded.
        results: of the first calls, in order.
        printed: the last of what was printed.
    """

    nonce: str
    wanted: int
    most: int
    seconds: float
    call_seconds: float
    began: float | None = None
    loaded: bool = False
    results: list[CallResult] = field(default_factory=list)
    printed: bytes = b""
    _line: bytearray = field(default_factory=bytearray)
    _end: float = 0.0

    def hold(self, channel: IO[bytes], printed: IO[bytes]) -> End:
        """Listen until all results are there, or something ends it.

        Args:
            channel: where results come from.
            printed: where what is printed comes from.
        """
        self._end = time.monotonic() + _STARTING
        with selectors.DefaultSelector() as selector:
            selector.register(channel, selectors.EVENT_READ, self._hear)
            selector.register(printed, selectors.EVENT_READ, self._overhear)
            while (left := self._end - time.monotonic()) > 0:
                for key, _ in selector.select(left):
                    piece = os.read(key.fd, _CHUNK)
                    self.most -= len(piece)
                    if self.most < 0:
                        return End.TOO_MUCH
                    if not piece:
                        selector.unregister(key.fileobj)
                    end: End | None = key.data(piece)
                    if end is not None:
                        return end
        return End.TOO_LONG

    def _overhear(self, piece: bytes) -> None:
        self.printed = (self.printed + piece)[-_CHUNK:]

    def _hear(self, piece: bytes) -> End | None:
        """Take in what came from the channel."""
        if not piece:
            return End.CLOSED
        self._line += piece
        if b"\n" not in piece:
            return None
        *lines, self._line = self._line.split(b"\n")
        for line in lines:
            if not self._take(bytes(line)):
                return End.NONSENSE
        # The first line that is in order has said when it began.
        self._end = min((self.began or 0.0) + self.seconds, time.monotonic() + self.call_seconds)
        return End.DONE if self.loaded and len(self.results) == self.wanted else None

    def _take(self, line: bytes) -> bool:
        """Take in one line, and tell whether it was in order."""
        try:
            message = json.loads(line, parse_constant=_no_number)
        except (ValueError, RecursionError):
            return False
        if not isinstance(message, list) or not message or message[0] != self.nonce:
            return False
        match message[1:]:
            case ["ready"] if self.began is None:
                self.began = time.monotonic()
            case ["loaded"] if self.began is not None and not self.loaded:
                self.loaded = True
            case ["failed", str(name)] if self.began is not None and not self.loaded:
                self.loaded = True
                self.results = [CallResult(CallStatus.RAISED, error=_name(name))] * self.wanted
            case [int(index), *what] if self.loaded and index == len(self.results) < self.wanted:
                return self._take_result(what)
            case _:
                return False
        return True

    def _take_result(self, what: list[Any]) -> bool:
        match what:
            case ["returned", value]:
                self.results.append(CallResult(CallStatus.RETURNED, value))
            case ["raised", str(name)]:
                self.results.append(CallResult(CallStatus.RAISED, error=_name(name)))
            case ["unreadable"]:
                self.results.append(CallResult(CallStatus.NO_RESULT))
            case _:
                return False
        return True


def _name(name: str) -> str:
    """Return the name of an exception if it is one; the code may have called it anything."""
    return name if name.isidentifier() and len(name) <= _LONGEST_NAME else ""


def _no_number(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is not JSON")
