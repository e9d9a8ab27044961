import re
from collections import Counter
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchharness.tasks.generators import calculation
from benchharness.tasks.generators._calculation_formulas import Series, determinant, evaluate, expand, polynomial

ROWS = calculation.generate(2024, 240)


def test_every_kind_and_category_is_there() -> None:
    assert {row["kind"] for row in ROWS} == {kind.name for kind in calculation.KINDS}
    assert len(calculation.KINDS) >= 14
    assert {row["category"] for row in ROWS} == {
        "algebra",
        "word_problems",
        "probability_and_statistics",
        "calculus",
        "number_theory_and_geometry",
    }


def test_wordings_vary() -> None:
    shapes = Counter(re.sub(r"[\d+-]+", "#", row["zh"]["question"]) for row in ROWS)
    assert max(shapes.values()) <= 3
    assert len(shapes) > 0.9 * len(ROWS)


def test_answers_are_integers_fractions_decimals_and_percentages() -> None:
    texts = [str(row["answer"]) for row in ROWS]
    for pattern in (r"\d+", r"-\d+", r"-?\d+/\d+", r"\d+\.\d+", r"-?[\d.]+%"):
        assert sum(bool(re.fullmatch(pattern, text)) for text in texts) >= 3, pattern


def test_an_answer_that_is_no_integer_is_announced() -> None:
    for row in ROWS:
        answer = str(row["answer"])
        announced = re.findall(r"Give the result as a (fraction|percentage|decimal)", row["en"]["question"])
        expected = "fraction" if "/" in answer else "percentage" if "%" in answer else "decimal"
        assert announced == ([expected] if isinstance(row["answer"], str) else []), row["id"]
        assert len(re.findall("结果写成最简分数|结果写成小数|结果用百分数", row["zh"]["question"])) == len(announced)


def test_formulas_are_shown_as_one_writes_them() -> None:
    assert polynomial([1, 0, -1, 5]) == "x^3 - x + 5"
    assert polynomial([-1, 1, 0]) == "-x^2 + x"
    assert polynomial([0]) == "0"
    assert expand([2, -3], 2) == [2, 2, -12]
    assert determinant([[2, 0, 1], [1, 3, 2], [0, 1, 1]]) == 3


@settings(max_examples=50, deadline=None)
@given(coefficients=st.lists(st.integers(-9, 9), min_size=1, max_size=4), at=st.integers(-6, 6))
def test_a_series_is_the_taylor_expansion(coefficients: list[int], at: int) -> None:
    highest = len(coefficients) - 1
    text = " + ".join(f"({factor})*x**{highest - place}" for place, factor in enumerate(coefficients))
    taylor = evaluate(text, Series.variable(at)).coefficients
    for step in (-2, 1, 3):
        total = sum(factor * Fraction(step) ** power for power, factor in enumerate(taylor))
        assert total == evaluate(text, Fraction(at + step))


def test_a_series_of_a_quotient() -> None:
    # 1/(1 - x) about 0 is 1 + x + x^2 + …
    assert evaluate("1 / (1 - x)", Series.variable(0)).coefficients == [1, 1, 1, 1]


@pytest.mark.parametrize("text", ["x + y", "abs(x)", "x ** -1", "1.5*x", "__import__('os')"])
def test_only_arithmetic_is_evaluated(text: str) -> None:
    with pytest.raises(ValueError, match="not an expression"):
        evaluate(text, Fraction(1))
