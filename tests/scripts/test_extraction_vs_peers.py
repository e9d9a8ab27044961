"""The rules of peers, as far as their failures are known, and the count of what was read."""

import json
from pathlib import Path
from typing import Any

import pytest

import extraction_vs_peers
from extraction.peers import (
    evalscope_option,
    inspect_option,
    lm_eval_number,
    lm_eval_option,
    math6_number,
    opencompass_first_capital,
    opencompass_number,
    opencompass_option,
)


@pytest.mark.parametrize(
    ("text", "lm_eval", "opencompass", "inspect", "evalscope"),
    [
        ("答案是 B", "B", "B", None, "B"),
        ("答案是（B）", None, "B", None, "B"),
        ("答案：Ｂ", None, None, None, None),
        ("不选A，而应该选B", None, "A", None, "B"),
        ("答案：B。A、C、D都不对", None, "B", None, "B"),
        ("故选B，不选D", None, "B", None, "D"),
    ],
)
def test_chinese_rules_do_what_they_are_known_to_do(
    text: str, lm_eval: str | None, opencompass: str | None, inspect: str | None, evalscope: str | None
) -> None:
    assert lm_eval_option(text, 4, "zh") == lm_eval
    assert opencompass_option(text, 4, "zh") == opencompass
    assert inspect_option(text, 4, "zh") == inspect
    assert evalscope_option(text, 4, "zh") == evalscope


def test_english_rules_do_what_they_are_known_to_do() -> None:
    assert lm_eval_option("The answer is (B).", 4, "en") == "B"
    assert opencompass_first_capital("As an AI, I think the answer is B", 4, "en") == "A"
    assert opencompass_first_capital("因为MRI更好，所以选C", 4, "zh") == "M"
    assert inspect_option("ANSWER: A, C", 4, "en") == "AC"
    assert inspect_option("The answer is D) funds.", 4, "en") is None
    assert evalscope_option("A) 36.5°C", 4, "en") == "C"
    assert evalscope_option("Answer: **B**, not C", 4, "en") == "B"


def test_numbers_are_read_as_their_harnesses_read_them() -> None:
    assert (lm_eval_number("So it is $1,234."), opencompass_number("一共1,234元")) == ("1234", "234")
    assert (math6_number("最终答案:【35元】，即1,234"), math6_number("35.0")) == ("234", "0")


def test_both_tables_count_every_reader_on_every_answer(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows: list[dict[str, Any]] = [
        {"kind": "option", "options": ["红", "黄", "蓝"], "text": "不选A，而应该选B", "value": "B"},
        {"kind": "option", "options": ["红", "黄", "蓝"], "text": "以上都不对", "value": None},
        {"kind": "number", "text": "答案是三十五", "value": "35"},
    ]
    lines = [json.dumps({"language": "zh", "cut_off": False, "tags": [], **row}, ensure_ascii=False) for row in rows]
    (tmp_path / "rows.jsonl").write_text("\n".join(lines), encoding="utf-8")
    assert extraction_vs_peers.main([str(tmp_path)]) == 0
    printed = capsys.readouterr().out
    assert "| benchharness | 100.0 % | 0 | 0 | 100.0 % | – | 100.0 % | – |" in printed
    assert "| OpenCompass, first option | 50.0 % | 0 | 1 |" in printed
    assert "| lm-evaluation-harness, flexible | 0.0 % | 1 | 0 |" in printed
    assert printed.count("\n| ") == 2 + 6 + 5
