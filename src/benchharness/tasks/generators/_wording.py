"""Wording in both languages: templates that come in pairs, and the names that stand in them."""

import re
from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from random import Random
from typing import Any, NamedTuple

import yaml


class Words(NamedTuple):
    """The same thing said in Chinese and in English."""

    zh: str
    en: str


_PLACE = re.compile(r"<([a-z][a-z0-9_]*)>")


@cache
def read_wording(family: str) -> dict[str, Any]:
    """Read the wording of a family, from the YAML file beside its generator.

    A mapping of just ``zh`` and ``en`` becomes ``Words``; if both hold lists of equal length, a list of them. Beside
    other keys they become the ``Words`` under ``text``.

    Raises:
        ValueError: if the lists of the two languages differ in length.
    """
    text = files("benchharness.tasks.generators").joinpath(f"{family}.wording.yaml").read_text(encoding="utf-8")
    wording: dict[str, Any] = _paired(yaml.safe_load(text))
    return wording


def _paired(node: Any) -> Any:
    if isinstance(node, list):
        return [_paired(child) for child in node]
    if not isinstance(node, dict):
        return node
    others = {key: _paired(child) for key, child in node.items() if key not in ("zh", "en")}
    if len(others) == len(node):
        return others
    if others:
        return {"text": Words(node["zh"], node["en"]), **others}
    if isinstance(node["zh"], list):
        return [Words(*pair) for pair in zip(node["zh"], node["en"], strict=True)]
    return Words(node["zh"], node["en"])


def fill(template: Words, **values: object) -> Words:
    """Fill ``<name>`` in both halves of a template; a value given as ``Words`` goes in language by language.

    Raises:
        KeyError: if a value is missing.
    """

    def half(text: str, language: int) -> str:
        def value(match: re.Match[str]) -> str:
            given = values[match[1]]
            return given[language] if isinstance(given, Words) else str(given)

        return _PLACE.sub(value, text)

    return Words(half(template.zh, 0), half(template.en, 1))


def phrase(rng: Random, templates: Sequence[Words], **values: object) -> Words:
    """Draw one of the templates and fill it."""
    return fill(rng.choice(templates), **values)


def joined(*parts: Words) -> Words:
    """Put sentences one after another."""
    return Words("".join(part.zh for part in parts), " ".join(part.en for part in parts))


def clauses(parts: Sequence[Words]) -> Words:
    """Join clauses by semicolons, without a final stop."""
    return Words("；".join(part.zh for part in parts), "; ".join(part.en for part in parts))


def enumerated(parts: Sequence[Words]) -> Words:
    """Join nouns: 甲、乙和丙; one, two and three."""
    if len(parts) == 1:
        return parts[0]
    zh = [part.zh for part in parts]
    en = [part.en for part in parts]
    return Words("、".join(zh[:-1]) + "和" + zh[-1], ", ".join(en[:-1]) + " and " + en[-1])


def listed(values: Sequence[object]) -> Words:
    """Return figures as a list: 3、4、5; 3, 4, 5."""
    texts = [str(value) for value in values]
    return Words("、".join(texts), ", ".join(texts))


PEOPLE: tuple[Words, ...] = tuple(read_wording("people")["people"])


def draw_people(rng: Random, count: int) -> list[Words]:
    """Draw that many different people."""
    return rng.sample(PEOPLE, count)
