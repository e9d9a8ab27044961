"""A worker as the parent sees it: its process, what it holds, what it asked for."""

import multiprocessing
import os
import signal
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnProcess
from pathlib import Path
from typing import NamedTuple, TypeAlias, TypeVar

from benchharness.backends.base import BackendOptions, ResourceUse
from benchharness.backends.parallel.messages import Ask, Begin, Close, Done, Failed, Loaded, Over, Work
from benchharness.backends.parallel.worker import Make, work
from benchharness.errors import bilingual
from benchharness.records import Request, Response

Report: TypeAlias = Loaded | Ask | Response | Done | Failed

NumberT = TypeVar("NumberT", int, float)

GRACE_SECONDS = 10.0
"""What a worker has to end by itself."""

TAIL_LINES = 12
TAIL_BYTES = 8192

THREADS = "OMP_NUM_THREADS"


class Loss(NamedTuple):
    """The death of a worker.

    Attributes:
        worker: its number, from 1.
        device: where it ran.
        exit_code: of its process; the negative number of the signal that killed it.
        tail: the end of what it printed.
    """

    worker: int
    device: str
    exit_code: int | None
    tail: str

    def __str__(self) -> str:
        """Return who died and how, in the interface language."""
        if self.exit_code is not None and self.exit_code < 0:
            name = signal.Signals(-self.exit_code).name
            how = bilingual(f"killed by {name}", f"被 {name} 终止")
        else:
            how = bilingual(f"exit code {self.exit_code}", f"退出码 {self.exit_code}")
        return bilingual(
            f"worker {self.worker} on {self.device}, {how}", f"工作进程 {self.worker}（{self.device}），{how}"
        )


class WorkerHandle:
    """A worker; it can be started again when its process has died.

    Args:
        number: from 1.
        make: makes its backend.
        options: for the backend, with the device of this worker.
    """

    def __init__(self, number: int, make: Make, options: BackendOptions) -> None:
        self.number = number
        self.device = options.device
        self._make, self._options = make, options
        self._process: SpawnProcess | None = None
        self._errors: Path
        self._commands: Connection
        self._reports: Connection
        self._lives: list[ResourceUse] = []
        self.fruitless = 0
        """How often in a row it died without having been of use."""
        self._forget()

    def _forget(self) -> None:
        self.held: dict[str, Request] = {}
        self.asked: Ask | None = None
        self._served = 0
        self.loaded = self.running = self.gone = False
        self.useful = False
        """Whether it has answered anything since it was started."""

    @property
    def alive(self) -> bool:
        """Whether it has a process."""
        return self._process is not None

    @property
    def pid(self) -> int:
        """The id of its process, of which it has one."""
        assert self._process is not None
        assert self._process.pid is not None
        return self._process.pid

    @property
    def blocked(self) -> bool:
        """Whether it does nothing until it gets work or is told that there is none."""
        return self.asked is not None and self.asked.waits

    @property
    def signs(self) -> list[Connection | int]:
        """What becomes ready when it says something or dies."""
        assert self._process is not None
        return [self._reports, self._process.sentinel]

    def start(self, folder: Path, workers: int) -> None:
        """Start its process, which loads the model and then says so.

        Args:
            folder: where it may write.
            workers: how many share the cores of this machine.
        """
        self._forget()
        self._errors = folder / f"worker-{self.number}.txt"
        context = multiprocessing.get_context("spawn")
        # One-way pipes: an end that both sides had would not tell that the other side is gone.
        command_reader, self._commands = context.Pipe(duplex=False)
        self._reports, report_writer = context.Pipe(duplex=False)
        arguments = (command_reader, report_writer, self._errors, self._make, self._options)
        self._errors.write_bytes(b"")
        # Not a daemon in the sense of multiprocessing: those must not have children, and some engines do.
        process = context.Process(target=work, args=arguments, name=f"worker-{self.number}")
        with _share_of_cores(workers), _interrupts_blocked():
            process.start()
        command_reader.close()
        report_writer.close()
        self._process = process
        self._lives.append(ResourceUse(0, None))

    def begin(self) -> None:
        """Let it ask for work."""
        self.asked, self.running = None, True
        self._send(Begin())

    def give(self, requests: Sequence[Request]) -> None:
        """Give it what it asked for."""
        assert self.asked is not None
        # Before they are sent: it may die on the way.
        self.held.update({request.key: request for request in requests})
        self._answer_ask(Work(list(requests)))

    def tell_over(self) -> None:
        """Tell it that the work is over."""
        self._answer_ask(Over())

    def _answer_ask(self, message: Work | Over) -> None:
        if self.asked is not None:
            self._served = self.asked.number
            self.asked = None
        self._send(message)

    def _send(self, message: Begin | Work | Over | Close) -> None:
        try:
            self._commands.send(message)
        except OSError:
            # It is dead. That shows when it is listened to, and what it holds is not lost.
            return

    def receive(self) -> Report | None:
        """Return the next thing it said; ``None`` if there is nothing now, and with ``gone`` if it has died."""
        assert self._process is not None
        # Looked at first: what it said before it died is still in the pipe.
        dead = self._process.exitcode is not None
        try:
            report: Report | None = self._reports.recv() if self._reports.poll() else None
        except (EOFError, OSError):
            report, dead = None, True
        self.gone = dead and report is None
        if isinstance(report, Loaded | Ask | Done):
            self._lives[-1] = report.memory
        if isinstance(report, Ask) and report.number > self._served:
            self.asked = report
        return report

    def answered(self, response: Response) -> None:
        """Take note of a response."""
        if self.held.pop(response.key, None) is None:
            raise RuntimeError(f"worker {self.number} answered {response.key}, which it was not asked or had answered")
        self.useful = True

    @property
    def memory(self) -> ResourceUse:
        """Its highest use of memory, over all processes that it has been."""
        return join_use(self._lives, max)

    def bury(self) -> Loss:
        """End what is left of its process, and return how it ended."""
        assert self._process is not None
        self._process.join(GRACE_SECONDS)
        code = self._end()
        with self._errors.open("rb") as stream:
            stream.seek(max(0, self._errors.stat().st_size - TAIL_BYTES))
            written = stream.read().decode(errors="replace")
        lines = [line for line in written.splitlines() if line.strip()]
        return Loss(self.number, self.device, code, "\n".join(lines[-TAIL_LINES:]))

    def ask_to_end(self) -> None:
        """Let it end: by itself if it is idle, at once if it is at work."""
        assert self._process is not None
        if self.loaded and not self.running:
            self._send(Close())
        else:
            self._process.terminate()

    def wait_until_ended(self) -> None:
        """Wait until its process has ended, and force it to after a while."""
        assert self._process is not None
        wait([self._process.sentinel], GRACE_SECONDS)
        self._end()

    def _end(self) -> int | None:
        assert self._process is not None
        if self._process.exitcode is None:
            self._process.kill()
        self._process.join()
        code = self._process.exitcode
        self._process.close()
        self._process = None
        self._commands.close()
        self._reports.close()
        self._forget()
        return code


