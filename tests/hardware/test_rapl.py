"""Processor energy: this machine's counters, and counters laid out as Linux does."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchharness.hardware.rapl import POWERCAP, PackageEnergy

SPAN = 262_143_328_850


def lay_out(root: Path, domains: dict[str, tuple[str, int]]) -> None:
    for folder, (name, energy) in domains.items():
        (root / folder).mkdir(parents=True, exist_ok=True)
        (root / folder / "name").write_text(f"{name}\n")
        (root / folder / "energy_uj").write_text(f"{energy}\n")
        (root / folder / "max_energy_range_uj").write_text(f"{SPAN}\n")


def test_on_this_machine_it_is_read_or_said_why_not() -> None:
    energy = PackageEnergy()
    energy.sample()
    energy.sample()
    assert (energy.joules is None) == (energy.refusal is not None)
    if not POWERCAP.is_dir():
        assert energy.refusal is not None
        assert str(POWERCAP) in energy.refusal.en
        assert str(POWERCAP) in energy.refusal.zh


def test_packages_are_summed_without_their_parts_and_the_platform(tmp_path: Path) -> None:
    lay_out(
        tmp_path,
        {
            "intel-rapl:0": ("package-0", 1_000_000),
            "intel-rapl:0:0": ("core", 400_000),
            "intel-rapl:1": ("package-1", 5_000_000),
            "intel-rapl:2": ("psys", 9_000_000),
            "intel-rapl-mmio:0": ("package-0", 1_000_000),
        },
    )
    energy = PackageEnergy(tmp_path)
    energy.sample()
    assert energy.joules == 0
    lay_out(tmp_path, {"intel-rapl:0": ("package-0", 3_500_000), "intel-rapl:1": ("package-1", 5_250_000)})
    energy.sample()
    assert energy.joules == pytest.approx(2.75)


@given(start=st.integers(0, SPAN - 1), moves=st.lists(st.integers(0, SPAN // 2), max_size=8))
def test_a_counter_that_wraps_loses_nothing(
    tmp_path_factory: pytest.TempPathFactory, start: int, moves: list[int]
) -> None:
    root = tmp_path_factory.mktemp("powercap")
    now = start
    lay_out(root, {"intel-rapl:0": ("package-0", now)})
    energy = PackageEnergy(root)
    energy.sample()
    for move in moves:
        now = (now + move) % SPAN
        lay_out(root, {"intel-rapl:0": ("package-0", now)})
        energy.sample()
    assert energy.joules == pytest.approx(sum(moves) / 1e6)


def test_a_counter_for_root_only_is_said_with_the_command_that_opens_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lay_out(tmp_path, {"intel-rapl:0": ("package-0", 1)})

    def refuse(path: Path) -> str:
        if path.name == "energy_uj":
            raise PermissionError(13, "Permission denied", str(path))
        return path.read_text().strip()

    monkeypatch.setattr("benchharness.hardware.rapl._read", refuse)
    energy = PackageEnergy(tmp_path)
    energy.sample()
    energy.sample()
    assert energy.joules is None
    assert energy.refusal is not None
    assert "sudo chmod a+r" in energy.refusal.en
    assert "sudo chmod a+r" in energy.refusal.zh


def test_a_counter_that_vanishes_or_is_no_number_ends_the_figure(tmp_path: Path) -> None:
    lay_out(tmp_path, {"intel-rapl:0": ("package-0", 1)})
    energy = PackageEnergy(tmp_path)
    energy.sample()
    (tmp_path / "intel-rapl:0" / "energy_uj").unlink()
    energy.sample()
    assert energy.joules is None
    lay_out(tmp_path, {"intel-rapl:0": ("package-0", 1)})
    (tmp_path / "intel-rapl:0" / "max_energy_range_uj").write_text("many")
    assert PackageEnergy(tmp_path).refusal is not None
