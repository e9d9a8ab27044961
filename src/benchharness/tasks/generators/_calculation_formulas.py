"""Formulas: how they are shown, and how their machine-readable form is evaluated."""

import ast
from collections.abc import Sequence
from fractions import Fraction
from random import Random
from typing import Any

from benchharness.tasks.generators._wording import Words, joined, read_wording


def with_form(text: Words, answer: int | Fraction, form: str) -> Words:
    """Add to a question how its answer is to be written, where that is not as an integer.

    Args:
        text: the question.
        answer: its answer.
        form: ``fraction``, ``decimal`` or ``percent``.
    """
    if form != "percent" and Fraction(answer).denominator == 1:
        return text
    return joined(text, read_wording("calculation")["forms"][form])


def nonzero(rng: Random, size: int) -> int:
    """Draw an integer from -size to size other than 0."""
    return rng.choice([-1, 1]) * rng.randint(1, size)


def polynomial(coefficients: Sequence[int], variable: str = "x") -> str:
    """Return a polynomial in LaTeX, the highest power first: ``[2, 0, -1]`` is ``2x^2 - 1``."""
    shown = ""
    for power, factor in zip(range(len(coefficients) - 1, -1, -1), coefficients, strict=True):
        if factor == 0:
            continue
        size = "" if abs(factor) == 1 and power else str(abs(factor))
        name = "" if power == 0 else variable if power == 1 else f"{variable}^{power}"
        sign = ("-" if factor < 0 else "") if not shown else " - " if factor < 0 else " + "
        shown += f"{sign}{size}{name}"
    return shown or "0"


def linear_form(factors: Sequence[int], variables: str) -> str:
    """Return a sum in several variables in LaTeX: ``[1, -2]``, ``"xy"`` is ``x - 2y``."""
    shown = ""
    for factor, variable in zip(factors, variables, strict=True):
        if factor:
            sign = ("-" if factor < 0 else "") if not shown else " - " if factor < 0 else " + "
            shown += f"{sign}{'' if abs(factor) == 1 else abs(factor)}{variable}"
    return shown


def expression(coefficients: Sequence[int]) -> str:
    """Return a polynomial in x as ``evaluate`` reads it."""
    highest = len(coefficients) - 1
    return " + ".join(f"({factor})*x**{highest - place}" for place, factor in enumerate(coefficients))


def plus(number: int) -> str:
    """Return a number as a further term: ``+ 3`` or ``- 3``."""
    return f"{'-' if number < 0 else '+'} {abs(number)}"


def expand(roots: Sequence[int], factor: int = 1) -> list[int]:
    """Return the coefficients of a polynomial with these integer roots, the highest power first."""
    coefficients = [factor]
    for root in roots:
        shifted = [*coefficients, 0]
        for place, value in enumerate(coefficients):
            shifted[place + 1] -= root * value
        coefficients = shifted
    return coefficients


class Series:
    """A power series in h, cut off after a power, with exact coefficients.

    A function evaluated at ``Series.variable(a)`` gives its own Taylor coefficients at a, so that derivatives need no
    rules of derivation.
    """

    def __init__(self, coefficients: Sequence[Fraction]) -> None:
        self.coefficients = list(coefficients)

    @classmethod
    def variable(cls, at: int | Fraction, terms: int = 4) -> "Series":
        """Return a + h."""
        return cls([Fraction(at), Fraction(1), *[Fraction(0)] * (terms - 2)])

    def constant(self, value: Fraction) -> "Series":
        """Return a constant with as many terms as this series."""
        return Series([value, *[Fraction(0)] * (len(self.coefficients) - 1)])

    def __add__(self, other: "Series") -> "Series":
        return Series([a + b for a, b in zip(self.coefficients, other.coefficients, strict=True)])

    def __neg__(self) -> "Series":
        return Series([-a for a in self.coefficients])

    def __sub__(self, other: "Series") -> "Series":
        return self + -other

    def __mul__(self, other: "Series") -> "Series":
        mine, theirs = self.coefficients, other.coefficients
        return Series([sum((mine[i] * theirs[n - i] for i in range(n + 1)), Fraction(0)) for n in range(len(mine))])

    def __truediv__(self, other: "Series") -> "Series":
        quotient: list[Fraction] = []
        for n, value in enumerate(self.coefficients):
            known = sum((quotient[i] * other.coefficients[n - i] for i in range(n)), Fraction(0))
            quotient.append((value - known) / other.coefficients[0])
        return Series(quotient)


def evaluate(text: str, x: Any) -> Any:
    """Evaluate an expression in x, of integers, ``+ - * / **`` and brackets, without floats.

    Args:
        text: such as ``(2*x + 1)**3 / (x - 4)``; powers are whole numbers from 1 on, or 0.
        x: a ``Fraction`` or a ``Series``; the result is of the same type.

    Raises:
        ValueError: if the text holds anything else.
    """
    return _value(ast.parse(text, mode="eval").body, x)


def _value(node: ast.expr, x: Any) -> Any:
    match node:
        case ast.Name(id="x"):
            return x
        case ast.Constant(value=int(number)):
            return x.constant(Fraction(number)) if isinstance(x, Series) else Fraction(number)
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return -_value(operand, x)
        case ast.BinOp(left=left, op=ast.Pow(), right=ast.Constant(value=int(power))) if power >= 0:
            result = _value(ast.Constant(1), x)
            for _ in range(power):
                result = result * _value(left, x)
            return result
        case ast.BinOp(left=left, op=ast.Add(), right=right):
            return _value(left, x) + _value(right, x)
        case ast.BinOp(left=left, op=ast.Sub(), right=right):
            return _value(left, x) - _value(right, x)
        case ast.BinOp(left=left, op=ast.Mult(), right=right):
            return _value(left, x) * _value(right, x)
        case ast.BinOp(left=left, op=ast.Div(), right=right):
            return _value(left, x) / _value(right, x)
    raise ValueError(f"not an expression in x: {ast.unparse(node)}")


def determinant(matrix: Sequence[Sequence[int]]) -> int:
    """Return the determinant of a square matrix, by expansion along the first row."""
    if len(matrix) == 1:
        return matrix[0][0]
    total = 0
    for column, factor in enumerate(matrix[0]):
        minor = [[*row[:column], *row[column + 1 :]] for row in matrix[1:]]
        total += (-1) ** column * factor * determinant(minor)
    return total
