import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol

import datasets
import pyarrow
import pyarrow.parquet
import pytest

from benchharness.records import Language
from benchharness.registry.catalogue import TaskFile
from benchharness.tasks.sources import read_rows

MakeTask = Callable[..., TaskFile]


class Hub(Protocol):
    """What these tests see of the hub on the loopback interface (conftest.py)."""

    endpoint: str
    files: dict[str, bytes]
    asked: list[str]


ASK = """
import json, sys
from pathlib import Path
from benchharness.errors import BenchharnessError
from benchharness.records import Language
from benchharness.registry.catalogue import read_task
from benchharness.tasks.sources import read_rows
try:
    rows = read_rows(read_task(Path(sys.argv[1])), Language(sys.argv[2]), None, None, split=sys.argv[3])
    print(json.dumps(rows))
except BenchharnessError as error:
    print(json.dumps({"error": type(error).__name__, "en": error.en, "zh": error.zh}))
"""


def ask(file: TaskFile, endpoint: str, home: Path, language: str = "zh", split: str = "test", **more: str) -> Any:
    """Read rows in a process of its own, since `huggingface_hub` reads its settings when it is imported."""
    dropped = ("proxy", "hf_", "transformers_offline")
    kept = {name: value for name, value in os.environ.items() if not any(part in name.lower() for part in dropped)}
    environment = {**kept, "HF_ENDPOINT": endpoint, "HF_HOME": str(home), **more}
    command = [sys.executable, "-c", ASK, str(file.path), language, split]
    done = subprocess.run(command, env=environment, cwd=home.parent, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.fixture
def file(make_task: MakeTask) -> TaskFile:
    return make_task(source={"kind": "hub", "dataset": "acme/tiny", "config": "{{ language }}"})


def test_rows_come_from_a_hub_and_then_from_its_cache(file: TaskFile, hub: Hub, tmp_path: Path) -> None:
    home = tmp_path / "home"
    rows = [{"question": "一加一等于几？", "answer": 2}, {"question": "二加三等于几？", "answer": 5}]
    assert ask(file, hub.endpoint, home) == rows
    assert any(line.endswith("/zh/test.jsonl") for line in hub.asked)
    hub.asked.clear()
    assert ask(file, hub.endpoint, home, HF_HUB_OFFLINE="1") == rows
    assert hub.asked == []
    other = ask(file, hub.endpoint, home, language="en", HF_HUB_OFFLINE="1")
    assert other["error"] == "OfflineError", "the configuration exists, but only the other one is in the cache"


def test_a_split_and_a_dataset_that_a_hub_lacks_are_told_apart(
    file: TaskFile, hub: Hub, tmp_path: Path, make_task: MakeTask
) -> None:
    split = ask(file, hub.endpoint, tmp_path / "home", split="dev")
    assert split["error"] == "InputError"
    assert "acme/tiny (zh) has no such configuration or split" in split["en"]
    assert "dev" in split["en"]
    dataset = ask(make_task(source={"kind": "hub", "dataset": "acme/none"}), hub.endpoint, tmp_path / "home")
    assert dataset["error"] == "OfflineError"
    assert "acme/none" in dataset["en"]


def test_a_dataset_made_by_a_script_is_read_from_the_parquet_files_the_hub_made_of_it(
    file: TaskFile, hub: Hub, tmp_path: Path
) -> None:
    rows = [{"question": "三加四等于几？", "answer": 7}]
    pyarrow.parquet.write_table(pyarrow.Table.from_pylist(rows), tmp_path / "0000.parquet")
    hub.files["tiny.py"] = b"raise SystemExit('nobody runs this')"
    hub.files["zh/test/0000.parquet"] = (tmp_path / "0000.parquet").read_bytes()
    assert ask(file, hub.endpoint, tmp_path / "home") == rows


@pytest.mark.parametrize("settings", [{}, {"HF_HUB_OFFLINE": "1"}])
def test_without_a_hub_the_error_names_the_ways_out(settings: dict[str, str], file: TaskFile, tmp_path: Path) -> None:
    error = ask(file, "http://127.0.0.1:9", tmp_path / "home", **settings)
    assert error["error"] == "OfflineError"
    for message in (error["en"], error["zh"]):
        for part in ("acme/tiny (zh)", "'test'", "http://127.0.0.1:9", "HF_ENDPOINT", "--data-root DIR"):
            assert part in message
        assert "DIR/acme/tiny/zh/test.jsonl" in message
    assert error["zh"].startswith("无法从")


def test_datasets_itself_and_the_mirror_give_the_same_rows(file: TaskFile, tmp_path: Path) -> None:
    folder = tmp_path / "data" / "acme" / "tiny" / "zh"
    folder.mkdir(parents=True)
    (folder / "test.jsonl").write_text('{"question": "几？", "answer": 2}\n', encoding="utf-8")
    files = {"test": str(folder / "test.jsonl")}
    published = datasets.load_dataset("json", data_files=files, split="test", cache_dir=str(tmp_path / "cache"))
    assert read_rows(file, Language.ZH, None, tmp_path / "data") == list(published)
