"""A classroom: small tasks in both languages, and scripted students who sit them."""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
import yaml

from benchharness.backends.base import Backend
from benchharness.backends.scripted import Answer, ScriptedBackend
from benchharness.records import Language, Request, RequestKind, Response, Score
from benchharness.registry.catalogue import TaskSelection, read_task
from benchharness.registry.models import ModelReference, ModelSpec
from benchharness.registry.protocols import ProtocolSpec
from benchharness.registry.suites import SuiteSpec
from benchharness.runs.folder import RunFolder
from benchharness.runs.run import PreparedRun, RunRequest, execute_run, prepare

CHOICES = ("红", "黄", "蓝", "绿"), ("red", "yellow", "blue", "green")


def sums_document(name: str) -> dict[str, Any]:
    """A task that asks for the sum of two numbers in a generated text."""
    return {
        "name": name,
        "version": 1,
        "title": {"zh": "加法", "en": "Sums"},
        "licence": "CC0-1.0",
        "languages": ["zh", "en"],
        "request": "generate",
        "source": {"kind": "jsonl", "path": f"{name}.jsonl", "paired": True},
        "item": {"id": "id", "category": "category", "target": "answer"},
        "prompt": {"zh": {"question": "{{ question }}"}, "en": {"question": "{{ question }}"}},
        "generate": {"max_new_tokens": 60},
        "scorer": "number",
    }


def colours_document(name: str) -> dict[str, Any]:
    """A task that has four options, answered by letter."""
    return {
        **sums_document(name),
        "request": "choose",
        "item": {"id": "id", "category": "category", "target": "answer", "options": "options"},
        "prompt": {
            "zh": {"question": "{{ question }}", "option": "{{ label }}. {{ text }}", "answer_prefix": "答案："},
            "en": {"question": "{{ question }}", "option": "{{ label }}. {{ text }}", "answer_prefix": "Answer:"},
        },
        "choose": {"by": "letter"},
        "generate": None,
        "scorer": "choice",
    }


def sums_rows(count: int) -> list[dict[str, Any]]:
    return [
        {
            "id": f"s{number:03d}",
            "category": ("small", "large")[number % 2],
            "answer": number + 2,
            "zh": {"question": f"{number}加2等于几？"},
            "en": {"question": f"What is {number} plus 2?"},
        }
        for number in range(count)
    ]


def colours_rows(count: int) -> list[dict[str, Any]]:
    return [
        {
            "id": f"c{number:03d}",
            "category": "colours",
            "answer": "ABCD"[number % 4],
            "zh": {"question": f"第{number}盏灯是什么颜色？", "options": list(CHOICES[0])},
            "en": {"question": f"What colour is lamp {number}?", "options": list(CHOICES[1])},
        }
        for number in range(count)
    ]


def right_answer(request: Request) -> str:
    """What a perfect student says to an item of the tasks above."""
    number = int(request.item_id[1:])
    if request.kind is RequestKind.CHOOSE:
        return "ABCD"[number % 4]
    return f"答案：{number + 2}" if request.language is Language.ZH else f"The answer is {number + 2}."


def wrong_answer(request: Request) -> str:
    """What a student says who is wrong on every item."""
    number = int(request.item_id[1:])
    return "ABCD"[(number + 1) % 4] if request.kind is RequestKind.CHOOSE else f"{number + 3}"


class Silent:
    """A listener that keeps what it hears."""

    def __init__(self) -> None:
        self.begun: list[tuple[int, int]] = []
        self.heard: list[tuple[Request, Response, Score | None]] = []
        self.loads = 0

    def begin(self, done: int, to_ask: int) -> None:
        self.begun.append((done, to_ask))

    def loading(self) -> None:
        self.loads += 1

    def advance(self, request: Request, response: Response, score: Score | None) -> None:
        self.heard.append((request, response, score))


class Classroom:
    """Writes tasks under a folder and runs students on them."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.output = root / "run"
        self.right, self.wrong = right_answer, wrong_answer

    def task(
        self, document: Mapping[str, Any], rows: Sequence[Mapping[str, Any]], name: str = "", **changes: Any
    ) -> TaskSelection:
        """Write a task's YAML and rows, and select it; a change of ``None`` takes a key out."""
        name = name or document["name"]
        merged = {**document, **changes, "name": name}
        merged["source"] = {**merged["source"], "path": f"{name}.jsonl"}
        path = self.root / f"{name}.yaml"
        path.write_text(
            yaml.safe_dump({key: value for key, value in merged.items() if value is not None}, allow_unicode=True),
            encoding="utf-8",
        )
        path.with_suffix(".jsonl").write_text(
            "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8"
        )
        return TaskSelection(file=read_task(path))

    def sums(self, count: int = 8, name: str = "sums", **changes: Any) -> TaskSelection:
        return self.task(sums_document(name), sums_rows(count), **changes)

    def colours(self, count: int = 8, name: str = "colours", **changes: Any) -> TaskSelection:
        return self.task(colours_document(name), colours_rows(count), **changes)

    def prepare(
        self,
        selections: Sequence[TaskSelection],
        student: Callable[[Request], Answer] | Sequence[Answer] | Backend,
        *,
        model: ModelSpec | None = None,
        protocol: Mapping[str, Any] | None = None,
        languages: Sequence[Language] = tuple(Language),
        limit: int | None = None,
        seed: int = 0,
        suite: SuiteSpec | None = None,
        identity: str = "student",
        context_length: int | None = None,
        output: Path | None = None,
    ) -> PreparedRun:
        request = RunRequest(
            model=ModelReference(spec=model or ModelSpec(name="student")),
            selections=selections,
            protocol=ProtocolSpec.model_validate({"name": "default", **(protocol or {})}),
            languages=languages,
            suite=suite,
            limit=limit,
            seed=seed,
            output=output or self.output,
        )

        def make() -> Backend:
            if callable(student) or isinstance(student, Sequence):
                return ScriptedBackend(student, identity=identity, context_length=context_length)
            return student

        return prepare(request, make)

    def run(
        self,
        selections: Sequence[TaskSelection],
        student: Callable[[Request], Answer] | Sequence[Answer] | Backend,
        listener: Silent | None = None,
        **settings: Any,
    ) -> tuple[RunFolder, dict[str, Any]]:
        return execute_run(self.prepare(selections, student, **settings), listener or Silent())


@pytest.fixture
def classroom(tmp_path: Path) -> Classroom:
    return Classroom(tmp_path)


@pytest.fixture
def listener() -> Silent:
    return Silent()


def strip_volatile(summary: Mapping[str, Any]) -> dict[str, Any]:
    """Return a summary without what may differ between two runs of the same questions."""
    kept = {key: value for key, value in summary.items() if key not in ("run", "throughput", "memory")}
    numbers = re.compile("tokens|items|characters$")
    kept["work"] = {
        key: value for key, value in summary["throughput"].items() if numbers.search(key) and "per" not in key
    }
    return kept


@pytest.fixture
def comparable() -> Callable[[Mapping[str, Any]], dict[str, Any]]:
    return strip_volatile
