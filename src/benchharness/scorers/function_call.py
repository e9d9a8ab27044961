"""Function call: an answer makes exactly the calls it should, of the tools it was offered."""

import json
import re
import unicodedata
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

import jsonschema
from scipy.optimize import linear_sum_assignment

from benchharness.records import FinishReason, Item, Language, Outcome, Score
from benchharness.scorers.base import Sample
from benchharness.text.calls import Call, extract_calls

_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_ADDRESS = re.compile(r"(https?://[^/?#\s]+)(.*)", re.IGNORECASE | re.DOTALL)


def score(sample: Sample) -> Score:
    """Mark an answer right if its calls are those of the target: no other tool, no argument more or less.

    Arguments are compared as JSON values: 3 is 3.0, but neither ``"3"`` nor ``true``; texts after NFKC and without
    white space around them, in their case but for e-mail addresses and the host of a web address; lists in their
    order, or as sets where the schema says ``uniqueItems``. An optional argument may be given its declared default.
    Calls may stand in any order unless the target is ``ordered``. Calls that a schema does not allow are wrong.

    ``detail``, each in [0, 1]: ``calls``, the right calls as a share of those expected or made, whichever are more;
    ``names``, the same for the tools alone; ``schema``, whether all calls are valid; ``type_error``, whether one
    would be right but for the type of a value; ``other_language``, whether the calls are right as the item asks for
    them in its other language.

    Args:
        sample: a ``generate`` response. Its item has the column ``tools``, a list of declarations with ``name`` and
            ``parameters`` (JSON Schema); the target is ``{"calls": [{"name", "arguments"}], "ordered": false}``,
            or one of these for each language.

    Raises:
        ValueError: if target or tools are none such.
    """
    item = sample.item
    schemas = _schemas(item)
    target = _target(item.target, item.language)
    cut_off = sample.response.finish_reason is FinishReason.LENGTH
    extraction = extract_calls(sample.response.text, schemas.keys(), cut_off=cut_off)
    if extraction is None:
        return Score(0.0, Outcome.UNPARSED)
    made: list[Call] = extraction.value
    valid = all(_is_valid(call, schemas) for call in made)
    detail = _compare(made, target, schemas) | {"schema": float(valid)}
    right = valid and detail["calls"] == 1
    if not right and valid and _is_right_elsewhere(made, item, schemas):
        right = True
        detail["other_language"] = 1.0
    parsed = json.dumps(made, ensure_ascii=False)
    return Score(float(right), Outcome.SCORED, parsed=parsed, extraction=extraction, detail=detail)


def check(item: Item) -> None:
    """Look at the tools and the target of an item.

    Raises:
        ValueError: if a tool is not declared with a JSON Schema, the target is none, or it makes a call that the
            tools do not allow.
    """
    schemas = _schemas(item)
    for name, schema in schemas.items():
        try:
            jsonschema.Draft202012Validator.check_schema(schema)
        except jsonschema.SchemaError as error:
            raise ValueError(f"the parameters of {name} are no JSON Schema: {error.message}") from error
    for call in _target(item.target, item.language)["calls"]:
        if not _is_valid(call, schemas):
            raise ValueError(f"the tools do not allow the call {json.dumps(call, ensure_ascii=False)}")


def _schemas(item: Item) -> dict[str, Mapping[str, Any]]:
    tools = item.fields.get("tools")
    if not isinstance(tools, Sequence) or isinstance(tools, str) or not tools:
        raise ValueError("the item needs a column `tools`, a list of declarations")
    schemas: dict[str, Mapping[str, Any]] = {}
    for tool in tools:
        if not isinstance(tool, Mapping) or not isinstance(tool.get("parameters"), Mapping) or "name" not in tool:
            raise ValueError(f"a tool needs `name` and `parameters`: {tool!r}")
        schemas[str(tool["name"])] = tool["parameters"]
    return schemas


def _target(target: object, language: Language) -> Mapping[str, Any]:
    if isinstance(target, Mapping) and "calls" not in target:
        target = target.get(language.value)
    calls = target.get("calls") if isinstance(target, Mapping) else None
    if not isinstance(target, Mapping) or not isinstance(calls, Sequence) or isinstance(calls, str):
        raise ValueError("the target needs a list `calls`, or one under each language")
    for call in calls:
        if not isinstance(call, Mapping) or call.keys() != {"name", "arguments"}:
            raise ValueError(f"a call of the target needs `name` and `arguments`, and nothing else: {call!r}")
    return target


