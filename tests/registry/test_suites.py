import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator
from pydantic import ValidationError

from benchharness.errors import InputError
from benchharness.records import Language
from benchharness.registry.catalogue import load_suites, load_tasks
from benchharness.registry.documents import parse
from benchharness.registry.suites import SuiteSpec

ROOT = Path(__file__).parents[2]

Write = Callable[[str, str | bytes], Path]
Refused = Callable[..., str]

TREE: dict[str, Any] = {
    "name": "tree",
    "version": 1,
    "title": {"en": "Tree"},
    "groups": {
        "science": {
            "title": {"zh": "理科", "en": "Science"},
            "abilities": {
                "sums": {"title": {"en": "Sums"}, "tasks": {"sums": 1}},
                "colours": {"title": {"en": "Colours"}, "tasks": {"red": 3, "blue": 1}},
            },
        },
        "arts": {"title": {"en": "Arts"}, "abilities": {"words": {"title": {"en": "Words"}, "tasks": {"words": 9}}}},
    },
    "apart": ["poems"],
}


def test_a_group_is_the_mean_of_its_abilities_and_the_total_that_of_the_groups() -> None:
    suite = SuiteSpec.model_validate(TREE)
    parts = {(part.level, part.name): part.weights for part in suite.parts()}
    assert list(parts) == [
        ("total", "tree"), ("group", "science"), ("ability", "sums"), ("ability", "colours"), ("group", "arts"),
        ("ability", "words"),
    ]  # fmt: skip
    assert parts["ability", "colours"] == {"red": 0.75, "blue": 0.25}
    assert parts["group", "science"] == {"sums": 0.5, "red": 0.375, "blue": 0.125}
    assert parts["total", "tree"] == {"sums": 0.25, "red": 0.1875, "blue": 0.0625, "words": 0.5}
    assert suite.all_tasks() == ["sums", "red", "blue", "words", "poems"]


def test_a_flat_suite_has_one_total() -> None:
    suite = SuiteSpec.model_validate({"name": "flat", "version": 1, "title": {"en": "x"}, "tasks": {"a": 3, "b": 1}})
    (part,) = suite.parts()
    assert (part.level, part.weights) == ("total", {"a": 0.75, "b": 0.25})


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"groups": {}}, "either `tasks` or `groups`"),
        ({"tasks": {"a": 1}}, "either `tasks` or `groups`"),
        ({"apart": ["words"]}, "stands twice: words"),
        ({"groups": {"one": {"title": {"en": "x"}, "abilities": {}}}}, "abilities"),
        ({"groups": {"words": TREE["groups"]["arts"]}}, "stands twice: words"),
        ({"tasks": {"a": -1}, "groups": {}}, "greater than 0"),
    ],
)
def test_a_suite_that_cannot_be_summed_up_is_refused(changes: dict[str, Any], said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        SuiteSpec.model_validate(TREE | changes)


def test_the_superclue_suite_has_the_groups_and_abilities_of_june_2024_and_names_tasks_that_are_there() -> None:
    suite = load_suites()["superclue"]
    assert {name: list(group.abilities) for name, group in suite.groups.items()} == {
        "science": ["calculation", "logical_reasoning", "code", "tool_use"],
        "arts": ["knowledge", "language", "long_text", "safety"],
        "hard": ["instruction_following", "multi_step_reasoning"],
    }
    tasks = load_tasks()
    assert set(suite.all_tasks()) <= set(tasks)
    for name in suite.all_tasks():
        languages = {"chinese_only": ("zh",), "english_only": ("en",)}.get(name, ("zh", "en"))
        assert tasks[name].spec.languages == tuple(Language(language) for language in languages)


def by_profile(groups: list[str], profile: str) -> dict[str, Any]:
    """A suite with a profile, whose groups have one ability with two tasks each."""
    return {
        "name": "s", "version": 1, "title": {"en": "S"}, "profile": profile,
        "groups": {
            name: {
                "title": {"en": name},
                "abilities": {f"{name}_a": {"title": {"en": "A"}, "tasks": {f"{name}_1": 3, f"{name}_2": 1}}},
            }
            for name in groups
        },
    }  # fmt: skip


def test_the_weights_of_the_groups_are_those_of_the_profile() -> None:
    suite = SuiteSpec.model_validate(by_profile(["opt", "open"], "superclue-2023-12"))
    total, *_ = suite.parts()
    assert total.weights == pytest.approx({"open_1": 0.525, "open_2": 0.175, "opt_1": 0.225, "opt_2": 0.075})
    assert sum(total.weights.values()) == pytest.approx(1)


def test_the_weights_of_a_profile_leave_groups_and_abilities_as_they_are() -> None:
    suite = SuiteSpec.model_validate(by_profile(["open", "opt"], "superclue-2023-12"))
    groups = {part.name: part.weights for part in suite.parts()}
    assert groups["open"] == groups["open_a"] == {"open_1": 0.75, "open_2": 0.25}


@pytest.mark.parametrize(
    ("groups", "profile", "en", "zh"),
    [
        (
            ["science", "arts"], "superclue-2024-06",
            "wants the groups science, arts, hard; there are science, arts",
            "`profile: superclue-2024-06` 要求分组为 science、arts、hard，实际为 science、arts",
        ),
        (
            ["science", "arts", "hard", "open"], "superclue-2024-06",
            "there are science, arts, hard, open", "实际为 science、arts、hard、open",
        ),
        (["open", "opt"], "superclue-2023-13", "no such profile as superclue-2023-13. Did you mean", "您要找的是不是"),
        (["win", "tie", "loss"], "superclue-open-2023-07", "no weighted mean", "不是加权平均"),
    ],
)  # fmt: skip
def test_a_profile_that_the_groups_do_not_fit_is_refused_in_both_languages(
    write: Write, refused: Refused, groups: list[str], profile: str, en: str, zh: str
) -> None:
    document = by_profile(groups, profile)
    path = write("suite.yaml", yaml.safe_dump(document, allow_unicode=True, sort_keys=False))
    assert en in refused(load_suites, path.parent)
    with pytest.raises(InputError) as caught:
        parse(SuiteSpec, document, "suite.yaml")
    assert zh in caught.value.zh


def test_a_flat_suite_cannot_follow_a_profile() -> None:
    flat = {"name": "f", "version": 1, "title": {"en": "F"}, "tasks": {"a": 1}, "profile": "superclue-2024-06"}
    with pytest.raises(ValidationError, match="there are none"):
        SuiteSpec.model_validate(flat)


def test_the_superclue_suite_follows_the_profile_of_june_2024_and_a_mean_of_groups_is_the_same() -> None:
    suite = load_suites()["superclue"]
    assert suite.profile == "superclue-2024-06"
    (with_profile, *_), (without, *_) = suite.parts(), suite.model_copy(update={"profile": None}).parts()
    assert with_profile.weights == pytest.approx(without.weights, abs=1e-15)
    assert sum(with_profile.weights.values()) == pytest.approx(1)


def test_a_profile_stands_in_the_manifest_and_the_schema_knows_it() -> None:
    schema = json.loads((ROOT / "docs/schema/manifest.schema.json").read_text(encoding="utf-8"))
    described = load_suites()["superclue"].model_dump(mode="json", exclude_defaults=True, exclude={"limit"})
    assert described["profile"] == "superclue-2024-06"
    suite = schema["properties"]["conditions"]["properties"]["suite"] | {"$defs": schema["$defs"]}
    Draft202012Validator(suite).validate(described)
