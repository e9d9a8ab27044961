"""Going on with a run: what is asked again, what is kept, what is told."""

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

import pytest

from benchharness.backends.base import WorkSource
from benchharness.backends.scripted import ScriptedBackend
from benchharness.records import FinishReason, Language, Request, Response
from benchharness.runs.execute import QueueSource
from benchharness.runs.folder import RunFolder
from benchharness.runs.journal import RESPONSE, asked_tasks, read_lines, read_responses
from benchharness.runs.run import make_plan
from benchharness.runs.sessions import read_sessions

if TYPE_CHECKING:
    from tests.runs.conftest import Classroom, Silent

Comparable = Callable[[Mapping[str, Any]], dict[str, Any]]


class Recorder:
    """A script that keeps the keys it is asked, and falls ill after a while."""

    def __init__(self, script: Callable[[Request], str], ill_after: int | None = None) -> None:
        self.script, self.ill_after = script, ill_after
        self.asked: list[str] = []

    def __call__(self, request: Request) -> str:
        if self.ill_after is not None and len(self.asked) == self.ill_after:
            raise RuntimeError("the student is taken ill")
        self.asked.append(request.key)
        return self.script(request)


class Backwards(ScriptedBackend):
    """Takes all the work at once and answers the last request first."""

    def run(self, source: WorkSource) -> Iterator[Response]:
        return iter([self._answer(request) for request in reversed(source.take(10**6))])


def journal_lines(folder: RunFolder, task: str) -> list[bytes]:
    return folder.responses(task).read_bytes().splitlines()


def test_the_same_command_asks_nothing_again(classroom: "Classroom", listener: "Silent") -> None:
    tasks = [classroom.sums(), classroom.colours()]
    folder, before = classroom.run(tasks, classroom.right)
    lines, manifest = journal_lines(folder, "sums"), folder.manifest.read_bytes()
    student = Recorder(classroom.right)
    _, after = classroom.run(tasks, student, listener)
    assert student.asked == []
    assert listener.begun == [(32, 0)]
    assert listener.loads == 0
    assert journal_lines(folder, "sums") == lines
    assert folder.manifest.read_bytes() == manifest
    assert after == before


def test_a_backend_that_fails_midway_loses_nothing(
    classroom: "Classroom", listener: "Silent", comparable: Comparable
) -> None:
    tasks = [classroom.sums(), classroom.colours()]
    ill, well = Recorder(classroom.right, ill_after=21), Recorder(classroom.right)
    with pytest.raises(RuntimeError, match="taken ill"):
        classroom.run(tasks, ill)
    kept = {task: journal_lines(RunFolder(classroom.output), task) for task in ("sums", "colours")}
    assert sum(map(len, kept.values())) == 21
    folder, summary = classroom.run(tasks, well, listener)
    assert listener.begun == [(21, 11)]
    assert not set(ill.asked) & set(well.asked)
    for task, lines in kept.items():
        assert journal_lines(folder, task)[: len(lines)] == lines
    _, uninterrupted = classroom.run(tasks, classroom.right, output=classroom.root / "other")
    assert comparable(summary) == comparable(uninterrupted)


def test_a_backend_that_leaves_a_request_out_is_an_error_and_the_rest_is_kept(classroom: "Classroom") -> None:
    class Lazy(ScriptedBackend):
        def run(self, source: WorkSource) -> Iterator[Response]:
            return iter([self._answer(request) for request in source.take(100)[1:]])

    with pytest.raises(RuntimeError, match="left 1 requests without a response"):
        classroom.run([classroom.sums()], Lazy(classroom.right))
    assert len(read_responses(RunFolder(classroom.output))) == 15


def test_a_backend_that_answers_twice_is_an_error(classroom: "Classroom") -> None:
    class Eager(ScriptedBackend):
        def run(self, source: WorkSource) -> Iterator[Response]:
            request = source.take(1)[0]
            return iter([self._answer(request), self._answer(request)])

    with pytest.raises(KeyError):
        classroom.run([classroom.sums()], Eager(classroom.right))
    assert len(journal_lines(RunFolder(classroom.output), "sums")) == 1


def test_the_order_of_answers_does_not_matter(classroom: "Classroom", comparable: Comparable) -> None:
    tasks = [classroom.sums(), classroom.colours()]
    _, forwards = classroom.run(tasks, classroom.right)
    _, backwards = classroom.run(tasks, Backwards(classroom.right, identity="student"), output=classroom.root / "b")
    assert comparable(forwards) == comparable(backwards)


