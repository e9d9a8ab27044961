import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchharness.text.mentions import number_mentions
from benchharness.text.recall import find_answer, fold_answer


def answer(raw: str, wanted: int = 1, *, alone: bool = False) -> tuple[str, str]:
    """Return the rule by which the answer is found, and the answer as it was said."""
    folded, text = fold_answer(raw)
    found = find_answer(text, number_mentions(text, fewest_digits=5), wanted, alone=alone)
    start, end = folded.raw_span(found.start, found.end)
    return found.rule, raw[start:end]


@pytest.mark.parametrize(
    ("raw", "rule", "said"),
    [
        ("12345", "whole", "12345"),
        ("  是12345。 ", "whole", "是12345。"),
        ("前面是12345\n答案：67890", "declared", "67890"),
        ("答案：12345\n等等，答案：67890", "declared", "67890"),
        ("Answer: 12345\n\nThe text also has 67890.", "declared", "12345"),
        ("Answer:\n\n- 12345\n\n- 67890\n\nThat is all.", "declared", "- 12345\n\n- 67890"),
        ("Answer: there are two:\n\n12345\n67890", "declared", "there are two:\n\n12345\n67890"),
        ("12345。答案：", "whole", "12345。答案："),
        ("\\boxed{12345} or \\boxed{67890}", "boxed", "67890"),
        ("so\n#### 12345", "hashes", "12345"),
        ("先是12345，后改为67890，不再变", "holds", "67890"),
        ("The later one is 67890, not 12345", "holds", "67890"),
        ("应以67890为准", "holds", "67890为准"),
        ("后来改为别的", "whole", "后来改为别的"),
    ],
)
def test_where_the_answer_stands(raw: str, rule: str, said: str) -> None:
    assert answer(raw) == (rule, said)


def test_all_boxes_are_the_answer_if_several_values_are_wanted() -> None:
    assert answer("\\boxed{12345}, \\boxed{67890}", 2) == ("boxed", "12345}, \\boxed{67890")


def test_a_conclusion_counts_only_if_it_states_as_many_values_as_are_wanted() -> None:
    raw = "有12345和67890两个，所以最后是67890"
    assert answer(raw, 2)[0] == "whole"
    assert answer(raw, 1) == ("holds", "67890")
    assert answer("12345, 67890; therefore 12345 and 67890", 2) == ("holds", "12345 and 67890")
    assert answer("有12345，因此如上", 0)[0] == "whole"


@pytest.mark.parametrize(
    ("raw", "rule", "said"),
    [
        ("12345（先前为67890）", "first", "12345"),
        ("12345. The earlier one was 67890.", "first", "12345"),
        ("12345, as 67890 is older", "first", "12345"),
        ("12345\nIt replaces 67890", "first", "12345"),
        ("答案：12345（不是67890）", "declared", "12345"),
        ("12345\n67890", "whole", "12345\n67890"),
        ("12345, 67890", "whole", "12345, 67890"),
        ("它是12345（不是67890）", "whole", "它是12345（不是67890）"),
        ("12345", "whole", "12345"),
    ],
)
def test_an_explanation_is_no_part_of_an_answer_that_is_wanted_alone(raw: str, rule: str, said: str) -> None:
    assert answer(raw, alone=True) == (rule, said)


def test_an_answer_ends_where_the_model_goes_on_to_a_question_of_its_own() -> None:
    assert answer("12345\n问题：下一个\n答案：67890") == ("whole", "12345")


def test_a_full_width_comma_parts_numbers_unless_they_are_full_width_too() -> None:
    for raw, numbers in (("123，456", 2), ("123,456", 1), ("１２３，４５６", 1)):
        _, text = fold_answer(raw)
        assert len(number_mentions(text, fewest_digits=1)) == numbers, raw


@given(st.text(max_size=120), st.integers(0, 3), st.booleans())
def test_an_answer_lies_within_its_text(raw: str, wanted: int, alone: bool) -> None:
    _, said = answer(raw, wanted, alone=alone)
    assert said in raw
