"""The numbers: planted students, and every figure computed a second time from the journal."""

import math
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest
from statsmodels.stats.contingency_tables import mcnemar
from statsmodels.stats.proportion import proportion_confint

from benchharness.records import FinishReason, Language, Request
from benchharness.registry.suites import SuiteSpec
from benchharness.runs.folder import RunFolder, read_json
from benchharness.runs.journal import asked_tasks, read_responses

if TYPE_CHECKING:
    from tests.runs.conftest import Classroom

Script = Callable[[Request], str]


def number_of(request: Request) -> int:
    return int(request.item_id[1:])


def students(classroom: "Classroom") -> dict[str, Script]:
    right, wrong = classroom.right, classroom.wrong
    return {
        "perfect": right,
        "always wrong": wrong,
        "right only in Chinese": lambda r: (right if r.language is Language.ZH else wrong)(r),
        "right only in English": lambda r: (right if r.language is Language.EN else wrong)(r),
        "half right": lambda r: (right if number_of(r) % 2 else wrong)(r),
        "opposite halves": lambda r: (right if (number_of(r) % 2) == (r.language is Language.ZH) else wrong)(r),
        "better in Chinese": lambda r: (right if number_of(r) % (5 if r.language is Language.ZH else 2) else wrong)(r),
    }


# Of 20 pairs: right in Chinese, in English; pairs right in both, in Chinese alone, in English alone.
EXPECTED = {
    "perfect": (20, 20, 20, 0, 0),
    "always wrong": (0, 0, 0, 0, 0),
    "right only in Chinese": (20, 0, 0, 20, 0),
    "right only in English": (0, 20, 0, 0, 20),
    "half right": (10, 10, 10, 0, 0),
    "opposite halves": (10, 10, 0, 10, 10),
    "better in Chinese": (16, 10, 8, 8, 2),
}


@pytest.mark.parametrize("name", EXPECTED)
def test_a_planted_student_gets_the_exact_scores_gap_and_table(classroom: "Classroom", name: str) -> None:
    _, summary = classroom.run([classroom.sums(20), classroom.colours(20)], students(classroom)[name])
    zh, en, both, zh_only, en_only = EXPECTED[name]
    wholes = {(row["task"], row["language"]): row for row in whole_rows(summary)}
    for task in ("sums", "colours"):
        assert wholes[task, "zh"]["score"] == zh / 20
        assert wholes[task, "en"]["score"] == en / 20
        pair = next(row for row in summary["pairs"] if row["task"] == task)
        assert (pair["pairs"], pair["unpaired"]) == (20, 0)
        assert (pair["zh"], pair["en"]) == (zh / 20, en / 20)
        assert pair["gap"] == pytest.approx((zh - en) / 20)
        assert (pair["both"], pair["zh_only"], pair["en_only"]) == (both, zh_only, en_only)
        table = [[both, zh_only], [en_only, 20 - both - zh_only - en_only]]
        assert pair["p_value"] == pytest.approx(mcnemar(table, exact=True).pvalue)
        assert pair["interval"][0] < pair["gap"] < pair["interval"][1] or abs(pair["gap"]) == 1


def whole_rows(summary: dict[str, Any]) -> list[dict[str, Any]]:
    seen: dict[tuple[str, str], dict[str, Any]] = {}
    for row in summary["tasks"]:
        seen.setdefault((row["task"], row["language"]), row)
    return list(seen.values())


@pytest.mark.parametrize("name", EXPECTED)
def test_every_score_and_interval_follows_from_the_journal(classroom: "Classroom", name: str) -> None:
    folder, summary = classroom.run([classroom.sums(20), classroom.colours(20)], students(classroom)[name])
    hits = read_hits(folder)
    for row in summary["tasks"]:
        of_row = [
            hit
            for (task, language, category, _), hit in hits.items()
            if (task, language) == (row["task"], row["language"]) and row["category"] in (None, category)
        ]
        assert row["items"] == len(of_row)
        assert row["score"] == pytest.approx(sum(of_row) / len(of_row))
        low, high = proportion_confint(sum(of_row), len(of_row), method="wilson")
        assert row["interval"] == pytest.approx([low, high], abs=1e-9)
        assert 0 <= row["interval"][0] <= row["score"] <= row["interval"][1] <= 1
        assert row["interval"][1] > row["interval"][0]
        assert sum(row["outcomes"].values()) == row["items"]
        assert row["chance"] == (0.25 if row["task"] == "colours" else None)


