"""Copying: a notice stands somewhere in the text, and is to be copied out word for word."""

from collections.abc import Mapping, Sequence
from random import Random
from typing import Any

from benchharness.records import Language
from benchharness.tasks.long_context.families._facts import filler
from benchharness.tasks.long_context.families._options import check_names, read_whole
from benchharness.tasks.long_context.families._records_notices import draw_line, kinds, write_lines
from benchharness.tasks.long_context.families._wording import read_wording, say
from benchharness.tasks.long_context.records import Fact, Problem

__all__ = ["draw", "filler", "solve"]


def draw(rng: Random, depth: float, **options: Any) -> Problem:
    """Return a notice with a title at ``depth``, on lines of its own.

    The option ``sentences`` says how many its body has, from 1 to as many as there are kinds of them, 5 by default;
    each is of another kind.

    Raises:
        ValueError: if an option is wrong, naming it.
    """
    check_names(options, "sentences")
    sentences = read_whole(options, "sentences", default=5, least=1, most=len(kinds()))
    wording = read_wording("_records_notices.yaml")
    title = rng.choice(wording["titles"])
    lines = [draw_line(rng, kind) for kind in rng.sample(kinds(), sentences)]
    body = write_lines(lines)
    text = {language: f"{title[language]}\n{body[language]}" for language in Language}
    return Problem(
        facts=(Fact({"title": title["id"], "lines": lines}, text, depth, block=True),),
        question=say(wording["question"], title=title),
        answer={language: [[body[language]]] for language in Language},
        depth=depth,
        asked={"title": title["id"]},
    )


def solve(records: Sequence[Mapping[str, Any]], asked: Mapping[str, Any]) -> Mapping[Language, Any]:
    """Return the body of the notice, written anew from what it states.

    Raises:
        ValueError: if there is none with the title, or more than one.
    """
    found = [record for record in records if record["title"] == asked["title"]]
    if len(found) != 1:
        raise ValueError(f"{len(found)} notices have the title {asked['title']}")
    body = write_lines(found[0]["lines"])
    return {language: [[body[language]]] for language in Language}
