"""Reading boards."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from benchharness.boards.published import SCORE, find_board, load_boards, read_board
from benchharness.errors import InputError

Write = Callable[[str], Path]

GOOD = """# A board (0 to 100).
# 标题：一个榜单（0 至 100）
# Source: a page
model,open,score,organisation,origin,weights
"A, the first",88.07,87.00,OpenAI,US,closed
乙,,70.5,智谱,CN,open
"""


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def write_board(text: str) -> Path:
        path = tmp_path / "board.csv"
        path.write_text(text, encoding="utf-8")
        return path

    return write_board


def test_a_board_is_read_whole(write: Write) -> None:
    board = read_board(write(GOOD))
    assert board[:5] == ("board", "A board (0 to 100)", "一个榜单（0 至 100）", "a page", ("open", "score"))
    assert board.rows[0] == ("A, the first", "OpenAI", "US", "closed", {"open": 88.07, "score": 87.0})
    assert board.rows[1].figures == {"open": None, "score": 70.5}


def test_a_board_without_a_chinese_title_has_the_english_one(write: Write) -> None:
    lines = GOOD.splitlines(keepends=True)
    assert read_board(write("".join(lines[:1] + lines[2:]))).title_zh == "A board (0 to 100)"


@pytest.mark.parametrize(
    ("old", "new", "en", "zh"),
    [
        ("# Source: a page\n", "", "begin it with two comment lines", "开头应有两行注释"),
        ("# A board (0 to 100).\n", "", "begin it with two comment lines", "开头应有两行注释"),
        ("open,score,", "score,score,", "the column `score` stands twice", "`score` 列重复出现"),
        ("model,open,score,", "model,weights,model,", "the column `model` stands twice", "`model` 列重复出现"),
        ("model,", "name,", "there is no column `model`", "缺少 `model` 列"),
        ("乙,,70.5", "乙,70.5", "board.csv:6: 5 cells, but the header has 6", "board.csv:6：此行有 5 格，表头有 6 格"),
        ("88.07", "n/a", "board.csv:5: `open` is 'n/a', no number", "board.csv:5：`open` 的值为 'n/a'，不是数值"),
        ("88.07", "nan", "`open` is 'nan', no number", "`open` 的值为 'nan'，不是数值"),
        ("乙,", '"A, the first",', "board.csv:6: the model 'A, the first' stands twice", "board.csv:6：模型"),
    ],
)
def test_a_board_that_is_wrong_is_refused_with_its_place(write: Write, old: str, new: str, en: str, zh: str) -> None:
    assert old in GOOD
    with pytest.raises(InputError) as caught:
        read_board(write(GOOD.replace(old, new, 1)))
    assert en in caught.value.en
    assert zh in caught.value.zh


def test_an_empty_file_is_refused(write: Write) -> None:
    with pytest.raises(InputError, match="two comment lines"):
        read_board(write(""))


def test_a_board_needs_figures_but_no_total(write: Write) -> None:
    header, row = "model,open,score,organisation,origin,weights", '"A, the first",88.07,87.00,OpenAI,US,closed'
    text = GOOD.replace("乙,,70.5,智谱,CN,open\n", "")
    untotalled = read_board(write(text.replace(header, "model,open").replace(row, "A,88.07")))
    assert (untotalled.columns, untotalled.rows[0].figures) == (("open",), {"open": 88.07})
    with pytest.raises(InputError) as caught:
        read_board(write(text.replace(header, "model,weights").replace(row, "A,open")))
    assert "no column of figures" in caught.value.en
    assert "没有任何数值列" in caught.value.zh


# Models that a board shows without a total.
WITHOUT_TOTAL = {
    ("ruler-v1", "Llama2 (7B)"),
    ("counting-stars", "Claude3 Sonnet"),
    ("counting-stars", "Claude3 Haiku"),
    ("counting-stars", "Baichuan3-Turbo"),
}


def test_every_shipped_board_has_a_source_both_titles_or_totals_only_and_each_model_its_total() -> None:
    boards = load_boards()
    assert len(boards) >= 37
    for board in boards.values():
        assert len(board.source) > 20, board.name
        assert board.rows, board.name
        assert board.title_zh != board.title or board.columns == (SCORE,), board.name
        assert all(set(row.figures.values()) != {None} for row in board.rows), board.name
    without = {
        (board.name, row.model)
        for board in boards.values()
        if SCORE in board.columns
        for row in board.rows
        if row.figures[SCORE] is None
    }
    assert without == WITHOUT_TOTAL


LONG_CONTEXT = (
    "clongeval-large", "clongeval-medium", "clongeval-small", "counting-stars", "helmet-128k", "infinitebench-2024-06",
    "leval-2024", "longbench-pro", "longbench-v1-2023-11-en", "longbench-v1-2023-11-zh", "longbench-v2-2025-07",
    "loong", "loong-set1", "loong-set2", "loong-set3", "loong-set4", "lveval", "lveval-factrecall-en",
    "lveval-factrecall-zh", "ruler-v1",
)  # fmt: skip


@pytest.mark.parametrize("name", LONG_CONTEXT)
def test_a_board_of_long_context_names_repository_revision_and_protocol(name: str) -> None:
    board = load_boards()[name]
    assert re.match(r"github\.com/\S+ at [0-9a-f]{7}, ", board.source)
    assert re.search(r"\(.*(?:0 to 1|per cent)", board.title)
    assert re.search(r"0 至 1|百分比", board.title_zh)
    assert not re.search(r"[\u4e00-\u9fff][,;:!?()]", board.title_zh)


def test_the_figures_of_long_context_are_those_of_the_sources() -> None:
    boards = load_boards()
    figures = {(board.name, row.model): row.figures for board in boards.values() for row in board.rows}
    assert figures["ruler-v1", "GLM4 (9B)"]["128k"] == 83.1
    assert figures["longbench-v1-2023-11-zh", "ChatGLM3-6B-32k"]["synthetic"] == 94.0
    assert figures["lveval-factrecall-zh", "ChatGLM3-6B-32k"]["16k"] == 0
    assert figures["lveval-factrecall-en", "ChatGLM3-6B-32k"]["16k"] == 91.5
    assert figures["infinitebench-2024-06", "Yi-6B-200K"]["retrieve_kv"] is None
    assert figures["counting-stars", "GLM-4"]["acquisition_en"] == 0.389
    assert figures["clongeval-small", "GLM-4-128K"]["news_labelling"] == 87.93
    assert figures["loong-set4", "Gemini-1.5-pro"]["perfect"] == 0.25
    assert figures["longbench-pro", "GLM-4.6 (nonthinking)"]["score"] == 45.85
    assert figures["longbench-v2-2025-07", "Human"]["easy"] == 100
    assert figures["helmet-128k", "Qwen2.5-14B-Inst-1M"]["rag"] == 62.0
    assert figures["leval-2024", "Llama3-70b-Instruct"]["gsm"] == 90.0


# Rows that are there to compare with.
NO_MODELS = ("人类", "Human", "Random")


def test_the_facts_added_to_a_board_are_of_few_kinds() -> None:
    for board in load_boards().values():
        for row in board.rows:
            assert row.origin in ("CN", "US", ""), (board.name, row.model)
            assert row.weights in ("open", "closed") or row.model in NO_MODELS, row


def test_a_board_is_found_by_name_or_its_neighbours_are_named() -> None:
    assert find_board("superclue-2023-12").name == "superclue-2023-12"
    with pytest.raises(InputError, match=r"superclue-2023-13: no such board\. Did you mean superclue-2023-12"):
        find_board("superclue-2023-13")