def read_hits(folder: RunFolder) -> dict[tuple[str, str, str, str], bool]:
    """Mark the journal by the plainest rules there are: the last number, the highest log-probability."""
    responses = read_responses(folder)
    hits = {}
    for task, asked_items in asked_tasks(folder):
        for asked in asked_items:
            response = responses[asked.key].response
            if response.finish_reason is FinishReason.CHOSEN:
                right = "ABCD"[response.log_probs.index(max(response.log_probs))] == asked.item.target
            else:
                digits = "".join(character if character.isdigit() else " " for character in response.text)
                right = int(digits.split()[-1]) == asked.item.target
            hits[task, asked.item.language.value, asked.item.category, asked.item.id] = right
    return hits


def test_categories_stand_below_the_whole_and_add_up_to_it(classroom: "Classroom") -> None:
    _, summary = classroom.run([classroom.sums(9)], lambda r: classroom.right(r) if number_of(r) % 2 else "0")
    rows = [row for row in summary["tasks"] if row["language"] == "zh"]
    assert [(row["category"], row["items"], row["score"]) for row in rows] == [
        (None, 9, 4 / 9),
        ("large", 4, 1.0),
        ("small", 5, 0.0),
    ]


def test_a_task_of_one_category_has_one_row_that_names_it(classroom: "Classroom") -> None:
    _, summary = classroom.run([classroom.colours(4)], classroom.right)
    assert [(row["language"], row["category"]) for row in summary["tasks"]] == [("zh", "colours"), ("en", "colours")]


def test_a_run_in_one_language_has_no_pairs(classroom: "Classroom") -> None:
    _, summary = classroom.run([classroom.sums(4)], classroom.right, languages=(Language.ZH,))
    assert {row["language"] for row in summary["tasks"]} == {"zh"}
    assert summary["pairs"] == []
    assert summary["partial"] is None


def test_a_suite_has_the_weighted_mean_of_its_tasks_in_each_language(classroom: "Classroom") -> None:
    suite = SuiteSpec.model_validate(
        {"name": "both", "version": 1, "title": {"en": "Both"}, "tasks": {"sums": 3, "colours": 1}}
    )

    def student(request: Request) -> str:
        good = request.task == "sums" and (request.language is Language.ZH or number_of(request) % 2)
        return (classroom.right if good else classroom.wrong)(request)

    _, summary = classroom.run([classroom.sums(8), classroom.colours(8)], student, suite=suite)
    totals = {row["language"]: row for row in summary["totals"]}
    assert totals["zh"]["score"] == pytest.approx(0.75)
    assert totals["en"]["score"] == pytest.approx(0.375)
    assert totals["zh"]["chance"] == pytest.approx(0.0625)
    for row in totals.values():
        assert row["interval"][0] < row["score"] < row["interval"][1]


def test_single_tasks_have_no_total(classroom: "Classroom") -> None:
    assert classroom.run([classroom.sums(2)], ["1"])[1]["totals"] == []


def test_the_file_holds_what_the_run_returned(classroom: "Classroom") -> None:
    folder, summary = classroom.run([classroom.sums(3)], classroom.right)
    assert read_json(folder.summary) == summary
    assert folder.summary.read_bytes().endswith(b"}\n")
    numbers = [row["score"] for row in summary["tasks"]]
    assert all(math.isfinite(number) for number in numbers)


def test_throughput_by_task_counts_each_task_and_language(classroom: "Classroom") -> None:
    folder, summary = classroom.run([classroom.sums(3), classroom.colours(5)], classroom.right)
    rows = summary["throughput"]["by_task"]
    assert {(row["task"], row["language"], row["items"]) for row in rows} == {
        ("sums", "zh", 3), ("sums", "en", 3), ("colours", "zh", 5), ("colours", "en", 5),
    }  # fmt: skip
    for key in ("computed_tokens", "generated_tokens", "characters", "items"):
        assert sum(row[key] for row in rows) == summary["throughput"][key]
    responses = read_responses(folder)
    said = sum(len(line.response.text.encode()) for line in responses.values())
    assert summary["throughput"]["generated_tokens"] == said


def test_memory_is_the_highest_of_all_sessions(classroom: "Classroom") -> None:
    _, first = classroom.run([classroom.sums(4)], classroom.right, limit=2)
    _, second = classroom.run([classroom.sums(4)], classroom.right)
    assert second["memory"]["peak_process_bytes"] >= first["memory"]["peak_process_bytes"] > 2**20
    assert second["memory"]["peak_device_bytes"] is None
