"""Function calls written in an answer, in the forms that models are trained to write them in."""

import ast
import json
import math
import re
import warnings
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any, TypeAlias

from benchharness.records import Extraction

Call: TypeAlias = dict[str, Any]
"""``{"name": str, "arguments": {name: JSON value}}``."""

_NAME = r"[A-Za-z_][\w.-]{0,63}"

# What may stand before a JSON value that is a call or a list of calls.
_MARKS = (
    ("tool_call_tag", re.compile(r"<tool_call>\s*$")),
    ("tool_calls_token", re.compile(r"\[TOOL_CALLS\]\s*$")),
    ("python_tag", re.compile(r"<\|python_tag\|>\s*$")),
    ("fence", re.compile(r"```\w*\s*$")),
)
# What may stand before a JSON object that holds the arguments alone.
_NAMED = (
    ("tool_calls_token", re.compile(rf"\[TOOL_CALLS\]\s*(?P<name>{_NAME})(?:\[CALL_ID\]\w+)?\[ARGS\]\s*$")),
    ("function_tag", re.compile(rf"<function=(?P<name>{_NAME})>\s*$")),
    ("tool_sep", re.compile(rf"<｜tool▁sep｜>(?P<name>{_NAME})\s*```json\s*$")),
    ("tool_sep", re.compile(rf"<｜tool▁call▁begin｜>(?P<name>{_NAME})<｜tool▁sep｜>\s*$")),
    ("channel", re.compile(rf"to=functions\.(?P<name>{_NAME})[^\n]{{0,80}}<\|message\|>\s*$")),
)
_NAME_LINE = re.compile(rf"(?:^|[\n>])[ \t]*(?P<name>{_NAME})[ \t]*\n\s*(?:```(?:json)?\s*)?$")
_LOOK_BEHIND = 200

# The beginning of a call that turned out to be no JSON, and where what is left of it is taken to end.
_TORN = re.compile(r'\[\s*\{|\{\s*"(?:name|function|type|id|tool_calls|arguments|parameters)"')
_TORN_END = re.compile(r"\n[ \t]*\n|```|</")
# Not an empty list: list[], f()[], a check box.
_NO_LIST_BEFORE = re.compile(r"(?:[A-Za-z0-9_)\]=]|[-*+] )\Z")

_TAKEN_BACK = re.compile(
    r"更正|纠正|修正|应该是|应为|应改|不对|有误|重新|最终|答案"
    r"|\b(?:correct(?:ion|ed)|wait|instead|actually|rather|final|answer|mistake)\b",
    re.IGNORECASE,
)
_NO_CALL = re.compile(
    r"[\s`*\"“”']*(?:NO[_ ]?CALLS?|NO TOOL CALLS?|NO FUNCTION CALLS?|(?:无需|无须|不需要?|不必|没有必要)(?:调用|使用)"
    r"(?:任何)?(?:工具|函数)?|不调用(?:任何)?(?:工具|函数)?)[\s`*\"“”'.。]*",
    re.IGNORECASE,
)

_PYTHON_LIST = re.compile(r"\[\s*(?=[A-Za-z_][\w.]*\()")
_DEEPEST = 16
_PASSED = 500
_CLOSING = {"(": ")", "[": "]", "{": "}"}


@dataclass(frozen=True, slots=True)
class _Block:
    """Calls that stand in one piece of text; ``closed`` if the piece is a list, so that none can follow."""

    calls: list[Call]
    rule: str
    start: int
    end: int
    closed: bool


