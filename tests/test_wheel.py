"""The built wheel, installed elsewhere, does the main job with the files that travel in it."""

import json
import subprocess
import sys
import sysconfig
import venv
from collections.abc import Sequence
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


def run(command: Sequence[object], cwd: Path) -> str:
    done = subprocess.run([str(part) for part in command], cwd=cwd, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An environment that has the wheel, and borrows the packages it needs from this one."""
    home = tmp_path_factory.mktemp("elsewhere")
    build = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", home / "dist", ROOT]
    run(build, home)
    wheel = next((home / "dist").glob("*.whl"))
    venv.create(home / "venv", with_pip=False)
    python = home / "venv" / "bin" / "python"
    run([sys.executable, "-m", "pip", "--python", python, "install", "--no-deps", "--no-index", wheel], home)
    packages = next((home / "venv" / "lib").glob("python*/site-packages"))
    # A path file adds a directory, but does not follow the path files in it: not the editable install of this one.
    (packages / "borrowed.pth").write_text(sysconfig.get_path("purelib") + "\n", encoding="utf-8")
    return home


def test_the_wheel_carries_tasks_models_and_boards(installed: Path) -> None:
    command = "import benchharness.resources as r; print(r.data_directory())"
    data = Path(run([installed / "venv" / "bin" / "python", "-c", command], installed).strip())
    assert data.is_relative_to(installed)
    assert (data / "tasks" / "smoke" / "arithmetic.jsonl").read_bytes() == (
        ROOT / "tasks" / "smoke" / "arithmetic.jsonl"
    ).read_bytes()
    assert (data / "models.yaml").read_bytes() == (ROOT / "models.yaml").read_bytes()
    assert {path.name for path in (data / "results" / "boards").iterdir()} == {
        path.name for path in (ROOT / "results" / "boards").iterdir()
    }


def test_the_wheel_runs_the_smoke_suite(installed: Path, smollm2: Path) -> None:
    command = installed / "venv" / "bin" / "benchharness"
    listed = json.loads(run([command, "tasks", "list", "--json"], installed))
    assert {"arithmetic", "knowledge", "completion", "mgsm"} <= {task["name"] for task in listed["tasks"]}
    arguments = ["--model", smollm2, "--suite", "smoke", "--limit", "1", "--output", "run", "--json"]
    summary = json.loads(run([command, "run", *arguments], installed))
    assert {(row["task"], row["language"]) for row in summary["tasks"]} == {
        (task, language) for task in ("arithmetic", "knowledge", "completion") for language in ("zh", "en")
    }
    assert all(row["pairs"] == 1 for row in summary["pairs"])
    assert (installed / "run" / "samples.parquet").is_file()


def test_the_wheel_has_every_item_of_the_superclue_suite(installed: Path) -> None:
    """Generators and their wording, written items, sandbox and scorers: a suite of which a file is missing fails."""
    command = installed / "venv" / "bin" / "benchharness"
    checked = json.loads(run([command, "tasks", "validate", "--suite", "superclue", "--json"], installed))
    assert {report["task"]: report["problems"] for report in checked} == {report["task"]: [] for report in checked}
    assert len(checked) == 16
