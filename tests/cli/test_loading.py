"""What is loaded when: nothing heavy for help, no model's library before names, options and files are checked."""

import json
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from tokenizers import Tokenizer, models, pre_tokenizers

if TYPE_CHECKING:
    from tests.cli.conftest import Desk

LIGHT = ["--help", "run --help", "tasks --help", "--version", "run --modl x", "models list", "tasks list", "rum"]

# A registered model and the backend that runs it: nothing here needs torch to be found wrong.
REAL = "run --model smollm2-135m-instruct"
WRONG = [
    f"{REAL} --tasks nothing",
    f"{REAL} --suite nothing",
    f"{REAL} --suite smoke --protocol nothing",
    f"{REAL} --suite smoke --backend nothing",
    f"{REAL} --suite smoke --languages fr",
    f"{REAL} --suite smoke --limit 0",
    f"{REAL} --suite smoke --output rows.jsonl",
    f"{REAL} --tasks mgsm --data-root nowhere",
    f"{REAL} --tasks broken.yaml",
    "run --model nothing --suite smoke",
    "score nothing",
    "show nothing",
]


def test_importing_benchharness_loads_nothing_heavy() -> None:
    program = "import json, sys, benchharness; print(json.dumps(sorted(sys.modules)))"
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-c", program], capture_output=True, text=True, check=True
    )
    loaded = set(json.loads(done.stdout))
    assert "benchharness" in loaded
    assert not loaded & {"torch", "transformers", "datasets", "scipy", "pandas", "numpy", "pydantic", "typer"}
    assert "benchharness" in done.stderr


@pytest.mark.parametrize("arguments", LIGHT)
def test_light_commands_load_nothing_heavy(desk: "Desk", arguments: str) -> None:
    assert desk.fresh(*arguments.split()).loaded == []


@pytest.mark.parametrize("arguments", WRONG)
def test_what_is_wrong_without_a_model_is_found_without_its_library(desk: "Desk", arguments: str) -> None:
    (desk.root / "broken.yaml").write_text("name: broken\nversion: 1\n", encoding="utf-8")
    done = desk.fresh(*arguments.split(), language="zh")
    assert done.code == 2
    assert done.err.startswith("错误：")
    assert not {"torch", "transformers", "datasets"} & set(done.loaded)


def test_scripted_runs_need_no_torch(desk: "Desk") -> None:
    done = desk.fresh("run", *desk.student, "--tasks", "colours.yaml", "--output", "o")
    assert done.code == 0
    assert not {"torch", "transformers", "datasets"} & set(done.loaded)
    shown = desk.fresh("show", "o", "--samples", "1")
    assert shown.code == 0
    assert not {"torch", "transformers", "datasets"} & set(shown.loaded)


@pytest.fixture
def model_directory(desk: "Desk") -> Path:
    """A model without weights: whatever loads them fails, and whatever is checked before does not."""
    directory = desk.root / "model"
    directory.mkdir()
    shape = {"hidden_size": 8, "intermediate_size": 8, "num_hidden_layers": 1, "num_attention_heads": 1}
    config = {"model_type": "llama", "architectures": ["LlamaForCausalLM"], "vocab_size": 300, **shape}
    (directory / "config.json").write_text(json.dumps(config))
    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    tokenizer = Tokenizer(models.BPE(vocab={letter: number for number, letter in enumerate(alphabet)}, merges=[]))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.save(str(directory / "tokenizer.json"))
    (directory / "tokenizer_config.json").write_text(json.dumps({"tokenizer_class": "PreTrainedTokenizerFast"}))
    return directory


@pytest.mark.usefixtures("model_directory")
@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--dtype", "float64"], ("--dtype float64", "bfloat16", "float32")),
        (["--device", "gpu"], ("--device gpu",)),
        (["--device", "cuda:97"], ("--device cuda:97",)),
        (["--option", "speed=9"], ("--option speed",)),
        (["--template", "chat"], ("--template plain",)),
        (["--output", "o"], ("safetensors",)),
    ],
    ids=lambda value: value[0] if isinstance(value, list) else "",
)
def test_settings_of_the_machine_are_checked_before_the_weights_are_read(
    desk: "Desk", arguments: list[str], words: tuple[str, ...], language: str
) -> None:
    result = desk.command("run", "--model", "./model", "--tasks", "colours.yaml", *arguments, language=language)
    assert result.code == 2
    assert result.err.startswith("Error: " if language == "en" else "错误：")
    for word in words:
        assert word in result.err
    assert not (desk.root / "o").exists()


@pytest.mark.usefixtures("model_directory")
def test_a_dry_run_needs_no_weights(desk: "Desk") -> None:
    result = desk.command("run", "--model", "./model", "--tasks", "colours.yaml", "--dry-run", "--json")
    assert result.code == 0
    assert result.json["protocol"]["template"] == "plain"
