"""The verbs as they are meant to be used."""

import json
from typing import TYPE_CHECKING, Any

import pytest

import benchharness
from benchharness.registry.catalogue import load_suites, load_tasks
from benchharness.registry.models import load_models

if TYPE_CHECKING:
    from tests.cli.conftest import Desk

VERBS = ["run", "smoke", "score", "show", "pareto", "doctor", "tasks", "tasks list", "tasks show", "tasks validate"]
VERBS += ["models", "models list", "models show", "models fetch", ""]


@pytest.mark.parametrize("flag", ["--help", "-h"])
@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_explains_itself(desk: "Desk", verb: str, flag: str) -> None:
    result = desk.command(*verb.split(), flag)
    assert result.code == 0
    assert result.err == ""
    assert f"Usage: benchharness {verb}".strip() in result.out
    assert "--help" in result.out


@pytest.mark.parametrize("verb", ["", "tasks", "models"])
def test_a_verb_that_wants_more_shows_its_help_and_is_an_error(desk: "Desk", verb: str) -> None:
    result = desk.command(*verb.split())
    assert result.code == 2
    assert "Usage: benchharness" in result.out + result.err


def test_the_version_is_that_of_the_package(desk: "Desk") -> None:
    assert desk.command("--version") == (0, f"benchharness {benchharness.__version__}\n", "")


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_run_prints_its_scores_and_where_they_lie(desk: "Desk", language: str) -> None:
    result = desk.ask("--output", "o", language=language)
    assert result.code == 0
    assert result.err == ("16 to ask.\n" if language == "en" else "共 16 题。\n")
    assert "25.0" in result.out
    assert ("unparsed 0/8" if language == "en" else "未能解析 0/8") in result.out
    assert result.out.rstrip().endswith("Results: o" if language == "en" else "结果目录：o")


def test_the_same_command_says_that_all_is_done(desk: "Desk") -> None:
    desk.ask("--output", "o", "--limit", "3")
    assert desk.ask("--output", "o").err == "Resuming: 6 done, 10 to ask.\n"
    assert desk.ask("--output", "o").err == "All 16 were done before; nothing is asked.\n"


def test_without_output_the_same_command_finds_its_run_again(desk: "Desk") -> None:
    desk.ask("--limit", "2")
    assert desk.ask().err.startswith("Resuming: 4 done")
    (folder,) = (desk.root / "results").iterdir()
    assert folder.name.startswith("anyone_colours_")
    desk.ask("--seed", "1")
    assert len(list((desk.root / "results").iterdir())) == 2


