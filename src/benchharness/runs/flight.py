"""Requests in flight: whose time it was, where a backend works on several requests at once."""

from collections import Counter, defaultdict
from collections.abc import Hashable, Mapping, Sequence
from itertools import pairwise
from typing import TypeVar

KeyT = TypeVar("KeyT", bound=Hashable)

Span = tuple[float, float]
"""When a request was handed over and when its answer was there, in seconds of one clock."""

MOST_MIXED = 0.1
"""Largest share of a part's time in which requests of others may be in flight too. Then its time is its own, to within
that share, whatever the others took."""


def own_seconds(spans: Mapping[KeyT, Sequence[Span]]) -> dict[KeyT, float | None]:
    """Return the seconds in which requests of each part were in flight.

    While requests of several parts are in flight, the time is shared by their numbers, which is a guess: a part of
    which more than ``MOST_MIXED`` of the time is such has ``None``.

    Args:
        spans: by part.
    """
    moments = sorted(
        moment
        for part, of_part in enumerate(spans.values())
        for begin, end in of_part
        if end > begin
        for moment in ((begin, part, 1), (end, part, -1))
    )
    flying: Counter[int] = Counter()
    total: defaultdict[int, float] = defaultdict(float)
    mixed: defaultdict[int, float] = defaultdict(float)
    for (now, part, change), (later, _, _) in pairwise(moments):
        flying[part] += change
        aloft = {other: count for other, count in flying.items() if count}
        for other, count in aloft.items():
            seconds = (later - now) * count / sum(aloft.values())
            total[other] += seconds
            mixed[other] += seconds if len(aloft) > 1 else 0.0
    return {
        part: total[number] if total[number] and mixed[number] <= MOST_MIXED * total[number] else None
        for number, part in enumerate(spans)
    }
