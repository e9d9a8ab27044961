"""Sandboxed Jinja: expressions that read rows and templates that write prompts."""

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

import jinja2
import jinja2.meta
from jinja2.sandbox import ImmutableSandboxedEnvironment

from benchharness.errors import InputError


def letter(position: int) -> str:
    """Return the label of the option at ``position``: 0 → A, 1 → B, … 25 → Z."""
    if not 0 <= position < 26:
        raise ValueError(f"only 26 options have a letter; position {position} has none")
    return chr(ord("A") + position)


@lru_cache(maxsize=1)
def _environment() -> ImmutableSandboxedEnvironment:
    environment = ImmutableSandboxedEnvironment(
        undefined=jinja2.StrictUndefined, autoescape=False, keep_trailing_newline=False
    )
    environment.filters["letter"] = letter
    return environment


@lru_cache(maxsize=1024)
def _template(source: str) -> jinja2.Template:
    return _environment().from_string(source)


@lru_cache(maxsize=1024)
def _expression(source: str) -> Callable[..., Any]:
    return _environment().compile_expression(source, undefined_to_none=False)


@lru_cache(maxsize=1024)
def names_in(template: str) -> frozenset[str]:
    """Return the names that a template uses; it must be valid."""
    return frozenset(jinja2.meta.find_undeclared_variables(_environment().parse(template)))


def render(template: str, variables: Mapping[str, Any], place: str) -> str:
    """Fill a template.

    Args:
        template: Jinja source.
        variables: what it may use, by name.
        place: file and key, for errors.

    Raises:
        InputError: if the template is not valid or uses a name that is not there.
    """
    try:
        return _template(template).render(variables)
    except Exception as error:
        raise _template_error(template, variables, place, error) from error


def evaluate(expression: str, variables: Mapping[str, Any], place: str) -> Any:
    """Evaluate an expression and return its value as plain data.

    Raises:
        InputError: if the expression is not valid or uses a name that is not there.
    """
    try:
        value = _expression(expression)(variables)
    except Exception as error:
        raise _template_error(expression, variables, place, error) from error
    if isinstance(value, jinja2.Undefined):
        raise _template_error(expression, variables, place, jinja2.UndefinedError(f"{expression!r} is undefined"))
    return value


def _template_error(source: str, variables: Mapping[str, Any], place: str, error: Exception) -> InputError:
    names = ", ".join(sorted(str(name) for name in variables))
    return InputError(
        en=f"{place}: {source!r}: {error}. Names at hand: {names}.",
        zh=f"{place}：{source!r}：{error}。可用的名称：{names}。",
    )
