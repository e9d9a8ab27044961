"""The thirteen tasks as they are declared, and items of each from end to end."""

import json
from pathlib import Path
from typing import Any

import pytest

from benchharness.records import FinishReason, Item, Language, Response
from benchharness.registry.catalogue import find_suite, select_task
from benchharness.registry.protocols import find_protocol
from benchharness.runs.build import BuildRequest, iterate_items
from benchharness.runs.scoring import TaskScorer
from benchharness.scorers.base import Sample
from benchharness.scorers.ruler import score
from benchharness.tasks.long_context.lengths import Sweep
from benchharness.tasks.prompts import PromptBuilder

Rows = list[dict[str, Any]]
TASKS = find_suite("ruler").all_tasks()
LENGTH = 16384
TOKENS = {"niah": 128, "vt": 30, "cwe": 120, "fwe": 50, "qa": 32}
OPTIONS = {
    "niah_single_1": {"haystack": "noise", "key": "words", "value": "numbers"},
    "niah_single_2": {"haystack": "essay", "key": "words", "value": "numbers"},
    "niah_single_3": {"haystack": "essay", "key": "words", "value": "uuids"},
    "niah_multikey_1": {"haystack": "essay", "key": "words", "value": "numbers", "keys": 4},
    "niah_multikey_2": {"haystack": "needle", "key": "words", "value": "numbers"},
    "niah_multikey_3": {"haystack": "needle", "key": "uuids", "value": "uuids"},
    "niah_multivalue": {"haystack": "essay", "key": "words", "value": "numbers", "values": 4},
    "niah_multiquery": {"haystack": "essay", "key": "words", "value": "numbers", "keys": 4, "queries": 4},
    "vt": {"chains": 1, "hops": 4},
    "cwe": {"words": 10, "common": 30, "uncommon": 3},
    "fwe": {"words": 3, "alpha": 2.0},
    "qa_1": {"companions": 4},
    "qa_2": {"companions": 8},
}


@pytest.fixture
def mirror(tmp_path: Path, squad_rows: Rows, hotpot_rows: Rows) -> Path:
    for name, rows in (("rajpurkar/squad_v2", squad_rows), ("hotpotqa/hotpot_qa/distractor", hotpot_rows)):
        path = tmp_path / name / "validation.jsonl"
        path.parent.mkdir(parents=True)
        path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return tmp_path


def build(task: str, mirror: Path, items: int = 2) -> list[dict[str, Any]]:
    sweep = Sweep(lengths=(LENGTH,))
    request = BuildRequest(select_task(task), [Language.EN], sweep, "bytes", "plain", items, mirror)
    return list(iterate_items(request))


def test_the_suite_is_rulers_thirteen_tasks_with_equal_weights() -> None:
    assert [task.removeprefix("ruler_") for task in TASKS] == list(OPTIONS)
    weights = find_suite("ruler").parts()[0].weights
    assert weights == pytest.approx(dict.fromkeys(TASKS, 1 / 13))


def test_the_protocol_opens_the_answer_and_does_not_think() -> None:
    protocol = find_protocol("ruler")
    assert (protocol.template, protocol.opens_answer, protocol.thinking) == ("auto", True, "off")


@pytest.mark.parametrize("name", OPTIONS)
def test_a_task_is_declared_with_rulers_numbers(name: str) -> None:
    spec = select_task(f"ruler_{name}").spec
    assert spec.languages == (Language.EN,)
    assert spec.source.options == OPTIONS[name]
    assert spec.source.count == 500
    assert spec.generate is not None
    assert (spec.generate.max_new_tokens, spec.generate.temperature) == (TOKENS[name.split("_")[0]], 0)
    assert spec.scorer.options == {"match": "part" if name.startswith("qa") else "all"}
    assert spec.prompt[Language.EN].answer_prefix


@pytest.mark.parametrize("task", TASKS)
def test_items_meet_their_length_and_their_solution_is_right(task: str, mirror: Path) -> None:
    spec = select_task(task).spec
    scorer = TaskScorer(spec, task)
    rows = build(task, mirror)
    assert len(rows) == 2
    for row in rows:
        assert 0 <= row["budget"] - row["tokens"] <= 8
        assert row["tokens"] == len(row["prompt"].encode())
        assert row["question"] in row["prompt"]
        item = Item(row["id"], Language.EN, row["target"], "c", {})
        scorer.check(item)
        references = [forms[0] for forms in row["target"]["en"]]
        assert scorer.mark(item, "They are: " + "; ".join(references).upper()).value == 1
        assert scorer.mark(item, "I do not know.").value == 0
        # What is asked for stands in the text, but for answers such as yes.
        assert all(reference in row["prompt"] for reference in references if reference != "yes")
        first = Sample(item, Response("", FinishReason.STOP, text=references[0]))
        assert score(first, match="part").value == 1


@pytest.mark.parametrize("task", [task for task in TASKS if task != "ruler_fwe"])
def test_no_two_items_of_a_haystack_are_the_same(task: str, mirror: Path) -> None:
    rows = build(task, mirror)
    assert rows[0]["haystack"] == rows[1]["haystack"]
    assert rows[0]["prompt"] != rows[1]["prompt"]


def test_a_worked_example_stands_before_the_list_and_the_chain(mirror: Path) -> None:
    for task in ("ruler_cwe", "ruler_vt"):
        prompt = build(task, mirror, 1)[0]["prompt"]
        questions = [place for place in range(len(prompt)) if prompt.startswith("Question:", place)]
        answers = [place for place in range(len(prompt)) if prompt.startswith("Answer:", place)]
        assert len(questions) == len(answers) == 2
        assert questions[0] < answers[0] < questions[1] < answers[1]
        assert prompt.endswith(":")


def test_in_a_chat_the_answer_goes_on_from_the_prefix_in_the_assistants_turn(mirror: Path) -> None:
    file = select_task("ruler_niah_multiquery").file
    row = build("ruler_niah_multiquery", mirror, 1)[0]
    item = Item("1", Language.EN, row["target"], "c", {"passage": "…", "question": row["question"]})
    opened = PromptBuilder(file, "chat", "turns", opens_answer=True).messages(item, ())
    assert opened[-1].role.value == "assistant"
    assert opened[-1].content == f"The secret numbers kept under {row['question']} in the text above are"
    assert [message.role.value for message in PromptBuilder(file, "chat", "turns").messages(item, ())] == ["user"]
