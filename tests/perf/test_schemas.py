"""What is measured is what docs/schema promises."""

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from referencing import Registry, Resource
from tests.runs.test_schemas import find_undescribed

from benchharness.perf.compare import compare
from benchharness.perf.flags import parse_grid
from benchharness.perf.measure import measure
from benchharness.perf.request import PerfRequest, Scenario, TextKind
from benchharness.perf.slo import parse_slo

from .conftest import ScheduledBackend

SCHEMAS = Path(__file__).parents[2] / "docs" / "schema"
NAMES = ("perf", "perf-comparison")

EVERYTHING = PerfRequest(
    grid=parse_grid("24x3,8x1"),
    scenarios=tuple(Scenario),
    concurrency=(2,),
    rates=(500.0,),
    texts=tuple(TextKind),
    slo=parse_slo("mlperf:llama2-70b"),
    repeats=2,
    requests=4,
)


def schema(name: str) -> dict[str, Any]:
    document: dict[str, Any] = json.loads((SCHEMAS / f"{name}.schema.json").read_text(encoding="utf-8"))
    return document


def problems(name: str, document: Any) -> list[str]:
    resources = [(f"{other}.schema.json", Resource.from_contents(schema(other))) for other in (*NAMES, "manifest")]
    registry: Registry[Any] = Registry().with_resources(resources)
    checker = Draft202012Validator(schema(name), registry=registry, format_checker=Draft202012Validator.FORMAT_CHECKER)
    plain = json.loads(json.dumps(document, allow_nan=False))
    return [f"{error.json_path}: {error.message}" for error in checker.iter_errors(plain)]


@pytest.mark.parametrize("name", NAMES)
def test_a_schema_is_a_schema_and_describes_every_property(name: str) -> None:
    Draft202012Validator.check_schema(schema(name))
    assert list(find_undescribed(schema(name), name, schema(name))) == []


@pytest.mark.parametrize(
    "backend",
    [
        ScheduledBackend(),
        ScheduledBackend(tells=False),
        ScheduledBackend(fails=frozenset({"0", "1", "2", "3"})),
        ScheduledBackend(cached=2, slots=1),
    ],
    ids=["plain", "without times", "all failed", "cached"],
)
def test_a_measurement_keeps_the_promise(backend: ScheduledBackend) -> None:
    assert problems("perf", measure(backend, EVERYTHING)) == []


def test_a_comparison_keeps_the_promise() -> None:
    document = compare(ScheduledBackend(), ScheduledBackend(tells=False), EVERYTHING, models=("A", "B"))
    assert problems("perf-comparison", document) == []


def test_a_cell_without_its_load_breaks_the_promise(scheduled: ScheduledBackend) -> None:
    document = measure(scheduled, PerfRequest(parse_grid("8x2"), repeats=1, requests=2))
    assert problems("perf", document) == []
    del document["cells"][0]["scenario"]
    assert problems("perf", document) == ["$.cells[0]: 'scenario' is a required property"]
