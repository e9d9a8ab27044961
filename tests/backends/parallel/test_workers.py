"""Workers in real processes: everything is answered once, in whichever way a backend pulls."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice
from typing import TYPE_CHECKING

import psutil
import pytest

from benchharness.backends.base import ResourceUse
from benchharness.backends.parallel.handle import join_use
from benchharness.backends.parallel.messages import WorkerFailure
from benchharness.errors import BenchharnessError, InputError, MissingDependencyError
from benchharness.records import Request, Response
from benchharness.runs.execute import QueueSource

from .conftest import check_answers, request

if TYPE_CHECKING:
    from .conftest import School


def source(count: int) -> QueueSource:
    return QueueSource([request(number) for number in range(count)])


@pytest.mark.parametrize(
    ("extra", "count"),
    [({"window": 8}, 500), ({"window": 1}, 100), ({"window": 5, "polls": "yes"}, 200), ({"hoards": "yes"}, 200)],
    ids=lambda value: "-".join(value) if isinstance(value, dict) else "",
)
def test_all_is_answered_once_by_all_workers(school: "School", extra: dict[str, object], count: int) -> None:
    backend = school.backend("cpu,cpu", sleep=0.001, **extra)
    backend.load()
    check_answers(list(backend.run(source(count))), count)
    did = school.asked()
    assert len(did) == 2
    assert sorted(key for keys in did for key in keys) == sorted(f"k{number}" for number in range(count))


def test_the_model_is_loaded_once_for_several_runs(school: "School") -> None:
    backend = school.backend("cpu,cpu")
    for count in (30, 0, 7):
        check_answers(list(backend.run(source(count))), count)
    assert len(school.born()) == 2
    backend.close()
    backend.close()
    assert not school.living()
    check_answers(list(backend.run(source(3))), 3)
    assert len(school.born()) == 4


@pytest.mark.parametrize("extra", [{}, {"polls": "yes"}], ids=["windows", "polls"])
def test_an_answer_may_bring_the_next_question(school: "School", extra: dict[str, object]) -> None:
    growing = source(1)
    responses = []
    for response in school.backend("cpu,cpu", **extra).run(growing):
        responses.append(response)
        if len(responses) < 25:
            growing.add([request(len(responses))])
    check_answers(responses, 25)


class SlowSource:
    """Another thread brings the requests, now and then."""

    def __init__(self, count: int) -> None:
        self._there: list[Request] = []
        self._changed = threading.Condition()
        self._closed = False
        threading.Thread(target=self._bring, args=(count,), daemon=True).start()

    def _bring(self, count: int) -> None:
        for number in range(count):
            time.sleep(0.02 if number % 10 == 0 else 0)
            with self._changed:
                self._there.append(request(number))
                self._changed.notify()
        with self._changed:
            self._closed = True
            self._changed.notify()

    def take(self, limit: int, *, wait: bool = True) -> list[Request]:
        with self._changed:
            while wait and not self._there and not self._closed:
                self._changed.wait()
            taken, self._there = self._there[:limit], self._there[limit:]
            return taken


def test_a_source_may_let_the_workers_wait(school: "School") -> None:
    check_answers(list(school.backend("cpu,cpu").run(SlowSource(100))), 100)


def test_it_is_what_one_worker_is(school: "School") -> None:
    several, one = school.backend("cpu,cpu"), school.backend("cpu")
    assert replace(several.facts, engine={}) == replace(one.facts, engine={})
    assert several.facts.engine == {**one.facts.engine, "workers": "2"}
    assert several.capabilities == one.capabilities
    assert several.context_length == one.context_length
    assert several.tokenizer.fingerprint == one.tokenizer.fingerprint
    assert school.born() == [], "nothing is started before it is needed"


def test_memory_is_that_of_all_processes(school: "School") -> None:
    backend = school.backend("cpu,cpu,cpu")
    backend.load()
    memory = backend.resource_use()
    resident = [psutil.Process(pid).memory_info().rss for pid in school.born()]
    assert memory.process > psutil.Process().memory_info().rss + 0.5 * sum(resident)
    assert memory.device is None


def test_uses_of_memory_are_joined() -> None:
    parts = [ResourceUse(3, 30, batch_tokens=8, out_of_memory=1), ResourceUse(5, 20, batch_tokens=8, out_of_memory=2)]
    assert join_use(parts, sum) == ResourceUse(8, 50, batch_tokens=8, out_of_memory=3)
    assert join_use(parts, max) == ResourceUse(5, 30, batch_tokens=8, out_of_memory=3)
    assert join_use([], sum) == ResourceUse(0, None)


def test_what_workers_print_is_kept_from_the_output(school: "School", capfd: pytest.CaptureFixture[str]) -> None:
    check_answers(list(school.backend().run(source(3))), 3)
    printed = capfd.readouterr()
    assert (printed.out, printed.err) == ("", "")


@pytest.mark.parametrize("said", [None, "3"])
def test_workers_share_the_cores_unless_the_user_said_otherwise(
    school: "School", monkeypatch: pytest.MonkeyPatch, said: str | None
) -> None:
    monkeypatch.delenv("OMP_NUM_THREADS", raising=False)
    if said is not None:
        monkeypatch.setenv("OMP_NUM_THREADS", said)
    school.backend("cpu,cpu").load()
    cores = len(psutil.Process().cpu_affinity())
    expected = said or str(max(1, cores // 2))
    assert (school.folder / "threads").read_text().split() == [expected] * 2
    assert os.environ.get("OMP_NUM_THREADS") == said


def test_a_worker_that_refuses_the_model_is_heard_in_both_languages(school: "School") -> None:
    with pytest.raises(MissingDependencyError) as caught:
        school.backend("cpu:0,cpu:1", refuse="cpu:1").load()
    assert (caught.value.en, caught.value.zh, caught.value.exit_code) == ("no room", "放不下", 3)
    assert not school.living()


def test_an_error_of_a_class_from_elsewhere_is_heard_as_well(school: "School") -> None:
    with pytest.raises(BenchharnessError) as caught:
        school.backend(too_small="yes").load()
    assert (type(caught.value), caught.value.en, caught.value.zh) == (BenchharnessError, "too small", "太小")


def test_workers_that_would_answer_otherwise_are_refused(school: "School") -> None:
    with pytest.raises(InputError) as caught:
        school.backend("cpu:0,cpu:1", devices_differ="yes").load()
    for message in (caught.value.en, caught.value.zh):
        assert message.startswith("--device cpu:1")
        assert "numerics: {'device': 'cpu:0'} → {'device': 'cpu:1'}" in message
    assert not school.living()


def test_an_error_amid_the_run_is_raised_and_what_came_before_is_kept(school: "School") -> None:
    kept: list[Response] = []
    with pytest.raises(MissingDependencyError) as caught:
        kept.extend(school.backend(refused="i50").run(source(100)))
    assert (caught.value.en, caught.value.zh) == ("never that", "绝不")
    assert len(kept) >= 20
    assert not school.living()


def test_a_fault_in_the_code_comes_with_its_traceback(school: "School") -> None:
    with pytest.raises(WorkerFailure) as caught:
        list(school.backend(bug="i5").run(source(10)))
    assert "ZeroDivisionError: a fault" in str(caught.value)
    assert "worker_student.py" in str(caught.value)
    assert not school.living()


def test_a_run_that_is_left_ends_its_workers_and_the_next_begins_anew(school: "School") -> None:
    backend = school.backend(sleep=0.001)
    responses = backend.run(source(1000))
    assert isinstance(responses, Iterator)
    assert len(list(islice(responses, 5))) == 5
    responses.close()  # type: ignore[attr-defined]
    assert not school.living()
    assert sum(map(len, school.asked())) < 1000
    check_answers(list(backend.run(source(20))), 20)


PARENT = """
import signal
import sys
# What runs in the background may have been told to ignore it.
signal.signal(signal.SIGINT, signal.default_int_handler)
from benchharness.backends.base import BackendOptions
from benchharness.backends.registry import create_backend
from benchharness.registry.models import ModelReference, ModelSpec
from benchharness.runs.execute import QueueSource
from tests.backends.parallel.conftest import request

