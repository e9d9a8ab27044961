"""Facts of devices, from cards that are played from files, and of this machine's own."""

import json
from typing import TYPE_CHECKING, Any

import pytest
import torch

from benchharness.hardware.devices import describe_devices
from benchharness.hardware.environment import accelerators, describe_environment
from benchharness.hardware.nvml import Connection

if TYPE_CHECKING:
    from tests.hardware.conftest import Play


def test_on_this_machine_every_shown_gpu_is_described() -> None:
    with Connection() as connection:
        names = [gpu.name for gpu in connection.gpus]
    assert [device.name for device in describe_devices() if device.vendor == "nvidia"] == names


def test_the_facts_of_a_data_centre_card(nvml: "Play") -> None:
    nvml("h200").time = 10.0
    [device] = describe_devices()
    assert (device.vendor, device.index, device.torch, device.name) == ("nvidia", 0, "cuda:0", "NVIDIA H200")
    assert device.uuid == "GPU-5f2c8a1e"
    assert device.memory_bytes == 143771 * 2**20
    assert (device.driver, device.cuda, device.compute_capability) == ("580.159.03", "13.0", "9.0")
    assert (device.power_limit_watts, device.default_power_limit_watts) == (700, 700)
    assert (device.sm_clock_mhz, device.max_sm_clock_mhz) == (1695, 1980)
    assert (device.memory_clock_mhz, device.max_memory_clock_mhz) == (3201, 3201)
    assert (device.pcie_generation, device.max_pcie_generation) == (5, 5)
    assert (device.pcie_width, device.max_pcie_width) == (16, 16)
    assert (device.nvlinks, device.topology) == (18, {})
    assert (device.ecc, device.mig, device.persistence) == (True, False, True)
    assert device.throttle_reasons == ("sw_power_cap",)


def test_two_cards_tell_the_way_to_each_other(nvml: "Play", monkeypatch: pytest.MonkeyPatch) -> None:
    nvml("two_h100")
    first, second = describe_devices()
    assert (first.topology, second.topology) == ({"1": "SYS"}, {"0": "SYS"})
    assert (first.power_limit_watts, first.default_power_limit_watts) == (650, 700)
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "1")
    [only] = describe_devices()
    assert (only.index, only.torch, only.topology) == (1, "cuda:0", {})


def test_unlike_cards_have_no_sure_name_in_torch(nvml: "Play", monkeypatch: pytest.MonkeyPatch) -> None:
    nvml("two_h100").cards[1].facts["nvmlDeviceGetName"] = "NVIDIA L4"
    assert [device.torch for device in describe_devices()] == [None, None]
    monkeypatch.setenv("CUDA_DEVICE_ORDER", "PCI_BUS_ID")
    assert [device.torch for device in describe_devices()] == ["cuda:0", "cuda:1"]


def test_what_an_old_card_does_not_tell_is_left_open(nvml: "Play") -> None:
    nvml("p100")
    [device] = describe_devices()
    assert (device.driver, device.cuda, device.compute_capability) == ("470.256.02", "11.4", "6.0")
    assert (device.nvlinks, device.mig, device.persistence) == (None, None, False)


def test_a_mig_instance_is_described_as_one(nvml: "Play") -> None:
    nvml("mig")
    [device] = describe_devices()
    assert (device.name, device.mig) == ("NVIDIA H100 80GB HBM3 MIG 3g.40gb", True)
    assert device.memory_bytes == 40448 * 2**20
    assert device.power_limit_watts is None


def test_a_driver_that_tells_nothing_of_itself_is_no_error(nvml: "Play") -> None:
    nvml("h200").system.clear()
    [device] = describe_devices()
    assert (device.driver, device.cuda) == (None, None)


@pytest.mark.parametrize("name", ["h200", "two_h100", "p100", "no_permission", "mig", "lost"])
def test_devices_are_part_of_the_environment_and_have_no_serial_number(nvml: "Play", name: str) -> None:
    uuid = nvml(name).cards[0].facts["nvmlDeviceGetUUID"]
    facts = describe_environment()
    written = json.dumps(facts)
    assert json.loads(written) == facts
    assert facts["devices"]
    assert uuid not in written


class Props:
    total_memory = 192 * 2**30


class Hip:
    """What torch offers of AMD's cards, by the name of CUDA."""

    @staticmethod
    def is_available() -> bool:
        return True

    @staticmethod
    def device_count() -> int:
        return 1

    @staticmethod
    def get_device_name(index: int) -> str:
        return "AMD Instinct MI300X"

    @staticmethod
    def get_device_properties(index: int) -> Any:
        return Props()


def test_amd_and_huawei_are_recognised_where_torch_shows_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.version, "hip", "6.4.2")
    monkeypatch.setattr(torch, "cuda", Hip)
    [amd] = describe_devices()
    assert (amd.vendor, amd.torch, amd.name, amd.driver) == ("amd", "cuda:0", "AMD Instinct MI300X", "HIP 6.4.2")
    assert amd.memory_bytes == 192 * 2**30
    assert accelerators() == ["AMD Instinct MI300X"]

    class Npu(Hip):
        @staticmethod
        def get_device_name(index: int) -> str:
            return "Ascend910B3"

    monkeypatch.setattr(torch, "npu", Npu, raising=False)
    monkeypatch.setattr(torch.version, "cann", "8.2.RC1", raising=False)
    npu = describe_devices()[-1]
    assert (npu.vendor, npu.torch, npu.name, npu.driver) == ("huawei", "npu:0", "Ascend910B3", "CANN 8.2.RC1")
    assert accelerators() == ["AMD Instinct MI300X", "Ascend910B3"]
    monkeypatch.setattr(Npu, "is_available", lambda: False)
    assert [device.vendor for device in describe_devices()] == ["amd"]
