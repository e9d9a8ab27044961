"""The journal: whole lines, torn lines, damaged lines, and every record back as it went in."""

import math
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchharness.errors import BenchharnessError
from benchharness.records import (
    Continuation,
    Extraction,
    FinishReason,
    Item,
    Language,
    Outcome,
    RequestKind,
    Response,
    Score,
    Segment,
)
from benchharness.runs.folder import RunFolder
from benchharness.runs.journal import (
    ASKED,
    RESPONSE,
    SCORE,
    AskedItem,
    ResponseLine,
    ResponseWriter,
    ScoreLine,
    read_lines,
    read_responses,
    to_line,
    write_lines,
)
from benchharness.runs.sessions import SESSION, SessionLine

TEXT = st.text(max_size=20) | st.sampled_from(
    ["答案：三十五。", "🙂👩‍👩‍👧", "行\u2028尾\u0085", "a\nb\r\n", "\x00\x1b[31m", "ｶﾞ"]
)
COUNT = st.integers(0, 2**40)
VALUE = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**60), 2**60) | st.floats(allow_nan=False, allow_infinity=False) | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=5,
)
RESPONSES = st.builds(
    Response,
    key=TEXT,
    finish_reason=st.sampled_from(FinishReason),
    text=TEXT,
    reasoning=st.none() | TEXT,
    reasoning_closed=st.booleans(),
    log_probs=st.lists(st.floats(allow_nan=False), max_size=4).map(tuple),
    prompt_tokens=COUNT,
    computed_tokens=COUNT,
    generated_tokens=COUNT,
    seconds=st.none() | st.floats(0, 1e6),
    batch_size=st.integers(1, 99),
    error=st.none() | TEXT,
)
ITEMS = st.builds(
    Item,
    id=TEXT,
    language=st.sampled_from(Language),
    target=VALUE,
    category=TEXT,
    fields=st.dictionaries(TEXT, VALUE, max_size=3),
    options=st.lists(TEXT, max_size=4).map(tuple),
    pair_id=st.none() | TEXT,
    cluster=st.none() | TEXT,
)
ASKED_ITEMS = st.builds(
    AskedItem,
    key=TEXT,
    item=ITEMS,
    kind=st.sampled_from(RequestKind),
    segments=st.lists(st.builds(Segment, TEXT, TEXT), max_size=3).map(tuple),
    prompt_tokens=COUNT,
    continuations=st.lists(st.builds(Continuation, TEXT, st.lists(COUNT, max_size=3).map(tuple)), max_size=3).map(
        tuple
    ),
    fits=st.booleans(),
    repetition=st.integers(0, 9),
)
SCORES = st.builds(
    Score,
    value=st.floats(0, 1),
    outcome=st.sampled_from(Outcome),
    parsed=st.none() | TEXT,
    extraction=st.none() | st.builds(Extraction, VALUE, TEXT, COUNT, COUNT),
    detail=st.dictionaries(TEXT, st.floats(allow_nan=False), max_size=2),
)
SCORE_LINES = st.builds(
    ScoreLine, TEXT, TEXT, st.sampled_from(["zh", "en"]), TEXT, st.none() | TEXT, st.none() | TEXT, COUNT, SCORES
)
SESSIONS = st.builds(
    SessionLine, COUNT, TEXT, COUNT, st.none() | st.floats(0, 1e9), st.none() | COUNT, st.none() | COUNT
)


@given(st.builds(ResponseLine, st.integers(1, 99), RESPONSES))
def test_a_response_comes_back_as_it_went_in(line: ResponseLine) -> None:
    written = to_line(RESPONSE, line)
    assert "\n" not in written
    assert RESPONSE.validate_json(written) == line


@given(ASKED_ITEMS)
def test_an_asked_item_comes_back_as_it_went_in(line: AskedItem) -> None:
    assert ASKED.validate_json(to_line(ASKED, line)) == line


@given(SCORE_LINES)
def test_a_score_comes_back_as_it_went_in(line: ScoreLine) -> None:
    assert SCORE.validate_json(to_line(SCORE, line)) == line


@given(SESSIONS)
def test_a_session_comes_back_as_it_went_in(line: SessionLine) -> None:
    assert SESSION.validate_json(to_line(SESSION, line)) == line


def test_an_impossible_continuation_does_not_spoil_the_journal() -> None:
    """JSON has no infinity; a line with ``null`` in its place could not be read again."""
    line = ResponseLine(1, Response("k", FinishReason.CHOSEN, log_probs=(-math.inf, -1.5, math.nan)))
    back = RESPONSE.validate_json(to_line(RESPONSE, line)).response.log_probs
    assert back[:2] == (-math.inf, -1.5)
    assert math.isnan(back[2])