extra = dict(folder=sys.argv[1], parent="0", sleep="3600" if sys.argv[2] == "busy" else "0")
model = ModelReference(spec=ModelSpec(name="anyone"))
backend = create_backend("student", model, BackendOptions(device="cpu,cpu", extra=extra))
backend.load()
print("loaded", flush=True)
if sys.argv[2] == "left":
    sys.exit(0)
list(backend.run(QueueSource([request(number) for number in range(9)])))
sys.stdin.read()
"""


@pytest.mark.parametrize(
    ("state", "sent", "code"),
    [
        ("idle", signal.SIGKILL, -signal.SIGKILL),
        ("busy", signal.SIGKILL, -signal.SIGKILL),
        ("busy", signal.SIGINT, -signal.SIGINT),
        ("left", None, 0),
    ],
)
def test_workers_end_with_their_parent(
    school: "School", state: str, sent: signal.Signals | None, code: int, pytestconfig: pytest.Config
) -> None:
    environment = {**os.environ, "PYTHONPATH": f"{school.package}{os.pathsep}{pytestconfig.rootpath}"}
    with subprocess.Popen(
        [sys.executable, "-c", PARENT, str(school.folder), state],
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    ) as parent:
        assert parent.stdout is not None
        assert parent.stdout.readline() == b"loaded\n"
        while state != "left" and len(school.asked()) < 1:
            time.sleep(0.01)
        if sent is not None:
            # As a terminal does it: to the whole group.
            (os.killpg if sent is signal.SIGINT else os.kill)(parent.pid, sent)
        _, errors = parent.communicate()
    assert parent.returncode == code, errors.decode()
    # Only the parent was interrupted.
    assert errors.decode().count("KeyboardInterrupt") == (sent is signal.SIGINT)
    while school.living():
        time.sleep(0.01)
