import resource
from typing import Any

import pytest

from benchharness.sandbox import boxes
from benchharness.sandbox.attempt import SandboxError
from benchharness.sandbox.boxes import SandboxKind
from benchharness.sandbox.calls import run_calls
from benchharness.sandbox.conversation import CallResult, CallStatus
from benchharness.sandbox.limits import MIB, Limits
from benchharness.sandbox.view import interpreter_view

from .conftest import PROBLEMS

RETURNED = CallStatus.RETURNED
NO_RESULT = CallResult(CallStatus.NO_RESULT)


def one(kind: SandboxKind, code: str, *arguments: Any, limits: Limits | None = None) -> CallResult:
    [result] = run_calls(kind, code, "f", [arguments], limits)
    return result


@pytest.mark.parametrize("name", PROBLEMS)
def test_honest_solutions_give_the_right_answers(kind: SandboxKind, name: str) -> None:
    problem = PROBLEMS[name]
    results = run_calls(kind, problem.honest, name, problem.calls)
    assert results == [CallResult(RETURNED, expected) for expected in problem.expected]


@pytest.mark.parametrize(
    "value",
    [
        None,
        True,
        False,
        0,
        -1,
        10**30,
        1.5,
        -0.25,
        1e300,
        "",
        "中文，，“引号”",
        "a\n\u2028\x00\ud83d",
        [],
        [[1], {}],
        {"键": [1, None]},
    ],
)
def test_values_come_back_as_they_went_in(kind: SandboxKind, value: Any) -> None:
    result = one(kind, "def f(x):\n    return x\n", value)
    assert result == CallResult(RETURNED, value)
    assert type(result.value) is type(value)


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("(1, (2, 3))", [1, [2, 3]]),
        ("collections.Counter('aab')", {"a": 2, "b": 1}),
        ("collections.OrderedDict(b=1)", {"b": 1}),
        ("collections.namedtuple('Point', 'x y')(1, 2)", [1, 2]),
        ("enum.IntEnum('Colour', 'red').red", 1),
        ("enum.StrEnum('Colour', {'red': 'r'}).red", "r"),
        ("1 == 1.0", True),
    ],
)
def test_results_come_back_as_plain_data(kind: SandboxKind, expression: str, value: Any) -> None:
    result = one(kind, f"import collections, enum\n\ndef f():\n    return {expression}\n")
    assert result == CallResult(RETURNED, value)
    assert type(result.value) is type(value)


@pytest.mark.parametrize(
    "expression",
    [
        *("{1, 2}", "{1: 2}", "{(1, 2): 3}", "b''", "object()", "f", "(n for n in [1])", "1j", "range(3)"),
        *("float('nan')", "[float('inf')]", "collections.deque([1])", "decimal.Decimal(1)", "fractions.Fraction(1)"),
    ],
)
def test_what_is_no_json_value_is_no_result(kind: SandboxKind, expression: str) -> None:
    code = f"import collections, decimal, fractions\n\ndef f():\n    return {expression}\n"
    assert one(kind, code) == NO_RESULT


@pytest.mark.parametrize(
    ("code", "error"),
    [
        ("def f():\n    return 1 / 0\n", "ZeroDivisionError"),
        ("class 错误(Exception):\n    pass\n\ndef f():\n    raise 错误\n", "错误"),
        ("def f():\n    raise type('a b\\n[1]', (Exception,), {})\n", ""),
        ("import sys\n\ndef f():\n    sys.exit(0)\n", "SystemExit"),
        ("def f():\n    raise KeyboardInterrupt\n", "KeyboardInterrupt"),
        ("def f(x):\n    return x\n", "TypeError"),
        ("def f():\n    return f()\n", "RecursionError"),
        ("def f():\n    return [0] * 10**10\n", "MemoryError"),
        ("def f():\n    return input()\n", "EOFError"),
        ("def g():\n    return 1\n", "KeyError"),
        ("f = 1\n", "TypeError"),
        ("def f(:\n", "SyntaxError"),
        ("def f()：\n    return 1\n", "SyntaxError"),
        ("\x00", "SyntaxError"),
        ("import no_such_module\n\ndef f():\n    return 1\n", "ModuleNotFoundError"),
        ("raise SystemExit\n", "SystemExit"),
    ],
)
def test_what_is_raised_is_named(kind: SandboxKind, code: str, error: str) -> None:
    result = one(kind, code)
    # From 3.12 on, a null byte in the source is a SyntaxError.
    expected = {error, "ValueError"} if code == "\x00" else {error}
    assert result.status is CallStatus.RAISED
    assert result.error in expected


