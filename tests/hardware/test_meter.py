"""The meter: on this machine as it is, and beside cards that are played from files."""

import json
import os
import subprocess
import sys
import threading
import time
from typing import TYPE_CHECKING, Any

import pynvml
import pytest
import torch

from benchharness.hardware.meter import DeviceReading, Meter, Reading, Unmeasured, measure_idle
from benchharness.hardware.nvml import Connection

if TYPE_CHECKING:
    from tests.hardware.conftest import Play

GIB = 2**30


def burn(seconds: float) -> None:
    end = time.process_time() + seconds
    while time.process_time() < end:
        pass


def said(reading: Reading, what: str) -> list[Unmeasured]:
    return [notice for notice in reading.unmeasured if notice.what == what]


def device(index: int = 0, **given: Any) -> DeviceReading:
    nothing = dict.fromkeys(name for name in DeviceReading.__dataclass_fields__ if name != "throttle_reasons")
    return DeviceReading(**{**nothing, "throttle_reasons": (), "index": index, "name": "GPU", **given})


# On this machine as it is.


def test_processes_are_measured_with_or_without_a_gpu() -> None:
    with Meter([os.getpid()], interval_seconds=0.02) as meter:
        block = b"x" * (64 * 2**20)
        burn(0.3)
        with pytest.raises(RuntimeError, match="after it was left"):
            _ = meter.reading
        del block
    reading = meter.reading
    assert reading.seconds >= 0.3
    assert reading.cpu_seconds >= 0.25
    assert reading.peak_resident_bytes >= 64 * 2**20
    assert reading.samples >= 2
    assert reading.meter_cpu_seconds > 0
    assert "meter" not in {thread.name for thread in threading.enumerate()}


def test_without_a_gpu_it_says_so_in_both_languages() -> None:
    with Connection() as connection:
        refusal = connection.refusal
    with Meter([os.getpid()]) as meter:
        pass
    if refusal is None:
        assert meter.reading.devices
        return
    assert meter.reading.devices == ()
    assert (meter.reading.energy_joules, meter.reading.net_joules, meter.joules_so_far()) == (None, None, None)
    [notice] = said(meter.reading, "devices")
    assert notice.en == f"No GPU was measured: {refusal.en}."
    assert notice.zh == f"没有测量 GPU：{refusal.zh}。"
    assert measure_idle(0.01) == {}


def test_work_on_another_machine_is_not_measured_here(nvml: "Play") -> None:
    nvml("h200")
    with Meter([]) as meter:
        burn(0.05)
    reading = meter.reading
    assert (reading.devices, reading.cpu_seconds, reading.peak_resident_bytes) == ((), 0, 0)
    assert (reading.energy_joules, reading.cpu_joules) == (None, None)
    [notice] = reading.unmeasured
    assert "No process of this machine" in notice.en
    assert "不由本机进程完成" in notice.zh


def test_a_process_that_ends_within_the_window_is_counted() -> None:
    code = "import sys, time; sys.stdin.read(1)\nend = time.process_time() + 0.3\nwhile time.process_time() < end: pass"
    with (
        subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE) as child,
        Meter([child.pid], interval_seconds=0.02) as meter,
    ):
        child.communicate(b"x", timeout=60)
        time.sleep(0.1)
    # What it used after the last look at it, a hundredth of a second or two, is lost with it.
    assert meter.reading.cpu_seconds >= 0.2
    assert meter.reading.peak_resident_bytes > 2**20


def test_an_error_in_the_work_comes_through_and_the_reading_stands() -> None:
    def fail() -> None:
        burn(0.05)
        raise ZeroDivisionError

    meter = Meter([os.getpid()])
    with pytest.raises(ZeroDivisionError), meter:
        fail()
    assert meter.reading.cpu_seconds > 0


def test_a_process_that_is_not_there_is_said() -> None:
    with subprocess.Popen([sys.executable, "-c", ""]) as child:
        pass
    with Meter([child.pid]) as meter:
        pass
    [notice] = said(meter.reading, "cpu_seconds")
    assert str(child.pid) in notice.en
    assert str(child.pid) in notice.zh


@pytest.mark.parametrize("interval", [0, -1, float("nan")])
def test_an_interval_has_to_be_above_zero(interval: float) -> None:
    with pytest.raises(ValueError, match="above 0"):
        Meter([os.getpid()], interval_seconds=interval)
    with pytest.raises(ValueError, match="above 0"):
        measure_idle(interval)


