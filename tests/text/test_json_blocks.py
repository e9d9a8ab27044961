import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchharness.text.json_blocks import extract_object

OBJECT = '{"name": "邵云舟", "seats": 120}'


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        (OBJECT, "json"),
        (f"结果如下：{OBJECT}。", "json"),
        (f"```json\n{OBJECT}\n```", "fence"),
        (f"```\n{OBJECT}\n```\n说明：座位数见原文。", "fence"),
        (f"[{OBJECT}]", "json"),
        (f'草稿：{{"name": "邵云舟"}}\n更正：{OBJECT}', "json"),
        (f"集合{{1, 2}}和\\frac{{1}}{{2}}不算。{OBJECT}", "json"),
        (f"{{as follows}} [1] {OBJECT} See [2] and {{}}.", "json"),
        (f'{OBJECT}\n\n问题：下一个\n{{"name": "别人", "seats": 1}}', "json"),
    ],
)
def test_the_last_object_is_read(text: str, rule: str) -> None:
    found = extract_object(text)
    assert found is not None
    assert (found.value, found.rule) == (json.loads(OBJECT), rule)
    assert OBJECT in text[found.start : found.end]


@pytest.mark.parametrize(
    "text",
    [
        "没有结果。",
        "{}",
        "[1, 2]",
        f"[{OBJECT}, {OBJECT}]",
        '{"name": "邵云舟", "seats": 120',
        "{“name”：“邵云舟”}",
        "{'name': '邵云舟'}",
        '{"name": "邵云舟", "place": {"room": "507"}, ',
        '{"name": "邵云舟", // 主讲人\n"seats": 120}',
        '{"seats": NaN}',
        f'{OBJECT}\n更正：{{"name": "邵云舟", "seats": 12',
        '{"a":' * 5000,
        "[" * 5000,
    ],
)
def test_json_is_not_repaired(text: str) -> None:
    assert extract_object(text) is None


SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text()


@given(
    st.dictionaries(st.text(), SCALARS | st.lists(SCALARS), min_size=1), st.sampled_from(["", "好的。", "```json\n"])
)
def test_what_is_written_is_read(value: dict[str, object], before: str) -> None:
    written = json.dumps(value)
    found = extract_object(before + written)
    assert found is not None
    assert found.value == value
    assert (found.start, found.end) == (len(before), len(before + written))


@given(st.text(alphabet='{}[]":,1a \n“', max_size=60))
def test_any_text_can_be_read(text: str) -> None:
    found = extract_object(text)
    if found is not None:
        assert isinstance(found.value, dict)
        assert 0 <= found.start < found.end <= len(text)
