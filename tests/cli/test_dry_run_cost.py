"""What a dry run says of cost, and what a run refuses before it loads a model."""

import json
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from rich.cells import cell_len
from tokenizers import Tokenizer, models, pre_tokenizers

from benchharness.hardware.environment import processor

if TYPE_CHECKING:
    from tests.cli.conftest import Desk

ASK = ("run", "--model", "./model", "--tasks", "colours.yaml", "--device", "cpu")
SHAPE = {"hidden_size": 8, "intermediate_size": 8, "num_hidden_layers": 1, "num_attention_heads": 1}
GIB = 2**30

MakeModel = Callable[..., Path]


@pytest.fixture
def make_model(desk: "Desk", monkeypatch: pytest.MonkeyPatch) -> MakeModel:
    """Writes a model without weights: whatever loads them fails, and whatever is checked before does not."""
    monkeypatch.setenv("COLUMNS", "80")

    def make(**changes: Any) -> Path:
        directory = desk.root / "model"
        directory.mkdir(exist_ok=True)
        config = {"model_type": "llama", "architectures": ["LlamaForCausalLM"], "vocab_size": 300, **SHAPE, **changes}
        (directory / "config.json").write_text(json.dumps(config))
        alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
        tokenizer = Tokenizer(models.BPE(vocab={letter: number for number, letter in enumerate(alphabet)}, merges=[]))
        tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
        tokenizer.save(str(directory / "tokenizer.json"))
        (directory / "tokenizer_config.json").write_text(json.dumps({"tokenizer_class": "PreTrainedTokenizerFast"}))
        return directory

    return make


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_dry_run_shows_memory_by_length_and_needs_no_weights(
    desk: "Desk", make_model: MakeModel, language: str
) -> None:
    make_model()
    result = desk.command(*ASK, "--dry-run", language=language)
    assert result.code == 0
    assert "≤ " in result.out
    # Two heads of eight numbers in fp32 for each token.
    assert "64 B" in result.out
    assert ("room for one request of" if language == "en" else "单个请求连同回答最长") in result.out
    assert all(cell_len(line.rstrip()) <= 80 for line in result.out.splitlines())
    cost = desk.command(*ASK, "--dry-run", "--json", language=language).json["cost"]
    assert cost["model"]["cache_bytes_per_token"] == 64
    assert cost["machine"]["device"] == processor()
    assert cost["total"]["fits"] is True
    assert cost["total"]["cache_bytes"] == 64 * cost["total"]["largest"]
    assert sum(row["items"] for row in cost["lengths"]) == cost["total"]["items"] == 16


@pytest.mark.parametrize("language", ["en", "zh"])
def test_of_a_student_in_a_file_nothing_is_known_and_it_says_so(desk: "Desk", language: str) -> None:
    result = desk.ask("--dry-run", language=language)
    assert result.code == 0
    assert ("Memory and time are unknown" if language == "en" else "无法估计显存与时间") in result.out
    assert desk.ask("--dry-run", "--json").json["cost"]["machine"] is None


def test_a_shape_that_is_not_understood_is_no_obstacle(desk: "Desk", make_model: MakeModel) -> None:
    make_model(model_type="mamba", architectures=["MambaForCausalLM"])
    result = desk.command(*ASK, "--dry-run")
    assert result.code == 0
    assert "Memory and time are unknown: models of type mamba" in result.out


@pytest.mark.parametrize("language", ["en", "zh"])
def test_weights_that_no_machine_holds_are_refused_before_they_are_read(
    desk: "Desk", make_model: MakeModel, language: str
) -> None:
    make_model(hidden_size=1_000_000, intermediate_size=1_000_000, num_hidden_layers=50)
    for flags in ((), ("--dry-run",)):
        result = desk.command(*ASK, *flags, "--output", "o", language=language)
        assert result.code == 2
        assert ("the weights alone take more" if language == "en" else "仅权重就已超出") in result.err
        assert not (desk.root / "o").exists()


def test_what_does_not_fit_is_refused_with_the_largest_length_that_does(
    desk: "Desk", make_model: MakeModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Beside the test above on this machine's own memory: one whose size is known.
    monkeypatch.setattr("psutil.virtual_memory", lambda: SimpleNamespace(available=2 * GIB))
    make_model(head_dim=4_000_000, hidden_size=2, max_position_embeddings=4096)
    planned = desk.command(*ASK, "--dry-run")
    assert planned.code == 2
    assert " NO" in planned.out
    refused = desk.command(*ASK, "--output", "o")
    assert refused.code == 2
    assert refused.err == planned.err
    for words in ("colours: item", "This machine has 2.0 GiB of memory free.", "The largest length that fits is "):
        assert words in " ".join(refused.err.split())
    assert "--dtype bfloat16 makes room for" in " ".join(refused.err.split())
    assert not (desk.root / "o").exists()
    document = desk.command(*ASK, "--dry-run", "--json")
    assert document.code == 2
    assert document.json["cost"]["total"]["fits"] is False
    # In 2048 MiB less 122 MiB of weights: keys and values of 30.5 MiB and activations of 15.3 MiB a token.
    assert document.json["cost"]["longest_that_fits"] == 42


@pytest.mark.parametrize("language", ["en", "zh"])
def test_lengths_beyond_the_window_are_named_with_what_stretches_it(
    desk: "Desk", make_model: MakeModel, language: str
) -> None:
    make_model(max_position_embeddings=48)
    result = desk.command(*ASK, "--dry-run", language=language)
    assert result.code == 0
    assert "--option rope_scaling=yarn:" in result.out
    assert ("the model's window is 48 tokens" if language == "en" else "模型窗口为 48 个词元") in result.out
    cost = desk.command(*ASK, "--dry-run", "--json").json["cost"]
    assert cost["window"] == 48
    assert cost["longest_beyond_window"] > 48
