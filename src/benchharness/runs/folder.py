"""The run folder: where its files lie, writing them whole, and keeping a second process out."""

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from benchharness.errors import BenchharnessError, InputError


class RunFolder:
    """A run's folder.

    Args:
        path: the folder; it need not exist.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    @property
    def manifest(self) -> Path:
        """Everything that could change a number."""
        return self.path / "manifest.json"

    @property
    def summary(self) -> Path:
        """The numbers."""
        return self.path / "summary.json"

    @property
    def perf(self) -> Path:
        """What was measured under controlled conditions, on the same engine."""
        return self.path / "perf.json"

    @property
    def samples(self) -> Path:
        """Item, prompt, response and score of each sample, for data frames."""
        return self.path / "samples.parquet"

    @property
    def sessions(self) -> Path:
        """One line when a process begins to work on the run, one when it is through."""
        return self.path / "journal" / "sessions.jsonl"

    def requests(self, task: str) -> Path:
        """What a task asks: items and prompts."""
        return self.path / "journal" / f"{task}.requests.jsonl"

    def responses(self, task: str) -> Path:
        """What came back, append-only."""
        return self.path / "journal" / f"{task}.responses.jsonl"

    def scores(self, task: str) -> Path:
        """How it was marked."""
        return self.path / "journal" / f"{task}.scores.jsonl"

    def check(self) -> None:
        """Look whether the folder is one, or could be made, without making it.

        Raises:
            InputError: if a file is in its way.
        """
        nearest = next(path for path in (self.path, *self.path.absolute().parents) if path.exists())
        if not nearest.is_dir():
            raise InputError(
                en=f"--output {self.path}: {nearest} is a file. Choose another folder.",
                zh=f"--output {self.path}：{nearest} 是文件，请更换目录。",
            )

    def create(self) -> None:
        """Make the folder.

        Raises:
            InputError: if that cannot be done.
        """
        try:
            (self.path / "journal").mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise InputError(
                en=f"--output {self.path}: cannot make this folder: {error.strerror}.",
                zh=f"--output {self.path}：无法创建该目录：{error.strerror}。",
            ) from error

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Hold the run for this process; the lock goes with the process, however it ends.

        Raises:
            BenchharnessError: if another process holds it.
        """
        with (self.path / ".lock").open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                raise BenchharnessError(
                    en=f"{self.path}: another process is working on this run. Wait for it, or choose another --output.",
                    zh=f"{self.path}：另一个进程正在执行此运行。请等待其结束，或更换 --output。",
                ) from error
            yield


def damaged(path: Path, problem: str) -> InputError:
    """Return the error for a file of a run that is not what benchharness wrote."""
    return InputError(
        en=f"{path}: not as this version of benchharness writes it: {problem}. Restore the file, or use another"
        " --output.",
        zh=f"{path}：内容与当前版本 benchharness 的格式不符：{problem}。请恢复该文件，或更换 --output。",
    )


def unfinished(path: Path) -> InputError:
    """Return the error for a file that is written when a run is through, and is not there."""
    return InputError(
        en=f"{path} is missing: the run did not finish. Run its command again, or `benchharness score` it.",
        zh=f"缺少 {path}：该运行尚未完成。请再次执行原命令，或先执行 `benchharness score`。",
    )


def read_document(path: Path, schema: str) -> dict[str, Any]:
    """Read a JSON document that says of itself that it is a ``schema``.

    Raises:
        InputError: if it cannot be read, is not JSON, or is something else.
    """
    document = read_json(path)
    found = document.get("schema") if isinstance(document, dict) else None
    if not isinstance(document, dict) or found != schema:
        raise damaged(path, f"`schema` is {found!r}, expected {schema!r}")
    return document


def existing_run(path: Path) -> RunFolder:
    """Return the folder of a run that is there.

    Raises:
        InputError: if ``path`` is not the folder of a run.
    """
    folder = RunFolder(path)
    if not folder.manifest.is_file():
        raise InputError(
            en=f"{path} is not a run folder: it has no manifest.json.",
            zh=f"{path} 不是运行目录：其中没有 manifest.json。",
        )
    return folder


def write_whole(path: Path, text: str) -> None:
    """Write a file so that a reader, or a crash, sees the old content or the new, never a part."""
    scratch = path.with_name(f".{path.name}.{os.getpid()}")
    with scratch.open("w", encoding="utf-8") as stream:
        stream.write(text)
        stream.flush()
        os.fsync(stream.fileno())
    scratch.replace(path)


def write_json(path: Path, document: Any) -> None:
    """Write a JSON document whole; see ``write_whole``."""
    write_whole(path, json.dumps(document, ensure_ascii=False, indent=2) + "\n")


def read_json(path: Path) -> Any:
    """Read a JSON document.

    Raises:
        InputError: if it cannot be read or is not JSON.
    """
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise InputError(
            en=f"Cannot read {path}: {error.strerror}.", zh=f"无法读取 {path}：{error.strerror}。"
        ) from error
    except ValueError as error:
        raise InputError(en=f"{path}: not valid JSON: {error}.", zh=f"{path}：JSON 格式有误：{error}。") from error
