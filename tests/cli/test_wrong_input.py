"""Every wrong input gives one message that names the place and the fix, an exit code, and no traceback."""

import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

if TYPE_CHECKING:
    from tests.cli.conftest import Desk, Result


class Wrong(NamedTuple):
    """A wrong command line, what its message holds, in English and in Chinese, and the exit code."""

    arguments: str
    both: tuple[str, ...]
    en: str = ""
    zh: str = ""
    code: int = 2


SCRIPTED = "run --model anyone --backend scripted --option default=A"

WRONG = {
    "an unknown task": Wrong(f"{SCRIPTED} --tasks xyz", ("--tasks xyz", "tasks list"), "no such task", "没有这个任务"),
    "a misspelt task": Wrong(f"{SCRIPTED} --tasks knowlege", ("knowledge",), "Did you mean", "是不是"),
    "a suite as a task": Wrong(f"{SCRIPTED} --tasks smoke", ("--suite smoke",), "It is a suite", "它是套件"),
    "an unknown subset": Wrong(f"{SCRIPTED} --tasks cmmlu:agronom", ("agronomy",), "no subset", "没有子集"),
    "a task file that is not there": Wrong(f"{SCRIPTED} --tasks no.yaml", ("no.yaml",), "Cannot read", "无法读取"),
    "a task twice": Wrong(f"{SCRIPTED} --tasks colours.yaml,colours.yaml", ("colours",), "twice", "重复"),
    "an unknown suite": Wrong(f"{SCRIPTED} --suite smok", ("--suite smok", "smoke"), "no such suite", "没有这个套件"),
    "tasks and suite": Wrong(
        f"{SCRIPTED} --suite smoke --tasks colours.yaml", ("--tasks", "--suite"), "not both", "其一"
    ),
    "neither tasks nor suite": Wrong(SCRIPTED, ("--tasks", "--suite"), "Nothing to do", "没有可执行的任务"),
    "an empty list of tasks": Wrong(f"{SCRIPTED} --tasks ,", ("--tasks",), "Nothing to do", "没有可执行的任务"),
    "an unknown protocol": Wrong(
        f"{SCRIPTED} --tasks colours.yaml --protocol plane", ("--protocol plane", "plain"), "no such", "没有这个协议"
    ),
    "a wrong template": Wrong(
        f"{SCRIPTED} --tasks colours.yaml --template chatty", ("chatty", "plain"), "expected one of", "应为以下之一"
    ),
    "a wrong thinking": Wrong(
        f"{SCRIPTED} --tasks colours.yaml --thinking maybe", ("maybe", "off"), "expected one of", "应为以下之一"
    ),
    "more shots than there are": Wrong(
        f"{SCRIPTED} --tasks colours.yaml --shots 3 --output o", ("colours", "3"), "worked examples", "示例"
    ),
    "an unknown model": Wrong(
        "run --model qwen --suite smoke", ("--model qwen", "models list"), "no such", "没有这个模型"
    ),
    "a model directory that is not there": Wrong(
        "run --model ./no --suite smoke", ("./no",), "no such directory", "不存在"
    ),
    "an unknown backend": Wrong(
        "run --model a --backend script --suite smoke", ("--backend script", "scripted"), "no such", "没有这个后端"
    ),
    "an unknown option key": Wrong(
        f"{SCRIPTED} --tasks colours.yaml --option defualt=A", ("--option defualt", "default"), "no such", "没有此选项"
    ),
    "an option without a value": Wrong(
        f"{SCRIPTED} --tasks colours.yaml --option answers", ("--option answers", "KEY=VALUE"), "expected", "应为"
    ),
    "an answers file that is not there": Wrong(
        "run --model a --backend scripted --option answers=no.jsonl --suite smoke",
        ("no.jsonl",),
        "Cannot read",
        "无法读取",
    ),
    "empty languages": Wrong(f"{SCRIPTED} --tasks colours.yaml --languages ,", ("zh,en",), "is empty", "为空"),
    "a wrong language": Wrong(
        f"{SCRIPTED} --tasks colours.yaml --languages zh,fr", ("'fr'", "zh,en"), "not a", "不支持"
    ),
    "a language that the task lacks": Wrong(
        f"{SCRIPTED} --tasks cmmlu --languages en", ("cmmlu", "--languages en"), "asks in", "语言为"
    ),
    "limit 0": Wrong(f"{SCRIPTED} --tasks colours.yaml --limit 0", ("--limit", "1"), "at least", "不小于"),
    "a limit that is no number": Wrong(f"{SCRIPTED} --tasks colours.yaml --limit x", ("--limit",), "whole", "整数"),
    "a misspelt flag": Wrong(f"{SCRIPTED} --taks colours.yaml", ("--taks", "--tasks"), "Did you mean", "是不是"),
    "a flag without its value": Wrong(f"{SCRIPTED} --tasks", ("--tasks",), "value is missing", "缺少取值"),
    "a value for a flag that takes none": Wrong("doctor --json=yes", ("--json",), "takes no value", "不带取值"),
    "no model": Wrong("run --suite smoke", ("--model",), "is missing", "缺少"),
    "an unknown verb": Wrong("rum", ("rum", "run", "--help"), "no such command", "没有这个命令"),
    "one word too many": Wrong("doctor now", ("now",), "nothing is expected", "不应有参数"),
    "no run folder": Wrong("score", ("RUN",), "is missing", "缺少"),
    "output on a file": Wrong(
        f"{SCRIPTED} --tasks colours.yaml --output rows.jsonl", ("--output rows.jsonl",), "file", "文件"
    ),
    "output below a file": Wrong(
        f"{SCRIPTED} --tasks colours.yaml --output rows.jsonl/x/y", ("rows.jsonl",), "file", "文件"
    ),
    "show on no run folder": Wrong("show .", ("manifest.json",), "not a run folder", "不是运行目录"),
    "score on no run folder": Wrong("score nothing", ("nothing",), "not a run folder", "不是运行目录"),
    "a data root that is not there": Wrong(
        f"{SCRIPTED} --tasks mgsm --data-root nowhere", ("--data-root nowhere",), "no such directory", "不存在"
    ),
    "a data root without the data": Wrong(
        f"{SCRIPTED} --tasks mgsm --data-root .", ("juletxara/mgsm",), "has no", "没有"
    ),
    "an unknown task to show": Wrong("tasks show arithmetik", ("arithmetic",), "Did you mean", "是不是"),
    "an unknown suite to validate": Wrong("tasks validate --suite x", ("--suite x",), "no such suite", "没有这个套件"),
    "an unknown model to show": Wrong("models show lama", ("models list",), "no such model", "没有这个模型"),
}


