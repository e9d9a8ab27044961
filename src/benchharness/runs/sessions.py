"""Sessions: one process at work on a run, what it took, and which of them a rate may be read of."""

import os
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple, TypeAlias

from pydantic import TypeAdapter

from benchharness.runs.folder import RunFolder
from benchharness.runs.journal import open_for_append, read_lines, to_line

Reason: TypeAlias = dict[str, str]
"""Why a figure is not given, by interface language."""


@dataclass(frozen=True, slots=True)
class SessionLine:
    """A line of ``sessions.jsonl``: one when a process begins, and one with its figures when it is through.

    Attributes:
        session: number of the session, from 1.
        at: when, ISO 8601 with time zone.
        asked: how many requests the session set out to ask.
        wall_seconds: time spent in the backend; ``None`` in the line that begins a session.
        peak_process_bytes: highest resident memory of the process.
        peak_device_bytes: highest memory on the accelerator.
        batch_tokens: most tokens of a batch, as it was at first.
        out_of_memory: how often memory ran out, each time halving the tokens of a batch.
        workers: processes that answered requests beside each other.
        worker_deaths: how often one of them died.
        engine: hash of the settings that decide how fast it was; ``None`` in journals of earlier versions.
        settings: the settings themselves, in the first line of a run that has their hash.
        polls: whether the backend took requests while it worked on others; in the line that begins a session.
        cacheable_tokens: see ``most_cacheable``; in the line that begins a session.
        device_parts: bytes on the accelerator by what they are for; see ``ResourceUse``.
        preemptions: how often the engine put off a request that it had begun.
        costs: what servers charged, by currency.
        devices: accelerators that did the work; ``None`` where that is not known.
        energy_joules: energy of these accelerators while the backend was at work.
        net_joules: the same without what they take when idle with the model loaded.
        idle_watts: what they take so.
        energy_withheld: why no energy is given.
        reading: all that was sampled meanwhile; see ``hardware.meter.Reading``.
        budget_spent: whether the session stopped because no more might be charged.
    """

    session: int
    at: str
    asked: int
    wall_seconds: float | None = None
    peak_process_bytes: int | None = None
    peak_device_bytes: int | None = None
    batch_tokens: int | None = None
    out_of_memory: int = 0
    workers: int = 1
    worker_deaths: int = 0
    engine: str | None = None
    settings: Mapping[str, Any] | None = None
    polls: bool = False
    cacheable_tokens: int | None = None
    device_parts: Mapping[str, int] = field(default_factory=dict)
    preemptions: int = 0
    costs: Mapping[str, float] = field(default_factory=dict)
    devices: int | None = None
    energy_joules: float | None = None
    net_joules: float | None = None
    idle_watts: float | None = None
    energy_withheld: Mapping[str, str] | None = None
    reading: Mapping[str, Any] | None = None
    budget_spent: bool = False

    @property
    def is_end(self) -> bool:
        """Whether this is the line that ends its session."""
        return self.wall_seconds is not None


SESSION = TypeAdapter(SessionLine)


def append_session(folder: RunFolder, line: SessionLine) -> None:
    """Append a line to the sessions of a run, and sync it."""
    with open_for_append(folder.sessions) as stream:
        stream.write(f"{to_line(SESSION, line)}\n".encode())
        os.fsync(stream.fileno())


def read_sessions(folder: RunFolder) -> list[SessionLine]:
    """Return the lines of all sessions of a run."""
    return list(read_lines(folder.sessions, SESSION))


class Asking(NamedTuple):
    """The one session that asked all that was answered, or why there is none.

    Attributes:
        line: the line that ended it; ``None`` if rates are withheld.
        begun: the line that began it, where it asked everything.
        withheld: why rates are withheld.
    """

    line: SessionLine | None
    begun: SessionLine | None
    withheld: Reason | None


def asking_session(seen: Collection[int], sessions: Sequence[SessionLine]) -> Asking:
    """Return the session of which a rate may be read.

    There is one only where one uninterrupted session asked everything: across a resume, neither the time of the
    killed session is known nor the same work measured, and its engine may have been set otherwise.

    Args:
        seen: the sessions that responses come from.
        sessions: the lines of all sessions.
    """
    ends = {line.session: line for line in sessions if line.is_end}
    begun = {line.session: line for line in sessions if not line.is_end}
    if not seen:
        return Asking(None, None, {"en": "nothing was asked", "zh": "没有提问"})
    if len(seen) == 1:
        (number,) = seen
        if number in ends:
            return Asking(ends[number], begun.get(number), None)
        reason = {"en": "the session that asked was cut off before its end", "zh": "提问的会话在结束前中断"}
        return Asking(None, begun.get(number), reason)
    engines = engines_of(seen, sessions)
    if len(engines) > 1:
        listed = ", ".join(engines)
        reason = {
            "en": f"the responses come from {len(seen)} sessions with different engine settings ({listed})",
            "zh": f"结果来自 {len(seen)} 个会话，且引擎设置不同（{listed}）",
        }
    else:
        reason = {
            "en": f"the responses come from {len(seen)} sessions (the run was resumed or extended)",
            "zh": f"结果来自 {len(seen)} 个会话（运行曾中断后继续，或增加过题目）",
        }
    return Asking(None, None, reason)


def engines_of(seen: Collection[int], sessions: Sequence[SessionLine]) -> list[str]:
    """Return the hashes of the engine settings of some sessions, each once, in the order of the sessions."""
    return list(dict.fromkeys(line.engine for line in sessions if line.session in seen and line.engine is not None))


def describe_engines(seen: Collection[int], sessions: Sequence[SessionLine]) -> dict[str, Any]:
    """Return the engine settings under which a run was asked: their hash, and what they are where there is one."""
    hashes = engines_of(seen, sessions)
    known = {line.engine: line.settings for line in sessions if line.settings is not None}
    sole = hashes[0] if len(hashes) == 1 else None
    return {"hash": sole, "hashes": hashes, "settings": known.get(sole)}
