"""Measures one vLLM server by `vllm bench serve` and by benchharness, in turn: what both call the same has to agree.

Both send as many requests as the server is to answer at a time, of the same lengths, greedily and past the end of the
text, and read the answers as they are streamed. `--help` lists the options.
"""

import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from benchharness.backends.base import BackendOptions
from benchharness.backends.openai.backend import OpenAIBackend
from benchharness.backends.servers import make_server
from benchharness.backends.servers.engines import VLLM
from benchharness.backends.servers.executable import find_executable
from benchharness.cli import INTERRUPTED
from benchharness.cli.options import AsJson, BackendOption, Device, Dtype, parse_pairs
from benchharness.cli.output import console, messages, print_json
from benchharness.cli.usage import USAGE_ERROR, explain
from benchharness.errors import BenchharnessError, bilingual
from benchharness.perf.measure import measure
from benchharness.perf.request import Lengths, PerfRequest, Scenario
from benchharness.registry.models import ModelReference, resolve_model

KEY_VARIABLE = "OPENAI_API_KEY"
"""Where both clients look for the key of a server."""

MILLISECONDS = 1000.0

# As `vllm bench serve` does; its command does not start where vLLM was published under another name.
BENCH = """
from vllm.benchmarks.serve import add_cli_args, main
from vllm.utils.argparse_utils import FlexibleArgumentParser
parser = FlexibleArgumentParser()
add_cli_args(parser)
main(parser.parse_args())
"""

Figures = dict[str, float]
Round = dict[str, Figures]

METRICS = {
    "ttft": ("TTFT, median, ms", "TTFT 中位数，毫秒"),
    "tpot": ("TPOT, median, ms", "TPOT 中位数，毫秒"),
    "itl": ("ITL, median, ms", "ITL 中位数，毫秒"),
    "e2e": ("E2E, median, ms", "E2E 中位数，毫秒"),
    "requests_per_second": ("requests/s", "请求/秒"),
    "output_tokens_per_second": ("output tokens/s", "输出词元/秒"),
}


@dataclass(frozen=True, slots=True)
class Shape:
    """What each side asks in a round."""

    input: int
    output: int
    concurrency: int
    requests: int


@dataclass(frozen=True, slots=True)
class Target:
    """The server that both sides ask.

    Attributes:
        base_url: where its API is.
        key: what it wants to be shown.
        model: the model's name there.
        tokenizer: directory of the model's tokenizer.
    """

    base_url: str
    key: str
    model: str
    tokenizer: Path


def compare(
    *,
    model: Annotated[str, typer.Option(help="A registered name, a hub id or a directory.")] = "smollm2-135m-instruct",
    input_tokens: Annotated[int, typer.Option("--input", min=1, help="Tokens of a prompt.")] = 128,
    output_tokens: Annotated[int, typer.Option("--output", min=2, help="Tokens of an answer.")] = 32,
    concurrency: Annotated[int, typer.Option(min=1, help="Requests at a time.")] = 4,
    requests: Annotated[int, typer.Option(min=1, help="Requests of a round.")] = 32,
    rounds: Annotated[int, typer.Option(min=1, help="How often each side measures.")] = 3,
    device: Device = "auto",
    dtype: Dtype = "auto",
    option: BackendOption = None,
    as_json: AsJson = False,
) -> None:
    """Measure a vLLM server by its own benchmark and by benchharness."""
    shape = Shape(input_tokens, output_tokens, concurrency, requests)
    reference = resolve_model(model)
    extra = parse_pairs(option or [])
    # Neither side gains from what it asked before.
    options = BackendOptions(device=device, dtype=dtype, prefix_reuse=False, extra=extra)
    server = make_server(VLLM.name, reference, options)
    _note("Starting the server.", "正在启动服务。")
    try:
        server.start()
        os.environ[KEY_VARIABLE] = server.api_key
        target = Target(server.base_url, server.api_key, server.model_name, server.files.directory)
        measured = measure_in_turn(target, reference, extra.get("serve.executable"), shape, rounds)
    finally:
        server.stop()
    document = {
        "model": reference.spec.name,
        **asdict(shape),
        "server": dict(server.settings),
        "rounds": measured,
        "figures": summarise(measured),
    }
    if as_json:
        print_json(document)
    else:
        console().print(view(document))


def measure_in_turn(
    target: Target, reference: ModelReference, executable: str | None, shape: Shape, rounds: int
) -> list[Round]:
    """Let both sides measure a server, and return what each found in each round.

    Args:
        target: the server.
        reference: the model.
        executable: where vLLM is, as ``find_executable`` takes it.
        shape: what each side asks in a round.
        rounds: how often each side measures.
    """
    fixed = {"adaptive": "off", "concurrency": str(max(shape.concurrency, shape.requests))}
    asking = {"tokenizer": str(target.tokenizer), "model": target.model, **fixed}
    backend = OpenAIBackend(reference, BackendOptions(base_url=target.base_url, extra=asking))
    sides: dict[str, Callable[[Shape, int], Figures]] = {
        "vllm_bench": partial(by_vllm, target, executable),
        "benchharness": partial(by_benchharness, backend),
    }
    measured: list[Round] = []
    try:
        for number in range(rounds):
            # Whoever begins changes, so that what drifts with time meets both.
            order = list(sides) if number % 2 == 0 else list(reversed(sides))
            measured.append({name: sides[name](shape, number) for name in order})
            _note(f"round {number + 1} of {rounds}", f"第 {number + 1}/{rounds} 轮")
    finally:
        backend.close()
    return measured


