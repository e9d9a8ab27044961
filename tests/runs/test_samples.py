"""``samples.parquet`` says what journal and scores say."""

import json
from typing import TYPE_CHECKING, Any

import pyarrow.parquet
import pytest

from benchharness.records import Request, Timing
from benchharness.runs.folder import RunFolder
from benchharness.runs.journal import SCORE, asked_tasks, read_lines, read_responses
from benchharness.runs.samples import SCHEMA

if TYPE_CHECKING:
    from tests.runs.conftest import Classroom, EngineBackend


def say(request: Request) -> str | Exception:
    number = int(request.item_id[1:])
    if request.kind == "choose":
        return "B"
    sayings = ("<think>想。</think>答案：２", "无", OSError("断开"), "[red]5[/red]\x1b[31m")
    return sayings[number % 4]


@pytest.fixture
def sat(classroom: "Classroom") -> RunFolder:
    folder, _ = classroom.run([classroom.sums(8), classroom.colours(6)], say, context_length=150)
    return folder


def rows_of(folder: RunFolder) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = pyarrow.parquet.read_table(folder.samples).to_pylist()
    return rows


def test_there_is_one_row_a_sample_with_the_published_columns(sat: RunFolder) -> None:
    table = pyarrow.parquet.read_table(sat.samples)
    assert table.num_rows == 28
    assert table.schema.names == SCHEMA.names
    assert table.schema.metadata[b"schema"] == b"benchharness.samples/1"
    places = {(row["task"], row["language"], row["item_id"], row["repetition"]) for row in table.to_pylist()}
    assert len(places) == 28


def test_every_column_agrees_with_the_journal(sat: RunFolder) -> None:
    rows = {(row["task"], row["language"], row["item_id"]): row for row in rows_of(sat)}
    responses = read_responses(sat)
    for task, asked_items in asked_tasks(sat):
        for asked in asked_items:
            item = asked.item
            row = rows[task, item.language.value, item.id]
            assert row["prompt"] == "".join(segment.text for segment in asked.segments)
            assert row["options"] == list(item.options)
            assert json.loads(row["target"]) == item.target if task == "sums" else row["target"] == item.target
            assert (row["pair_id"], row["category"], row["key"]) == (item.pair_id, item.category, asked.key)
            assert row["prompt_tokens"] == asked.prompt_tokens
            line = responses[asked.key]
            for column in (
                "text",
                "reasoning",
                "computed_tokens",
                "generated_tokens",
                "seconds",
                "error",
                "prefill_seconds",
                "peak_memory",
            ):
                assert row[column] == getattr(line.response, column), column
            assert row["log_probs"] == list(line.response.log_probs)
            assert row["finish_reason"] == line.response.finish_reason.value
            assert row["session"] == line.session


def test_every_column_agrees_with_the_scores(sat: RunFolder) -> None:
    rows = {(row["task"], row["language"], row["item_id"]): row for row in rows_of(sat)}
    seen = 0
    for task, _ in asked_tasks(sat):
        for line in read_lines(sat.scores(task), SCORE):
            row = rows[task, line.language, line.item_id]
            assert (row["score"], row["outcome"], row["parsed"]) == (
                line.score.value,
                line.score.outcome.value,
                line.score.parsed,
            )
            read = line.score.extraction
            assert (row["rule"], row["span_start"], row["span_end"]) == (
                (read.rule, read.start, read.end) if read else (None, None, None)
            )
            seen += 1
    assert seen == len(rows)


def test_a_span_points_at_what_was_read(sat: RunFolder) -> None:
    spans = {row["text"][row["span_start"] : row["span_end"]] for row in rows_of(sat) if row["rule"] is not None}
    assert any("２" in span for span in spans)


def test_an_item_that_does_not_fit_has_a_row_without_a_response(classroom: "Classroom") -> None:
    folder, _ = classroom.run([classroom.sums(2)], ["1"], context_length=3)
    for row in rows_of(folder):
        assert row["outcome"] == "too_long"
        assert row["text"] is row["finish_reason"] is row["log_probs"] is row["session"] is None
        assert row["prompt_tokens"] > 3


def test_items_still_to_be_asked_have_no_row(classroom: "Classroom") -> None:
    folder, _ = classroom.run([classroom.sums(4)], classroom.right, limit=1)
    assert len(rows_of(folder)) == 2


def test_a_row_has_its_latency_and_its_cached_tokens(classroom: "Classroom", engine: "type[EngineBackend]") -> None:
    backend = engine(classroom.right, cached=lambda _: 3, timings=lambda _, number: Timing(9.0, 0.5, 1.0 + number))
    folder, _ = classroom.run([classroom.sums(2)], backend)
    rows = rows_of(folder)
    assert {row["cached_tokens"] for row in rows} == {3}
    assert {row["first_seconds"] for row in rows} == {0.5}
    assert sorted(row["last_seconds"] for row in rows) == [1.0, 2.0, 3.0, 4.0]


def test_a_backend_that_does_not_tell_leaves_latency_empty(sat: RunFolder) -> None:
    assert {row["first_seconds"] for row in rows_of(sat)} == {row["last_seconds"] for row in rows_of(sat)} == {None}
