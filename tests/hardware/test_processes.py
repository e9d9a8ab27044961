"""Processor time and memory of real processes."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import psutil

from benchharness.hardware.processes import ProcessTrees

BURN = "import time; end = time.process_time() + {seconds}\nwhile time.process_time() < end: pass\n"
WAIT = "import sys; print('ready', flush=True); sys.stdin.read(1)\n"
MEBI = 2**20


@contextmanager
def program(code: str) -> Iterator["subprocess.Popen[str]"]:
    """A Python of our own that says when it is ready and ends when it is told, or at the latest here."""
    with subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def line(process: "subprocess.Popen[str]") -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


def tell(process: "subprocess.Popen[str]") -> None:
    assert process.stdin is not None
    process.stdin.write("x")
    process.stdin.flush()


def until(done: Callable[[], bool]) -> None:
    end = time.monotonic() + 60
    while not done():
        assert time.monotonic() < end
        time.sleep(0.01)


def test_time_counts_from_the_start_of_the_window() -> None:
    with program(
        BURN.format(seconds=0.5) + WAIT + BURN.format(seconds=0.4) + "print('done', flush=True)\n" + WAIT
    ) as child:
        assert line(child) == "ready"
        trees = ProcessTrees([child.pid])
        assert trees.cpu_seconds == 0
        tell(child)
        assert line(child) == "done"
        trees.sample()
        assert 0.38 <= trees.cpu_seconds < 0.8


def test_a_child_that_burns_is_counted_while_it_lives_and_after_it_ended() -> None:
    start = WAIT + "import subprocess\nchild = subprocess.Popen([sys.executable, '-c', sys.argv[1]], stdout=1)\n"
    burner = BURN.format(seconds=0.4) + "print('burnt', flush=True)\nimport sys; sys.stdin.read(1)"
    code = f"import sys; sys.argv.append({burner!r})\n" + start + "child.wait()\nprint('reaped', flush=True)\n" + WAIT
    with program(code) as parent:
        assert line(parent) == "ready"
        trees = ProcessTrees([parent.pid])
        tell(parent)
        assert line(parent) == "burnt"
        trees.search()
        trees.sample()
        assert len(trees.alive) == 2
        alive = trees.cpu_seconds
        assert 0.38 <= alive < 0.8
        tell(parent)
        assert line(parent) == "reaped"
        trees.sample()
        assert trees.alive == {parent.pid}
        assert alive - 0.02 <= trees.cpu_seconds < alive + 0.3


def test_a_child_that_came_and_went_between_two_samples_is_counted() -> None:
    run = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {BURN.format(seconds=0.3)!r}])\n"
    with program(WAIT + run + "print('done', flush=True)\n" + WAIT) as parent:
        line(parent)
        trees = ProcessTrees([parent.pid])
        tell(parent)
        assert line(parent) == "done"
        trees.sample()
        assert 0.28 <= trees.cpu_seconds < 0.56


def test_a_child_of_before_the_window_adds_only_what_it_used_in_it() -> None:
    child = BURN.format(seconds=0.5) + "print('warm', flush=True)\nimport sys; sys.stdin.read(1)"
    code = (
        f"import subprocess, sys; child = subprocess.Popen([sys.executable, '-c', {child!r}]); child.wait()\n"
        "print('reaped', flush=True)\n" + WAIT
    )
    with program(code) as parent:
        assert line(parent) == "warm"
        trees = ProcessTrees([parent.pid])
        assert len(trees.alive) == 2
        tell(parent)
        assert line(parent) == "reaped"
        trees.sample()
        assert trees.alive == {parent.pid}
        assert trees.cpu_seconds < 0.4


def test_a_process_that_ends_keeps_what_it_had_used() -> None:
    with program(WAIT + BURN.format(seconds=0.3) + "print('done', flush=True)\nsys.stdin.read(1)") as child:
        line(child)
        trees = ProcessTrees([child.pid])
        tell(child)
        assert line(child) == "done"
        trees.sample()
        before = trees.cpu_seconds
        assert before >= 0.28
        tell(child)
        child.wait(60)
        trees.sample()
        assert trees.alive == frozenset()
        assert trees.cpu_seconds == before
        assert trees.peak_resident_bytes > MEBI


def test_memory_is_the_highest_sum_that_was_seen() -> None:
    hold = "block = b'x' * (96 * 2**20); print('held', flush=True); sys.stdin.read(1)\n"
    free = "del block; print('freed', flush=True); sys.stdin.read(1)\n"
    with program(WAIT + hold + free) as child:
        line(child)
        trees = ProcessTrees([child.pid])
        empty = trees.peak_resident_bytes
        tell(child)
        assert line(child) == "held"
        trees.sample()
        full = trees.peak_resident_bytes
        assert 90 * MEBI < full - empty < 110 * MEBI
        tell(child)
        assert line(child) == "freed"
        trees.sample()
        assert trees.peak_resident_bytes == full
        assert psutil.Process(child.pid).memory_info().rss < full - 90 * MEBI


def test_parent_and_child_named_side_by_side_count_once() -> None:
    child = BURN.format(seconds=0.3) + "print('burnt', flush=True)\nimport sys; sys.stdin.read(1)"
    code = f"import sys, subprocess; child = subprocess.Popen([sys.executable, '-c', {WAIT + child!r}])\n"
    code += "child.wait(); print('reaped', flush=True)\n" + WAIT
    with program(code) as parent:
        assert line(parent) == "ready"
        [grown] = psutil.Process(parent.pid).children()
        for order in ([parent.pid, grown.pid], [grown.pid, parent.pid]):
            assert ProcessTrees(order).alive == {parent.pid, grown.pid}
        trees = ProcessTrees([grown.pid, parent.pid])
        tell(parent)
        assert line(parent) == "burnt"
        trees.sample()
        tell(parent)
        assert line(parent) == "reaped"
        trees.sample()
        assert 0.28 <= trees.cpu_seconds < 0.56


def test_processes_that_are_not_there_are_named() -> None:
    with program("") as child:
        child.wait(60)
    trees = ProcessTrees([child.pid, os.getpid()])
    assert trees.missing == [child.pid]
    assert trees.alive >= {os.getpid()}
    assert ProcessTrees([]).cpu_seconds == 0