def by_benchharness(backend: OpenAIBackend, shape: Shape, seed: int) -> Figures:
    """Measure as ``benchharness perf`` does; latencies in milliseconds."""
    request = PerfRequest(
        grid=(Lengths(shape.input, shape.output),),
        scenarios=(Scenario.CONCURRENCY,),
        concurrency=(shape.concurrency,),
        repeats=1,
        requests=shape.requests,
        seed=seed,
    )
    [cell] = measure(backend, request)["cells"]
    figures = cell["passes"][0]
    latencies = {name: figures[f"{name}_seconds"]["p50"] * MILLISECONDS for name in ("ttft", "tpot", "itl", "e2e")}
    return {**latencies, **{name: figures[name] for name in METRICS if name not in latencies}}


def by_vllm(target: Target, executable: str | None, shape: Shape, seed: int) -> Figures:
    """Measure by ``vllm bench serve``; latencies in milliseconds.

    Raises:
        BenchharnessError: if it fails, with the end of what it printed.
    """
    found = find_executable(VLLM, executable)
    start = [str(found.path), "-c", BENCH] if found.is_python else [str(found.path), "bench", "serve"]
    with tempfile.TemporaryDirectory() as folder:
        command = [*start, *_bench_arguments(target, shape, seed), "--result-dir", folder]
        environment = {**os.environ, KEY_VARIABLE: target.key}
        done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
        result = Path(folder) / "result.json"
        if done.returncode != 0 or not result.is_file():
            end = "\n".join((done.stdout + done.stderr).strip().splitlines()[-15:])
            raise BenchharnessError(en=f"vllm bench serve failed:\n{end}", zh=f"vllm bench serve 执行失败：\n{end}")
        return read_result(json.loads(result.read_text(encoding="utf-8")))


def _bench_arguments(target: Target, shape: Shape, seed: int) -> list[str]:
    said = {
        "backend": "openai",
        "base-url": target.base_url.removesuffix("/v1"),
        "endpoint": "/v1/completions",
        "model": target.model,
        "tokenizer": str(target.tokenizer),
        "dataset-name": "random",
        "random-input-len": shape.input,
        "random-output-len": shape.output,
        "random-range-ratio": 0,
        "num-prompts": shape.requests,
        "num-warmups": shape.concurrency,
        "max-concurrency": shape.concurrency,
        "temperature": 0,
        "seed": seed,
        "percentile-metrics": "ttft,tpot,itl,e2el",
        "result-filename": "result.json",
    }
    return [*(f"--{name}={value}" for name, value in said.items()), "--ignore-eos", "--disable-tqdm", "--save-result"]


def read_result(result: Mapping[str, Any]) -> Figures:
    """Read what ``vllm bench serve --save-result`` wrote.

    Raises:
        BenchharnessError: if requests of it failed.
    """
    if result["failed"]:
        raise BenchharnessError(
            en=f"{result['failed']} requests of vllm bench serve failed.",
            zh=f"vllm bench serve 有 {result['failed']} 个请求失败。",
        )
    return {
        "ttft": result["median_ttft_ms"],
        "tpot": result["median_tpot_ms"],
        "itl": result["median_itl_ms"],
        "e2e": result["median_e2el_ms"],
        "requests_per_second": result["request_throughput"],
        "output_tokens_per_second": result["output_throughput"],
    }


def summarise(measured: Sequence[Round]) -> dict[str, dict[str, Any]]:
    """Return for each metric the median of either side over all rounds, and the ratio with its lowest and highest."""
    figures: dict[str, dict[str, Any]] = {}
    for name in METRICS:
        ratios = [one["benchharness"][name] / one["vllm_bench"][name] for one in measured]
        figures[name] = {
            **{side: statistics.median(one[side][name] for one in measured) for side in measured[0]},
            "ratio": statistics.median(ratios),
            "ratio_spread": [min(ratios), max(ratios)],
        }
    return figures


def view(document: Mapping[str, Any]) -> RenderableType:
    """Return the figures as a table for people."""
    table = Table(box=None, header_style="bold", pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column("", no_wrap=True)
    for title in ("vllm bench", "benchharness", bilingual("ratio [lowest, highest]", "比值 [最低, 最高]")):
        table.add_column(title, justify="right")
    for name, (en, zh) in METRICS.items():
        found = document["figures"][name]
        low, high = found["ratio_spread"]
        spread = f"{found['ratio']:.3f} [{low:.3f}, {high:.3f}]"
        table.add_row(bilingual(en, zh), f"{found['vllm_bench']:.2f}", f"{found['benchharness']:.2f}", spread)
    rounds = len(document["rounds"])
    conditions = bilingual(
        f"{document['input']}×{document['output']} tokens, {document['requests']} requests, "
        f"{document['concurrency']} at a time, {rounds} rounds, vLLM {document['server']['server_version']}\n",
        f"{document['input']}×{document['output']} 词元，{document['requests']} 个请求，并发"
        f" {document['concurrency']}，{rounds} 轮，vLLM {document['server']['server_version']}\n",
    )
    return Group(Text.assemble((document["model"], "bold"), " · ", conditions), table)


def _note(en: str, zh: str) -> None:
    messages().print(bilingual(en, zh), markup=False, soft_wrap=True)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code.

    Args:
        arguments: without the program's name; those of this process by default.
    """
    given = None if arguments is None else list(arguments)
    app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
    app.command()(compare)
    try:
        code = app(args=given, prog_name="compare_vllm_bench.py", standalone_mode=False)
    except USAGE_ERROR as error:
        return _report(explain(error))
    except BenchharnessError as error:
        return _report(error)
    except (KeyboardInterrupt, typer.Abort):
        code = INTERRUPTED
    return code if isinstance(code, int) else 0


def _report(error: BenchharnessError) -> int:
    messages().print(f"{bilingual('Error: ', '错误：')}{error}", markup=False, soft_wrap=True)
    return error.exit_code


if __name__ == "__main__":
    sys.exit(main())
