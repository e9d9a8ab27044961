"""The sampler against cards that are played from files, at times set by hand."""

import os
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest

from benchharness.hardware.meter import DeviceReading
from benchharness.hardware.notices import about_device, about_window
from benchharness.hardware.nvml import Connection
from benchharness.hardware.sampler import DeviceSampler

if TYPE_CHECKING:
    from tests.hardware.conftest import Play, RecordedNvml

GIB = 2**30
ME = frozenset({os.getpid()})


def play(library: "RecordedNvml", seconds: float, step: float = 0.5, card: int = 0) -> tuple[DeviceSampler, list[str]]:
    """Sample a card over the recording; its sampler and what it cannot tell."""
    with Connection() as connection:
        sampler = DeviceSampler(connection.gpus[card], idle_watts=76.0)
        for place in range(round(seconds / step) + 1):
            library.time = place * step
            sampler.sample(100 + library.time, ME)
        said = [*about_device(sampler), *about_window(sampler)]
    for notice in said:
        assert notice.en.startswith(f"GPU {sampler.gpu.index} (")
        assert notice.zh.startswith(f"GPU {sampler.gpu.index}（")
        assert notice.en.endswith(".")
        assert notice.zh.endswith("。")
    return sampler, [notice.what for notice in said]


def reading_of(library: "RecordedNvml", seconds: float) -> tuple[DeviceReading, list[str]]:
    sampler, said = play(library, seconds)
    return sampler.reading(), said


def test_every_figure_of_a_data_centre_card_is_read(nvml: "Play") -> None:
    library = nvml("h200")
    rows = library.cards[0].rows
    reading, said = reading_of(library, 20)
    assert said == []
    assert (reading.index, reading.name) == (0, "NVIDIA H200")
    assert reading.energy_joules == pytest.approx((rows[-1]["energy_mj"] - rows[0]["energy_mj"]) / 1000)
    assert reading.energy_method == "counter"
    assert reading.mean_watts == pytest.approx((reading.energy_joules or 0) / 20)
    assert reading.peak_watts == max(row["power_mw"] for row in rows) / 1000
    assert reading.power_method == "instant"
    assert reading.idle_watts == 76
    assert reading.utilisation == pytest.approx(sum(row["utilisation"] for row in rows) / 100 / len(rows))
    assert reading.peak_used_bytes == max(row["used"] for row in rows)
    assert reading.peak_process_bytes == GIB // 2 + 120 * GIB
    assert 1695 < (reading.mean_clock_mhz or 0) < 1980
    assert reading.highest_temperature == 64
    assert reading.throttle_reasons == ("sw_power_cap",)


def test_a_card_without_counter_has_its_power_integrated_and_says_so(nvml: "Play") -> None:
    library = nvml("p100")
    rows = library.cards[0].rows
    reading, said = reading_of(library, 12)
    # The recording's own counter, which this card does not show, holds the trapezoids.
    assert reading.energy_joules == pytest.approx((rows[-1]["energy_mj"] - rows[0]["energy_mj"]) / 1000, rel=1e-4)
    assert (reading.energy_method, reading.power_method) == ("integrated power", "usage")
    assert said == ["energy_joules"]
    assert reading.throttle_reasons == ("sw_power_cap",)
    assert reading.peak_process_bytes is not None


def test_what_is_ruled_out_is_asked_once(nvml: "Play") -> None:
    library = nvml("p100")
    play(library, 12)
    for function in library.cards[0].errors:
        asked = library.cards[0].asked.count(function)
        assert asked == (1 if function != "nvmlDeviceGetNvLinkState" else 0), function


def test_a_counter_that_begins_anew_is_bridged_by_power(nvml: "Play") -> None:
    library = nvml("counter_goes_back")
    rows = library.cards[0].rows
    watts = [row["power_mw"] / 1000 for row in rows]
    sampler, said = play(library, 12)
    reading = sampler.reading()
    trapezoids = sum((low + high) / 2 * 0.5 for low, high in pairwise(watts))
    assert reading.energy_joules == pytest.approx(trapezoids, rel=1e-5)
    assert reading.energy_method == "counter"
    assert sampler.energy.filled_seconds == pytest.approx(0.5)
    assert said == ["energy_joules"]


def test_without_permission_nothing_is_made_up(nvml: "Play") -> None:
    library = nvml("no_permission")
    sampler, said = play(library, 12)
    reading = sampler.reading()
    assert (reading.energy_joules, reading.energy_method) == (None, None)
    assert (reading.mean_watts, reading.peak_watts, reading.peak_process_bytes) == (None, None, None)
    assert reading.utilisation is not None
    assert reading.peak_used_bytes is not None
    assert said == ["energy_joules, mean_watts", "peak_process_bytes"]
    notices = [*about_device(sampler), *about_window(sampler)]
    assert all("this user has no permission" in notice.en and "当前用户没有读取权限" in notice.zh for notice in notices)


def test_a_process_that_is_not_listed_has_no_memory_of_its_own(nvml: "Play") -> None:
    reading, said = reading_of(nvml("container"), 12)
    assert reading.peak_process_bytes is None
    assert (reading.peak_used_bytes or 0) > 60 * GIB
    assert said == ["peak_process_bytes"]


def test_memory_that_the_driver_does_not_tell_apart_is_not_known(nvml: "Play") -> None:
    library = nvml("h200")
    for row in library.cards[0].rows:
        row["processes"] = [["self", None]]
    sampler, said = play(library, 20)
    assert sampler.reading().peak_process_bytes is None
    assert sampler.ours
    assert said == ["peak_process_bytes"]


def test_a_lost_gpu_keeps_its_figures_but_has_no_energy(nvml: "Play") -> None:
    library = nvml("lost")
    sampler, said = play(library, 12)
    reading = sampler.reading()
    assert reading.energy_joules is None
    assert (reading.peak_watts or 0) > 600
    assert (reading.peak_process_bytes or 0) > 100 * GIB
    assert said == ["energy_joules"]
    assert "the GPU was lost" in next(about_device(sampler)).en


def test_a_mig_instance_tells_its_memory_only(nvml: "Play") -> None:
    library = nvml("mig")
    sampler, said = play(library, 12, step=1.0)
    reading = sampler.reading()
    assert reading.name == "NVIDIA H100 80GB HBM3 MIG 3g.40gb"
    assert reading.peak_process_bytes == GIB // 2 + 30 * GIB
    assert reading.energy_joules is None
    assert said == ["energy_joules, mean_watts, utilisation, mean_clock_mhz, highest_temperature, throttle_reasons"]
    assert all("MIG instance" in notice.en and "MIG 实例" in notice.zh for notice in about_device(sampler))


def test_a_short_window_is_said_to_be_too_short_for_the_counter(nvml: "Play") -> None:
    reading, said = reading_of(nvml("h200"), 3)
    assert reading.energy_joules is not None
    assert said == ["energy_joules"]


def test_without_idle_power_there_is_nothing_to_subtract(nvml: "Play") -> None:
    library = nvml("h200")
    with Connection() as connection:
        sampler = DeviceSampler(connection.gpus[0])
        for place in range(41):
            library.time = place / 2
            sampler.sample(library.time, ME)
        assert [notice.what for notice in about_window(sampler)] == ["net_joules"]
