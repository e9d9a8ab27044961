import pytest

from benchharness.records import FinishReason, Item, Language, Outcome, Response, Score
from benchharness.scorers.base import Sample
from benchharness.scorers.number import score


def mark(text: str, target: object, finish: FinishReason = FinishReason.STOP) -> Score:
    item = Item(id="1", language=Language.ZH, target=target, category="c", fields={})
    return score(Sample(item, Response("key", finish, text=text)))


@pytest.mark.parametrize(
    ("text", "target", "parsed"),
    [
        ("3加4等于7。答案：7", 7, "7"),
        ("答案是三十五个苹果。", 35, "35"),
        ("答案：３５", "35", "35"),
        ("一共是1.2万元。", 12000, "12000"),
        ("答案：1,234", 1234, "1234"),
        ("所以小明还剩一半，也就是4个。", 4, "4"),
        ("3 plus 4 is 7. The answer is 7.", 7, "7"),
        ("The answer is **1,234** dollars.", 1234, "1234"),
        ("The answer is $3.50", 3.5, "7/2"),
        ("#### 18", 18, "18"),
        ("So \\boxed{12} apples", 12, "12"),
        ("7", 7.0, "7"),
    ],
)
def test_a_right_number_is_read_in_both_languages(text: str, target: object, parsed: str) -> None:
    found = mark(text, target)
    assert (found.value, found.outcome, found.parsed) == (1.0, Outcome.SCORED, parsed)
    assert found.extraction is not None
    assert 0 <= found.extraction.start < found.extraction.end <= len(text)


@pytest.mark.parametrize(
    ("text", "target"), [("答案：8", 7), ("The answer is 8", 7), ("答案：-7", 7), ("答案：7.01", 7)]
)
def test_a_wrong_number_is_scored_as_wrong(text: str, target: int) -> None:
    found = mark(text, target)
    assert (found.value, found.outcome) == (0.0, Outcome.SCORED)
    assert found.parsed is not None


@pytest.mark.parametrize("text", ["我不知道。", "I cannot tell.", "答案是7或8。", "The answer is 7 or 8."])
def test_a_text_without_one_number_is_not_parsed(text: str) -> None:
    assert mark(text, 7) == Score(0.0, Outcome.UNPARSED)


@pytest.mark.parametrize(
    ("text", "whole", "cut_off"),
    [
        ("3加4等于7。答案：7", "7", "7"),
        ("The answer is 7. Let me check that", "7", "7"),
        ("小明有3个苹果，妈妈又给了他4", "4", None),
        ("Tom has 3 apples. His mother gives him 4", "4", None),
        ("3 + 4 = 7, so that he", "7", None),
    ],
)
def test_of_an_answer_that_was_cut_off_only_a_declared_number_counts(
    text: str, whole: str, cut_off: str | None
) -> None:
    assert mark(text, 7).parsed == whole
    torn = mark(text, 7, FinishReason.LENGTH)
    assert torn.parsed == cut_off
    assert torn.outcome is (Outcome.UNPARSED if cut_off is None else Outcome.SCORED)
