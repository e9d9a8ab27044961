"""Marking: what becomes of each item, and marking again without a model."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

from benchharness.errors import InputError
from benchharness.records import Outcome, Request
from benchharness.registry.tasks import ChooseSpec, ScorerSpec
from benchharness.runs.folder import RunFolder
from benchharness.runs.journal import SCORE, read_lines
from benchharness.runs.run import rescore

if TYPE_CHECKING:
    from tests.runs.conftest import Classroom

SAYINGS: dict[str, tuple[str | Exception, Outcome]] = {
    "s000": ("答案：2", Outcome.SCORED),
    "s001": ("I do not know.", Outcome.UNPARSED),
    "s002": ("<think>让我想想，" + "再想想，" * 40, Outcome.TRUNCATED),
    "s003": ("好" * 40, Outcome.TRUNCATED),
    "s004": ("", Outcome.EMPTY),
    "s005": (" \n ", Outcome.EMPTY),
    "s006": (TimeoutError("too slow"), Outcome.ERROR),
    "s007": ("<think>七加二等于九。</think>\n\n答案：9", Outcome.SCORED),
    "s008": ("<think>好。</think>" + " " * 80, Outcome.TRUNCATED),
}


def marked(folder: RunFolder, task: str = "sums") -> dict[tuple[str, str], tuple[Outcome, float]]:
    return {
        (line.item_id, line.language): (line.score.outcome, line.score.value)
        for line in read_lines(folder.scores(task), SCORE)
    }


def test_every_outcome_is_told_apart_and_counted_in_both_languages(classroom: "Classroom") -> None:
    def with_question(item: str, zh: str, en: str) -> dict[str, Any]:
        return {
            "id": item,
            "category": "a",
            "answer": int(item[1:]) + 2,
            "zh": {"question": zh},
            "en": {"question": en},
        }

    rows = [with_question(item, f"第{item}题", f"question {item}") for item in SAYINGS]
    rows.append(with_question("s009", "长" * 99, "long" * 99))
    task = classroom.task(classroom.sums().spec.model_dump(mode="json", exclude_defaults=True), rows)
    folder, summary = classroom.run([task], lambda request: SAYINGS[request.item_id][0], context_length=200)
    expected = {key: outcome for key, (_, outcome) in SAYINGS.items()} | {"s009": Outcome.TOO_LONG}
    assert {key: outcome for key, (outcome, _) in marked(folder).items()} == {
        (item, language): outcome for item, outcome in expected.items() for language in ("zh", "en")
    }
    assert all(value == (outcome is Outcome.SCORED) for outcome, value in marked(folder).values())
    for row in summary["tasks"]:
        assert row["outcomes"] == {
            "scored": 2, "unparsed": 1, "truncated": 3, "refused": 0, "empty": 2, "too_long": 1, "error": 1,
        }  # fmt: skip
        assert (row["items"], row["score"]) == (10, 0.2)


def test_an_answer_declared_before_the_cut_still_counts(classroom: "Classroom") -> None:
    def student(request: Request) -> str:
        return f"答案：{int(request.item_id[1:]) + 2}。" + "因为" * 40

    folder, _ = classroom.run([classroom.sums(3)], student)
    assert set(marked(folder).values()) == {(Outcome.SCORED, 1.0)}


def test_a_tie_between_options_is_no_choice(classroom: "Classroom") -> None:
    folder, _ = classroom.run([classroom.colours(4)], ["none of these letters"])
    assert set(marked(folder, "colours").values()) == {(Outcome.UNPARSED, 0.0)}


def test_marking_again_with_another_scorer_changes_scores_and_nothing_else(classroom: "Classroom") -> None:
    document = {
        **classroom.colours().spec.model_dump(mode="json", exclude_defaults=True),
        "choose": {"by": "text"},
    }
    rows = [
        {
            "id": "c000",
            "category": "a",
            "answer": "A",
            "zh": {"question": "选哪个？", "options": ["甲" * 60, "乙"]},
            "en": {"question": "Which one?", "options": ["a" * 60, "b"]},
        }
    ]
    task = classroom.task(document, rows)
    folder, before = classroom.run([task], ["B"])
    kept = {path: path.read_bytes() for path in (folder.manifest, folder.responses("colours"))}
    assert {row["score"] for row in before["tasks"]} == {0.0}
    # -0.1 of one character against -5 of sixty: the longer option wins by the character.
    changed = task.spec.model_copy(update={"choose": ChooseSpec(by="text", normalise="per_character")})
    after = rescore(folder, {"colours": changed}, {})
    assert {row["score"] for row in after["tasks"]} == {1.0}
    assert {path: path.read_bytes() for path in kept} == kept
    back = rescore(folder, {}, {})
    assert back == before


def test_marking_again_takes_the_scorer_that_the_yaml_names_now(classroom: "Classroom") -> None:
    task = classroom.sums(4)
    folder, before = classroom.run([task], classroom.right)
    changed = task.spec.model_copy(update={"scorer": ScorerSpec(name="nothing")})
    with pytest.raises(InputError, match="there is no scorer 'nothing'"):
        rescore(folder, {}, {"sums": changed})
    assert rescore(folder, {}, {"sums": task.spec}) == before


def test_a_shipped_task_that_asks_something_else_is_left_alone(classroom: "Classroom") -> None:
    task = classroom.sums(4)
    folder, before = classroom.run([task], classroom.right)
    broken = task.spec.model_copy(update={"scorer": ScorerSpec(name="nothing")})
    prompts = {language: prompt.model_copy(update={"question": "?"}) for language, prompt in broken.prompt.items()}
    assert rescore(folder, {"sums": broken.model_copy(update={"prompt": prompts})}, {}) == before
    with pytest.raises(InputError, match="there is no scorer 'nothing'"):
        rescore(folder, {"sums": broken}, {})


def test_marking_with_a_task_that_the_run_does_not_have_is_an_error(classroom: "Classroom") -> None:
    folder, _ = classroom.run([classroom.sums(4)], classroom.right)
    with pytest.raises(InputError, match="has no task colours; it has sums"):
        rescore(folder, {}, {"colours": classroom.colours(4).spec})


def test_marking_an_unfinished_run_leaves_out_what_was_not_asked(classroom: "Classroom") -> None:
    asked: list[str] = []

    def student(request: Request) -> str:
        if len(asked) == 5:
            raise RuntimeError("enough")
        asked.append(request.item_id)
        return classroom.right(request)

    with pytest.raises(RuntimeError):
        classroom.run([classroom.sums(4), classroom.colours(4)], student)
    folder = RunFolder(classroom.output)
    assert not folder.summary.exists()
    summary = rescore(folder, {}, {})
    assert summary["partial"] == {"available": 16, "asked": 16, "answered": 5}
    wholes = {row["language"]: row["items"] for row in reversed(summary["tasks"])}
    assert wholes == {"zh": 4, "en": 1}
    assert summary["pairs"][0]["pairs"] == 1
    assert summary["pairs"][0]["unpaired"] == 3
    assert summary["throughput"]["withheld"] is not None
    _, finished = classroom.run([classroom.sums(4), classroom.colours(4)], classroom.right)
    assert finished["partial"] is None


@pytest.mark.parametrize(
    "damage", [lambda text: text.replace('"spec"', '"specs"'), lambda text: text.replace('"generate"', '"sing"')]
)
def test_a_manifest_without_its_tasks_is_one_error(classroom: "Classroom", damage: Callable[[str], str]) -> None:
    folder, _ = classroom.run([classroom.sums(2)], ["1"])
    folder.manifest.write_text(damage(folder.manifest.read_text(encoding="utf-8")), encoding="utf-8")
    with pytest.raises(InputError) as caught:
        rescore(folder, {}, {})
    assert str(folder.manifest) in caught.value.en
    assert str(folder.manifest) in caught.value.zh


@pytest.mark.parametrize(
    ("scorer", "message"),
    [
        ("number_", "there is no scorer 'number_'"),
        ({"name": "number", "options": {"tolerance": 1}}, "tolerance"),
    ],
)
def test_a_wrong_scorer_is_found_before_the_backend_is_made(classroom: "Classroom", scorer: Any, message: str) -> None:
    with pytest.raises(InputError) as caught:
        classroom.prepare([classroom.sums(2, scorer=scorer)], [])
    assert message in caught.value.en
    assert "sums.yaml" in caught.value.en
    assert "sums.yaml" in caught.value.zh


def test_a_task_selected_twice_is_refused_whichever_comes_first(classroom: "Classroom") -> None:
    document = classroom.sums().spec.model_dump(mode="json", exclude_defaults=True)
    rows = [{"id": "s000", "category": "a", "answer": 2, "zh": {"question": "？"}, "en": {"question": "?"}}]
    whole = classroom.task(document, rows, subsets=["one", "two"])
    part, other = whole.model_copy(update={"subset": "one"}), whole.model_copy(update={"subset": "two"})
    for doubled in ([whole, whole], [whole, part], [part, whole], [part, part]):
        with pytest.raises(InputError, match="selected twice"):
            classroom.prepare(doubled, ["1"])
    assert len(classroom.prepare([part, other], ["1"]).groups) == 4


def test_a_target_that_no_scorer_can_mark_is_found_before_the_model(classroom: "Classroom") -> None:
    document = classroom.sums().spec.model_dump(mode="json", exclude_defaults=True)
    rows: list[dict[str, Any]] = [
        {"id": "1", "category": "a", "answer": 3, "zh": {"question": "1加2等于几？"}, "en": {"question": "1 plus 2?"}},
        {"id": "2", "category": "a", "answer": "many", "zh": {"question": "多少？"}, "en": {"question": "How many?"}},
    ]
    task = classroom.task(document, rows)
    with pytest.raises(InputError) as caught:
        classroom.run([task], ["3"])
    assert "item 2" in caught.value.en
    assert "'many'" in caught.value.zh
    assert not classroom.output.exists()
