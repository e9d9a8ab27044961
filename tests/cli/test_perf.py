"""``benchharness perf``: what it prints and writes, and what it refuses."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from benchharness.backends.scripted import ScriptedBackend
from benchharness.cli import perf_sides
from benchharness.errors import BenchharnessError, InputError
from benchharness.hardware.devices import describe_devices
from benchharness.hardware.environment import processor
from benchharness.perf.flags import parse_grid
from benchharness.perf.request import PerfRequest, Scenario

if TYPE_CHECKING:
    from tests.cli.conftest import Desk

# An answer of 8 bytes, which the scripted backend cuts to the tokens asked for.
STUDENT = ("perf", "--model", "anyone", "--backend", "scripted", "--option", "default=abcdefgh")
SMALL = ("--grid", "16x4", "--repeats", "2", "--requests", "3")


def test_a_table_is_shown_in_both_languages(desk: "Desk") -> None:
    english = desk.command(*STUDENT, *SMALL)
    assert english.code == 0
    for word in ("anyone · scripted", "16 → 4 tokens", "3 at once", "one by one", "tokens/s", "not tell when tokens"):
        assert word in english.out
    chinese = desk.command(*STUDENT, *SMALL, language="zh")
    for word in ("输入 16 → 输出 4 词元", "3 条同时", "逐条", "词元/秒", "不提供各词元的产生时间"):
        assert word in chinese.out
    assert "共 6 次测量" in chinese.err


def test_the_document_is_printed_and_written_after_each_cell(desk: "Desk") -> None:
    done = desk.command(*STUDENT, *SMALL, "--text", "zh,en", "--json", "--output", "perf.json")
    assert done.code == 0
    written = json.loads((desk.root / "perf.json").read_text(encoding="utf-8"))
    assert written == done.json
    assert written["schema"] == "benchharness.perf/1"
    assert len(written["cells"]) == 2 * 4
    assert written["model"] == "anyone"
    assert written["cells"][0]["summary"]["total_characters_per_second"]["median"] > 0


def test_two_settings_are_compared_in_turns(desk: "Desk") -> None:
    compared = (*STUDENT, *SMALL, "--compare-option", "default=ABCDEFGH", "--scenario", "single")
    done = desk.command(*compared, "--json")
    assert done.code == 0
    assert done.json["schema"] == "benchharness.perf-comparison/1"
    assert done.json["first"]["engine"] != done.json["second"]["engine"]
    assert done.json["ratios"][0]["figures"]["output_tokens_per_second"]["median"] > 0
    shown = desk.command(*compared, language="zh")
    assert "对比" in shown.out
    assert "×" in shown.out
    assert "against" in desk.command(*compared, "--compare", "somebody").out


def test_what_was_measured_before_it_broke_off_is_kept(desk: "Desk", monkeypatch: pytest.MonkeyPatch) -> None:
    class Failing(ScriptedBackend):
        runs = 0

        def run(self, source: Any) -> Any:
            self.runs += 1
            # The first cell takes a warm-up and two repeats.
            if self.runs > 3:
                raise BenchharnessError(en="the power went out", zh="停电了")
            yield from super().run(source)

    monkeypatch.setattr(perf_sides, "create_backend", lambda *_: Failing(["abcdefgh"]))
    done = desk.command(*STUDENT, *SMALL, "--output", "perf.json")
    assert done.code == 1
    assert "the power went out" in done.err
    assert "3 at once" in done.out
    assert "one by one" not in done.out
    assert len(json.loads((desk.root / "perf.json").read_text(encoding="utf-8"))["cells"]) == 1


@pytest.mark.parametrize(
    ("arguments", "en", "zh"),
    [
        ("--grid 64", "--grid 64: '64' is wrong", "--grid 64：'64' 有误"),
        ("--grid 64x16,64x16", "stands twice", "重复出现"),
        ("--concurrency 0", "--concurrency 0", "不小于 1 的整数"),
        ("--rate fast", "--rate fast", "每秒请求数"),
        ("--rate 1", "takes no requests while it works", "随机到达"),
        ("--scenario servers", "Did you mean server", "server"),
        ("--scenario server", "needs --rate", "--rate"),
        ("--scenario single --concurrency 2", "leaves out", "未包含该场景"),
        ("--text fr", "random, zh, en", "random、zh、en"),
        ("--slo ttft=soon", "milliseconds above 0", "毫秒"),
        ("--slo mlperf:llama", "There are: mlperf:llama2-70b", "没有这个预设"),
        ("--output nowhere/perf.json", "--output nowhere/perf.json", "应为已有目录中的文件路径"),
        ("--output .", "--output .", "应为已有目录中的文件路径"),
        ("--peaks nowhere.yaml", "nowhere.yaml", "nowhere.yaml"),
        ("--compare anyone", "both sides are the same", "完全相同"),
        ("--compare-option prefix_reuse=maybe", "expected on or off", "应为 on 或 off"),
        ("--compare-option batch_tokens=-3", "expected a number above 0", "应为 大于 0 的整数"),
        ("--compare-option speed=9", "--option speed", "--option speed"),
        ("--compare-backend nobody", "--backend nobody", "--backend nobody"),
        ("--serve vllm", "--serve asks a server", "--serve 需要访问服务"),
    ],
)
def test_what_is_wrong_is_said_before_anything_runs(desk: "Desk", arguments: str, en: str, zh: str) -> None:
    for language, words in (("en", en), ("zh", zh)):
        done = desk.command(*STUDENT, *SMALL, *arguments.split(), language=language)
        assert done.code == 2, done.err
        assert words in done.err.replace("\n", " ")
        assert not done.out


@pytest.mark.parametrize("flag", ["--repeats", "--requests", "--seconds", "--burstiness"])
def test_numbers_below_their_least_are_refused(desk: "Desk", flag: str) -> None:
    done = desk.command(*STUDENT, flag, "-1")
    assert done.code == 2
    assert flag in done.err


def test_help_and_wrong_flags_load_nothing_heavy(desk: "Desk") -> None:
    for arguments in (["perf", "--help"], [*STUDENT, "--grid", "x"]):
        assert not {"torch", "transformers", "datasets"} & set(desk.fresh(*arguments).loaded)


def test_prefixes_are_reused_only_where_no_engine_keeps_them(monkeypatch: pytest.MonkeyPatch, desk: "Desk") -> None:
    seen: list[bool] = []

    def note(name: str, model: object, options: Any) -> Any:
        seen.append(options.prefix_reuse)
        raise InputError(en="enough", zh="够了")

    monkeypatch.setattr(perf_sides, "create_backend", note)
    for backend, flags in (("transformers", []), ("vllm", []), ("vllm", ["--prefix-reuse"]), ("openai", [])):
        desk.command("perf", "--model", "smollm2-135m-instruct", "--backend", backend, *flags)
    assert seen == [True, False, True, False]


def test_a_server_is_asked_as_the_load_has_it(monkeypatch: pytest.MonkeyPatch, desk: "Desk") -> None:
    seen: list[dict[str, str]] = []

    def note(name: str, model: object, options: Any) -> Any:
        seen.append(dict(options.extra))
        raise InputError(en="enough", zh="够了")

    monkeypatch.setattr(perf_sides, "create_backend", note)
    server = ("perf", "--model", "m", "--base-url", "http://127.0.0.1:9/v1")
    desk.command(*server, "--scenario", "concurrency", "--concurrency", "2,8")
    desk.command(*server, "--rate", "3", "--option", "adaptive=on", "--option", "concurrency=5")
    assert seen == [{"adaptive": "off", "concurrency": "8"}, {"adaptive": "on", "concurrency": "5"}]
    most = perf_sides._asking(PerfRequest(parse_grid("1x1"), scenarios=(Scenario.OFFLINE,)))
    assert most == {"adaptive": "off", "concurrency": str(perf_sides.MOST_AT_ONCE)}


def test_the_embedded_model_is_measured(desk: "Desk", smollm2: Path) -> None:
    devices = describe_devices()
    figures = {"float32": 1.0, "bfloat16": 2.0}
    entry: dict[str, Any] = {"names": [devices[0].name if devices else processor()], "teraflops": figures}
    entry |= {"gigabytes_per_second": 50.0, "gigabytes": 8.0, "source": "a guess, for the test"}
    (desk.root / "peaks.yaml").write_text(yaml.safe_dump({"devices": {"mine": entry}}))
    done = desk.command(
        *("perf", "--model", str(smollm2), "--dtype", "float32", "--grid", "16x4", "--requests", "2", "--repeats", "2"),
        *(
            "--scenario",
            "offline,single",
            "--text",
            "random,zh",
            "--slo",
            "ttft=60000",
            "--peaks",
            "peaks.yaml",
            "--json",
        ),
    )
    assert done.code == 0
    offline, alone = (next(c for c in done.json["cells"] if c["scenario"] == name) for name in ("offline", "single"))
    for cell in done.json["cells"]:
        assert not cell["doubtful"]
        for one in cell["passes"]:
            assert (one["output_tokens"], one["prompt_tokens"], one["computed_tokens"]) == (8, 32, 32)
            assert one["goodput"]["share"] == 1
            assert 0 < one["ttft_seconds"]["p50"] < one["e2e_seconds"]["p50"] <= one["seconds"]
    assert offline["summary"]["peak_concurrency"]["high"] == 2
    assert alone["summary"]["peak_concurrency"]["high"] == 1
    assert alone["roofline"]["against"]["source"] == "a guess, for the test"
    assert alone["roofline"]["decode"]["mbu"] > 0
    assert alone["roofline"]["prefill"]["mfu"] > 0
    assert done.json["settings"]["numerics"]["prefix_reuse"] == "on"
