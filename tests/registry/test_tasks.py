import copy
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from benchharness.records import Language, RequestKind
from benchharness.registry.catalogue import load_tasks, read_task
from benchharness.registry.documents import parse
from benchharness.registry.tasks import TaskSpec, in_language
from benchharness.resources import tasks_directory

Refused = Callable[..., str]
Write = Callable[[str, str | bytes], Path]

GENERATE: dict[str, Any] = {
    "name": "sums",
    "version": 1,
    "title": {"zh": "加法", "en": "Sums"},
    "licence": "CC-BY-4.0",
    "languages": ["zh", "en"],
    "request": "generate",
    "source": {"kind": "jsonl", "path": "sums.jsonl"},
    "item": {"target": "answer"},
    "prompt": {"zh": {"question": "{{ question }}"}, "en": {"question": "{{ question }}"}},
    "generate": {"max_new_tokens": 8},
    "scorer": "number",
}
CHOOSE: dict[str, Any] = {
    **{key: value for key, value in GENERATE.items() if key != "generate"},
    "request": "choose",
    "item": {"target": "answer", "options": "options"},
    "choose": {"by": "letter"},
    "scorer": {"name": "choice", "options": {"normalise": "per_token"}},
}


def changed(document: dict[str, Any], path: str, value: Any) -> dict[str, Any]:
    """Return the document with the value at a dotted path replaced, or removed if it is ``...``."""
    document = copy.deepcopy(document)
    *folders, key = path.split(".")
    place = document
    for folder in folders:
        place = place.setdefault(folder, {})
    if value is ...:
        del place[key]
    else:
        place[key] = value
    return document


UNCONDITIONAL = changed(changed(CHOOSE, "choose.normalise", "unconditional"), "scorer", "choice")


@pytest.mark.parametrize(
    ("document", "asks"),
    [
        (GENERATE, False),
        (CHOOSE, False),
        (UNCONDITIONAL, True),
        (changed(CHOOSE, "scorer.options.normalise", "unconditional"), True),
        (changed(UNCONDITIONAL, "scorer", {"name": "choice", "options": {"normalise": "sum"}}), False),
    ],
)
def test_a_task_asks_unconditionally_only_if_it_is_scored_so(document: dict[str, Any], asks: bool) -> None:
    assert parse(TaskSpec, document, "sums.yaml").asks_unconditionally is asks


def test_an_answer_prefix_that_asks_needs_a_premise(refused: Refused) -> None:
    asking = changed(UNCONDITIONAL, "prompt.zh.answer_prefix", "{{ passage }}")
    message = refused(parse, TaskSpec, asking, "sums.yaml")
    assert "`answer_prefix` made from the item (zh) needs `choose.premise`" in message
    assert parse(TaskSpec, changed(asking, "choose.premise", {"zh": "后来，", "en": "Then"}), "sums.yaml")
    assert parse(TaskSpec, changed(UNCONDITIONAL, "prompt.zh.answer_prefix", "答案："), "sums.yaml")
    message = refused(parse, TaskSpec, changed(asking, "choose.premise", {"en": "Then"}), "sums.yaml")
    assert "`choose.premise` has no zh" in message


def test_a_generate_task_has_its_defaults() -> None:
    spec = parse(TaskSpec, GENERATE, "sums.yaml")
    assert (spec.version, spec.scorer.name, spec.scorer.options) == ("1", "number", {})
    assert spec.request is RequestKind.GENERATE
    assert spec.generate is not None
    assert (spec.generate.temperature, spec.generate.top_p, spec.generate.stop) == (0.0, 1.0, ())
    assert (spec.source.split, spec.source.paired, spec.shots, spec.subsets) == ("test", False, None, {})


def test_a_choose_task_has_its_defaults() -> None:
    spec = parse(TaskSpec, CHOOSE, "sums.yaml")
    assert spec.choose is not None
    assert (spec.choose.by, spec.choose.normalise) == ("letter", "sum")
    assert spec.scorer.options == {"normalise": "per_token"}
    assert spec.stop_strings(Language.ZH) == ()


