"""``vllm bench serve`` and benchharness, each asking a server whose every chunk comes at a known moment.

On such a server the figures of both can be held against each other to the millisecond, which no model allows: what it
takes varies by more from one time to the next.
"""

import os
import statistics
import sys
from pathlib import Path

import pytest
from tests.backends.openai.schedule_server import MODEL, Schedule, ScheduleServer

import compare_vllm_bench as script
from benchharness.registry.models import resolve_model

pytestmark = [pytest.mark.vllm, pytest.mark.enable_socket, pytest.mark.timeout(600)]

GAPS = (0.008, 0.009, 0.010, 0.011, 0.012, 0.014, 0.018, 0.024, 0.040)
TOKENS = 2 * len(GAPS) + 1
# Nine of each, so that a median lies in the middle of equal values, where a late answer does not move it.
SCHEDULES = [
    Schedule(0.06 + 0.03 * number, tuple(GAPS[(number + place) % len(GAPS)] for place in range(TOKENS - 1)))
    for number in range(9)
]
MILLISECONDS = 2.0
SHARE = 0.02


def expected() -> dict[str, float]:
    """The medians in milliseconds; both sides ask for every schedule equally often."""
    spans = [schedule.moments[-1] - schedule.first for schedule in SCHEDULES]
    medians = {
        "ttft": statistics.median(schedule.first for schedule in SCHEDULES),
        "tpot": statistics.median(span / (TOKENS - 1) for span in spans),
        "itl": statistics.median(gap for schedule in SCHEDULES for gap in schedule.gaps),
        "e2e": statistics.median(schedule.moments[-1] for schedule in SCHEDULES),
    }
    return {name: value * 1000 for name, value in medians.items()}


def test_both_see_the_schedule_and_so_the_same(smollm2: Path) -> None:
    shape = script.Shape(input=32, output=TOKENS, concurrency=4, requests=8 * len(SCHEDULES))
    executable = os.environ.get("BENCHHARNESS_VLLM") or sys.executable
    with ScheduleServer(SCHEDULES) as server:
        target = script.Target(server.base_url, "none", MODEL, smollm2)
        rounds = script.measure_in_turn(target, resolve_model(str(smollm2)), executable, shape, rounds=2)
    for name, value in expected().items():
        # A machine that is busy can only add to a time.
        theirs, ours = (min(one[side][name] for one in rounds) for side in ("vllm_bench", "benchharness"))
        assert min(theirs, ours) > value - MILLISECONDS, name
        assert ours == pytest.approx(theirs, rel=SHARE, abs=MILLISECONDS), name
    for name in ("requests_per_second", "output_tokens_per_second"):
        theirs, ours = (max(one[side][name] for one in rounds) for side in ("vllm_bench", "benchharness"))
        assert ours == pytest.approx(theirs, rel=SHARE), name
