"""What reading a prompt took, by the times that vLLM keeps of a request."""

from types import SimpleNamespace

import pytest

from benchharness.backends.vllm.jobs import prefill_seconds


@pytest.mark.parametrize(
    ("metrics", "seconds"),
    [
        # It waited 5 seconds for its turn, which is no part of it.
        (SimpleNamespace(queued_ts=10.0, scheduled_ts=15.0, first_token_ts=15.75), 0.75),
        (SimpleNamespace(queued_ts=10.0, scheduled_ts=15.0, first_token_ts=0.0), None),
        (SimpleNamespace(queued_ts=0.0, scheduled_ts=0.0, first_token_ts=3.0), None),
        (SimpleNamespace(), None),
        (None, None),
    ],
)
def test_prefill_is_from_the_first_work_to_the_first_token(metrics: object, seconds: float | None) -> None:
    assert prefill_seconds(metrics) == seconds
