import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchharness.text.options import extract_option

CAPITALS = ("悉尼", "堪培拉", "墨尔本", "珀斯")


def read(text: str, options: Sequence[str] = (), labels: int = 4, *, cut_off: bool = False) -> object:
    found = extract_option(text, len(options) or labels, options, cut_off=cut_off)
    return found.value if found else None


CASES = [json.loads(line) for line in (Path(__file__).parent / "options.jsonl").read_text("utf-8").splitlines()]


@pytest.mark.parametrize("case", CASES, ids=[case["text"] for case in CASES])
def test_the_option_is_read(case: dict[str, Any]) -> None:
    assert read(case["text"], case.get("options", ())) == case["value"]


@pytest.mark.parametrize(
    ("text", "options", "value"),
    [
        ("I think the answer is I.", (), "I"),
        ("Answer: J", (), "J"),
        ("I think it is hard.", (), None),
        ("Answer: K", (), None),
    ],
)
def test_ten_options_have_ten_labels(text: str, options: tuple[str, ...], value: object) -> None:
    assert read(text, options, 10) == value


@pytest.mark.parametrize(
    ("text", "whole", "cut_off"),
    [
        ("答案：B\n\n解析：首先，", "B", "B"),
        ("The answer is B. To see why, note", "B", "B"),
        ("B\n\n解析：首先，光合作用", "B", "B"),
        ("The final answer is $\\boxed{B}$. This follows", "B", "B"),
        ("答案：A", "A", None),
        ("选A", "A", None),
        ("\\boxed{A", None, None),
        ("B", "B", None),
        ("综上，B项符合题意", "B", None),
        ("A、B和D都不正确", "C", None),
        ("答案是A。等等，不对，再看", None, None),
    ],
)
def test_of_a_text_that_was_cut_off_only_what_is_declared_counts(text: str, whole: object, cut_off: object) -> None:
    assert (read(text), read(text, cut_off=True)) == (whole, cut_off)


@pytest.mark.parametrize(
    ("text", "shown", "rule"),
    [
        ("所以答案是（Ｂ）。", "（Ｂ）", "declared"),
        ("答案：**Ｂ．堪培拉**", "Ｂ．堪培拉", "declared"),
        ("首都是坎培拉\u200b，選「Ｂ」", "「Ｂ」", "declared"),
        ("【Ｂ】", "【Ｂ】", "brackets"),
        ("\\boxed{\\text{B}}", "B", "boxed"),
        ("⒜ 不对。综上，Ⓑ正确。", "Ⓑ", "concluded"),
        ("A、C、D都不正确。", "", "eliminated"),
    ],
)
def test_the_span_refers_to_the_raw_text(text: str, shown: str, rule: str) -> None:
    found = extract_option(text, 4, CAPITALS)
    assert found is not None
    assert (found.value, text[found.start : found.end], found.rule) == ("B", shown, rule)


@pytest.mark.parametrize(("labels", "options"), [(1, ()), (27, ()), (3, CAPITALS)])
def test_the_number_of_labels_must_make_sense(labels: int, options: tuple[str, ...]) -> None:
    with pytest.raises(ValueError, match="options"):
        extract_option("B", labels, options)


LETTERS = st.sampled_from("ABCD")
BRACKETS = st.sampled_from(
    ["{}", "({})", "（{}）", "【{}】", "「{}」", "“{}”", "**{}**", "[{}]", "选项{}", "{}项", "${}$"]
)
ANNOUNCEMENTS = st.sampled_from(
    [
        "答案是{}。",
        "正确答案：{}",
        "故选{}。",
        "应选：{}",
        "本题答案为{}",
        "The answer is {}.",
        "Answer: {}",
        "I choose {}.",
    ]
)


@given(LETTERS, BRACKETS, ANNOUNCEMENTS, st.booleans())
def test_every_announcement_takes_every_form_of_a_letter(
    letter: str, bracket: str, announcement: str, full_width: bool
) -> None:
    shown = chr(ord(letter) + 0xFEE0) if full_width else letter
    assert read(announcement.format(bracket.format(shown)), CAPITALS) == letter


@given(LETTERS, LETTERS)
def test_the_last_declaration_counts(first: str, last: str) -> None:
    assert read(f"答案是{first}。等等，不对，答案是{last}。") == last
    assert read(f"The answer is {first}. Wait, no. The answer is {last}.") == last


@given(st.sets(LETTERS, min_size=2, max_size=3))
def test_what_is_left_is_the_choice_and_letters_joined_are_a_set(ruled_out: set[str]) -> None:
    listed = "、".join(sorted(ruled_out))
    left = sorted(set("ABCD") - ruled_out)
    assert read(f"{listed}都不正确。") == (left[0] if len(left) == 1 else None)
    assert read(f"答案：{listed}") == sorted(ruled_out)


PIECES = [case["text"] for case in CASES]
MARKS = [
    "\n",
    "。",
    "，",
    " ",
    "**",
    "\\boxed{",
    "}",
    "【",
    "A",
    "Ｂ",
    "C、",
    "或",
    "不是",
    "if ",
    "答案",
    "answer ",
    "×",
    "√",
]


@given(st.lists(st.sampled_from(PIECES + MARKS), max_size=6).map("".join) | st.text(max_size=40), st.booleans())
def test_whatever_is_read_is_a_label_and_lies_in_the_text(text: str, cut_off: bool) -> None:
    found = extract_option(text, 4, CAPITALS, cut_off=cut_off)
    if found is not None:
        assert 0 <= found.start <= found.end <= len(text)
        letters = [found.value] if isinstance(found.value, str) else found.value
        assert letters == sorted(set(letters))
        assert set(letters) <= set("ABCD")


@given(st.sampled_from([piece for piece in PIECES if "题目" not in piece and "Question" not in piece]), LETTERS)
def test_a_text_that_declares_reads_the_same_when_it_was_cut_off_later(text: str, letter: str) -> None:
    declared = f"{text}\n\n综上所述，这里更正为：答案是{letter}。"
    assert read(declared) == read(declared + "\n\n解析：", cut_off=True) == letter


ADVERSARIAL = [
    "答案是",
    "答案：\n",
    "answer is ",
    "\\boxed{",
    "{",
    "【B】",
    "A",
    "A、",
    "A,",
    "A or ",
    "B. ",
    "选",
    "不选A",
]
ADVERSARIAL += [
    "选A",
    "所以",
    "so ",
    "**A**",
    "如果",
    "(A",
    "（",
    "不是",
    "but ",
    "A is ",
    "最",
    "符合",
    "correct ",
    "除了A",
]
ADVERSARIAL += [
    "all but A ",
    "~~",
    "`",
    "①",
    "甲",
    "Question: \n",
    "A. 悉尼 B. 堪培拉 ",
    "悉尼",
    "等等",
    "\n\n",
    "- A. 悉尼\n",
]
ADVERSARIAL += ["A: ×\n", "|A|", "有人", "。", ".", " ", "the ", "option ", "项", "A和", "不对，", "x=", "1", "…"]


@pytest.mark.parametrize("piece", ADVERSARIAL)
def test_repetition_takes_no_more_than_linear_time(piece: str) -> None:
    extract_option(piece * (30_000 // len(piece)), 4, CAPITALS)
    # After a choice the rules look for what takes it back.
    extract_option("选B" + piece * (30_000 // len(piece)), 4, CAPITALS)
