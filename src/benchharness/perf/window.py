"""What goes on at a time during a pass: how many requests are being answered, and the part of it without ramps."""

from collections.abc import Sequence
from itertools import accumulate
from typing import NamedTuple

from benchharness.perf.passes import Answer, PassRecord
from benchharness.perf.request import Load
from benchharness.records import Timing


class Span(NamedTuple):
    """When a request was being answered, by ``time.perf_counter``."""

    begin: float
    end: float


def concurrency_peak(record: PassRecord) -> int | None:
    """Return the most requests that were with the backend at the same time; ``None`` where times are not told."""
    spans = [_sent_span(answer.response.timing) for answer in _timed(record)]
    return highest(spans)[1] if spans else None


def ramp_free_window(record: PassRecord, load: Load) -> dict[str, float] | None:
    """Return rates over the part of a pass in which all slots were full.

    It begins when as many requests are at work as ever are, and ends when the last one begins, so that none waits any
    more. In a closed loop a request is at work from when it is sent; where all arrive at once, and the engine decides
    how many it takes, from its first token.

    Returns:
        ``seconds``, ``requests_per_second`` and ``output_tokens_per_second``; ``None`` where times are not told, or
        there is no such part: too few requests for one of them to wait.
    """
    answers = _timed(record)
    span_of = _generating_span if load.concurrency is None else _sent_span
    spans = [span_of(answer.response.timing) for answer in answers]
    lasting = [span for span in spans if span.end > span.begin]
    if not lasting or load.concurrency == len(answers):
        return None
    begin = highest(lasting)[0]
    end = max(span.begin for span in spans)
    if end <= begin:
        return None
    stamps = [stamp for answer in answers for stamp in token_stamps(answer)]
    finished = sum(begin < span.end <= end for span in spans)
    return {
        "seconds": end - begin,
        "requests_per_second": finished / (end - begin),
        "output_tokens_per_second": sum(tokens for at, tokens in stamps if begin < at <= end) / (end - begin),
    }


def highest(spans: Sequence[Span]) -> tuple[float, int]:
    """Return when as many spans overlap as ever do, for the first time, and how many these are.

    A span that begins when another ends does not overlap it.
    """
    changes = sorted([(span.begin, 1) for span in spans] + [(span.end, -1) for span in spans])
    counts = list(accumulate(change for _, change in changes))
    most = max(counts)
    return changes[counts.index(most)][0], most


def token_stamps(answer: Answer) -> list[tuple[float, float]]:
    """Return when the tokens of an answer came, by ``time.perf_counter``, as moments with a number of tokens.

    A server's chunk may hold several tokens; all chunks count as holding equally many. Where only the first and the
    last are known, tokens came evenly between them.
    """
    timing, tokens = answer.response.timing, answer.response.generated_tokens
    assert timing is not None
    if not tokens:
        return []
    even = ((timing.last - timing.first) / (tokens - 1),) * (tokens - 1) if tokens > 1 else ()
    gaps = timing.gaps or even
    moments = accumulate(gaps, initial=timing.sent + timing.first)
    return [(moment, tokens / (len(gaps) + 1)) for moment in moments]


def _timed(record: PassRecord) -> list[Answer]:
    return [answer for answer in record.answers if not answer.failed and answer.response.timing is not None]


def _sent_span(timing: Timing | None) -> Span:
    assert timing is not None
    return Span(timing.sent, timing.sent + timing.last)


def _generating_span(timing: Timing | None) -> Span:
    assert timing is not None
    return Span(timing.sent + timing.first, timing.sent + timing.last)