def join_use(parts: Sequence[ResourceUse], join: Callable[[Sequence[int]], int]) -> ResourceUse:
    """Return one use of memory for several.

    Args:
        parts: the uses.
        join: ``max`` for processes that followed each other, ``sum`` for such as were there together.
    """
    device = [part.device for part in parts if part.device is not None]
    batch_tokens = [part.batch_tokens for part in parts if part.batch_tokens is not None]
    return ResourceUse(
        join([0, *(part.process for part in parts)]),
        join(device) if device else None,
        batch_tokens=max(batch_tokens, default=None),
        out_of_memory=sum(part.out_of_memory for part in parts),
        device_parts=_join_by_name([part.device_parts for part in parts], join),
        preemptions=sum(part.preemptions for part in parts),
        costs=_join_by_name([part.costs for part in parts], sum),
    )


def _join_by_name(
    parts: Sequence[Mapping[str, NumberT]], join: Callable[[Sequence[NumberT]], NumberT]
) -> dict[str, NumberT]:
    names = sorted({name for part in parts for name in part})
    return {name: join([part[name] for part in parts if name in part]) for name in names}


@contextmanager
def _share_of_cores(workers: int) -> Iterator[None]:
    """Let processes that are started meanwhile compute with their share of the cores, unless the user said how many.

    The libraries that compute read the variable when they are loaded, which may be before any code of ours runs.
    """
    if THREADS in os.environ:
        yield
        return
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    os.environ[THREADS] = str(max(1, cores // workers))
    try:
        yield
    finally:
        del os.environ[THREADS]


@contextmanager
def _interrupts_blocked() -> Iterator[None]:
    """Let processes that are started meanwhile not hear Ctrl-C, which is the parent's to act on."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
