from pathlib import Path
from typing import TYPE_CHECKING

import psutil
import pytest
import torch

from benchharness.hardware.doctor import HUB_VARIABLES, check_devices, check_hub, check_measuring, check_packages
from benchharness.hardware.nvml import Connection
from benchharness.hardware.rapl import PackageEnergy

if TYPE_CHECKING:
    from tests.hardware.conftest import Play


def test_installed_packages_are_ready() -> None:
    found = check_packages(["psutil"], "extra")
    assert (found.ready, found.state, found.remedy) == (True, f"psutil {psutil.__version__}", "")


@pytest.mark.parametrize(("extra", "remedy"), [("openai", "pip install 'benchharness[openai]'"), (None, "")])
def test_missing_packages_are_named_with_the_extra_that_brings_them(extra: str | None, remedy: str) -> None:
    found = check_packages(["psutil", "no-such-package"], extra)
    assert found.ready is False
    assert found.state == f"psutil {psutil.__version__}, – no-such-package"
    assert found.remedy == remedy


def test_every_device_is_found() -> None:
    findings = check_devices()
    assert [finding.part for finding in findings] == ["cpu", *(f"cuda:{n}" for n in range(torch.cuda.device_count()))]
    assert all(finding.ready for finding in findings)
    assert findings[0].state.startswith(f"torch {torch.__version__}, ")


def test_what_can_be_measured_on_this_machine_is_said() -> None:
    with Connection() as connection:
        gpus, refusal = connection.gpus, connection.refusal
    findings = {finding.part: finding for finding in check_measuring()}
    assert set(findings) == {
        *(f"measuring GPU {gpu.index}" for gpu in gpus),
        *(["measuring GPUs"] if refusal is not None else []),
        "measuring the processor",
    }
    if refusal is not None:
        assert findings["measuring GPUs"].state == refusal.en
        assert findings["measuring GPUs"].ready is None
    packages = PackageEnergy()
    packages.sample()
    state = findings["measuring the processor"].state
    assert state == (
        "time, memory, energy" if packages.refusal is None else f"time, memory; not energy: {packages.refusal.en}"
    )


@pytest.mark.parametrize(
    ("language", "devices", "measuring"),
    [
        (
            "en",
            "NVIDIA H100 80GB HBM3, 80 GiB, driver 580.159.03 (CUDA 13.0), power limit 650 W (default 700 W)",
            "energy, power, memory in use, utilisation, clock, temperature, throttling",
        ),
        (
            "zh",
            "NVIDIA H100 80GB HBM3，80 GiB，驱动 580.159.03（CUDA 13.0），功率上限 650 W（默认 700 W）",
            "能耗、功率、已用显存、利用率、时钟频率、温度、降频原因",
        ),
    ],
)
def test_gpus_show_driver_power_limit_and_what_can_be_measured(
    nvml: "Play", monkeypatch: pytest.MonkeyPatch, language: str, devices: str, measuring: str
) -> None:
    monkeypatch.setenv("BENCHHARNESS_LANGUAGE", language)
    nvml("two_h100")
    shown = {finding.part: finding for finding in check_devices()}
    assert shown["cuda:0"].state == devices
    word = {"en": "measuring", "zh": "测量"}[language]
    measured = {finding.part: finding for finding in check_measuring()}
    for index in range(2):
        assert measured[f"{word} GPU {index}"][1:] == (True, measuring, "")


def test_what_holds_a_gpu_down_is_shown(nvml: "Play") -> None:
    nvml("h200").time = 10.0
    assert check_devices()[1].state.endswith("power limit 700 W, held down by sw_power_cap")


@pytest.mark.parametrize(
    ("name", "en", "zh"),
    [
        (
            "p100",
            "energy, power, memory in use, utilisation, clock, temperature, throttling; energy is integrated from "
            "power, since its counter cannot be read",
            "能耗、功率、已用显存、利用率、时钟频率、温度、降频原因；能耗计数器无法读取，改由功率积分得到",
        ),
        (
            "no_permission",
            "memory in use, utilisation, clock, temperature, throttling; not energy, power: this user has no "
            "permission",
            "已用显存、利用率、时钟频率、温度、降频原因；无法测量能耗、功率：当前用户没有读取权限",
        ),
        (
            "mig",
            "memory in use; not energy, power, utilisation, clock, temperature, throttling: told of the whole card "
            "only, of which this is one MIG instance",
            "已用显存；无法测量能耗、功率、利用率、时钟频率、温度、降频原因：只有整张卡的数据，"
            "而这里只是其中一个 MIG 实例",
        ),
    ],
)
def test_what_cannot_be_measured_is_shown_with_the_reason(
    nvml: "Play", monkeypatch: pytest.MonkeyPatch, name: str, en: str, zh: str
) -> None:
    nvml(name)
    for language, state in (("en", en), ("zh", zh)):
        monkeypatch.setenv("BENCHHARNESS_LANGUAGE", language)
        finding = check_measuring()[0]
        assert finding.part.endswith("GPU 0")
        assert (finding.ready, finding.state) == (True, state)


def test_cuda_without_nvml_is_shown_as_torch_knows_it(monkeypatch: pytest.MonkeyPatch, nvml: "Play") -> None:
    nvml("h200").cards.clear()
    properties = type("Properties", (), {"name": "Orin", "total_memory": 32 * 2**30})
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 1)
    monkeypatch.setattr(torch.cuda, "get_device_properties", lambda index: properties)
    assert check_devices()[1][:3] == ("cuda:0", True, "Orin, 32 GiB")
    assert check_measuring()[0].state == "NVML finds no GPU"


def test_the_settings_of_the_hub_show_without_the_secret(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in HUB_VARIABLES:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("BENCHHARNESS_CACHE", str(tmp_path))
    assert [(finding.part, finding.state) for finding in check_hub()] == [("BENCHHARNESS_CACHE", str(tmp_path))]
    monkeypatch.setenv("HF_ENDPOINT", "https://hub.example")
    monkeypatch.setenv("HF_TOKEN", "hf_secret")
    findings = {finding.part: finding for finding in check_hub()}
    assert findings["HF_ENDPOINT"].state == "https://hub.example"
    assert findings["HF_TOKEN"].state == "***"
    assert "hf_secret" not in repr(findings)
    assert all(finding.ready is None for finding in findings.values())


@pytest.mark.parametrize("endpoint", ["https://user:hf_secret@hub.example", "https://hf_secret@hub.example/path"])
def test_a_password_within_an_address_does_not_show(endpoint: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_ENDPOINT", endpoint)
    state = next(finding.state for finding in check_hub() if finding.part == "HF_ENDPOINT")
    assert "hf_secret" not in state
    assert "hub.example" in state
