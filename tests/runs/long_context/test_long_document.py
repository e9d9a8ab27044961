"""The document of `benchharness lengths`, and that it is what docs/schema promises."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from tests.runs.long_context.readers import KILO, forgetful, perfect, sit, weak_in_chinese

from benchharness.records import Language, Outcome
from benchharness.runs.long_context.document import lengths_document, long_context_document
from benchharness.runs.long_context.points import LongContextRun, Point
from benchharness.tasks.long_context.records import Arm

SCHEMA = json.loads((Path(__file__).parents[3] / "docs/schema/lengths.schema.json").read_text(encoding="utf-8"))
SHORT = (KILO, 2 * KILO)


def problems(document: Any) -> list[str]:
    return [f"{error.json_path}: {error.message}" for error in Draft202012Validator(SCHEMA).iter_errors(document)]


def run_of(points: Sequence[Point]) -> LongContextRun:
    return LongContextRun(Path("run"), "reader", 32 * KILO, tuple(points), 0)


def undescribed(node: Any, place: str = "$") -> Iterator[str]:
    if isinstance(node, list):
        for inner in node:
            yield from undescribed(inner, place)
    if isinstance(node, dict):
        for key, value in node.get("properties", {}).items():
            if "description" not in value:
                yield f"{place}.{key}"
        for key, value in node.items():
            if key != "enum":
                yield from undescribed(value, f"{place}.{key}")


def test_the_schema_is_one_and_describes_every_property() -> None:
    Draft202012Validator.check_schema(SCHEMA)
    assert list(undescribed(SCHEMA)) == []


@pytest.mark.parametrize(
    "points",
    [
        sit(forgetful, facts=10),
        sit(perfect, facts=1, lengths=(KILO,), languages=(Language.ZH,)),
        [*sit(forgetful, facts=10, lengths=SHORT, parts=3), *sit(perfect, facts=10, lengths=SHORT, task="copy")],
        sit(lambda point: 0.0, facts=5, lengths=SHORT, depths=(None,)),
        [
            replace(point, prefill_seconds=None, peak_memory=None, sentences=None, budget=None, cluster=None)
            for point in sit(forgetful, facts=5, lengths=SHORT, arms=tuple(Arm))
        ],
    ],
    ids=["forgetful", "one item", "two tasks", "nothing right", "little told"],
)
def test_documents_keep_the_promise(points: list[Point]) -> None:
    assert problems(lengths_document([run_of(points)])) == []


def test_the_same_points_give_the_same_document_in_any_order() -> None:
    points = sit(weak_in_chinese, facts=20, lengths=SHORT, parts=2)
    first = long_context_document(points)
    assert first == long_context_document(points)
    again = long_context_document(points[::-1])
    assert [row["fixed"] for row in again["lengths"]] == [row["fixed"] for row in first["lengths"]]


def test_what_was_not_run_is_not_measured() -> None:
    document = long_context_document(sit(perfect, facts=10, lengths=SHORT, arms=(Arm.TOKENS,)))
    assert [row["total"] for row in document["gaps"]] == [None, None]
    assert all(row["language_effect"]["value"] == 0 for row in document["gaps"])
    assert [row["length_effect"] for row in document["gaps"]] == [None, None]
    assert document["premium"] == []
    alone = long_context_document(sit(perfect, facts=10, lengths=(KILO,), languages=(Language.EN,)))
    assert alone["gaps"] == alone["areas"] == []


def test_tasks_together_lack_a_length_that_one_of_them_lacks() -> None:
    points = [*sit(perfect, lengths=SHORT), *sit(perfect, lengths=(KILO,), task="copy")]
    rows = [row for row in long_context_document(points)["lengths"] if row["task"] is None]
    assert rows
    assert all([cell["length"] for cell in row["lengths"]] == [KILO] for row in rows)


def test_the_premium_is_that_of_the_same_sentences() -> None:
    document = long_context_document(sit(perfect, facts=10, lengths=SHORT))
    assert [row["tokens"] for row in document["premium"]] == pytest.approx([0.5, 0.5], abs=0.01)
    sizes = {(row["arm"], row["language"]): row["lengths"][0] for row in document["lengths"]}
    assert sizes["information", "zh"]["tokens"] < sizes["tokens", "zh"]["tokens"]
    assert sizes["tokens", "en"]["records"] == 1


def test_cells_that_were_not_asked_are_empty_and_outcomes_are_counted() -> None:
    points = [
        replace(point, outcome=Outcome.TOO_LONG, score=0.0) if point.length == 2 * KILO else point
        for point in sit(perfect, facts=10, lengths=SHORT, arms=(Arm.TOKENS,))
        if (point.length, point.depth) != (KILO, 0.5)
    ]
    heatmap = long_context_document(points)["heatmaps"][0]
    assert heatmap["depths"] == [0.0, 0.25, 0.5, 0.75, 1.0]
    cells = {(cell["length"], cell["depth"]): cell for cell in heatmap["cells"]}
    assert (KILO, 0.5) not in cells
    assert cells[KILO, 0.0]["items"] == 2
    assert cells[2 * KILO, 0.5]["outcomes"] == {"too_long": 2}


def test_many_depths_are_shown_in_tenths() -> None:
    depths = [step / 39 for step in range(40)]
    heatmap = long_context_document(sit(perfect, facts=40, lengths=(KILO,), depths=depths))["heatmaps"][0]
    assert heatmap["depths"] == pytest.approx([0.05 + 0.1 * step for step in range(10)])
    assert sum(cell["items"] for cell in heatmap["cells"]) == 40


def test_times_of_prompts_read_together_or_from_a_cache_are_left_out() -> None:
    points = sit(perfect, facts=4, lengths=(KILO,), arms=(Arm.TOKENS,), languages=(Language.EN,))
    points[0] = replace(points[0], batch_size=2)
    points[1] = replace(points[1], computed_tokens=10)
    points[2] = replace(points[2], prefill_seconds=None, peak_memory=None)
    row = long_context_document(points)["costs"][0]
    assert (row["prefill_items"], row["left_out"], row["untimed"], row["peak_items"]) == (1, 2, 1, 3)
    assert row["prefill_seconds"] == points[3].prefill_seconds
    assert row["tokens_per_second"] == pytest.approx(1000)


def test_a_prompt_whose_instruction_came_from_a_cache_counts_with_what_was_read() -> None:
    points = sit(perfect, facts=2, lengths=(KILO,), arms=(Arm.TOKENS,), languages=(Language.EN,))
    read = round(0.96 * points[0].tokens)
    points[0] = replace(points[0], computed_tokens=read, prefill_seconds=2.0)
    points[1] = replace(points[1], computed_tokens=round(0.94 * points[1].tokens))
    row = long_context_document(points)["costs"][0]
    assert (row["prefill_items"], row["left_out"]) == (1, 1)
    assert row["tokens_per_second"] == pytest.approx(read / 2)
    assert row["characters_per_second"] == pytest.approx(points[0].characters * read / points[0].tokens / 2)


def test_the_fill_of_pairs_is_that_of_their_longer_half() -> None:
    document = long_context_document(sit(perfect, facts=10, lengths=(KILO,)))
    rows = {(row["arm"], row["language"]): row for row in document["fill"]}
    assert set(rows) == {("tokens", "zh"), ("tokens", "en"), ("information", None)}
    assert all((row["least"], row["most"], row["outside"]) == (0, 8, 0) for row in rows.values())


def test_prompts_that_do_not_meet_their_budget_are_named() -> None:
    points = sit(perfect, facts=4, lengths=(KILO,), arms=(Arm.TOKENS,), languages=(Language.EN,))
    points[2] = replace(points[2], tokens=points[2].tokens - 20)
    row = long_context_document(points)["fill"][0]
    assert row["outside"] == 1
    assert row["exceptions"] == [{"item": "needle/2", "slack": 22}]


def test_one_text_for_all_is_said() -> None:
    points = [replace(point, cluster="one") for point in sit(perfect, facts=10, lengths=SHORT)]
    assert long_context_document(points)["lengths"][0]["lengths"][0]["haystacks"] == 1
