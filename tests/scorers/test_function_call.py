import json
from collections.abc import Mapping
from typing import Any

import pytest

from benchharness.records import FinishReason, Item, Language, Outcome, Response, Score
from benchharness.scorers.base import Sample
from benchharness.scorers.function_call import check, score

TEXT = {"type": "string"}
TOOLS = [
    {
        "name": "get_weather",
        "description": "查询天气。",
        "parameters": {
            "type": "object",
            "properties": {"city": TEXT, "unit": {"type": "string", "enum": ["c", "f"], "default": "c"}},
            "required": ["city"],
        },
    },
    {
        "name": "book_room",
        "description": "预订会议室。",
        "parameters": {
            "type": "object",
            "properties": {
                "people": {"type": "integer"},
                "video": {"type": "boolean"},
                "guests": {"type": "array", "items": TEXT, "uniqueItems": True},
                "steps": {"type": "array", "items": TEXT},
                "link": TEXT,
                "seat": {"type": "object", "properties": {"row": {"type": "integer"}, "aisle": {"default": False}}},
            },
            "required": ["people"],
        },
    },
]
WEATHER = {"zh": "杭州", "en": "Hangzhou"}
BOTH = {
    language: {"calls": [{"name": "get_weather", "arguments": {"city": city}}], "ordered": False}
    for language, city in WEATHER.items()
}


def call(tool: str, /, **arguments: Any) -> dict[str, Any]:
    return {"name": tool, "arguments": arguments}


def item(target: object, language: Language = Language.ZH, tools: object = TOOLS) -> Item:
    return Item("1", language, target, "c", {"tools": tools})


def mark(
    made: object, target: object, finish: FinishReason = FinishReason.STOP, language: Language = Language.ZH
) -> Score:
    text = made if isinstance(made, str) else json.dumps(made, ensure_ascii=False)
    return score(Sample(item(target, language), Response("key", finish, text=text)))


def room(**arguments: Any) -> dict[str, Any]:
    return {"calls": [call("book_room", **({"people": 3} | arguments))], "ordered": False}


@pytest.mark.parametrize(
    ("made", "target"),
    [
        (call("book_room", people=3.0), room()),
        (call("book_room", people=3, guests=["b@x.cn", "A@X.CN"]), room(guests=["a@x.cn", "b@x.cn"])),
        (call("book_room", people=3, link="HTTPS://Example.com/Path"), room(link="https://example.com/Path")),
        (call("book_room", people=3, link=" ＡＢ１２ "), room(link="AB12")),
        (call("book_room", people=3, video=True), room(video=True)),
        (call("book_room", people=3, seat={"row": 2, "aisle": False}), room(seat={"row": 2})),
        (call("get_weather", city="杭州", unit="c"), BOTH),
        (call("get_weather", city="杭州"), {"calls": [call("get_weather", city="杭州", unit="c")], "ordered": False}),
        ([], {"calls": [], "ordered": False}),
        ("无需调用", {"calls": []}),
    ],
)
def test_right_calls_score_one(made: object, target: object) -> None:
    found = mark(made if isinstance(made, str | list) else [made], target)
    assert (found.value, found.outcome) == (1.0, Outcome.SCORED)
    assert found.detail == {"calls": 1.0, "names": 1.0, "schema": 1.0, "type_error": 0.0}
    assert found.extraction is not None
    assert found.parsed == json.dumps(found.extraction.value, ensure_ascii=False)


@pytest.mark.parametrize(
    ("made", "target", "detail"),
    [
        (call("book_room", people="3"), room(), {"type_error": 1.0, "schema": 0.0, "names": 1.0}),
        (call("book_room", people=True), room(people=1), {"type_error": 0.0, "schema": 0.0}),
        (call("book_room", people=3, video="true"), room(video=True), {"type_error": 1.0, "schema": 0.0}),
        (call("book_room", people=3, video=1), room(video=True), {"type_error": 0.0, "schema": 0.0}),
        (call("book_room", people=3, link=12), room(link="12"), {"type_error": 1.0, "schema": 0.0}),
        (call("book_room", people=3, link="ab12"), room(link="AB12"), {"type_error": 0.0, "schema": 1.0}),
        (call("book_room", people=3, steps=["b", "a"]), room(steps=["a", "b"]), {"schema": 1.0, "calls": 0.0}),
        (call("book_room", people=3, steps=["a"]), room(steps=["a", "b"]), {"schema": 1.0}),
        (call("book_room", people=3, guests=["a", "a"]), room(guests=["a", "b"]), {"schema": 0.0}),
        (call("book_room", people=3, seat={"row": 2, "aisle": True}), room(seat={"row": 2}), {"schema": 1.0}),
        (call("get_weather", city="杭州", unit="f"), BOTH, {"schema": 1.0, "names": 1.0}),
        (call("get_weather", city="杭州", day="today"), BOTH, {"schema": 1.0, "calls": 0.0}),
        (call("get_weather", city="上海"), BOTH, {"schema": 1.0, "names": 1.0}),
        (call("get_forecast", city="杭州"), BOTH, {"schema": 0.0, "names": 0.0}),
        (call("get_weather"), BOTH, {"schema": 0.0}),
        (call("get_weather", city="杭州"), {"calls": []}, {"calls": 0.0, "names": 0.0, "schema": 1.0}),
    ],
)
def test_wrong_calls_score_nothing(made: dict[str, Any], target: object, detail: dict[str, float]) -> None:
    found = mark([made], target)
    assert (found.value, found.outcome) == (0.0, Outcome.SCORED)
    assert {key: found.detail[key] for key in detail} == detail


