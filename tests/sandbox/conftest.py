"""Problems for solutions, honest and hostile, and the kinds of sandbox that this machine has."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import psutil
import pytest

from benchharness.sandbox.boxes import SandboxKind
from benchharness.sandbox.probe import probe, require_sandbox


@dataclass(frozen=True)
class Problem:
    """A small task, its tests, and a solution that is right."""

    function: str
    tests: list[tuple[list[Any], Any]]
    honest: str

    @property
    def calls(self) -> list[list[Any]]:
        return [arguments for arguments, _ in self.tests]

    @property
    def expected(self) -> list[Any]:
        return [expected for _, expected in self.tests]


PROBLEMS = {
    problem.function: problem
    for problem in (
        Problem(
            "total",
            [([[1, 2, 3]], 6), ([[]], 0), ([[-5]], -5), ([[10**6] * 1000], 10**9)],
            "def total(numbers):\n    return sum(numbers)\n",
        ),
        Problem(
            "backwards",
            [(["abc"], "cba"), ([""], ""), (["中文"], "文中")],
            "def backwards(text):\n    return text[::-1]\n",
        ),
        Problem(
            "is_first",
            [([[1]], 1), ([[]], 0), ([[7, 8]], 1)],
            "def is_first(numbers):\n    return 1 if numbers else 0\n",
        ),
    )
}


def usable_kinds() -> list[SandboxKind]:
    """The kinds that work here; where there are none, the first, for its test to fail and to say why."""
    return [kind for kind in SandboxKind if not probe(kind).obstacle] or [next(iter(SandboxKind))]


@pytest.fixture(scope="session", params=usable_kinds(), ids=lambda kind: kind.value)
def kind(request: pytest.FixtureRequest) -> SandboxKind:
    """Each kind of sandbox that this machine has; an error that says what is missing if it has none."""
    require_sandbox()
    kind: SandboxKind = request.param
    return kind


@pytest.fixture(scope="module", autouse=True)
def left() -> Callable[[], set[psutil.Process]]:
    """Returns the processes below this one that were not there before the first test of a file."""
    # Such as the one that keeps account of shared memory for multiprocessing, once other tests have used that: those
    # of other files may run between two files of this folder.
    before = set(psutil.Process().children(recursive=True))
    return lambda: set(psutil.Process().children(recursive=True)) - before
