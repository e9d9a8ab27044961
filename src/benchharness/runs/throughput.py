"""Throughput as evaluated (kind A): what the scoring run got through in the backend's wall time.

Tokens are counted as the hardware sees them: prompt and continuation tokens that were really computed, plus tokens
generated. Characters are counted as a reader sees them: every prompt once, its continuations, and what was said.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from benchharness.records import Language, Response, Segment
from benchharness.runs.folder import RunFolder
from benchharness.runs.journal import AskedItem, SessionLine, read_responses
from benchharness.text.script import character_count


@dataclass(slots=True)
class _Work:
    """Sums over responses."""

    items: int = 0
    computed_tokens: int = 0
    generated_tokens: int = 0
    characters: int = 0
    seconds: float | None = 0.0

    def add(self, asked: AskedItem, response: Response, segments: Iterable[Segment], *, items: int) -> None:
        self.items += items
        self.computed_tokens += response.computed_tokens
        self.generated_tokens += response.generated_tokens
        texts = (*(s.text for s in segments), *(c.text for c in asked.continuations), response.text)
        self.characters += sum(map(character_count, (*texts, response.reasoning or "")))
        known = self.seconds is not None and response.seconds is not None
        self.seconds = self.seconds + response.seconds if known else None  # type: ignore[operator]

    def counts(self) -> dict[str, Any]:
        return {
            "items": self.items,
            "computed_tokens": self.computed_tokens,
            "generated_tokens": self.generated_tokens,
            "characters": self.characters,
        }

    def rates(self, seconds: float | None) -> dict[str, Any]:
        tokens = self.computed_tokens + self.generated_tokens
        return {
            "tokens_per_second": tokens / seconds if seconds else None,
            "characters_per_second": self.characters / seconds if seconds else None,
            "items_per_second": self.items / seconds if seconds else None,
        }


def summarise_throughput(
    folder: RunFolder, tasks: Iterable[tuple[str, Sequence[AskedItem]]], sessions: Sequence[SessionLine]
) -> dict[str, Any]:
    """Return the throughput of a run, or the reason why there is none.

    A rate is given only where one uninterrupted session asked everything: across a resume, neither the time of
    the killed session is known nor the same work measured.
    """
    total = _Work()
    spent = 0.0
    by_part: dict[tuple[str, Language], _Work] = {}
    sessions_seen: set[int] = set()
    counted: set[str] = set()
    responses = read_responses(folder)
    for task, asked_items in tasks:
        for asked in asked_items:
            asks = [(asked.key, asked.segments)]
            if asked.unconditional is not None:
                asks.append((asked.unconditional.key, asked.unconditional.segments))
            for number, (key, segments) in enumerate(asks):
                line = responses.get(key)
                # Two items that ask the very same are asked once.
                if line is None or key in counted:
                    continue
                counted.add(key)
                sessions_seen.add(line.session)
                spent += line.response.seconds or 0.0
                for work in (total, by_part.setdefault((task, asked.item.language), _Work())):
                    work.add(asked, line.response, segments, items=int(number == 0))
    wall, withheld = _wall_seconds(sessions_seen, sessions)
    # Workers side by side spend more seconds than the clock shows; a part's time is then its share of the clock's.
    at_once = max(1.0, spent / wall) if wall else 1.0
    by_task = []
    for (task, language), work in by_part.items():
        share = work.seconds / at_once if wall is not None and work.seconds is not None else None
        by_task.append({"task": task, "language": language.value, **work.counts(), **work.rates(share)})
    return {
        **total.rates(wall),
        "wall_seconds": wall,
        **total.counts(),
        "withheld": withheld,
        "workers": max((line.workers for line in sessions), default=1),
        "worker_deaths": sum(line.worker_deaths for line in sessions),
        "by_task": by_task,
    }


def _wall_seconds(seen: set[int], sessions: Sequence[SessionLine]) -> tuple[float | None, dict[str, str] | None]:
    finished = {line.session: line.wall_seconds for line in sessions if line.wall_seconds is not None}
    if len(seen) == 1:
        wall = finished.get(next(iter(seen)))
        if wall is not None:
            return wall, None
        reason = {"en": "the session that asked was cut off before its end", "zh": "提问的会话在结束前中断"}
    elif not seen:
        reason = {"en": "nothing was asked", "zh": "没有提问"}
    else:
        reason = {
            "en": f"the responses come from {len(seen)} sessions (the run was resumed or extended)",
            "zh": f"结果来自 {len(seen)} 个会话（运行曾中断后继续，或增加过题目）",
        }
    return None, reason


def peak_memory(sessions: Sequence[SessionLine]) -> dict[str, int | None]:
    """Return the highest use of memory over all sessions, in bytes, and how often it ran out."""
    process = [line.peak_process_bytes for line in sessions if line.peak_process_bytes is not None]
    device = [line.peak_device_bytes for line in sessions if line.peak_device_bytes is not None]
    batch_tokens = [line.batch_tokens for line in sessions if line.batch_tokens is not None]
    return {
        "peak_process_bytes": max(process, default=None),
        "peak_device_bytes": max(device, default=None),
        "batch_tokens": max(batch_tokens, default=None),
        "out_of_memory": sum(line.out_of_memory for line in sessions),
    }
