"""The whole suite on a real model, end to end."""

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from tests.superclue.conftest import rows_by_task

from benchharness.backends.base import BackendOptions
from benchharness.backends.registry import create_backend
from benchharness.registry.models import resolve_model

if TYPE_CHECKING:
    from tests.superclue.conftest import Examination

NEW_TOKENS = 32
"""Enough for short answers; the rest is cut off, so that a small model on a CPU is done in a minute or two."""


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_every_task_is_asked_marked_and_summed_up(examination: "Examination", smollm2: Path, tmp_path: Path) -> None:
    reference = resolve_model(str(smollm2))
    options = BackendOptions(device="cpu", dtype="float32")
    _, summary = examination.sit_with(
        reference,
        lambda: create_backend("transformers", reference, options),
        tmp_path / "run",
        limit=1,
        new_tokens=NEW_TOKENS,
    )
    rows = rows_by_task(summary)
    languages = {"chinese_only": ["zh"], "english_only": ["en"]}
    assert sorted(rows) == sorted(
        (task, language) for task in examination.suite.all_tasks() for language in languages.get(task, ["zh", "en"])
    )
    for row in rows.values():
        assert row["items"] == sum(row["outcomes"].values()) == 1
        assert row["outcomes"]["error"] == row["outcomes"]["too_long"] == 0
    assert all(total["score"] is not None for total in summary["totals"])
    assert summary["throughput"]["tokens_per_second"] > 0