def test_a_growing_limit_keeps_earlier_responses_and_asks_the_rest(
    classroom: "Classroom", listener: "Silent", comparable: Comparable
) -> None:
    tasks = [classroom.sums(10)]
    folder, few = classroom.run(tasks, classroom.right, limit=3)
    lines = journal_lines(folder, "sums")
    assert few["partial"] == {"available": 20, "asked": 6, "answered": 6}
    _, all_of_it = classroom.run(tasks, classroom.right, listener)
    assert listener.begun == [(6, 14)]
    assert journal_lines(folder, "sums")[:6] == lines
    assert all_of_it["partial"] is None
    _, at_once = classroom.run(tasks, classroom.right, output=classroom.root / "at_once")
    assert comparable(all_of_it) == comparable(at_once)


def test_a_smaller_limit_takes_nothing_away(classroom: "Classroom", comparable: Comparable) -> None:
    tasks = [classroom.sums(10), classroom.colours(10)]
    _, before = classroom.run(tasks, classroom.right)
    folder, after = classroom.run(tasks, classroom.right, limit=2)
    assert comparable(after) == comparable(before)
    assert {task: len(asked) for task, asked in asked_tasks(folder)} == {"sums": 20, "colours": 20}


def test_a_smaller_limit_keeps_items_that_ask_the_same_as_one_within_it(classroom: "Classroom") -> None:
    row = {"category": "a", "answer": 3, "zh": {"question": "1加2？"}, "en": {"question": "1 plus 2?"}}
    document = classroom.sums().spec.model_dump(mode="json", exclude_defaults=True)
    task = classroom.task(document, [{**row, "id": f"s{number:03d}"} for number in (1, 2, 3)])
    classroom.run([task], ["3"])
    _, after = classroom.run([task], ["3"], limit=1)
    assert [line["items"] for line in after["tasks"]] == [3, 3]


def test_items_that_ask_the_very_same_are_asked_once_and_marked_each_for_itself(classroom: "Classroom") -> None:
    row = {"category": "a", "zh": {"question": "1加2？"}, "en": {"question": "1 plus 2?"}}
    document = classroom.sums().spec.model_dump(mode="json", exclude_defaults=True)
    task = classroom.task(document, [{**row, "id": "s001", "answer": 3}, {**row, "id": "s002", "answer": 4}])
    student = Recorder(lambda _: "3")
    _, summary = classroom.run([task], student)
    assert len(student.asked) == 2
    assert [(line["items"], line["score"]) for line in summary["tasks"]] == [(2, 0.5), (2, 0.5)]
    assert summary["throughput"]["items"] == 2


def test_two_tasks_that_ask_the_very_same_share_the_response(classroom: "Classroom", listener: "Silent") -> None:
    tasks = [classroom.sums(4), classroom.sums(4, name="twin")]
    student = Recorder(classroom.right)
    _, summary = classroom.run(tasks, student)
    assert len(student.asked) == 8
    assert {(row["task"], row["language"]): row["score"] for row in summary["tasks"] if not row["category"]} == {
        (task, language): 1.0 for task in ("sums", "twin") for language in ("zh", "en")
    }
    assert summary["partial"] is None
    classroom.run(tasks, student, listener)
    assert listener.begun == [(8, 0)]


def test_an_error_is_asked_again_and_the_newest_line_wins(classroom: "Classroom", listener: "Silent") -> None:
    def unsteady(request: Request) -> str | Exception:
        return ConnectionError("the line is dead") if request.item_id == "s003" else classroom.right(request)

    tasks = [classroom.sums(6)]
    folder, first = classroom.run(tasks, unsteady)
    assert [row["outcomes"]["error"] for row in first["tasks"] if row["category"] is None] == [1, 1]
    assert {line.response.error for line in read_responses(folder).values()} == {None, "the line is dead"}
    _, second = classroom.run(tasks, classroom.right, listener)
    assert listener.begun == [(10, 2)]
    assert [row["score"] for row in second["tasks"] if row["category"] is None] == [1.0, 1.0]
    lines = list(read_lines(folder.responses("sums"), RESPONSE))
    assert len(lines) == 14
    assert sum(line.response.finish_reason is FinishReason.ERROR for line in lines) == 2
    assert not any(line.response.error for line in read_responses(folder).values())


def test_an_error_that_stays_is_kept_as_one(classroom: "Classroom") -> None:
    tasks = [classroom.sums(3)]
    for _ in range(3):
        folder, summary = classroom.run(tasks, lambda _: OSError("no"))
    assert [row["outcomes"]["error"] for row in summary["tasks"] if row["category"] is None] == [3, 3]
    assert len(journal_lines(folder, "sums")) == 18
    assert summary["partial"] == {"available": 6, "asked": 6, "answered": 0}


