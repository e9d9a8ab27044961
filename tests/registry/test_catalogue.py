from collections.abc import Callable
from pathlib import Path

import pytest

from benchharness.registry.catalogue import find_suite, load_suites, load_tasks, select_task

Refused = Callable[..., str]
Write = Callable[[str, str | bytes], Path]

TASK = """
version: 1
title: {zh: 加法, en: Sums}
licence: CC-BY-4.0
languages: [zh]
request: generate
source: {kind: jsonl, path: sums.jsonl}
item: {target: answer}
prompt: {zh: {question: "{{ question }}"}}
generate: {max_new_tokens: 8}
scorer: number
"""


def test_tasks_are_found_in_all_folders_and_suites_and_protocols_are_none(write: Write) -> None:
    root = write("one/sums.yaml", TASK).parents[1]
    write("two/deep/products.yaml", TASK)
    write("one/suite.yaml", "not: a task")
    write("protocols.yaml", "not: a task")
    assert sorted(load_tasks(root)) == ["products", "sums"]


def test_two_tasks_of_one_name_are_refused(write: Write, refused: Refused) -> None:
    first, second = write("one/sums.yaml", TASK), write("two/sums.yaml", TASK)
    message = refused(load_tasks, first.parents[1])
    assert message == f"{second}: the task name 'sums' is taken by {first}; rename one of the files."


def test_a_wrong_file_among_the_tasks_is_refused_by_name(write: Write, refused: Refused) -> None:
    path = write("one/sums.yaml", TASK + "lisence: MIT\n")
    assert refused(load_tasks, path.parents[1]) == f"{path}: unknown key `lisence`. Did you mean licence?"


def test_a_suite_takes_the_name_of_its_folder_and_reads_its_version_as_text(write: Write) -> None:
    path = write("mine/suite.yaml", "version: 1.0\ntitle: {zh: 我的, en: Mine}\ntasks: {sums: 2, products: 0.5}\n")
    suite = load_suites(path.parents[1])["mine"]
    assert (suite.name, suite.version, suite.limit) == ("mine", "1.0", None)
    assert suite.tasks == {"sums": 2.0, "products": 0.5}


@pytest.mark.parametrize(
    ("content", "fragment"),
    [
        ("version: 1\ntitle: {en: x}\ntasks: {}\n", "`tasks`"),
        ("version: 1\ntitle: {en: x}\ntasks: [sums]\n", "`tasks`"),
        ("version: 1\ntitle: {en: x}\ntasks: {a: 1}\nlimit: 0\n", "`limit`"),
        ("version: 1\ntitle: {en: x}\ntasks: {a: 1}\nlimits: 3\n", "unknown key `limits`. Did you mean limit?"),
    ],
)
def test_a_wrong_suite_is_refused(content: str, fragment: str, write: Write, refused: Refused) -> None:
    path = write("mine/suite.yaml", content)
    message = refused(load_suites, path.parents[1])
    assert str(path) in message
    assert fragment in message


def test_every_task_of_every_shipped_suite_is_there() -> None:
    assert "smoke" in load_suites()
    for suite in load_suites().values():
        for name, weight in suite.tasks.items():
            assert weight > 0
            assert select_task(name).spec.name == name


def test_an_unknown_suite_is_refused_with_the_names_there_are(refused: Refused) -> None:
    assert find_suite("smoke").name == "smoke"
    message = refused(find_suite, "smok")
    assert message.startswith("--suite smok: no such suite. Did you mean smoke? There are: ")


def test_a_task_is_selected_whole_or_by_subset() -> None:
    assert select_task("cmmlu").subset is None
    selected = select_task("cmmlu:agronomy")
    assert (selected.spec.name, selected.subset) == ("cmmlu", "agronomy")


def test_a_task_is_selected_by_the_path_of_its_file(write: Write) -> None:
    path = write("sums.yaml", TASK)
    selected = select_task(str(path))
    assert (selected.spec.name, selected.file.path, selected.subset) == ("sums", path, None)


def test_a_subset_is_selected_by_the_path_of_its_file(write: Write, refused: Refused) -> None:
    path = write("sums.yaml", TASK + "subsets: [easy, hard]\n")
    assert select_task(f"{path}:hard").subset == "hard"
    assert "has no subset 'hrad'. Did you mean hard?" in refused(select_task, f"{path}:hrad")


@pytest.mark.parametrize(
    ("name", "fragments"),
    [
        ("knowlege", ["--tasks knowlege: no such task. Did you mean knowledge?", "benchharness tasks list"]),
        ("smoke", ["--tasks smoke: no such task. It is a suite: use --suite smoke."]),
        ("cmmlu:agronmy", ["cmmlu has no subset 'agronmy'. Did you mean agronomy", "benchharness tasks show cmmlu"]),
        ("mgsm:zh", ["mgsm has no subset 'zh'."]),
        ("nowhere/sums.yaml", ["Cannot read nowhere/sums.yaml: No such file or directory."]),
        ("nowhere/sums.yaml:easy", ["Cannot read nowhere/sums.yaml: No such file or directory."]),
        ("nowhere/sums.yml", ["--tasks nowhere/sums.yml: no such task."]),
        ("", ["--tasks : no such task."]),
    ],
)
def test_what_is_no_task_is_refused_with_a_hint(name: str, fragments: list[str], refused: Refused) -> None:
    message = refused(select_task, name)
    for fragment in fragments:
        assert fragment in message
