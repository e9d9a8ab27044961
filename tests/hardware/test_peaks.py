"""The table of peaks, how devices are found in it, and tables of users."""

from pathlib import Path

import pytest

from benchharness.errors import InputError
from benchharness.hardware.devices import DeviceFacts
from benchharness.hardware.peaks import find_peaks, known_devices, peaks_of_device

NAMES = {
    "NVIDIA H200": "H200 SXM",
    "NVIDIA H200 NVL": "H200 NVL",
    "NVIDIA H100 80GB HBM3": "H100 SXM",
    "NVIDIA H100 NVL": "H100 NVL",
    "NVIDIA H100 PCIe": "H100 PCIe",
    "NVIDIA H800": "H800 SXM",
    "NVIDIA H20": "H20",
    "NVIDIA A100-SXM4-80GB": "A100 SXM 80GB",
    "NVIDIA A100-SXM4-40GB": "A100 SXM 40GB",
    "NVIDIA A100 80GB PCIe": "A100 PCIe 80GB",
    "NVIDIA A100-PCIE-40GB": "A100 PCIe 40GB",
    "NVIDIA A800-SXM4-80GB": "A800 SXM 80GB",
    "NVIDIA L40S": "L40S",
    "NVIDIA L4": "L4",
    "NVIDIA GeForce RTX 4090": "RTX 4090",
    "NVIDIA GeForce RTX 4090 D": "RTX 4090 D",
    "NVIDIA B200": "B200",
    "AMD Instinct MI300X": "MI300X",
    "Ascend910B3": "Ascend 910B3",
    # As people write them.
    "h200": "H200 SXM",
    "H100-SXM": "H100 SXM",
    "rtx4090d": "RTX 4090 D",
    "A100 sxm 80gb": "A100 SXM 80GB",
}


@pytest.mark.parametrize(("name", "variant"), NAMES.items())
def test_devices_are_found_by_the_names_that_drivers_and_people_use(name: str, variant: str) -> None:
    found = find_peaks(name)
    assert found is not None
    assert found.name == variant


@pytest.mark.parametrize(
    "name",
    [
        "NVIDIA H200 MIG 1g.18gb",
        "NVIDIA GeForce RTX 4090 Laptop GPU",
        "GRID A100X-40C",
        "NVIDIA A10G",
        "Ascend910B4",
        "Tesla T4",
        "",
    ],
)
def test_what_can_do_less_than_its_namesake_or_is_unknown_is_not_found(name: str) -> None:
    assert find_peaks(name) is None


@pytest.mark.parametrize(("limit", "variant"), [(None, "H200 SXM"), (700, "H200 SXM"), (600, "H200 NVL")])
def test_the_power_limit_tells_boards_of_one_name_apart(limit: float | None, variant: str) -> None:
    found = find_peaks("NVIDIA H200", power_limit_watts=limit)
    assert found is not None
    assert found.name == variant


def test_a_device_of_this_machine_is_told_by_its_default_limit_and_slices_have_no_peaks() -> None:
    capped = DeviceFacts(
        "nvidia", 0, "cuda:0", "NVIDIA H200", power_limit_watts=500.0, default_power_limit_watts=700.0, mig=False
    )
    found = peaks_of_device(capped)
    assert found is not None
    assert found.name == "H200 SXM"
    assert peaks_of_device(DeviceFacts("nvidia", 0, "cuda:0", "NVIDIA H200", mig=True)) is None


def test_every_entry_has_a_source_and_figures_that_hang_together() -> None:
    entries = known_devices()
    assert len(entries) >= 25
    for peaks in entries:
        assert peaks.source.startswith(("NVIDIA", "AMD", "Huawei", "https://")), peaks.name
        assert peaks.flops["bfloat16"] == peaks.flops["float16"]
        if "fp8" in peaks.flops:
            assert 1.99 < peaks.flops["fp8"] / peaks.flops["bfloat16"] < 2.04, peaks.name
        if "tf32" in peaks.flops:
            assert 0.48 < peaks.flops["tf32"] / peaks.flops["bfloat16"] < 0.52, peaks.name
        assert 1e11 < peaks.bytes_per_second < 1e13
        assert 2e10 <= peaks.memory_bytes < 3e11
        assert find_peaks(peaks.name) == peaks


def test_nvidias_figures_are_dense() -> None:
    found = find_peaks("NVIDIA H200")
    assert found is not None
    assert found.flops["bfloat16"] == 989.5e12
    assert found.flops["fp8"] == 1979e12
    assert (found.bytes_per_second, found.memory_bytes, found.watts) == (4.8e12, 141 * 10**9, 700)


MINE = """
devices:
  H200 SXM:
    names: [NVIDIA H200]
    teraflops: {bfloat16: 800}
    gigabytes_per_second: 4200
    gigabytes: 141
    source: measured here
  Novel 1:
    names: [NOVEL-1]
    teraflops: {float16: 100, int8: 200}
    gigabytes_per_second: 500
    gigabytes: 32
    watts: 90
    source: its data sheet
"""


def test_a_table_of_the_user_goes_first_and_the_other_stays(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text(MINE, encoding="utf-8")
    h200, novel, h100 = (find_peaks(name, overrides=path) for name in ("NVIDIA H200", "novel-1", "H100"))
    assert h200 is not None
    assert (h200.flops, h200.source) == ({"bfloat16": 800e12}, "measured here")
    assert novel is not None
    assert (novel.flops["int8"], novel.watts) == (200e12, 90)
    assert h100 is not None
    assert len(known_devices(path)) == len(known_devices()) + 1


WRONG = {
    "devices: [": "while parsing",
    "": "(top level)",
    "gpus: {}": "`devices`",
    MINE.replace("gigabytes: 32", "gigabytes: -1"): "`devices.Novel 1.gigabytes`",
    MINE.replace("source: its data sheet", "url: x"): "`devices.Novel 1.source`",
    MINE.replace("float16: 100", "fp4: 100"): "`devices.Novel 1.teraflops.fp4",
    MINE.replace("float16: 100", "float16: .inf"): "`devices.Novel 1.teraflops.float16`",
}


@pytest.mark.parametrize(("text", "words"), WRONG.items(), ids=list(WRONG.values()))
def test_a_wrong_table_is_one_message_in_both_languages(text: str, words: str, tmp_path: Path) -> None:
    path = tmp_path / "wrong.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError) as caught:
        find_peaks("NOVEL-1", overrides=path)
    for message in (caught.value.en, caught.value.zh):
        assert str(path) in message
        assert words in message
    assert "峰值表" in caught.value.zh


def test_a_table_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="absent"):
        known_devices(tmp_path / "absent.yaml")
