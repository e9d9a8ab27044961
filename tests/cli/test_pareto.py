"""``benchharness pareto``: runs side by side."""

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.cli.conftest import Desk


def ask(desk: "Desk", model: str, answer: str, *arguments: str) -> str:
    student = ["--model", model, "--backend", "scripted", "--option", f"default={answer}"]
    tasks = ["--tasks", "colours.yaml", "--languages", "zh", "--output", model]
    assert desk.command("run", *student, *tasks, *arguments).code == 0
    return model


@pytest.mark.parametrize("language", ["en", "zh"])
def test_runs_stand_side_by_side(desk: "Desk", language: str) -> None:
    runs = [ask(desk, "one", "A"), ask(desk, "two", "none")]
    shown = desk.command("pareto", *runs, language=language)
    assert shown.code == 0
    assert shown.err == ""
    for words in ("one", "two", "25.0", "★", "Pareto" if language == "en" else "帕累托"):
        assert words in shown.out
    document = desk.command("pareto", *runs, "--json").json
    assert document["schema"] == "benchharness.pareto/1"
    rows = {row["run"]: row for row in document["groups"][0]["rows"]}
    assert set(rows) == {"one", "two"}
    assert rows["one"]["pareto"] is True


def test_by_task_names_the_task(desk: "Desk") -> None:
    document = desk.command("pareto", ask(desk, "one", "A"), "--by", "task", "--json").json
    assert [(group["task"], group["language"]) for group in document["groups"]] == [("colours", "zh")]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_runs_of_other_questions_are_refused(desk: "Desk", language: str) -> None:
    runs = [ask(desk, "one", "A"), ask(desk, "two", "A", "--shots", "0")]
    refused = desk.command("pareto", *runs, language=language)
    assert refused.code == 2
    assert "protocol: default ≠ default shots=0" in refused.err
    assert ("did not ask the same" if language == "en" else "提问内容不同") in refused.err


def test_a_folder_that_is_no_run_is_an_error(desk: "Desk") -> None:
    assert desk.command("pareto", "nothing").code == 2
    assert desk.command("pareto").code == 2
    assert desk.command("pareto", "nothing", "--by", "colour").code == 2


def test_pareto_loads_nothing_heavy(desk: "Desk") -> None:
    ask(desk, "one", "A")
    done = desk.fresh("pareto", "one")
    assert done.code == 0
    assert not {"torch", "transformers", "datasets"} & set(done.loaded)