def test_half_a_character_in_an_answer_does_not_end_the_run(classroom: "Classroom") -> None:
    class Broken(ScriptedBackend):
        def run(self, source: WorkSource) -> Iterator[Response]:
            while requests := source.take(1):
                yield Response(requests[0].key, FinishReason.STOP, text="答案：\ud83d 5")

    folder, summary = classroom.run([classroom.sums(2)], Broken([""]))
    assert {line.response.text for line in read_responses(folder).values()} == {"答案：\ufffd 5"}
    assert summary["tasks"][0]["items"] == 2


def test_sessions_are_numbered_and_the_cut_off_one_has_no_figures(classroom: "Classroom") -> None:
    tasks = [classroom.sums(4)]
    with pytest.raises(RuntimeError):
        classroom.run(tasks, Recorder(classroom.right, ill_after=3))
    folder, _ = classroom.run(tasks, classroom.right)
    sessions = read_sessions(folder)
    assert [(line.session, line.asked, line.wall_seconds is None) for line in sessions] == [
        (1, 8, True),
        (2, 5, True),
        (2, 5, False),
    ]
    assert [line.session for line in read_lines(folder.responses("sums"), RESPONSE)] == [1] * 3 + [2] * 5


def test_throughput_is_given_for_an_uninterrupted_run(classroom: "Classroom") -> None:
    folder, summary = classroom.run([classroom.sums(6), classroom.colours(6)], classroom.right)
    throughput = summary["throughput"]
    wall = read_sessions(folder)[-1].wall_seconds
    assert wall is not None
    assert throughput["withheld"] is None
    assert throughput["wall_seconds"] == wall
    tokens = throughput["computed_tokens"] + throughput["generated_tokens"]
    assert throughput["tokens_per_second"] == pytest.approx(tokens / wall)
    assert throughput["characters_per_second"] == pytest.approx(throughput["characters"] / wall)
    assert throughput["items_per_second"] == pytest.approx(24 / wall)
    assert throughput["computed_tokens"] == sum(
        line.response.computed_tokens for line in read_responses(folder).values()
    )


def test_throughput_is_withheld_after_a_resume_with_a_reason_in_both_languages(classroom: "Classroom") -> None:
    tasks = [classroom.sums(6)]
    with pytest.raises(RuntimeError):
        classroom.run(tasks, Recorder(classroom.right, ill_after=5))
    _, summary = classroom.run(tasks, classroom.right)
    throughput = summary["throughput"]
    assert throughput["tokens_per_second"] is throughput["wall_seconds"] is throughput["items_per_second"] is None
    assert "2 sessions" in throughput["withheld"]["en"]
    assert "2 个会话" in throughput["withheld"]["zh"]
    assert throughput["items"] == 12


def test_throughput_is_withheld_where_nothing_was_asked(classroom: "Classroom") -> None:
    _, summary = classroom.run([classroom.sums(2)], ["1"], context_length=5)
    assert summary["throughput"]["withheld"] == {"en": "nothing was asked", "zh": "没有提问"}


def test_throughput_is_withheld_where_the_session_that_asked_did_not_end(classroom: "Classroom") -> None:
    tasks = [classroom.sums(4)]
    folder, _ = classroom.run(tasks, classroom.right)
    first = folder.sessions.read_bytes().splitlines(keepends=True)[0]
    folder.sessions.write_bytes(first)
    _, summary = classroom.run(tasks, classroom.right)
    assert "cut off" in summary["throughput"]["withheld"]["en"]
    assert "中断" in summary["throughput"]["withheld"]["zh"]


def test_the_listener_hears_each_mark_as_it_comes(classroom: "Classroom", listener: "Silent") -> None:
    classroom.run([classroom.sums(3), classroom.colours(3)], classroom.right, listener)
    assert [score.value for _, _, score in listener.heard if score] == [1.0] * 12
    assert {request.language for request, _, _ in listener.heard} == set(Language)
    assert all(request.key == response.key for request, response, _ in listener.heard)


def test_a_queue_hands_out_requests_in_order_and_grows(classroom: "Classroom") -> None:
    requests = list(make_plan(classroom.prepare([classroom.sums(3)], ["1"]), identity="w").requests())
    queue = QueueSource(requests[:3])
    assert queue.take(2) == requests[:2]
    queue.add(requests[3:])
    assert queue.take(99, wait=False) == requests[2:]
    assert queue.take(1) == []
