"""Sessions: what is noted of them, and of which a rate may be read."""

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from benchharness.records import Request
from benchharness.runs.folder import RunFolder
from benchharness.runs.sessions import SESSION, SessionLine, asking_session, engines_of, read_sessions

if TYPE_CHECKING:
    from tests.runs.conftest import Classroom, EngineBackend

OLD_LINE = (
    '{"session":1,"at":"2026-08-01T10:00:00.000+00:00","asked":8,"wall_seconds":2.5,"peak_process_bytes":1000,'
    '"peak_device_bytes":null,"batch_tokens":4096,"out_of_memory":1,"workers":2,"worker_deaths":1}'
)


def test_lines_of_earlier_versions_are_still_read() -> None:
    line = SESSION.validate_json(OLD_LINE)
    assert (line.wall_seconds, line.workers, line.engine, line.costs) == (2.5, 2, None, {})
    assert line.is_end


def test_a_run_of_an_earlier_version_keeps_its_throughput(classroom: "Classroom") -> None:
    tasks = [classroom.sums(4)]
    folder, _ = classroom.run(tasks, classroom.right)
    begin = '{"session":1,"at":"2026-08-01T10:00:00.000+00:00","asked":8}'
    folder.sessions.write_text(f"{begin}\n{OLD_LINE}\n")
    _, summary = classroom.run(tasks, classroom.right)
    assert summary["throughput"]["wall_seconds"] == 2.5
    assert summary["throughput"]["withheld"] is None
    assert summary["engine"] == {"hash": None, "hashes": [], "settings": None}
    assert "did not record" in summary["energy"]["withheld"]["en"]
    assert summary["efficiency"][-1]["seconds_per_correct"] == pytest.approx(2.5 / 8)
    assert summary["efficiency"][-1]["device_hours_per_correct"] is None


def test_a_session_notes_its_engine_settings_before_anything_is_asked(
    classroom: "Classroom", engine: "type[EngineBackend]"
) -> None:
    def ill(request: Request) -> str:
        raise RuntimeError("taken ill")

    with pytest.raises(RuntimeError):
        classroom.run([classroom.sums(2)], engine(ill, settings={"graphs": "on"}))
    (line,) = read_sessions(RunFolder(classroom.output))
    assert line.settings is not None
    assert line.settings["engine"] == {"graphs": "on"}
    assert line.engine is not None
    assert len(line.engine) == 12


def test_settings_stand_once_in_the_journal_and_their_hash_in_every_line(
    classroom: "Classroom", engine: "type[EngineBackend]"
) -> None:
    tasks = [classroom.sums(6)]
    for limit, graphs in ((2, "on"), (4, "on"), (6, "off")):
        folder, summary = classroom.run(tasks, engine(classroom.right, settings={"graphs": graphs}), limit=limit)
    lines = read_sessions(folder)
    assert [line.settings is not None for line in lines] == [True, False, False, False, True, False]
    hashes = [line.engine for line in lines]
    assert hashes[0] == hashes[1] == hashes[2] == hashes[3] != hashes[4] == hashes[5]
    assert summary["engine"] == {"hash": None, "hashes": [hashes[0], hashes[4]], "settings": None}
    withheld = summary["throughput"]["withheld"]
    assert "3 sessions with different engine settings" in withheld["en"]
    assert f"{hashes[0]}, {hashes[4]}" in withheld["zh"]


def test_the_settings_of_a_run_are_in_its_summary(classroom: "Classroom", engine: "type[EngineBackend]") -> None:
    folder, summary = classroom.run([classroom.sums(2)], engine(classroom.right, settings={"graphs": "on"}))
    (begun, _) = read_sessions(folder)
    assert summary["engine"]["hash"] == begun.engine
    assert summary["engine"]["settings"]["engine"] == {"graphs": "on"}
    assert summary["engine"]["settings"] == json.loads(json.dumps(begun.settings))


LINES = [SessionLine(1, "a", 3, engine="x"), SessionLine(1, "b", 3, wall_seconds=2.0, engine="x")]


@pytest.mark.parametrize(
    ("seen", "lines", "wall", "words"),
    [
        ({1}, LINES, 2.0, None),
        (set(), LINES, None, ("nothing was asked", "没有提问")),
        ({1}, LINES[:1], None, ("cut off", "中断")),
        ({1, 2}, [*LINES, replace(LINES[1], session=2)], None, ("2 sessions (the run", "2 个会话（运行")),
        ({1, 2}, [*LINES, replace(LINES[1], session=2, engine="y")], None, ("settings (x, y)", "引擎设置不同（x, y）")),
        ({1}, [*LINES, replace(LINES[1], session=2, engine="y")], 2.0, None),
    ],
)
def test_a_rate_is_read_of_the_one_session_that_asked_everything(
    seen: set[int], lines: list[SessionLine], wall: float | None, words: tuple[str, str] | None
) -> None:
    asking = asking_session(seen, lines)
    assert (asking.line.wall_seconds if asking.line else None) == wall
    if words is None:
        assert asking.withheld is None
    else:
        assert asking.withheld is not None
        assert words[0] in asking.withheld["en"]
        assert words[1] in asking.withheld["zh"]


def test_engines_are_those_of_the_sessions_that_answered() -> None:
    lines = [*LINES, replace(LINES[1], session=2, engine="y")]
    assert engines_of({1}, lines) == ["x"]
    assert engines_of({1, 2}, lines) == ["x", "y"]


def test_what_a_session_took_is_noted(classroom: "Classroom", engine: "type[EngineBackend]") -> None:
    backend = engine(classroom.right, parts={"weights": 100, "cache": 50, "cache_used": 20}, price=0.25)
    folder, summary = classroom.run([classroom.sums(2)], backend)
    line = read_sessions(folder)[-1]
    assert line.device_parts == {"weights": 100, "cache": 50, "cache_used": 20}
    assert (line.preemptions, line.costs) == (1, {"USD": 1.0})
    assert summary["memory"]["device_parts"] == line.device_parts
    assert summary["memory"]["preemptions"] == 1
    assert summary["costs"] == {"by_currency": {"USD": 1.0}, "complete": True}
    reading: Any = line.reading
    assert reading["seconds"] > 0
    assert reading["samples"] >= 1
    assert reading["peak_resident_bytes"] > 2**20


def test_what_a_session_that_was_cut_off_cost_is_not_known(
    classroom: "Classroom", engine: "type[EngineBackend]"
) -> None:
    def ill(request: Request) -> str:
        raise RuntimeError("taken ill")

    with pytest.raises(RuntimeError):
        classroom.run([classroom.sums(2)], engine(ill, price=0.25))
    _, summary = classroom.run([classroom.sums(2)], engine(classroom.right, price=0.25))
    assert summary["costs"] == {"by_currency": {"USD": 1.0}, "complete": False}
    assert all(row["costs_per_correct"] == {} for row in summary["efficiency"])
