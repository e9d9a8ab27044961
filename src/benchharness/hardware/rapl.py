"""Energy of the processor packages, from the counters that Linux shows (RAPL)."""

from pathlib import Path

from benchharness.hardware.nvml import Refusal

POWERCAP = Path("/sys/class/powercap")


class PackageEnergy:
    """Joules of all processor packages of the machine since the first sample.

    Counters count microjoules and wrap at ``max_energy_range_uj``, so samples must come more often than once in a
    wrap, which takes minutes. (Linux, Documentation/power/powercap/powercap.rst.)

    Attributes:
        refusal: why there is no figure; ``None`` if there is.
    """

    def __init__(self, root: Path = POWERCAP) -> None:
        self.refusal: Refusal | None = None
        self._ranges: dict[Path, int] = {}
        self._last: dict[Path, int] = {}
        self._microjoules = 0
        try:
            self._ranges = {folder: int(_read(folder / "max_energy_range_uj")) for folder in _packages(root)}
        except (OSError, ValueError) as error:
            self._refuse(error)
        if not self._ranges and self.refusal is None:
            self.refusal = Refusal(
                f"no RAPL counter of a processor package is under {root}, as in most virtual machines",
                f"{root} 下没有处理器的 RAPL 计数器（虚拟机中通常如此）",
            )

    def sample(self) -> None:
        """Read the counters. One that fails ends the figure."""
        if self.refusal is not None:
            return
        try:
            for folder, span in self._ranges.items():
                now = int(_read(folder / "energy_uj"))
                moved = now - self._last.get(folder, now)
                self._microjoules += moved if moved >= 0 else moved + span
                self._last[folder] = now
        except (OSError, ValueError) as error:
            self._refuse(error)

    @property
    def joules(self) -> float | None:
        """Energy since the first sample; ``None`` where it cannot be read."""
        return None if self.refusal is not None else self._microjoules / 1e6

    def _refuse(self, error: Exception) -> None:
        if isinstance(error, PermissionError):
            self.refusal = Refusal(
                "only root may read the RAPL counters; `sudo chmod a+r /sys/class/powercap/intel-rapl:*/energy_uj` "
                "lets all users read them until the next start",
                "只有 root 能读取 RAPL 计数器；执行 `sudo chmod a+r /sys/class/powercap/intel-rapl:*/energy_uj` "
                "后所有用户均可读取，重启后失效",
            )
        else:
            self.refusal = Refusal(f"a RAPL counter cannot be read: {error}", f"无法读取 RAPL 计数器：{error}")


def _packages(root: Path) -> list[Path]:
    """Return the folders of whole packages: not their parts, and not the platform, which holds them again."""
    folders = sorted(folder for folder in root.glob("intel-rapl:*") if folder.name.count(":") == 1)
    return [folder for folder in folders if _read(folder / "name").startswith("package")]


def _read(path: Path) -> str:
    return path.read_text(encoding="ascii").strip()
