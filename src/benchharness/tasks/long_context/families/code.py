"""Code: a repository of many files, and a constant, a function or an import of which something is asked."""

from collections.abc import Mapping, Sequence
from random import Random
from typing import Any, NamedTuple

from benchharness.records import Language
from benchharness.tasks.long_context.families._facts import in_order, spread
from benchharness.tasks.long_context.families._options import check_names, read_choice, read_whole
from benchharness.tasks.long_context.families._records_targets import same
from benchharness.tasks.long_context.families._repository import (
    WORDING,
    Repository,
    Topic,
    draw_topics,
    packages,
    write_file,
)
from benchharness.tasks.long_context.families._wording import read_wording, say
from benchharness.tasks.long_context.records import Fact, Filler, Problem

_VALUES = range(1_000_000, 10_000_000)
_MOST_OTHERS = 20


class _Entry(NamedTuple):
    """One thing that could be asked for, as the records of the files that state it, and their text."""

    records: tuple[dict[str, Any], ...]
    texts: tuple[dict[Language, str], ...]
    asked: str
    answer: str


def draw(rng: Random, depth: float, **options: Any) -> Problem:
    """Return files that state what is asked, and others of the same form.

    Options: ``ask``: ``constant``, its value (the default); ``definition``, the path of the file with a function; or
    ``import``, what a function returns whose value is a constant of another file, in which case depth plays no part;
    ``others``, how many there are of the same form that are not asked for, from 0 to 20, 3 by default.

    Raises:
        ValueError: if an option is wrong, naming it.
    """
    check_names(options, "ask", "others")
    ask = read_choice(options, "ask", list(_DRAWN))
    others = read_whole(options, "others", default=3, least=0, most=_MOST_OTHERS)
    entries = _DRAWN[ask](rng, others + 1)
    parts = list(zip(*(zip(entry.records, entry.texts, strict=True) for entry in entries), strict=True))
    placed: list[Fact] = []
    for part in parts:
        # The first entry is the one that is asked for.
        depths = rng.sample(spread(rng, len(part)), len(part)) if len(parts) > 1 else [depth, *_elsewhere(rng, others)]
        placed.extend(Fact(record, text, place, block=True) for (record, text), place in zip(part, depths, strict=True))
    wanted = entries[0]
    return Problem(
        facts=in_order(placed),
        question=say(read_wording(WORDING)["questions"][ask], name=dict.fromkeys(Language, wanted.asked)),
        answer=same(wanted.answer),
        depth=None if ask == "import" else depth,
        asked={"ask": ask, "name": wanted.asked},
        category=ask,
        fields=_candidates(ask, entries),
    )


def solve(records: Sequence[Mapping[str, Any]], asked: Mapping[str, Any]) -> Mapping[Language, Any]:
    """Return the value or the path.

    Raises:
        ValueError: if the files do not state it, or more than one does.
    """
    key = "constant" if asked["ask"] == "constant" else "function"
    found = [record for record in records if record.get(key) == asked["name"]]
    if asked["ask"] == "import":
        sources = [record["imports"] for record in found]
        found = [record for record in records if "value" in record and record["path"] in sources]
    if len(found) != 1:
        raise ValueError(f"{len(found)} files state {asked['name']}")
    return same(str(found[0]["path" if asked["ask"] == "definition" else "value"]))


def filler(seed: int, **options: Any) -> Filler:
    """Return the other files of the repository."""
    return Repository(seed)


def _candidates(ask: str, entries: Sequence[_Entry]) -> dict[Language, dict[str, Any]]:
    """Return the paths that might be answered; what else is a number can be seen from its form."""
    if ask != "definition":
        return {}
    paths = sorted(entry.answer for entry in entries)
    return {language: {"candidates": paths} for language in Language}


def _elsewhere(rng: Random, count: int) -> list[float]:
    return [rng.random() for _ in range(count)]


def _draw_constants(rng: Random, count: int) -> list[_Entry]:
    suffixes = read_wording(WORDING)["suffixes"]
    entries = []
    for topic, value in _topics_and_values(rng, count):
        name = f"{topic.identifier.upper()}_{rng.choice(suffixes)}"
        path = f"{rng.choice(packages())}/settings/{topic.identifier}.py"
        record = {"path": path, "constant": name, "value": value}
        entries.append(_Entry((record,), (_settings(topic, path, name, value),), name, str(value)))
    return entries


def _draw_definitions(rng: Random, count: int) -> list[_Entry]:
    entries = []
    for topic, stem in zip(_near(rng, count), draw_topics(rng, count), strict=True):
        name = f"handle_{topic.identifier}"
        # The path does not give the function away.
        path = f"{rng.choice(packages())}/handlers/{stem.identifier}.py"
        code = f'    return f"{rng.randrange(10, 100)}:{{key}}"'
        record = {"path": path, "function": name}
        entries.append(_Entry((record,), (_handler(topic, path, f"def {name}(key):", code),), name, path))
    return entries


def _draw_imports(rng: Random, count: int) -> list[_Entry]:
    constant = rng.choice(read_wording(WORDING)["suffixes"])
    entries = []
    sources = _topics_and_values(rng, count)
    for (source, value), topic in zip(sources, draw_topics(rng, count), strict=True):
        package = rng.choice(packages())
        settings = f"{package}/settings/{source.identifier}.py"
        path = f"{rng.choice(packages())}/handlers/{topic.identifier}.py"
        name = f"handle_{topic.identifier}"
        head = f"from {package}.settings.{source.identifier} import {constant}\n\n\ndef {name}():"
        stated = {"path": settings, "constant": constant, "value": value}
        using = {"path": path, "function": name, "imports": settings}
        texts = (_settings(source, settings, constant, value), _handler(topic, path, head, f"    return {constant}"))
        entries.append(_Entry((stated, using), texts, name, str(value)))
    return entries


_DRAWN = {"constant": _draw_constants, "definition": _draw_definitions, "import": _draw_imports}


def _topics_and_values(rng: Random, count: int) -> list[tuple[Topic, int]]:
    return list(zip(_near(rng, count), rng.sample(_VALUES, count), strict=True))


def _near(rng: Random, count: int) -> list[Topic]:
    """Return topics of which each of the others has its quality or its noun from the first."""
    wanted, *others = draw_topics(rng, count + 1)[:count]
    mixed = [
        Topic(wanted.quality, other.noun) if place % 2 else Topic(other.quality, wanted.noun)
        for place, other in enumerate(others)
    ]
    # Two of the others may have become the same, or the first.
    return [wanted, *mixed] if len({wanted, *mixed}) == count else _near(rng, count)


def _settings(topic: Topic, path: str, name: str, value: int) -> dict[Language, str]:
    remark = say(read_wording(WORDING)["facts"]["settings"], x=topic.text)
    return write_file(path, {language: f'"""{text}"""\n{name} = {value}' for language, text in remark.items()})


def _handler(topic: Topic, path: str, head: str, code: str) -> dict[Language, str]:
    remark = say(read_wording(WORDING)["facts"]["handler"], x=topic.text)
    return write_file(path, {language: f'{head}\n    """{text}"""\n{code}' for language, text in remark.items()})
