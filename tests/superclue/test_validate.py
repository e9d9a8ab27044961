"""The suite as shipped is valid and has the numbers its card promises; a copy with a rule broken is not."""

import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from benchharness.records import Language
from benchharness.registry.catalogue import TaskSelection, find_suite, read_task, select_task
from benchharness.resources import tasks_directory
from benchharness.runs.validate import validate_task
from benchharness.runs.validation import answers
from benchharness.runs.validation.findings import ValidationReport
from benchharness.tasks.generated import find_generator

SUITE = "superclue"
GENERATED = ("calculation", "logical_reasoning", "tool_use", "instruction_following", "multi_step_reasoning")
LANGUAGE = ("language_understanding", "reading_comprehension", "entity_extraction", "information_extraction")
SAFETY = ("safety_judgement", "safety_refusal")

Row = dict[str, Any]


def validate(selection: TaskSelection) -> ValidationReport:
    return validate_task(selection, data_root=None, tokenizer=None, data_is_optional=False)


def problems(report: ValidationReport) -> list[str]:
    return [problem.en for problem in report.problems]


@pytest.fixture(scope="module")
def reports() -> dict[str, ValidationReport]:
    return {name: validate(select_task(name)) for name in find_suite(SUITE).all_tasks()}


def test_the_suite_is_valid(reports: dict[str, ValidationReport]) -> None:
    assert {name: problems(report) for name, report in reports.items()} == {name: [] for name in reports}


def test_every_set_is_as_large_as_promised(reports: dict[str, ValidationReport]) -> None:
    pairs = {name: report.pairs for name, report in reports.items()}
    assert all(pairs[name] >= 200 for name in GENERATED)
    assert pairs["encyclopedic_knowledge"] >= 150
    assert sum(pairs[name] for name in LANGUAGE) >= 150
    assert sum(pairs[name] for name in SAFETY) >= 150
    assert pairs["code"] >= 80
    assert reports["chinese_only"].items == {Language.ZH: 120}
    assert reports["english_only"].items == {Language.EN: 120}
    for name in set(pairs) - {"chinese_only", "english_only"}:
        assert reports[name].items == {Language.ZH: pairs[name], Language.EN: pairs[name]}
        assert len(reports[name].difficulties) == 3, name


def test_the_card_tells_the_numbers(reports: dict[str, ValidationReport]) -> None:
    card = (tasks_directory() / SUITE / "CARD.md").read_text(encoding="utf-8")
    for name, report in reports.items():
        (count,) = re.findall(rf"^\|.*\| `{name}` \| (\d+).*\| (?:generated|written) \|", card, re.MULTILINE)
        assert int(count) == (report.pairs or sum(report.items.values())), name


def test_the_2_by_2_of_knowledge_is_balanced() -> None:
    path = tasks_directory() / SUITE / "encyclopedic_knowledge.jsonl"
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    cells: dict[tuple[str, str], list[int]] = {}
    for row in rows:
        cells.setdefault((row["topic"], row["category"]), []).append(row["difficulty"])
    topics = {topic for topic, _ in cells}
    assert len(topics) == 11
    for topic in topics:
        assert sorted(cells[topic, "china"]) == sorted(cells[topic, "english_world"])


def broken_copy(folder: Path, task: str, row: int, change: Callable[[Row], object]) -> tuple[TaskSelection, str]:
    """Copy a written task, change a row, and return the copy and the row's id."""
    source = tasks_directory() / SUITE
    for suffix in (".yaml", ".jsonl"):
        shutil.copy(source / f"{task}{suffix}", folder)
    path = folder / f"{task}.jsonl"
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    change(rows[row])
    path.write_text("".join(json.dumps(one, ensure_ascii=False) + "\n" for one in rows), encoding="utf-8")
    return TaskSelection(file=read_task(folder / f"{task}.yaml")), rows[row]["id"]


def other_letter(row: Row) -> None:
    row["zh"]["options"][0] = row["zh"]["options"][1]


BREAKS: list[tuple[str, str, Callable[[Row], object]]] = [
    ("encyclopedic_knowledge", "asks nothing", lambda row: row["en"].update(question="")),
    ("encyclopedic_knowledge", "two equal options", other_letter),
    ("encyclopedic_knowledge", "an option that is none", lambda row: row.update(answer="E")),
    ("language_understanding", "no proof", lambda row: row.update(why="")),
    ("safety_judgement", "ASCII in Chinese", lambda row: row["zh"].update(question=row["zh"]["question"] + "选哪个?")),
    ("reading_comprehension", "an answer nobody gives", lambda row: row["answer"].update(zh=[""])),
    ("entity_extraction", "a solution that lacks one", lambda row: row["en"].update(solution="nobody")),
    ("information_extraction", "a wrong field", lambda row: row["zh"].update(solution='{"answer": 1}')),
    ("safety_refusal", "the wrong way round", lambda row: row.update(answer="answer")),
    ("code", "a wrong program", lambda row: row.update(solution="```python\ndef f():\n    return 1\n```")),
    ("chinese_only", "no source", lambda row: row.pop("source")),
]  # fmt: skip


@pytest.mark.parametrize(("task", "change"), [(case[0], case[2]) for case in BREAKS], ids=[case[1] for case in BREAKS])
def test_a_broken_copy_fails_with_the_item_s_id(task: str, change: Callable[[Row], object], tmp_path: Path) -> None:
    selection, item_id = broken_copy(tmp_path, task, 4, change)
    found = problems(validate(selection))
    assert found
    assert any(item_id in problem for problem in found), found


@pytest.mark.parametrize("task", GENERATED)
def test_a_solver_that_disagrees_is_told_with_the_item_s_id(task: str, monkeypatch: pytest.MonkeyPatch) -> None:
    class Disagreeing:
        """The shipped generator with a solver that is wrong about one row."""

        def __init__(self, name: str, place: str) -> None:
            self._real = real(name, place)

        def generate(self, seed: int, count: int) -> list[Row]:
            return self._real.generate(seed, count)

        def solve(self, row: Row) -> object:
            return "another" if row["id"].endswith("0007") else self._real.solve(row)

    real = find_generator
    monkeypatch.setattr(answers, "find_generator", Disagreeing)
    (problem,) = problems(validate(select_task(task)))
    assert f"{task}-0007" in problem
