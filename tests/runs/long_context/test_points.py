"""Points, read from a run folder."""

import json
from typing import TYPE_CHECKING, Any

import pytest

from benchharness.backends.scripted import ScriptedBackend
from benchharness.errors import InputError
from benchharness.records import Language, Outcome, Request
from benchharness.runs.long_context.document import long_context_document
from benchharness.runs.long_context.points import read_run
from benchharness.tasks.long_context.records import Arm

if TYPE_CHECKING:
    from tests.runs.conftest import Classroom


def rows(count: int = 5, lengths: tuple[int, ...] = (1024, 2048)) -> list[dict[str, Any]]:
    """Rows as the generator makes them, with short texts."""
    return [
        {
            "id": f"tokens/{length}/{number}",
            "category": f"{length // 1024}K",
            "answer": number + 2,
            "arm": "tokens",
            "length": length,
            "length_label": f"{length // 1024}K",
            "unit": "tokens",
            "number": number,
            "depth": number / 4,
            "haystack": "haystack 0",
            "budget": 1000,
            "facts": [{"key": number}],
            "filler_units": 7,
            "zh": {"question": f"第{length}题：{number}加2等于几？"},
            "en": {"question": f"Item {length}: what is {number} plus 2?"},
        }
        for length in lengths
        for number in range(count)
    ]


def answer(request: Request) -> str:
    number = int(request.item_id.rsplit("/", 1)[1])
    forgotten = "2048" in request.item_id and request.language is Language.ZH
    return "answer: -1" if forgotten else f"answer: {number + 2}"


ITEM = {"id": "id", "category": "category", "target": "answer", "cluster": "haystack"}


def sit(classroom: "Classroom", name: str = "needle", **changes: Any) -> None:
    document: dict[str, Any] = {
        "name": name,
        "version": 1,
        "title": {"zh": "针", "en": "Needle"},
        "licence": "CC0-1.0",
        "languages": ["zh", "en"],
        "request": "generate",
        "source": {"kind": "jsonl", "path": "x.jsonl", "paired": True},
        "item": ITEM,
        "prompt": {"zh": {"question": "{{ question }}"}, "en": {"question": "{{ question }}"}},
        "generate": {"max_new_tokens": 60},
        "scorer": "number",
    }
    classroom.run([classroom.task({**document, **changes}, rows())], answer)


def test_points_are_what_was_asked_and_what_came_back(classroom: "Classroom") -> None:
    sit(classroom)
    run = read_run(classroom.output)
    assert (run.model, run.unanswered, len(run.points)) == ("student", 0, 20)
    point = next(p for p in run.points if (p.language, p.length, p.fact) == (Language.EN, 2048, "3"))
    assert (point.task, point.arm, point.label, point.unit) == ("needle", Arm.TOKENS, "2K", "tokens")
    assert (point.depth, point.score, point.outcome, point.cluster) == (0.75, 1.0, Outcome.SCORED, "haystack 0")
    assert (point.records, point.sentences, point.budget) == (1, 7, 1000)
    text = "Item 2048: what is 3 plus 2?"
    assert point.characters >= len(text)
    assert point.tokens == point.computed_tokens > 0
    assert {p.fact for p in run.points} == set("01234")


def test_bytes_are_those_of_the_prompt(classroom: "Classroom") -> None:
    sit(classroom)
    by_language = {p.language: p for p in read_run(classroom.output).points if p.fact == "0"}
    assert by_language[Language.ZH].size > by_language[Language.ZH].characters
    assert by_language[Language.EN].size == by_language[Language.EN].characters


def test_what_was_planted_in_a_run_is_found_in_its_document(classroom: "Classroom") -> None:
    sit(classroom)
    document = long_context_document(read_run(classroom.output).points)
    scores = {row["language"]: [cell["score"] for cell in row["lengths"]] for row in document["lengths"] if row["task"]}
    assert scores == {"zh": [1.0, 0.0], "en": [1.0, 1.0]}
    assert [row["language_effect"]["value"] for row in document["gaps"]] == [0.0, -1.0]


def test_subsets_have_facts_of_their_own(classroom: "Classroom") -> None:
    sit(classroom, subsets={"hops-1": {}, "hops-2": {}})
    points = read_run(classroom.output).points
    assert {point.fact for point in points} == {f"hops-{hops}/{number}" for hops in (1, 2) for number in range(5)}


def test_items_without_a_score_are_counted_and_left_out(classroom: "Classroom") -> None:
    sit(classroom)
    path = classroom.output / "journal" / "needle.scores.jsonl"
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    path.write_text("".join(lines[3:]), encoding="utf-8")
    run = read_run(classroom.output)
    assert (run.unanswered, len(run.points)) == (3, 17)


def test_other_tasks_of_a_run_are_passed_over(classroom: "Classroom") -> None:
    classroom.run([classroom.sums(4)], classroom.right)
    with pytest.raises(InputError, match="no item of this run has a long context"):
        read_run(classroom.output)


def test_a_run_that_was_not_scored_says_so(classroom: "Classroom") -> None:
    sit(classroom)
    (classroom.output / "journal" / "needle.scores.jsonl").unlink()
    with pytest.raises(InputError, match="did not finish"):
        read_run(classroom.output)


def test_a_damaged_field_names_the_item(classroom: "Classroom") -> None:
    sit(classroom)
    path = classroom.output / "journal" / "needle.requests.jsonl"
    lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    lines[1]["item"]["fields"]["depth"] = "deep"
    path.write_text("".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines), encoding="utf-8")
    with pytest.raises(InputError, match="item tokens/"):
        read_run(classroom.output)


def test_only_some_tasks(classroom: "Classroom") -> None:
    sit(classroom)
    run = read_run(classroom.output)
    assert run.only(["needle"]) == run.only([]) == run
    with pytest.raises(InputError, match="needle") as error:
        run.only(["nedle"])
    assert "没有该长上下文任务" in error.value.zh


def test_times_and_peaks_are_those_of_the_response(classroom: "Classroom", monkeypatch: pytest.MonkeyPatch) -> None:
    from dataclasses import replace

    plain = ScriptedBackend._answer

    def timed(self: ScriptedBackend, request: Request) -> Any:
        return replace(plain(self, request), prefill_seconds=0.5, peak_memory=2**30)

    monkeypatch.setattr(ScriptedBackend, "_answer", timed)
    sit(classroom)
    points = read_run(classroom.output).points
    assert {(point.prefill_seconds, point.peak_memory) for point in points} == {(0.5, 2**30)}
