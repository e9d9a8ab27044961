from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchharness.records import FinishReason, Item, Language, Outcome, Response, Score
from benchharness.scorers.base import Sample
from benchharness.scorers.number import check, score


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


@pytest.mark.parametrize(
    "text",
    [
        "我不知道。",
        "I cannot tell.",
        "答案是7或8。",
        "The answer is 7 or 8.",
        "答案是 x=5 或 x=7。",
        "The answer is x = 5 or x = 7.",
        "答案：x₁=5，x₂=7",
        "x = ±7",
    ],
)
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


@pytest.mark.parametrize(
    ("text", "target", "parsed"),
    [
        ("答案：\\sqrt{16}", 4, "4"),
        ("答案：$\\frac{\\sqrt{9}}{2}$", "3/2", "3/2"),
        ("所以答案是 $2^{10}$。", 1024, "1024"),
        ("答案：2^3", 8, "8"),
        ("The answer is $3\\times 4$.", 12, "12"),
        ("\\boxed{\\dfrac{7}{2}\\text{ km}}", 3.5, "7/2"),
        ("\\boxed{x = 3 \\times 4}", 12, "12"),
        ("\\boxed{√16}", 4, "4"),
        ("\\boxed{5 × 3 个}", 15, "15"),
        ("\\boxed{0.5 + 1/4}", "3/4", "3/4"),
    ],
)
def test_a_declared_expression_is_worked_out(text: str, target: object, parsed: str) -> None:
    found = mark(text, target)
    assert (found.value, found.outcome, found.parsed) == (1.0, Outcome.SCORED, parsed)
    assert found.extraction is not None
    assert 0 <= found.extraction.start < found.extraction.end <= len(text)


@pytest.mark.parametrize("text", ["\\boxed{\\sqrt{2}}", "答案：2\\pi", "\\boxed{2^3}", "答案：3\\times 5"])
def test_an_expression_of_another_value_is_wrong(text: str) -> None:
    found = mark(text, 7)
    assert (found.value, found.outcome) == (0.0, Outcome.SCORED)


@pytest.mark.parametrize(
    "text",
    [
        "答案：3:4",
        "答案是7或8",
        "\\boxed{\\frac{1}{0}}",
        "\\boxed{0^{-1}}",
        "\\boxed{9^{9^9}}",
        "\\boxed{999999999999^{999}}",
        "\\boxed{((9^{99})^{99})^{99}}",
        "\\boxed{" + "1" * 70 + "+}",
        "\\boxed{(-8)^{1/2}}",
        "\\boxed{x + 1}",
        "\\boxed{((((}",
        "\\boxed{3 +}",
        "\\boxed{" + "1+" * 60 + "1}",
        "\\boxed{\\text{无解}}",
    ],
)
def test_what_has_no_value_is_not_parsed(text: str) -> None:
    assert mark(text, 7) == Score(0.0, Outcome.UNPARSED)


def test_an_expression_that_was_cut_off_is_no_answer() -> None:
    assert mark("所以答案是2^1", 2, FinishReason.LENGTH).outcome is Outcome.UNPARSED
    assert mark("\\boxed{2^1}，因为", 2, FinishReason.LENGTH).value == 1.0


def test_expressions_are_worked_out_in_any_thread() -> None:
    with ThreadPoolExecutor(1) as pool:
        assert pool.submit(mark, "\\boxed{\\sqrt{49}}", 7).result().value == 1.0


@given(st.integers(0, 99), st.integers(1, 99), st.sampled_from(["+", "-", "\\times", "×"]))
def test_sums_and_products_have_the_value_python_gives_them(one: int, other: int, operation: str) -> None:
    value = {"+": one + other, "-": one - other}.get(operation, one * other)
    found = mark(f"\\boxed{{{one} {operation} {other}}}", value)
    assert (found.value, found.parsed) == (1.0, str(value))


@given(st.text("0123456789+-*/^{}()\\\\sqrtfac .π√", max_size=30))
def test_no_expression_raises(expression: str) -> None:
    assert mark(f"\\boxed{{{expression}}}", 7).outcome in (Outcome.SCORED, Outcome.UNPARSED)


@pytest.mark.parametrize("target", ["A", "", None, "7 or 8"])
def test_a_target_that_is_no_number_is_refused(target: object) -> None:
    with pytest.raises(ValueError, match="not one number"):
        check(Item(id="1", language=Language.EN, target=target, category="c", fields={}))
