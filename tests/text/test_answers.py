import json
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchharness.text.answers import extract_number, numbers_equal

CASES = [json.loads(line) for line in (Path(__file__).parent / "answers.jsonl").read_text("utf-8").splitlines()]


@pytest.mark.parametrize("case", CASES, ids=[case["text"] for case in CASES])
def test_the_answer_is_read(case: dict[str, Any]) -> None:
    extraction = extract_number(case["text"])
    found = (extraction.value, extraction.rule) if extraction else (None, None)
    assert found == (case["value"], case.get("rule"))


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("答案是３５％。", "３５％"),
        ("３㎏的苹果，答案：兩萬三千元", "兩萬三千"),
        ("答案不是①，而是 \\boxed{1\\,234\\text{元}}", "1\\,234"),
        ("最终答案:【３５】", "３５"),
        ("所以一共**十二**个", "十二"),
    ],
)
def test_the_span_refers_to_the_raw_text(text: str, shown: str) -> None:
    extraction = extract_number(text)
    assert extraction is not None
    assert text[extraction.start : extraction.end] == shown


@pytest.mark.parametrize("text", ["12", "12个苹果", "So 3 + 4 = 7.", "所以是7。", "**7**"])
def test_without_fallback_only_declared_answers_are_read(text: str) -> None:
    assert extract_number(text) is not None
    assert extract_number(text, fallback=False) is None


@pytest.mark.parametrize("text", ["答案是7", "The answer is 7.", "\\boxed{7}", "#### 7", "【7】"])
def test_declared_answers_need_no_fallback(text: str) -> None:
    extraction = extract_number(text, fallback=False)
    assert extraction is not None
    assert extraction.value == "7"


@pytest.mark.parametrize(
    ("answer", "target"),
    [
        ("7", 7),
        ("7", "７"),
        ("7", 7.0),
        ("7/2", "3.5"),
        ("7/2", 3.5),
        ("1/10", 0.1),
        ("1234", "1,234"),
        ("12000", "1.2万"),
        ("1/3", Fraction(1, 3)),
        ("50%", "50"),
        ("50%", "1/2"),
        ("50%", "50%"),
        ("50%", "百分之五十"),
        ("1/2", "50%"),
        (50, "50%"),
        ("25/2%", "12.5"),
        ("25/2%", "1/8"),
        ("-3", "负三"),
        ("0%", 0),
    ],
)
def test_equal_numbers(answer: str | float, target: str | float) -> None:
    assert numbers_equal(answer, target)
    assert numbers_equal(target, answer)


@pytest.mark.parametrize(
    ("answer", "target"),
    [("7", 8), ("1/3", 0.333333), ("0.1", Fraction(0.1)), ("50%", "5"), ("50%", "0.5%"), ("1/2", "50"), ("7", "-7")],
)
def test_different_numbers(answer: str, target: str | float | Fraction) -> None:
    assert not numbers_equal(answer, target)
    assert not numbers_equal(target, answer)


@pytest.mark.parametrize("text", ["", "seven or eight", "A", "nan"])
def test_what_is_not_one_number_cannot_be_compared(text: str) -> None:
    with pytest.raises(ValueError, match="not one number"):
        numbers_equal(text, "7")


PIECES = [case["text"] for case in CASES] + [
    "答案是",
    "answer is ",
    "所以",
    "**",
    "\\boxed{",
    "}",
    "=",
    "\n",
    "。",
    "或",
]


@given(st.lists(st.sampled_from(PIECES), max_size=5).map("".join) | st.text(max_size=40))
def test_the_value_is_what_the_span_says(text: str) -> None:
    extraction = extract_number(text)
    if extraction is not None:
        assert 0 <= extraction.start < extraction.end <= len(text)
        assert numbers_equal(extraction.value, text[extraction.start : extraction.end])


@given(st.fractions(), st.booleans())
def test_values_survive_their_text_form(value: Fraction, percent: bool) -> None:
    written = f"{value}%" if percent else str(value)
    extraction = extract_number(f"\\boxed{{{written}}}")
    assert extraction is not None
    assert extraction.value == written


ADVERSARIAL = [
    "答案是",
    "答案：\n",
    "answer is ",
    "Answer:\n",
    "\\boxed{",
    "{",
    "}",
    "【7、】",
    "#### 1. a\n",
    "所以",
    "so ",
    "**1",
]
ADVERSARIAL += ["=", "= 1", "1. ", "\n", " ", "不是", "不是1", "答：", "(", "7或", "1,", "，", "【", "-1", "n't ", "一"]


@pytest.mark.parametrize("piece", ADVERSARIAL)
def test_repetition_takes_no_more_than_linear_time(piece: str) -> None:
    extract_number(piece * (100_000 // len(piece)))
