import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchharness.text.absences import find_absence, is_of_another, outweighs


@pytest.mark.parametrize(
    "text",
    [
        "文中没有提到", "文中未说明", "没有给出该号码", "无法从文中得知", "无从知晓", "不知道", "找不到", "查无此人",
        "未知", "无", "没有被提及", "没有在文中出现", "文中并未记载", "没有相关信息", "信息不足",
        "not stated", "It isn't mentioned", "has not been explicitly given", "does not say",
        "never appears to be given",
        "There is no such number", "contains no information", "cannot be determined", "I could not find it", "unknown",
        "unspecified", "None", "N/A", "insufficient information", "The passage is silent", "don't know",
    ],
)  # fmt: skip
def test_not_stated_is_found(text: str) -> None:
    assert find_absence(text) is not None


@pytest.mark.parametrize(
    "text",
    [
        "号码是12345", "没有其他号码被提到", "文中提到了", "没有问题", "不是12345", "无锡", "这一点没有疑问",
        "The number is 12345", "No other number is mentioned", "It is not 12345", "nothing else is stated", "noted",
        "No further details are given",
    ],
)  # fmt: skip
def test_what_says_something_else_is_not(text: str) -> None:
    assert find_absence(text) is None


@pytest.mark.parametrize("text", ["没有直接说明", "未明确提到", "not explicitly stated", "It does not say directly"])
def test_not_directly_stated_says_nothing_beside_a_value(text: str) -> None:
    assert find_absence(text) is not None
    assert find_absence(text, valued=True) is None


@pytest.mark.parametrize(
    ("text", "of_another"),
    [
        ("没有提到，只提到海豹的是12345。", True),
        ("not stated; the text only mentions 12345 of the seal", True),
        ("没有提到，可能是12345。", False),
        ("没有提到，但号码是12345。", False),
        ("not mentioned, but the number is 12345", False),
        ("not stated; perhaps the other one, 12345", False),
    ],
)
def test_a_value_beside_not_stated_may_be_of_another(text: str, *, of_another: bool) -> None:
    absence = find_absence(text)
    assert absence is not None
    start = text.index("12345")
    assert is_of_another(text, start, start + 5, absence) is of_another


@pytest.mark.parametrize(
    ("text", "stands"),
    [
        ("是12345，但没有说明用途在哪", True),
        ("前一段没有提到。后一段说是12345。", True),
        ("没有提到，但应该是12345。", False),
        ("没有提到。我猜是12345。", False),
    ],
)
def test_a_value_stands_before_not_stated_or_in_a_later_sentence(text: str, *, stands: bool) -> None:
    absence = find_absence(text.replace("用途", "名字"))
    assert absence is not None
    start = text.index("12345")
    assert outweighs(text, start, start + 5, absence) is stands


@given(st.text(max_size=100), st.integers(0, 100), st.booleans())
def test_any_text_can_be_searched(text: str, place: int, valued: bool) -> None:
    found = find_absence(text, min(place, len(text)), valued=valued)
    assert found is None or found.start() >= min(place, len(text))