def one_message(result: "Result", *, language: str, code: int, words: tuple[str, ...]) -> None:
    assert result.code == code, result.err
    assert result.out == ""
    assert result.err.startswith("Error: " if language == "en" else "错误：")
    assert not result.err.startswith("错误： ")
    assert result.err.count("Error:" if language == "en" else "错误：") == 1
    assert "Traceback" not in result.err
    for word in words:
        assert word in result.err


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("case", WRONG)
def test_a_wrong_command_is_told_with_its_place_and_its_fix(desk: "Desk", case: str, language: str) -> None:
    wrong = WRONG[case]
    before = {path.name for path in desk.root.iterdir()}
    result = desk.command(*wrong.arguments.split(), language=language)
    one_message(
        result, language=language, code=wrong.code, words=(*wrong.both, wrong.en if language == "en" else wrong.zh)
    )
    assert {path.name for path in desk.root.iterdir()} == before


Change = Callable[[dict[str, Any]], Any]
BROKEN: dict[str, tuple[Change, str, str]] = {
    "an unknown key": (lambda d: d.update(promt=1), "unknown key `promt`. Did you mean prompt?", "未知的键 `promt`"),
    "a missing key": (lambda d: d.pop("scorer"), "the key `scorer` is missing", "缺少键 `scorer`"),
    "an unknown scorer": (lambda d: d.update(scorer="chioce"), "no scorer 'chioce'", "没有名为 'chioce' 的评分器"),
    "a scorer's unknown option": (
        lambda d: d.update(scorer={"name": "choice", "options": {"strict": True}}),
        "'strict'",
        "'strict'",
    ),
    "a wrong request": (lambda d: d.update(request="pick"), "expected one of", "应为以下之一"),
    "a wrong name": (lambda d: d.update(name="other"), "make them equal", "两者应当一致"),
    "a column that is not there": (lambda d: d["item"].update(target="solution"), "'solution'", "'solution'"),
    "a prompt that is no template": (
        lambda d: d["prompt"]["zh"].update(question="{{ x"),
        "prompt.zh.question",
        "可用的名称",
    ),
}


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("case", BROKEN)
def test_a_broken_task_file_is_told_with_file_and_key(
    desk: "Desk", colours: dict[str, Any], case: str, language: str
) -> None:
    change, en, zh = BROKEN[case]
    change(colours)
    desk.write("colours", colours)
    result = desk.ask("--output", "o", language=language)
    one_message(result, language=language, code=2, words=("colours.yaml", en if language == "en" else zh))
    assert not (desk.root / "o").exists()


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("colours.yaml", b"name: [unclosed", ("colours.yaml:1", "YAML")),
        ("colours.yaml", b"name: a\nname: b\n", ("colours.yaml:2", "name")),
        ("colours.yaml", b"- a\n- b\n", ("colours.yaml",)),
        ("colours.yaml", "标题: 值".encode("gbk"), ("colours.yaml", "UTF-8")),
        ("rows.jsonl", b'{"id": 1}\n{"id"\n', ("rows.jsonl:2", "JSON")),
        ("rows.jsonl", b'{"id": 1}\n', ("rows.jsonl:1", "paired")),
        ("rows.jsonl", b"[]\n", ("rows.jsonl:1", "JSON")),
        ("rows.jsonl", b"", ("colours.yaml",)),
        ("rows.jsonl", "{}中".encode("gbk"), ("rows.jsonl", "UTF-8")),
        ("rows.jsonl", None, ("rows.jsonl",)),
    ],
)
def test_a_file_that_cannot_be_read_is_told_with_its_line(
    desk: "Desk", name: str, content: bytes | None, words: tuple[str, ...], language: str
) -> None:
    path = desk.root / name
    if content is None:
        path.unlink()
    else:
        path.write_bytes(content)
    one_message(desk.ask("--output", "o", language=language), language=language, code=2, words=words)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_folder_of_another_run_is_refused_with_what_differs(desk: "Desk", language: str) -> None:
    assert desk.ask("--output", "o").code == 0
    result = desk.ask("--output", "o", "--seed", "5", "--languages", "en", language=language)
    words = ("seed: 0 → 5", 'languages: ["zh", "en"] → ["en"]', "--output")
    one_message(result, language=language, code=5, words=words)


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("verb", [["show", "o"], ["score", "o"], ["show", "o", "--samples", "1", "--json"]])
@pytest.mark.parametrize("damage", ["", "{", "[]", "{}", '{"schema": "benchharness.summary/0"}', b"\xff\xfe"])
def test_a_damaged_document_of_a_run_is_told_by_its_name(
    desk: "Desk", verb: list[str], damage: str | bytes, language: str
) -> None:
    assert desk.ask("--output", "o").code == 0
    damaged = desk.root / "o" / ("manifest.json" if verb[0] == "score" else "summary.json")
    damaged.write_bytes(damage if isinstance(damage, bytes) else damage.encode())
    one_message(desk.command(*verb, language=language), language=language, code=2, words=(damaged.name,))


