"""``benchharness run --base-url``, from the outside."""

import json
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple, TypeAlias

import pytest
from tests.backends.openai.fault_server import Answer, Fault, FaultServer
from tests.backends.openai.http_server import Call

from benchharness.cli import main
from benchharness.resources import tasks_directory

pytestmark = pytest.mark.enable_socket

KEY = "sk-thekeythatmustnotbeseen"
LIMIT = 6

Run: TypeAlias = Callable[..., "Done"]


def rows(task: str) -> list[dict[str, Any]]:
    path = tasks_directory() / "smoke" / f"{task}.jsonl"
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


ANSWERS = {
    row[language]["question"]: str(row["answer"])
    for task in ("arithmetic", "knowledge")
    for row in rows(task)
    for language in ("zh", "en")
}


def say(call: Call) -> Answer:
    """Answer right, with the reasoning apart: the number, or the letter as the likeliest token."""
    content = call.body["messages"][-1]["content"]
    known = [answer for asked, answer in ANSWERS.items() if asked in content]
    if not known:
        return Answer("2", top={"2": -0.1})
    answer = known[-1]
    if call.body.get("logprobs"):
        top = {letter: -0.1 if letter == answer else -4.0 - ord(letter) / 100 for letter in "ABCD"}
        return Answer(answer, top={**top, "The": -9.0})
    chinese = any(character > "\u4e00" for character in content)
    return Answer(f"答案：{answer}" if chinese else f"The answer is {answer}", reasoning="想一想\n…")


def command(base_url: str, output: Path, *arguments: str, tasks: str = "arithmetic,knowledge") -> list[str]:
    given = ["--base-url", base_url, "--model", "student", "--tasks", tasks, "--limit", str(LIMIT), "--json"]
    return ["run", *given, "--output", str(output), *arguments]


class Done(NamedTuple):
    """What a command came to."""

    code: int
    out: str
    err: str


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Callable[..., Done]:
    """Run a command in this process."""

    def run(
        base_url: str, output: Path, *arguments: str, language: str = "en", tasks: str = "arithmetic,knowledge"
    ) -> Done:
        monkeypatch.setenv("OPENAI_API_KEY", KEY)
        monkeypatch.setenv("BENCHHARNESS_LANGUAGE", language)
        code = main(command(base_url, output, *arguments, tasks=tasks))
        return Done(code, *capsys.readouterr())

    return run


def test_the_smoke_tasks_in_both_languages_with_faults_on_the_way(tmp_path: Path, run: Run) -> None:
    faults = ["broken_500", "reset_amid", "half_a_json", "ends_amid", "odd_lines", "cuts_characters"]

    def fault(call: Call, number: int) -> Fault | None:
        kinds = faults if call.body.get("stream") else ["broken_500", "half_a_json_whole"]
        return kinds[sum(map(ord, call.key)) % len(kinds)] if number == 1 and call.key != "probe" else None

    with FaultServer(say, fault=fault, key=KEY) as server:
        done = run(server.base_url, tmp_path / "run", "--option", "backoff=0.01")
        assert done.code == 0, done.err
        again = run(server.base_url, tmp_path / "run", "--option", "backoff=0.01")
        assert again.code == 0, again.err
    summary = json.loads(done.out)
    scores = {(row["task"], row["language"]): row["score"] for row in summary["tasks"] if row["category"] is None}
    assert scores == {(task, language): 1.0 for task in ("arithmetic", "knowledge") for language in ("zh", "en")}
    assert not server.after_success - Counter({"probe": 9})
    assert summary["numerics"]["choose"].startswith("top_logprobs")
    files = [path for path in (tmp_path / "run").rglob("*") if path.is_file()]
    assert len(files) > 5
    text = b"".join(path.read_bytes() for path in files)
    for secret in (KEY, f"127.0.0.1:{server.port}"):
        assert secret.encode() not in text
    assert KEY not in done.out + done.err
    assert "想一想".encode() in text


def test_a_run_that_is_killed_asks_only_for_what_is_missing(tmp_path: Path, run: Run) -> None:
    output = tmp_path / "run"
    with FaultServer(say, key=KEY, seconds=lambda call: 0.05 if call.body.get("stream") else 0.0) as server:
        arguments = command(server.base_url, output, "--option", "concurrency=2", tasks="arithmetic")
        environment = {**os.environ, "OPENAI_API_KEY": KEY}
        program = [sys.executable, "-m", "benchharness", *arguments]
        process = subprocess.Popen(program, env=environment, stdout=-1, stderr=-1)
        journal = output / "journal" / "arithmetic.responses.jsonl"
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline and (not journal.is_file() or journal.read_text().count("\n") < 4):
            time.sleep(0.01)
        process.send_signal(signal.SIGKILL)
        process.communicate()
        journaled = {json.loads(line)["response"]["key"] for line in journal.read_text().split("\n")[:-1]}
        before = Counter(server.sendings)
        done = run(server.base_url, output, tasks="arithmetic")
        assert done.code == 0, done.err
    assert 4 <= len(journaled) < 2 * LIMIT
    assert all(server.sendings[key] == before[key] == 1 for key in journaled)
    assert len(server.successes) == 2 * LIMIT + 1
    assert all(row["score"] == 1.0 for row in json.loads(done.out)["tasks"])


@pytest.mark.parametrize(("language", "words"), [("en", "goes on"), ("zh", "继续")])
def test_a_budget_ends_a_run_with_its_own_exit_code(tmp_path: Path, run: Run, language: str, words: str) -> None:
    prices = ["price_input=10000", "price_output=10000", "currency=CNY"]
    options = [part for price in prices for part in ("--option", price)]
    with FaultServer(say, key=KEY) as server:
        done = run(
            server.base_url, tmp_path / "run", *options, "--budget", "20元", language=language, tasks="arithmetic"
        )
        assert done.code == 6, done.err
        asked = len(server.calls)
        more = run(server.base_url, tmp_path / "run", *options, "--budget", "900 CNY", tasks="arithmetic")
        assert more.code == 0, more.err
    assert words in done.err
    assert "Traceback" not in done.err
    assert asked < 2 * LIMIT
    assert not {key: number for key, number in server.successes.items() if number > 1 and key != "probe"}


@pytest.mark.parametrize(("language", "words"), [("en", "it serves: student-7b"), ("zh", "student-7b")])
def test_a_model_that_is_not_served(tmp_path: Path, run: Run, language: str, words: str) -> None:
    models = [{"id": name, "owned_by": "me"} for name in ("student-7b", "teacher")]
    with FaultServer(say, key=KEY, models=models) as server:
        done = run(server.base_url, tmp_path / "run", language=language)
    assert done.code == 2
    assert words.casefold() in done.err.replace("\n", " ").casefold()


def test_a_server_that_gives_no_log_probabilities_is_asked_nothing(tmp_path: Path, run: Run) -> None:
    with FaultServer(say, key=KEY, log_probs=False) as server:
        done = run(server.base_url, tmp_path / "run", tasks="knowledge")
        assert done.code == 2
        assert {call.key for call in server.calls} == {"probe"}
    assert "knowledge" in done.err
