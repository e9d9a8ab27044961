"""Resident memory of this process, as Linux counts it in ``/proc`` (see proc(5): clear_refs, status)."""

from pathlib import Path

from bench.wire import Memory

_STATUS = Path("/proc/self/status")
_CLEAR = Path("/proc/self/clear_refs")
_RESET_PEAK = "5"


class MemoryWatch:
    """Takes the highest resident memory from its making on."""

    def __init__(self) -> None:
        self._before: int | None = None
        try:
            _CLEAR.write_text(_RESET_PEAK, encoding="ascii")
            self._before = _status_bytes("VmRSS")
        except OSError:
            # Another system, or one that does not let a process reset its peak: there is nothing to tell.
            return

    def read(self) -> Memory | None:
        """Return memory at the beginning and its peak since, in bytes; ``None`` where the system does not tell."""
        return None if self._before is None else {"before": self._before, "peak": _status_bytes("VmHWM")}


def _status_bytes(field: str) -> int:
    for line in _STATUS.read_text(encoding="ascii").splitlines():
        name, _, value = line.partition(":")
        if name == field:
            return int(value.removesuffix("kB")) * 1024
    raise OSError(f"{_STATUS} has no {field}")
