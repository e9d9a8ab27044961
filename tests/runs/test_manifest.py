"""The manifest: a run goes on only under the conditions it began under."""

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import pytest

from benchharness.errors import BenchharnessError, InputError, ManifestChangedError
from benchharness.records import Language
from benchharness.registry.models import ModelSpec
from benchharness.runs.manifest import settle_manifest

if TYPE_CHECKING:
    from tests.runs.conftest import Classroom


def refused(classroom: "Classroom", tasks: Sequence[Any], **settings: Any) -> ManifestChangedError:
    journal = {path: path.read_bytes() for path in classroom.output.rglob("*") if path.is_file()}
    with pytest.raises(ManifestChangedError) as caught:
        classroom.run(tasks, classroom.right, **settings)
    assert {path: path.read_bytes() for path in classroom.output.rglob("*") if path.is_file()} == journal
    assert caught.value.exit_code == 5
    for message in (caught.value.en, caught.value.zh):
        assert str(classroom.output) in message
        assert "--output" in message
    return caught.value


def test_unchanged_conditions_resume_and_leave_the_manifest_as_it_is(classroom: "Classroom") -> None:
    tasks = [classroom.sums(), classroom.colours()]
    folder, _ = classroom.run(tasks, classroom.right, limit=2)
    before = folder.manifest.read_bytes()
    classroom.run(tasks, classroom.right, limit=5)
    assert folder.manifest.read_bytes() == before


@pytest.mark.parametrize(
    ("changes", "listed"),
    [
        ({"seed": 7}, "seed: 0 → 7"),
        ({"protocol": {"shots": 0}}, "protocol.shots: null → 0"),
        ({"protocol": {"name": "other"}}, "protocol.name: default → other"),
        ({"protocol": {"template": "plain"}}, "protocol.template: chat → plain"),
        ({"identity": "another student"}, "model.weights: student → another student"),
        ({"context_length": 999}, "model.context_length: null → 999"),
        ({"model": ModelSpec(name="namesake")}, "model.name: student → namesake"),
        ({"languages": (Language.ZH,)}, 'languages: ["zh", "en"] → ["zh"]'),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_changed_setting_is_refused_and_listed(classroom: "Classroom", changes: dict[str, Any], listed: str) -> None:
    tasks = [classroom.sums()]
    classroom.run(tasks, classroom.right)
    error = refused(classroom, tasks, **changes)
    assert f"  {listed}\n" in error.en
    assert f"  {listed}\n" in error.zh


def test_every_change_is_listed_on_a_line_of_its_own(classroom: "Classroom") -> None:
    tasks = [classroom.sums()]
    classroom.run(tasks, classroom.right)
    error = refused(classroom, tasks, seed=1, identity="b", protocol={"shots": 0})
    changes = [line.strip() for line in error.en.splitlines() if "→" in line]
    assert changes == ["model.weights: student → b", "protocol.shots: null → 0", "seed: 0 → 1"]


def test_a_raised_task_version_is_refused(classroom: "Classroom") -> None:
    classroom.run([classroom.sums()], classroom.right)
    error = refused(classroom, [classroom.sums(version=2)])
    assert "tasks.sums.version: 1 → 2" in error.en


def test_a_reworded_question_is_refused_even_under_the_same_version(classroom: "Classroom") -> None:
    classroom.run([classroom.sums()], classroom.right)
    prompt = {"zh": {"question": "请问{{ question }}"}, "en": {"question": "{{ question }}"}}
    error = refused(classroom, [classroom.sums(prompt=prompt)])
    assert "tasks.sums.spec.prompt.zh.question" in error.en


def test_changed_rows_are_refused(classroom: "Classroom") -> None:
    task = classroom.sums()
    classroom.run([task], classroom.right)
    data = task.file.path.with_suffix(".jsonl")
    data.write_text(data.read_text(encoding="utf-8").replace("等于几", "是多少", 1), encoding="utf-8")
    error = refused(classroom, [task])
    assert "tasks.sums.data.zh.fingerprint" in error.en
    assert "tasks.sums.data.en" not in error.en


def test_added_rows_are_refused(classroom: "Classroom") -> None:
    classroom.run([classroom.sums(8)], classroom.right)
    error = refused(classroom, [classroom.sums(9)])
    assert "tasks.sums.data.zh.rows: 8 → 9" in error.en


def test_an_added_and_a_dropped_task_are_refused(classroom: "Classroom") -> None:
    sums, colours = classroom.sums(), classroom.colours()
    classroom.run([sums], classroom.right)
    error = refused(classroom, [colours])
    assert "tasks.sums:" in error.en
    assert "tasks.colours: (absent) →" in error.en


@pytest.mark.parametrize(
    "content",
    ["", "{", "[]", "null", "{}", '{"schema": "benchharness.manifest/1"}', '{"schema": "other/1", "conditions": {}}'],
)
def test_a_damaged_manifest_is_one_error_that_names_the_file(classroom: "Classroom", content: str) -> None:
    tasks = [classroom.sums()]
    folder, _ = classroom.run(tasks, classroom.right)
    folder.manifest.write_text(content, encoding="utf-8")
    with pytest.raises(InputError) as caught:
        classroom.run(tasks, classroom.right)
    assert str(folder.manifest) in caught.value.en
    assert str(folder.manifest) in caught.value.zh
    assert folder.manifest.read_text(encoding="utf-8") == content


def test_conditions_hold_no_path_of_this_machine(classroom: "Classroom") -> None:
    folder, _ = classroom.run([classroom.sums()], classroom.right)
    assert str(classroom.root) not in folder.manifest.read_text(encoding="utf-8")


def test_numbers_and_tuples_compare_as_json_has_them(classroom: "Classroom") -> None:
    folder, _ = classroom.run([classroom.sums(2)], classroom.right)
    conditions = json.loads(folder.manifest.read_text(encoding="utf-8"))["conditions"]
    settle_manifest(folder, {**conditions, "languages": ("zh", "en")})
    with pytest.raises(BenchharnessError):
        settle_manifest(folder, {**conditions, "languages": ("en", "zh")})
