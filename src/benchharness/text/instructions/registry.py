"""Instructions by name."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from pydantic import ValidationError

from benchharness.records import Language
from benchharness.text.instructions import characters, keywords, length, markdown, structure, writing
from benchharness.text.instructions.base import Instruction

_THEMES = {
    "length": length,
    "markdown": markdown,
    "structure": structure,
    "keywords": keywords,
    "characters": characters,
    "writing": writing,
}


def _collect() -> dict[str, tuple[str, type[Instruction]]]:
    kinds: dict[str, tuple[str, type[Instruction]]] = {}
    for theme, module in _THEMES.items():
        for value in vars(module).values():
            if isinstance(value, type) and issubclass(value, Instruction) and value.__module__ == module.__name__:
                kinds[value.kind()] = (theme, value)
    return kinds


_KINDS = _collect()

KINDS: Mapping[str, type[Instruction]] = MappingProxyType({name: kind for name, (_, kind) in _KINDS.items()})
"""Every kind by its name."""


def theme_of(kind: str) -> str:
    """Return the theme of a kind: length, markdown, structure, keywords, characters or writing."""
    return _KINDS[kind][0]


def parse_instruction(spec: object, language: Language) -> Instruction:
    """Return the instruction that a specification gives.

    Args:
        spec: ``{"kind": name, parameter: value, …}``.
        language: the language in which it is given.

    Raises:
        ValueError: if it is no such object, or the kind or a parameter is unknown, missing or out of range, or the
            kind does not exist in the language; it names the kind and the parameter.
    """
    if not isinstance(spec, Mapping) or "kind" not in spec:
        raise ValueError(f"not an instruction, which is an object with `kind`: {spec!r}")
    name = spec["kind"]
    kind = KINDS.get(name) if isinstance(name, str) else None
    if kind is None:
        raise ValueError(f"no kind of instruction is called {name!r}; there are: {', '.join(sorted(KINDS))}")
    if language not in kind.languages:
        raise ValueError(f"instruction {name} does not exist in {language.value}")
    parameters: dict[str, Any] = {key: value for key, value in spec.items() if key != "kind"}
    try:
        return kind.model_validate(parameters)
    except ValidationError as error:
        found = "; ".join(f"{'.'.join(map(str, one['loc'])) or name}: {one['msg']}" for one in error.errors())
        raise ValueError(f"instruction {name}: {found}") from error
