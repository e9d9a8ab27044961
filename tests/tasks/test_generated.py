from pathlib import Path

import pytest

from benchharness.errors import InputError
from benchharness.records import Language
from benchharness.registry.catalogue import TaskFile, read_task
from benchharness.tasks.generated import find_generator, generate_rows
from benchharness.tasks.sources import read_rows

TASK = """
version: 1
title: {zh: 计算, en: Calculation}
licence: CC-BY-4.0
languages: [zh, en]
request: generate
source: {kind: generator, generator: calculation, seed: 7, count: 12, paired: true}
item: {id: id, category: category, target: answer}
prompt: {zh: {question: "{{ question }}"}, en: {question: "{{ question }}"}}
generate: {max_new_tokens: 8}
scorer: number
"""


def task(folder: Path, changed: str = "", to: str = "") -> TaskFile:
    path = folder / "sums.yaml"
    assert changed in TASK
    path.write_text(TASK.replace(changed, to), encoding="utf-8")
    return read_task(path)


def test_both_languages_are_halves_of_the_same_rows(tmp_path: Path) -> None:
    file = task(tmp_path)
    zh, en = (read_rows(file, language, None, None) for language in Language)
    assert [row["id"] for row in zh] == [row["id"] for row in en]
    assert len(zh) == 12
    assert all(
        one["question"] != two["question"] and one["answer"] == two["answer"] for one, two in zip(zh, en, strict=True)
    )


def test_another_seed_gives_other_rows_and_a_larger_count_only_adds(tmp_path: Path) -> None:
    def questions(seed: int, count: int) -> list[str]:
        return [row["en"]["question"] for row in generate_rows("calculation", seed, count, "here")]

    assert questions(7, 12) == questions(7, 30)[:12]
    assert not set(questions(7, 12)) & set(questions(8, 12))


def test_an_unknown_generator_is_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"sums.yaml: source.generator: there is no generator 'calculations'"):
        read_rows(task(tmp_path, "generator: calculation", "generator: calculations"), Language.ZH, None, None)


@pytest.mark.parametrize(
    ("changed", "to", "said"),
    [
        (", count: 12", "", "needs `count`"),
        ("generator: calculation, ", "", "needs `generator`"),
        ("seed: 7", "seed: 7, path: rows.jsonl", "takes no `path`"),
        ("kind: generator", "kind: jsonl", "needs `path`"),
        ("count: 12", "count: 0", "count"),
        ("scorer: number", "scorer: number\nshots: {count: 1, split: dev}", "a generator source has no splits"),
    ],
)
def test_a_source_that_lacks_something_is_refused(tmp_path: Path, changed: str, to: str, said: str) -> None:
    with pytest.raises(InputError, match=said):
        task(tmp_path, changed, to)


def test_a_generator_has_a_solver_of_its_own() -> None:
    row = generate_rows("calculation", 1, 3, "here")[0]
    assert find_generator("calculation", "here").solve(row) == row["answer"]