@pytest.mark.parametrize("key", ["tasks", "throughput", "totals", "memory", "partial"])
def test_a_summary_that_lacks_a_part_is_told_by_that_part(desk: "Desk", key: str) -> None:
    assert desk.ask("--output", "o").code == 0
    path = desk.root / "o" / "summary.json"
    summary = json.loads(path.read_text(encoding="utf-8"))
    del summary[key]
    path.write_text(json.dumps(summary), encoding="utf-8")
    one_message(desk.command("show", "o"), language="en", code=2, words=("summary.json", f"`{key}` is missing"))


@pytest.mark.parametrize("language", ["en", "zh"])
def test_an_unfinished_run_is_told_with_what_to_do(desk: "Desk", language: str) -> None:
    assert desk.ask("--output", "o").code == 0
    for name in ("samples.parquet", "summary.json"):
        (desk.root / "o" / name).unlink()
        words = (name, "benchharness score")
        one_message(
            desk.command("show", "o", "--samples", "1", language=language), language=language, code=2, words=words
        )
    assert desk.command("score", "o").code == 0
    assert desk.command("show", "o", "--samples", "1").code == 0


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_damaged_line_of_the_journal_is_told_with_its_number(desk: "Desk", language: str) -> None:
    assert desk.ask("--output", "o").code == 0
    path = desk.root / "o" / "journal" / "colours.responses.jsonl"
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    path.write_text("".join([*lines[:3], "{damaged\n", *lines[3:]]), encoding="utf-8")
    for verb in (["score", "o"], ["run", *desk.student, "--tasks", "colours.yaml", "--output", "o"]):
        result = desk.command(*verb, language=language)
        one_message(
            result._replace(err=result.err[result.err.index("Error:" if language == "en" else "错误：") :]),
            language=language, code=1, words=("colours.responses.jsonl:4",),
        )  # fmt: skip


def test_a_message_obeys_nothing_that_stands_in_a_name(desk: "Desk") -> None:
    result = desk.command(*SCRIPTED.split(), "--tasks", "[red]x[/red]\x1b[31m\u202e")
    assert r"--tasks [red]x[/red]\x1b[31m\u202e" in result.err
    assert "\x1b" not in result.err