@pytest.mark.parametrize(
    ("base", "path", "value", "fragment"),
    [
        (GENERATE, "name", "Sums", "`name`"),
        (GENERATE, "name", "../sums", "`name`"),
        (GENERATE, "version", ..., "the key `version` is missing"),
        (GENERATE, "lisence", "x", "unknown key `lisence`. Did you mean licence?"),
        (GENERATE, "title", {"fr": "x"}, "expected one of 'zh' or 'en'"),
        (GENERATE, "languages", [], "`languages` is empty"),
        (GENERATE, "languages", ["zh", "fr"], "`languages.1` is 'fr'; expected one of 'zh' or 'en'"),
        (GENERATE, "languages", ["zh", "zh"], "`languages`: names a language twice"),
        (GENERATE, "request", "choice", "`request` is 'choice'; expected one of 'generate' or 'choose'"),
        (GENERATE, "prompt.en", ..., "`prompt` has no en"),
        (GENERATE, "prompt.zh.question", ..., "`prompt.zh.question` is missing"),
        (GENERATE, "prompt.zh.questoin", "x", "unknown key `prompt.zh.questoin`"),
        (GENERATE, "generate", ..., "a generate task needs `generate` and takes no `choose`"),
        (GENERATE, "choose", {"by": "text"}, "a generate task needs `generate` and takes no `choose`"),
        (GENERATE, "generate.max_new_tokens", 0, "`generate.max_new_tokens`"),
        (GENERATE, "generate.temperature", -0.1, "`generate.temperature`"),
        (GENERATE, "generate.top_p", 0, "`generate.top_p`"),
        (GENERATE, "generate.top_p", 1.1, "`generate.top_p`"),
        (GENERATE, "generate.stop", "\n", "`generate.stop"),
        (GENERATE, "source.kind", "csv", "expected one of 'jsonl', 'hub', 'generator' or 'long_context'"),
        (GENERATE, "source.path", ..., "a jsonl source needs `path`"),
        (GENERATE, "source.dataset", "a/b", "a jsonl source takes no `dataset`"),
        (GENERATE, "source", {"kind": "hub"}, "a hub source needs `dataset`"),
        (GENERATE, "source", {"kind": "hub", "dataset": "a/b", "path": "x"}, "a hub source takes no `path`"),
        (GENERATE, "source.path", {"zh": "zh.jsonl"}, "`source.path` has no en"),
        (GENERATE, "source", {"kind": "hub", "dataset": {"en": "a/b"}}, "`source.dataset` has no zh"),
        (GENERATE, "source", {"kind": "hub", "dataset": "a/b", "config": {"zh": "x"}}, "`source.config` has no en"),
        (GENERATE, "shots", {"count": 2}, "give either `path` or `split`"),
        (GENERATE, "shots", {"count": 2, "path": "x", "split": "dev"}, "give either `path` or `split`"),
        (GENERATE, "shots", {"count": 2, "split": "dev"}, "a jsonl source has no splits; give `shots.path`"),
        (GENERATE, "shots", {"count": 2, "path": {"en": "x"}}, "`shots.path` has no zh"),
        (GENERATE, "shots", {"count": -1, "path": "x"}, "`shots.count`"),
        (GENERATE, "shots", {"count": 1, "path": "x", "order": "last"}, "expected one of 'first' or 'random'"),
        (GENERATE, "subsets", "easy", "`subsets`"),
        (GENERATE, "scorer", {"options": {}}, "`scorer.name` is missing"),
        (CHOOSE, "choose", ..., "a choose task needs `choose` and takes no `generate`"),
        (CHOOSE, "generate", {"max_new_tokens": 1}, "a choose task needs `choose` and takes no `generate`"),
        (CHOOSE, "item.options", ..., "a choose task needs `item.options`"),
        (CHOOSE, "choose.by", "word", "expected one of 'letter' or 'text'"),
        (CHOOSE, "choose.normalise", "mean", "expected one of 'sum', 'per_token', 'per_character' or 'unconditional'"),
    ],
)
def test_a_task_that_is_not_whole_is_refused(
    base: dict[str, Any], path: str, value: Any, fragment: str, refused: Refused
) -> None:
    message = refused(parse, TaskSpec, changed(base, path, value), "sums.yaml")
    assert message.startswith("sums.yaml: ")
    assert fragment in message
    assert len(message) < 200 * len(message.splitlines())


