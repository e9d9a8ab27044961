"""Processor time and memory of processes and of what they start."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import psutil


@dataclass(slots=True)
class _Watched:
    """A process, with what it had used when it was first seen and when it was last seen."""

    process: psutil.Process
    parent: "_Watched | None"
    own_before: float = 0.0
    reaped_before: float = 0.0
    own: float = 0.0
    reaped: float = 0.0
    resident: int = 0
    ended: bool = False
    children: "list[_Watched]" = field(default_factory=list)

    def settled(self) -> float:
        """Return its processor seconds in the window, with those of its children that ended.

        The system adds a child's time to its parent's when the parent asks for its end, those children too that came
        and went between two samples; but not if the parent never asks. What was last seen of the children counts then.
        """
        ended = [child for child in self.children if child.ended]
        seen = sum(child.settled() for child in ended)
        asked = self.reaped - self.reaped_before - sum(child.own_before + child.reaped_before for child in ended)
        return max(0.0, self.own - self.own_before) + max(asked, seen)


class ProcessTrees:
    """Some processes of this machine and all that they start, sampled from time to time.

    Attributes:
        peak_resident_bytes: most resident memory of all of them at one sample.
        missing: the processes that were not there, or that this user may not look at.
    """

    def __init__(self, roots: Sequence[int]) -> None:
        self.peak_resident_bytes = 0
        self.missing: list[int] = []
        self._known: dict[int, _Watched] = {}
        self._all: list[_Watched] = []
        for pid in roots:
            try:
                self._admit(psutil.Process(pid), None, before_window=True)
            except psutil.Error:
                self.missing.append(pid)
        self.search(before_window=True)
        self._adopt_all()
        self.sample()

    def search(self, *, before_window: bool = False) -> None:
        """Look for processes that the known ones have started. Goes through all processes of the machine."""
        tops = [each for each in self._known.values() if each.parent is None or each.parent.ended]
        for watched in tops:
            try:
                found = watched.process.children(recursive=True)
            except psutil.Error:
                continue
            self._admit_all(found, before_window)

    def sample(self) -> None:
        """Read time and memory of the known processes."""
        for watched in list(self._known.values()):
            if not _look(watched):
                watched.ended = True
                del self._known[watched.process.pid]
        self.peak_resident_bytes = max(
            self.peak_resident_bytes, sum(watched.resident for watched in self._known.values())
        )

    @property
    def alive(self) -> frozenset[int]:
        """The processes that were there at the last sample."""
        return frozenset(self._known)

    @property
    def ever(self) -> frozenset[int]:
        """All processes that were found so far."""
        return frozenset(watched.process.pid for watched in self._all)

    @property
    def cpu_seconds(self) -> float:
        """Processor time, user and system, since the start; processes that ended keep what they had used."""
        return sum(watched.settled() for watched in self._all if not watched.ended or watched.parent is None)

    def _admit_all(self, found: Iterable[psutil.Process], before_window: bool) -> None:
        for process in found:
            try:
                parent = self._known.get(process.ppid())
                self._admit(process, parent, before_window)
            except psutil.Error:
                continue

    def _adopt_all(self) -> None:
        """Give processes that were named beside their parents to them, so that their time does not count twice."""
        for watched in self._all:
            try:
                parent = self._known.get(watched.process.ppid()) if watched.parent is None else None
            except psutil.Error:
                continue
            if parent is not None:
                watched.parent = parent
                parent.children.append(watched)

    def _admit(self, process: psutil.Process, parent: _Watched | None, before_window: bool) -> None:
        if process.pid in self._known:
            return
        watched = _Watched(process, parent)
        if not _look(watched):
            raise psutil.NoSuchProcess(process.pid)
        if before_window:
            watched.own_before, watched.reaped_before = watched.own, watched.reaped
        self._known[process.pid] = watched
        self._all.append(watched)
        if parent is not None:
            parent.children.append(watched)


def _look(watched: _Watched) -> bool:
    """Read time and memory of a process; whether it is there still."""
    process = watched.process
    try:
        if not process.is_running():
            return False
        with process.oneshot():
            times = process.cpu_times()
            resident = process.memory_info().rss
    except psutil.Error:
        return False
    watched.own = times.user + times.system
    watched.reaped = times.children_user + times.children_system
    watched.resident = resident
    return True
