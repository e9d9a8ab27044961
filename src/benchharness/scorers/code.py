"""Code: a Python function, run in a sandbox against hidden tests."""

import json
import keyword
import math
from typing import Any, NamedTuple

from benchharness.records import FinishReason, Item, Outcome, Score
from benchharness.sandbox.calls import run_calls
from benchharness.sandbox.conversation import CallResult, CallStatus
from benchharness.sandbox.limits import MIB, Limits
from benchharness.sandbox.probe import require_sandbox
from benchharness.scorers.base import Sample
from benchharness.text.code_blocks import extract_code

DEFERRED = True
"""A sandbox is made for each answer, so that they are marked several at a time."""

_TOLERANCE = 1e-9
_NEXT_TO_ZERO = 1e-12


class _Tests(NamedTuple):
    """What a target says.

    Attributes:
        function: name of the function that was asked for.
        calls: the arguments of each test.
        expected: what the function has to return.
    """

    function: str
    calls: list[list[Any]]
    expected: list[Any]


def score(sample: Sample, timeout: float = 10.0, memory: int = 512) -> Score:
    """Run the function that the answer defines, and mark it right if it passes every test.

    The code runs in a sandbox, and is given arguments only: what it returns is compared here. See
    ``extract_code`` for which code of an answer is read. Of an answer that was cut off at the token limit only a
    fenced block that was closed counts. ``detail["passed"]`` is the share of tests that passed.

    Args:
        sample: a ``generate`` response; its item's target is ``{"function": name, "tests": [[arguments, expected],
            ...]}``, all JSON values.
        timeout: seconds of processor time that all tests may take together; one may take half of them. By the wall
            clock it may be three times as long, so that a busy machine does not change a score.
        memory: MiB that the code may use.

    Raises:
        ValueError: if the target is not of that form.
        InputError: if this machine has no sandbox.
    """
    tests = _read(sample.item.target)
    sandbox = require_sandbox()
    cut_off = sample.response.finish_reason is FinishReason.LENGTH
    extraction = extract_code(sample.response.text, tests.function, whole_only=cut_off)
    if extraction is None:
        return Score(0.0, Outcome.UNPARSED)
    code = str(extraction.value)
    results = run_calls(sandbox, code, tests.function, tests.calls, Limits(cpu_seconds=timeout, memory=memory * MIB))
    passed = share_passed(results, tests.expected)
    return Score(float(passed == 1), Outcome.SCORED, parsed=code, extraction=extraction, detail={"passed": passed})


def check(item: Item) -> None:
    """See that a target can be marked on this machine.

    Raises:
        ValueError: if it is not of the form that `score` wants.
        InputError: if this machine has no sandbox.
    """
    _read(item.target)
    require_sandbox()


def share_passed(results: list[CallResult], expected: list[Any]) -> float:
    """Return the share of tests in which the function returned what was expected, in [0, 1]."""
    pairs = zip(results, expected, strict=True)
    return sum(r.status is CallStatus.RETURNED and same_value(r.value, e) for r, e in pairs) / len(expected)


def same_value(value: Any, expected: Any) -> bool:
    """Tell whether two JSON values are the same.

    ``True`` is not 1. Numbers are the same if they are equal, or, where a float is expected, if they differ by no
    more than a billionth of the larger.

    Args:
        value: what was returned.
        expected: what is right.
    """
    if isinstance(expected, dict):
        same_keys = isinstance(value, dict) and value.keys() == expected.keys()
        return same_keys and all(same_value(value[key], expected[key]) for key in expected)
    if isinstance(expected, list):
        same_length = isinstance(value, list) and len(value) == len(expected)
        return same_length and all(map(same_value, value, expected))
    if isinstance(expected, int | float) and not isinstance(expected, bool):
        if not isinstance(value, int | float) or isinstance(value, bool):
            return False
        return bool(value == expected) or (isinstance(expected, float) and _close(value, expected))
    return type(value) is type(expected) and bool(value == expected)


def _close(value: float, expected: float) -> bool:
    try:
        return math.isclose(value, expected, rel_tol=_TOLERANCE, abs_tol=_NEXT_TO_ZERO)
    except OverflowError:
        # An integer too large for any float.
        return False


def _read(target: Any) -> _Tests:
    """Return the tests in a target.

    Raises:
        ValueError: if it is not of the form that `score` wants.
    """
    if not isinstance(target, dict) or target.keys() != {"function", "tests"}:
        raise ValueError('the target must be {"function": name, "tests": [[arguments, expected], ...]}')
    function, tests = target["function"], target["tests"]
    if not isinstance(function, str) or not function.isidentifier() or keyword.iskeyword(function):
        raise ValueError(f"function: {function!r} is no name of a function")
    if not isinstance(tests, list) or not tests:
        raise ValueError("tests: there must be at least one")
    for number, test in enumerate(tests, 1):
        if not isinstance(test, list) or len(test) != 2 or not isinstance(test[0], list):
            raise ValueError(f"tests: number {number} must be [arguments, expected], and arguments a list")
        try:
            json.dumps(test, allow_nan=False)
        except (TypeError, ValueError) as error:
            raise ValueError(f"tests: number {number} holds what is no JSON value: {error}") from error
    return _Tests(function, [test[0] for test in tests], [test[1] for test in tests])
