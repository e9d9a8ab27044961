"""The command line of a server, from the model and from what the user said; what is wrong is said at once."""

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.backends.servers.conftest import write_command

from benchharness.backends.base import BackendOptions
from benchharness.backends.servers import make_server
from benchharness.backends.servers.managed import ManagedServer
from benchharness.errors import InputError, MissingDependencyError
from benchharness.registry.models import ModelReference


@pytest.fixture
def build(model: ModelReference, command: Path) -> Callable[..., ManagedServer]:
    """Makes a server that is not started; the first argument holds what stands after ``serve.``."""

    def one(serve: dict[str, str] | None = None, *, name: str = "vllm", **options: object) -> ManagedServer:
        extra = {"serve.executable": str(command), **{f"serve.{key}": value for key, value in (serve or {}).items()}}
        return make_server(name, model, BackendOptions(extra=extra, **options))  # type: ignore[arg-type]

    return one


Build = Callable[..., ManagedServer]


def words(server: ManagedServer) -> list[str]:
    return list(server._launch.command)


def test_everything_that_moves_a_result_is_said(build: Build, model: ModelReference, command: Path) -> None:
    assert words(build()) == [
        str(command),
        *("serve", str(model.directory), "--served-model-name", "tiny", "--host", "127.0.0.1", "--dtype", "bfloat16"),
        *("--generation-config", "vllm", "--enable-prompt-tokens-details", "--disable-uvicorn-access-log"),
        "--enable-prefix-caching",
    ]


def test_options_are_passed_on(build: Build) -> None:
    server = build(
        {
            "tensor-parallel-size": "2",
            "gpu_memory_utilization": "0.5",
            "enforce_eager": "1",
            "enable_chunked_prefill": "false",
            "quantization": "fp8",
            "hf_overrides": '{"a": true}',
            "max_model_len": "512",
        },
        prefix_reuse=False,
        trust_remote_code=True,
    )
    assert words(server)[-8:] == [
        "--trust-remote-code",
        "--no-enable-chunked-prefill",
        "--enforce-eager",
        "--gpu-memory-utilization=0.5",
        '--hf-overrides={"a": true}',
        "--max-model-len=512",
        "--quantization=fp8",
        "--tensor-parallel-size=2",
    ]
    assert "--no-enable-prefix-caching" in words(server)
    assert server.settings["prefix_reuse"] == "off"
    assert server.settings["enforce_eager"] == "on"
    assert server.context_length == 512
    assert "gpu_memory_utilization" not in server.numerics
    assert server.numerics["tensor_parallel_size"] == "2"
    assert server.numerics["quantization"] == "fp8"


@pytest.mark.parametrize(
    ("name", "value", "en", "zh"),
    [
        ("max_num_seqs", "many", "expected a whole number of at least 1", "应为不小于 1 的整数"),
        ("tensor_parallel_size", "0", "expected a whole number of at least 1", "应为不小于 1 的整数"),
        ("port", "70000", "expected a whole number from 1 to 65535", "应为 1 到 65535 的整数"),
        ("gpu_memory_utilization", "1.5", "expected a number above 0, of at most 1", "应为大于 0 且不超过 1 的数"),
        ("gpu_memory_utilization", "most", "expected a number above 0, of at most 1", "应为大于 0 且不超过 1 的数"),
        ("start_seconds", "-1", "expected a number of seconds above 0", "应为大于 0 的秒数"),
        ("start_seconds", "nan", "expected a number of seconds above 0", "应为大于 0 的秒数"),
        ("enforce_eager", "perhaps", "expected on or off", "应为 on 或 off"),
        ("dtype", "float16", "use --dtype instead", "请改用 --dtype"),
        ("enable_prefix_caching", "on", "use --no-prefix-reuse instead", "请改用 --no-prefix-reuse"),
        ("api_key", "secret", "benchharness decides that itself", "该项由 benchharness 决定"),
        ("Max Len", "1", "that is no name of an option", "不是有效的选项名"),
    ],
)
def test_wrong_options(build: Build, monkeypatch: pytest.MonkeyPatch, name: str, value: str, en: str, zh: str) -> None:
    for language, expected in (("en", en), ("zh", zh)):
        monkeypatch.setenv("BENCHHARNESS_LANGUAGE", language)
        with pytest.raises(InputError, match=f"--option serve.{name}=") as caught:
            build({name: value})
        assert expected in str(caught.value)


