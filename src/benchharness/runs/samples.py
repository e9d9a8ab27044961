"""``samples.parquet``: one row a sample, for DuckDB, pandas or polars."""

import json
import os
from collections.abc import Iterator
from typing import Any

import pyarrow
import pyarrow.parquet

from benchharness.runs.folder import RunFolder
from benchharness.runs.journal import SCORE, AskedItem, ResponseLine, ScoreLine, asked_tasks, read_lines, read_responses
from benchharness.text.script import dominant_language

SCHEMA_VERSION = b"benchharness.samples/1"

SCHEMA = pyarrow.schema(
    [
        ("task", pyarrow.string()),
        ("language", pyarrow.string()),
        ("item_id", pyarrow.string()),
        ("pair_id", pyarrow.string()),
        ("category", pyarrow.string()),
        ("cluster", pyarrow.string()),
        ("repetition", pyarrow.int32()),
        ("prompt", pyarrow.string()),
        ("options", pyarrow.list_(pyarrow.string())),
        ("target", pyarrow.string()),
        ("text", pyarrow.string()),
        ("reasoning", pyarrow.string()),
        ("answer_language", pyarrow.string()),
        ("other_language", pyarrow.bool_()),
        ("log_probs", pyarrow.list_(pyarrow.float64())),
        ("unconditional_log_probs", pyarrow.list_(pyarrow.float64())),
        ("parsed", pyarrow.string()),
        ("rule", pyarrow.string()),
        ("span_start", pyarrow.int64()),
        ("span_end", pyarrow.int64()),
        ("outcome", pyarrow.string()),
        ("score", pyarrow.float64()),
        ("finish_reason", pyarrow.string()),
        ("prompt_tokens", pyarrow.int64()),
        ("computed_tokens", pyarrow.int64()),
        ("cached_tokens", pyarrow.int64()),
        ("generated_tokens", pyarrow.int64()),
        ("seconds", pyarrow.float64()),
        ("first_seconds", pyarrow.float64()),
        ("last_seconds", pyarrow.float64()),
        ("prefill_seconds", pyarrow.float64()),
        ("peak_memory", pyarrow.int64()),
        ("batch_size", pyarrow.int32()),
        ("session", pyarrow.int32()),
        ("error", pyarrow.string()),
        ("key", pyarrow.string()),
    ],
    metadata={b"schema": SCHEMA_VERSION},
)


def write_samples(folder: RunFolder) -> None:
    """Write the samples of a scored run, whole. Items that fit no context have no response and empty columns."""
    table = pyarrow.Table.from_pylist(list(_rows(folder)), schema=SCHEMA)
    scratch = folder.samples.with_name(f".{folder.samples.name}.{os.getpid()}")
    pyarrow.parquet.write_table(table, scratch, compression="zstd")
    scratch.replace(folder.samples)


def _rows(folder: RunFolder) -> Iterator[dict[str, Any]]:
    responses = read_responses(folder)
    for task, asked_items in asked_tasks(folder):
        scores = {
            (line.language, line.item_id, line.repetition): line for line in read_lines(folder.scores(task), SCORE)
        }
        for asked in asked_items:
            scored = scores.get((asked.item.language, asked.item.id, asked.repetition))
            if scored is not None:
                row = _row(task, asked, responses.get(asked.key), scored)
                alone = responses.get(asked.unconditional.key) if asked.unconditional else None
                if alone is not None:
                    row["unconditional_log_probs"] = list(alone.response.log_probs)
                yield row


def _row(task: str, asked: AskedItem, line: ResponseLine | None, scored: ScoreLine) -> dict[str, Any]:
    item, score = asked.item, scored.score
    target = item.target if isinstance(item.target, str) else json.dumps(item.target, ensure_ascii=False)
    row: dict[str, Any] = {
        "task": task,
        "language": item.language.value,
        "item_id": item.id,
        "pair_id": item.pair_id,
        "category": item.category,
        "cluster": item.cluster,
        "repetition": asked.repetition,
        "prompt": "".join(segment.text for segment in asked.segments),
        "options": list(item.options),
        "target": target,
        "parsed": score.parsed,
        "outcome": score.outcome.value,
        "score": score.value,
        "other_language": score.other_language,
        "prompt_tokens": asked.prompt_tokens,
        "key": asked.key,
    }
    if score.extraction is not None:
        row |= {"rule": score.extraction.rule, "span_start": score.extraction.start, "span_end": score.extraction.end}
    if line is not None:
        response = line.response
        row |= {
            "text": response.text,
            "reasoning": response.reasoning,
            "answer_language": dominant_language(response.text),
            "log_probs": list(response.log_probs),
            "finish_reason": response.finish_reason.value,
            "computed_tokens": response.computed_tokens,
            "cached_tokens": response.cached_tokens,
            "generated_tokens": response.generated_tokens,
            "seconds": response.seconds,
            "first_seconds": response.timing.first if response.timing is not None else None,
            "last_seconds": response.timing.last if response.timing is not None else None,
            "prefill_seconds": response.prefill_seconds,
            "peak_memory": response.peak_memory,
            "batch_size": response.batch_size,
            "session": line.session,
            "error": response.error,
        }
    return row
