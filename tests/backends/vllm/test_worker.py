"""What runs in vLLM's processes: memory by what it is for, and the end of a process whose owner is gone."""

import subprocess
import sys
import time
from types import SimpleNamespace

import psutil
import torch

from benchharness.backends.vllm.worker import WorkerExtension


def test_weights_that_are_shared_and_caches_that_lie_together_count_once() -> None:
    model = torch.nn.Sequential(torch.nn.Linear(8, 4, bias=False), torch.nn.Linear(8, 4, bias=False))
    model[1].weight = model[0].weight
    piece = torch.zeros(100, dtype=torch.int8)
    extension = WorkerExtension()
    extension.model_runner = SimpleNamespace(model=model, kv_caches=[piece[:40], [piece[40:], torch.zeros(3)]])
    assert extension.benchharness_memory() == {"weights": 8 * 4 * 4, "cache": 112}
    extension.model_runner = SimpleNamespace(model=model, kv_caches={"layer": piece})
    assert extension.benchharness_memory()["cache"] == 100
    extension.model_runner = SimpleNamespace(model=model)
    assert extension.benchharness_memory() == {"weights": 8 * 4 * 4}


CORE = """
import subprocess, sys, time
subprocess.Popen([sys.executable, "-c", sys.argv[1], sys.argv[2]])
time.sleep(60)
"""
WORKER = """
import sys, time
from benchharness.backends.vllm.worker import WorkerExtension
WorkerExtension().benchharness_end_with(int(sys.argv[1]))
print("ready", flush=True)
time.sleep(60)
"""


def test_engine_and_worker_end_when_their_owner_is_killed() -> None:
    owner = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    core = subprocess.Popen([sys.executable, "-c", CORE, WORKER, str(owner.pid)], stdout=subprocess.PIPE, text=True)
    try:
        assert core.stdout is not None
        assert core.stdout.readline() == "ready\n"
        (worker,) = psutil.Process(core.pid).children()
        time.sleep(1.5)
        assert worker.is_running()
        owner.kill()
        owner.wait()
        assert core.wait(timeout=20) == -9
        worker.wait(timeout=20)
    finally:
        for process in (owner, core):
            process.kill()
            process.wait()