def test_calls_stand_in_any_order_unless_it_is_asked() -> None:
    calls = [call("get_weather", city="杭州"), call("book_room", people=3)]
    turned = calls[::-1]
    assert mark(turned, {"calls": calls, "ordered": False}).value == 1
    assert mark(turned, {"calls": calls}).value == 1
    assert mark(turned, {"calls": calls, "ordered": True}).value == 0
    assert mark(calls, {"calls": calls, "ordered": True}).value == 1


def test_the_share_of_right_calls_counts_what_lacks_and_what_is_too_much() -> None:
    calls = [call("get_weather", city="杭州"), call("book_room", people=3)]
    lacking = mark(calls[:1], {"calls": calls})
    too_many = mark([*calls, calls[0]], {"calls": calls})
    assert (lacking.value, lacking.detail["calls"]) == (0.0, 0.5)
    assert too_many.value == 0
    assert too_many.detail["calls"] == pytest.approx(2 / 3)
    assert mark([], {"calls": calls}).detail["calls"] == 0


def test_right_calls_in_the_words_of_the_other_language_are_right_and_noted() -> None:
    own = mark([call("get_weather", city="Hangzhou")], BOTH, language=Language.EN)
    other = mark([call("get_weather", city="Hangzhou")], BOTH, language=Language.ZH)
    assert (own.value, own.detail.get("other_language")) == (1.0, None)
    assert (other.value, other.detail["other_language"]) == (1.0, 1.0)


@pytest.mark.parametrize("text", ["今天杭州晴。", "I cannot tell.", '[{"name": "get_weather"'])
def test_prose_is_not_parsed(text: str) -> None:
    assert mark(text, BOTH) == Score(0.0, Outcome.UNPARSED)


def test_of_an_answer_that_was_cut_off_only_a_closed_list_counts() -> None:
    single = json.dumps(call("get_weather", city="杭州"))
    assert mark(f"[{single}] 因为", BOTH, FinishReason.LENGTH).value == 1
    assert mark(single, BOTH, FinishReason.LENGTH).outcome is Outcome.UNPARSED


@pytest.mark.parametrize(
    "target",
    [
        None,
        "get_weather",
        {"calls": "get_weather"},
        {"calls": [{"name": "get_weather"}]},
        {"en": {"calls": []}},
        {"calls": ["get_weather"]},
    ],
)
def test_a_malformed_target_is_an_error(target: object) -> None:
    with pytest.raises(ValueError, match="the target"):
        mark([], target)
    with pytest.raises(ValueError, match="the target"):
        check(item(target))


@pytest.mark.parametrize("tools", [None, [], "get_weather", [{"name": "get_weather"}], [{"parameters": {}}]])
def test_an_item_without_tools_is_an_error(tools: object) -> None:
    with pytest.raises(ValueError, match="tool"):
        check(item({"calls": []}, tools=tools))


@pytest.mark.parametrize(
    ("calls", "tools", "said"),
    [
        ([call("get_time")], TOOLS, "do not allow"),
        ([call("get_weather", city=3)], TOOLS, "do not allow"),
        ([], [{"name": "f", "parameters": {"type": "text"}}], "no JSON Schema"),
    ],
)
def test_check_finds_what_the_tools_do_not_allow(calls: list[Mapping[str, Any]], tools: object, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        check(item({"calls": calls}, tools=tools))


def test_check_accepts_both_shapes_of_target() -> None:
    check(item(BOTH))
    check(item(BOTH, Language.EN))
    check(item({"calls": [], "ordered": False}))
