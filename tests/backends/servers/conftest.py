"""What tests of managed servers share: a model of empty files, and a command that stands for vLLM's."""

import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeAlias

import psutil
import pytest

from benchharness.backends.base import BackendOptions
from benchharness.backends.servers import ManagedServer, make_server
from benchharness.registry.models import ModelReference, ModelSpec

Make: TypeAlias = Callable[..., ManagedServer]


def write_command(path: Path) -> Path:
    """Write a command that runs the server of ``fake_server.py``."""
    program = Path(__file__).with_name("fake_server.py")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f'#!/bin/sh\nexec "{sys.executable}" "{program}" "$@"\n')
    path.chmod(0o755)
    return path


def gone(pids: tuple[int, ...]) -> bool:
    """Wait until none of these processes runs; return whether that came about."""
    processes = [psutil.Process(pid) for pid in pids if psutil.pid_exists(pid)]
    return not [one for one in psutil.wait_procs(processes, timeout=10)[1] if one.status() != psutil.STATUS_ZOMBIE]


@pytest.fixture
def model(tmp_path: Path) -> ModelReference:
    directory = tmp_path / "tiny model"
    directory.mkdir()
    (directory / "config.json").write_text('{"torch_dtype": "bfloat16"}')
    (directory / "model.safetensors").write_bytes(b"\x02\0\0\0\0\0\0\0{}")
    return ModelReference(spec=ModelSpec(name="tiny"), directory=directory)


@pytest.fixture
def command(tmp_path: Path) -> Path:
    return write_command(tmp_path / "bin" / "vllm")


@pytest.fixture
def make(model: ModelReference, command: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Make]:
    """Makes a server; ``fake_late="1"`` stands for ``--option serve.fake_late=1``. All are stopped at the end."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    made: list[ManagedServer] = []

    def one(**arguments: str) -> ManagedServer:
        extra = {"serve.executable": str(command), **{f"serve.{name}": value for name, value in arguments.items()}}
        made.append(make_server("vllm", model, BackendOptions(extra=extra)))
        return made[-1]

    yield one
    for server in made:
        server.stop()
