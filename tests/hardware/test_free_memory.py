"""What is free on accelerators, from cards that are played from files, and on this machine."""

from typing import TYPE_CHECKING

import pynvml
import pytest

from benchharness.hardware.devices import DeviceFacts, describe_devices
from benchharness.hardware.free_memory import Gpu, visible_gpus

if TYPE_CHECKING:
    from tests.hardware.conftest import Play


def test_on_this_machine_every_accelerator_is_there() -> None:
    found = visible_gpus()
    assert [gpu.facts.name for gpu in found] == [facts.name for facts in describe_devices()]
    for gpu in found:
        assert gpu.room is None or 0 < gpu.room <= (gpu.facts.memory_bytes or gpu.room)


def test_what_others_use_is_not_free(nvml: "Play") -> None:
    nvml("h200").time = 10.0
    [gpu] = visible_gpus()
    assert gpu.facts.torch == "cuda:0"
    assert gpu.facts.memory_bytes == 143771 * 2**20
    assert gpu.free is not None
    assert 0 < gpu.free < gpu.facts.memory_bytes
    assert gpu.room == gpu.free


def test_cards_that_are_not_shown_are_left_out(nvml: "Play", monkeypatch: pytest.MonkeyPatch) -> None:
    nvml("two_h100")
    assert len(visible_gpus()) == 2
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "1")
    [only] = visible_gpus()
    assert only.facts.index == 1


def test_without_rights_nothing_is_known(nvml: "Play") -> None:
    library = nvml("h200")
    library.cards[0].errors["nvmlDeviceGetMemoryInfo"] = pynvml.NVML_ERROR_NO_PERMISSION
    [gpu] = visible_gpus()
    assert (gpu.free, gpu.room) == (None, None)


def test_of_makers_that_do_not_tell_the_whole_counts() -> None:
    assert Gpu(DeviceFacts("huawei", 0, "npu:0", "Ascend", memory_bytes=64 * 2**30), None).room == 64 * 2**30