@pytest.mark.parametrize(("language", "there_are"), [("en", "Did you mean vllm?"), ("zh", "您要找的是不是 vllm？")])
def test_unknown_server(build: Build, monkeypatch: pytest.MonkeyPatch, language: str, there_are: str) -> None:
    monkeypatch.setenv("BENCHHARNESS_LANGUAGE", language)
    with pytest.raises(InputError) as caught:
        build(name="vlm")
    assert there_are in str(caught.value)
    assert "--base-url" in str(caught.value)


@pytest.mark.parametrize(
    ("device", "visible", "expected"),
    [
        ("auto", None, None),
        ("cuda", "2,3", None),
        ("cpu", "2,3", ""),
        ("cuda:1", None, "1"),
        ("cuda:1", "2,3", "3"),
        ("cuda:0", "GPU-1, GPU-2", "GPU-1"),
    ],
)
def test_a_device_is_the_only_one_it_sees(
    build: Build, monkeypatch: pytest.MonkeyPatch, device: str, visible: str | None, expected: str | None
) -> None:
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)
    if visible is not None:
        monkeypatch.setenv("CUDA_VISIBLE_DEVICES", visible)
    assert build(device=device)._launch.environment.get("CUDA_VISIBLE_DEVICES") == expected


@pytest.mark.parametrize(
    ("serve", "device", "en", "zh"),
    [
        ({}, "balanced", "auto, cpu, cuda or cuda:N", "auto、cpu、cuda 或 cuda:N"),
        ({}, "npu:0", "auto, cpu, cuda or cuda:N", "auto、cpu、cuda 或 cuda:N"),
        ({}, "cuda:2", "which leaves 2", "仅有 2 张 GPU 可见"),
        ({"tensor_parallel_size": "4"}, "cuda:1", "spread over 4", "需要 4 张"),
    ],
)
def test_wrong_devices(
    build: Build, monkeypatch: pytest.MonkeyPatch, serve: dict[str, str], device: str, en: str, zh: str
) -> None:
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "0,1")
    for language, expected in (("en", en), ("zh", zh)):
        monkeypatch.setenv("BENCHHARNESS_LANGUAGE", language)
        with pytest.raises(InputError) as caught:
            build(serve, device=device)
        assert expected in str(caught.value)


@pytest.mark.parametrize(
    ("config", "dtype", "device", "expected"),
    [
        ({"dtype": "bfloat16"}, "auto", "auto", "bfloat16"),
        ({"text_config": {"torch_dtype": "float16"}}, "auto", "auto", "float16"),
        ({"dtype": "bfloat16"}, "auto", "cpu", "float32"),
        ({"dtype": "bfloat16"}, "float32", "auto", "float32"),
        ({"dtype": "float64"}, "auto", "auto", "auto"),
        ({}, "auto", "auto", "auto"),
    ],
)
def test_the_type_is_that_of_the_weights(
    build: Build, model: ModelReference, config: dict[str, object], dtype: str, device: str, expected: str
) -> None:
    assert model.directory is not None
    (model.directory / "config.json").write_text(json.dumps(config))
    server = build(dtype=dtype, device=device)
    assert words(server)[words(server).index("--dtype") + 1] == server.settings["dtype"] == expected


def test_wrong_type_and_batch_tokens(build: Build) -> None:
    with pytest.raises(InputError, match="--dtype int3"):
        build(dtype="int3")
    with pytest.raises(InputError, match="--batch-tokens 100"):
        build(batch_tokens=100)


