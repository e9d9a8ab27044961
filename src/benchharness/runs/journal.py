"""The journal: what was asked and what came back, one line each, safe against a kill at any moment."""

import json
import os
import re
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO, ClassVar, TypeVar

from pydantic import ConfigDict, TypeAdapter, ValidationError
from pydantic_core import PydanticSerializationError

from benchharness.errors import BenchharnessError
from benchharness.records import Continuation, Item, RequestKind, Response, Score, Segment
from benchharness.runs.folder import RunFolder, write_whole
from benchharness.runs.plan import PlannedItem

RecordT = TypeVar("RecordT")

LONE_SURROGATE = re.compile("[\ud800-\udfff]")
KEEP_INFINITE = ConfigDict(ser_json_inf_nan="strings")
"""An impossible continuation has a log-probability of minus infinity, for which JSON has no number."""

ONLY_FOR_TEMPLATES = ("row", "index", "passage")
"""Fields of an item that stand in its prompt anyway, and may be millions of characters."""

SYNC_SECONDS = 0.5
"""Responses that come faster than this share an fsync: a power cut loses at most as much work."""


@dataclass(frozen=True, slots=True)
class AskedAlone:
    """How the options of an item are asked where nothing else is.

    Attributes:
        key: the request's key, which items with the same options share.
        segments: the rendered prompt.
    """

    key: str
    segments: tuple[Segment, ...]


@dataclass(frozen=True, slots=True)
class AskedItem:
    """A line of ``<task>.requests.jsonl``: an item and how it is asked, enough to score it without its source.

    Attributes:
        key: the request's key.
        item: the item.
        kind: ``generate`` or ``choose``.
        segments: the rendered prompt.
        prompt_tokens: its length.
        continuations: for ``choose``, what is scored.
        fits: whether it fits the context; if not, it was not asked.
        repetition: number of the asking.
        unconditional: for a task that is normalised so, how its options are asked where nothing else is.
    """

    key: str
    item: Item
    kind: RequestKind
    segments: tuple[Segment, ...]
    prompt_tokens: int
    continuations: tuple[Continuation, ...]
    fits: bool
    repetition: int = 0
    unconditional: AskedAlone | None = None

    @classmethod
    def of(cls, planned: PlannedItem) -> "AskedItem":
        """Return the line for a planned item, without what only templates need: its row, and the text it is about."""
        request, alone = planned.request, planned.unconditional
        fields = {key: value for key, value in planned.item.fields.items() if key not in ONLY_FOR_TEMPLATES}
        return cls(
            key=request.key,
            item=replace(planned.item, fields=fields),
            kind=request.kind,
            segments=request.prompt.segments,
            prompt_tokens=len(request.prompt.tokens),
            continuations=request.continuations,
            fits=planned.fits,
            repetition=request.repetition,
            unconditional=AskedAlone(alone.key, alone.prompt.segments) if alone else None,
        )


@dataclass(frozen=True, slots=True)
class ResponseLine:
    """A line of ``<task>.responses.jsonl``: a response and the session that got it."""

    session: int
    response: Response

    __pydantic_config__: ClassVar[ConfigDict] = KEEP_INFINITE


@dataclass(frozen=True, slots=True)
class ScoreLine:
    """A line of ``<task>.scores.jsonl``: the mark of an asked item."""

    key: str
    item_id: str
    language: str
    category: str
    pair_id: str | None
    cluster: str | None
    repetition: int
    score: Score

    __pydantic_config__: ClassVar[ConfigDict] = KEEP_INFINITE


ASKED = TypeAdapter(AskedItem)
RESPONSE = TypeAdapter(ResponseLine)
SCORE = TypeAdapter(ScoreLine)


def write_lines(path: Path, adapter: TypeAdapter[RecordT], records: Iterable[RecordT]) -> None:
    """Write records one a line, whole; see ``write_whole``."""
    write_whole(path, "".join(f"{to_line(adapter, record)}\n" for record in records))