def test_the_meters_own_time_is_left_out() -> None:
    with Meter([os.getpid()], interval_seconds=0.002) as meter:
        time.sleep(0.5)
    assert meter.reading.meter_cpu_seconds > 0
    assert meter.reading.cpu_seconds < meter.reading.meter_cpu_seconds + 0.2


# Beside recorded cards.


def test_energy_memory_and_power_of_the_watched_processes(nvml: "Play") -> None:
    library = nvml("h200")
    rows = library.cards[0].rows
    with Meter([os.getpid()], idle_watts={0: 76.0}, interval_seconds=0.01) as meter:
        library.time = 10.0
        while meter.joules_so_far() in (None, 0):
            time.sleep(0.005)
        library.time = 20.0
    reading = meter.reading
    joules = (rows[-1]["energy_mj"] - rows[0]["energy_mj"]) / 1000
    assert reading.energy_joules == pytest.approx(joules)
    assert meter.joules_so_far() == pytest.approx(joules)
    assert reading.net_joules == pytest.approx(joules - 76.0 * reading.seconds)
    assert reading.devices[0].peak_process_bytes == GIB // 2 + 120 * GIB
    assert said(reading, "devices") == []


def test_a_gpu_without_a_watched_process_is_not_counted_and_strangers_are_told(nvml: "Play") -> None:
    library = nvml("two_h100")
    library.time = 4.0
    with Meter([os.getpid()]) as meter:
        library.time = 8.0
    reading = meter.reading
    assert [found.index for found in reading.devices] == [0]
    [idle] = said(reading, "devices")
    assert idle.en == "GPU 1 (NVIDIA H100 80GB HBM3) is not counted: no watched process was on it."
    assert idle.zh == "GPU 1（NVIDIA H100 80GB HBM3）不计入：没有被测进程使用它。"
    assert any("1 other process was on it" in notice.en for notice in said(reading, "energy_joules"))


def test_a_child_that_is_on_the_gpu_before_it_is_found_is_no_stranger(nvml: "Play") -> None:
    library = nvml("h200")
    samples = "nvmlDeviceGetTotalEnergyConsumption"
    with Meter([os.getpid()], interval_seconds=0.01) as meter:
        child = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
        for row in library.cards[0].rows:
            row["processes"] = [["self", GIB], [child.pid, 2 * GIB]]
        before = library.cards[0].asked.count(samples)
        while library.cards[0].asked.count(samples) < before + 2:
            time.sleep(0.005)
    child.communicate(b"\n", timeout=60)
    assert not any("other process" in notice.en for notice in meter.reading.unmeasured)
    assert meter.reading.devices[0].peak_process_bytes == 3 * GIB


def test_where_processes_cannot_be_told_all_visible_gpus_count(nvml: "Play", monkeypatch: pytest.MonkeyPatch) -> None:
    library = nvml("container")
    library.time = 4.0
    with Meter([os.getpid()]) as meter:
        library.time = 8.0
    assert [found.index for found in meter.reading.devices] == [0, 1]
    [notice] = said(meter.reading, "devices")
    assert "Which of the 2 visible GPUs" in notice.en
    assert len(said(meter.reading, "peak_process_bytes")) == 2
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "0")
    with Meter([os.getpid()]) as meter:
        library.time = 12.0
    assert [found.index for found in meter.reading.devices] == [0]
    assert said(meter.reading, "devices") == []


def test_unlike_gpus_named_by_number_are_doubted(nvml: "Play", monkeypatch: pytest.MonkeyPatch) -> None:
    nvml("two_h100").cards[1].facts["nvmlDeviceGetName"] = "NVIDIA L4"
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "0")
    with Meter([os.getpid()]) as meter:
        pass
    assert any("CUDA_DEVICE_ORDER=PCI_BUS_ID" in notice.en for notice in said(meter.reading, "devices"))


def test_energy_of_all_is_not_known_where_one_gives_none(nvml: "Play") -> None:
    library = nvml("container")
    for function in ("nvmlDeviceGetTotalEnergyConsumption", "nvmlDeviceGetPowerUsage", "nvmlDeviceGetFieldValues"):
        library.cards[1].errors[function] = pynvml.NVML_ERROR_NOT_SUPPORTED
    with Meter([os.getpid()]) as meter:
        library.time = 5.0
    assert meter.reading.devices[0].energy_joules is not None
    assert (meter.reading.energy_joules, meter.joules_so_far()) == (None, None)


