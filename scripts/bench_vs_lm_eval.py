"""Measures benchharness against lm-evaluation-harness: the same model, items, shots and dtype, in turn.

What is measured is the evaluation itself, from the first tokenisation to the last score; imports, reading the data and
loading the model are left out. `--help` lists the options; `bench/` holds the parts.
"""

import json
import re
import sys
import tempfile
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Annotated, Any

import psutil
import typer

from bench.cases import TASK, Case
from bench.document import document
from bench.environment import default_directory, lm_eval_python
from bench.rounds import Measurement, Settings
from bench.table import view
from bench.wire import Measured
from bench.workers import Worker
from benchharness.cli import INTERRUPTED
from benchharness.cli.options import AsJson, DataRoot, split_list
from benchharness.cli.output import console, messages, print_json
from benchharness.cli.usage import USAGE_ERROR, explain
from benchharness.errors import BenchharnessError, InputError, bilingual
from benchharness.registry.catalogue import load_tasks
from benchharness.registry.documents import did_you_mean

SUBJECTS = "agronomy,chinese_history,college_mathematics,computer_security,nutrition"
"""Five fields, chosen before anything was measured."""

DTYPES = ("float32", "bfloat16", "float16")


def compare(
    *,
    cases: Annotated[str, typer.Option(metavar="LIST", help="Which of letters, texts, generate.")] = ",".join(Case),
    subjects: Annotated[str, typer.Option(metavar="LIST", help="Subjects of CMMLU.")] = SUBJECTS,
    items: Annotated[int, typer.Option(min=1, help="Items of each subject, for letters.")] = 30,
    text_items: Annotated[int, typer.Option(min=1, help="Items of each subject, for texts.")] = 12,
    generations: Annotated[int, typer.Option(min=1, help="Texts to generate, over all subjects.")] = 50,
    shots: Annotated[int, typer.Option(min=0, help="Worked examples before each item.")] = 5,
    rounds: Annotated[int, typer.Option(min=1, help="How often each case is measured.")] = 3,
    threads: Annotated[int | None, typer.Option(min=1, help="Threads of each harness; by default, one a core.")] = None,
    model: Annotated[str, typer.Option(help="A registered name, a hub id or a directory.")] = "smollm2-135m-instruct",
    dtype: Annotated[str, typer.Option(help="float32, bfloat16 or float16.")] = "float32",
    device: Annotated[str, typer.Option(help="cpu, cuda or cuda:N.")] = "cpu",
    data_root: DataRoot = None,
    lm_eval_env: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Environment of lm-eval; made if it is not there.")
    ] = None,
    reference: Annotated[bool, typer.Option(help="Compare with the path that reads every prompt whole.")] = True,
    as_json: AsJson = False,
    output: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write the figures here as JSON after every case.")
    ] = None,
) -> None:
    """Measure benchharness against lm-evaluation-harness."""
    _check_engine(dtype, device)
    counts = {Case.LETTERS: items, Case.TEXTS: text_items}
    names = _subjects(subjects)
    settings = Settings(
        model=model,
        dtype=dtype,
        device=device,
        threads=threads or psutil.cpu_count(logical=False) or 1,
        shots=shots,
        subjects=names,
        items={case: counts[case] * len(names) if case in counts else generations for case in _cases(cases)},
        data_root=data_root,
    )
    figures = _measure(settings, rounds, lm_eval_env or default_directory(), reference=reference, output=output)
    if as_json:
        print_json(figures)
    else:
        console().print(view(figures))


def _check_engine(dtype: str, device: str) -> None:
    """Refuse what the two harnesses would each settle in their own way."""
    if dtype not in DTYPES:
        raise InputError(
            en=f"--dtype {dtype}: expected {', '.join(DTYPES[:-1])} or {DTYPES[-1]}.",
            zh=f"--dtype {dtype}：应为 {'、'.join(DTYPES[:-1])} 或 {DTYPES[-1]}。",
        )
    if not re.fullmatch(r"cpu|(cuda|xpu|mps)(:\d+)?", device):
        raise InputError(
            en=f"--device {device}: expected one device, such as cpu, cuda or cuda:1.",
            zh=f"--device {device}：应为单个设备，如 cpu、cuda 或 cuda:1。",
        )


