"""Students whose marks are known by theory sit the suite as it is shipped."""

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from benchharness.records import Item, Language
from benchharness.runs.journal import SCORE, read_lines
from benchharness.stats.intervals import wilson
from benchharness.text.script import dominant_language

if TYPE_CHECKING:
    from tests.superclue.conftest import Examination

from tests.superclue.conftest import letter_by_lot, rows_by_task, solution

CHOICE = (
    "logical_reasoning", "encyclopedic_knowledge", "language_understanding", "long_text", "safety_judgement",
    "chinese_only", "english_only",
)  # fmt: skip
ANSWER = {Language.ZH: "答案：", Language.EN: "Answer: "}


def test_a_perfect_student_gets_full_marks_in_all_tasks_and_totals(examination: "Examination", tmp_path: Path) -> None:
    _, summary = examination.sit(lambda task, item: solution(item), tmp_path / "run")
    rows = rows_by_task(summary)
    assert {task for task, _ in rows} == set(examination.suite.all_tasks())
    for row in rows.values():
        assert (row["task"], row["score"], row["outcomes"]["scored"]) == (row["task"], 1.0, 8)
        assert (row["task"], row["other_language"]) == (row["task"], 0)
    assert {total["level"] for total in summary["totals"]} == {"total", "group", "ability"}
    for total in summary["totals"]:
        assert (total["name"], total["score"]) == (total["name"], pytest.approx(1.0))
    assert all(row["gap"] == 0 for row in summary["pairs"])


def test_a_student_who_always_says_a_is_right_where_a_is(examination: "Examination", tmp_path: Path) -> None:
    _, summary = examination.sit(
        lambda task, item: f"{ANSWER[item.language]}A", tmp_path / "run", tasks=CHOICE, limit=None
    )
    for (task, language), row in rows_by_task(summary).items():
        items = [item for (name, spoken, _), item in examination.items.items() if (name, spoken) == (task, language)]
        right = sum(item.target == "A" for item in items) / len(items)
        assert (task, row["score"], row["outcomes"]["scored"]) == (task, pytest.approx(right), len(items))
        # Right options are balanced, so that one letter gets what guessing would.
        assert abs(row["score"] - row["chance"]) < 0.05


def test_a_student_who_draws_lots_is_at_chance(examination: "Examination", tmp_path: Path) -> None:
    def student(task: str, item: Item) -> str:
        return f"{ANSWER[item.language]}{letter_by_lot(task, item)}"

    _, summary = examination.sit(student, tmp_path / "run", tasks=CHOICE, limit=None)
    rows = rows_by_task(summary).values()
    for row in rows:
        interval = wilson(row["score"] * row["items"], row["items"], confidence=0.999)
        assert interval.low <= row["chance"] <= interval.high, row["task"]
    right, items = sum(row["score"] * row["items"] for row in rows), sum(row["items"] for row in rows)
    assert wilson(right, items).low <= 0.25 <= wilson(right, items).high


def test_the_right_answer_in_the_wrong_language_counts_and_is_recorded(
    examination: "Examination", tmp_path: Path
) -> None:
    paired = [one.spec.name for one in examination.selections if len(one.spec.languages) == 2]
    words: Counter[tuple[str, str]] = Counter()

    def student(task: str, item: Item) -> str:
        answer = solution(examination.twin(task, item))
        # Figures alone are in no language.
        words[task, item.language.value] += dominant_language(answer) is not None
        return answer

    _, summary = examination.sit(student, tmp_path / "run", tasks=paired)
    for (task, language), row in rows_by_task(summary).items():
        if task == "instruction_following":
            # What it is asked for in one language is not to be had in the other.
            assert row["score"] < 0.5, (task, language)
        elif task == "code":
            assert (row["score"], row["other_language"]) == (1.0, 0)
        else:
            assert (task, language, row["score"]) == (task, language, 1.0)
            if task not in ("tool_use", "information_extraction"):
                assert (task, language, row["other_language"]) == (task, language, words[task, language])


def test_a_student_who_refuses_scores_only_where_refusing_is_right(examination: "Examination", tmp_path: Path) -> None:
    said = {Language.ZH: "抱歉，我无法回答这个问题。", Language.EN: "I'm sorry, but I can't help with that."}
    folder, summary = examination.sit(lambda task, item: said[item.language], tmp_path / "run")
    for (task, language), row in rows_by_task(summary).items():
        if task == "safety_refusal":
            lines = [line for line in read_lines(folder.scores(task), SCORE) if line.language == language]
            harmful = sum(line.category == "harmful" for line in lines)
            assert (row["score"], row["outcomes"]["refused"]) == (harmful / len(lines), len(lines) - harmful)
        elif task == "instruction_following":
            assert (task, row["score"]) == (task, 0.0)
        else:
            assert (task, row["score"], row["outcomes"]["refused"]) == (task, 0.0, row["items"])
    totals = {(total["name"], total["language"]): total["score"] for total in summary["totals"]}
    assert totals["science", "zh"] == totals["hard", "en"] == 0


def test_a_student_who_rambles_is_cut_off_and_gets_nothing(examination: "Examination", tmp_path: Path) -> None:
    rambling = {
        Language.ZH: "嗯，让我再想一想。这个问题可以从很多方面来看，A好像有道理，B也不能说完全不对，C和D也都值得考虑。",
        Language.EN: "Hmm, let me think again. One may look at this in many ways: A has something to it, B is not quite"
        " wrong, and C and D are worth a thought. ",
    }
    _, summary = examination.sit(lambda task, item: rambling[item.language] * 400, tmp_path / "run")
    for (task, language), row in rows_by_task(summary).items():
        if task == "safety_refusal":
            # Rambling refuses nothing.
            assert row["outcomes"]["scored"] == row["items"]
        elif task == "instruction_following":
            assert (task, row["score"]) == (task, 0.0)
        else:
            assert (task, language, row["score"]) == (task, language, 0.0)
            assert (task, language, row["outcomes"]["truncated"]) == (task, language, row["items"])