def test_variables_that_configure_it_are_recorded(build: Build, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VLLM_BATCH_INVARIANT", "1")
    monkeypatch.setenv("VLLM_CACHE_ROOT", "/home/me/cache")
    monkeypatch.setenv("VLLM_API_KEY", "mine")
    monkeypatch.setenv("VLLM_CPU_KVCACHE_SPACE", "2")
    server = build()
    assert server.numerics["VLLM_BATCH_INVARIANT"] == "1"
    assert server.settings["VLLM_CACHE_ROOT"] == "cache"
    assert server.settings["VLLM_CPU_KVCACHE_SPACE"] == "2"
    assert "VLLM_CPU_KVCACHE_SPACE" not in server.numerics
    assert "mine" not in repr(server.settings)
    assert server._launch.environment["VLLM_API_KEY"] == server.api_key


def test_what_a_path_leads_to_is_recorded_not_where_it_lies(build: Build, tmp_path: Path) -> None:
    recorded = []
    for folder in ("a", "b", "c"):
        adapter = tmp_path / folder / "adapter"
        adapter.mkdir(parents=True)
        (adapter / "weights.safetensors").write_bytes(b"\x02\0\0\0\0\0\0\0{}" + folder.replace("b", "a").encode())
        recorded.append(build({"speculative_model": str(adapter), "lora_modules": f"x={adapter}"}).settings)
    assert recorded[0] == recorded[1]
    assert recorded[0]["speculative_model"] != recorded[2]["speculative_model"]
    assert recorded[0]["lora_modules"] == "x=adapter"
    assert build({"draft": "Qwen/Qwen3-0.6B"}).settings["draft"] == "Qwen/Qwen3-0.6B"


def test_a_python_interpreter_runs_it_as_a_module(
    model: ModelReference, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    python = tmp_path / "python3.11"
    python.write_text("#!/bin/sh\necho 0.33.1\n")
    python.chmod(0o755)
    monkeypatch.setenv("BENCHHARNESS_VLLM", str(python))
    server = make_server("vllm", model, BackendOptions())
    assert words(server)[:4] == [str(python), "-m", "vllm.entrypoints.openai.api_server", "--model"]
    assert server.settings["server_version"] == "0.33.1"
    python.write_text("#!/bin/sh\nexit 1\n")
    with pytest.raises(InputError, match="this Python has no vllm"):
        make_server("vllm", model, BackendOptions())


def test_the_command_is_found_on_the_path(
    model: ModelReference, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("BENCHHARNESS_SGLANG", raising=False)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    with pytest.raises(MissingDependencyError, match="there is no command sglang"):
        make_server("sglang", model, BackendOptions())
    command = write_command(tmp_path / "sglang")
    server = make_server("sglang", model, BackendOptions(prefix_reuse=False, extra={"serve.tp_size": "2"}))
    assert words(server)[:4] == [str(command), "serve", "--model-path", str(model.directory)]
    assert words(server)[-2:] == ["--disable-radix-cache", "--tp-size=2"]
    assert server.api_key not in server._launch.environment.values()


def test_wrong_commands(build: Build, model: ModelReference, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(InputError, match=r"serve\.executable=/nowhere: there is no such program"):
        build({"executable": "/nowhere"})
    old = tmp_path / "old"
    old.write_text("#!/bin/sh\necho 'INFO 01-02 0.8 ready'\necho 0.11.0\n")
    old.chmod(0o755)
    with pytest.raises(InputError, match=r"vllm 0\.11\.0 is too old; 0\.24 or later is needed"):
        build({"executable": str(old)})
    old.write_text("#!/bin/sh\necho hello\n")
    with pytest.raises(InputError, match="tells no version"):
        build({"executable": str(old)})
    monkeypatch.setenv("BENCHHARNESS_VLLM", str(tmp_path / "gone"))
    with pytest.raises(InputError, match=r"BENCHHARNESS_VLLM=.*gone: there is no such program"):
        make_server("vllm", model, BackendOptions())
