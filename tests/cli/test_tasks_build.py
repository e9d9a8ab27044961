"""``tasks build``: what is written, and what is said when it cannot be."""

import json
from pathlib import Path

import pytest
from tests.tasks.long_context.vocabularies import save_qwen

from .conftest import Desk

KEYS = {"id", "pair_id", "language", "prompt", "tokens", "characters", "budget", "depths", "facts", "answer"}


@pytest.fixture
def vocabulary(tmp_path: Path) -> Path:
    return save_qwen(tmp_path / "qwen")


def test_each_line_holds_an_item_and_proves_its_length(desk: Desk, vocabulary: Path) -> None:
    from transformers import AutoTokenizer

    done = desk.command(
        *("tasks", "build", "long_needle", "--tokenizer", str(vocabulary), "--length", "1K,4K"),
        *("--language", "zh,en", "--items", "3", "--output", "items.jsonl"),
    )
    assert done.code == 0, done.err
    lines = [json.loads(line) for line in (desk.root / "items.jsonl").read_text(encoding="utf-8").splitlines()]
    assert len(lines) == 2 * 2 * 3
    tokenizer = AutoTokenizer.from_pretrained(vocabulary)
    for line in lines:
        assert set(line) >= KEYS
        assert len(tokenizer(line["prompt"], add_special_tokens=False).input_ids) == line["tokens"]
        assert 0 <= line["budget"] - line["tokens"] <= 8
        assert line["characters"] == len(line["prompt"]) - line["prompt"].count("\n")
        assert all(answer in line["prompt"] for answer in line["answer"])
    halves: dict[str, list[object]] = {}
    for line in lines:
        halves.setdefault(line["pair_id"], []).append([line["facts"], line["answer"], line["depth"]])
    assert all(len(pair) == 2 and pair[0] == pair[1] for pair in halves.values())


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("colours.yaml", "--tokenizer", "bytes", "--length", "1K"), "has items of its own"),
        (("long_needle", "--tokenizer", "bytes", "--length", "far"), "--lengths: 'far' is no length"),
        (("long_needle", "--tokenizer", "bytes", "--length", "1K", "--arms", "words"), "--arms words"),
        (("long_needle", "--tokenizer", "bytes", "--length", "1K", "--depths", "9,9"), "--depths 9,9"),
        (("long_needle", "--tokenizer", "empty", "--length", "1K"), "holds no tokenizer"),
        (("long_needle", "--tokenizer", "bytes", "--length", "50"), "question and facts alone need"),
        (("long_needle", "--tokenizer", "bytes", "--length", "1K", "--template", "tree"), "--template tree"),
        (("long_nedle", "--tokenizer", "bytes", "--length", "1K"), "no such task"),
        (("long_needle", "--tokenizer", "bytes", "--length", "4K", "--haystack", "nowhere"), "nowhere"),
    ],
)
def test_what_is_wrong_is_one_message_and_writes_no_file(desk: Desk, words: tuple[str, ...], said: str) -> None:
    (desk.root / "empty").mkdir()
    done = desk.command("tasks", "build", *words, "--items", "1", "--output", "items.jsonl")
    assert done.code == 2
    assert said in done.err
    assert "Traceback" not in done.err
    assert not list(desk.root.glob("*items.jsonl*"))


def test_in_chinese(desk: Desk) -> None:
    words = ("long_needle", "--tokenizer", "bytes", "--length", "50", "--items", "1", "--output", "items.jsonl")
    done = desk.command("tasks", "build", *words, language="zh")
    assert "long_needle：在长度 50（zh）下" in done.err
    done = desk.command("tasks", "build", *(*words[:4], "4K", *words[5:]), language="zh")
    assert "已将 2 道题写入 items.jsonl。" in done.err


def test_a_place_that_cannot_be_written_is_one_message(desk: Desk) -> None:
    words = ("long_needle", "--tokenizer", "bytes", "--length", "4K", "--items", "1", "--output", "no/where.jsonl")
    done = desk.command("tasks", "build", *words)
    assert done.code == 2
    assert "--output no/where.jsonl: cannot be written" in done.err


def test_standard_output(desk: Desk) -> None:
    words = ("long_needle", "--tokenizer", "bytes", "--length", "4K", "--items", "1", "--language", "zh")
    done = desk.command("tasks", "build", *words, "--output", "-")
    assert json.loads(done.out)["language"] == "zh"
