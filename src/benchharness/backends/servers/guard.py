"""Starts a server and ends it, with all that it started, once it is told to or whoever wanted it is gone.

A program of its own, run as ``python guard.py PARENT GRACE COMMAND…``: only another process can clean up after one
that was killed outright. It ends with the exit code of the server, and as a shell does with 128 + N after signal N.
"""

import ctypes
import os
import signal
import subprocess
import sys
import time
from types import FrameType

import psutil

POLL_SECONDS = 0.1
ORPHAN_SECONDS = 3.0
"""What processes whose server is gone have to end by themselves."""

LAST_SECONDS = 10.0
"""How long processes that were killed may take to go. One that hangs in a driver may never."""

# prctl(2): numbers of linux/prctl.h.
PR_SET_PDEATHSIG = 1
PR_SET_CHILD_SUBREAPER = 36
LIBC = ctypes.CDLL(None) if sys.platform == "linux" else None

CANNOT_EXECUTE = 126


class Guard:
    """Watches over one server.

    Args:
        parent: the process that wants the server. It is asked for by its number, as a pipe would stay open in
            whatever that process forks.
        grace: seconds that the server has to end by itself.
        command: starts the server.
    """

    def __init__(self, parent: int, grace: float, command: list[str]) -> None:
        self._parent = parent
        self._grace = grace
        self._adopts = adopt_orphans()
        self._ending = False
        signal.signal(signal.SIGTERM, self._on_signal)
        # preexec_fn is safe here: this process has one thread.
        self._server = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, start_new_session=True, preexec_fn=end_with_parent
        )

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        self._ending = True

    def watch(self) -> int:
        """Wait until the server ends or is to end, leave nothing of it behind, and return its exit code."""
        while self._server.poll() is None and not self._ending and os.getppid() == self._parent:
            time.sleep(POLL_SECONDS)
        self._end()
        code = self._server.returncode
        if code is None:
            return 1
        return 128 - code if code < 0 else code

    def _end(self) -> None:
        deadline = time.monotonic() + self._grace
        if self._server.poll() is None:
            self._server.terminate()
        told: set[psutil.Process] = set()
        while (left := self._left()) and time.monotonic() < deadline:
            if self._server.poll() is not None:
                # The server would have told them, had it still been there.
                deadline = deadline if told else min(deadline, time.monotonic() + ORPHAN_SECONDS)
                self._signal([one for one in left if one not in told], signal.SIGTERM)
                told.update(left)
            time.sleep(POLL_SECONDS / 2)
        deadline = time.monotonic() + LAST_SECONDS
        while (left := self._left()) and time.monotonic() < deadline:
            self._signal(left, signal.SIGKILL)
            time.sleep(POLL_SECONDS / 2)
        # Only then its adopted children are taken note of: earlier the end of the server would be among them.
        self._server.poll()
        take_note_of_ends()

    def _left(self) -> list[psutil.Process]:
        """Return the processes of the server that still run."""
        if not self._adopts and self._server.poll() is not None:
            # Orphans are nobody's children here, and only their group still tells whose they are.
            return [one for one in psutil.process_iter() if self._in_group(one)]
        return [one for one in psutil.Process().children(recursive=True) if runs(one)]

    def _in_group(self, process: psutil.Process) -> bool:
        try:
            return os.getpgid(process.pid) == self._server.pid and runs(process)
        except (ProcessLookupError, PermissionError):
            return False

    def _signal(self, processes: list[psutil.Process], number: signal.Signals) -> None:
        for process in processes:
            try:
                process.send_signal(number)
            except psutil.NoSuchProcess:
                continue


def adopt_orphans() -> bool:
    """Make this process the parent of descendants whose own parent ends; Linux alone can. Returns whether it worked."""
    return LIBC is not None and bool(LIBC.prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) == 0)


def end_with_parent() -> None:
    """Ask for SIGTERM when the parent, this guard, is itself killed outright; Linux alone can."""
    if LIBC is not None:
        LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)


def take_note_of_ends() -> None:
    """Let children that ended go for good, as their parent has to."""
    try:
        while os.waitpid(-1, os.WNOHANG)[0]:
            continue
    except ChildProcessError:
        pass


def runs(process: psutil.Process) -> bool:
    """Return whether a process still runs, and does not merely wait for its parent to take note of its end."""
    try:
        return process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def main(arguments: list[str]) -> int:
    """Watch over the server that the command line names, and return its exit code."""
    parent, grace, *command = arguments
    try:
        guard = Guard(int(parent), float(grace), command)
    except OSError as error:
        sys.stderr.write(f"{command[0]}: {error.strerror}\n")
        return CANNOT_EXECUTE
    return guard.watch()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
