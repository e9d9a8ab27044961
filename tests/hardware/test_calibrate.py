"""Ceilings measured on this machine's CPU with small sizes; how fast it is matters to no test."""

import json
import sys
from types import SimpleNamespace
from typing import Any

import pytest
import torch

from benchharness.errors import InputError, MissingDependencyError
from benchharness.hardware import calibrate as module
from benchharness.hardware.calibrate import QUICK, Calibration, calibrate
from benchharness.hardware.environment import processor


@pytest.fixture(scope="module")
def measured() -> Calibration:
    return calibrate("cpu", quick=True)


def test_every_dtype_is_measured_or_said_not_to_be(measured: Calibration) -> None:
    done = [ceiling.dtype for ceiling in measured.ceilings if ceiling.work == "gemm"]
    assert {"float32", "bfloat16"} <= set(done)
    assert sorted(done + [missing.what for missing in measured.not_measured]) == sorted(
        ["float32", "tf32", "bfloat16", "float16", "fp8", "int8"]
    )
    for missing in measured.not_measured:
        assert missing.en
        assert missing.zh != missing.en


def test_ceilings_are_medians_between_their_ends(measured: Calibration) -> None:
    for ceiling in measured.ceilings:
        assert 0 < ceiling.lowest <= ceiling.per_second <= ceiling.highest
        assert ceiling.shape in {*QUICK.shapes, (QUICK.copy_bytes,)}
    assert [ceiling.work for ceiling in measured.ceilings].count("copy") == 1


def test_a_calibration_says_on_what_it_was_made(measured: Calibration) -> None:
    assert (measured.device, measured.kind, measured.torch) == (processor(), "cpu", torch.__version__)
    assert measured.threads == torch.get_num_threads()
    assert measured.clock == "perf_counter"
    document = measured.document()
    assert document["schema"] == "benchharness.calibration/1"
    assert json.loads(json.dumps(document))["ceilings"][0]["shape"] == list(measured.ceilings[0].shape)


@pytest.mark.parametrize("wanted", [True, False])
def test_the_rounding_of_products_is_left_as_it_was(wanted: bool) -> None:
    before = torch.get_float32_matmul_precision()
    with module._tf32(wanted):
        assert torch.get_float32_matmul_precision() == ("high" if wanted else "highest")
    assert torch.get_float32_matmul_precision() == before


def test_a_known_schedule_is_timed_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    """Work of 2 ms a time, by a clock that only work moves: 1 MB in 2 ms is 500 MB/s."""
    now = 0.0

    def work() -> None:
        nonlocal now
        now += 0.002

    monkeypatch.setattr(module, "perf_counter", lambda: now)
    effort = module.Effort((), 0, warm_up_seconds=0.1, repeat_seconds=0.05, repeats=4)
    rates = module._rates(torch.device("cpu"), work, 1e6, effort, module._by_wall_clock)
    assert rates == pytest.approx([5e8] * 4)
    # Four repeats, and before them a warm-up: each repeat lasts 50 ms or more.
    assert now >= 0.1 + 4 * 0.05


def test_cuda_is_timed_by_its_own_events(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where there is no GPU: events are recorded around the work and waited for, and milliseconds become seconds."""
    told: list[str] = []

    class Event:
        def __init__(self, *, enable_timing: bool) -> None:
            assert enable_timing

        def record(self) -> None:
            told.append("record")

        def synchronize(self) -> None:
            told.append("wait")

        def elapsed_time(self, end: "Event") -> float:
            return 250.0

    class Device:
        def __init__(self, device: Any) -> None:
            told.append(str(device))

        def __enter__(self) -> None: ...

        def __exit__(self, *_: object) -> None: ...

    monkeypatch.setattr(torch, "cuda", SimpleNamespace(Event=Event, device=Device))
    seconds = module._by_events(torch.device("cuda:1"), lambda: told.append("work"), 2)
    assert seconds == 0.25
    assert told == ["cuda:1", "record", "work", "work", "record", "wait"]


@pytest.mark.parametrize("what", ["product", "copy"])
def test_what_torch_refuses_is_said_and_the_rest_is_measured(what: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise RuntimeError("no room\nand a long trace")

    monkeypatch.setattr(torch, "mm" if what == "product" else "empty_like", refuse)
    measured = calibrate("cpu", quick=True)
    missing = {entry.what: entry for entry in measured.not_measured}
    refused = {"product": {"float32", "bfloat16", "float16"}, "copy": {"copy"}}[what]
    assert refused <= set(missing)
    for name in refused:
        assert missing[name].en == "torch refused: no room"
        assert missing[name].zh == "torch 报错：no room"
    assert measured.ceilings


@pytest.mark.parametrize("name", ["cuda:97", "gpu", "npu:0"])
def test_a_device_that_is_not_there_is_one_message(name: str) -> None:
    with pytest.raises(InputError) as caught:
        calibrate(name, quick=True)
    assert f"--device {name}" in caught.value.en
    assert f"--device {name}" in caught.value.zh


def test_without_torch_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "find_spec", lambda name: None)
    with pytest.raises(MissingDependencyError, match=r"benchharness\[transformers\]"):
        calibrate("cpu")


def test_importing_it_loads_no_torch() -> None:
    import subprocess

    code = (
        "import sys, benchharness.hardware.calibrate, benchharness.hardware.bounds; assert 'torch' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
