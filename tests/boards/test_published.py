"""Reading boards."""

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
        (",score,", ",sum,", "one column `score`", "有且只有一列 `score`"),
        ("model,", "name,", "one column `model`", "有且只有一列 `model`"),
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


def test_every_shipped_board_has_a_source_a_score_for_each_model_and_both_titles_or_totals_only() -> None:
    boards = load_boards()
    assert len(boards) >= 17
    for board in boards.values():
        assert len(board.source) > 20, board.name
        assert board.rows, board.name
        assert all(row.figures[SCORE] is not None for row in board.rows), board.name
        assert board.title_zh != board.title or board.columns == (SCORE,), board.name


def test_the_facts_added_to_a_board_are_of_few_kinds() -> None:
    for board in load_boards().values():
        for row in board.rows:
            assert row.origin in ("CN", "US", ""), (board.name, row.model)
            assert row.weights in ("open", "closed") or (row.weights, row.model) == ("", "人类"), row


def test_a_board_is_found_by_name_or_its_neighbours_are_named() -> None:
    assert find_board("superclue-2023-12").name == "superclue-2023-12"
    with pytest.raises(InputError, match=r"superclue-2023-13: no such board\. Did you mean superclue-2023-12"):
        find_board("superclue-2023-13")
