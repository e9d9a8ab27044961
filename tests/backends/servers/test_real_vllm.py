"""vLLM's own server, started, asked in every way and stopped: its answers are those of the transformers backend.

Both compute in fp32. Between two engines sums are added up in another order, so that log-probabilities differ by some
1e-5; ``TOLERANCE`` leaves a hundredfold of that. Letters and texts have to be equal unless two candidates for a letter,
or for the token at which the texts part, are nearer to each other than this.
"""

import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pyarrow.parquet
import pytest

from benchharness.backends.base import BackendOptions
from benchharness.backends.servers import ManagedServer, make_server
from benchharness.cli import main
from benchharness.records import (
    Continuation,
    FinishReason,
    Language,
    Prompt,
    Request,
    RequestKind,
    Response,
    Sampling,
    Segment,
)
from benchharness.registry.models import resolve_model
from benchharness.runs.execute import QueueSource

pytestmark = [pytest.mark.vllm, pytest.mark.enable_socket, pytest.mark.timeout(600)]

TOLERANCE = 1e-3
TASKS = "knowledge,completion,arithmetic"
LETTERS_AND_TEXTS = "knowledge,arithmetic"
SERVE = {
    "serve.enforce_eager": "on",
    "serve.max_model_len": "2048",
    "serve.max_num_seqs": "16",
    "serve.executable": os.environ.get("BENCHHARNESS_VLLM") or sys.executable,
}
Rows = dict[tuple[str, str, str], dict[str, Any]]


