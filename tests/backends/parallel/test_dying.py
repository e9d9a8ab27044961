"""Workers die: nothing is lost but what they held, which others answer; a request that kills is found."""

import os
import signal
from collections import Counter
from typing import TYPE_CHECKING

import pytest

from benchharness.backends.parallel.pool import MOST_FRUITLESS
from benchharness.errors import BenchharnessError
from benchharness.records import FinishReason, Response
from benchharness.runs.execute import QueueSource

from .conftest import check_answers, request

if TYPE_CHECKING:
    from .conftest import School


def source(count: int) -> QueueSource:
    return QueueSource([request(number) for number in range(count)])


@pytest.mark.parametrize("extra", [{}, {"polls": "yes"}, {"hoards": "yes"}], ids=["windows", "polls", "hoards"])
def test_a_worker_killed_amid_the_run_loses_nothing(
    school: "School", caplog: pytest.LogCaptureFixture, extra: dict[str, object]
) -> None:
    backend = school.backend("cpu,cpu", sleep=0.002, window=16, **extra)
    backend.load()
    responses = []
    for response in backend.run(source(300)):
        responses.append(response)
        if len(responses) == 100:
            os.kill(school.born()[1], signal.SIGKILL)
    check_answers(responses, 300)
    assert "Died: worker " in caplog.text
    assert "killed by SIGKILL" in caplog.text
    assert "It is started again." in caplog.text
    asked = Counter(key for keys in school.asked() for key in keys)
    # Only the one it was at is asked twice, and what it had answered is not asked again.
    assert sum(asked.values()) <= 301


def test_the_death_is_told_in_chinese(
    school: "School", caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BENCHHARNESS_LANGUAGE", "zh")
    check_answers(list(school.backend(once="i20").run(source(40))), 40)
    (told,) = caplog.messages
    assert told.startswith("异常退出：工作进程 ")
    assert "（cpu），退出码 4。需重新提问的请求：" in told
    assert told.endswith("个。正在重新启动。")


def split(responses: list[Response]) -> tuple[list[Response], list[Response]]:
    errors = [response for response in responses if response.finish_reason is FinishReason.ERROR]
    return [response for response in responses if response not in errors], errors


@pytest.mark.parametrize("extra", [{"window": 64}, {"window": 1}, {"polls": "yes"}], ids=lambda extra: str(extra))
def test_a_request_that_kills_ends_as_an_error_and_the_rest_is_answered(
    school: "School", extra: dict[str, object]
) -> None:
    backend = school.backend("cpu,cpu", poison="i40", **extra)
    good, bad = split(list(backend.run(source(120))))
    assert [response.key for response in bad] == ["k40"]
    assert bad[0].error is not None
    assert "exit code 3" in bad[0].error
    assert bad[0].prompt_tokens == 3
    assert Counter(response.key for response in good) == Counter(f"k{n}" for n in range(120) if n != 40)
    tried = sum(keys.count("k40") for keys in school.asked())
    assert 2 <= tried <= 3


def test_several_that_kill_are_all_found(school: "School", caplog: pytest.LogCaptureFixture) -> None:
    poison = {f"k{number}" for number in (0, 1, 30, 59)}
    backend = school.backend("cpu,cpu", window=20, poison="i0,i1,i30,i59")
    good, bad = split(list(backend.run(source(60))))
    assert {response.key for response in bad} == poison
    assert sum("An error, because workers die of it: t i" in message for message in caplog.messages) == len(poison)
    assert Counter(response.key for response in good) == Counter({f"k{n}" for n in range(60)} - poison)


def test_a_worker_may_die_without_having_answered_and_is_started_again(school: "School") -> None:
    check_answers(list(school.backend("cpu,cpu", once="i0").run(source(40))), 40)
    assert len(school.born()) >= 2


def test_a_device_that_failed_is_a_death_and_no_fault(school: "School", caplog: pytest.LogCaptureFixture) -> None:
    check_answers(list(school.backend(device_error="i20").run(source(40))), 40)
    assert "exit code 70" in caplog.text


@pytest.mark.parametrize("language", ["en", "zh"])
def test_when_all_have_died_it_says_how(school: "School", monkeypatch: pytest.MonkeyPatch, language: str) -> None:
    monkeypatch.setenv("BENCHHARNESS_LANGUAGE", language)
    # Every request kills: that one after the other is found guilty is no use to anybody.
    with pytest.raises(BenchharnessError) as caught:
        list(school.backend("cpu:0,cpu:1", mortal="yes", window=1).run(source(60)))
    assert len(school.born()) == 2 * (1 + MOST_FRUITLESS)
    assert caught.value.exit_code == 1
    text = str(caught.value)
    for worker, device in ((1, "cpu:0"), (2, "cpu:1")):
        died = f"worker {worker} on {device}, exit code 5"
        assert (died if language == "en" else f"工作进程 {worker}（{device}），退出码 5") in text
    assert "a note of " in text
    assert ("the same command goes on from there" if language == "en" else "再次执行同一命令即可继续") in text
    assert not school.living()


@pytest.mark.parametrize("accident", ["dies_loading_from", "refuses_from"])
def test_one_that_cannot_be_started_again_is_done_without(
    school: "School", caplog: pytest.LogCaptureFixture, accident: str
) -> None:
    backend = school.backend("cpu,cpu", once="i20", sleep=0.05, **{accident: 2})
    check_answers(list(backend.run(source(100))), 100)
    assert "It is started again." in caplog.messages[0]
    caplog.clear()
    # What is gone is started again by the next run; here it cannot be.
    with pytest.raises(BenchharnessError, match=r"Died while loading|no room"):
        list(backend.run(source(5)))


def test_a_death_while_loading_is_an_error(school: "School") -> None:
    with pytest.raises(BenchharnessError) as caught:
        school.backend(dies_loading_from=1).load()
    for message, words in ((caught.value.en, "Died while loading"), (caught.value.zh, "加载模型时异常退出")):
        assert message.startswith(words)
        assert "exit code 9" in message
        assert "a note of " in message
    assert not school.living()
