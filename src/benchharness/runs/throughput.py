"""Throughput as evaluated (kind A): what the scoring run got through in the backend's wall time."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple, TypeVar

from benchharness.records import Language
from benchharness.runs.flight import own_seconds
from benchharness.runs.latency import summarise_latency
from benchharness.runs.sessions import Asking, Reason, SessionLine, asking_session
from benchharness.runs.work import RunWork, Work

KeyT = TypeVar("KeyT")

UNTOLD: Reason = {
    "en": "the backend does not tell how long each request took; a run in one language (--languages) has its rate",
    "zh": "后端不提供每个请求的用时；可用 --languages 单独运行一种语言以得到其速率",
}
TOGETHER: Reason = {
    "en": "requests in both languages were in flight at once, so that neither has a time of its own;"
    " a run in one language (--languages) has its rate",
    "zh": "两种语言的请求同时在处理，无法分别计时；可用 --languages 单独运行一种语言以得到其速率",
}


class Time(NamedTuple):
    """The wall time of a run and how it is shared, or why there is none.

    Attributes:
        asking: the session that asked everything.
        wall: its seconds in the backend; ``None`` if rates are withheld.
        parts: seconds of each task and language; ``None`` where they cannot be told.
        languages: seconds of each language, likewise.
    """

    asking: Asking
    wall: float | None
    parts: Mapping[tuple[str, Language], float | None]
    languages: Mapping[Language, float | None]

    @property
    def withheld(self) -> Reason | None:
        """Why there is no wall time."""
        return self.asking.withheld


def share_time(work: RunWork, sessions: Sequence[SessionLine]) -> Time:
    """Return the wall time of a run, shared among tasks and languages.

    Whatever is all there is has all the time. Else it is shared by the time of the responses; workers side by side
    spend more seconds than the clock shows, and a part's time is then its share of the clock's. Of a backend that
    takes requests while it works on others, a part has the time in which its requests were in flight, if those of
    others hardly were; see ``own_seconds``.
    """
    asking = _without_earlier_caches(asking_session(work.sessions, sessions), work.served)
    wall = asking.line.wall_seconds if asking.line is not None else None
    languages = {language: work.total(language) for language in work.languages}
    if wall is None:
        return Time(asking, None, dict.fromkeys(work.parts), dict.fromkeys(languages))
    polls = asking.begun is not None and asking.begun.polls
    share = _by_flight if polls else _by_responses
    return Time(asking, wall, share(work.parts, wall), share(languages, wall))


def _by_responses(parts: Mapping[KeyT, Work], wall: float) -> dict[KeyT, float | None]:
    if len(parts) == 1:
        return dict.fromkeys(parts, wall)
    spent = sum(part.seconds or 0.0 for part in parts.values())
    at_once = max(1.0, spent / wall) if wall else 1.0
    return {key: None if part.seconds is None else part.seconds / at_once for key, part in parts.items()}


def _by_flight(parts: Mapping[KeyT, Work], wall: float) -> dict[KeyT, float | None]:
    if len(parts) == 1:
        return dict.fromkeys(parts, wall)
    spans = {key: part.spans for key, part in parts.items() if part.spans is not None}
    # Of what is not told, nobody knows with whom it was in flight.
    return dict.fromkeys(parts) if len(spans) < len(parts) else {**own_seconds(spans)}


def _without_earlier_caches(asking: Asking, served: int) -> Asking:
    """Withhold rates where a cache served more than the session itself can have put there."""
    most = asking.begun.cacheable_tokens if asking.begun is not None else None
    if asking.line is None or most is None or served <= most:
        return asking
    reason = {
        "en": f"a cache that was filled before served {served - most} prompt tokens or more"
        " (of earlier runs, or of requests that were asked again)",
        "zh": f"至少有 {served - most} 个提示词元由运行之前已有的缓存提供（来自先前的运行或重试的请求）",
    }
    return Asking(None, asking.begun, reason)


def summarise_throughput(work: RunWork, time: Time, sessions: Sequence[SessionLine]) -> dict[str, Any]:
    """Return the throughput of a run, or the reason why there is none.

    Args:
        work: what it got through.
        time: what that took.
        sessions: the lines of its sessions.
    """
    total = work.total()
    return {
        **total.rates(time.wall),
        "wall_seconds": time.wall,
        **total.counts(),
        "latency": _latency(total, time),
        "withheld": time.withheld,
        "workers": max((line.workers for line in sessions), default=1),
        "worker_deaths": sum(line.worker_deaths for line in sessions),
        "by_language": [
            {
                "language": language.value,
                "seconds": time.languages[language],
                **_row(work.total(language), time.languages[language], time),
                "withheld": withheld_of(time, language),
            }
            for language in work.languages
        ],
        "by_task": [
            {"task": task, "language": language.value, **_row(part, time.parts[task, language], time)}
            for (task, language), part in work.parts.items()
        ],
    }


def withheld_of(time: Time, language: Language | None) -> Reason | None:
    """Return why a language, or with ``None`` the whole run, has no seconds; ``None`` if it has."""
    if time.withheld is not None or language is None:
        return time.withheld
    if time.languages.get(language) is not None:
        return None
    return TOGETHER if time.asking.begun is not None and time.asking.begun.polls else UNTOLD


def _row(work: Work, seconds: float | None, time: Time) -> dict[str, Any]:
    return {**work.counts(), **work.rates(seconds), "latency": _latency(work, time)}


def _latency(work: Work, time: Time) -> dict[str, Any] | None:
    return None if time.withheld is not None else summarise_latency(work.latencies)