def test_the_code_is_a_module_and_not_the_main_program(kind: SandboxKind) -> None:
    code = """
from __future__ import annotations

import dataclasses
import typing

@dataclasses.dataclass
class Point:
    count: typing.ClassVar[int] = 3
    x: int = 1

if __name__ == "__main__":
    raise SystemExit

def f():
    print("中文 is printed", flush=True)
    return [__name__, Point().x, Point.count]
"""
    assert one(kind, code).value == ["solution", 1, 3]


def test_one_process_makes_all_calls(kind: SandboxKind) -> None:
    code = "seen = []\n\ndef f(x):\n    seen.append(x)\n    return seen\n"
    assert [result.value for result in run_calls(kind, code, "f", [[1], [2], [3]])] == [[1], [1, 2], [1, 2, 3]]


def test_arguments_are_fresh_for_each_call(kind: SandboxKind) -> None:
    shared = [3, 1, 2]
    code = "def f(x):\n    x.sort()\n    x.append(x[0])\n    return x\n"
    assert [result.value for result in run_calls(kind, code, "f", [[shared], [shared]])] == [[1, 2, 3, 1]] * 2
    assert shared == [3, 1, 2]


def test_no_calls_have_no_results(kind: SandboxKind) -> None:
    assert run_calls(kind, "def f():\n    return 1\n", "f", []) == []


def test_the_order_of_a_set_is_the_same_each_time(kind: SandboxKind) -> None:
    code = "def f():\n    return list({str(n) for n in range(50)})\n"
    assert one(kind, code) == one(kind, code)


def test_threads_and_event_loops_work(kind: SandboxKind) -> None:
    code = """
import asyncio
import concurrent.futures

async def later(x):
    await asyncio.sleep(0)
    return x

def f(x):
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        return list(pool.map(lambda n: n * 2, x)) + [asyncio.run(later(x[0]))]
"""
    assert one(kind, code, [1, 2]).value == [2, 4, 1]


def test_there_are_only_so_many_threads(kind: SandboxKind) -> None:
    code = """
import threading
import time

def f(x):
    try:
        for started in range(x):
            threading.Thread(target=time.sleep, args=(60,), daemon=True).start()
    except RuntimeError:
        return started
"""
    # Where the sandbox is an ordinary user's, the process that holds it may count too.
    assert one(kind, code, 100, limits=Limits(threads=4)).value in (3, 4)


def test_the_standard_library_is_there(kind: SandboxKind) -> None:
    code = """
import bisect, collections, csv, datetime, decimal, functools, hashlib, heapq, itertools, math, random, re, statistics
import sqlite3, tempfile, unicodedata, uuid, zlib

def f():
    with tempfile.TemporaryFile() as stream:
        stream.write(b"text")
    return [hashlib.sha256(b"").hexdigest()[:8], unicodedata.name("中"), datetime.date(2024, 2, 29).isoformat()]
"""
    assert one(kind, code).value == ["e3b0c442", "CJK UNIFIED IDEOGRAPH-4E2D", "2024-02-29"]


ENDS = "import os, time\n\ndef f(x):\n    if x == 1:\n        {end}\n    return x\n"