def test_run_json_is_the_summary_and_nothing_else(desk: "Desk") -> None:
    result = desk.ask("--output", "o", "--json")
    assert result.json == json.loads((desk.root / "o" / "summary.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_dry_run_shows_the_plan_and_asks_nothing(desk: "Desk", language: str) -> None:
    result = desk.ask("--dry-run", "--output", "o", "--limit", "5", language=language)
    assert result.code == 0
    assert ("Nothing was asked." if language == "en" else "未进行任何提问。") in result.out
    assert not (desk.root / "o").exists()
    counted = desk.ask("--dry-run", "--limit", "5", "--json").json
    assert [(part["task"], part["language"], part["items"]) for part in counted["parts"]] == [
        ("colours", "zh", 5),
        ("colours", "en", 5),
    ]
    for part in counted["parts"]:
        assert f"{part['asked_tokens']:,}" in result.out
        assert f"{part['computed_tokens']:,}" in result.out
        assert part["asked_tokens"] > part["computed_tokens"] > part["longest"] > 0
    assert counted["protocol"]["template"] == "chat"


def test_a_dry_run_counts_what_the_run_then_reads(desk: "Desk") -> None:
    counted = desk.ask("--dry-run", "--json").json
    summary = desk.ask("--output", "o", "--json").json
    assert summary["throughput"]["characters"] == counted["total"]["characters"]


def test_a_dry_run_without_reuse_of_prefixes_computes_all_that_is_asked(desk: "Desk") -> None:
    shared, apart = (desk.ask("--dry-run", "--json", *flags).json for flags in ([], ["--no-prefix-reuse"]))
    assert apart["total"]["computed_tokens"] == apart["total"]["asked_tokens"] == shared["total"]["asked_tokens"]
    assert apart["total"]["saving"] == 1
    assert shared["total"]["saving"] > 1


def test_settings_on_the_command_line_show_in_the_protocol_s_name(desk: "Desk") -> None:
    summary = desk.ask("--output", "o", "--json", "--template", "plain", "--shots", "0").json
    assert summary["protocol"] == "default template=plain shots=0"


def test_show_has_categories_and_samples_and_score_marks_again(desk: "Desk") -> None:
    desk.ask("--output", "o")
    shown = desk.command("show", "o", "--samples", "2", "--wrong")
    assert shown.code == 0
    assert "warm" in shown.out
    assert "cold" in shown.out
    assert shown.out.count("Score 0 (scored)") == 4
    assert "Score 1" not in shown.out
    assert desk.command("show", "o", "--samples", "99").out.count("Score 1 (scored)") == 4
    before = (desk.root / "o" / "summary.json").read_bytes()
    marked = desk.command("score", "o", "--json")
    assert marked.json == json.loads(before)
    assert (desk.root / "o" / "summary.json").read_bytes() == before


def test_show_json_holds_the_samples_asked_for(desk: "Desk") -> None:
    desk.ask("--output", "o")
    summary = desk.command("show", "o", "--json").json
    assert "samples" not in summary
    with_samples = desk.command("show", "o", "--json", "--samples", "1").json
    assert [sample["language"] for sample in with_samples.pop("samples")] == ["zh", "en"]
    assert with_samples == summary


def test_what_a_model_says_is_shown_and_not_obeyed(desk: "Desk", colours: dict[str, Any]) -> None:
    hostile = "[red]x[/red] \x1b[31m\x1b]0;t\x07 [/] [link=file:///]y"
    generate = {**colours, "request": "generate", "generate": {"max_new_tokens": 99}, "scorer": "number"}
    del generate["choose"]
    generate["item"]["target"] = "index"
    del generate["item"]["options"]
    desk.write("colours", generate)
    answers = [
        {"task": "colours", "id": f"c{number}", "language": language, "answer": hostile}
        for number in range(8)
        for language in ("zh", "en")
    ]
    (desk.root / "answers.jsonl").write_text("".join(json.dumps(answer) + "\n" for answer in answers))
    student = ["--model", "[bold]m", "--backend", "scripted", "--option", "answers=answers.jsonl"]
    ran = desk.command("run", *student, "--tasks", "colours.yaml", "--output", "[blue]o")
    assert "[bold]m" in ran.out
    assert "[blue]o" in ran.out
    shown = desk.command("show", "[blue]o", "--samples", "1").out
    assert r"[red]x[/red] \x1b[31m\x1b]0;t\x07 [/] [link=file:///]y" in shown
    assert not set(shown) & {"\x1b", "\x07"}


@pytest.mark.parametrize("language", ["en", "zh"])
def test_tasks_list_names_all_tasks_and_suites(desk: "Desk", language: str) -> None:
    result = desk.command("tasks", "list", language=language)
    names = {file.spec.name for file in load_tasks().values()} | set(load_suites())
    flat = "".join(result.out.split())
    assert all(name in flat for name in names)
    listed = desk.command("tasks", "list", "--json").json
    assert {task["name"] for task in listed["tasks"]} | {suite["name"] for suite in listed["suites"]} == names


@pytest.mark.parametrize("language", ["en", "zh"])
def test_tasks_show_has_the_declaration_and_both_prompts(desk: "Desk", language: str) -> None:
    result = desk.command("tasks", "show", "colours.yaml", language=language)
    assert result.code == 0
    for words in ("CC0-1.0", "⟨question⟩", "⟨option A⟩A. 红", "⟨answer_prefix⟩Answer:", "Colours [all]"):
        assert words in result.out
    document = desk.command("tasks", "show", "colours.yaml", "--json", "--languages", "en").json
    assert document["task"]["licence"] == "CC0-1.0"
    assert [preview["language"] for preview in document["previews"]] == ["en"]
    assert "lamp" in "".join(segment["text"] for segment in document["previews"][0]["segments"])


@pytest.mark.parametrize("language", ["en", "zh"])
def test_tasks_validate_tells_good_tasks_from_bad_ones(desk: "Desk", language: str) -> None:
    good = desk.command("tasks", "validate", "colours.yaml", language=language)
    assert (good.code, "A:4 B:4 C:4 D:4" in good.out) == (0, True)
    rows = [json.loads(line) for line in (desk.root / "rows.jsonl").read_text(encoding="utf-8").splitlines()]
    rows[3]["en"] = rows[1]["en"]
    rows[5]["zh"]["options"][1] = "红"
    desk.rows(rows)
    bad = desk.command("tasks", "validate", "colours.yaml", language=language)
    assert bad.code == 1
    assert "c3" in bad.out
    assert "c5" in bad.out
    assert ("problems" if language == "en" else "处问题") in bad.out
    (report,) = desk.command("tasks", "validate", "colours.yaml", "--json", language=language).json
    assert report["items"] == {"zh": 8, "en": 8}
    assert report["pairs"] == 8
    assert len(report["problems"]) == 2


def test_tasks_validate_tells_of_a_prompt_that_cannot_be_written(desk: "Desk", colours: dict[str, Any]) -> None:
    colours["prompt"]["zh"]["question"] = "{{ questoin }}"
    desk.write("colours", colours)
    result = desk.command("tasks", "validate", "colours.yaml")
    assert result.code == 1
    assert "prompt.zh.question" in result.out
    assert "1 problems." in result.out


def test_the_suite_that_comes_with_benchharness_is_valid(desk: "Desk") -> None:
    result = desk.command("tasks", "validate", "--suite", "smoke", "--json")
    assert [report["problems"] for report in result.json] == [[], [], []]
    assert result.code == 0


def test_models_are_listed_by_family_and_origin(desk: "Desk") -> None:
    everything = desk.command("models", "list", "--json").json
    assert {model["name"] for model in everything} == set(load_models())
    chinese = desk.command("models", "list", "--origin", "cn", "--family", "qwen", "--json").json
    assert 0 < len(chinese) < len(everything)
    assert {model["origin"] for model in chinese} == {"CN"}
    assert all(model["family"].lower().startswith("qwen") for model in chinese)
    shown = desk.command("models", "list", "--family", "qwen", language="zh").out
    assert "名称" in shown
    assert "qwen" in shown


def test_models_show_tells_what_is_known(desk: "Desk") -> None:
    spec = load_models()["smollm2-135m-instruct"]
    assert str(spec.hub) in desk.command("models", "show", "smollm2-135m-instruct").out
    assert desk.command("models", "show", str(spec.hub), "--json").json == spec.model_dump(mode="json")


@pytest.mark.parametrize("language", ["en", "zh"])
def test_doctor_says_which_backends_can_run(desk: "Desk", language: str) -> None:
    result = desk.command("doctor", language=language)
    assert result.code == 0
    word = "backend" if language == "en" else "后端"
    findings = desk.command("doctor", "--json", language=language).json
    assert {f"{word} scripted", f"{word} transformers"} <= {finding["part"] for finding in findings}
    assert f"{word} scripted" in result.out
    scripted = next(finding for finding in findings if finding["part"] == f"{word} scripted")
    assert scripted["ready"] is True


def test_doctor_shows_no_secret(desk: "Desk", monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_TOKEN", "hf_very_secret")
    for arguments in (["doctor"], ["doctor", "--json"]):
        result = desk.command(*arguments)
        assert "HF_TOKEN" in result.out
        assert "hf_very_secret" not in result.out + result.err