def test_idle_power_is_energy_over_time(nvml: "Play") -> None:
    library = nvml("two_h100")
    library.time = None
    library.cards[1].errors["nvmlDeviceGetTotalEnergyConsumption"] = pynvml.NVML_ERROR_NOT_SUPPORTED
    # The first takes 72 W at rest and is at work in the recording: only the second, without a counter, is at rest.
    watts = measure_idle(0.3)
    assert set(watts) == {0, 1}
    assert watts[1] == pytest.approx(70)


def test_a_gpu_that_does_not_tell_its_power_has_no_idle_power(nvml: "Play") -> None:
    nvml("no_permission")
    assert measure_idle(0.05) == {}


def test_a_fork_in_the_middle_of_a_sample_harms_neither_side(nvml: "Play") -> None:
    library = nvml("h200")
    inside, held = threading.Event(), threading.Lock()
    answer = library.cards[0].answer

    def slow(function: str, arguments: tuple[Any, ...]) -> Any:
        with held:
            inside.set()
            time.sleep(0.002)
            return answer(function, arguments)

    library.cards[0].answer = slow  # type: ignore[method-assign]
    with Meter([os.getpid()], interval_seconds=0.005) as meter:
        for _ in range(5):
            inside.clear()
            assert inside.wait(30)
            child = os.fork()
            if child == 0:
                # A lock that was held at the fork would never come free here.
                free = held.acquire(timeout=5)
                meter.__exit__(None, None, None)
                os._exit(0 if free else 1)
            assert os.waitpid(child, 0)[1] == 0
    assert meter.reading.samples > 2


# Other makers.


def test_accelerators_of_others_are_named_and_said_not_to_be_measured(monkeypatch: pytest.MonkeyPatch) -> None:
    class Npu:
        """What Huawei's part of torch offers."""

        @staticmethod
        def is_available() -> bool:
            return True

        @staticmethod
        def device_count() -> int:
            return 2

        @staticmethod
        def get_device_name(index: int) -> str:
            return f"Ascend910B{index + 3}"

        @staticmethod
        def get_device_properties(index: int) -> Any:
            return type("Properties", (), {"total_memory": 64 * GIB})

    monkeypatch.setattr(torch, "npu", Npu, raising=False)
    with Meter([os.getpid()]) as meter:
        pass
    [notice] = said(meter.reading, "devices")
    assert notice.en.startswith("Huawei Ascend NPU (Ascend910B3, Ascend910B4): energy")
    assert notice.zh.startswith("华为昇腾 NPU（Ascend910B3、Ascend910B4）：")
    assert meter.reading.devices == ()


# Readings.


def test_sums_are_of_all_devices_or_not_known() -> None:
    def reading(*devices: DeviceReading) -> Reading:
        return Reading(10.0, devices, 1.0, 2, ())

    both = reading(device(energy_joules=1000.0, idle_watts=50.0), device(1, energy_joules=500.0, idle_watts=60.0))
    assert (both.energy_joules, both.net_joules) == (1500, 400)
    partly = reading(device(energy_joules=1000.0, idle_watts=50.0), device(1, energy_joules=500.0))
    assert (partly.energy_joules, partly.net_joules) == (1500, None)
    unknown = reading(device(energy_joules=1000.0, idle_watts=50.0), device(1, idle_watts=50.0))
    assert (unknown.energy_joules, unknown.net_joules) == (None, None)
    assert (reading().energy_joules, reading().net_joules) == (None, None)


def test_a_reading_is_data_for_json(nvml: "Play") -> None:
    library = nvml("h200")
    library.time = 4.0
    with Meter([os.getpid()], idle_watts={0: 76.0}) as meter:
        library.time = 14.0
    document = json.loads(json.dumps(meter.reading.document(), allow_nan=False))
    assert document == meter.reading.document()
    assert document["energy_joules"] == meter.reading.energy_joules
    assert document["net_joules"] == meter.reading.net_joules
    assert document["devices"][0]["throttle_reasons"] == ["sw_power_cap"]
    assert {"what", "en", "zh"} == set(document["unmeasured"][0])
