"""What the parent and a worker say to each other over their pipes. A response is sent as it is."""

import traceback
from dataclasses import dataclass

from benchharness import errors
from benchharness.backends.base import BackendFacts, ResourceUse
from benchharness.errors import BenchharnessError
from benchharness.records import Request


@dataclass(frozen=True, slots=True)
class Begin:
    """To a worker: ask for work, and answer it until the work is over."""


@dataclass(frozen=True, slots=True)
class Work:
    """To a worker: the requests it asked for."""

    requests: list[Request]


@dataclass(frozen=True, slots=True)
class Over:
    """To a worker: no more work will come."""


@dataclass(frozen=True, slots=True)
class Close:
    """To a worker: free the model and end."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """From a worker: the model is in memory.

    Attributes:
        facts: what the worker's backend says of itself.
        memory: its highest use so far.
    """

    facts: BackendFacts
    memory: ResourceUse


@dataclass(frozen=True, slots=True)
class Ask:
    """From a worker: it has room.

    Attributes:
        number: of this asking. It is said twice if a worker that did not wait for the answer begins to.
        limit: most requests it takes.
        waits: whether it does nothing until it is answered.
        memory: its highest use so far.
    """

    number: int
    limit: int
    waits: bool
    memory: ResourceUse


@dataclass(frozen=True, slots=True)
class Done:
    """From a worker: everything it took is answered, and it waits to be told to begin again.

    Attributes:
        memory: its highest use so far.
    """

    memory: ResourceUse


class WorkerFailure(RuntimeError):
    """A fault in a worker's code; its text is the traceback there."""


@dataclass(frozen=True, slots=True)
class Failed:
    """From a worker, which then ends: an exception.

    Attributes:
        kind: the class to raise again, for an error that is meant for the user.
        en: its message in English.
        zh: its message in Chinese.
        trace: the traceback in the worker.
    """

    kind: type[BenchharnessError] | None
    en: str
    zh: str
    trace: str

    @classmethod
    def of(cls, error: Exception) -> "Failed":
        """Return what to say of an exception."""
        trace = "".join(traceback.format_exception(error))
        if not isinstance(error, BenchharnessError):
            return cls(None, "", "", trace)
        # A class from elsewhere may want other arguments; the nearest of ours has the same exit code.
        ours = next(kind for kind in type(error).__mro__ if kind.__module__ == errors.__name__)
        return cls(ours, error.en, error.zh, trace)

    def exception(self) -> Exception:
        """Return the exception to raise in the parent."""
        return WorkerFailure(self.trace) if self.kind is None else self.kind(en=self.en, zh=self.zh)
