"""A desk: a folder with small tasks and answers, and a way to give commands."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import yaml

from benchharness.cli import main

PROGRAM = """
import json, sys
from benchharness.cli import main
code = main(sys.argv[2:])
loaded = [name for name in sys.argv[1].split(",") if name in sys.modules]
print("\\n" + json.dumps({"code": code, "loaded": loaded}))
"""
HEAVY = ("torch", "transformers", "datasets", "scipy", "pandas")

COLOURS: dict[str, Any] = {
    "version": 1,
    "title": {"zh": "颜色", "en": "Colours [all]"},
    "licence": "CC0-1.0",
    "languages": ["zh", "en"],
    "request": "choose",
    "source": {"kind": "jsonl", "path": "rows.jsonl", "paired": True},
    "item": {"id": "id", "category": "category", "target": "answer", "options": "options"},
    "prompt": {
        "zh": {"question": "{{ question }}", "option": "{{ label }}. {{ text }}", "answer_prefix": "答案："},
        "en": {"question": "{{ question }}", "option": "{{ label }}. {{ text }}", "answer_prefix": "Answer:"},
    },
    "choose": {"by": "letter"},
    "scorer": "choice",
}
ROWS = [
    {
        "id": f"c{number}",
        "category": ("warm", "cold")[number % 2],
        "answer": "ABCD"[number % 4],
        "zh": {"question": f"第{number}盏灯是什么颜色？", "options": ["红", "蓝", "橙", "绿"]},
        "en": {"question": f"What colour is lamp {number}?", "options": ["red", "blue", "orange", "green"]},
    }
    for number in range(8)
]


class Result(NamedTuple):
    """What a command did."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


class Fresh(NamedTuple):
    """What a command did in a process of its own."""

    code: int
    loaded: list[str]
    out: str
    err: str


class Desk:
    """A working directory with a task, answers, and commands."""

    student = ("--model", "anyone", "--backend", "scripted", "--option", "default=A")

    def __init__(self, root: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
        self.root = root
        self._capsys, self._monkeypatch = capsys, monkeypatch
        self.write("colours", COLOURS)
        self.rows(ROWS)

    def write(self, name: str, document: dict[str, Any]) -> Path:
        path = self.root / f"{name}.yaml"
        path.write_text(yaml.safe_dump(document, allow_unicode=True), encoding="utf-8")
        return path

    def rows(self, rows: list[dict[str, Any]]) -> None:
        lines = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
        (self.root / "rows.jsonl").write_text(lines, encoding="utf-8")

    def command(self, *arguments: str, language: str = "en") -> Result:
        """Give a command in this process."""
        self._monkeypatch.setenv("BENCHHARNESS_LANGUAGE", language)
        self._capsys.readouterr()
        code = main(arguments)
        printed = self._capsys.readouterr()
        return Result(code, printed.out, printed.err)

    def ask(self, *arguments: str, language: str = "en") -> Result:
        """Let the scripted student sit the task."""
        return self.command("run", *self.student, "--tasks", "colours.yaml", *arguments, language=language)

    def fresh(self, *arguments: str, language: str = "en") -> Fresh:
        """Give a command in a process of its own, and tell which heavy packages it loaded."""
        done = subprocess.run(
            [sys.executable, "-c", PROGRAM, ",".join(HEAVY), *arguments],
            cwd=self.root,
            env={**os.environ, "BENCHHARNESS_LANGUAGE": language, "HF_HUB_OFFLINE": "1"},
            capture_output=True,
            text=True,
            check=True,
        )
        out, _, report = done.stdout.rstrip("\n").rpartition("\n")
        told = json.loads(report)
        return Fresh(told["code"], told["loaded"], out, done.stderr)


@pytest.fixture
def desk(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Desk:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "100")
    return Desk(tmp_path, capsys, monkeypatch)


@pytest.fixture
def colours() -> dict[str, Any]:
    """The task's document, to be changed."""
    copied: dict[str, Any] = json.loads(json.dumps(COLOURS))
    return copied
