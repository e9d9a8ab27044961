"""Many shots: the text is nothing but labelled examples, and the label of one more sentence is asked for.

The labels mean nothing, so that only the examples tell them, and the longer the text the more examples there are.
"""

from collections.abc import Mapping, Sequence
from random import Random
from typing import Any

from benchharness.records import Language
from benchharness.tasks.long_context.families._facts import spread
from benchharness.tasks.long_context.families._options import check_names, read_whole
from benchharness.tasks.long_context.families._records_targets import same
from benchharness.tasks.long_context.families._shots import (
    ASKED,
    SHOWN,
    Shots,
    all_classes,
    draw_labels,
    numbers,
    sentence,
    write_example,
)
from benchharness.tasks.long_context.records import Fact, Filler, Problem


def draw(rng: Random, depth: float, **options: Any) -> Problem:
    """Return a sentence to label, and examples of its class that the text has at any length.

    Options: ``classes``, how many there are, from 16 to 32, 24 by default; ``labels``, the seed of classes and labels,
    which are those of ``filler`` with the same options; ``shots``, how many examples of the class there are beside
    those of the filler, from 2 to 8, 2 by default. The depth plays no part.

    Raises:
        ValueError: if an option is wrong, naming it.
    """
    shots = read_whole(options, "shots", default=2, least=2, most=8)
    known = _labels(options)
    name = rng.choice(sorted(known))
    facts = [
        Fact(
            {"class": name, "label": known[name]}, write_example(sentence(name, number), known[name]), place, block=True
        )
        for number, place in zip(rng.sample(numbers(name, SHOWN), shots), spread(rng, shots), strict=True)
    ]
    codes = sorted(known.values())
    return Problem(
        facts=tuple(facts),
        question=sentence(name, rng.choice(numbers(name, ASKED))),
        answer=same(known[name]),
        depth=None,
        asked={"class": name},
        fields={language: {"candidates": codes} for language in Language},
    )


def solve(records: Sequence[Mapping[str, Any]], asked: Mapping[str, Any]) -> Mapping[Language, Any]:
    """Return the label of the class.

    Raises:
        ValueError: if the records have none for it, or several.
    """
    found = {record["label"] for record in records if record["class"] == asked["class"]}
    if len(found) != 1:
        raise ValueError(f"{asked['class']} has {len(found)} labels")
    return same(found.pop())


def filler(seed: int, **options: Any) -> Filler:
    """Return examples of all classes, whose labels depend on the options alone; see ``draw``.

    Raises:
        ValueError: if an option is wrong, naming it.
    """
    return Shots(seed, _labels(options))


def _labels(options: Mapping[str, Any]) -> dict[str, str]:
    check_names(options, "classes", "labels", "shots")
    classes = read_whole(options, "classes", default=24, least=16, most=len(all_classes()))
    seed = read_whole(options, "labels", default=2024, least=0, most=2**32)
    return draw_labels(seed, classes)
