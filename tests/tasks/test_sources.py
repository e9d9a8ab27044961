import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow
import pyarrow.parquet
import pytest

from benchharness.records import Language
from benchharness.registry.catalogue import TaskFile
from benchharness.tasks.sources import hub_location, read_row_file, read_rows, subset_variables

Refused = Callable[..., str]
MakeTask = Callable[..., TaskFile]

ROWS = [{"question": "一加一等于几？", "answer": 2}, {"question": "二加三等于几？", "answer": 5}]
JSONL = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in ROWS)
HUB = {"kind": "hub", "dataset": "acme/tiny"}


def test_rows_beside_the_task_are_read_in_order_and_blank_lines_are_passed_over(
    make_task: MakeTask, tmp_path: Path
) -> None:
    file = make_task()
    (tmp_path / "rows.jsonl").write_text(f"\n{JSONL}\n  \n", encoding="utf-8")
    assert read_rows(file, Language.ZH, None, None) == ROWS


def test_each_language_may_have_a_file_of_its_own(make_task: MakeTask, tmp_path: Path) -> None:
    file = make_task(source={"kind": "jsonl", "path": {"zh": "中文.jsonl", "en": "en.jsonl"}})
    (tmp_path / "中文.jsonl").write_text('{"answer": "甲"}\n', encoding="utf-8")
    (tmp_path / "en.jsonl").write_text('{"answer": "A"}\n', encoding="utf-8")
    assert read_rows(file, Language.ZH, None, None) == [{"answer": "甲"}]
    assert read_rows(file, Language.EN, None, None) == [{"answer": "A"}]


@pytest.mark.parametrize(
    ("content", "fragments"),
    [
        (b'{"a": 1}\n{"a": 2\n', ["rows.jsonl:2", "not valid JSON", "column"]),
        (b'{"a": 1}\n\n[1, 2]\n', ["rows.jsonl:3", "expected a JSON object, found list"]),
        (b'"text"\n', ["rows.jsonl:1", "expected a JSON object, found str"]),
        ("{'a': '题'}\n".encode("gbk"), ["rows.jsonl is not UTF-8"]),
    ],
)
def test_a_bad_line_is_refused_by_its_number(
    content: bytes, fragments: list[str], make_task: MakeTask, tmp_path: Path, refused: Refused
) -> None:
    file = make_task()
    (tmp_path / "rows.jsonl").write_bytes(content)
    message = refused(read_rows, file, Language.ZH, None, None)
    for fragment in fragments:
        assert fragment in message


def test_a_missing_file_is_refused_by_name(make_task: MakeTask, tmp_path: Path, refused: Refused) -> None:
    message = refused(read_rows, make_task(), Language.EN, None, None)
    assert message == f"Cannot read {tmp_path}/rows.jsonl: No such file or directory."


def test_paired_rows_give_shared_columns_and_those_of_the_language(make_task: MakeTask) -> None:
    rows = [{"id": "1", "answer": 2, "zh": {"question": "几？"}, "en": {"question": "How many?", "answer": 3}}]
    file = make_task(rows, source={"kind": "jsonl", "path": "rows.jsonl", "paired": True})
    assert read_rows(file, Language.ZH, None, None) == [{"id": "1", "answer": 2, "question": "几？"}]
    assert read_rows(file, Language.EN, None, None) == [{"id": "1", "answer": 3, "question": "How many?"}]


@pytest.mark.parametrize("half", [{}, {"en": "How many?"}, {"en": None}])
def test_a_paired_row_without_a_language_is_refused_by_its_number(
    half: dict[str, Any], make_task: MakeTask, refused: Refused
) -> None:
    whole = {"zh": {"question": "?"}, "en": {"question": "?"}}
    file = make_task(
        [whole, {"zh": {"question": "?"}, **half}], source={"kind": "jsonl", "path": "rows.jsonl", "paired": True}
    )
    assert len(read_row_file(file, "rows.jsonl", Language.ZH)) == 2
    message = refused(read_row_file, file, "rows.jsonl", Language.EN)
    assert "rows.jsonl:2: the source is `paired`, but the row has no object 'en'" in message


def write_mirror(folder: Path, name: str) -> None:
    folder.mkdir(parents=True)
    path = folder / name
    if path.suffix == ".jsonl":
        path.write_text(JSONL, encoding="utf-8")
    elif path.suffix == ".json":
        path.write_text(json.dumps(ROWS, ensure_ascii=False, indent=2), encoding="utf-8")
    elif path.suffix == ".parquet":
        pyarrow.parquet.write_table(pyarrow.Table.from_pylist(ROWS), path)
    else:
        path.write_text("question,answer\n一加一等于几？,2\n二加三等于几？,5\n", encoding="utf-8-sig")


