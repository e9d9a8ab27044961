from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchharness.errors import InputError
from benchharness.tasks.templates import evaluate, letter, render

Refused = Callable[..., str]


@pytest.mark.parametrize(
    ("template", "variables", "text"),
    [
        ("问题：{{ question }}", {"question": "一加一？"}, "问题：一加一？"),
        ("{{ a }}<b>&{{ a }}", {"a": "<i>"}, "<i><b>&<i>"),
        ("{{ position | letter }}", {"position": 3}, "D"),
        ("{% for o in options %}{{ loop.index0 | letter }}.{{ o }} {% endfor %}", {"options": "甲乙"}, "A.甲 B.乙 "),
        ("one\n\n", {}, "one\n"),
    ],
)
def test_a_template_is_filled(template: str, variables: dict[str, Any], text: str) -> None:
    assert render(template, variables, "here") == text


@pytest.mark.parametrize(
    ("expression", "value"),
    [("[a, b]", [1, "二"]), ("row['a'] + 1", 2), ("none", None), ("b * 2", "二二"), ("{'x': a}", {"x": 1})],
)
def test_an_expression_gives_plain_data(expression: str, value: Any) -> None:
    assert evaluate(expression, {"a": 1, "b": "二", "row": {"a": 1}}, "here") == value


ESCAPES = [
    "''.__class__",
    "''.__class__.__mro__",
    "''['__class__'].__mro__[1].__subclasses__()",
    "(''|attr('__class__')).__mro__",
    "letter.__globals__",
    "row.__class__.__init__.__globals__",
    "cycler.__init__.__globals__.os.system('true')",
    "'{0.__class__}'.format('')[0] / 0",
    "row.update({'a': 2})",
    "items.append(1)",
    "items.clear()",
    "range(999999999)|list",
]


@pytest.mark.parametrize("expression", ESCAPES)
def test_the_sandbox_gives_no_way_out(expression: str, refused: Refused) -> None:
    variables: dict[str, Any] = {"row": {"a": 1}, "items": [0]}
    assert refused(evaluate, expression, variables, "t.yaml: item.id").startswith("t.yaml: item.id: ")
    assert refused(render, f"{{{{ {expression} }}}}", variables, "t.yaml: prompt").startswith("t.yaml: prompt: ")
    assert variables == {"row": {"a": 1}, "items": [0]}


@pytest.mark.parametrize("source", ["questoin", "row.questoin", "row['questoin']", "question.text"])
def test_a_name_that_is_not_there_is_refused_with_those_that_are(source: str, refused: Refused) -> None:
    variables = {"row": {}, "question": "?", "answer": 1}
    for message in (
        refused(evaluate, source, variables, "t.yaml"),
        refused(render, f"{{{{ {source} }}}}", variables, "t.yaml"),
    ):
        assert "t.yaml: " in message
        assert message.endswith("Names at hand: answer, question, row.")


@pytest.mark.parametrize("template", ["{{ a", "{% if %}", "{{ a | no_such_filter }}", "{% include 'x' %}"])
def test_a_template_that_is_not_valid_is_refused(template: str, refused: Refused) -> None:
    assert "t.yaml: prompt.zh.question" in refused(render, template, {"a": 1}, "t.yaml: prompt.zh.question")


def test_letters_go_from_a_to_z() -> None:
    assert "".join(letter(position) for position in range(26)) == "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    for position in (-1, 26):
        with pytest.raises(ValueError, match="only 26 options have a letter"):
            letter(position)
        with pytest.raises(InputError):
            evaluate("n | letter", {"n": position}, "here")


@given(st.text(), st.text())
def test_what_is_filled_in_is_not_read_as_a_template(before: str, value: str) -> None:
    assert render("[{{ x }}]", {"x": f"{value}{{{{ 7 * 7 }}}}"}, "here") == f"[{value}{{{{ 7 * 7 }}}}]"
    assert evaluate("x", {"x": before}, "here") == before