def _is_right_elsewhere(made: Sequence[Call], item: Item, schemas: Mapping[str, Mapping[str, Any]]) -> bool:
    other = Language.EN if item.language is Language.ZH else Language.ZH
    if "calls" in item.target or other.value not in item.target:
        return False
    return _compare(made, _target(item.target, other), schemas)["calls"] == 1


def _is_valid(call: Call, schemas: Mapping[str, Mapping[str, Any]]) -> bool:
    schema = schemas.get(call["name"])
    return schema is not None and _validator(json.dumps(schema)).is_valid(call["arguments"])


@lru_cache(maxsize=256)
def _validator(schema: str) -> jsonschema.Draft202012Validator:
    return jsonschema.Draft202012Validator(json.loads(schema))


def _compare(
    made: Sequence[Call], target: Mapping[str, Any], schemas: Mapping[str, Mapping[str, Any]]
) -> dict[str, float]:
    """Return the shares of right calls and names, and whether a type alone is wrong."""
    expected: Sequence[Call] = target["calls"]
    most = max(len(made), len(expected))
    if most == 0:
        return {"calls": 1.0, "names": 1.0, "type_error": 0.0}
    same = [[_same_call(one, two, schemas, loose=False) for two in expected] for one in made]
    alike = [[_same_call(one, two, schemas, loose=True) for two in expected] for one in made]
    named = [[one["name"] == two["name"] for two in expected] for one in made]
    if target.get("ordered", False):
        count = sum(row[place] for place, row in enumerate(same[: len(expected)]))
    else:
        count = _matched(same)
    return {
        "calls": count / most,
        "names": _matched(named) / most,
        "type_error": float(_matched(alike) > _matched(same)),
    }


def _matched(fits: list[list[bool]]) -> int:
    """Return how many calls can be paired off with one that they fit."""
    if not fits or not fits[0]:
        return 0
    rows, columns = linear_sum_assignment(fits, maximize=True)
    return sum(fits[row][column] for row, column in zip(rows, columns, strict=True))


def _same_call(one: Call, two: Call, schemas: Mapping[str, Mapping[str, Any]], *, loose: bool) -> bool:
    if one["name"] != two["name"]:
        return False
    schema = schemas.get(one["name"], {})
    first, second = _without_defaults(one["arguments"], schema), _without_defaults(two["arguments"], schema)
    return _same(first, second, schema, loose=loose)


def _without_defaults(value: Mapping[str, Any], schema: Mapping[str, Any]) -> dict[str, Any]:
    """Leave out optional arguments that say what is so without them, in objects within objects too."""
    properties = schema.get("properties", {})
    required = schema.get("required", ())
    kept: dict[str, Any] = {}
    for name, given in value.items():
        declared = properties.get(name, {})
        one = _without_defaults(given, declared) if isinstance(given, Mapping) else given
        is_default = "default" in declared and _same(one, declared["default"], declared, loose=False)
        if name in required or not is_default:
            kept[name] = one
    return kept


def _same(one: Any, two: Any, schema: Mapping[str, Any], *, loose: bool) -> bool:
    if isinstance(one, Mapping) and isinstance(two, Mapping):
        properties = schema.get("properties", {})
        return one.keys() == two.keys() and all(
            _same(value, two[name], properties.get(name, {}), loose=loose) for name, value in one.items()
        )
    if isinstance(one, list | tuple) and isinstance(two, list | tuple):
        if len(one) != len(two):
            return False
        element = schema.get("items", {})
        if schema.get("uniqueItems"):
            return _matched([[_same(a, b, element, loose=loose) for b in two] for a in one]) == len(one)
        return all(_same(a, b, element, loose=loose) for a, b in zip(one, two, strict=True))
    if isinstance(one, str) and isinstance(two, str):
        return _folded(one) == _folded(two)
    # In Python true is 1.
    if isinstance(one, bool) == isinstance(two, bool) and isinstance(one, str) == isinstance(two, str) and one == two:
        return True
    return loose and not isinstance(one, Mapping | list) and _folded(_written(one)) == _folded(_written(two))


def _written(value: Any) -> str:
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _folded(text: str) -> str:
    plain = unicodedata.normalize("NFKC", text).strip()
    if _EMAIL.fullmatch(plain):
        return plain.casefold()
    if address := _ADDRESS.fullmatch(plain):
        return address[1].casefold() + address[2]
    return plain