def to_line(adapter: TypeAdapter[RecordT], record: RecordT) -> str:
    """Return a record as one line of JSON.

    Values without a JSON form (dates in a row) are written as text, and half a character (a lone surrogate, which
    UTF-8 cannot hold) as U+FFFD.
    """
    try:
        return adapter.dump_json(record, fallback=str).decode()
    except PydanticSerializationError:
        plain = adapter.dump_python(record, mode="json", fallback=str)
        return LONE_SURROGATE.sub("\ufffd", json.dumps(plain, ensure_ascii=False, separators=(",", ":")))


def read_lines(path: Path, adapter: TypeAdapter[RecordT]) -> Iterator[RecordT]:
    """Read records one a line. A file that is not there has none; a torn last line is passed over.

    Raises:
        BenchharnessError: if a line that is not the last is not what it should be.
    """
    if not path.is_file():
        return
    with path.open("rb") as stream:
        for number, line in enumerate(stream, start=1):
            if not line.endswith(b"\n"):
                return
            try:
                yield adapter.validate_json(line)
            except ValidationError as error:
                raise BenchharnessError(
                    en=f"{path}:{number}: damaged line: {error.errors()[0]['msg']}."
                    " Delete the line; the same command then asks that item again.",
                    zh=f"{path}:{number}：该行已损坏：{error.errors()[0]['msg']}。"
                    "请删除该行，再次执行同一命令会重新作答该题。",
                ) from error


def read_responses(folder: RunFolder) -> dict[str, ResponseLine]:
    """Return what came back in a run, by key; of several responses to one key the newest.

    A response lies with the task that asked first, and serves every task that asks the very same.
    """
    newest: dict[str, ResponseLine] = {}
    for path in sorted((folder.path / "journal").glob("*.responses.jsonl")):
        for line in read_lines(path, RESPONSE):
            before = newest.get(line.response.key)
            if before is None or line.session >= before.session:
                newest[line.response.key] = line
    return newest


class ResponseWriter:
    """Appends responses to the journal of a run.

    Every line is handed to the operating system at once, so that a killed process loses none, and synced to disk
    at least every ``SYNC_SECONDS``.

    Args:
        folder: the run.
        session: number of this session.
    """

    def __init__(self, folder: RunFolder, session: int) -> None:
        self._folder = folder
        self._session = session
        self._streams: dict[str, IO[bytes]] = {}
        self._synced = time.monotonic()

    def __enter__(self) -> "ResponseWriter":
        return self

    def __exit__(self, *_: object) -> None:
        self._sync()
        for stream in self._streams.values():
            stream.close()

    def append(self, task: str, response: Response) -> None:
        """Append one response."""
        stream = self._streams.get(task)
        if stream is None:
            stream = self._streams[task] = open_for_append(self._folder.responses(task))
        stream.write(f"{to_line(RESPONSE, ResponseLine(self._session, response))}\n".encode())
        if time.monotonic() - self._synced > SYNC_SECONDS:
            self._sync()

    def _sync(self) -> None:
        for stream in self._streams.values():
            os.fsync(stream.fileno())
        self._synced = time.monotonic()


def open_for_append(path: Path) -> IO[bytes]:
    """Open a file of the journal to append whole lines, each of which is the operating system's at once.

    A torn line that an earlier process left at its end is cut off first.
    """
    if path.is_file():
        content = path.read_bytes()
        whole = content.rfind(b"\n") + 1
        if whole != len(content):
            os.truncate(path, whole)
    # Unbuffered: what is written is the operating system's, and outlives this process.
    return path.open("ab", buffering=0)


def asked_tasks(folder: RunFolder) -> Iterator[tuple[str, list[AskedItem]]]:
    """Yield each task of a run with what it asks."""
    suffix = ".requests.jsonl"
    for path in sorted((folder.path / "journal").glob(f"*{suffix}")):
        yield path.name.removesuffix(suffix), list(read_lines(path, ASKED))