@pytest.mark.parametrize("config", [None, "zh"])
@pytest.mark.parametrize("suffix", ["jsonl", "json", "parquet", "csv"])
def test_a_mirror_is_read_in_every_format(suffix: str, config: str | None, make_task: MakeTask, tmp_path: Path) -> None:
    source = {**HUB, "config": "{{ language }}"} if config else HUB
    write_mirror(tmp_path / "data" / "acme" / "tiny" / (config or ""), f"test.{suffix}")
    rows = read_rows(make_task(source=source), Language.ZH, None, tmp_path / "data")
    expected = [{key: str(value) for key, value in row.items()} for row in ROWS] if suffix == "csv" else ROWS
    assert rows == expected


@pytest.mark.parametrize(
    ("name", "content", "fragment"),
    [
        ("test.json", b"[{]", "cannot be read as json"),
        ("test.json", b'{"rows": []}', "expected a list of objects, found dict"),
        ("test.json", b"3", "expected a list of objects, found int"),
        ("test.json", b'[{"a": 1}, 2]', "test.json: row 2: expected a JSON object, found int"),
        ("test.json", '[{"a": "题"}]'.encode("gbk"), "cannot be read as json in UTF-8"),
        ("test.csv", "问,答\n题,1\n".encode("gbk"), "cannot be read as csv in UTF-8"),
        ("test.parquet", b"PAR1 not really", "cannot be read as parquet"),
        ("test.jsonl", b'{"a": 1}\nx\n', "test.jsonl:2: not valid JSON"),
    ],
)
def test_a_broken_file_of_a_mirror_is_refused_by_name(
    name: str, content: bytes, fragment: str, make_task: MakeTask, tmp_path: Path, refused: Refused
) -> None:
    folder = tmp_path / "data" / "acme" / "tiny"
    folder.mkdir(parents=True)
    (folder / name).write_bytes(content)
    message = refused(read_rows, make_task(source=HUB), Language.ZH, None, tmp_path / "data")
    assert str(folder / name) in message
    assert fragment in message


def test_another_split_of_a_mirror_can_be_read(make_task: MakeTask, tmp_path: Path) -> None:
    write_mirror(tmp_path / "acme" / "tiny", "dev.jsonl")
    assert read_rows(make_task(source=HUB), Language.EN, None, tmp_path, split="dev") == ROWS


def test_a_split_that_a_mirror_lacks_is_refused_with_the_paths_looked_for(
    make_task: MakeTask, tmp_path: Path, refused: Refused
) -> None:
    message = refused(read_rows, make_task(source={**HUB, "config": "c"}), Language.EN, None, tmp_path)
    assert f"{tmp_path}/acme/tiny/c/test{{.jsonl,.json,.parquet,.csv}}" in message
    assert "--data-root" in message


def test_a_mirror_that_is_no_directory_is_refused(make_task: MakeTask, tmp_path: Path, refused: Refused) -> None:
    message = refused(read_rows, make_task(source=HUB), Language.EN, None, tmp_path / "none")
    assert message == f"--data-root {tmp_path}/none: there is no such directory."


def test_the_place_on_the_hub_follows_language_and_subset(make_task: MakeTask) -> None:
    source = {
        "kind": "hub",
        "dataset": {"zh": "acme/zh", "en": "acme/en"},
        "config": "{{ subset.code }}-{{ language }}",
    }
    file = make_task(source=source, subsets={"algebra": {"code": {"zh": "代数", "en": "alg"}}})
    assert hub_location(file, Language.ZH, "algebra") == ("acme/zh", "代数-zh")
    assert hub_location(file, Language.EN, "algebra") == ("acme/en", "alg-en")


def test_the_variables_of_a_subset_are_those_of_the_language(make_task: MakeTask) -> None:
    file = make_task(subsets={"law": {"title": {"zh": "法律", "en": "law"}, "level": 2, "map": {"x": 1}}})
    expected = {"name": "law", "title": "法律", "level": 2, "map": {"x": 1}}
    assert subset_variables(file, Language.ZH, "law") == {"language": "zh", "subset": expected}
    assert subset_variables(file, Language.EN, None) == {"language": "en", "subset": None}
