"""What a run writes is what docs/schema promises."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from jsonschema import Draft202012Validator
from referencing import Registry, Resource

from benchharness.records import Language, Request
from benchharness.registry.models import ModelSpec
from benchharness.registry.suites import SuiteSpec
from benchharness.runs.folder import RunFolder, read_json
from benchharness.runs.summary import KEYS, LATER_KEYS

if TYPE_CHECKING:
    from tests.runs.conftest import Classroom

SCHEMAS = Path(__file__).parents[2] / "docs" / "schema"


def schema(name: str) -> dict[str, Any]:
    document: dict[str, Any] = json.loads((SCHEMAS / f"{name}.schema.json").read_text(encoding="utf-8"))
    return document


def validator(name: str) -> Draft202012Validator:
    resources = [(f"{other}.schema.json", Resource.from_contents(schema(other))) for other in ("summary", "manifest")]
    registry: Registry[Any] = Registry().with_resources(resources)
    return Draft202012Validator(schema(name), registry=registry, format_checker=Draft202012Validator.FORMAT_CHECKER)


def problems(name: str, document: Any) -> list[str]:
    return [f"{error.json_path}: {error.message}" for error in validator(name).iter_errors(document)]


def check(folder: RunFolder) -> None:
    assert problems("manifest", read_json(folder.manifest)) == []
    assert problems("summary", read_json(folder.summary)) == []


@pytest.mark.parametrize("name", ["summary", "manifest"])
def test_a_schema_is_a_schema_and_describes_every_property(name: str) -> None:
    Draft202012Validator.check_schema(schema(name))
    undescribed = list(find_undescribed(schema(name), name, schema(name)))
    assert undescribed == []


def find_undescribed(node: Any, place: str, whole: dict[str, Any]) -> Iterator[str]:
    if isinstance(node, list):
        for inner in node:
            yield from find_undescribed(inner, place, whole)
    if not isinstance(node, dict):
        return
    for key, value in node.get("properties", {}).items():
        own = value
        if "description" not in value and value.get("$ref", "").startswith("#/$defs/"):
            own = whole["$defs"][value["$ref"].removeprefix("#/$defs/")]
        if "description" not in own:
            yield f"{place}.{key}"
    for key, value in node.items():
        if key != "enum":
            yield from find_undescribed(value, f"{place}.{key}", whole)


def test_a_plain_run_keeps_the_promise(classroom: "Classroom") -> None:
    folder, _ = classroom.run([classroom.sums(4), classroom.colours(4)], classroom.right)
    check(folder)


def test_a_partial_run_in_one_language_of_a_suite_keeps_the_promise(classroom: "Classroom") -> None:
    suite = SuiteSpec.model_validate({"name": "s", "version": 1, "title": {"zh": "套件"}, "tasks": {"sums": 1}})
    folder, _ = classroom.run(
        [classroom.sums(4)], classroom.wrong, suite=suite, limit=2, languages=(Language.EN,), protocol={"shots": 0}
    )
    check(folder)


def test_a_resumed_run_with_errors_and_long_items_keeps_the_promise(classroom: "Classroom") -> None:
    calls: list[str] = []

    def student(request: Request) -> str | Exception:
        calls.append(request.key)
        if len(calls) == 3:
            raise RuntimeError
        return classroom.right(request) if len(calls) < 3 else OSError("no")

    settings: dict[str, Any] = {"context_length": 115, "model": ModelSpec(name="m", kind="base", hub="o/m")}
    with pytest.raises(RuntimeError):
        classroom.run([classroom.sums(4), classroom.colours(4)], student, **settings)
    folder, summary = classroom.run([classroom.sums(4), classroom.colours(4)], student, **settings)
    assert summary["throughput"]["withheld"]
    check(folder)


@pytest.mark.parametrize("key", [*KEYS, *LATER_KEYS])
def test_a_summary_without_one_of_its_keys_breaks_the_promise(classroom: "Classroom", key: str) -> None:
    folder, _ = classroom.run([classroom.sums(1)], classroom.right)
    summary = read_json(folder.summary)
    assert set(summary) == {*KEYS, *LATER_KEYS}
    del summary[key]
    assert problems("summary", summary)


def test_a_score_above_one_breaks_the_promise(classroom: "Classroom") -> None:
    folder, _ = classroom.run([classroom.sums(1)], classroom.right)
    summary = read_json(folder.summary)
    summary["tasks"][0]["score"] = 100.0
    assert problems("summary", summary) == ["$.tasks[0].score: 100.0 is greater than the maximum of 1"]
