"""How much generated code may use."""

from dataclasses import dataclass

MIB = 2**20


@dataclass(frozen=True, slots=True)
class Limits:
    """What all calls of one problem may use together.

    Time is the processor's, so that a busy machine does not turn a right answer into a wrong one; the wall clock
    only ends what sleeps.

    Attributes:
        cpu_seconds: processor time, at least 1. One call may take half of it, rounded up to whole seconds.
        wall_factor: how many times as long it may take by the wall clock.
        memory: address space of the process, in bytes. What it has in memory is never more.
        scratch: size of the folder it may write to, and of one file there, in bytes.
        output: what it may print and return, in bytes.
        threads: most threads besides the first.
        open_files: most open files.
        restarts: how often the code is started again after a call that ended the process.

    Raises:
        ValueError: if it is too little for the interpreter itself: less than a second, or than 64 MiB of memory.
    """

    cpu_seconds: float = 10.0
    wall_factor: float = 3.0
    memory: int = 512 * MIB
    scratch: int = 16 * MIB
    output: int = 2 * MIB
    threads: int = 16
    open_files: int = 64
    restarts: int = 2

    def __post_init__(self) -> None:
        if self.cpu_seconds < 1 or self.memory < 64 * MIB:
            raise ValueError(f"{self.cpu_seconds} s and {self.memory / MIB:g} MiB are too little to run Python in")
