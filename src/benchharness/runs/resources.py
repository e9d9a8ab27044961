"""Resources: memory, energy and money that a run took, over its sessions."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from benchharness.runs.sessions import Reason, SessionLine
from benchharness.runs.throughput import Time

NOT_RECORDED: Reason = {"en": "the session did not record it", "zh": "该会话未记录能耗"}


def summarise_memory(sessions: Sequence[SessionLine]) -> dict[str, Any]:
    """Return the highest use of memory over all sessions, in bytes, and how often it ran out."""
    process = [line.peak_process_bytes for line in sessions if line.peak_process_bytes is not None]
    device = [line.peak_device_bytes for line in sessions if line.peak_device_bytes is not None]
    batch_tokens = [line.batch_tokens for line in sessions if line.batch_tokens is not None]
    parts: dict[str, int] = {}
    for line in sessions:
        parts |= {name: max(size, parts.get(name, 0)) for name, size in line.device_parts.items()}
    return {
        "peak_process_bytes": max(process, default=None),
        "peak_device_bytes": max(device, default=None),
        "device_parts": parts,
        "batch_tokens": max(batch_tokens, default=None),
        "out_of_memory": sum(line.out_of_memory for line in sessions),
        "preemptions": sum(line.preemptions for line in sessions),
    }


def summarise_energy(time: Time) -> dict[str, Any]:
    """Return the energy of the session that asked everything, or the reason why there is none.

    Args:
        time: the wall time of the run; without any there is no energy either, for the same reason.
    """
    line = time.asking.line
    withheld = time.withheld
    if line is not None and line.energy_joules is None:
        withheld = dict(line.energy_withheld or NOT_RECORDED)
    reading = (line.reading if line is not None else None) or {}
    remarks = [one for one in reading.get("unmeasured", ()) if one["what"] in ("energy_joules", "devices")]
    return {
        "joules": line.energy_joules if line is not None else None,
        "net_joules": line.net_joules if line is not None else None,
        "idle_watts": line.idle_watts if line is not None else None,
        "processor_joules": reading.get("cpu_joules"),
        "devices": line.devices if line is not None else None,
        "withheld": withheld,
        "remarks": [] if withheld is not None else remarks,
    }


def summarise_costs(sessions: Sequence[SessionLine]) -> dict[str, Any]:
    """Return what servers charged over all sessions, and whether all of them lived to tell."""
    charged: Counter[str] = Counter()
    for line in sessions:
        charged.update(line.costs)
    begun = {line.session for line in sessions}
    ended = {line.session for line in sessions if line.is_end}
    return {"by_currency": dict(charged), "complete": begun == ended}
