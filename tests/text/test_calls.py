import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchharness.text.calls import extract_calls

NAMES = ("get_weather", "send_email", "get_time")
HANGZHOU = {"name": "get_weather", "arguments": {"city": "杭州"}}
LONDON = {"name": "get_weather", "arguments": {"city": "London"}}
JSON = json.dumps(HANGZHOU, ensure_ascii=False)
OTHER = json.dumps(LONDON)


def read(text: str, *, cut_off: bool = False) -> object:
    found = extract_calls(text, NAMES, cut_off=cut_off)
    return None if found is None else found.value


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        (f"[{JSON}]", "json"),
        (f"  [\n  {JSON}\n]\n", "json"),
        (JSON, "json"),
        (f"好的，调用如下：[{JSON}]。", "json"),
        (f"Here is the call:\n\n[{JSON}]\n\nIt asks for the weather.", "json"),
        (f"```json\n[{JSON}]\n```", "fence"),
        (f"```\n{JSON}\n```", "fence"),
        (f"<tool_call>\n{JSON}\n</tool_call>", "tool_call_tag"),
        (f"<tool_call>[{JSON}]</tool_call>", "tool_call_tag"),
        (f"[TOOL_CALLS] [{JSON}]", "tool_calls_token"),
        ('[TOOL_CALLS]get_weather[ARGS]{"city": "杭州"}', "tool_calls_token"),
        ('[TOOL_CALLS]get_weather[CALL_ID]a1b2[ARGS]{"city": "杭州"}', "tool_calls_token"),
        ('<|python_tag|>{"name": "get_weather", "parameters": {"city": "杭州"}}', "python_tag"),
        ('{"type": "function", "name": "get_weather", "parameters": {"city": "杭州"}}', "json"),
        ('get_weather\n{"city": "杭州"}', "name_line"),
        ('<|assistant|>get_weather\n{"city": "杭州"}', "name_line"),
        ('<function=get_weather>{"city": "杭州"}</function>', "function_tag"),
        ('function<｜tool▁sep｜>get_weather\n```json\n{"city": "杭州"}\n```<｜tool▁call▁end｜>', "tool_sep"),
        ('<｜tool▁call▁begin｜>get_weather<｜tool▁sep｜>{"city": "杭州"}<｜tool▁call▁end｜>', "tool_sep"),
        ('commentary to=functions.get_weather <|constrain|>json<|message|>{"city": "杭州"}<|call|>', "channel"),
        ("[get_weather(city='杭州')]", "python"),
        ('get_weather(city="杭州")', "python"),
        ('我将查询天气：\n```python\nget_weather(city="杭州")\n```', "python"),
        ('{"function": {"name": "get_weather", "arguments": "{\\"city\\": \\"杭州\\"}"}}', "json"),
        ('{"tool_calls": [{"id": "1", "type": "function", "function": ' + JSON + "}]}", "json"),
    ],
)
def test_a_call_is_read_in_the_forms_models_write(text: str, rule: str) -> None:
    found = extract_calls(text, NAMES)
    assert found is not None
    assert (found.value, found.rule) == ([HANGZHOU], rule)
    assert 0 <= found.start < found.end <= len(text)
    assert "杭州" in text[found.start : found.end]


@pytest.mark.parametrize(
    "text",
    [
        f"[{JSON}, {OTHER}]",
        f"{JSON}\n{OTHER}",
        f"{JSON}; {OTHER}",
        f"<tool_call>{JSON}</tool_call>\n<tool_call>{OTHER}</tool_call>",
        f"<tool_call>[{JSON}]</tool_call>\n<tool_call>[{OTHER}]</tool_call>",
        f"1. 查杭州：\n```json\n{JSON}\n```\n2. 查伦敦：\n```json\n{OTHER}\n```",
        f"First:\n{JSON}\nand then:\n{OTHER}\nThat is all.",
        '[get_weather(city="杭州"), get_weather(city="London")]',
        'get_weather(city="杭州")\nget_weather(city="London")',
    ],
)
def test_several_calls_are_read(text: str) -> None:
    assert read(text) == [HANGZHOU, LONDON]


@pytest.mark.parametrize(
    "text",
    [
        f"[{JSON}]\n等等，应为：\n[{OTHER}]",
        f"{JSON}\n更正：{OTHER}",
        f"{JSON}\nWait, that is the wrong city. {OTHER}",
        f"例如：[{JSON}]，所以最终输出：\n```json\n[{OTHER}]\n```",
        f"{JSON}\n[{OTHER}]",
        f'形式是[{{"name": 工具名, "arguments": {{…}}}}]。\n\n[{OTHER}]',
    ],
)
def test_the_last_block_counts(text: str) -> None:
    assert read(text) == [LONDON]


