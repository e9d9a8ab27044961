import json
import unicodedata
from fractions import Fraction
from pathlib import Path
from typing import Any

import cn2an
import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchharness.text.numerals import find_numbers, parse_number

CASES = [json.loads(line) for line in (Path(__file__).parent / "numbers.jsonl").read_text("utf-8").splitlines()]

FRAGMENTS = [case["text"] for case in CASES] + [
    " ",
    "，",
    "。",
    "\n",
    "和",
    " and ",
    "是",
    "x",
    "-",
    "/",
    "，",
    "零",
    "半",
]


@pytest.mark.parametrize("case", CASES, ids=[case["text"] for case in CASES])
def test_numbers_are_read(case: dict[str, Any]) -> None:
    spans = find_numbers(case["text"])
    assert [str(span.value) for span in spans] == case["values"]
    if "rule" in case:
        assert [span.rule for span in spans] == [case["rule"]]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("一共是１２．５元", "１２．５"),
        ("涨了５０％左右", "５０％"),
        ("占百分之三十。", "百分之三十"),
        ("共兩萬三千元", "兩萬三千"),
        ("重３½㎏，", "３½"),
        ("about -$5 each", "-$5"),
        ("it is twenty-one.", "twenty-one"),
        ("等了两个半小时", "两个半"),
        ("共1\u200b2个", "1\u200b2"),
    ],
)
def test_spans_point_at_the_raw_text(text: str, shown: str) -> None:
    (span,) = find_numbers(text)
    assert text[span.start : span.end] == shown


def test_a_percentage_keeps_the_figure_it_shows() -> None:
    (span,) = find_numbers("增长了５０％。")
    assert (span.value, span.percent, span.as_written) == (Fraction(1, 2), True, Fraction(50))
    (plain,) = find_numbers("增长了一半。")
    assert (plain.value, plain.percent, plain.as_written) == (Fraction(1, 2), False, Fraction(1, 2))


@pytest.mark.parametrize("text", ["", "没有", "3元5角", "1 or 2", "50%和0.5"])
def test_a_text_without_one_number_states_none(text: str) -> None:
    assert parse_number(text) is None


@pytest.mark.parametrize(("text", "value"), [("7个", 7), ("三分之一", Fraction(1, 3)), ("7，也就是七", 7), ("一个", 1)])
def test_a_text_with_one_number_states_it(text: str, value: Fraction) -> None:
    span = parse_number(text)
    assert span is not None
    assert span.value == value


# Integers of which any place may be zero: that is where Chinese numerals are irregular.
SPARSE = st.lists(st.just(0) | st.integers(0, 9), min_size=1, max_size=12).map(lambda d: int("".join(map(str, d))))


@given(st.integers(min_value=0, max_value=10**12) | SPARSE)
def test_every_integer_survives_chinese(number: int) -> None:
    spans = find_numbers(f"一共有{cn2an.an2cn(number)}个。")
    if number == 1:
        assert [(span.value, span.rule) for span in spans] == [(Fraction(1), "incidental")]
    else:
        assert [(span.value, span.rule) for span in spans] == [(Fraction(number), "chinese")]


@given(st.integers(min_value=-(10**12), max_value=10**12))
def test_every_integer_survives_digits(number: int) -> None:
    for written in (f"{number}", f"{number:,}", f"{number:,}".translate(_FULL_WIDTH)):
        (span,) = find_numbers(f"是{written}个")
        assert span.value == number


_FULL_WIDTH = {ord(char): chr(ord(char) + 0xFEE0) for char in "0123456789,-"}


@given(st.decimals(allow_nan=False, allow_infinity=False, min_value=0, max_value=10**6, places=4))
def test_decimals_are_exact(number: Any) -> None:
    (span,) = find_numbers(f"重{number:f}千克")
    assert span.value == Fraction(number)


@given(st.lists(st.sampled_from(FRAGMENTS), max_size=8).map("".join) | st.text(max_size=40))
def test_a_span_alone_says_the_same(text: str) -> None:
    end = 0
    for span in find_numbers(text):
        assert end <= span.start < span.end <= len(text)
        end = span.end
        alone = parse_number(text[span.start : span.end])
        assert alone is not None
        assert (alone.value, alone.percent) == (span.value, span.percent)


@given(st.text(alphabet=st.characters(categories=["Nd", "No", "Nl", "Lo", "Po"]), max_size=30))
def test_any_script_can_be_read(text: str) -> None:
    for span in find_numbers(text):
        assert any(unicodedata.category(char)[0] in "NLS" for char in text[span.start : span.end])


ADVERSARIAL = [
    "1",
    "1,111",
    "1/",
    "1 1/",
    "1.",
    "-",
    "一",
    "一万",
    "百分之",
    "三分之",
    "a ",
    "one hundred and ",
    "x_",
    "x1",
]
ADVERSARIAL += [
    "\\frac{",
    "\\frac{1",
    "{",
    "10^",
    "1e",
    "半",
    "个半",
    "第",
    "twenty-",
    "三点",
    "１，",
    "①",
    "萬",
    "e\u0301",
]


@pytest.mark.parametrize("piece", ADVERSARIAL)
def test_repetition_takes_no_more_than_linear_time(piece: str) -> None:
    find_numbers(piece * (100_000 // len(piece)))
