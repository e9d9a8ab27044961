"""The backend of several workers: as a whole, it is what each of them is."""

import atexit
from collections.abc import Iterator, Sequence
from dataclasses import replace

from benchharness.backends.base import BackendFacts, BackendOptions, Capabilities, ResourceUse, WorkSource
from benchharness.backends.parallel.pool import WorkerPool
from benchharness.backends.parallel.work_queue import WorkQueue
from benchharness.backends.parallel.worker import Make
from benchharness.hardware.memory import peak_process_bytes
from benchharness.records import Response
from benchharness.tokens.tokenizer import Tokenizer


class ParallelBackend:
    """Answers requests with several workers, each with the whole model.

    Neither the number of workers nor which of them answers changes a key: the facts are those of the first.

    Args:
        make: makes the backend of a worker, not loaded; a function that other processes can import.
        options: for the backends.
        devices: where the workers run, one for each entry; all of one type.

    Raises:
        BenchharnessError: whatever the backend finds wrong with the model or the options.
    """

    def __init__(self, make: Make, options: BackendOptions, devices: Sequence[str]) -> None:
        # Never loaded here: it tells the facts and brings the tokenizer.
        self._first = make(replace(options, device=devices[0]))
        self._devices = tuple(devices)
        self._pool = WorkerPool(make, options, devices)

    @property
    def facts(self) -> BackendFacts:
        """See ``Backend``; how many workers there are changes the speed, and no result."""
        facts = self._first.facts
        return replace(facts, engine={**facts.engine, "workers": str(len(self._devices))})

    @property
    def capabilities(self) -> Capabilities:
        """See ``Backend``."""
        return self._first.capabilities

    @property
    def tokenizer(self) -> Tokenizer:
        """See ``Backend``."""
        return self._first.tokenizer

    @property
    def context_length(self) -> int | None:
        """See ``Backend``."""
        return self._first.context_length

    def load(self) -> None:
        """Start the workers, and wait until each has loaded the model; see ``Backend``.

        Raises:
            BenchharnessError: if a worker dies, would answer under other conditions than the first, or its backend
                refuses the model.
            WorkerFailure: if the code of the backend is at fault.
        """
        # The facts bring the weights to this machine, once for all workers.
        facts = self._first.facts
        # Before multiprocessing waits for its children at exit, which would not end by themselves.
        atexit.register(self.close)
        started = False
        try:
            self._pool.start(facts)
            started = True
        finally:
            if not started:
                self.close()

    def run(self, source: WorkSource) -> Iterator[Response]:
        """Answer all requests of ``source``; see ``Backend``.

        A worker may die without losing more than what it held, which is asked again of others. A request on which
        workers die is answered with an error.

        Raises:
            BenchharnessError: if no worker is left, or whatever the backend raises.
            WorkerFailure: if the code of the backend is at fault.
        """
        self.load()
        through = False
        try:
            yield from self._pool.serve(WorkQueue(source))
            through = True
        finally:
            # Cut off amid a run, workers have answers that nobody wants.
            if not through:
                self.close()

    def resource_use(self) -> ResourceUse:
        """Return the sum over the workers and, for the process, this one; see ``Backend``."""
        memory = self._pool.memory()
        return replace(
            memory,
            process=memory.process + peak_process_bytes(),
            workers=len(self._devices),
            worker_deaths=self._pool.deaths,
        )

    def processes(self) -> tuple[int, ...]:
        """Return those of the workers; see ``Backend``."""
        return self._pool.processes()

    def close(self) -> None:
        """End the workers; see ``Backend``. They also end when this process does, however it ends."""
        self._pool.close()
        atexit.unregister(self.close)
