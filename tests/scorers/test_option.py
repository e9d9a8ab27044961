from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchharness.records import FinishReason, Item, Language, Outcome, Response, Score
from benchharness.scorers.base import Sample
from benchharness.scorers.option import check, score

OPTIONS = {
    Language.ZH: ("悉尼", "堪培拉", "墨尔本", "珀斯"),
    Language.EN: ("Sydney", "Canberra", "Melbourne", "Perth"),
}


def item(target: Any, language: Language = Language.ZH, options: tuple[str, ...] | None = None) -> Item:
    options = OPTIONS[language] if options is None else options
    return Item(id="1", language=language, target=target, category="c", fields={}, options=options)


def mark(text: str, target: Any, language: Language = Language.ZH, finish: FinishReason = FinishReason.STOP) -> Score:
    return score(Sample(item(target, language), Response("key", finish, text=text)))


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("答案：B", Language.ZH),
        ("故選「Ｂ」。", Language.ZH),
        ("不选A，而应该选B", Language.ZH),
        ("堪培拉", Language.ZH),
        ("A、C和D都不正确", Language.ZH),
        ("Answer: B", Language.EN),
        ("The capital is Canberra, not Sydney.", Language.EN),
        ("Only B fits.", Language.EN),
        ("答案是B", Language.EN),
    ],
)
def test_the_right_option_scores_one_in_both_languages(text: str, language: Language) -> None:
    found = mark(text, "B", language)
    assert (found.value, found.outcome, found.parsed) == (1.0, Outcome.SCORED, "B")
    assert found.detail == {}
    assert found.extraction is not None
    assert 0 <= found.extraction.start <= found.extraction.end <= len(text)


@pytest.mark.parametrize("text", ["答案：A", "The answer is Sydney.", "选AB", "答案：A、B", "答案：ABCD"])
def test_another_option_or_a_set_is_wrong_and_not_unparsed(text: str) -> None:
    language = Language.EN if text.isascii() else Language.ZH
    found = mark(text, "B", language)
    assert (found.value, found.outcome) == (0.0, Outcome.SCORED)


def test_a_set_is_shown_without_commas() -> None:
    assert mark("答案是A和C。", "B").parsed == "AC"


@pytest.mark.parametrize(
    ("text", "value"), [("答案：A、C", 1.0), ("AC", 1.0), ("A and C", 1.0), ("答案：A", 0.0), ("答案：A、C、D", 0.0)]
)
def test_a_set_is_right_if_it_is_exactly_the_target(text: str, value: float) -> None:
    assert mark(text, ["A", "C"]).value == value


@pytest.mark.parametrize(
    "text", ["我不知道。", "以上都不对。", "答案是A或B", "None of the options is correct.", "答案：E"]
)
def test_what_chooses_nothing_is_unparsed(text: str) -> None:
    assert mark(text, "B") == Score(0.0, Outcome.UNPARSED)


@pytest.mark.parametrize(
    ("text", "outcome"),
    [
        ("答案：B\n\n解析：首先，", Outcome.SCORED),
        ("The answer is B. To see why", Outcome.SCORED),
        ("综上，B项符合题意", Outcome.UNPARSED),
        ("答案：B", Outcome.UNPARSED),
    ],
)
def test_of_an_answer_that_was_cut_off_only_a_complete_declaration_counts(text: str, outcome: Outcome) -> None:
    assert mark(text, "B").outcome is Outcome.SCORED
    assert mark(text, "B", finish=FinishReason.LENGTH).outcome is outcome


@pytest.mark.parametrize("target", ["B", "D", ["A", "C"], ["A"], ("A", "B", "C", "D")])
def test_letters_of_the_options_are_targets(target: Any) -> None:
    check(item(target))


@pytest.mark.parametrize("target", ["E", "b", "", "AB", [], ["A", "E"], ["C", "A"], ["A", "A"], 1, None, ["AB"]])
def test_other_targets_are_refused(target: Any) -> None:
    with pytest.raises(ValueError, match=r"option|letters"):
        check(item(target))
    with pytest.raises(ValueError, match=r"option|letters"):
        mark("答案：B", target)


@pytest.mark.parametrize("options", [(), ("悉尼",), tuple("甲" * 27)])
def test_an_item_needs_two_options_and_has_no_more_than_letters(options: tuple[str, ...]) -> None:
    with pytest.raises(ValueError, match="2 to 26 options"):
        check(item("A", options=options))


@given(st.text(max_size=60), st.sampled_from(FinishReason))
def test_no_text_raises(text: str, finish: FinishReason) -> None:
    assert mark(text, "B", finish=finish).outcome in (Outcome.SCORED, Outcome.UNPARSED)
