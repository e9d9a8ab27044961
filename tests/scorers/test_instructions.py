from typing import Any

import pytest

from benchharness.records import FinishReason, Item, Language, Outcome, Response, Score
from benchharness.scorers.base import Sample
from benchharness.scorers.instructions import check, score

TARGET = {
    "zh": [
        {"kind": "include_keywords", "words": ["湖水"]},
        {"kind": "no_comma"},
        {"kind": "sentences", "least": 2, "most": 2},
    ],
    "en": [
        {"kind": "include_keywords", "words": ["lake"]},
        {"kind": "no_comma"},
        {"kind": "sentences", "least": 2, "most": 2},
    ],
}


def item(target: Any = TARGET, language: Language = Language.ZH) -> Item:
    return Item(id="1", language=language, target=target, category="c", fields={})


def mark(text: str, language: Language = Language.ZH, finish: FinishReason = FinishReason.STOP) -> Score:
    return score(Sample(item(language=language), Response("key", finish, text=text)))


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("湖水很清。大家都来！", Language.ZH),
        ("\n 湖水很清。\n大家都来\n", Language.ZH),
        ("The lake is calm. Come!", Language.EN),
    ],
)
def test_an_answer_that_follows_all_is_right_in_both_languages(text: str, language: Language) -> None:
    found = mark(text, language)
    assert (found.value, found.outcome, found.parsed) == (1.0, Outcome.SCORED, "all followed")
    assert found.detail == {"followed": 1.0, "loose": 1.0}
    assert found.extraction is not None
    assert found.extraction.value == "3/3"
    assert text[found.extraction.start : found.extraction.end] == text.strip()


@pytest.mark.parametrize(
    ("text", "language", "broken", "followed"),
    [
        ("湖水很清，大家都来。", Language.ZH, "broken: no_comma, sentences", 1 / 3),
        ("湖边很美。大家都来。", Language.ZH, "broken: include_keywords", 2 / 3),
        ("The lakes are calm, come.", Language.EN, "broken: include_keywords, no_comma, sentences", 0.0),
        ("湖水很清。大家都来。", Language.EN, "broken: include_keywords", 2 / 3),
    ],
)
def test_what_is_not_followed_is_named(text: str, language: Language, broken: str, followed: float) -> None:
    found = mark(text, language)
    assert (found.value, found.outcome, found.parsed) == (0.0, Outcome.SCORED, broken)
    assert found.detail["followed"] == pytest.approx(followed)
    assert found.detail["loose"] == 0.0


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("好的，这是我的回答：\n湖水很清。大家都来！", Language.ZH),
        ("湖水很清。大家都来！\n希望您满意。", Language.ZH),
        ("Sure, here it is:\n\nThe lake is calm. Come!\n\nHope it helps.", Language.EN),
    ],
)
def test_a_frame_around_the_answer_is_forgiven_loosely_only(text: str, language: Language) -> None:
    found = mark(text, language)
    assert found.value == 0.0
    assert found.detail["loose"] == 1.0


def test_stars_are_forgiven_loosely_only() -> None:
    target = {"en": [{"kind": "only_punctuation", "marks": "."}]}
    found = score(Sample(item(target, Language.EN), Response("key", FinishReason.STOP, text="So **very** good.")))
    assert (found.value, found.detail["loose"]) == (0.0, 1.0)


def test_an_answer_that_was_cut_off_has_no_end_to_judge() -> None:
    assert mark("湖水很清。大家都来！", finish=FinishReason.LENGTH) == Score(0.0, Outcome.UNPARSED)


def test_a_refusal_is_judged_as_any_text() -> None:
    assert mark("对不起，我无法完成。").outcome is Outcome.SCORED
    assert mark("对不起，我无法完成。").value == 0.0


@pytest.mark.parametrize(
    ("target", "words"),
    [
        ("no_comma", "list of instructions"),
        (3, "list of instructions"),
        ({"en": TARGET["en"]}, "'zh'"),
        ({"zh": []}, "'zh'"),
        ({"zh": "no_comma"}, "'zh'"),
        ({"zh": ["no_comma"]}, "`kind`"),
        ({"zh": [{"kind": "rhyme"}]}, "rhyme"),
        ({"zh": [{"kind": "no_comma", "level": 1}]}, "level"),
        ({"zh": TARGET["zh"], "en": [{"kind": "traditional"}]}, "traditional"),
    ],
)
def test_a_malformed_target_is_refused_before_any_model_runs(target: Any, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        check(item(target))


def test_a_target_may_have_one_language() -> None:
    check(item({"zh": TARGET["zh"]}))
    check(item())
