import json
from pathlib import Path

import pytest

from benchharness.records import FinishReason, Item, Language, Outcome, Response, Score
from benchharness.scorers.base import Sample
from benchharness.scorers.span import check, score

TARGET = {"zh": ["大姨", "作者的大姨"], "en": ["Aunt May", "May"]}


def item(language: Language = Language.ZH, target: object = TARGET) -> Item:
    return Item("1", language, target, "c", {})


def mark(text: str, language: Language = Language.ZH, finish: FinishReason = FinishReason.STOP) -> Score:
    return score(Sample(item(language), Response("key", finish, text=text)))


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("大姨", Language.ZH),
        ("作者的大姨。", Language.ZH),
        ("答案：“大姨”", Language.ZH),
        ("柿树是外婆走后的那个春天栽的。\n答案：大姨", Language.ZH),
        ("aunt may", Language.EN),
        ("Answer: **Aunt May**", Language.EN),
        ("The tree was planted that spring.\nThe answer is Aunt May.", Language.EN),
    ],
)
def test_each_accepted_form_is_right(text: str, language: Language) -> None:
    found = mark(text, language)
    assert (found.value, found.outcome, found.detail) == (1.0, Outcome.SCORED, {"f1": 1.0})
    assert found.extraction is not None
    assert 0 <= found.extraction.start < found.extraction.end <= len(text)
    assert found.parsed == found.extraction.value


@pytest.mark.parametrize(("text", "language"), [("Aunt May", Language.ZH), ("答案：大姨", Language.EN)])
def test_a_form_of_the_other_language_is_right_and_noted(text: str, language: Language) -> None:
    found = mark(text, language)
    assert (found.value, found.detail["other_language"]) == (1.0, 1.0)


def test_a_form_that_both_languages_share_is_not_noted() -> None:
    target = {"zh": ["1831年", "1831"], "en": ["1831"]}
    found = score(Sample(item(Language.ZH, target), Response("key", FinishReason.STOP, text="1831")))
    assert (found.value, "other_language" in found.detail) == (1.0, False)


@pytest.mark.parametrize(
    ("text", "language", "f1"),
    [
        ("二舅", Language.ZH, 0),
        ("小大姨", Language.ZH, 0.8),
        ("Aunt Jane", Language.EN, 0.5),
        ("不是大姨", Language.ZH, 2 / 3),
    ],
)
def test_another_answer_is_wrong_with_its_overlap(text: str, language: Language, f1: float) -> None:
    found = mark(text, language)
    assert (found.value, found.outcome) == (0.0, Outcome.SCORED)
    assert found.detail == {"f1": pytest.approx(f1)}


@pytest.mark.parametrize("text", ["我不知道。", "The text does not say.", "大姨\n二舅"])
def test_no_answer_is_unparsed(text: str) -> None:
    assert mark(text) == Score(0.0, Outcome.UNPARSED)


def test_of_an_answer_that_was_cut_off_only_a_complete_one_counts() -> None:
    assert mark("大姨", finish=FinishReason.LENGTH).outcome is Outcome.UNPARSED
    assert mark("答案：大姨。因为", finish=FinishReason.LENGTH).value == 1


@pytest.mark.parametrize(
    "target",
    [
        "大姨",
        {},
        {"en": ["Aunt May"]},
        {"zh": []},
        {"zh": "大姨"},
        {"zh": ["。"]},
        {"zh": [7]},
        {"zh": ["大姨"], "en": []},
    ],
)
def test_a_target_without_forms_is_an_error(target: object) -> None:
    with pytest.raises(ValueError, match="form"):
        check(item(target=target))
    with pytest.raises(ValueError, match="form"):
        score(Sample(item(target=target), Response("key", FinishReason.STOP, text="大姨")))


def test_one_language_is_enough() -> None:
    check(item(target={"zh": ["大姨"]}))


ROWS = Path(__file__).parents[2] / "tasks/superclue/reading_comprehension.jsonl"
DRESSES = {
    "zh": (
        "{}",
        "{}。",
        "“{}”",
        "**{}**",
        "- {}",
        "回答：{}",
        "答：{}",
        "答案是{}。",
        "前后说法不同。\n\n答案：**{}**",
    ),
    "en": (
        "{}",
        "{}.",
        '"{}"',
        "**{}**",
        "- {}",
        "Response: {}",
        "The answer is {}.",
        "It comes last.\n\nAnswer: **{}**",
    ),
}


@pytest.mark.parametrize("language", list(Language))
def test_every_form_of_the_written_items_is_right_in_any_dress(language: Language) -> None:
    for row in map(json.loads, ROWS.read_text(encoding="utf-8").splitlines()):
        for form in row["answer"][language.value]:
            for dress in DRESSES[language.value]:
                text = dress.format(form)
                asked = item(language, row["answer"])
                found = score(Sample(asked, Response("key", FinishReason.STOP, text=text)))
                assert (found.value, text) == (1, text)
