"""What holds for every problem about records, and how their parts are read back from the text."""

import json
import re
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from pathlib import Path
from random import Random
from typing import Any

import cn2an
import yaml
from tests.tasks.long_context.families.checks import check_places

from benchharness.records import FinishReason, Item, Language, Response
from benchharness.scorers import copy, recall
from benchharness.scorers.base import Sample
from benchharness.tasks.long_context import families
from benchharness.tasks.long_context.records import Family, Problem

ZH, EN = Language.ZH, Language.EN
WINDOW = 20_000

_DATE = {
    ZH: re.compile(
        r"([0-9]{4}|[〇一二三四五六七八九]{4})年([0-9]{1,2}|[一二三四五六七八九十]{1,3})月([0-9]{1,2}|[一二三四五六七八九十]{1,3})日"
    ),
    EN: re.compile(r"[1-9][0-9]? [A-Z][a-z]+ [0-9]{4}"),
}


def lexicon(name: str) -> Any:
    return yaml.safe_load((Path(families.__file__).parent / name).read_text(encoding="utf-8"))


PEOPLE = [(person["zh"], person["en"]) for person in lexicon("_records_people.yaml")["people"]]


def read_date(text: str, language: Language) -> str:
    """Return the one day that a text names, as ISO 8601 has it."""
    (found,) = _DATE[language].finditer(text)
    if language is EN:
        return datetime.strptime(found[0], "%d %B %Y").date().isoformat()  # noqa: DTZ007 - a day has no time zone
    year, month, day = (int(part) if part.isdigit() else int(cn2an.cn2an(part, "smart")) for part in found.groups())
    return date(year, month, day).isoformat()


def read_person(text: str, language: Language) -> str:
    """Return the id of the one person whom a text names."""
    (found,) = [english for chinese, english in PEOPLE if (chinese if language is ZH else english) in text]
    return str(found).lower().replace(" ", "-")


def drawn(
    family: Family,
    parse: Callable[[str, Language], Mapping[str, Any]],
    seed: int,
    depth: float,
    **options: Any,
) -> Problem:
    """Draw a problem twice, check everything that holds for all families, and return it."""
    problem = family.draw(Random(seed), depth, **options)
    assert problem == family.draw(Random(seed), depth, **options)
    check_places(problem, depth)
    for fact in problem.facts:
        for language in Language:
            text = fact.text[language]
            assert re.match(r"[0-9A-Za-z<\u4e00-\u9fff〇]", text), text
            assert text == text.strip()
            assert "\n\n" not in text or text.startswith("<file")
            assert parse(text, language) == fact.record, text
    records, asked = json.loads(json.dumps([[fact.record for fact in problem.facts], problem.asked]))
    assert family.solve(records, asked) == problem.answer
    assert set(problem.answer) == set(problem.question) == set(Language)
    return problem


def value_of(problem: Problem, language: Language, text: str, match: recall.Match | None = None) -> float:
    """Return the score of an answer to a problem, as a copy if there is no ``match``."""
    target = {tongue.value: answer for tongue, answer in problem.answer.items()}
    item = Item("1", language, target, "c", problem.fields.get(language, {}))
    response = Response("key", FinishReason.STOP, text=text)
    sample = Sample(item, response)
    return copy.score(sample).value if match is None else recall.score(sample, match=match).value


def check_windows(units: Iterable[str], key: Callable[[str], str]) -> None:
    """Look whether what ``key`` takes from a unit comes twice within a window."""
    last: dict[str, int] = {}
    position = 0
    for unit in units:
        name = key(unit)
        position += len(unit)
        assert position - last.get(name, -WINDOW) >= WINDOW, unit
        last[name] = position
