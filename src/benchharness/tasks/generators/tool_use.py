"""Tool use: a request and some tools; the answer is the calls to make, or none."""

import datetime
import json
from collections.abc import Sequence
from random import Random
from typing import Any, NamedTuple

from benchharness.tasks.generated import Row
from benchharness.tasks.generators._tools_dates import today_line
from benchharness.tasks.generators._tools_requests import (
    TOOLS,
    Ask,
    Call,
    Request,
    ask,
    ask_many,
    is_phrase,
    read_requests,
)
from benchharness.tasks.generators._tools_solve import solve_problem
from benchharness.tasks.generators._wording import Words, fill, read_wording

FAMILY = "tool_use"
CATEGORIES = (
    "single_call",
    "choose_among_similar",
    "parallel_calls",
    "typed_arguments",
    "optional_arguments",
    "no_call",
)
MOST_ATTEMPTS = 200
_FIRST_DAY, _DAYS = datetime.date(2024, 1, 1), 3 * 365


class Draft(NamedTuple):
    """A request in whole sentences, the tools offered with it, and why its calls are right."""

    said: Words
    calls: list[Call]
    offered: list[str]
    why: str
    made: bool = True


def generate(seed: int, count: int) -> list[Row]:
    """Return rows of all categories and difficulties in rotation.

    Args:
        seed: decides about everything.
        count: number of rows; a larger one only adds rows.

    Raises:
        ValueError: if there is no further request of a category.
    """
    rows: list[Row] = []
    seen: set[str] = set()
    for index in range(count):
        level = index % 3 + 1
        category = CATEGORIES[index // 3 % len(CATEGORIES)]
        for attempt in range(MOST_ATTEMPTS):
            rng = Random(f"{seed}:{FAMILY}:{index}:{attempt}")
            today = _FIRST_DAY + datetime.timedelta(days=rng.randrange(_DAYS))
            draft = _draft(category, rng, level, today)
            if seen.isdisjoint(draft.said):
                break
        else:
            raise ValueError(f"{FAMILY}: no further request of {category}, difficulty {level}")
        seen.update(draft.said)
        rows.append(_row(index, category, level, today, draft))
    return rows


def solve(row: Row) -> Any:
    """Return the target of a row from the meaning of its request (``row["problem"]``) and the tools' schemas.

    Raises:
        ValueError: if a meaning cannot be resolved or a call does not fit its tool.
    """
    return solve_problem(row["problem"])


def _draft(category: str, rng: Random, level: int, today: datetime.date) -> Draft:
    if category == "parallel_calls":
        return _parallel(rng, level, today)
    if category == "no_call":
        return _no_call(rng, level, today)
    request = _choose(category, rng, level)
    asked = ask(request, rng, level, today)
    near = {"single_call": (0, 0, 2), "typed_arguments": (0, 1, 2), "optional_arguments": (0, 0, 1)}
    similar = _sample(rng, request.near, 2 if level == 1 else 3) if category == "choose_among_similar" else ()
    if category in near:
        similar = _sample(rng, request.near, near[category][level - 1])
    offered = _offer(rng, [request.tool, *similar], (3, 4 + rng.randrange(2), 6)[level - 1])
    return Draft(_sentence(rng, asked.said), asked.calls, offered, _why(asked))


def _choose(category: str, rng: Random, level: int) -> Request:
    """Draw a request that fits a category of single calls: first the tool, then its wording."""
    plain = read_requests("tool_use")
    if category == "typed_arguments":
        possible = [one for one in read_requests("tool_use_typed") if one.level == level]
    elif category == "optional_arguments" and level > 1:
        possible = [one for one in read_requests("tool_use_optional") if one.level == level]
    elif category == "optional_arguments":
        possible = [one for one in plain if _has_optional(one.tool)]
    elif category == "choose_among_similar":
        possible = [one for one in plain if len(one.near) > 1]
    else:
        possible = list(plain)
    return rng.choice(possible)


def _has_optional(tool: str) -> bool:
    return not all(param.required for param in TOOLS[tool].params.values())


def _parallel(rng: Random, level: int, today: datetime.date) -> Draft:
    plain = read_requests("tool_use")
    several = [one for one in plain if one.many is not None]
    form = (("same",), ("two",), ("same and one", "three"))[level - 1]
    kind = rng.choice(form)
    if kind == "same":
        asked = ask_many(rng.choice(several), rng, level, today, rng.randrange(2, 4), phrase=False)
        said = _sentence(rng, asked.said)
    else:
        parts = _parts(rng, level, today, kind, several)
        wording = read_wording("tool_use")["wrap_two" if len(parts) == 2 else "wrap_three"]
        names = dict(zip("abc", (part.said for part in parts), strict=False))
        said = _capital(fill(rng.choice(wording), **names))
        asked = Ask(
            said, [call for part in parts for call in part.calls], [fact for part in parts for fact in part.facts]
        )
    needed = list(dict.fromkeys(call.wanted["tool"] for call in asked.calls))
    offered = _offer(rng, needed, (3, 5, 6)[level - 1])
    return Draft(said, asked.calls, offered, _why(asked))


def _parts(rng: Random, level: int, today: datetime.date, kind: str, several: Sequence[Request]) -> list[Ask]:
    """Return phrases about tools of different families."""
    parts: list[Ask] = []
    families: set[str] = set()
    if kind == "same and one":
        first = rng.choice([one for one in several if one.many and any(map(is_phrase, one.many[1]))])
        parts.append(ask_many(first, rng, 2, today, 2, phrase=True))
        families.add(TOOLS[first.tool].family)
    while len(parts) < (3 if kind == "three" else 2):
        request = rng.choice([one for one in read_requests("tool_use") if TOOLS[one.tool].family not in families])
        families.add(TOOLS[request.tool].family)
        parts.append(ask(request, rng, min(level, 2), today, phrase=True))
    return parts


def _no_call(rng: Random, level: int, today: datetime.date) -> Draft:
    if level == 2:
        request = rng.choice(read_requests("tool_use_missing"))
        asked = ask(request, rng, level, today)
        offered = _offer(rng, [request.tool], 4)
        missing = [name for name, param in TOOLS[request.tool].params.items() if param.required]
        lacking = ", ".join(name for name in missing if name not in request.args)
        why = f"{request.tool} needs {lacking}, and the request does not say it."
        return Draft(_sentence(rng, asked.said), asked.calls, offered, why, made=False)
    request = rng.choice([one for one in read_requests("tool_use") if level == 1 or len(one.lack) > 1])
    asked = ask(request, rng, level, today)
    similar = _sample(rng, request.lack, 3) if level == 3 else []
    offered = _offer(rng, [request.tool, *similar], 5 if level == 1 else 7)
    offered.remove(request.tool)
    why = f"The request needs a tool such as {request.tool}, and no tool offered does that."
    return Draft(_sentence(rng, asked.said), asked.calls, offered, why, made=False)


def _sample(rng: Random, names: Sequence[str], count: int) -> list[str]:
    return rng.sample(names, min(count, len(names)))


def _offer(rng: Random, needed: Sequence[str], count: int) -> list[str]:
    """Return the tools needed, filled up with tools of other families, in a drawn order."""
    families = {TOOLS[name].family for name in needed}
    others = [tool.name for tool in TOOLS.values() if tool.family not in families]
    offered = [*needed, *rng.sample(others, max(0, count - len(needed)))]
    rng.shuffle(offered)
    return offered


def _sentence(rng: Random, said: Words) -> Words:
    if not is_phrase(said):
        return _capital(said)
    return _capital(fill(rng.choice(read_wording("tool_use")["wrap"]), x=said))


def _capital(said: Words) -> Words:
    first = said.en.split()[0]
    # A code or an address stays as it is.
    return Words(said.zh, said.en[0].upper() + said.en[1:]) if first.strip(",:").isalpha() else said


def _why(asked: Ask) -> str:
    tools = ", ".join(dict.fromkeys(call.wanted["tool"] for call in asked.calls))
    dated = [fact for fact in asked.facts if {"date", "after", "month"} & fact.meaning.keys()]
    dates = "".join(f"; {fact.en!r} is {fact.value_en}" for fact in dated)
    return f"{tools}: what the request says gives all required arguments and no others{dates}."


def _row(index: int, category: str, level: int, today: datetime.date, draft: Draft) -> Row:
    calls = {
        "zh": [call.zh for call in draft.calls] if draft.made else [],
        "en": [call.en for call in draft.calls] if draft.made else [],
    }
    targets = {language: {"calls": made, "ordered": False} for language, made in calls.items()}
    halves: dict[str, Any] = {}
    for position, language in enumerate(("zh", "en")):
        tools = [TOOLS[name].declare(language) for name in draft.offered]
        halves[language] = {
            "today": today_line(today)[position],
            "request": draft.said[position],
            "tools": tools,
            "declarations": "\n".join(json.dumps(tool, ensure_ascii=False) for tool in tools),
            "solution": json.dumps(calls[language], ensure_ascii=False),
        }
    return {
        "id": f"{FAMILY}-{index + 1:04d}",
        "category": category,
        "difficulty": level,
        "answer": targets["zh"] if targets["zh"] == targets["en"] else targets,
        "why": draft.why,
        **halves,
        "problem": {
            "today": today.isoformat(),
            "offered": draft.offered,
            "wanted": [call.wanted for call in draft.calls],
        },
    }
