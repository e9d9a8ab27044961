"""The worker's side: a process with one backend, which gets its work over a pipe."""

import os
import sys
import threading
from collections import deque
from collections.abc import Callable
from multiprocessing.connection import Connection
from pathlib import Path
from queue import SimpleQueue
from typing import TypeAlias

from benchharness.backends.base import Backend, BackendOptions
from benchharness.backends.parallel.messages import Ask, Begin, Close, Done, Failed, Loaded, Over, Work
from benchharness.records import Request

Make: TypeAlias = Callable[[BackendOptions], Backend]
"""Makes a backend, not loaded. It travels to another process, so it has to be a function of a module."""

DEVICE_FAILED = 70
"""Exit code of a worker whose device failed."""

DEVICE_ERRORS = ("CUDA error", "HIP error")
"""How torch begins the message of a device that failed; nothing more can be computed in that process."""


class PipeSource:
    """A source of work at the other end of a pipe; see ``WorkSource``.

    Args:
        inbox: where the parent's messages arrive.
        ask: tells the parent about room: the number of the asking, the limit, and whether the worker waits.
    """

    def __init__(
        self, inbox: "SimpleQueue[Work | Over | Begin | Close]", ask: Callable[[int, int, bool], None]
    ) -> None:
        self._inbox = inbox
        self._ask = ask
        self._number = 0
        self._asked = self._waits = False
        self._over = False
        self._at_hand: deque[Request] = deque()

    def begin(self) -> None:
        """Get ready for another run."""
        self._asked = self._waits = self._over = False

    def take(self, limit: int, *, wait: bool = True) -> list[Request]:
        """Return up to ``limit`` requests; see ``WorkSource``."""
        self._look()
        if not self._at_hand and not self._over:
            self._make_known(limit, wait=wait)
            while wait and not self._at_hand and not self._over:
                self._receive()
        return [self._at_hand.popleft() for _ in range(min(limit, len(self._at_hand)))]

    def _make_known(self, limit: int, *, wait: bool) -> None:
        if self._asked and (self._waits or not wait):
            return
        if not self._asked:
            self._number += 1
        self._asked, self._waits = True, wait
        self._ask(self._number, limit, wait)

    def _look(self) -> None:
        while not self._inbox.empty():
            self._receive()

    def _receive(self) -> None:
        message = self._inbox.get()
        self._asked = self._waits = False
        if isinstance(message, Work):
            self._at_hand.extend(message.requests)
        else:
            self._over = True


def work(commands: Connection, reports: Connection, errors: Path, make: Make, options: BackendOptions) -> None:
    """Be a worker, until told to close or until the parent is gone.

    Args:
        commands: what the parent says.
        reports: what the parent is told.
        errors: a file for whatever libraries print, of which the parent shows the end if this process dies.
        make: makes the backend.
        options: for the backend, with the device of this worker.
    """
    with errors.open("ab") as stream:
        os.dup2(stream.fileno(), 1)
        os.dup2(stream.fileno(), 2)
    inbox: SimpleQueue[Work | Over | Begin | Close] = SimpleQueue()
    threading.Thread(target=_listen, args=(commands, inbox), daemon=True).start()
    try:
        _serve(inbox, reports, make(options))
    except Exception as error:  # noqa: BLE001 - the parent raises it
        failed = Failed.of(error)
        os.write(2, failed.trace.encode())
        if isinstance(error, RuntimeError) and str(error).startswith(DEVICE_ERRORS):
            os._exit(DEVICE_FAILED)
        reports.send(failed)
        sys.exit(1)


def _listen(commands: Connection, inbox: "SimpleQueue[Work | Over | Begin | Close]") -> None:
    """Read all that the parent says at once, so that it never waits for a worker at work."""
    while True:
        try:
            inbox.put(commands.recv())
        except (EOFError, OSError):
            # The parent is gone, and with it whoever could use a result.
            os._exit(1)


def _serve(inbox: "SimpleQueue[Work | Over | Begin | Close]", reports: Connection, backend: Backend) -> None:
    def ask(number: int, limit: int, waits: bool) -> None:
        reports.send(Ask(number, limit, waits, backend.resource_use()))

    facts = backend.facts
    backend.load()
    reports.send(Loaded(facts, backend.resource_use()))
    source = PipeSource(inbox, ask)
    while True:
        message = inbox.get()
        if isinstance(message, Close):
            backend.close()
            return
        if isinstance(message, Begin):
            source.begin()
            for response in backend.run(source):
                reports.send(response)
            reports.send(Done(backend.resource_use()))
