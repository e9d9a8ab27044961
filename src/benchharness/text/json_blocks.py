"""The JSON object that a text gives as its answer."""

import json
import re
from typing import Any

from benchharness.records import Extraction
from benchharness.text._questions import end_of_answer

_OPENING = re.compile(r"[\[{]")
_FENCED = re.compile(r"```\w*\s*\Z")
# The beginning of an object that turned out to be no JSON, as against a brace in prose.
_TORN = re.compile(r"(?:\[\s*)?\{\s*[\"'“”]")
_PASSED = 500
_LOOK_BEHIND = 20


def extract_object(text: str) -> Extraction | None:
    """Read the last JSON object of a text, alone or as the only element of a list, bare or in a fence.

    JSON is not repaired: an object with full-width quotation marks, comments or a missing bracket is none.

    Args:
        text: a final answer, without reasoning.

    Returns:
        The ``value`` is the object, with the keys as they stand; the rule is ``fence`` or ``json``. ``None`` if there
        is none, if one that is torn or ill-formed follows it, or if the last list holds several.
    """
    content = text[: end_of_answer(text)]
    decoder = json.JSONDecoder(parse_constant=_refuse_constant)
    found: Extraction | None = None
    place = 0
    while (opening := _OPENING.search(content, place)) is not None:
        start = opening.start()
        try:
            value, place = decoder.raw_decode(content, start)
        except (ValueError, RecursionError) as error:
            # What is nested too deep for the parser is no answer, nor are the brackets it passed on the way.
            passed = _PASSED if isinstance(error, RecursionError) else getattr(error, "pos", 0) - start
            place = start + max(1, passed)
            if _TORN.match(content, start):
                found = None
            continue
        objects = [value] if isinstance(value, dict) else [one for one in value if isinstance(one, dict)]
        if objects and objects != [{}]:
            rule = "fence" if _FENCED.search(content, max(0, start - _LOOK_BEHIND), start) else "json"
            found = Extraction(objects[0], rule, start, place) if len(objects) == 1 else None
    return found


def _refuse_constant(name: str) -> Any:
    raise ValueError(f"{name} is no JSON")
