"""How tools are declared: JSON Schema parameters with a description in each language."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any


@dataclass(frozen=True, slots=True)
class Param:
    """A parameter.

    Attributes:
        zh: its description in Chinese.
        en: its description in English.
        schema: its JSON Schema without description.
        required: whether every call gives it.
        properties: for an object, its fields.
        items: for an array, its elements.
    """

    zh: str
    en: str
    schema: Mapping[str, Any]
    required: bool = True
    properties: Mapping[str, "Param"] = field(default_factory=dict)
    items: "Param | None" = None

    def optional(self, default: Any = None) -> "Param":
        """Return the same parameter as one that may be left out, with a declared default if one is given."""
        schema = dict(self.schema) if default is None else {**self.schema, "default": default}
        return replace(self, required=False, schema=schema)

    def declare(self, language: str) -> dict[str, Any]:
        """Return its JSON Schema with descriptions in ``language``."""
        declared = dict(self.schema)
        if self.properties:
            declared |= _object(self.properties, language)
        if self.items is not None:
            declared["items"] = self.items.declare(language)
        described = self.zh if language == "zh" else self.en
        return {"description": described, **declared} if described else declared


@dataclass(frozen=True, slots=True)
class Tool:
    """A tool.

    Attributes:
        name: its name, the same in both languages.
        family: tools of different families never serve the same request.
        zh: what it does, in Chinese.
        en: what it does, in English.
        params: its parameters by name.
    """

    name: str
    family: str
    zh: str
    en: str
    params: Mapping[str, Param]

    def declare(self, language: str) -> dict[str, Any]:
        """Return the declaration (name, description, parameters) in ``language``."""
        described = self.zh if language == "zh" else self.en
        return {"name": self.name, "description": described, "parameters": _object(self.params, language)}


def _object(params: Mapping[str, Param], language: str) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": {name: param.declare(language) for name, param in params.items()},
        "required": [name for name, param in params.items() if param.required],
    }


def string(zh: str, en: str) -> Param:
    """Return a parameter that is a text."""
    return Param(zh, en, {"type": "string"})


def integer(zh: str, en: str, **bounds: int) -> Param:
    """Return a parameter that is a whole number; ``bounds`` are keywords of JSON Schema."""
    return Param(zh, en, {"type": "integer", **bounds})


def number(zh: str, en: str) -> Param:
    """Return a parameter that is a number."""
    return Param(zh, en, {"type": "number"})


def boolean(zh: str, en: str) -> Param:
    """Return a parameter that is true or false."""
    return Param(zh, en, {"type": "boolean"})


def choice(zh: str, en: str, *values: str) -> Param:
    """Return a parameter that is one of ``values``."""
    return Param(zh, en, {"type": "string", "enum": list(values)})


def listing(zh: str, en: str, items: Param, *, as_set: bool = False) -> Param:
    """Return a parameter that is a list; ``as_set`` if the order of its elements says nothing."""
    schema = {"type": "array", "uniqueItems": True} if as_set else {"type": "array"}
    return Param(zh, en, schema, items=items)


def record(zh: str, en: str, **properties: Param) -> Param:
    """Return a parameter that is an object."""
    return Param(zh, en, {}, properties=properties)