@pytest.mark.parametrize(
    ("end", "status"),
    [
        ("os._exit(0)", CallStatus.NO_RESULT),
        ("os._exit(3)", CallStatus.NO_RESULT),
        ("os.abort()", CallStatus.KILLED),
        ("os.kill(os.getpid(), 9)", CallStatus.KILLED),
        ("print('x' * 2**20)", CallStatus.KILLED),
        ("return {1}", CallStatus.NO_RESULT),
        ("raise ValueError", CallStatus.RAISED),
        ("while True: pass", CallStatus.TIMED_OUT),
        ("time.sleep(60)", CallStatus.TIMED_OUT),
    ],
)
def test_after_a_call_that_fails_comes_the_next(kind: SandboxKind, end: str, status: CallStatus) -> None:
    limits = Limits(cpu_seconds=4, wall_factor=1, output=MIB)
    results = run_calls(kind, ENDS.format(end=end), "f", [[0], [1], [2]], limits)
    assert [result.status for result in results] == [RETURNED, status, RETURNED]
    assert [result.value for result in results] == [0, None, 2]


def test_it_is_started_again_only_so_often(kind: SandboxKind) -> None:
    code = "import os\n\ndef f(x):\n    os._exit(x)\n"
    results = run_calls(kind, code, "f", [[0]] * 5, Limits(restarts=1))
    assert results == [NO_RESULT] * 5
    code = "import os\n\ndef f(x):\n    return x or os._exit(0)\n"
    results = run_calls(kind, code, "f", [[0], [1], [0], [1], [0], [1]], Limits(restarts=1))
    assert [result.value for result in results] == [None, 1, None, None, None, None]


def test_code_that_dies_while_it_is_loaded_is_not_started_again(kind: SandboxKind) -> None:
    results = run_calls(kind, "import os\n\nos.abort()\n", "f", [[1], [2]])
    assert results == [CallResult(CallStatus.KILLED)] * 2


def test_time_that_was_used_is_gone(kind: SandboxKind) -> None:
    results = run_calls(kind, "def f(x):\n    while True: pass\n", "f", [[0]] * 9, Limits(cpu_seconds=2, restarts=9))
    statuses = [result.status for result in results]
    assert statuses[0] is CallStatus.TIMED_OUT
    assert statuses[-1] is CallStatus.NO_RESULT


@pytest.mark.parametrize("little", [{"cpu_seconds": 0.5}, {"cpu_seconds": -1}, {"memory": MIB}])
def test_limits_that_leave_no_room_are_an_error(little: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="too little"):
        Limits(**little)


def test_a_limit_that_is_lower_already_stays(kind: SandboxKind) -> None:
    code = "import resource\n\ndef f():\n    return resource.getrlimit(resource.RLIMIT_NOFILE)\n"
    assert one(kind, code, limits=Limits(open_files=50)).value == [50, 50]
    assert one(kind, code, limits=Limits(open_files=10**9)).value == [resource.getrlimit(resource.RLIMIT_NOFILE)[1]] * 2


@pytest.mark.parametrize("calls", [[[{1}]], [[object()]], [[float("nan")]]])
def test_arguments_that_are_no_json_values_are_an_error(kind: SandboxKind, calls: list[list[Any]]) -> None:
    with pytest.raises((TypeError, ValueError), match="JSON"):
        run_calls(kind, "def f(x):\n    return x\n", "f", calls)


def test_a_sandbox_that_cannot_be_made_is_an_error_and_not_a_score(
    kind: SandboxKind, monkeypatch: pytest.MonkeyPatch
) -> None:
    view = interpreter_view()
    lacking = type(view)("/no/such/python", view.read_only, view.links, view.hidden)
    monkeypatch.setattr(boxes, "interpreter_view", lambda: lacking)
    with pytest.raises(SandboxError) as caught:
        run_calls(kind, "def f():\n    return 1\n", "f", [[]])
    assert "/no/such/python" in caught.value.en
    assert "/no/such/python" in caught.value.zh
    assert "沙箱" in caught.value.zh
