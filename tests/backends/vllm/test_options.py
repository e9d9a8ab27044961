"""What ``--option`` may say: read, pinned, refused with the nearest name, and told in the facts."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchharness.backends.base import BackendOptions
from benchharness.backends.vllm.options import OPTIONS, read_options
from benchharness.backends.vllm.settings import GIB, Settings, read_settings
from benchharness.errors import InputError


def settings(device: str = "cuda", batch_tokens: int | None = None, **extra: str) -> Settings:
    options = BackendOptions(batch_tokens=batch_tokens, extra=extra)
    return read_settings(options, device=device, dtype="bfloat16")


def test_an_option_is_known_by_its_nearest_name() -> None:
    with pytest.raises(InputError) as raised:
        read_options({"tensor_paralel_size": "2"})
    assert "tensor_parallel_size" in raised.value.en.partition("There are")[0]
    assert "您要找的是不是 tensor_parallel_size" in raised.value.zh


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("tensor_parallel_size", "0"),
        ("tensor_parallel_size", "two"),
        ("gpu_memory_utilization", "1.5"),
        ("gpu_memory_utilization", "nan"),
        ("kv_cache_gib", "-1"),
        ("kv_cache_gib", "inf"),
        ("enforce_eager", "perhaps"),
        ("choose", "quick"),
        ("timing", ""),
        ("quantization", " "),
        ("thinking_token_budget", "-1"),
    ],
)
def test_a_wrong_value_is_one_message_in_both_languages(name: str, value: str) -> None:
    with pytest.raises(InputError) as raised:
        read_options({name: value})
    assert f"--option {name}={value}: expected" in raised.value.en
    assert f"--option {name}={value}：应为" in raised.value.zh


@given(st.sampled_from(sorted(OPTIONS)), st.text(max_size=12))
def test_any_text_is_read_or_refused(name: str, text: str) -> None:
    try:
        values = read_options({name: text})
    except InputError as error:
        message = error.en
    else:
        assert set(values) == {name}
        return
    assert name in message


def test_what_is_not_said_is_pinned_by_the_type_of_device() -> None:
    gpu, cpu = settings(), settings("cpu")
    assert gpu.arguments()["max_num_batched_tokens"] == 16384
    assert not gpu.arguments()["enforce_eager"]
    assert gpu.arguments()["kv_cache_memory_bytes"] is None
    assert cpu.arguments()["enforce_eager"]
    assert cpu.arguments()["kv_cache_memory_bytes"] == 4 * GIB
    assert gpu.arguments()["disable_log_stats"] is False


def test_bits_and_speed_are_told_apart() -> None:
    plain = settings()
    exact = settings(batch_invariant="on", kv_cache_dtype="fp8", tensor_parallel_size="2", choose="reference")
    fast = settings(max_num_seqs="8", gpu_memory_utilization="0.5", pipeline_parallel_size="2", timing="tokens")
    assert plain.numerics(None) == fast.numerics(None)
    assert plain.engine() == exact.engine()
    assert plain.numerics(None) != exact.numerics(None)
    assert plain.engine() != fast.engine()
    assert exact.environment()["VLLM_BATCH_INVARIANT"] == "1"
    assert plain.environment()["VLLM_BATCH_INVARIANT"] == "0"
    assert plain.numerics("awq")["quantization"] == "awq"
    assert settings(quantization="fp8").numerics("awq")["quantization"] == "fp8"


def test_what_the_environment_changes_is_recorded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VLLM_USE_V2_MODEL_RUNNER", "0")
    monkeypatch.setenv("VLLM_CPU_OMP_THREADS_BIND", "0-3")
    assert settings().numerics(None)["VLLM_USE_V2_MODEL_RUNNER"] == "0"
    assert settings().engine()["VLLM_CPU_OMP_THREADS_BIND"] == "0-3"


def test_the_tokens_of_a_step_are_said_once_and_hold_its_sequences() -> None:
    assert settings(batch_tokens=2048).max_num_batched_tokens == 2048
    assert settings(batch_tokens=2048, max_num_batched_tokens="2048").max_num_batched_tokens == 2048
    with pytest.raises(InputError, match="--batch-tokens"):
        settings(batch_tokens=2048, max_num_batched_tokens="4096")
    with pytest.raises(InputError, match="max_num_seqs"):
        settings(batch_tokens=100)


def test_a_directory_may_begin_at_home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    assert settings(lora="~/adapter").lora == tmp_path / "adapter"
