from collections.abc import Callable
from pathlib import Path
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchharness.registry.documents import Spec, did_you_mean, parse, read_yaml

Refused = Callable[..., str]
Write = Callable[[str, str | bytes], Path]


class Tea(Spec):
    name: str
    leaves: int
    colour: Literal["green", "black"] = "green"


@pytest.mark.parametrize(
    ("content", "fragments"),
    [
        ("a: 1\nb: 2\na: 3\n", [":3:1", "the key 'a' stands twice"]),
        ("outer:\n  inner: 1\n  inner: 2\n", [":3:3", "the key 'inner' stands twice"]),
        ("列表:\n  - {x: 1, x: 2}\n", [":2:12", "the key 'x' stands twice"]),
        ("a: [1, 2\n", ["not valid YAML", ":2:1"]),
        ("a: b: c\n", ["not valid YAML", ":1:5"]),
        ("[1, 2]: x\n", [":1:1", "[1, 2] cannot be a key"]),
        ("{a: 1}: x\n", [":1:1", "{'a': 1} cannot be a key"]),
        ("released: 2024-13-45\n", ["not valid YAML", "month"]),
        ("a: !!python/object/apply:os.system [echo]\n", ["not valid YAML", ":1:4"]),
        ("- a\n- b\n", ["expected a mapping", "found list"]),
        ("only words\n", ["expected a mapping", "found str"]),
        ("", ["expected a mapping", "found NoneType"]),
        ("a: \u00e9\n".encode("latin-1"), ["is not UTF-8", "byte 3", "Save it as UTF-8"]),
        ("标题: 测试\n".encode("gbk"), ["is not UTF-8", "byte 0"]),
    ],
)
def test_a_file_that_is_no_mapping_is_refused_by_name_and_line(
    content: str | bytes, fragments: list[str], write: Write, refused: Refused
) -> None:
    path = write("document.yaml", content)
    message = refused(read_yaml, path)
    for fragment in [str(path), *fragments]:
        assert fragment in message


def test_a_file_that_is_missing_is_refused_by_name(tmp_path: Path, refused: Refused) -> None:
    assert refused(read_yaml, tmp_path / "none.yaml") == f"Cannot read {tmp_path}/none.yaml: No such file or directory."


def test_a_folder_is_no_file(tmp_path: Path, refused: Refused) -> None:
    assert "Is a directory" in refused(read_yaml, tmp_path)


def test_a_mapping_is_read_with_its_types(write: Write) -> None:
    path = write("document.yaml", "题目: 一\nnumber: 2\nnested: {list: [1, 二]}\nsame: {number: 3}\n")
    assert read_yaml(path) == {"题目": "一", "number": 2, "nested": {"list": [1, "二"]}, "same": {"number": 3}}


def test_a_document_becomes_a_spec() -> None:
    assert parse(Tea, {"name": "龙井", "leaves": 9}, "tea.yaml") == Tea(name="龙井", leaves=9)


@pytest.mark.parametrize(
    ("document", "lines"),
    [
        ({"leaves": 1}, ["the key `name` is missing."]),
        ({"name": "x", "leaves": 1, "color": "green"}, ["unknown key `color`. Did you mean colour?"]),
        ({"name": "x", "leaves": 1, "zzzz": 0}, ["unknown key `zzzz`."]),
        ({"name": "x", "leaves": 1, "colour": "red"}, ["`colour` is 'red'; expected one of 'green' or 'black'."]),
        ({"name": "x", "leaves": "many"}, ["`leaves`: Input should be a valid integer", "(found 'many')"]),
        (
            {"leavs": 1, "colour": "red"},
            ["the key `name` is missing.", "the key `leaves` is missing.", "`leavs`. Did you mean leaves", "`colour`"],
        ),
    ],
)
def test_every_problem_of_a_document_is_named(document: dict[str, object], lines: list[str], refused: Refused) -> None:
    message = refused(parse, Tea, document, "tea.yaml")
    assert all(line.startswith("tea.yaml: ") for line in message.splitlines())
    for line in lines:
        assert line in message


def test_a_spec_does_not_change() -> None:
    with pytest.raises(ValueError, match="frozen"):
        Tea(name="x", leaves=1).leaves = 2


@pytest.mark.parametrize(
    ("name", "known", "hints"),
    [
        ("knowlege", ["arithmetic", "knowledge"], (" Did you mean knowledge?", "您要找的是不是 knowledge？")),
        ("QWEN2-7b", ["qwen2-7B", "yi-6b"], (" Did you mean qwen2-7B?", "您要找的是不是 qwen2-7B？")),
        ("task", ["task1", "task2"], (" Did you mean task2 or task1?", "您要找的是不是 task2、task1？")),
        ("xyz", ["arithmetic"], ("", "")),
        ("xyz", [], ("", "")),
    ],
)
def test_the_nearest_names_are_offered(name: str, known: list[str], hints: tuple[str, str]) -> None:
    assert did_you_mean(name, known) == hints


@given(st.lists(st.text("abc词", min_size=3), min_size=1, unique_by=str.casefold), st.data())
def test_a_known_name_in_other_case_is_always_offered(known: list[str], data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(known))
    assert name in did_you_mean(name.upper(), known)[0]