@pytest.mark.parametrize(
    ("said", "kept"), [("一\ud83d二", "一\ufffd二"), ("\udc00", "\ufffd"), ("🙂\ud800中", "🙂\ufffd中")]
)
def test_half_a_character_is_kept_as_the_replacement_character(said: str, kept: str) -> None:
    line = ResponseLine(1, Response("k", FinishReason.STOP, text=said))
    assert RESPONSE.validate_json(to_line(RESPONSE, line)).response.text == kept


@pytest.fixture
def folder(tmp_path: Path) -> RunFolder:
    folder = RunFolder(tmp_path / "run")
    folder.create()
    return folder


def answer(key: str, text: str = "好") -> Response:
    return Response(key, FinishReason.STOP, text=text)


def write(folder: RunFolder, *responses: Response, task: str = "t", session: int = 1) -> None:
    with ResponseWriter(folder, session) as writer:
        for response in responses:
            writer.append(task, response)


@pytest.mark.parametrize("kept_bytes", [1, 5, -2])
def test_a_torn_last_line_is_passed_over_and_cut_off_before_the_next_one(folder: RunFolder, kept_bytes: int) -> None:
    write(folder, answer("a"), answer("b", "中文答案"))
    path = folder.responses("t")
    first, second = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(first + second[:kept_bytes])
    assert list(read_responses(folder)) == ["a"]
    write(folder, answer("c"), session=2)
    assert path.read_bytes().startswith(first)
    assert [line.response.key for line in read_lines(path, RESPONSE)] == ["a", "c"]


def test_a_line_torn_within_a_chinese_character_is_passed_over(folder: RunFolder) -> None:
    write(folder, answer("a"), answer("b", "中"))
    path = folder.responses("t")
    content = path.read_bytes()
    path.write_bytes(content[: content.rindex("中".encode()) + 1])
    assert list(read_responses(folder)) == ["a"]


@pytest.mark.parametrize("damage", [b"{\n", b"\n", b'{"session":1}\n', b"\xff\xfe\n", "中文\n".encode(), b"\0\0\0\n"])
def test_a_damaged_middle_line_is_one_error_with_file_and_line(folder: RunFolder, damage: bytes) -> None:
    write(folder, answer("a"), answer("b"), answer("c"))
    path = folder.responses("t")
    first, _, third = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(first + damage + third)
    with pytest.raises(BenchharnessError) as caught:
        read_responses(folder)
    assert f"{path}:2: damaged line" in caught.value.en
    assert "Delete the line" in caught.value.en
    assert f"{path}:2" in caught.value.zh
    assert "请删除该行" in caught.value.zh


def test_the_newest_response_to_a_key_wins_whichever_task_it_lies_with(folder: RunFolder) -> None:
    write(folder, answer("a", "new"), task="alpha", session=3)
    write(folder, answer("a", "old"), answer("b", "first"), answer("b", "second"), task="beta", session=2)
    texts = {key: line.response.text for key, line in read_responses(folder).items()}
    assert texts == {"a": "new", "b": "second"}


def test_a_file_that_is_not_there_has_no_lines(folder: RunFolder) -> None:
    assert list(read_lines(folder.responses("none"), RESPONSE)) == []


def test_a_rewritten_file_is_whole_and_leaves_no_scratch_file(folder: RunFolder) -> None:
    line = SessionLine(1, "2026", 3)
    write_lines(folder.sessions, SESSION, [line, line])
    write_lines(folder.sessions, SESSION, [line])
    assert list(read_lines(folder.sessions, SESSION)) == [line]
    assert [path.name for path in folder.sessions.parent.iterdir()] == ["sessions.jsonl"]


HOLD = """
import sys
from pathlib import Path
from benchharness.runs.folder import RunFolder
with RunFolder(Path(sys.argv[1])).locked():
    print("held", flush=True)
    sys.stdin.read()
"""


def test_a_second_process_is_refused_until_the_first_is_gone(folder: RunFolder) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(folder.path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as first:
        assert first.stdout is not None
        assert first.stdout.readline() == b"held\n"
        with pytest.raises(BenchharnessError) as caught, folder.locked():
            pass
        first.kill()
    assert str(folder.path) in caught.value.en
    assert "another process" in caught.value.en
    assert "另一个进程" in caught.value.zh
    assert "--output" in caught.value.zh
    with folder.locked():
        pass
