"""Memory of this process and of its accelerators."""

import re
import resource
import sys
from pathlib import Path

_STATUS = Path("/proc/self/status")
_RESTART = Path("/proc/self/clear_refs")
_highest = 0
"""What the kernel has forgotten by ``restart_process_peak``."""


def peak_process_bytes() -> int:
    """Return the highest resident memory of this process so far, in bytes."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    # Linux counts kibibytes, macOS bytes.
    return max(_highest, peak if sys.platform == "darwin" else peak * 1024)


def restart_process_peak() -> int | None:
    """Return the highest resident memory since the last call, in bytes, and let the kernel begin anew.

    Returns:
        ``None`` where the kernel cannot: Linux alone does (``/proc/self/clear_refs``), and not in every container.
    """
    global _highest
    try:
        found = re.search(r"^VmHWM:\s+(\d+) kB", _STATUS.read_text(encoding="ascii", errors="replace"), re.MULTILINE)
        if found is None:
            return None
        peak = int(found.group(1)) * 1024
        # The two do not count pages at the same moment.
        before = max(peak, peak_process_bytes())
        # 5 resets the peak of resident memory; see proc(5).
        _RESTART.write_text("5", encoding="ascii")
    except OSError:
        return None
    _highest = before
    return peak