@pytest.fixture(scope="module")
def work(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    with pytest.MonkeyPatch.context() as patch:
        # Room for keys and values, in GiB; by itself vLLM takes most of the memory.
        patch.setenv("VLLM_CPU_KVCACHE_SPACE", "2")
        yield tmp_path_factory.mktemp("runs")


@pytest.fixture(scope="module")
def server(work: Path, smollm2: Path) -> Iterator[ManagedServer]:
    options = BackendOptions(device="cpu", dtype="float32", extra=SERVE)
    started = make_server("vllm", resolve_model(str(smollm2)), options)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("OPENAI_API_KEY", started.api_key)
        started.start()
        yield started
        started.stop()


@pytest.fixture(scope="module")
def expected(work: Path, smollm2: Path) -> Rows:
    """What the transformers backend answers."""
    return run(work / "transformers", smollm2, "--backend", "transformers")


def run(folder: Path, model: Path, *arguments: str, tasks: str = TASKS) -> Rows:
    """Do a run by the command line and return its samples."""
    command = ["run", "--model", str(model), "--tasks", tasks, "--limit", "3", "--languages", "zh,en"]
    machine = ["--device", "cpu", "--dtype", "float32", "--output", str(folder), "--json"]
    assert main([*command, *machine, *arguments]) == 0
    rows = pyarrow.parquet.read_table(folder / "samples.parquet").to_pylist()
    return {(row["task"], row["language"], row["item_id"]): row for row in rows}


def asking(server: ManagedServer, smollm2: Path, *options: str) -> list[str]:
    """Return the arguments that ask a server by its address alone."""
    given = [word for option in options for word in ("--option", option)]
    return ["--base-url", server.base_url, "--option", f"tokenizer={smollm2}", *given]


def check_same(rows: Rows, expected: Rows, smollm2: Path) -> None:
    """Check that answers agree wherever the model is not of two minds."""
    from benchharness.backends.transformers.backend import TransformersBackend

    apart = []
    for place, row in rows.items():
        other = expected[place]
        assert row["prompt"] == other["prompt"], place
        assert row["error"] is None, place
        if other["log_probs"]:
            difference = max(abs(a - b) for a, b in zip(row["log_probs"], other["log_probs"], strict=True))
            assert difference < TOLERANCE, (place, difference)
            best, second = sorted(other["log_probs"], reverse=True)[:2]
            assert row["parsed"] == other["parsed"] or best - second < TOLERANCE, place
        elif row["text"] != other["text"]:
            apart.append((other["prompt"], row["text"], other["text"]))
    if apart:
        backend = TransformersBackend(resolve_model(str(smollm2)), BackendOptions(device="cpu", dtype="float32"))
        assert [margin for texts in apart if (margin := margin_at_parting(backend, *texts)) > TOLERANCE] == []


def margin_at_parting(backend: Any, prompt: str, text: str, other: str) -> float:
    """Return how far apart the log-probabilities of the first tokens are in which two texts differ."""
    encoded = backend.tokenizer.encode([prompt + text, prompt + other], special_tokens=False)
    mine, theirs = (list(one.tokens) for one in encoded)
    place = next(index for index, pair in enumerate(zip(mine, theirs, strict=False)) if pair[0] != pair[1])
    continuations = tuple(Continuation("", (tokens[place],)) for tokens in (mine, theirs))
    prompt_so_far = Prompt((), (Segment("question", prompt),), tuple(mine[:place]), (0,))
    request = Request("k", "t", "i", Language.EN, RequestKind.CHOOSE, prompt_so_far, continuations)
    responses: list[Response] = list(backend.run(QueueSource([request])))
    mine_scored, theirs_scored = responses[0].log_probs
    return abs(mine_scored - theirs_scored)


def test_started_for_a_run_and_stopped_with_it(
    work: Path, smollm2: Path, expected: Rows, capfd: pytest.CaptureFixture[str]
) -> None:
    before = {process.pid for process in psutil.Process().children(recursive=True)}
    options = [word for name, value in SERVE.items() for word in ("--option", f"{name}={value}")]
    rows = run(work / "served", smollm2, "--serve", "vllm", *options)
    assert {process.pid for process in psutil.Process().children(recursive=True)} <= before
    assert len(rows) == 18
    check_same(rows, expected, smollm2)
    # Standard output holds the summary alone.
    assert capfd.readouterr().out.startswith("{")


@pytest.mark.parametrize("stream", ["on", "off"])
def test_completions(server: ManagedServer, work: Path, smollm2: Path, expected: Rows, stream: str) -> None:
    rows = run(work / f"completions {stream}", smollm2, *asking(server, smollm2, f"stream={stream}"))
    assert len(rows) == 18
    check_same(rows, expected, smollm2)


@pytest.mark.parametrize("stream", ["on", "off"])
def test_chat(server: ManagedServer, work: Path, smollm2: Path, expected: Rows, stream: str) -> None:
    arguments = asking(server, smollm2, f"stream={stream}", "api=chat")
    rows = run(work / f"chat {stream}", smollm2, *arguments, tasks=LETTERS_AND_TEXTS)
    assert len(rows) == 12
    for place, row in rows.items():
        # The server renders the messages, with the same template.
        row["prompt"] = expected[place]["prompt"]
    check_same(rows, expected, smollm2)


def test_when_answers_came_and_what_it_counts(server: ManagedServer, smollm2: Path) -> None:
    from benchharness.backends.openai.backend import OpenAIBackend

    options = BackendOptions(base_url=server.base_url, extra={"tokenizer": str(smollm2)})
    backend = OpenAIBackend(resolve_model(str(smollm2)), options)
    backend.load()
    text = "The river runs through the valley and " * 30
    tokens = backend.tokenizer.encode([text], special_tokens=False)[0].tokens
    prompt = Prompt((), (Segment("question", text),), tokens, (0,))
    sampling = Sampling(max_new_tokens=24, ignore_end=True)
    before = server.metrics()
    responses: list[Response] = []
    for key in ("first", "again"):
        request = Request(key, "t", key, Language.EN, RequestKind.GENERATE, prompt, sampling=sampling)
        responses += backend.run(QueueSource([request]))
    after = server.metrics()
    backend.close()
    first, again = responses
    assert first.text == again.text
    for response in responses:
        assert response.finish_reason is FinishReason.LENGTH
        assert (response.prompt_tokens, response.generated_tokens) == (len(tokens), 24)
        timing = response.timing
        assert timing is not None
        assert 0 < timing.first < timing.last
        assert 1 <= len(timing.gaps) <= 23
        assert sum(timing.gaps) == pytest.approx(timing.last - timing.first)
    # vLLM caches whole blocks.
    assert first.cached_tokens == 0
    assert again.cached_tokens >= 128
    assert again.computed_tokens == len(tokens) - again.cached_tokens
    assert after["prefix_hits"] - before["prefix_hits"] == again.cached_tokens
    assert after["generated_tokens"] - before["generated_tokens"] == 48
    assert after["running"] == after["waiting"] == after["preemptions"] == 0
    assert after["cache_tokens"] > 2048


def test_its_processes_hold_the_model(server: ManagedServer, smollm2: Path) -> None:
    processes = [psutil.Process(pid) for pid in server.processes()]
    weights = (smollm2 / "model.safetensors").stat().st_size
    assert max(process.memory_info().rss for process in processes) > weights
    assert server.settings["server_version"].count(".") == 2


def test_nothing_is_left(server: ManagedServer) -> None:
    processes = [psutil.Process(pid) for pid in server.processes()]
    assert processes
    server.stop()
    assert not [process for process in processes if process.is_running()]
