"""Controlled throughput in the record of a run: beside its scores only where the engine is the very same."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from benchharness.errors import InputError
from benchharness.perf.measure import measure
from benchharness.perf.request import Lengths, PerfRequest, Scenario, TextKind
from benchharness.runs.controlled import SCHEMA
from benchharness.runs.folder import RunFolder, write_json
from benchharness.runs.sessions import read_sessions
from benchharness.runs.summary import summarise

if TYPE_CHECKING:
    from tests.runs.conftest import Classroom, EngineBackend

REQUEST = PerfRequest(
    grid=(Lengths(16, 4),),
    scenarios=(Scenario.OFFLINE,),
    texts=(TextKind.RANDOM, TextKind.ZH),
    repeats=2,
    requests=3,
)


@pytest.fixture
def measured(classroom: "Classroom", engine: "type[EngineBackend]") -> tuple[RunFolder, dict[str, Any]]:
    """A run, and what was measured on its backend."""
    backend = engine(lambda request: "word", settings={"graphs": "on"})
    folder, _ = classroom.run([classroom.sums(2)], backend)
    return folder, measure(backend, REQUEST)


def summary_of(folder: RunFolder) -> dict[str, Any]:
    return summarise(folder, read_sessions(folder))


def test_a_run_beside_which_nothing_was_measured_has_none(classroom: "Classroom") -> None:
    _, summary = classroom.run([classroom.sums(2)], classroom.right)
    assert summary["perf"] is None


def test_the_same_engine_shows_its_medians(measured: tuple[RunFolder, dict[str, Any]]) -> None:
    folder, document = measured
    write_json(folder.perf, document)
    summary = summary_of(folder)
    perf = summary["perf"]
    assert (perf["path"], perf["withheld"]) == ("perf.json", None)
    assert perf["engine"] == summary["engine"]["hash"] == document["engine"]
    assert [(cell["text"], cell["scenario"], cell["input_tokens"]) for cell in perf["cells"]] == [
        ("random", "offline", 16),
        ("zh", "offline", 16),
    ]
    for shown, cell in zip(perf["cells"], document["cells"], strict=True):
        figures = cell["summary"]
        assert shown["output_tokens_per_second"] == figures["output_tokens_per_second"]["median"]
        assert shown["tokens_per_second"] == figures["computed_tokens_per_second"]["median"]
    assert perf["cells"][0]["characters_per_second"] is None
    assert perf["cells"][1]["characters_per_second"] > 0


def test_another_engine_is_withheld_with_both_hashes(measured: tuple[RunFolder, dict[str, Any]]) -> None:
    folder, document = measured
    write_json(folder.perf, {**document, "engine": "0123456789ab"})
    summary = summary_of(folder)
    perf = summary["perf"]
    assert perf["cells"] == []
    for tongue in ("en", "zh"):
        assert "0123456789ab" in perf["withheld"][tongue]
        assert summary["engine"]["hash"] in perf["withheld"][tongue]


def test_settings_that_change_the_speed_change_the_hash(
    classroom: "Classroom", engine: "type[EngineBackend]", measured: tuple[RunFolder, dict[str, Any]]
) -> None:
    folder, _ = measured
    write_json(folder.perf, measure(engine(lambda request: "word", settings={"graphs": "off"}), REQUEST))
    assert "other engine settings" in summary_of(folder)["perf"]["withheld"]["en"]


def test_scores_of_an_unknown_engine_stand_alone(measured: tuple[RunFolder, dict[str, Any]]) -> None:
    folder, document = measured
    write_json(folder.perf, document)
    lines = [json.loads(line) for line in folder.sessions.read_text(encoding="utf-8").splitlines()]
    folder.sessions.write_text("".join(json.dumps({**line, "engine": None}) + "\n" for line in lines))
    perf = summary_of(folder)["perf"]
    assert perf["withheld"] == {"en": "the engine settings of the scores are not known", "zh": "得分所用的引擎设置未知"}


@pytest.mark.parametrize(
    "damage", [{}, {"schema": "other"}, {"schema": SCHEMA}, {"schema": SCHEMA, "engine": "x", "cells": [1]}]
)
def test_a_damaged_document_is_named(measured: tuple[RunFolder, dict[str, Any]], damage: dict[str, Any]) -> None:
    folder, _ = measured
    write_json(folder.perf, damage)
    with pytest.raises(InputError, match=r"perf\.json"):
        summary_of(folder)


def test_the_summary_keeps_what_its_schema_promises(measured: tuple[RunFolder, dict[str, Any]]) -> None:
    from jsonschema import Draft202012Validator

    folder, document = measured
    write_json(folder.perf, document)
    schema = json.loads((Path(__file__).parents[2] / "docs/schema/summary.schema.json").read_text(encoding="utf-8"))
    perf = {"$schema": schema["$schema"], "$defs": schema["$defs"], "$ref": "#/$defs/perf"}
    assert list(Draft202012Validator(perf).iter_errors(summary_of(folder)["perf"])) == []