@pytest.mark.parametrize(
    "text",
    [
        "[]",
        "```json\n[]\n```",
        "没有合适的工具，因此返回空列表：[]",
        "No tool fits.\n\n[]",
        '{"tool_calls": []}',
        "NO_CALL",
        "无需调用。",
        "**不需要调用任何工具**",
        f"[{JSON}] would need a city, which is missing, so the answer is []",
    ],
)
def test_no_call_is_an_answer(text: str) -> None:
    assert read(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "我来帮您查询杭州的天气。",
        "I would call get_weather for Hangzhou.",
        "I would use get_weather() here.",
        "无需调用工具，杭州今天晴。",
        "[{“name”：“get_weather”，“arguments”：{“city”：“杭州”}}]",
        "[{'name': 'get_weather', 'arguments': {'city': '杭州'}}]",
        f"[{JSON} {OTHER}]",
        f"[{JSON}, {OTHER}",
        f"[{JSON}, null]",
        '{"name": "get_weather", "arguments": {"city": "杭州"}',
        f'{JSON}\n{{"name": "get_weather", "arguments": {{"city": "Lon',
        '{"name": "get_weather"}',
        '{"name": "get_weather", "arguments": "杭州"}',
        '{"name": "get_weather", "arguments": {"days": NaN}}',
        '{"name": "get_weather", "arguments": {"city": "\\ud800"}}',
        '{"name": "get_weather", "description": "Weather.", "parameters": {"type": "object"}}',
        'observation\n{"city": "杭州"}',
        'print(city="杭州")',
        'get_weather("杭州")',
        "get_weather(city=where())",
        "get_weather(**{'city': '杭州'})",
        "See [1] and [2, 3]; x = list[]; - [ ] to do",
        '{"city": "杭州", "dates": []}',
    ],
)
def test_what_has_none_of_the_forms_is_not_read(text: str) -> None:
    assert read(text) is None


@pytest.mark.parametrize(
    ("text", "whole", "cut_off"),
    [
        (f"[{JSON}]\n\nThis asks for the", [HANGZHOU], [HANGZHOU]),
        (f"[{JSON}]\n\n更正：\n[{JSON[:-5]}", [HANGZHOU], None),
        (f"{JSON}\n", [HANGZHOU], None),
        (f"<tool_call>{JSON}</tool_call>\n<tool", [HANGZHOU], None),
        (f"[{JSON}, {OTHER[:20]}", None, None),
        ('[get_weather(city="杭州")]', [HANGZHOU], [HANGZHOU]),
        ('get_weather(city="杭州")', [HANGZHOU], None),
        ("[]", [], []),
        ("无需调用", [], None),
    ],
)
def test_of_an_answer_that_was_cut_off_only_a_closed_list_counts(text: str, whole: object, cut_off: object) -> None:
    assert read(text) == whole
    assert read(text, cut_off=True) == cut_off


_arguments = st.dictionaries(
    st.text(st.characters(codec="utf-8"), max_size=6),
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(st.characters(codec="utf-8"), max_size=12),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abc"), inner, max_size=3),
        max_leaves=6,
    ),
    max_size=3,
)


@given(st.lists(_arguments, min_size=1, max_size=3), st.booleans(), st.sampled_from(["", "好的。\n", "Sure: "]))
def test_every_list_of_calls_is_read_back(arguments: list[dict[str, object]], ascii_only: bool, before: str) -> None:
    calls = [{"name": "get_weather", "arguments": one} for one in arguments]
    text = before + json.dumps(calls, ensure_ascii=ascii_only) + "\n"
    found = extract_calls(text, NAMES)
    assert found is not None
    assert found.value == calls
    assert json.loads(text[found.start : found.end]) == calls


@given(st.text(st.sampled_from("[]{}\"':,() \n`<>/=\\一，“”get_weather1nametool_callarguments"), max_size=80))
def test_no_text_raises(text: str) -> None:
    found = extract_calls(text, NAMES)
    assert found is None or 0 <= found.start < found.end <= len(text)


@pytest.mark.parametrize("piece", ["[", "{", '[{"name":', "get_weather(", "[get_weather(a=", "<tool_call>", '["', "[["])
def test_long_torn_texts_are_read_through(piece: str) -> None:
    assert read(piece * 20_000) is None