def extract_calls(text: str, names: Collection[str] = (), *, cut_off: bool = False) -> Extraction | None:
    """Read the function calls that an answer makes.

    Read as they stand, with other text around them: a JSON list of calls or single calls, bare or in a fence
    (rules ``json``, ``fence``); after ``<tool_call>`` (``tool_call_tag``, Qwen and Hermes), ``[TOOL_CALLS]``
    (``tool_calls_token``, Mistral), ``<|python_tag|>`` (``python_tag``, Llama 3), ``<function=…>``
    (``function_tag``), DeepSeek's separators (``tool_sep``), the channel of gpt-oss (``channel``); a line with the
    name alone and the arguments below (``name_line``, GLM); Python calls with literal keyword arguments
    (``python``). A call is an object with ``name`` and ``arguments`` (or ``parameters``), alone or under
    ``function``; arguments may be JSON in a string. ``[]`` or nothing but such words as “无需调用” is no call
    (``no_call`` for words).

    The last list counts; calls written one by one after it are several calls, unless one takes the others back
    (“更正：”, "Final answer:"). JSON is not repaired: pieces of a torn or ill-formed list are no calls.

    Args:
        text: a final answer, without reasoning.
        names: the tools at hand; a name outside of JSON counts only if it is among them.
        cut_off: whether the answer ended at the token limit. Then only a list that is closed counts, as further
            calls could have followed anything else.

    Returns:
        ``value`` is a list of calls, empty for “no call”; ``None`` if the answer has none of these forms.
    """
    python = list(_python_blocks(text, names))
    blocks, torn_at = _json_blocks(text, names, [(block.start, block.end) for block in python])
    run = _last_run(text, blocks or python)
    if not run:
        words = None if cut_off or torn_at >= 0 else _NO_CALL.fullmatch(text)
        return None if words is None else Extraction([], "no_call", 0, len(text))
    last = run[-1]
    if torn_at > last.start and (cut_off or not last.closed):
        return None
    if cut_off and not last.closed:
        return None
    return Extraction([call for block in run for call in block.calls], last.rule, run[0].start, last.end)


def _last_run(text: str, blocks: list[_Block]) -> list[_Block]:
    """Return the last list, or the single calls that stand after it."""
    run: list[_Block] = []
    for block in blocks:
        begins = block.closed or not run or run[-1].closed
        if begins or _TAKEN_BACK.search(text, run[-1].end, block.start):
            run = [block]
        else:
            run.append(block)
    return run


def _json_blocks(text: str, names: Collection[str], taken: list[tuple[int, int]]) -> tuple[list[_Block], int]:
    """Return the blocks of JSON outside of the stretches ``taken``, and where the last torn one begins, or -1."""
    blocks: list[_Block] = []
    torn_at = -1
    place = 0
    decoder = json.JSONDecoder(parse_constant=_refuse_constant)
    while (opening := _next_bracket(text, place)) >= 0:
        inside = next((end for start, end in taken if start <= opening < end), None)
        if inside is not None:
            place = inside
            continue
        try:
            value, place = decoder.raw_decode(text, opening)
        except (ValueError, RecursionError) as error:
            # Nesting too deep for the parser is no call, nor are the brackets it passed on the way.
            too_deep = isinstance(error, RecursionError)
            place = opening + _PASSED if too_deep else max(opening + 1, getattr(error, "pos", 0))
            if _TORN.match(text, opening):
                torn_at = opening
                if text[opening] == "[":
                    rest = _TORN_END.search(text, place)
                    place = rest.start() if rest else len(text)
            continue
        block = _block(text, value, opening, place, names)
        if block is not None:
            blocks.append(block)
    return blocks, torn_at


def _next_bracket(text: str, place: int) -> int:
    found = re.compile(r"[\[{]").search(text, place)
    return found.start() if found else -1


def _refuse_constant(name: str) -> float:
    raise ValueError(f"{name} is no JSON")


def _block(text: str, value: Any, start: int, end: int, names: Collection[str]) -> _Block | None:
    if not _is_plain(value):
        return None
    before = text[max(0, start - _LOOK_BEHIND) : start]
    if value == [] and _NO_LIST_BEFORE.search(before):
        return None
    rule = next((rule for rule, mark in _MARKS if mark.search(before)), "json")
    calls = _calls(value)
    if calls is not None:
        # Each tag holds one piece of a series, whatever is in it.
        closed = isinstance(value, list) or "tool_calls" in value
        return _Block(calls, rule, start, end, closed=closed and rule != "tool_call_tag")
    if not isinstance(value, dict):
        return None
    for named_rule, mark in _NAMED:
        if found := mark.search(before):
            return _Block([{"name": found["name"], "arguments": value}], named_rule, start, end, closed=False)
    found = _NAME_LINE.search(before)
    if found is None or found["name"] not in names:
        return None
    return _Block([{"name": found["name"], "arguments": value}], "name_line", start, end, closed=False)


