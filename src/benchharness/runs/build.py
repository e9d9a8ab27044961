"""Writing items with long contexts to a file, for any eye or program."""

import json
import os
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from benchharness.backends.base import BackendOptions
from benchharness.backends.registry import create_backend
from benchharness.errors import InputError
from benchharness.records import Language
from benchharness.registry.catalogue import TaskSelection
from benchharness.registry.models import resolve_model
from benchharness.runs.long_items import LongContext, build_lines, is_long
from benchharness.runs.plan import Conventions
from benchharness.tasks.long_context.lengths import Sweep
from benchharness.tokens.tokenizer import ByteTokenizer, Tokenizer, TransformersTokenizer

BYTES = "bytes"
TEMPLATES = ("chat", "plain", "auto")
TOKENIZER_FILES = ("tokenizer.json", "tokenizer.model", "tokenizer_config.json", "vocab.json")


@dataclass(frozen=True, slots=True)
class BuildRequest:
    """What is to be written.

    Attributes:
        selection: a task, or a subset of it.
        languages: in which languages.
        sweep: lengths, arms and depths.
        tokenizer: a registered model, a hub id, a directory, or ``bytes``.
        template: ``chat``, ``plain``, or ``auto``.
        items: of each length, arm, language and subset.
        data_root: a mirror of the hub.
    """

    selection: TaskSelection
    languages: Sequence[Language]
    sweep: Sweep
    tokenizer: str
    template: str
    items: int
    data_root: Path | None = None


def write_items(request: BuildRequest, output: Path) -> int:
    """Write the items of a task with long contexts, a JSON line each, and return their number.

    The file appears when it is whole; ``-`` is standard output.

    Raises:
        InputError: if the task has no long contexts, an option is wrong, or a length cannot be met.
    """
    lines = iterate_items(request)
    with _opened(output) as stream:
        return _write(stream, lines)


def iterate_items(request: BuildRequest) -> Iterator[dict[str, Any]]:
    """Return the same items one after the other; what is wrong with the request is said at once.

    Raises:
        InputError: see ``write_items``.
    """
    if not is_long(request.selection):
        name = request.selection.spec.name
        raise InputError(
            en=f"{name} has items of its own, which no length is asked of. `benchharness tasks list` shows the tasks"
            " whose source is long_context.",
            zh=f"{name} 的题目长度是固定的，无法指定。`benchharness tasks list` 可查看数据源为 long_context 的任务。",
        )
    tokenizer = find_tokenizer(request.tokenizer)
    context = LongContext(
        request.sweep, tokenizer, _conventions(request, tokenizer), limit=request.items, data_root=request.data_root
    )
    return build_lines(request.selection, request.languages, context)


def find_tokenizer(name: str) -> Tokenizer:
    """Return the tokenizer of a registered model, a hub id or a directory, or that of bytes.

    Raises:
        InputError: if there is none.
        OfflineError: if its files cannot be had.
    """
    if name == BYTES:
        return ByteTokenizer()
    directory = Path(name).expanduser()
    if directory.is_dir() and not (directory / "config.json").is_file():
        if not any((directory / file).is_file() for file in TOKENIZER_FILES):
            raise InputError(
                en=f"--tokenizer {name}: the directory holds no tokenizer ({', '.join(TOKENIZER_FILES)}).",
                zh=f"--tokenizer {name}：该目录中没有分词器文件（{'、'.join(TOKENIZER_FILES)}）。",
            )
        return TransformersTokenizer(directory)
    return create_backend("transformers", resolve_model(name), BackendOptions()).tokenizer


def _conventions(request: BuildRequest, tokenizer: Tokenizer) -> Conventions:
    if request.template not in TEMPLATES:
        raise InputError(
            en=f"--template {request.template}: expected one of {', '.join(TEMPLATES)}.",
            zh=f"--template {request.template}：应为 {'、'.join(TEMPLATES)} 之一。",
        )
    chat = tokenizer.template_fingerprint is not None
    if request.template == "chat" and not chat:
        raise InputError(
            en=f"--template chat: the tokenizer {request.tokenizer} has no chat template. Use --template plain.",
            zh=f"--template chat：分词器 {request.tokenizer} 没有对话模板，请使用 --template plain。",
        )
    plain = request.template == "plain" or not chat
    return Conventions(
        template="plain" if plain else "chat",
        shots=None,
        shots_as="turns",
        thinking=False,
        reasons=False,
        reasoning_tokens=0,
    )


@contextmanager
def _opened(output: Path) -> Iterator[IO[str]]:
    if str(output) == "-":
        yield sys.stdout
        return
    scratch = output.with_name(f".{output.name}.{os.getpid()}")
    try:
        with scratch.open("w", encoding="utf-8") as stream:
            yield stream
        scratch.replace(output)
    except OSError as error:
        raise InputError(
            en=f"--output {output}: cannot be written: {error.strerror}.",
            zh=f"--output {output}：无法写入：{error.strerror}。",
        ) from error
    finally:
        scratch.unlink(missing_ok=True)


def _write(stream: IO[str], lines: Iterable[dict[str, Any]]) -> int:
    count = 0
    for count, line in enumerate(lines, start=1):  # noqa: B007
        stream.write(f"{json.dumps(line, ensure_ascii=False)}\n")
    return count
