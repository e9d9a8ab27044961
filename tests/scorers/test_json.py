import json
from typing import Any

import pytest

from benchharness.records import FinishReason, Item, Language, Outcome, Response, Score
from benchharness.scorers.base import Sample
from benchharness.scorers.json import check, score

ZH = {
    "speaker": "邵云舟",
    "room": "507",
    "seats": 120,
    "fee": 38.5,
    "free": False,
    "host": None,
    "date": "2024-05-18",
    "time": "08:30",
    "bring": ["身份证", "作品集", "身份证"],
    "batches": [2307, 2311],
}
EN = ZH | {"speaker": "Simon Shaw", "bring": ["passport", "portfolio", "passport"]}
TARGET = {"zh": ZH, "en": EN}


def item(language: Language = Language.ZH, target: object = TARGET) -> Item:
    return Item("1", language, target, "c", {})


def mark(given: object, language: Language = Language.ZH, finish: FinishReason = FinishReason.STOP) -> Score:
    text = given if isinstance(given, str) else json.dumps(given, ensure_ascii=False)
    return score(Sample(item(language), Response("key", finish, text=text)))


@pytest.mark.parametrize(
    "changed",
    [
        {},
        {"speaker": "邵雲舟"},
        {"speaker": " 邵云舟 "},
        {"date": "２０２４-０５-１８"},
        {"time": "08：30"},
        {"seats": 120.0},
        {"bring": ["作品集", "身份证", "身份证"]},
        {"batches": [2311, 2307]},
    ],
)
def test_values_are_compared_by_what_they_say(changed: dict[str, Any]) -> None:
    found = mark(ZH | changed)
    assert (found.value, found.outcome) == (1.0, Outcome.SCORED)
    assert found.detail == {"fields": 1, "type_errors": 0, "extra_keys": 0}
    assert found.extraction is not None
    assert found.extraction.rule == "json"
    assert found.parsed == json.dumps(ZH | changed, ensure_ascii=False)


def test_english_values() -> None:
    assert (
        mark(EN | {"speaker": "simon shaw", "bring": ["a passport", "the portfolio", "Passport"]}, Language.EN).value
        == 1
    )


@pytest.mark.parametrize(
    "changed",
    [
        {"speaker": "邵云"},
        {"speaker": None},
        {"room": "508"},
        {"room": 508},
        {"room": ["507"]},
        {"room": True},
        {"seats": 121},
        {"seats": "120个"},
        {"seats": "一百二十"},
        {"seats": None},
        {"fee": 38},
        {"free": 0},
        {"free": None},
        {"free": "否"},
        {"host": ""},
        {"host": "无"},
        {"host": False},
        {"date": "2024-5-18"},
        {"date": "2024年5月18日"},
        {"time": "8:30"},
        {"time": "08:30:00"},
        {"bring": ["身份证", "作品集"]},
        {"bring": ["身份证", "作品集", "身份证", "身份证"]},
        {"bring": "身份证、作品集"},
        {"bring": None},
        {"batches": [2307, 2312]},
        {"batches": {}},
    ],
)
def test_one_wrong_field_makes_the_answer_wrong(changed: dict[str, Any]) -> None:
    found = mark(ZH | changed)
    assert (found.value, found.outcome) == (0.0, Outcome.SCORED)
    assert found.detail["fields"] == pytest.approx(0.9)


@pytest.mark.parametrize(
    "changed",
    [
        {"room": 507},
        {"seats": "120"},
        {"fee": "３８.５"},
        {"free": "false"},
        {"host": "null"},
        {"batches": ["2307", 2311]},
    ],
)
def test_the_right_value_of_another_type_is_right_and_counted(changed: dict[str, Any]) -> None:
    found = mark(ZH | changed)
    assert (found.value, found.detail["type_errors"]) == (1.0, 1.0)


def test_a_missing_field_is_not_null() -> None:
    found = mark({key: value for key, value in ZH.items() if key != "host"})
    assert found.value == 0
    assert found.detail["fields"] == pytest.approx(0.9)


def test_other_fields_are_counted_and_do_no_harm() -> None:
    found = mark(ZH | {"note": "先到先得", "主讲人": "邵云舟"})
    assert (found.value, found.detail["extra_keys"]) == (1.0, 2.0)


def test_chinese_names_of_fields_are_not_those_asked_for() -> None:
    found = mark({"主讲人": "邵云舟"})
    assert (found.value, found.detail["fields"]) == (0.0, 0.0)


def test_texts_of_the_other_language_are_right_and_noted() -> None:
    assert mark(ZH | {"speaker": "Simon Shaw"}).detail["other_language"] == 1
    found = mark(EN)
    assert (found.value, found.detail["other_language"]) == (1.0, 1.0)
    assert "other_language" not in mark(EN, Language.EN).detail


@pytest.mark.parametrize("text", ["主讲人是邵云舟。", '{"speaker": "邵云舟"', "[]", "I cannot help with that."])
def test_no_object_is_unparsed(text: str) -> None:
    assert mark(text) == Score(0.0, Outcome.UNPARSED)


def test_of_an_answer_that_was_cut_off_a_complete_object_counts() -> None:
    whole = json.dumps(ZH, ensure_ascii=False)
    assert mark(f"{whole}\n说明", finish=FinishReason.LENGTH).value == 1
    assert mark(whole[:-1], finish=FinishReason.LENGTH).outcome is Outcome.UNPARSED


@pytest.mark.parametrize(
    "target",
    [
        [],
        {"en": EN},
        {"zh": {}},
        {"zh": []},
        {"zh": {"a": {"b": 1}}},
        {"zh": {"a": [["b"]]}},
        {"zh": {"a": 1}, "en": {"b": 1}},
    ],
)
def test_a_target_without_fields_is_an_error(target: object) -> None:
    with pytest.raises(ValueError, match=r"object|fields|text, number"):
        check(item(target=target))