def _calls(value: Any) -> list[Call] | None:
    """Return the calls that a JSON value is, or ``None`` if it is none."""
    if isinstance(value, dict) and isinstance(value.get("tool_calls"), list):
        value = value["tool_calls"]
    if isinstance(value, list):
        calls = [_call(element) for element in value]
        return None if None in calls else [call for call in calls if call is not None]
    call = _call(value)
    return None if call is None else [call]


def _call(value: Any) -> Call | None:
    if not isinstance(value, dict):
        return None
    if isinstance(value.get("function"), dict):
        value = value["function"]
    name = value.get("name")
    # What has a description is the declaration of a tool, repeated.
    if not isinstance(name, str) or not name.strip() or "description" in value:
        return None
    arguments = value.get("arguments", value.get("parameters"))
    if isinstance(arguments, str):
        try:
            arguments = json.loads(arguments, parse_constant=_refuse_constant)
        except (ValueError, RecursionError):
            return None
    if not isinstance(arguments, dict) or not _is_plain(arguments):
        return None
    return {"name": name.strip(), "arguments": arguments}


def _is_plain(value: Any, depth: int = 0) -> bool:
    """Return whether a value can be written as UTF-8 JSON and is not nested beyond reason."""
    if depth > _DEEPEST:
        return False
    if isinstance(value, dict):
        return all(_is_plain(key, depth) and _is_plain(one, depth + 1) for key, one in value.items())
    if isinstance(value, list):
        return all(_is_plain(one, depth + 1) for one in value)
    if isinstance(value, str):
        return not any("\ud800" <= char <= "\udfff" for char in value)
    return value is None or isinstance(value, bool | int) or (isinstance(value, float) and math.isfinite(value))


def _python_blocks(text: str, names: Collection[str]) -> Iterator[_Block]:
    known = "|".join(re.escape(name) for name in names) or r"(?!)"
    opening = re.compile(rf"{_PYTHON_LIST.pattern}|(?<![\w.])(?:{known})(?=\()")
    place = 0
    while found := opening.search(text, place):
        end = _closing(text, found.start())
        if end is None:
            return
        calls = _python_calls(text[found.start() : end])
        if calls:
            yield _Block(calls, "python", found.start(), end, closed=text[found.start()] == "[")
        place = end


def _closing(text: str, start: int) -> int | None:
    """Return the index after the bracket that closes the first one from ``start`` on; quoted brackets do not count."""
    expected: list[str] = []
    quote = ""
    escaped = False
    for place in range(start, len(text)):
        char = text[place]
        if quote:
            quote = "" if char == quote and not escaped else quote
            escaped = char == "\\" and not escaped
        elif char in "'\"":
            quote = char
        elif char in _CLOSING:
            expected.append(_CLOSING[char])
        elif expected and char == expected[-1]:
            expected.pop()
            if not expected:
                return place + 1
    return None


def _python_calls(source: str) -> list[Call] | None:
    """Return the calls of an expression, if each of them has literal keyword arguments and nothing else."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            body = ast.parse(source, mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    calls = [_python_call(node) for node in (body.elts if isinstance(body, ast.List) else [body])]
    return None if None in calls else [call for call in calls if call is not None]


def _python_call(node: ast.expr) -> Call | None:
    if not isinstance(node, ast.Call) or node.args or not node.keywords:
        return None
    try:
        arguments = {str(one.arg): _json_value(ast.literal_eval(one.value)) for one in node.keywords if one.arg}
    except (ValueError, TypeError, RecursionError, MemoryError):
        return None
    if len(arguments) < len(node.keywords) or not _is_plain(arguments):
        return None
    return {"name": ast.unparse(node.func), "arguments": arguments}


def _json_value(value: Any) -> Any:
    if isinstance(value, tuple | list):
        return [_json_value(one) for one in value]
    return {key: _json_value(one) for key, one in value.items()} if isinstance(value, dict) else value
