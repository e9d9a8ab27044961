"""A budget that is spent stops a run: what was answered is scored, and the rest can be asked later."""

import json
from typing import TYPE_CHECKING

import pytest

from benchharness.errors import BudgetSpentError
from benchharness.runs.journal import read_responses
from benchharness.runs.run import RunStoppedError
from benchharness.runs.sessions import read_sessions

if TYPE_CHECKING:
    from tests.runs.conftest import Classroom, EngineBackend, Silent


def test_a_spent_budget_leaves_a_partial_summary_and_a_closed_session(
    classroom: "Classroom", engine: "type[EngineBackend]"
) -> None:
    with pytest.raises(RunStoppedError) as stop:
        classroom.run([classroom.sums(4)], engine(classroom.right, price=0.25, budget=5))
    error = stop.value
    assert isinstance(error, BudgetSpentError)
    assert error.exit_code == 6
    assert (error.en, error.zh) == ("The budget of 1 USD is spent.", "预算 1 USD 已用完。")
    assert error.summary == json.loads(error.folder.summary.read_text(encoding="utf-8"))
    assert error.summary["partial"] == {"available": 8, "asked": 8, "answered": 5}
    assert error.summary["costs"] == {"by_currency": {"USD": 1.25}, "complete": True}
    assert error.summary["efficiency"][-1]["costs_per_correct"] == {"USD": 0.25}
    assert len(read_responses(error.folder)) == 5
    last = read_sessions(error.folder)[-1]
    assert last.budget_spent
    assert last.wall_seconds is not None
    # One session asked all that was answered.
    assert error.summary["throughput"]["withheld"] is None
    assert error.folder.samples.is_file()


def test_the_same_command_goes_on_when_there_is_money_again(
    classroom: "Classroom", engine: "type[EngineBackend]", listener: "Silent"
) -> None:
    with pytest.raises(RunStoppedError):
        classroom.run([classroom.sums(4)], engine(classroom.right, price=0.25, budget=5))
    _, summary = classroom.run([classroom.sums(4)], engine(classroom.right, price=0.25), listener)
    assert listener.begun == [(5, 3)]
    assert summary["partial"] is None
    assert summary["costs"]["by_currency"] == {"USD": 2.0}
    assert "2 sessions" in summary["throughput"]["withheld"]["en"]


def test_a_budget_that_is_spent_before_the_first_answer_has_a_summary_too(
    classroom: "Classroom", engine: "type[EngineBackend]"
) -> None:
    with pytest.raises(RunStoppedError) as stop:
        classroom.run([classroom.sums(4)], engine(classroom.right, budget=0))
    summary = stop.value.summary
    assert summary["partial"]["answered"] == 0
    assert summary["tasks"] == summary["efficiency"] == []
    assert summary["throughput"]["withheld"]["en"] == "nothing was asked"