def _cases(text: str) -> tuple[Case, ...]:
    names = split_list(text)
    unknown = [name for name in names if name not in tuple(Case)]
    if unknown or not names:
        raise InputError(
            en=f"--cases {text}: expected one or more of {', '.join(Case)}.",
            zh=f"--cases {text}：应为 {'、'.join(Case)} 中的一个或多个。",
        )
    return tuple(case for case in Case if case in names)


def _subjects(text: str) -> tuple[str, ...]:
    known = load_tasks()[TASK].spec.subsets
    names = split_list(text)
    for name in names:
        if name not in known:
            hint_en, hint_zh = did_you_mean(name, known)
            raise InputError(
                en=f"--subjects {text}: {TASK} has no subject {name!r}.{hint_en}"
                f" `benchharness tasks show {TASK}` lists them.",
                zh=f"--subjects {text}：{TASK} 没有科目 {name!r}。{hint_zh}"
                f"`benchharness tasks show {TASK}` 可列出全部科目。",
            )
    if not names or len(set(names)) < len(names):
        raise InputError(
            en=f"--subjects {text}: expected one or more subjects, each once.",
            zh=f"--subjects {text}：应列出一个或多个科目，且不得重复。",
        )
    return tuple(names)


def _measure(
    settings: Settings, rounds: int, environment: Path, *, reference: bool, output: Path | None
) -> dict[str, Any]:
    python = lm_eval_python(environment, _note)
    with ExitStack() as stack:
        scratch = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        threads = {name: str(settings.threads) for name in ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "RAYON_NUM_THREADS")}
        offline = {"HF_HUB_OFFLINE": "1", "HF_DATASETS_CACHE": str(scratch / "datasets")}
        sides = {
            "benchharness": (sys.executable, threads),
            "lm_eval": (str(python), {**threads, **offline}),
        }
        ours, theirs = (
            stack.enter_context(Worker(name, [path, "-m", f"bench.{name}_worker"], scratch / f"{name}.log", variables))
            for name, (path, variables) in sides.items()
        )
        _note("Loading the model in both.", "正在为双方加载模型。")
        measurement = Measurement(settings, ours, theirs, scratch)

        def keep() -> dict[str, Any]:
            figures = document(settings, measurement.model, measurement.results)
            if output is not None:
                _write(output, figures)
            return figures

        for number in range(rounds):
            note = _round_note(number + 1, rounds)
            for _ in measurement.run_round(number, note):
                keep()
        if reference:
            _note("Reading every prompt whole, for the reference.", "正在以参考路径完整读取每个提示词。")
            measurement.ask_reference()
        return keep()


def _round_note(number: int, rounds: int) -> Callable[[Case, str, Measured], None]:
    def note(case: Case, side: str, measured: Measured) -> None:
        wall, inside = measured["wall_seconds"], measured["model_seconds"]
        _note(
            f"round {number} of {rounds}: {case}, {side}: {wall:.1f} s, of which {inside:.1f} s in the model",
            f"第 {number}/{rounds} 轮：{case}，{side}：{wall:.1f} 秒，其中模型计算 {inside:.1f} 秒",
        )

    return note


def _note(en: str, zh: str) -> None:
    messages().print(bilingual(en, zh), markup=False, soft_wrap=True)


def _write(path: Path, figures: dict[str, Any]) -> None:
    """Write whole or not at all: what an earlier round gave is not lost to an interruption."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f"{path.name}.part")
    part.write_text(json.dumps(figures, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    part.replace(path)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code.

    Args:
        arguments: without the program's name; those of this process by default.
    """
    given = None if arguments is None else list(arguments)
    app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
    app.command()(compare)
    try:
        code = app(args=given, prog_name="bench_vs_lm_eval.py", standalone_mode=False)
    except USAGE_ERROR as error:
        return _report(explain(error))
    except BenchharnessError as error:
        return _report(error)
    except (KeyboardInterrupt, typer.Abort):
        code = INTERRUPTED
    if code == INTERRUPTED:
        _note(
            "Interrupted. What was measured is in the file that --output names, if it was given.",
            "已中断。若指定了 --output，已测得的结果保存在该文件中。",
        )
    return code if isinstance(code, int) else 0


def _report(error: BenchharnessError) -> int:
    messages().print(f"{bilingual('Error: ', '错误：')}{error}", markup=False, soft_wrap=True)
    return error.exit_code


if __name__ == "__main__":
    sys.exit(main())