def test_a_text_may_differ_between_languages() -> None:
    document = changed(GENERATE, "source.path", {"zh": "加法.jsonl", "en": "sums.jsonl"})
    path = parse(TaskSpec, document, "sums.yaml").source.path
    assert path is not None
    assert [in_language(path, language) for language in Language] == ["加法.jsonl", "sums.jsonl"]
    assert in_language("same", Language.ZH) == "same"


def test_a_language_that_the_task_does_not_ask_in_may_be_missing() -> None:
    document = changed(changed(GENERATE, "languages", ["en"]), "source.path", {"en": "sums.jsonl"})
    assert parse(TaskSpec, document, "sums.yaml").languages == (Language.EN,)


def test_subsets_are_a_list_or_a_mapping_with_variables() -> None:
    listed = parse(TaskSpec, changed(GENERATE, "subsets", ["easy", 2]), "sums.yaml")
    mapped = parse(TaskSpec, changed(GENERATE, "subsets", {"easy": None, "hard": {"title": "难"}}), "sums.yaml")
    assert listed.subsets == {"easy": {}, "2": {}}
    assert mapped.subsets == {"easy": {}, "hard": {"title": "难"}}


@pytest.mark.parametrize(
    ("delimiter", "expected"),
    [(None, {"zh": "", "en": " "}), ("", {"zh": "", "en": ""}), ("\n", {"zh": "\n", "en": "\n"})],
)
def test_chinese_has_no_space_before_the_answer(delimiter: str | None, expected: dict[str, str]) -> None:
    document = GENERATE
    for language in ("zh", "en"):
        document = changed(document, f"prompt.{language}.delimiter", delimiter)
    spec = parse(TaskSpec, document, "sums.yaml")
    assert {language.value: spec.delimiter(language) for language in Language} == expected


def test_stop_strings_may_differ_between_languages() -> None:
    both = parse(TaskSpec, changed(GENERATE, "generate.stop", ["\n"]), "sums.yaml")
    one = parse(TaskSpec, changed(GENERATE, "generate.stop", {"zh": ["。"]}), "sums.yaml")
    assert [both.stop_strings(language) for language in Language] == [("\n",), ("\n",)]
    assert [one.stop_strings(language) for language in Language] == [("。",), ()]


def test_the_name_is_that_of_the_file(write: Write, refused: Refused) -> None:
    without = {key: value for key, value in GENERATE.items() if key != "name"}
    assert read_task(write("plus.yaml", yaml.safe_dump(without))).spec.name == "plus"
    path = write("minus.yaml", yaml.safe_dump(GENERATE))
    message = refused(read_task, path)
    assert message == f"{path}: `name` is 'sums', but the file is called 'minus'; make them equal."


SHIPPED = sorted(
    path for path in tasks_directory().rglob("*.yaml") if path.name not in ("suite.yaml", "protocols.yaml")
)


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_a_shipped_task_is_read(path: Path) -> None:
    spec = read_task(path).spec
    assert set(spec.title) == set(Language)
    assert spec.description
    assert load_tasks()[path.stem].path == path


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_a_shipped_chinese_prompt_ends_without_a_space(path: Path) -> None:
    spec = read_task(path).spec
    if Language.ZH in spec.languages:
        prefix = spec.prompt[Language.ZH].answer_prefix or ""
        assert spec.delimiter(Language.ZH) == ""
        assert prefix == prefix.rstrip()
        assert ":" not in prefix
